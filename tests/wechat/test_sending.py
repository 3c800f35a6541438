"""What is sent: bodies as the platform documents them, fields that fit, no person's number; and what came of it."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.application import AUTUMN
from tests.wechat.scripted import TOKEN_PATH, Platform, code, says
from wechat import sending
from workflows.sending import (
    Accepted,
    AmbiguousError,
    LaterError,
    PausedError,
    RefusedError,
    UnreachableError,
)

TEMPLATE, SUBSCRIBE = f"/{sending.TEMPLATE_SEND}", f"/{sending.SUBSCRIBE_SEND}"
PAGE = "pages/invitation/index?id=abc"
FIELDS: dict[str, Any] = {
    "title": "杭州西湖科技有限公司向您发出了签约邀请，请查收",
    "about": "张*",
    "time": AUTUMN,
    "hint": "请在11月30日前应约",
}


def to_official(page: str | None = PAGE, group: str = "invitation", **fields: Any) -> Accepted:
    return sending.send_template("o1", group, FIELDS | fields, page, "message-id-20-letters")


def to_mini(page: str | None = PAGE, group: str = "review", **fields: Any) -> Accepted:
    return sending.send_subscribe("m1", group, FIELDS | fields, page)


def test_a_template_message(platform: Platform) -> None:
    accepted = to_official()
    [asked] = platform.at(TEMPLATE)
    assert asked.method == "POST" and asked.query == {"access_token": "token-1"}
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.body == {
        "touser": "o1",
        "template_id": "T-invitation",
        "url": "http://127.0.0.1:8000/m/",
        "miniprogram": {"appid": "wxmini", "pagepath": PAGE},
        "client_msg_id": "message-id-20-letters",
        "data": {
            "thing1": {"value": "杭州西湖科技有限公司向您发出了签约邀请…"},
            "thing2": {"value": "张*"},
            "time3": {"value": "2026年11月20日 17:00"},
            "thing4": {"value": "请在11月30日前应约"},
        },
    }
    assert accepted.number is not None and accepted.number > 2**53 and accepted.note is None


def test_a_subscribe_message(bare: Flask, platform: Platform) -> None:
    bare.config["WECHAT_MINI_STATE"] = "trial"
    assert to_mini().number
    [asked] = platform.at(SUBSCRIBE)
    assert asked.body == {
        "touser": "m1",
        "template_id": "S-review",
        "page": PAGE,
        "miniprogram_state": "trial",
        "lang": "zh_CN",
        "data": {
            "thing5": {"value": "杭州西湖科技有限公司向您发出了签约邀请…"},
            "date7": {"value": "2026年11月20日 17:00"},
        },
    }
    assert [asked.body["appid"] for asked in platform.at(TOKEN_PATH)] == ["wxmini"]


def test_without_a_page_or_a_mini_program_the_mobile_page_opens(bare: Flask, platform: Platform) -> None:
    to_official(page=None)
    bare.config["WECHAT_MINI_APPID"] = ""
    to_official()
    assert all("miniprogram" not in asked.body and asked.body["url"] for asked in platform.at(TEMPLATE))
    to_mini(page=None)
    assert "page" not in platform.at(SUBSCRIBE)[0].body


def test_what_is_missing_is_sent_as_dashes(platform: Platform) -> None:
    sending.send_template("o1", "invitation", {"title": "", "time": AUTUMN}, None, "m")
    data = platform.at(TEMPLATE)[0].body["data"]
    assert [data[name]["value"] for name in ("thing1", "thing2", "thing4")] == ["--"] * 3


def test_a_value_that_fits_no_field_goes_to_the_dead_letters(platform: Platform) -> None:
    for group, fields in (("invitation", {"time": None}), ("review", {"about": "正在审核"})):
        with pytest.raises(RefusedError, match=r"^unfit:(time3|const2)$"):
            to_official(group=group, **fields)
    assert platform.asked == []
    assert to_official(group="review", about="已退回").number


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    digits=st.from_regex(r"[0-9]{11,19}[Xx]?", fullmatch=True), around=st.sampled_from(["", "手机号", " ", "-", "a"])
)
def test_no_number_of_a_person_leaves_in_any_field(platform: Platform, digits: str, around: str) -> None:
    text = f"{around}{digits}{around}"
    to_official(title=text, about=" ".join(text), hint=text[:3] + "-" + text[3:])
    sent = json.dumps(platform.at(TEMPLATE)[-1].body["data"], ensure_ascii=False)
    assert not re.search(r"\d{11}", sent) and not re.search(r"\d(?:[ -]?\d){10}", sent)


# --- what came of it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "number"),
    [
        (2**53 + 1, 2**53 + 1),
        (2**63 - 1, 2**63 - 1),
        (str(2**53 + 1), 2**53 + 1),
        (2**63, None),
        (-5, None),
        (1.5, None),
        (None, None),
        ("x", None),
        (10**40, None),
    ],
)
def test_the_number_has_sixty_four_bits(platform: Platform, given: Any, number: int | None) -> None:
    platform.answers(TEMPLATE, says({"errcode": 0, "errmsg": "ok", "msgid": given}))
    assert to_official() == Accepted(number=number)


@pytest.mark.parametrize(("send", "path"), [(to_official, TEMPLATE), (to_mini, SUBSCRIBE)])
def test_a_page_that_is_not_there_is_left_out(platform: Platform, send: Any, path: str) -> None:
    platform.answers(path, code(41030), says({"errcode": 0, "msgid": 5}))
    assert send() == Accepted(number=5, note="41030")
    first, second = (asked.body for asked in platform.at(path))
    assert second == {name: value for name, value in first.items() if name not in ("page", "miniprogram")} != first


@pytest.mark.parametrize("page", [PAGE, None])
def test_it_is_left_out_once(platform: Platform, page: str | None) -> None:
    platform.answers(SUBSCRIBE, code(41030))
    with pytest.raises(RefusedError, match="41030"):
        to_mini(page=page)
    assert len(platform.at(SUBSCRIBE)) == (2 if page else 1)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (-1, LaterError),
        (43108, LaterError),
        (43101, UnreachableError),
        (43004, UnreachableError),
        (45009, PausedError),
        (40037, PausedError),
        (47003, RefusedError),
        (12345, RefusedError),
    ],
)
@pytest.mark.parametrize(("send", "path"), [(to_official, TEMPLATE), (to_mini, SUBSCRIBE)])
def test_a_refusal_becomes_what_is_to_be_done(platform: Platform, send: Any, path: str, number: int, kind: Any) -> None:
    platform.answers(path, code(number))
    with pytest.raises(kind) as caught:
        send()
    assert (type(caught.value), caught.value.code) == (kind, str(number))
    assert len(platform.at(path)) == 1


def test_a_gateway_that_speaks_for_the_platform_leaves_the_effect_open(platform: Platform) -> None:
    platform.answers(TEMPLATE, says(b"<html>", 502))
    with pytest.raises(AmbiguousError, match="http_502"):
        to_official()


def test_what_is_not_configured_is_not_sent(bare: Flask, platform: Platform) -> None:
    assert sending.configured("wechat", "invitation") and sending.configured("subscribe", "review")
    assert not sending.configured("subscribe", "invitation")
    for ask in (lambda: to_mini(group="invitation"), lambda: to_official(group="termination")):
        with pytest.raises(PausedError, match="not_configured"):
            ask()
    platform.connect(bare, WECHAT_OFFICIAL_APPID="")
    assert not sending.configured("wechat", "invitation")
    with pytest.raises(PausedError, match="not_configured"):
        to_official()
    assert platform.asked == []
