"""Free texts of graduates are looked at before they are taken, where the check is on; nothing else is."""

from typing import Any

import pytest
from flask import Flask

from app.clock import now
from app.extensions import db
from app.models import Placement, WechatUser
from tests import builders
from tests.app.api.calls import decline
from tests.application import api_client
from tests.builders import Graduate
from tests.wechat.scripted import Platform, code, says
from workflows.vocabulary import State

TEXT = "/wxa/msg_sec_check"


def judged(suggest: str) -> Any:
    return says({"errcode": 0, "result": {"suggest": suggest}})


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    """A graduate who is bound to a WeChat of the mini-program."""
    graduate, at = builders.make_graduate(builders.make_school()), now()
    seen = {"state": "following", "state_at": at, "created_at": at, "bound_at": at}
    db.session.add(WechatUser(platform="mini", openid="m1", account_id=graduate.account.id, **seen))
    db.session.commit()
    return graduate


@pytest.fixture
def invitation(graduate: Graduate) -> Placement:
    return builders.make_placement(State.INVITED, graduate=graduate)


@pytest.fixture
def switched_on(app: Flask, whole_platform: Platform) -> Platform:
    app.config["WECHAT_CONTENT_CHECK"] = "texts"
    return whole_platform


def refuse(app: Flask, graduate: Graduate, invitation: Placement, reason: Any = "来我这里刷单吧") -> Any:
    return decline(api_client(app, graduate), invitation, {"reason": reason})


def test_a_risky_text_is_refused_and_nothing_happens(
    app: Flask, graduate: Graduate, invitation: Placement, switched_on: Platform
) -> None:
    switched_on.answers(TEXT, judged("risky"))
    answer = refuse(app, graduate, invitation)
    assert (answer.status_code, answer.json["code"]) == (422, "risky_text")
    assert list(answer.json["detail"]["fields"]) == ["reason"]
    assert builders.reload(invitation.id).state == State.INVITED
    assert switched_on.at(TEXT)[0].body == {"content": "来我这里刷单吧", "version": 2, "scene": 2, "openid": "m1"}


@pytest.mark.parametrize("reply", [judged("pass"), code(-1), code(61010)], ids=["pass", "busy", "not seen lately"])
def test_any_other_goes_through(
    app: Flask, graduate: Graduate, invitation: Placement, switched_on: Platform, reply: Any
) -> None:
    switched_on.answers(TEXT, reply)
    assert refuse(app, graduate, invitation, "已有其他意向").status_code == 200
    assert builders.reload(invitation.id).state == State.DECLINED


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_what_is_no_text_is_not_looked_at(
    app: Flask, graduate: Graduate, invitation: Placement, switched_on: Platform, reason: Any
) -> None:
    refuse(app, graduate, invitation, reason)
    assert switched_on.asked == []


def test_half_a_character_is_refused_and_breaks_nothing(
    app: Flask, graduate: Graduate, invitation: Placement, switched_on: Platform
) -> None:
    switched_on.answers(TEXT, judged("pass"))
    assert refuse(app, graduate, invitation, "\ud800").status_code == 422


def test_who_has_no_wechat_is_not_asked_about(app: Flask, switched_on: Platform) -> None:
    graduate = builders.make_graduate(builders.make_school())
    assert refuse(app, graduate, builders.make_placement(State.INVITED, graduate=graduate)).status_code == 200
    assert switched_on.asked == []


def test_off_nothing_is_looked_at(
    app: Flask, graduate: Graduate, invitation: Placement, whole_platform: Platform
) -> None:
    assert refuse(app, graduate, invitation).status_code == 200
    assert whole_platform.asked == []
