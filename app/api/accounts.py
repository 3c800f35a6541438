"""账号: register, find the user name, find the password, each with a code sent to the phone (R-GRAD-6)."""

import logging
from typing import Any

from flask_limiter.util import get_remote_address
from sqlalchemy import select

from app import access, accounts, auth, codes, doors, registering, sent_codes
from app.api.account_schemas import (
    ChoicesAnswer,
    NamesAnswer,
    NewPasswordInput,
    PersonCodeInput,
    PersonInput,
    PhoneInput,
    RegisterInput,
    SchoolAnswer,
    SchoolQuery,
    SentAnswer,
    UsernameInput,
)
from app.api.room import Room, answer, invalid
from app.api.schemas import SessionAnswer
from app.crypto import token_hash
from app.extensions import db, limiter
from app.models import Account, School, Session
from app.sent_codes import Proven, Target, WrongCodeError
from app.writing import rollback, write
from workflows.codes import CodeError, clean_mobile
from workflows.identity import IDENTITY_LABELS, IdentityError, IdentityKind, clean_id_number, same_name
from workflows.passwords import weakness
from workflows.sent_codes import Purpose

log = logging.getLogger(__name__)
blueprint = Room("accounts", __name__, url_prefix="/accounts", description="账号")

PER_ADDRESS = limiter.shared_limit("120 per minute; 3000 per hour", "accounts", key_func=get_remote_address)
SENT = "如果填写的信息无误，验证码已发送到该账号的手机，10 分钟内有效。"
SENT_TO_PHONE = "验证码已发送，10 分钟内有效。"
SCHOOLS_SHOWN = 20


def _mobile(typed: str) -> str:
    try:
        return clean_mobile(typed)
    except CodeError as error:
        raise invalid({"phone": str(error)}) from None


def _attempt(purpose: Purpose, asked: str, digits: str) -> Proven:
    """Try a code, in a transaction of its own, so that a wrong one counts; raises WrongCodeError."""
    rollback()
    proven = write(lambda: sent_codes.attempt(purpose, asked, digits))
    if proven is None:
        raise WrongCodeError
    return proven


# --- registration -------------------------------------------------------------------------------------------------


@blueprint.get("/choices")
@blueprint.doc(security=[])
@blueprint.response(200, ChoicesAnswer)
@access.policy("public")
def choices() -> Any:
    """Return what the form of registration offers."""
    levels = [{"code": code, "label": label} for code, label in codes.choices("degree_levels")]
    kinds = [{"code": kind.value, "label": label} for kind, label in IDENTITY_LABELS.items()]
    return answer({"id_kinds": kinds, "degree_levels": levels})


@blueprint.get("/schools")
@blueprint.doc(security=[])
@PER_ADDRESS
@blueprint.arguments(SchoolQuery, location="query")
@blueprint.response(200, SchoolAnswer(many=True))
@access.policy("public")
def schools(query: dict[str, Any]) -> Any:
    """Find schools by a part of the name, or by code."""
    typed = query["name"].strip()
    found = (
        select(School.code, School.name)
        .where(School.name.contains(typed, autoescape=True) | (School.code == typed))
        .order_by(School.code)
        .limit(SCHOOLS_SHOWN)
    )
    return answer([dict(row._mapping) for row in db.session.execute(found)])


@blueprint.post("/code")
@blueprint.doc(security=[])
@PER_ADDRESS
@blueprint.arguments(PhoneInput)
@blueprint.response(202, SentAnswer)
@access.policy("public")
def send_registration_code(body: dict[str, Any]) -> Any:
    """Send a code to the phone that an account is to be opened with; the same for one that has an account."""
    phone = _mobile(body["phone"])
    write(lambda: sent_codes.ask(Purpose.REGISTER, phone, Target(phone)))
    return answer({"message": SENT_TO_PHONE}, 202)


@blueprint.post("")
@blueprint.doc(security=[])
@PER_ADDRESS
@blueprint.arguments(RegisterInput)
@blueprint.response(201, SessionAnswer)
@access.policy("public")
def register(body: dict[str, Any]) -> Any:
    """Open an account with a proven phone, sign in, and join the roll where the person is on it (R-GRAD-1)."""
    values, errors = registering.cleaned(body)
    if errors:
        raise invalid(errors)
    proven = _attempt(Purpose.REGISTER, values["phone"], body["code"])
    password_hash = auth.HASHER.hash(body["password"])

    def work() -> dict[str, Any]:
        sent_codes.use(proven)
        account = registering.opened(values, password_hash)
        token = accounts.register(account)
        db.session.flush()
        session = db.session.get_one(Session, token_hash(token))
        log.info("account opened", extra={"account": account.public_id})
        return {"token": token, "expires_at": session.expires_at.isoformat(), "name": account.name}

    return answer(write(work), 201)


# --- recovery -----------------------------------------------------------------------------------------------------


def _target(account: Account | None) -> Target | None:
    return Target(accounts.phone_of(account), account.id) if account else None


def _person(body: dict[str, Any]) -> tuple[str, Account | None]:
    """Return under what a person is counted, and the account where name and identity agree."""
    kind = body["id_kind"]
    if kind not in list(IdentityKind):
        raise invalid({"id_kind": "请选择证件类型。"})
    try:
        number = clean_id_number(kind, body["id_number"])
    except IdentityError as error:
        raise invalid({"id_number": str(error)}) from None
    account = accounts.by_identity(kind, number)
    return f"{kind}:{number}", account if account and same_name(account.name, body["name"]) else None


@blueprint.post("/names/code")
@blueprint.doc(security=[])
@PER_ADDRESS
@blueprint.arguments(PersonInput)
@blueprint.response(202, SentAnswer)
@access.policy("public")
def send_names_code(body: dict[str, Any]) -> Any:
    """找回用户名: send a code to the account's phone, where there is one; the answer is the same."""
    asked, account = _person(body)
    write(lambda: sent_codes.ask(Purpose.FIND_NAME, asked, _target(account)))
    return answer({"message": SENT}, 202)


@blueprint.post("/names")
@blueprint.doc(security=[])
@PER_ADDRESS
@blueprint.arguments(PersonCodeInput)
@blueprint.response(200, NamesAnswer)
@access.policy("public")
def names(body: dict[str, Any]) -> Any:
    """Show the names that one may sign in with to who knows the person and holds the phone."""
    asked, _ = _person(body)
    proven = _attempt(Purpose.FIND_NAME, asked, body["code"])

    def work() -> dict[str, str]:
        sent_codes.use(proven)
        account = db.session.get_one(Account, proven.account_id)
        return {"phone": accounts.phone_of(account), "email": accounts.email_of(account)}

    return answer(write(work))


@blueprint.post("/password/code")
@blueprint.doc(security=[])
@PER_ADDRESS
@blueprint.arguments(UsernameInput)
@blueprint.response(202, SentAnswer)
@access.policy("public")
def send_password_code(body: dict[str, Any]) -> Any:
    """找回密码: send a code to the account's phone, where there is one; the answer is the same."""
    typed = body["username"]
    found = doors.the_graduate(typed)
    account = db.session.get(Account, found) if found else None
    write(lambda: sent_codes.ask(Purpose.FIND_PASSWORD, doors.canonical(typed), _target(account)))
    return answer({"message": SENT}, 202)


@blueprint.post("/password")
@blueprint.doc(security=[])
@PER_ADDRESS
@blueprint.arguments(NewPasswordInput)
@blueprint.response(204)
@access.policy("public")
def set_password(body: dict[str, Any]) -> Any:
    """Set a new password with the code; all sessions end, and the owner is told."""
    if weak := weakness(body["password"], [body["username"]]):
        raise invalid({"password": weak})
    proven = _attempt(Purpose.FIND_PASSWORD, doors.canonical(body["username"]), body["code"])
    account = db.session.get_one(Account, proven.account_id)
    known = [accounts.phone_of(account), accounts.id_number_of(account), accounts.email_of(account)]
    if weak := weakness(body["password"], known):
        raise invalid({"password": weak})
    rollback()
    password_hash = auth.HASHER.hash(body["password"])

    def work() -> None:
        sent_codes.use(proven)
        accounts.set_password(db.session.get_one(Account, proven.account_id), password_hash)

    write(work)
    return "", 204
