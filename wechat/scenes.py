"""One-time ways from one WeChat to one account: links of the bot, scene codes that a graduate asked for (R-BOT-1)."""

import secrets
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection, bindparam, insert, select, update

from app.crypto import token_hash
from app.models import WechatScene
from app.models.types import new_public_id

LASTS = timedelta(minutes=10)
LONGEST = 100  # characters of a token that are looked at

_scene = WechatScene.__table__
_ADD = insert(_scene)
_NOTE = (
    update(_scene)
    .where(
        _scene.c.token_hash == bindparam("token"),
        _scene.c.account_id.is_not(None),
        _scene.c.wechat_user_id.is_(None),
        _scene.c.used_at.is_(None),
        _scene.c.expires_at > bindparam("at"),
    )
    .values(wechat_user_id=bindparam("user"), scanned_at=bindparam("at"))
)
_FIND = select(_scene.c.account_id, _scene.c.wechat_user_id, _scene.c.used_at, _scene.c.expires_at).where(
    _scene.c.token_hash == bindparam("token")
)


class ScanResult(Enum):
    """What a scan came to: only NOTED has changed anything, AGAIN is the same person's second scan."""

    NOTED = "noted"
    AGAIN = "again"
    TAKEN = "taken"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


def scene_for_wechat_user(conn: Connection, wechat_user_id: int, at: datetime) -> str:
    """Add a one-time link for a WeChat that no account is bound to, and return its token (256 bits, ten minutes)."""
    return _add(conn, at, wechat_user_id=wechat_user_id)


def scene_for_account(conn: Connection, account_id: int, at: datetime) -> str:
    """Add a one-time scene code that a graduate has asked for, and return its token (256 bits, ten minutes)."""
    return _add(conn, at, account_id=account_id)


def _add(conn: Connection, at: datetime, account_id: int | None = None, wechat_user_id: int | None = None) -> str:
    token = secrets.token_urlsafe(32)
    row = {"account_id": account_id, "wechat_user_id": wechat_user_id, "created_at": at, "expires_at": at + LASTS}
    conn.execute(_ADD, row | {"public_id": new_public_id(), "token_hash": token_hash(token)})
    return token


def scan(conn: Connection, token: str, wechat_user_id: int, at: datetime) -> ScanResult:
    """Note who scanned a graduate's code first; whatever comes later changes nothing. The graduate confirms it."""
    if not token or len(token) > LONGEST:
        return ScanResult.UNKNOWN
    hashed = token_hash(token)
    if conn.execute(_NOTE, {"token": hashed, "user": wechat_user_id, "at": at}).rowcount == 1:
        return ScanResult.NOTED
    row = conn.execute(_FIND, {"token": hashed}).one_or_none()
    if row is None or row.account_id is None:
        return ScanResult.UNKNOWN
    if row.used_at is not None:
        return ScanResult.USED
    if row.expires_at <= at:
        return ScanResult.EXPIRED
    return ScanResult.AGAIN if row.wechat_user_id == wechat_user_id else ScanResult.TAKEN
