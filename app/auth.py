"""Who is calling: sessions as rows, passwords by argon2id, the Actor of a request (reliability.md §4)."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Response, current_app, g, request
from sqlalchemy import bindparam, insert, select, update

from app import levels
from app.clock import database_clock, now, shifted
from app.crypto import token_hash
from app.extensions import db
from app.models import Account, EmployerUser, Session, Staff, UploadLink, WechatUser
from workflows.case import Actor
from workflows.upload_links import SESSION_LASTS
from workflows.vocabulary import Level, Module, Role, State

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = HASHER.hash(secrets.token_hex(16))  # checked for unknown users, so that the answer takes the same time
LASTS = {
    "graduate": timedelta(days=7),
    "employer": timedelta(hours=12),
    "staff": timedelta(hours=12),
    "link": SESSION_LASTS,
    "wechat": timedelta(minutes=10),
}
BEARER = frozenset({"graduate", "wechat"})
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

_session, _account, _user, _staff = (m.__table__ for m in (Session, Account, EmployerUser, Staff))
_link, _wechat = UploadLink.__table__, WechatUser.__table__
_live = (
    _session.c.token_hash == bindparam("token"),
    _session.c.door == bindparam("door"),
    _session.c.revoked_at.is_(None),
)
_about = (_session.c.principal_id, _session.c.expires_at, _session.c.proved_at, database_clock().label("now"))
_FIND = {
    "wechat": select(*_about, _wechat.c.public_id, _wechat.c.openid)
    .join(_wechat, _wechat.c.id == _session.c.principal_id)
    .where(*_live),
    "link": select(*_about, _link.c.public_id).join(_link, _link.c.id == _session.c.principal_id).where(*_live),
    "graduate": select(*_about, _account.c.public_id)
    .join(_account, _account.c.id == _session.c.principal_id)
    .where(*_live),
    "employer": select(*_about, _user.c.employer_id, _user.c.public_id, _user.c.state)
    .join(_user, _user.c.id == _session.c.principal_id)
    .where(*_live, _user.c.active),
    "staff": select(
        *_about,
        _staff.c.public_id,
        _staff.c.role,
        _staff.c.school_id,
        _staff.c.department_id,
        _staff.c.province_code,
        _staff.c.must_change_password,
        *(levels.effective(module) for module in Module),
    )
    .join(_staff, _staff.c.id == _session.c.principal_id)
    .where(*_live, _staff.c.active),
}
_ADD = insert(_session)
_REVOKE = update(_session).where(_session.c.token_hash == bindparam("token")).values(revoked_at=bindparam("at"))
_SPEND = _REVOKE.where(_session.c.revoked_at.is_(None))
_PROVE = update(_session).where(_session.c.token_hash == bindparam("token")).values(proved_at=bindparam("at"))


def check_password(stored: str | None, password: str) -> bool:
    """Compare a password with its stored hash; takes the same time when there is none."""
    try:
        return HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def open_session(door: str, principal_id: int, proven: bool = True) -> str:
    """Insert a session and return its token (256 bits, handed out once).

    Signing in is a fresh proof, but for who came in by a WeChat that was bound before: not `proven` (R-STEP-1).
    """
    token, at = secrets.token_urlsafe(32), now()
    row = {"token_hash": token_hash(token), "door": door, "principal_id": principal_id, "created_at": at}
    db.session.execute(_ADD, row | {"expires_at": at + LASTS[door], "proved_at": at if proven else NEVER})
    return token


def close_session() -> None:
    """Revoke the session of this request."""
    db.session.execute(_REVOKE, {"token": token_hash(g.token), "at": now()})


def spend_session() -> bool:
    """Revoke the session of this request for what it serves but once; False where that has been done before."""
    return db.session.connection().execute(_SPEND, {"token": token_hash(g.token), "at": now()}).rowcount == 1


def prove() -> datetime:
    """Note a fresh proof of the person on this request's session and return its time (R-STEP-1)."""
    at = now()
    db.session.execute(_PROVE, {"token": token_hash(g.token), "at": at})
    return at


def cookie_name(door: str) -> str:
    """Return the name of a door's cookie; `__Host-` wherever the site is served over https."""
    return f"{current_app.config['COOKIE_PREFIX']}{door}"


def set_cookie(response: Response, door: str, token: str) -> None:
    """Put the session's token into the door's cookie."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    age = int(LASTS[door].total_seconds())
    response.set_cookie(cookie_name(door), token, max_age=age, httponly=True, secure=secure, samesite="Lax", path="/")


def clear_cookie(response: Response, door: str) -> None:
    """Remove the door's cookie."""
    response.delete_cookie(cookie_name(door), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"])


def token_of(door: str) -> str:
    """Return the token of this request: a bearer token in the mini-program, a cookie for the others, never both."""
    if door in BEARER:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    return request.cookies.get(cookie_name(door), "")


def identify(door: str) -> Actor | None:
    """Return who is calling through a door, or None; keeps the row in `g.principal`."""
    row = principal(door)
    return None if row is None else _actor(door, row)


def principal(door: str) -> Any | None:
    """Return the row behind the token of this request, or None, and keep it in `g.principal`.

    It is all there is of who comes with a ticket of the door `wechat`: a WeChat is nobody until it is bound.
    """
    token = token_of(door)
    if not token or len(token) > 100:
        return None
    row = db.session.connection().execute(_FIND[door], {"token": token_hash(token), "door": door}).one_or_none()
    if row is None or row.expires_at <= shifted(row.now):
        return None
    g.token, g.principal = token, row
    return row


def level_in(module: Module) -> Level:
    """Return the level of the staff member that is calling inside a module (R-ACC-1)."""
    return Level(getattr(g.principal, f"{module.value}_level"))


def _actor(door: str, row: Any) -> Actor:
    if door == "graduate":
        return Actor(Role.GRADUATE, row.principal_id, proved_at=row.proved_at)
    if door == "link":
        return Actor(Role.LINK_HOLDER, row.principal_id)
    if door == "employer":
        level = Level.WRITE if row.state == State.APPROVED else Level.NONE  # until then: the application's own pages
        return Actor(Role.EMPLOYER, row.principal_id, employer_id=row.employer_id, level=level, proved_at=row.proved_at)
    return Actor(
        Role(row.role),
        row.principal_id,
        school_id=row.school_id,
        department_id=row.department_id,
        province_code=row.province_code,
        level=Level(row.placement_level),
        proved_at=row.proved_at,
    )
