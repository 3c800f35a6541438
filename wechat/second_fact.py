"""Binding by the phone that WeChat has verified together with a second fact; guesses are counted (R-STEP-1)."""

import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, or_, update

from app import accounts
from app.clock import now
from app.errors import ApiError
from app.models import Account, WechatUser
from workflows.case import Refused
from workflows.proof import Evidence, refuse_binding

TRIES, WITHIN = 5, timedelta(hours=24)
TAIL = 6  # characters of the identity number

_user = WechatUser.__table__
_over = or_(_user.c.tries_since.is_(None), _user.c.tries_since <= bindparam("before"))
_TRY = (
    update(_user)
    .where(_user.c.id == bindparam("user"), or_(_over, _user.c.tries < TRIES))
    .values(
        tries=case((_over, 1), else_=_user.c.tries + 1),
        tries_since=case((_over, bindparam("at", type_=_user.c.tries_since.type)), else_=_user.c.tries_since),
    )
)
_FORGET = update(_user).where(_user.c.id == bindparam("user")).values(tries=0, tries_since=None)


def count(conn: Connection, user_id: int) -> None:
    """Count a try of a WeChat, in a write of its own, before anything is compared; raises ApiError 429 after five."""
    at = now()
    if conn.execute(_TRY, {"user": user_id, "before": at - WITHIN, "at": at}).rowcount != 1:
        message = "核实失败次数过多，请改用登录密码绑定，或明天再试。"
        raise ApiError(429, "too_many", message, {"next": "请改用登录密码绑定。"})


def forget(conn: Connection, user_id: int) -> None:
    """Begin to count anew: the person was who it said."""
    conn.execute(_FORGET, {"user": user_id})


def the_account(phone: str, tail: str) -> Account:
    """Return the account whose phone and identity number these are; raises Refused, whichever fails (R-STEP-1)."""
    account = accounts.by_phone(phone)
    own = accounts.id_number_of(account)[-TAIL:] if account else ""
    same = hmac.compare_digest(_plain(own), _plain(tail))
    refusal = refuse_binding(Evidence(phone=account is not None, identity_tail=same and len(own) == TAIL))
    if refusal or account is None:
        raise Refused(refusal or refuse_binding(Evidence()))  # type: ignore[arg-type]
    return account


def _plain(text: Any) -> bytes:
    return str(text).strip().upper().encode("utf-8", "replace")
