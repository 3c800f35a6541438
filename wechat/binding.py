"""Binding: which graduate a WeChat belongs to; the only writer of `wechat_user.account_id` (R-STEP-1, R-BOT-1).

The mini-program signs in, the official account is a chat: a chat follows its mini-program into an account, never the
other way round (docs/decisions/0010).

Lock order: the accounts by id, then the rows of WeChat. An account has one WeChat, a WeChat one account.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app import history, outgoing
from app.clock import now
from app.history import Chain
from app.models import Account, WechatUser
from app.models.types import new_public_id
from workflows.case import Actor, Refused
from workflows.reminders import awake
from workflows.scenes import TAKEN_MEANWHILE, refuse_other_person
from workflows.vocabulary import Event, Role

BIND, UNBIND = "bind_wechat", "unbind_wechat"
OFFICIAL, MINI = "official", "mini"
KEY = ("platform", "openid")
FOR_A_CHAT = frozenset({"scene", "link"})  # they show that somebody wished it, not who holds the phone

_user, _account = WechatUser.__table__, Account.__table__
_ID = select(_user.c.id).where(_user.c.platform == bindparam("p"), _user.c.openid == bindparam("o"))
_ROW = select(_user.c.id, _user.c.public_id, _user.c.platform, _user.c.unionid, _user.c.account_id)
_ONE = _ROW.where(_user.c.id == bindparam("user"))
_OF_ACCOUNT = _ROW.where(_user.c.account_id == bindparam("account")).order_by(_user.c.id)
_MATES = (
    _ROW.where(_user.c.unionid == bindparam("union"), _user.c.platform != bindparam("platform"))
    .order_by(_user.c.id.desc())
    .limit(1)
)
_SHOWN = (
    select(_user.c.platform, _user.c.bound_at, _user.c.state)
    .where(_user.c.account_id == bindparam("account"))
    .order_by(_user.c.platform.desc())
)
_GIVE = (
    update(_user).where(_user.c.id == bindparam("user")).values(account_id=bindparam("to"), bound_at=bindparam("at"))
)
_TAKE = update(_user).where(_user.c.id == bindparam("user")).values(account_id=None, bound_at=None)
_NAME = select(_account.c.public_id).where(_account.c.id == bindparam("account"))


def know(conn: Connection, platform: str, openid: str, unionid: str | None, at: datetime) -> int:
    """Return the row's id of a WeChat, which is added where it is new; a unionid once known is kept. Inside a write."""
    row = {"public_id": new_public_id(), "platform": platform, "openid": openid, "unionid": unionid}
    make = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    added = make(_user).values(row | {"state": "unknown", "state_at": at, "created_at": at})
    told = {"unionid": added.excluded.unionid}
    conn.execute(added.on_conflict_do_update(index_elements=KEY, set_=told, where=added.excluded.unionid.is_not(None)))
    return int(conn.execute(_ID, {"p": platform, "o": openid}).scalar_one())


def account_of(conn: Connection, user_id: int) -> int | None:
    """Return the account that a WeChat is bound to."""
    account: int | None = _one(conn, user_id).account_id
    return account


def shown(conn: Connection, account_id: int) -> Sequence[Row[Any]]:
    """Return the WeChat of an account: platform, bound_at, state."""
    return conn.execute(_SHOWN, {"account": account_id}).all()


def bind(conn: Connection, user_id: int, account_id: int, how: str) -> None:
    """Bind a WeChat to an account, away from whatever either was bound to; on record, and the owners are told.

    `how`: password, phone, scene, link. Inside a write. Raises Refused where another binding came between, or where a
    chat is known to be another person's than the one who signs in.
    """
    held = _one(conn, user_id).account_id
    chains = {one: history.lock(conn, "account", one) for one in sorted({account_id, held} - {None})}
    at, actor = now(), Actor(Role.GRADUATE, account_id)
    user = _one(conn, user_id, lock=True)
    if user.account_id not in (None, *chains):
        raise Refused(TAKEN_MEANWHILE)
    if user.account_id == account_id:
        return
    mine = _of(conn, account_id)
    _check(user, mine, how)
    if user.account_id is not None:
        gone = _same_person(_of(conn, user.account_id), user)
        _take(conn, chains[user.account_id], gone, actor, at)
        _tell(conn, user.account_id, "wechat_taken", at)
    replaced = _others(mine, user)
    _take(conn, chains[account_id], replaced, actor, at)
    _give(conn, chains[account_id], user, actor, how, at)
    _tell(conn, account_id, "wechat_moved" if replaced else "wechat_bound", at)
    if user.platform == MINI:
        _join(conn, chains[account_id], user, at)


def _check(user: Any, mine: Sequence[Any], how: str) -> None:
    """Raise Refused for a chat that is known to be another person's, ValueError for what may reach a chat alone."""
    if user.platform == OFFICIAL:
        if refusal := refuse_other_person(_unionid_of_mini(mine), user.unionid):
            raise Refused(refusal)
    elif how in FOR_A_CHAT:
        raise ValueError("a scene or a link binds a chat, nothing that signs in")


def unbind(conn: Connection, account_id: int, at: datetime) -> bool:
    """Take every WeChat off an account, on both platforms; inside a write. Returns False where there was none."""
    chain = history.lock(conn, "account", account_id)
    rows = _of(conn, account_id)
    if rows:
        _take(conn, chain, rows, Actor(Role.GRADUATE, account_id), at)
        _tell(conn, account_id, "wechat_unbound", at)
    return bool(rows)


def join(conn: Connection, user_id: int, at: datetime) -> bool:
    """Bind a chat to the account of the same person's mini-program, and take another person's chat off the account.

    The unionid says that it is one person, never which graduate: that, the mini-program's binding has shown. Nothing is
    moved. Inside a write, before other rows of WeChat are locked. Returns whether anything was changed.
    """
    user = _one(conn, user_id)
    if user.account_id and _strangers(conn.execute(_OF_ACCOUNT, {"account": user.account_id}).all()):
        return _part(conn, user.account_id, at)
    mate = _mate(conn, user)
    mini, chat = (user, mate) if user.platform == MINI else (mate, user)
    if not mini or not chat or mini.account_id is None or chat.account_id is not None:
        return False
    chain = history.lock(conn, "account", mini.account_id)
    holder = _one(conn, mini.id, lock=True)
    joined = holder.account_id == chain.record and _join(conn, chain, holder, at)
    if joined:
        _tell(conn, chain.record, "wechat_joined", at, awake(at))
    return joined


def _join(conn: Connection, chain: Chain, mini: Any, at: datetime) -> bool:
    """Give the account of a bound mini-program the same person's chat, where both places are free."""
    found = _mate(conn, mini)
    chat = _one(conn, found.id, lock=True) if found else None
    if chat is None or chat.account_id is not None:
        return False
    if any(row.platform == chat.platform for row in _of(conn, chain.record)):
        return False
    _give(conn, chain, chat, Actor(Role.PLATFORM), "unionid", at)
    return True


def _part(conn: Connection, account_id: int, at: datetime) -> bool:
    """Take a chat off that turns out to be another person's than the one who signs in; the owner hears of it."""
    chain = history.lock(conn, "account", account_id)
    gone = _strangers(_of(conn, account_id))
    if gone:
        _take(conn, chain, gone, Actor(Role.PLATFORM), at)
        _tell(conn, account_id, "wechat_parted", at, awake(at))
    return bool(gone)


def _strangers(rows: Sequence[Any]) -> list[Any]:
    mine = _unionid_of_mini(rows)
    return [row for row in rows if row.platform == OFFICIAL and refuse_other_person(mine, row.unionid)]


def _unionid_of_mini(rows: Sequence[Any]) -> str | None:
    return next((row.unionid for row in rows if row.platform == MINI), None)


def _one(conn: Connection, user_id: int, lock: bool = False) -> Any:
    return conn.execute(_locked(_ONE) if lock else _ONE, {"user": user_id}).one()


def _of(conn: Connection, account_id: int) -> Sequence[Row[Any]]:
    return conn.execute(_locked(_OF_ACCOUNT), {"account": account_id}).all()


def _locked(wanted: Select[Any]) -> Select[Any]:
    return wanted.with_for_update(key_share=True)


def _mate(conn: Connection, user: Any) -> Any:
    if not user.unionid:
        return None
    return conn.execute(_MATES, {"union": user.unionid, "platform": user.platform}).one_or_none()


def _same_person(rows: Sequence[Any], user: Any) -> list[Any]:
    """Return what goes along: a chat with its mini-program, nothing with a chat."""
    along = user.unionid if user.platform == MINI else None
    return [row for row in rows if row.id == user.id or (along and row.unionid == along)]


def _others(rows: Sequence[Any], user: Any) -> list[Any]:
    """Return what has to make room: the WeChat on the same platform, for a mini-program also another person's chat."""
    if user.platform == OFFICIAL:
        return [row for row in rows if row.platform == OFFICIAL]
    there = {row.unionid for row in rows if row.platform == user.platform and row.unionid}
    return [row for row in rows if row.platform == user.platform or _is_another(row.unionid, user.unionid, there)]


def _is_another(unionid: str | None, mine: str | None, replaced: set[str]) -> bool:
    if not unionid or unionid == mine:
        return False
    return bool(mine) or unionid in replaced


def _take(conn: Connection, chain: Chain, rows: Iterable[Any], actor: Actor, at: datetime) -> None:
    for row in rows:
        conn.execute(_TAKE, {"user": row.id})
        detail = {"wechat": row.public_id, "platform": row.platform}
        chain.add(at, actor, ("account", chain.record), UNBIND, detail)
    chain.write()


def _give(conn: Connection, chain: Chain, user: Any, actor: Actor, how: str, at: datetime) -> None:
    conn.execute(_GIVE, {"user": user.id, "to": chain.record, "at": at})
    detail = {"wechat": user.public_id, "platform": user.platform, "how": how}
    chain.add(at, actor, ("account", chain.record), BIND, detail)
    chain.write()


def _tell(conn: Connection, account_id: int, what: str, at: datetime, due_at: datetime | None = None) -> None:
    named, said = conn.execute(_NAME, {"account": account_id}).scalar_one(), {"account": account_id, "what": what}
    outgoing.emit(conn, Event.ACCOUNT_CHANGED, f"{named}:{at.isoformat()}", at, said, due_at=due_at)
