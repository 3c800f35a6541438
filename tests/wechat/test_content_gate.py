"""Free texts of graduates are looked at before they are taken, where the check is on; nothing else is."""

from typing import Any

import pytest
from flask import Flask

from app.clock import now
from app.extensions import db
from app.models import Placement, WechatUser
from tests import builders, offline
from tests.app.api.calls import API, decline
from tests.application import api_client
from tests.builders import Graduate
from tests.endings import FORM as ENDING
from tests.endings import make_agreement
from tests.wechat.scripted import Platform, code, says
from workflows.vocabulary import State

TEXT = "/wxa/msg_sec_check"
SUPPLEMENT = "试用期满后，可申请公司公寓。"


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


def ask_to_end(app: Flask, graduate: Graduate) -> tuple[str, Any]:
    """Ask to end an agreement; return the free text, and the answer."""
    agreement, client = make_agreement(graduate), api_client(app, graduate)
    read = client.get(f"{API}/terminations/new?agreement={agreement.public_id}").json
    body = {"agreement": agreement.public_id, "declaration": read["declaration"]["version"], "form": ENDING}
    return "explanation", client.post(f"{API}/terminations", json=body)


def fill_in_an_agreement(app: Flask, graduate: Graduate) -> tuple[str, Any]:
    """Begin an agreement to be signed on paper; return the free text, and the answer."""
    form = offline.FORM | {"supplement": SUPPLEMENT}
    return "supplement", api_client(app, graduate).post(f"{API}/offline-signings", json={"form": form})


FORMS = pytest.mark.parametrize(
    ("write", "text"),
    [(ask_to_end, ENDING["explanation"]), (fill_in_an_agreement, SUPPLEMENT)],
    ids=["termination", "agreement"],
)


@FORMS
def test_a_risky_free_text_in_a_form_is_refused(
    app: Flask, graduate: Graduate, switched_on: Platform, write: Any, text: str
) -> None:
    switched_on.answers(TEXT, judged("risky"))
    name, answer = write(app, graduate)
    assert (answer.status_code, answer.json["code"]) == (422, "risky_text")
    assert list(answer.json["detail"]["fields"]) == [name]


@FORMS
def test_of_a_form_nothing_but_its_free_text_leaves(
    app: Flask, graduate: Graduate, switched_on: Platform, write: Any, text: str
) -> None:
    switched_on.answers(TEXT, judged("pass"))
    assert write(app, graduate)[1].status_code == 200
    assert [asked.body["content"] for asked in switched_on.at(TEXT)] == [text]


@pytest.mark.parametrize("form", ["x", 1, None, [], {"supplement": 1}, {"explanation": " "}])
def test_a_form_that_is_none_breaks_nothing(app: Flask, graduate: Graduate, switched_on: Platform, form: Any) -> None:
    answer = api_client(app, graduate).post(f"{API}/terminations", json={"agreement": "x", "form": form})
    assert answer.status_code in (404, 422) and switched_on.asked == []


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
