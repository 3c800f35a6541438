"""A graduate's account: registered, found again, changed by its owner; every change on record (R-GRAD-6, R-STEP-1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from app import auth, history, outgoing, people
from app.clock import now
from app.crypto import seal_text, unseal_text
from app.extensions import db
from app.models import Account, Session
from workflows.case import Actor
from workflows.vocabulary import Event, Role

_session = Session.__table__
_END_ALL = (
    update(_session)
    .where(
        _session.c.door == "graduate",
        _session.c.principal_id == bindparam("account"),
        _session.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("at"))
)


def phone_of(account: Account) -> str:
    """Return the phone number that one signs in with."""
    return unseal_text(account.phone_sealed, f"account.phone:{account.public_id}")


def email_of(account: Account) -> str:
    """Return the e-mail address, "" for none."""
    sealed = account.email_sealed
    return unseal_text(sealed, f"account.email:{account.public_id}") if sealed else ""


def id_number_of(account: Account) -> str:
    """Return the identity number."""
    return unseal_text(account.id_number_sealed, f"account.id_number:{account.public_id}")


def by_phone(phone: str) -> Account | None:
    """Return the account that a number belongs to."""
    return db.session.execute(
        select(Account).where(Account.phone_blind == people.blind_phone(phone))
    ).scalar_one_or_none()


def by_identity(kind: str, number: str) -> Account | None:
    """Return the account of a cleaned identity number."""
    wanted = select(Account).where(Account.id_number_blind == people.blind_id(kind, number))
    return db.session.execute(wanted).scalar_one_or_none()


def by_email(email: str) -> Account | None:
    """Return the account that an e-mail address belongs to."""
    return db.session.execute(
        select(Account).where(Account.email_blind == people.blind_email(email))
    ).scalar_one_or_none()


def set_phone(account: Account, phone: str) -> None:
    """Give the account another number and tell the owner, at the old one too; runs inside a write."""
    old = phone_of(account)
    at = _record(account, "change_phone", {"phone": phone})
    account.phone_sealed = seal_text(phone, f"account.phone:{account.public_id}")
    account.phone_blind = people.blind_phone(phone)
    _tell(account, "number", at, old)


def set_email(account: Account, email: str) -> None:
    """Give the account another e-mail address and tell the owner; runs inside a write."""
    at = _record(account, "change_email", {"email": email})
    account.email_sealed = seal_text(email, f"account.email:{account.public_id}")
    account.email_blind = people.blind_email(email)
    _tell(account, "address", at)


def set_password(account: Account, password_hash: str) -> None:
    """Give the account another password, end all its sessions and tell the owner; runs inside a write."""
    at = _record(account, "reset_password", {})
    account.password_hash = password_hash
    db.session.execute(_END_ALL, {"account": account.id, "at": at})
    _tell(account, "password", at)


def register(account: Account) -> str:
    """Write down that an account was opened and return a session's token; runs inside a write."""
    _record(account, "register", {})
    return auth.open_session("graduate", account.id)


def _record(account: Account, action: str, personal: dict[str, str]) -> datetime:
    chain, at = history.lock(db.session.connection(), "account", account.id), now()
    chain.add(at, Actor(Role.GRADUATE, account.id), ("account", account.id), action, {}, personal)
    chain.write()
    return at


def _bound(account: int) -> str:
    return f"outbox.old_phone:{account}"


def _tell(account: Account, what: str, at: datetime, old: str = "") -> None:
    payload: dict[str, Any] = {"account": account.id, "what": what}
    if old:
        payload["old_phone"] = seal_text(old, _bound(account.id)).hex()
    db.session.flush()
    record = f"{account.public_id}:{at.isoformat()}"
    outgoing.emit(db.session.connection(), Event.ACCOUNT_CHANGED, record, at, payload)


def old_phone(payload: dict[str, Any]) -> str:
    """Return the number that an account had before, from the outbox row of the change; "" for none."""
    sealed = payload.get("old_phone")
    return unseal_text(bytes.fromhex(sealed), _bound(payload["account"])) if sealed else ""
