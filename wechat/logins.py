"""Who holds the phone, as WeChat says it: the openid behind `wx.login`, the number behind its consent (R-STEP-1)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from app.errors import ApiError
from wechat import client
from workflows.sending import SendError

log = logging.getLogger(__name__)

LONGEST = 256  # characters of a code
CHINA = "86"

_AGAIN = (401, "wechat_code", "微信登录已过期，请重新进入小程序再试一次。")
_RISKY = (403, "wechat_refused", "微信暂时不允许此账号登录，请稍后再试，或用手机号码和密码登录。")
_BUSY = (503, "wechat_busy", "微信暂时没有回应，请稍后再试。")
ANSWERS: dict[str, tuple[int, str, str]] = {"40029": _AGAIN, "40163": _AGAIN, "40226": _RISKY}


@dataclass(frozen=True, slots=True)
class MiniLogin:
    """A person as the mini-program knows it; `unionid` only where both accounts hang on one Open-Platform account."""

    openid: str
    unionid: str | None


def session_of(js_code: str) -> MiniLogin:
    """Return who is behind a code of `wx.login`; it works once. The session_key is never used, nor kept.

    Raises ApiError: 401 to log in again, 403 where WeChat has doubts about the person, 503 where it does not answer.
    """
    answer = _asked(js_code, lambda account: cast(client.Answer, account.wxa.code_to_session(js_code)))
    openid, unionid = answer["openid"], answer.get("unionid")
    if not _is_name(openid) or not (unionid is None or _is_name(unionid)):
        raise ApiError(*_BUSY)
    return MiniLogin(openid, unionid)


def phone_of(code: str, openid: str) -> str:
    """Return the phone number that WeChat has verified for this person; of mainland China without 86.

    Raises ApiError like `session_of`.
    """
    body = {"code": code, "openid": openid}
    answer = _asked(code, lambda account: account.call("wxa/business/getuserphonenumber", body))
    given = answer.get("phone_info")
    number = _number(given, client.account("mini").appid) if isinstance(given, dict) else None
    if number is None:
        raise ApiError(*_BUSY)
    return number


def _asked(code: str, ask: Callable[[client.Account], client.Answer]) -> client.Answer:
    if not 0 < len(code) <= LONGEST:
        raise ApiError(*_AGAIN)
    try:
        return ask(client.account("mini"))
    except SendError as error:
        log.warning("WeChat did not say who it is", extra={"code": error.code})
        answer = ANSWERS.get(error.code, _BUSY)
    raise ApiError(*answer)


def _number(given: dict[str, Any], appid: str) -> str | None:
    """Return the number; None for one that was asked for by another mini-program, or that is none."""
    mark = given.get("watermark")
    country, number = str(given.get("countryCode", "")), str(given.get("purePhoneNumber", ""))
    if not isinstance(mark, dict) or mark.get("appid") != appid or not (country + number).isdecimal() or not number:
        return None
    return number if country == CHINA else f"+{country}{number}"


def _is_name(given: Any) -> bool:
    return isinstance(given, str) and 0 < len(given) <= 64
