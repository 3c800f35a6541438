"""`flask wechat inbox replay`: what failed because of a fault of ours is carried out once that is mended."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import now
from app.extensions import db
from app.models import WechatInbox, WechatUser
from tests.wechat.pushing import OPENID, Platform, event, finish
from tests.wechat.test_inbox import FAR, delivery, is_woken, one, rows, send_of
from wechat import events, inbox, inbox_replay
from wechat.pushed import UnreadableError


@pytest.fixture
def official(app: Flask) -> Platform:
    return Platform(app)


def broken(monkeypatch: pytest.MonkeyPatch, kind: str, error: Exception | None = None) -> None:
    """Put a bug in the place of an effect."""

    def fail(*_: Any) -> Any:
        raise error or ValueError("13800138000")

    monkeypatch.setitem(events._EVENTS, ("official", kind), fail)


def replay(app: Flask) -> tuple[int, str]:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["wechat", "inbox", "replay"])
    return result.exit_code, result.output.strip()


def test_a_proof_is_not_lost_to_a_bug(app: Flask, official: Platform) -> None:
    sent = send_of(FAR)
    with pytest.MonkeyPatch.context() as patched:
        broken(patched, "templatesendjobfinish")
        assert official.push(finish(FAR)).text == "success"
        assert (one().state, one().error, delivery(sent).state) == ("failed", "ValueError", "accepted")
        code, said = replay(app)
        assert code == 1 and "1 still fail" in said and "13800138000" not in said
        assert one().state == "failed"
    assert replay(app) == (0, "carried out 1")
    assert (one().state, one().error, delivery(sent).state) == ("done", None, "proven") and is_woken()
    assert replay(app) == (0, "carried out 0")


def test_a_proof_whose_send_has_not_committed_waits_for_it(app: Flask, official: Platform) -> None:
    with pytest.MonkeyPatch.context() as patched:
        broken(patched, "templatesendjobfinish")
        official.push(finish(FAR, "failed:user block"))
    assert replay(app) == (0, "carried out 1")
    assert (one().state, one().outcome) == ("unmatched", "failed:user block")
    sent = send_of(FAR)
    assert inbox.match_leftovers() == 1 and delivery(sent).state == "failed"


def test_an_old_unfollow_does_not_undo_a_later_follow(app: Flask, official: Platform) -> None:
    official.push(event("subscribe"))
    with pytest.MonkeyPatch.context() as patched:
        broken(patched, "unsubscribe")
        official.push(event("unsubscribe"))
    before = now() - timedelta(hours=2)
    db.session.execute(update(WechatInbox).where(WechatInbox.state == "failed").values(received_at=before))
    db.session.commit()
    assert replay(app) == (0, "carried out 1") and state() == "following"


def test_an_unfollow_counts_from_when_it_came(app: Flask, official: Platform) -> None:
    official.push(event("subscribe"))
    with pytest.MonkeyPatch.context() as patched:
        broken(patched, "unsubscribe")
        official.push(event("unsubscribe"))
    came = now() + timedelta(seconds=30)
    db.session.execute(update(WechatInbox).where(WechatInbox.state == "failed").values(received_at=came))
    db.session.commit()
    assert replay(app) == (0, "carried out 1") and state() == "left"


def test_what_could_not_be_read_is_read_at_last(app: Flask, official: Platform) -> None:
    def unreadable(text: str) -> Any:
        raise UnreadableError("deep")

    sent = send_of(FAR)
    with pytest.MonkeyPatch.context() as patched:
        for room in (inbox, inbox_replay):
            patched.setattr(room, "parse", unreadable)
        official.push(finish(FAR))
        assert (one().kind, one().error) == ("unreadable", "deep")
        assert replay(app)[0] == 1
    assert replay(app) == (0, "carried out 1")
    assert [(row.kind, row.state) for row in rows()] == [("unreadable", "done"), ("templatesendjobfinish", "done")]
    assert delivery(sent).state == "proven"


def test_what_somebody_typed_is_not_done_behind_their_back(app: Flask, official: Platform) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(events, "_written", lambda *_: 1 / 0)
        official.say("解绑")
    assert (one().kind, one().state) == ("text", "failed")
    assert replay(app) == (0, "carried out 0") and one().state == "failed"


def test_a_proof_that_no_send_has_answered_to_stays_given_up(app: Flask, official: Platform) -> None:
    official.push(finish(FAR))
    db.session.execute(update(WechatInbox).values(state="failed", error=inbox.NO_SUCH_SEND))
    db.session.commit()
    assert replay(app) == (0, "carried out 0") and one().error == inbox.NO_SUCH_SEND


def state() -> str:
    db.session.rollback()
    return db.session.execute(select(WechatUser.state).where(WechatUser.openid == OPENID)).scalar_one()
