"""The three doors: each lets in its own kind of account and names the right door otherwise (R-ENTRY-1)."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import current_app
from sqlalchemy import or_, select
from werkzeug.exceptions import HTTPException

from app import auth, people
from app.extensions import db
from app.models import Account, EmployerUser, Staff
from app.writing import rollback
from workflows.identity import IdentityError, IdentityKind, clean_id_number

TITLE = {"graduate": "学生登录", "employer": "单位登录", "staff": "学校登录"}
KIND_OF_ACCOUNT = {"graduate": "毕业生", "employer": "用人单位", "staff": "院校或省级"}
LONGEST = 200
WRONG = "用户名或密码不正确，请核对后重试。"


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

    One password is checked whether or not the account exists. No lock and no transaction is held meanwhile.
    """
    username = username.strip()
    if not username or max(len(username), len(password)) > LONGEST or "\0" in username:
        raise WrongCredentialsError
    found = sorted(_accounts(username), key=lambda one: one.door != door)
    rollback()
    best = found[0] if found else None
    if not auth.check_password(best.password_hash if best else None, password) or best is None:
        raise WrongCredentialsError
    if best.door != door:
        raise WrongDoorError(best.door)
    return best.id


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
    yield from (Found("graduate", *row) for row in db.session.execute(graduates.limit(1)))


def _ways_to_a_graduate(username: str) -> Iterator[Any]:
    """Yield the conditions of a phone number, an e-mail address and an identity number."""
    yield Account.phone_blind == people.blind_phone(username)
    yield Account.email_blind == people.blind_email(username)
    for kind in IdentityKind:
        try:
            yield Account.id_number_blind == people.blind_id(kind, clean_id_number(kind, username))
        except IdentityError:
            continue
