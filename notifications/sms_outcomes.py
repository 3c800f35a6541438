"""What is to be done about each code of Alibaba Cloud SMS, as a table; an unknown code is permanent (wechat-sms.md §5).

Sources: the API's error codes of dysmsapi 2017-05-25 and the gateway's own (signature, RAM, throttling).
"""

import re
from collections.abc import Callable
from datetime import timedelta

from workflows.sending import LaterError, PausedError, RefusedError, SendError, UnreachableError

LEVELS = (("分钟级", timedelta(minutes=1)), ("小时级", timedelta(hours=1)))
DAY_LEVEL = "天级"  # 24 hours would be past the message's own day, and nobody would wait for it
LEVEL_UNSAID = timedelta(hours=1)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,59}")
_LONG_NUMBER = re.compile(r"\d{11}")

Build = Callable[[str, str], SendError]


def _later(code: str, _message: str) -> SendError:
    """Nothing is wrong with the message: back off, try again."""
    return LaterError(code)


def _by_level(code: str, message: str) -> SendError:
    """The number has had its share of this minute, hour or day: “触发小时级流控Permits:5”."""
    if DAY_LEVEL in message:
        return LaterError(code, until_midnight=True)
    return LaterError(code, next((wait for level, wait in LEVELS if level in message), LEVEL_UNSAID))


def _pause(code: str, _message: str) -> SendError:
    """The channel rests, somebody is told; the rows stay."""
    return PausedError(code)


def _pause_today(code: str, _message: str) -> SendError:
    """The day's allowance is used up: the channel rests until midnight in Beijing."""
    return PausedError(code, until_midnight=True)


def _pause_template(code: str, _message: str) -> SendError:
    """This template alone rests: it, or the signature for it, has not been approved."""
    return PausedError(code, template=True)


def _dead_number(code: str, _message: str) -> SendError:
    """No text message ever reaches this number: the school is to see that."""
    return UnreachableError(code, mark="dead_number")


def _refused(code: str, _message: str) -> SendError:
    """What we sent was wrong: a dead letter."""
    return RefusedError(code)


# A code, or the part before its last dot (`InvalidTimeStamp.Expired` and its like), and what it comes to.
OUTCOMES: dict[str, Build] = {
    "isv.BUSINESS_LIMIT_CONTROL": _by_level,
    "isv.DAY_LIMIT_CONTROL": _pause_today,
    "isv.AMOUNT_NOT_ENOUGH": _pause,
    "isv.OUT_OF_SERVICE": _pause,
    "isv.ACCOUNT_ABNORMAL": _pause,
    "isv.ACCOUNT_NOT_EXISTS": _pause,
    "isv.PRODUCT_UN_SUBSCRIPT": _pause,
    "isv.PRODUCT_UNSUBSCRIBE": _pause,
    "isv.DENY_IP_RANGE": _pause,
    "isv.MOBILE_NUMBER_ILLEGAL": _dead_number,
    "isv.SMS_SIGNATURE_ILLEGAL": _pause_template,
    "isv.SMS_SIGN_ILLEGAL": _pause_template,
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": _pause_template,
    "isv.SMS_TEMPLATE_ILLEGAL": _pause_template,
    "isv.TEMPLATE_MISSING_PARAMETERS": _refused,
    "isv.TEMPLATE_PARAMS_ILLEGAL": _refused,
    "isv.PARAM_LENGTH_LIMIT": _refused,
    "isv.PARAM_NOT_SUPPORT_URL": _refused,
    "isv.BLACK_KEY_CONTROL_LIMIT": _refused,
    "isv.INVALID_PARAMETERS": _refused,
    "isv.INVALID_JSON_PARAM": _refused,
    "isp.SYSTEM_ERROR": _later,
    "isp.RAM_PERMISSION_DENY": _pause,
    "Throttling": _later,
    "SignatureNonceUsed": _later,
    "SignatureDoesNotMatch": _pause,
    "IncompleteSignature": _pause,
    "InvalidAccessKeyId": _pause,
    "MissingAccessKeyId": _pause,
    "InvalidTimeStamp": _pause,
    "InvalidSecurityToken": _pause,
    "Forbidden": _pause,
    "NoPermission": _pause,
}


def error_of(code: object, message: object = "") -> SendError:
    """Return what a code that is not OK comes to, one of the errors of `workflows.sending`; `message` names a level."""
    known = plain(code)
    build = OUTCOMES.get(known) or OUTCOMES.get(known.rpartition(".")[0]) or _refused
    return build(known, message if isinstance(message, str) else "")


def plain(code: object) -> str:
    """Return a code as it may be kept and logged: nothing that could be a number or a text."""
    text = code if isinstance(code, str) else ""
    return text if _CODE.fullmatch(text) and not _LONG_NUMBER.search(text) else "unreadable"
