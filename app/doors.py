"""The three doors: each lets in its own kind of account and names the right door otherwise (R-ENTRY-1)."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import or_, select
from werkzeug.exceptions import HTTPException

from app import auth, people
from app.extensions import db
from app.models import Account, EmployerUser, Staff
from app.writing import rollback
from workflows.codes import CodeError, clean_mobile
from workflows.identity import IdentityError, IdentityKind, clean_id_number

TITLE = {"graduate": "学生登录", "employer": "单位登录", "staff": "学校登录"}
KIND_OF_ACCOUNT = {"graduate": "毕业生", "employer": "用人单位", "staff": "院校或省级"}
LONGEST = 200
WRONG = "用户名或密码不正确，请核对后重试。"
_UNTYPED = re.compile(r"[\0\ud800-\udfff]")  # no database and no hash takes these


class Found(NamedTuple):
    """An account that goes by a user name, and the door that it belongs to."""

    door: str
    id: int
    password_hash: str


class WrongCredentialsError(Exception):
    """No such account, or not its password: the two are never told apart."""


class WrongDoorError(Exception):
    """The password was right, but the account belongs to another door, `.door`."""

    def __init__(self, door: str):
        super().__init__(door)
        self.door = door
        kind, title = KIND_OF_ACCOUNT[door], TITLE[door]
        self.message = f"这是{kind}账号，请从“{title}”进入。"


def enter(door: str, username: str, password: str) -> int:
    """Return the id of the account behind a door; raises WrongCredentialsError or WrongDoorError.

    A name may be one person's phone and another's passport: the password decides, at this door before the others.
    One is checked also where there is no account. No lock and no transaction is held meanwhile.
    """
    username = username.strip()
    if not username or max(len(username), len(password)) > LONGEST or _UNTYPED.search(username + password):
        raise WrongCredentialsError
    found = sorted(_accounts(username), key=lambda one: one.door != door)
    rollback()
    if not found:
        auth.check_password(None, password)
    right = next((one for one in found if auth.check_password(one.password_hash, password)), None)
    if right is None:
        raise WrongCredentialsError
    if right.door != door:
        raise WrongDoorError(right.door)
    return right.id


def canonical(username: str) -> str:
    """Return the one spelling under which all spellings of a user name are counted: every one that `enter` takes.

    Blanks, dashes, case, width and a country code do not count; what cannot be encoded becomes “?”.
    """
    plain = re.sub(r"[\s\-–—]", "", unicodedata.normalize("NFKC", username)).casefold()
    with contextlib.suppress(CodeError):
        plain = clean_mobile(plain)
    return plain[:LONGEST].encode("utf-8", "replace").decode()


def safe_target(target: str | None, room: str) -> str:
    """Return the address to go to after signing in, or "": a page below `room` ("/employer/"), never another site."""
    path = (target or "").rstrip("?")
    if not path.startswith(room) or "\\" in path or any(ord(char) < 33 for char in path):
        return ""
    try:
        current_app.url_map.bind("").match(path.partition("?")[0], method="GET")
    except HTTPException:
        return ""
    return path


def _accounts(username: str) -> Iterator[Found]:
    for door, model in (("staff", Staff), ("employer", EmployerUser)):
        wanted = select(model.id, model.password_hash).where(model.username == username, model.active)
        yield from (Found(door, *row) for row in db.session.execute(wanted))
    graduates = select(Account.id, Account.password_hash).where(or_(*_ways_to_a_graduate(username)))
    yield from (Found("graduate", *row) for row in db.session.execute(graduates.order_by(Account.id)))


def the_graduate(username: str) -> int | None:
    """Return the id of the one graduate's account that goes by a user name; None where there is none, or more."""
    if not username.strip() or len(username) > LONGEST or _UNTYPED.search(username):
        return None
    found = select(Account.id).where(or_(*_ways_to_a_graduate(username.strip()))).limit(2)
    ids = db.session.execute(found).scalars().all()
    return ids[0] if len(ids) == 1 else None


def _ways_to_a_graduate(username: str) -> Iterator[Any]:
    """Yield the conditions of a phone number, an e-mail address and an identity number."""
    try:
        yield Account.phone_blind == people.blind_phone(clean_mobile(username))
    except CodeError:
        yield Account.phone_blind == people.blind_phone(username)
    yield Account.email_blind == people.blind_email(username)
    for kind in IdentityKind:
        try:
            yield Account.id_number_blind == people.blind_id(kind, clean_id_number(kind, username))
        except IdentityError:
            continue
