"""Rows of people's WeChat as pushes tell of them: first seen, following, left; in the order in which it happened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.models import SubscribeGrant, WechatUser
from app.models.types import new_public_id

# The platform's times are whole seconds: what happened in the second of a state counts as after it.
SECOND = timedelta(seconds=1)

_user, _grant = WechatUser.__table__, SubscribeGrant.__table__
_FIND = select(_user.c.id, _user.c.account_id).where(
    _user.c.platform == bindparam("of"), _user.c.openid == bindparam("who")
)
_MOVE = (
    update(_user)
    .where(_user.c.id == bindparam("row"), _user.c.state_at < bindparam("until"))
    .values({"state": bindparam("to"), "state_at": bindparam("at")})
)
_CLEAR = (
    update(_grant)
    .where(_grant.c.wechat_user_id == bindparam("user"), _grant.c.template == bindparam("of"))
    .values({"count": 0, "updated_at": bindparam("at")})
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The row of a WeChat, and the account that it is bound to."""

    id: int
    account_id: int | None


def see(conn: Connection, platform: str, openid: str, state: str, happened_at: datetime) -> Seen:
    """Return the row of whoever sent a push, new or moved to `state` unless something later is known already.

    Unfollowing keeps the binding (R-BOT-1).
    """
    who = {"of": platform, "who": openid}
    row = conn.execute(_FIND, who).one_or_none()
    if row is None and _add(conn, platform, openid, state, happened_at):
        return Seen(conn.execute(_FIND, who).scalar_one(), None)
    row = row or conn.execute(_FIND, who).one()
    moved = {"row": row.id, "to": state, "at": happened_at, "until": happened_at + SECOND}
    conn.execute(_MOVE, moved)
    return Seen(row.id, row.account_id)


def _dialect(conn: Connection) -> type[postgresql.Insert] | type[sqlite.Insert]:
    return postgresql.Insert if conn.dialect.name == "postgresql" else sqlite.Insert


def _add(conn: Connection, platform: str, openid: str, state: str, at: datetime) -> bool:
    row = {"public_id": new_public_id(), "platform": platform, "openid": openid, "state": state}
    added = _dialect(conn)(_user).values(row | {"state_at": at, "created_at": at}).on_conflict_do_nothing()
    return conn.execute(added).rowcount == 1


def grant(conn: Connection, wechat_user_id: int, template: str, at: datetime) -> None:
    """Count one more subscribe message that somebody has agreed to get."""
    row = {"wechat_user_id": wechat_user_id, "template": template, "count": 1, "updated_at": at}
    added = _dialect(conn)(_grant).values(row)
    counted = {"count": _grant.c.count + 1, "updated_at": at}
    conn.execute(added.on_conflict_do_update(index_elements=("wechat_user_id", "template"), set_=counted))


def withdraw_grants(conn: Connection, wechat_user_id: int, template: str, at: datetime) -> None:
    """Forget what somebody had agreed to get, and does not want any more."""
    conn.execute(_CLEAR, {"user": wechat_user_id, "of": template, "at": at})
