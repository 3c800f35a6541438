"""What pushes tell of people's WeChat: who it is, whether they follow, what they agreed to get; in its own order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # SQLite understands the same words

from app.models import SubscribeGrant, WechatUser
from wechat import binding

# The platform's times are whole seconds: what happened in the second of a state counts as after it.
SECOND = timedelta(seconds=1)

_user, _grant = WechatUser.__table__, SubscribeGrant.__table__
_FIND = select(_user.c.id, _user.c.account_id).where(
    _user.c.platform == bindparam("of"), _user.c.openid == bindparam("who")
)
_MOVE = (
    update(_user)
    .where(
        _user.c.id == bindparam("row"), or_(_user.c.state_at < bindparam("until"), _user.c.state == bindparam("never"))
    )
    .values({"state": bindparam("to"), "state_at": bindparam("at")})
)
_of_template = (_grant.c.wechat_user_id == bindparam("user"), _grant.c.template == bindparam("of"))
_KNOWN_GRANT = (
    update(_grant)
    .where(*_of_template, _grant.c.reported_at >= bindparam("happened"))
    .values({"reported_at": None, "updated_at": bindparam("at")})
)
_ADD_GRANT = upsert(_grant)
_ADD_GRANT = _ADD_GRANT.on_conflict_do_update(
    index_elements=[_grant.c.wechat_user_id, _grant.c.template],
    set_={"count": _grant.c.count + 1, "updated_at": _ADD_GRANT.excluded.updated_at},
)
_CLEAR = update(_grant).where(*_of_template).values({"count": 0, "reported_at": None, "updated_at": bindparam("at")})


# Nobody follows a mini-program: who has just used it takes its messages again.
_BACK = (
    update(_user)
    .where(
        _user.c.id == bindparam("row"),
        _user.c.platform == "mini",
        _user.c.state.in_(("left", "invalid")),
        _user.c.state_at < bindparam("until"),
    )
    .values({"state": "unknown", "state_at": bindparam("at")})
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The row of a WeChat, and the account that it is bound to."""

    id: int
    account_id: int | None


def find(conn: Connection, platform: str, openid: str, happened_at: datetime) -> Seen:
    """Return the row of whoever sent a push, added where it is new; an old one is not locked."""
    row = conn.execute(_FIND, {"of": platform, "who": openid}).one_or_none()
    if row is None:
        binding.know(conn, platform, openid, None, happened_at)
        row = conn.execute(_FIND, {"of": platform, "who": openid}).one()
    return Seen(row.id, row.account_id)


def move(conn: Connection, user_id: int, state: str, happened_at: datetime) -> None:
    """Note whether somebody follows, unless something later is known; the binding stays as it is (R-BOT-1).

    It locks the row: accounts are locked before.
    """
    moved = {"row": user_id, "to": state, "at": happened_at, "until": happened_at + SECOND, "never": "unknown"}
    conn.execute(_MOVE, moved)


def back(conn: Connection, user_id: int, happened_at: datetime) -> None:
    """Note that somebody uses the mini-program, whatever a message to them has come to before; locks as `move` does."""
    conn.execute(_BACK, {"row": user_id, "at": happened_at, "until": happened_at + SECOND})


def grant(conn: Connection, user_id: int, template: str, happened_at: datetime, at: datetime) -> None:
    """Count one more subscribe message of a template that somebody has agreed to get.

    A consent that the mini-program had reported already is counted by that (`wechat.grants.report`).
    """
    known = {"user": user_id, "of": template, "happened": happened_at, "at": at}
    if conn.execute(_KNOWN_GRANT, known).rowcount:
        return
    conn.execute(_ADD_GRANT, {"wechat_user_id": user_id, "template": template, "count": 1, "updated_at": at})


def withdraw_grants(conn: Connection, user_id: int, template: str, at: datetime) -> None:
    """Forget what somebody had agreed to get, and does not want any more."""
    conn.execute(_CLEAR, {"user": user_id, "of": template, "at": at})
