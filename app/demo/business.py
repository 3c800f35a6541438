"""How the demo's employers come in: the verified ones as they are, the others by the steps that real ones take."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app import employer_registration, employer_steps
from app.demo import people as demo
from app.extensions import db
from app.models import EmployerUser
from app.people import add_employer
from workflows.case import Actor, Request
from workflows.employer_form import COLUMNS, CONTACT
from workflows.employer_verification import Proof
from workflows.vocabulary import Action, Role, State, Subject

SUSPENDED = "演示：收到多起虚假招聘投诉，核查期间暂停签约。"


def enter(password_hash: str, at: datetime) -> None:
    """Add every demo employer, inside the loader's transaction."""
    for made_up in demo.employers():
        _WAYS[made_up.state](made_up, password_hash, at)


def _values(made_up: demo.DemoEmployer) -> dict[str, Any]:
    typed = {name: getattr(made_up, name) for name in (*COLUMNS, *CONTACT) if hasattr(made_up, name)}
    return typed | {"contact_name": made_up.contact, "officer_name": made_up.contact, "username": made_up.username}


def _verified(made_up: demo.DemoEmployer, password_hash: str, at: datetime) -> int:
    values = _values(made_up)
    columns = {name: values[name] for name in COLUMNS} | {"state": State.VERIFIED.value}
    columns |= {"proof": Proof.LICENCE.value, "verified_at": at}
    employer = add_employer(columns, {name: values[name] for name in CONTACT})
    db.session.flush()
    user = {"username": made_up.username, "password_hash": password_hash, "name": made_up.contact}
    db.session.add(EmployerUser(employer_id=employer.id, created_at=at, decided_at=at, **user))
    db.session.flush()
    return employer.id


def _suspended(made_up: demo.DemoEmployer, password_hash: str, at: datetime) -> None:
    record = _verified(made_up, password_hash, at)
    wanted, operator = Request(reason=SUSPENDED), Actor(Role.OPERATOR)
    employer_steps.step(Subject.EMPLOYER, record, record, Action.SUSPEND, operator, wanted)


def _pending(made_up: demo.DemoEmployer, password_hash: str, at: datetime) -> None:
    person = {"id_kind": "passport", "id_number": f"DEMO{made_up.mobile[-5:]}", "officer_mobile": made_up.mobile}
    employer_registration.register(_values(made_up) | person, password_hash)


def _imported(made_up: demo.DemoEmployer, password_hash: str, at: datetime) -> None:
    employer_registration.import_account(_values(made_up), password_hash)


_WAYS: dict[State, Callable[[demo.DemoEmployer, str, datetime], Any]] = {
    State.VERIFIED: _verified,
    State.SUSPENDED: _suspended,
    State.PENDING: _pending,
    State.IMPORTED: _imported,
}
