"""Everything we send, against the far side that checks like the platform: it takes ours, we take its answers."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import bounded_http
from app.errors import ApiError
from tests.application import AUTUMN
from tests.far_side import FarSide
from wechat import client, content_check, links, logins, menu, sending
from wechat.cli import wechat_commands
from workflows.sending import AmbiguousError, LaterError, PausedError, RefusedError, SendError, UnreachableError

TEMPLATE, SUBSCRIBE, TOKEN = f"/{sending.TEMPLATE_SEND}", f"/{sending.SUBSCRIBE_SEND}", f"/{client.STABLE_TOKEN}"
PAGE = "pages/invitation/index?id=abc"
FIELDS: dict[str, Any] = {"title": "签约邀请", "about": "示例科技有限公司", "time": AUTUMN, "hint": "请在期限前应约"}
Person = dict[str, Any]


@pytest.fixture
def side(bare: Flask, tmp_path: Path) -> Iterator[FarSide]:
    """A far side to which a bare application is connected; it keeps its pushes to itself."""
    side = FarSide(tmp_path, public_url="http://127.0.0.1:1")
    bare.config.update(side.vendor_settings)
    client.install(bare)
    for target in ("official", "mini"):
        side.control("pushes", target=target, hold=True)
    yield side
    side.close()


@pytest.fixture
def person(side: FarSide) -> Person:
    return side.person()


def tell(person: Person, message_id: str = "m-1", page: str | None = PAGE, **fields: Any) -> int:
    accepted = sending.send_template(person["official"], "invitation", FIELDS | fields, page, message_id)
    assert accepted.number is not None and accepted.number > 2**53 and accepted.note is None
    return accepted.number


def consent(side: FarSide, person: Person, times: int = 1) -> None:
    for _ in range(times):
        side.act(person, "consent", templates=["review"], agreed=True)


# --- messages -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-MSG-1")
def test_a_template_message_arrives_as_it_was_meant(side: FarSide, person: Person) -> None:
    number = tell(person, title="很长的标题" * 9)
    [message] = side.messages(channel="template")
    assert (message["receiver"], int(message["number"])) == (person["official"], number)
    assert message["content"]["miniprogram"] == {"appid": side.vendors["WECHAT_MINI_APPID"], "pagepath": PAGE}
    data = {name: field["value"] for name, field in message["content"]["data"].items()}
    assert data == {
        "thing1": "很长的标题" * 3 + "很长的标…",
        "thing2": "示例科技有限公司",
        "time3": "2026年11月20日 17:00",
        "thing4": "请在期限前应约",
    }


@pytest.mark.rule("R-MSG-3")
@pytest.mark.parametrize("fault", ["reset_after", "truncated", "bad_gateway_after", "html_after", "hang_after"])
def test_the_effect_happened_the_answer_was_lost_and_it_is_one_message(
    bare: Flask, side: FarSide, person: Person, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(bounded_http, "READ", 0.5)
    side.control("faults", fault=fault, path="/cgi-bin/message/template", times=1)
    with pytest.raises(AmbiguousError):
        tell(person)
    side.control("faults", method="DELETE")
    number = tell(person)
    [message] = side.messages(channel="template")
    assert int(message["number"]) == number


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"fault": "reset"}, AmbiguousError),
        ({"fault": "bad_gateway"}, AmbiguousError),
        ({"fault": "html"}, AmbiguousError),
        ({"fault": "hang"}, AmbiguousError),
        ({"fault": "errcode", "code": -1}, LaterError),
        ({"fault": "errcode", "code": 45009}, PausedError),
        ({"fault": "errcode", "code": 40164}, PausedError),
        ({"fault": "errcode", "code": 40003}, UnreachableError),
        ({"fault": "errcode", "code": 40033}, RefusedError),
    ],
    ids=str,
)
def test_troubles_are_told_apart(
    side: FarSide, person: Person, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any], kind: type[SendError]
) -> None:
    monkeypatch.setattr(bounded_http, "READ", 0.5)
    side.control("faults", path="/cgi-bin/message/template", times=1, **fault)
    with pytest.raises(kind) as caught:
        tell(person)
    assert type(caught.value) is kind
    side.control("faults", method="DELETE")
    assert side.messages(channel="template") == []
    tell(person)


def test_who_does_not_follow_is_told_otherwise(side: FarSide) -> None:
    stranger = side.person(name="演示乙", phone="13800000002", follows=False)
    with pytest.raises(UnreachableError) as caught:
        tell(stranger)
    assert caught.value.mark == "left"
    with pytest.raises(UnreachableError) as caught:
        tell({"official": "o-nobody"})
    assert caught.value.mark == "invalid"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=st.text(max_size=40), about=st.text(max_size=40), hint=st.none() | st.text(max_size=40))
def test_every_text_passes_the_far_sides_check(
    side: FarSide, person: Person, title: str, about: str, hint: str | None
) -> None:
    accepted = sending.send_template(
        person["official"], "invitation", {"title": title, "about": about, "time": AUTUMN, "hint": hint}, None, "same"
    )
    assert accepted.number


def test_one_consent_is_one_subscribe_message(side: FarSide, person: Person) -> None:
    consent(side, person)
    assert sending.send_subscribe(person["mini"], "review", FIELDS, PAGE).number
    with pytest.raises(UnreachableError) as caught:
        sending.send_subscribe(person["mini"], "review", FIELDS, PAGE)
    assert (caught.value.code, caught.value.mark) == ("43101", "no_grant")
    [message] = side.messages(channel="subscribe")
    assert (message["content"]["page"], message["content"]["miniprogram_state"]) == (PAGE, "formal")


def test_a_page_that_was_taken_away_costs_no_message(side: FarSide, person: Person) -> None:
    side.control("settings", missing_pages=["pages/invitation/index"])
    consent(side, person)
    assert sending.send_subscribe(person["mini"], "review", FIELDS, PAGE).note == "41030"
    [message] = side.messages(channel="subscribe")
    assert "page" not in message["content"]


# --- tokens ---------------------------------------------------------------------------------------------------------


def test_one_token_serves_until_it_is_refused(side: FarSide, person: Person) -> None:
    for number in range(3):
        tell(person, f"m-{number}")
    assert side.calls(TOKEN) == {"0": 1}
    side.control("tokens/revoke", account="official")
    tell(person, "m-3")
    side.control("clock", shift=7300)
    tell(person, "m-4")
    assert side.calls(TOKEN) == {"0": 3}
    assert side.calls(TEMPLATE) == {"0": 5, "40001": 1, "42001": 1}


def test_a_persistent_40001_ends_after_one_refresh(side: FarSide, person: Person) -> None:
    side.control("faults", fault="errcode", code=40001, path="/cgi-bin/message/template")
    with pytest.raises(PausedError, match="40001"):
        tell(person)
    [trouble] = side.control("faults", method="GET")["faults"]
    assert (trouble["met"], side.calls(TOKEN)) == (2, {"0": 2})


def test_a_wrong_secret_pauses(bare: Flask, side: FarSide, person: Person) -> None:
    bare.config["WECHAT_OFFICIAL_SECRET"] = "an-old-secret"
    client.install(bare)
    with pytest.raises(PausedError, match="40125"):
        tell(person)


# --- the rest -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-BOT-1")
def test_the_menu_is_written_once(bare: Flask, side: FarSide) -> None:
    assert [menu.put(), menu.put(), menu.put()] == [True, False, False]
    assert side.calls("/cgi-bin/menu/create") == {"0": 1}
    result = bare.test_cli_runner().invoke(wechat_commands, ["check"])
    assert result.exit_code == 0, result.output


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def test_codes_are_pictures_and_links_lead_somewhere(side: FarSide) -> None:
    assert fetched(links.scene_qr("scene-token")).startswith(b"\x89PNG")
    assert links.mini_code("s=abc", "pages/home/index").startswith(b"\x89PNG")
    assert links.url_link("pages/upload/index", "code=abc").startswith(side.url)
    with pytest.raises(RefusedError, match="40129"):
        links.mini_code("中文", "pages/home/index")


def test_codes_of_wx_login_work_once(side: FarSide, person: Person) -> None:
    code = side.act(person, "login-code")["code"]
    assert logins.session_of(code) == logins.MiniLogin(person["mini"], person["unionid"])
    assert side.calls(TOKEN) == {}
    for used in (code, "no-such-code"):
        with pytest.raises(ApiError) as caught:
            logins.session_of(used)
        assert caught.value.status == 401


def test_codes_of_phones_work_once_and_for_their_owner(side: FarSide, person: Person) -> None:
    code = side.act(person, "phone-code")["code"]
    assert logins.phone_of(code, person["mini"]) == person["phone"]
    with pytest.raises(ApiError) as caught:
        logins.phone_of(code, person["mini"])
    assert caught.value.status == 401


def test_risky_words_are_found(bare: Flask, side: FarSide, person: Person) -> None:
    bare.config["WECHAT_CONTENT_CHECK"] = "all"
    side.control("settings", risky=["刷单"])
    assert content_check.risky("日结刷单", person["mini"]) and not content_check.risky("研发岗位", person["mini"])
    assert content_check.ask_about_picture("https://signing.example.edu.cn/p.jpg", person["mini"])
