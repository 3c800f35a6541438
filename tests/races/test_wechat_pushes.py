"""Twenty times the same push at one moment: one row, one effect, one reply; with the control that must fail."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import SubscribeGrant, WechatInbox, WechatScene, WechatUser
from tests.races.harness import WON, Race
from tests.wechat.pushing import event, text, xml
from wechat import inbox, pushed, templates

pytestmark = pytest.mark.races

WAYS = 20


@pytest.fixture
def app(app: Flask) -> Flask:
    mini = '{"mini": {"review": {"id": "S-review", "fields": {"title": "thing1"}}}}'
    app.extensions["wechat_templates"] = templates.parse(mini)
    return app


def count(model: Any) -> int:
    db.session.rollback()
    return int(db.session.execute(select(func.count()).select_from(model)).scalar_one())


def taking(platform: str, written: str, replies: list[str]) -> Any:
    def take() -> None:
        replies.append(inbox.take(platform, written))

    return take


def test_twenty_duplicates_are_one_effect(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    replies: list[str] = []
    written = xml(text("绑定"))
    ended = Race(app, monkeypatch).run([taking("official", written, replies)] * WAYS)
    assert ended == {WON: WAYS}
    assert len(set(replies)) == 1 and "token=" in replies[0]
    assert [count(model) for model in (WechatInbox, WechatScene, WechatUser)] == [1, 1, 1]


def test_twenty_pushes_of_a_newcomer_are_one_person(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"TemplateId": "S-review", "SubscribeStatusString": "accept"}
    consents = [event("subscribe_msg_popup_event", List=said) | {"CreateTime": at} for at in range(WAYS)]
    race = Race(app, monkeypatch)
    assert race.run([taking("mini", xml(one), []) for one in consents]) == {WON: WAYS}
    assert [count(model) for model in (WechatInbox, WechatUser)] == [WAYS, 1]
    db.session.rollback()
    assert db.session.execute(select(SubscribeGrant.count)).scalar_one() == WAYS, "every consent counts once"


def test_without_the_key_there_are_as_many_effects(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    serial = iter(range(10**6))
    monkeypatch.setattr(pushed.Push, "key", property(lambda push: next(serial).to_bytes(32, "big")))
    written = xml(text("绑定"))
    ended = Race(app, monkeypatch).run([taking("official", written, [])] * WAYS)
    assert ended[WON] > 1 and count(WechatScene) == ended[WON]
