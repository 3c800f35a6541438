"""Text messages by the platform's own SDK: what is said, what every answer comes to, and that no number is told."""

import json
import logging
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from app.config import SettingsError
from notifications import sms, sms_templates
from notifications.sms import SmsFate
from tests.notifications.sms_platform import Hang, Platform, code, details, half, reset, says
from workflows.sending import (
    Accepted,
    AmbiguousError,
    LaterError,
    PausedError,
    RefusedError,
    SendError,
    UnreachableError,
)

# One kind of database is enough: nothing is written.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")

PHONE = "13800138000"
OUT_ID = "0123456789abcdef0123"
DAY = date(2026, 11, 20)
TEMPLATES = {name: f"SMS_{number}" for number, name in enumerate(sms_templates.VARIABLES, 1001)}


@pytest.fixture
def platform(app: Flask) -> Iterator[Platform]:
    platform = Platform()
    app.config |= {
        "SMS_ENDPOINT": platform.endpoint,
        "SMS_PROTOCOL": "HTTP",
        "SMS_ACCESS_KEY_ID": "key-id",
        "SMS_ACCESS_KEY_SECRET": "key-secret",
        "SMS_SIGN_NAME": "就业平台",
        "SMS_TEMPLATES": json.dumps(TEMPLATES),
    }
    sms.install(app)
    yield platform
    platform.stop()


def say_code() -> Accepted:
    return sms.send(PHONE, "code", {"purpose": "注册账号", "code": "012345"}, OUT_ID)


def failure() -> SendError:
    with pytest.raises(SendError) as raised:
        say_code()
    error = raised.value
    assert error.__cause__ is None and (error.__context__ is None or error.__suppress_context__)
    assert PHONE not in repr(error.args)
    return error


def row(status: int, out_id: str = OUT_ID, error: str = "") -> dict[str, object]:
    return {"OutId": out_id, "PhoneNum": PHONE, "SendStatus": status, "ErrCode": error, "SendDate": "2026-11-20 17:00"}


def test_a_code_goes_out_with_its_template_signature_and_out_id(platform: Platform) -> None:
    assert say_code() == Accepted(provider_id="900619746936498440^0")
    [asked] = platform.asked
    assert json.loads(asked.pop("TemplateParam")) == {"purpose": "注册账号", "code": "012345"}
    assert asked == {
        "action": "SendSms",
        "PhoneNumbers": PHONE,
        "SignName": "就业平台",
        "TemplateCode": TEMPLATES["code"],
        "OutId": OUT_ID,
    }


BUSINESS = [
    (code("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5"), LaterError, "isv.BUSINESS_LIMIT_CONTROL"),
    (code("isv.MOBILE_NUMBER_ILLEGAL", f"{PHONE}非法"), UnreachableError, "isv.MOBILE_NUMBER_ILLEGAL"),
    (code("isv.AMOUNT_NOT_ENOUGH", f"{PHONE}"), PausedError, "isv.AMOUNT_NOT_ENOUGH"),
    (code("isv.SOMETHING_NEW", f"{PHONE}"), RefusedError, "isv.SOMETHING_NEW"),
    (code(PHONE), RefusedError, "unreadable"),
    (says({"Code": "SignatureDoesNotMatch", "Message": PHONE}, 400), PausedError, "SignatureDoesNotMatch"),
    (says({"Code": "InvalidTimeStamp.Expired"}, 400), PausedError, "InvalidTimeStamp.Expired"),
    (says({"Code": "Throttling.User"}, 400), LaterError, "Throttling.User"),
    (says({"Code": "Forbidden.RAM"}, 403), PausedError, "Forbidden.RAM"),
    (says({}, 403), RefusedError, "http_403"),
]
LOST = [
    (says({"Code": "ServiceUnavailable", "Message": PHONE}, 503), "http_503"),
    (says({"Code": "InternalError"}, 500), "http_500"),
    (says(b"<html>502</html>", 502), "answer_lost"),
    (says(b"<html>log in</html>"), "answer_lost"),
    (says(b"[]"), "garbled"),
    (says(b"null"), "answer_lost"),
    (says({}), "garbled"),
    (code("OK"), "garbled"),
    (code("OK", BizId=7), "garbled"),
    (says(b""), "answer_lost"),
    (half, "answer_lost"),
    (reset, "answer_lost"),
]


@pytest.mark.parametrize(("answer", "kind", "said"), BUSINESS)
def test_a_refusal_is_what_the_table_says(platform: Platform, answer: object, kind: type[SendError], said: str) -> None:
    platform.will(answer)
    error = failure()
    assert (type(error), error.code, len(platform.asked)) == (kind, said, 1)


@pytest.mark.parametrize(("answer", "said"), LOST)
def test_an_answer_that_says_nothing_leaves_it_open_and_is_not_asked_for_again(
    platform: Platform, answer: object, said: str
) -> None:
    platform.will(answer)
    error = failure()
    assert (type(error), error.code, len(platform.asked)) == (AmbiguousError, said, 1)


def test_a_platform_that_hangs_is_left_after_its_time(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "READ", 300)
    sms.install(sms.current_app)
    hang = Hang()
    platform.will(hang)
    error = failure()
    hang.over.set()
    assert (type(error), error.code, len(platform.asked)) == (AmbiguousError, "timeout", 1)


def test_nobody_listening_means_that_nothing_went_out(platform: Platform) -> None:
    platform.stop()
    sms.current_app.config["SMS_ENDPOINT"] = "127.0.0.1:1"
    sms.install(sms.current_app)
    error = failure()
    assert (type(error), error.code) == (LaterError, "unreachable")


def test_the_platform_says_how_long_to_leave_it_alone(platform: Platform) -> None:
    limited = "x-acs-retry-after: 2000\r\n"
    platform.will(says({"Code": "Throttling.User"}, 429, limited))
    error = failure()
    assert (type(error), error.code, error.wait) == (LaterError, "Throttling", timedelta(seconds=2))


def test_neither_sdk_nor_its_libraries_write_the_number_down(
    platform: Platform,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEBUG", "sdk")
    caplog.set_level(logging.DEBUG)
    platform.will(code("OK", BizId="1"), code("isv.AMOUNT_NOT_ENOUGH", PHONE), reset, says(b"<", 502), details())
    say_code()
    for _ in range(3):
        failure()
    assert sms.look_up(PHONE, OUT_ID, DAY) is None
    written = caplog.text + "".join(capfd.readouterr())
    assert PHONE not in written and "key-secret" not in written and "012345" not in written


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("甲" * 35, "甲" * 35),
        ("甲" * 36, "甲" * 34 + "…"),
        ("", "无"),
        ("  \n\t ", "无"),
        (7, "7"),
        ("张三\n李四", "张三 李四"),
        ("13800138000", "138****8000"),
        ("电话１３８００１３８０００", "电话１３８****８０００"),
        ("证件110101200501010019。", "证件1****************9。"),
        ("11010120050101001X", "1****************X"),
        ("1234567890", "1234567890"),
        ("【银行】请转账", "〔银行〕请转账"),
    ],
)
def test_a_variable_fits_and_tells_no_number(platform: Platform, given: object, sent: str) -> None:
    sms.send(PHONE, "notice", {"title": given}, OUT_ID)
    assert json.loads(platform.asked[0]["TemplateParam"]) == {"title": sent}


def test_codes_and_links_arrive_whole(platform: Platform) -> None:
    token = "12345678901234567890123456789012"
    sms.send(PHONE, "upload_link", {"graduate": "张三", "token": token, "days": 7}, OUT_ID)
    assert json.loads(platform.asked[0]["TemplateParam"]) == {"graduate": "张三", "token": token, "days": "7"}
    sms.send(PHONE, "link_reminder", {"graduate": "张三", "token": token, "until": "12月3日 18:00"}, OUT_ID)
    assert json.loads(platform.asked[1]["TemplateParam"])["token"] == token
    assert sms_templates.fit("123456789012", as_it_is=True) == "123456789012"


@pytest.mark.rule("R-OFF-5")
def test_the_token_of_an_upload_link_fits_its_variable(platform: Platform) -> None:
    from app import upload_links

    token = upload_links.secrets.token_hex(upload_links.TOKEN_BYTES)
    assert sms_templates.fit(token, as_it_is=True) == token and len(token) * 4 == 128


def test_a_template_without_variables_sends_none(platform: Platform) -> None:
    sms.send(PHONE, "changed", {"surplus": "x"}, OUT_ID)
    assert platform.asked[0]["TemplateParam"] == "{}"


@pytest.mark.parametrize(
    ("rows", "fate"),
    [
        ([], None),
        ([row(3, "another")], None),
        ([row(1)], SmsFate("accepted", "unreadable", None)),
        ([row(2, error="MOBILE_NOT_ON_SERVICE")], SmsFate("failed", "MOBILE_NOT_ON_SERVICE", None)),
        ([row(2, error="x y"), row(3, error="DELIVERED")], SmsFate("delivered", "DELIVERED", None)),
        ([row(2, error="X"), row(1)], SmsFate("accepted", "unreadable", None)),
        ([row(9)], SmsFate("accepted", "unreadable", None)),
    ],
)
def test_what_became_of_a_send(platform: Platform, rows: list[dict[str, object]], fate: SmsFate | None) -> None:
    platform.will(details(*rows))
    assert sms.look_up(PHONE, OUT_ID, DAY) == fate
    asked = {name: platform.asked[0][name] for name in ("action", "PhoneNumber", "SendDate", "CurrentPage", "PageSize")}
    assert list(asked.values()) == ["QuerySendDetails", PHONE, "20261120", "1", "50"]


def test_a_send_is_found_on_the_second_page(platform: Platform) -> None:
    platform.will(details(*[row(3, f"other{number}") for number in range(50)]), details(row(3, error="DELIVERED")))
    assert sms.look_up(PHONE, OUT_ID, DAY, "900^1") == SmsFate("delivered", "DELIVERED", "900^1")
    assert [(asked["CurrentPage"], asked["BizId"]) for asked in platform.asked] == [("1", "900^1"), ("2", "900^1")]


def test_a_send_at_midnight_is_found_on_the_next_day(platform: Platform) -> None:
    platform.will(details(), details(row(1)))
    assert sms.look_up(PHONE, OUT_ID, DAY - timedelta(days=1)) == SmsFate("accepted", "unreadable", None)
    assert [asked["SendDate"] for asked in platform.asked] == ["20261119", "20261120"]


def test_a_day_that_never_ends_is_not_read_for_ever(platform: Platform) -> None:
    platform.will(details(*[row(3, "other")] * 50))
    assert sms.look_up(PHONE, OUT_ID, DAY) is None
    assert len(platform.asked) == sms.PAGES


@pytest.mark.parametrize("answer", [reset, half, says(b"<", 502), says({"Code": "X"}, 500), says({}), says(b"[]")])
def test_a_question_without_an_answer_may_be_asked_again(platform: Platform, answer: object) -> None:
    platform.will(answer)
    with pytest.raises(LaterError):
        sms.look_up(PHONE, OUT_ID, DAY)


def test_a_question_that_is_refused_says_so(platform: Platform) -> None:
    platform.will(code("isp.RAM_PERMISSION_DENY"))
    with pytest.raises(PausedError):
        sms.look_up(PHONE, OUT_ID, DAY)


def test_only_what_is_configured_goes_out(app: Flask) -> None:
    assert not sms.configured("code")
    with pytest.raises(RefusedError, match="not_configured"):
        say_code()
    app.config |= {
        "SMS_ACCESS_KEY_ID": "key-id",
        "SMS_ACCESS_KEY_SECRET": "key-secret",
        "SMS_SIGN_NAME": "就业平台",
        "SMS_TEMPLATES": '{"code": "SMS_1"}',
    }
    sms.install(app)
    assert sms.configured("code") and not sms.configured("notice")


@pytest.mark.parametrize("setting", ["{", "[]", '"x"', '{"code": ""}', '{"code": 7}', '{"codes": "SMS_1"}', "null"])
def test_templates_that_cannot_be_meant_keep_the_application_from_starting(app: Flask, setting: str) -> None:
    app.config["SMS_TEMPLATES"] = setting
    with pytest.raises(SettingsError, match="SMS_TEMPLATES"):
        sms.install(app)


def test_production_wants_every_template(app: Flask) -> None:
    app.config |= {"PRODUCTION": True, "SMS_TEMPLATES": json.dumps(TEMPLATES | {"code": "SMS_9"})}
    sms.install(app)
    app.config["SMS_TEMPLATES"] = '{"code": "SMS_1"}'
    with pytest.raises(SettingsError, match="account_changed"):
        sms.install(app)
