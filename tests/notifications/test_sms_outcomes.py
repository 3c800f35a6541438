"""Every line of the table of codes, written by hand from wechat-sms.md §5 and the platform's list of error codes."""

from datetime import timedelta

import pytest

from notifications.sms_outcomes import OUTCOMES, error_of, plain
from workflows.sending import LaterError, PausedError, RefusedError, SendError, UnreachableError

PAUSE = (PausedError, {"template": False, "until_midnight": False, "wait": None})
TODAY = (PausedError, {"template": False, "until_midnight": True, "wait": None})
TEMPLATE = (PausedError, {"template": True, "until_midnight": False, "wait": None})
BACK_OFF = (LaterError, {"wait": None, "until_midnight": False})
MIDNIGHT = (LaterError, {"wait": None, "until_midnight": True})
DEAD_LETTER = (RefusedError, {})


def after(wait: timedelta) -> tuple[type[SendError], dict[str, object]]:
    return LaterError, {"wait": wait, "until_midnight": False}


TABLE = {
    ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1"): after(timedelta(minutes=1)),
    ("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5"): after(timedelta(hours=1)),
    ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10"): MIDNIGHT,
    ("isv.BUSINESS_LIMIT_CONTROL", ""): after(timedelta(hours=1)),
    ("isv.DAY_LIMIT_CONTROL", "触发日发送限额"): TODAY,
    ("isv.AMOUNT_NOT_ENOUGH", ""): PAUSE,
    ("isv.OUT_OF_SERVICE", ""): PAUSE,
    ("isv.ACCOUNT_ABNORMAL", ""): PAUSE,
    ("isv.ACCOUNT_NOT_EXISTS", ""): PAUSE,
    ("isv.PRODUCT_UN_SUBSCRIPT", ""): PAUSE,
    ("isv.PRODUCT_UNSUBSCRIBE", ""): PAUSE,
    ("isv.DENY_IP_RANGE", ""): PAUSE,
    ("isv.MOBILE_NUMBER_ILLEGAL", ""): (UnreachableError, {"mark": "dead_number"}),
    ("isv.SMS_SIGNATURE_ILLEGAL", ""): TEMPLATE,
    ("isv.SMS_SIGN_ILLEGAL", ""): TEMPLATE,
    ("isv.SMS_SIGNATURE_SCENE_ILLEGAL", ""): TEMPLATE,
    ("isv.SMS_TEMPLATE_ILLEGAL", ""): TEMPLATE,
    ("isv.TEMPLATE_MISSING_PARAMETERS", ""): DEAD_LETTER,
    ("isv.TEMPLATE_PARAMS_ILLEGAL", ""): DEAD_LETTER,
    ("isv.PARAM_LENGTH_LIMIT", ""): DEAD_LETTER,
    ("isv.PARAM_NOT_SUPPORT_URL", ""): DEAD_LETTER,
    ("isv.BLACK_KEY_CONTROL_LIMIT", ""): DEAD_LETTER,
    ("isv.INVALID_PARAMETERS", ""): DEAD_LETTER,
    ("isv.INVALID_JSON_PARAM", ""): DEAD_LETTER,
    ("isp.SYSTEM_ERROR", ""): BACK_OFF,
    ("isp.RAM_PERMISSION_DENY", ""): PAUSE,
    ("Throttling", ""): BACK_OFF,
    ("Throttling.User", ""): BACK_OFF,
    ("Throttling.Api", ""): BACK_OFF,
    ("SignatureNonceUsed", ""): BACK_OFF,
    ("SignatureDoesNotMatch", ""): PAUSE,
    ("IncompleteSignature", ""): PAUSE,
    ("InvalidAccessKeyId.NotFound", ""): PAUSE,
    ("InvalidAccessKeyId.Inactive", ""): PAUSE,
    ("MissingAccessKeyId", ""): PAUSE,
    ("InvalidTimeStamp.Expired", ""): PAUSE,
    ("InvalidTimeStamp.Format", ""): PAUSE,
    ("InvalidSecurityToken.Expired", ""): PAUSE,
    ("Forbidden.RAM", ""): PAUSE,
    ("NoPermission", ""): PAUSE,
    ("isv.NEVER_HEARD_OF", ""): DEAD_LETTER,
    ("isv", ""): DEAD_LETTER,
}


def told(error: SendError) -> tuple[type[SendError], dict[str, object]]:
    return type(error), {name: value for name, value in vars(error).items() if name != "code"}


@pytest.mark.parametrize("said", TABLE, ids=lambda said: f"{said[0]} {said[1]}".strip())
def test_a_code_means_what_the_table_says(said: tuple[str, str]) -> None:
    error = error_of(*said)
    assert told(error) == TABLE[said]
    assert error.code == said[0]


def test_every_line_of_the_table_is_looked_at() -> None:
    tried = {code for code, _ in TABLE}
    assert set(OUTCOMES) <= tried | {code.rpartition(".")[0] for code in tried}


@pytest.mark.parametrize(
    "code", [None, 7, "", "13800138000", "isv.13800138000", "验证码", "a b", "x" * 61, "a\n", {"Code": "OK"}, ["OK"]]
)
def test_what_is_no_code_is_neither_kept_nor_tried_again(code: object) -> None:
    error = error_of(code, code)
    assert (type(error), error.code, plain(code)) == (RefusedError, "unreadable", "unreadable")
