"""Who holds the phone, as WeChat says it; every refusal in a sentence that says what to do."""

import io
import logging
from typing import Any

import pytest
from flask import Flask

from app.errors import ApiError
from tests.wechat.scripted import Platform, code, reset, says
from wechat import logins
from wechat.logins import MiniLogin

SESSION, PHONE = "/sns/jscode2session", "/wxa/business/getuserphonenumber"
KEY = "session-key-that-stays-on-the-server"


def phone(**changed: Any) -> Any:
    info = {"phoneNumber": "13800138000", "purePhoneNumber": "13800138000", "countryCode": "86"}
    info |= {"watermark": {"timestamp": 1, "appid": "wxmini"}} | changed
    return says({"errcode": 0, "errmsg": "ok", "phone_info": info})


def refused(ask: Any) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        ask()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in caught.value.message)
    return caught.value.status, caught.value.code


@pytest.mark.parametrize("more", [{}, {"errcode": 0, "errmsg": "ok"}, {"unionid": "u1"}])
def test_a_session_is_openid_and_unionid_and_no_key(platform: Platform, more: dict[str, Any]) -> None:
    platform.answers(SESSION, says({"openid": "o1", "session_key": KEY} | more, kind="text/plain"))
    said, handler = io.StringIO(), logging.StreamHandler()
    handler.setStream(said)
    logging.getLogger().addHandler(handler)
    login = logins.session_of("js")
    logging.getLogger().removeHandler(handler)
    assert login == MiniLogin("o1", more.get("unionid"))
    assert KEY not in repr(login) and KEY not in said.getvalue()


def test_a_phone_is_asked_for_with_the_openid(platform: Platform) -> None:
    platform.answers(PHONE, phone())
    assert logins.phone_of("phone-code", "o1") == "13800138000"
    [asked] = platform.at(PHONE)
    assert asked.body == {"code": "phone-code", "openid": "o1"}
    assert asked.query == {"access_token": "token-1"}


def test_a_phone_from_abroad_keeps_its_country(platform: Platform) -> None:
    platform.answers(PHONE, phone(countryCode="852", purePhoneNumber="51234567", phoneNumber="85251234567"))
    assert logins.phone_of("phone-code", "o1") == "+85251234567"


@pytest.mark.parametrize(
    "changed",
    [
        {"watermark": {"appid": "wxother"}},
        {"watermark": None},
        {"purePhoneNumber": ""},
        {"purePhoneNumber": None},
        {"purePhoneNumber": "138-0013-8000"},
        {"countryCode": None},
    ],
    ids=repr,
)
def test_a_number_that_was_not_for_us_is_none(platform: Platform, changed: dict[str, Any]) -> None:
    platform.answers(PHONE, phone(**changed))
    assert refused(lambda: logins.phone_of("c", "o1")) == (503, "wechat_busy")


ENDINGS = [
    (code(40029, "invalid code"), 401, "wechat_code"),
    (code(40163, "code been used"), 401, "wechat_code"),
    (code(40226, "code blocked"), 403, "wechat_refused"),
    (code(45011), 503, "wechat_busy"),
    (code(-1), 503, "wechat_busy"),
    (code(40013), 503, "wechat_busy"),
    (says(b"<html>"), 503, "wechat_busy"),
    (says({"errcode": 0}), 503, "wechat_busy"),
    (reset, 503, "wechat_busy"),
]


@pytest.mark.parametrize(("reply", "status", "name"), ENDINGS)
def test_refusals_say_what_to_do(platform: Platform, reply: Any, status: int, name: str) -> None:
    platform.answers(SESSION, reply)
    platform.answers(PHONE, reply)
    assert refused(lambda: logins.session_of("js")) == (status, name)
    assert refused(lambda: logins.phone_of("c", "o1")) == (status, name)


@pytest.mark.parametrize(
    "answer", [{"openid": ""}, {"openid": None}, {"openid": "o" * 65}, {"openid": "o", "unionid": 1}]
)
def test_a_name_that_is_none_is_not_believed(platform: Platform, answer: dict[str, Any]) -> None:
    platform.answers(SESSION, says(answer))
    assert refused(lambda: logins.session_of("js")) == (503, "wechat_busy")


@pytest.mark.parametrize("given", ["", "x" * 257])
def test_what_is_no_code_is_not_sent(platform: Platform, given: str) -> None:
    assert refused(lambda: logins.session_of(given)) == (401, "wechat_code")
    assert platform.asked == []


def test_without_a_mini_program_nobody_signs_in_this_way(bare: Flask, platform: Platform) -> None:
    platform.connect(bare, WECHAT_MINI_APPID="")
    assert refused(lambda: logins.session_of("js")) == (503, "wechat_busy")
