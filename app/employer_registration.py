"""How employers and their officers come in: by the public form, as a new officer, by import (R-EMP-1/2/3)."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app import codes, employer_steps, masking, people, printable, uploads
from app.clock import now, wall
from app.crypto import seal_json, seal_text
from app.employer_steps import PLATFORM, form_bound
from app.extensions import db
from app.models import Employer, EmployerUser
from app.models.types import new_public_id
from app.quarantine import Held
from app.uploads import Owner, Place
from workflows import bank_check, employer_form, employer_standing, employer_verification
from workflows.calendar import beijing_day
from workflows.case import Actor, Case, Refused, Request
from workflows.employer_form import Known
from workflows.employer_standing import StandingFacts
from workflows.engine import decide
from workflows.form_fields import Cleaned, Field
from workflows.identity import IDENTITY_LABELS, IdentityKind
from workflows.vocabulary import Action, Role, State, Subject

NEWCOMER = Actor(Role.EMPLOYER)


def clean(raw: Mapping[str, Any], fields: tuple[Field, ...]) -> Cleaned:
    """Check what was typed into some tables of the registration form."""
    known = Known(codes.known, printable.unprintable, beijing_day(wall()))
    return employer_form.clean(raw, fields, known)


def typed(form: dict[str, Any], full: bool = False) -> list[tuple[str, str]]:
    """Return what was typed as (label, value); `full` shows the officer's numbers unmasked, which has been logged."""
    masks = {} if full else {"id_number": masking.id_number, "officer_mobile": masking.phone}
    shown = []
    for f in (*employer_form.ORGANISATION, *employer_form.OFFICER):
        value = form.get(f.name)
        if f.name in form:
            text = masks[f.name](value or "") if f.name in masks else _in_words(f.name, f.table, value)
            shown.append((f.label, text or "--"))
    return shown


def _in_words(name: str, table: str, value: Any) -> str:
    if name == "id_kind":
        return IDENTITY_LABELS[IdentityKind(value)] if value else ""
    if name == "region_code":
        return codes.region_name(value)
    return codes.label(table, value) if table else str(value or "")


def find(credit_code: str) -> Employer | None:
    """Return the employer with a credit code."""
    return db.session.execute(select(Employer).where(Employer.credit_code == credit_code)).scalar_one_or_none()


def username_taken(username: str) -> bool:
    """Say whether a user name is in use; a constraint has the last word."""
    return db.session.execute(select(EmployerUser.id).where(EmployerUser.username == username)).first() is not None


def add_employer(values: Mapping[str, Any], action: Action, actor: Actor) -> Employer:
    """Add an employer's row under its first state, with the first row of its history."""
    decision = decide(
        employer_standing.FLOW, action, Case(None, subject=Subject.EMPLOYER), actor, StandingFacts(now()), Request()
    )
    columns = {name: values[name] for name in employer_form.COLUMNS} | {"state": decision.state.value}
    employer = people.add_employer(columns, {name: values.get(name) or "" for name in employer_form.CONTACT})
    db.session.flush()
    unit = employer_steps.begin(employer.id)
    detail = {"from": None, "to": decision.state.value, "version": 1}
    unit.chain.add(unit.now, actor, (Subject.EMPLOYER.value, employer.id), action.value, detail)
    unit.chain.write()
    return employer


def add_letter(employer_id: int, form: Mapping[str, Any], password_hash: str, actor: Actor) -> int:
    """Add an officer's account with a letter that has to be handed in; return the account's id."""
    unit = employer_steps.begin(employer_id)
    public_id = new_public_id()
    columns = {
        "public_id": public_id,
        "username": form["username"],
        "password_hash": password_hash,
        "name": form["officer_name"],
        "active": True,
        "form_sealed": seal_json(dict(form), form_bound(public_id)),
        "created_at": unit.now,
    }
    letter = employer_steps.create(unit, Subject.OFFICER, actor, columns)
    unit.chain.write()
    return letter


def register(values: Mapping[str, Any], password_hash: str) -> int:
    """Register an employer with its officer, inside a write; return the officer's id (R-EMP-1).

    As long as an employer is not verified its row holds what was typed first, and each officer's form what he typed.
    """
    employer = find(values["credit_code"]) or add_employer(values, Action.REGISTER, NEWCOMER)
    return add_letter(employer.id, values, password_hash, NEWCOMER)


def correct(user: Any, values: Mapping[str, Any]) -> None:
    """Store another form before it is handed in (again), inside a write; raises Refused (R-EMP-1)."""
    form = employer_steps.form_of(user) | dict(values)
    sealed = {"form_sealed": seal_json(form, form_bound(user.public_id)), "name": form["officer_name"]}
    actor = Actor(Role.EMPLOYER, user.id, employer_id=user.employer_id)
    employer_steps.step(Subject.OFFICER, user.id, user.employer_id, Action.EDIT, actor, Request(), sealed)


def attach(user: Any, held: Held, purpose: str) -> None:
    """Attach a held file to a letter under the employer's lock, inside a write; raises Refused (R-EMP-1)."""
    _refuse_editing(user)
    place = Place(Subject.OFFICER.value, user.id)
    most = employer_verification.DOCUMENTS[purpose].most
    uploads.attach(held, Owner("employer", user.employer_id), place, purpose, most)


def detach(user: Any, public_id: str) -> bool:
    """Take a file off a letter, inside a write; False for an unknown one; raises Refused."""
    _refuse_editing(user)
    files = uploads.listed(db.session.connection(), Subject.OFFICER.value, user.id)
    return any(uploads.remove(file) for file in files if file.public_id == public_id)


def _refuse_editing(user: Any) -> None:
    unit = employer_steps.begin(user.employer_id)
    state = unit.conn.execute(select(EmployerUser.state).where(EmployerUser.id == user.id)).scalar_one()
    if refusal := employer_verification.refuse_editing(State(state)):
        raise Refused(refusal)


def ask_transfer(actor: Actor, bank: str, account: str) -> None:
    """Ask for a transfer of a random amount to an account of the employer, inside a write; raises Refused (R-EMP-1)."""
    unit = employer_steps.begin(actor.employer_id or 0)
    public_id, amount = new_public_id(), secrets.choice(bank_check.AMOUNTS)
    columns = {
        "public_id": public_id,
        "officer_id": actor.id,
        "bank": bank,
        "account_sealed": seal_text(account, f"bank_check.account:{public_id}"),
        "amount_sealed": seal_text(str(amount), f"bank_check.amount:{public_id}"),
        "tries": 0,
        "created_at": unit.now,
    }
    employer_steps.create(unit, Subject.BANK_CHECK, actor, columns, Action.ASK)
    unit.chain.write()


def import_account(values: Mapping[str, Any], password_hash: str) -> None:
    """Add an account of 新职业网 its organisation counts as checked, its letter is missing (R-EMP-2)."""
    employer = add_employer(values, Action.IMPORT, PLATFORM)
    person = {name: values[name] for name in ("officer_name", "username")}
    add_letter(employer.id, person, password_hash, PLATFORM)
