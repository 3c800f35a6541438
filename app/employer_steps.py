"""The only writer of the states of employers, their officers' letters and their transfers (R-EMP-1/2/3).

Like `app.actions`: lock the employer's chain, read the clock and the facts, let the rules decide, write all at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from app import history, outgoing, uploads
from app.clock import now
from app.crypto import seal_json, unseal_json, unseal_text
from app.extensions import db
from app.models import BankCheck, Employer, EmployerUser
from workflows import bank_check, employer_form, employer_standing, employer_verification
from workflows.bank_check import BankFacts
from workflows.case import Actor, Case, Decision, Option, Request
from workflows.employer_standing import StandingFacts
from workflows.employer_verification import OfficerFacts, Proof
from workflows.engine import Flow, available, decide
from workflows.vocabulary import STAFF, Action, Level, Role, State, Subject

PLATFORM = Actor(Role.PLATFORM)

_employer, _user, _check = Employer.__table__, EmployerUser.__table__, BankCheck.__table__
TABLES: dict[Subject, Any] = {Subject.EMPLOYER: _employer, Subject.OFFICER: _user, Subject.BANK_CHECK: _check}
FLOWS: dict[Subject, Flow] = {
    Subject.EMPLOYER: employer_standing.FLOW,
    Subject.OFFICER: employer_verification.FLOW,
    Subject.BANK_CHECK: bank_check.FLOW,
}


@dataclass(frozen=True, slots=True)
class Unit:
    """One transaction on one employer: the connection, the locked chain, the moment."""

    conn: Connection
    chain: history.Chain
    now: datetime


def begin(employer_id: int) -> Unit:
    """Lock an employer; raises LookupError for an unknown one."""
    conn = db.session.connection()
    return Unit(conn, history.lock(conn, "employer", employer_id), now())


# --- what the rules need to know ---------------------------------------------------------------------------------


def form_bound(public_id: str) -> str:
    """Name the row that an officer's sealed form is bound to."""
    return f"employer_user.form:{public_id}"


def form_of(row: Any) -> dict[str, Any]:
    """Return what was typed about organisation and person; {} for an account without a form."""
    form: dict[str, Any] = unseal_json(bytes(row.form_sealed), form_bound(row.public_id)) if row.form_sealed else {}
    return form


def missing(row: Any) -> tuple[str, ...]:
    """Return the labels of what a letter's form lacks of the person; an imported account has the name alone."""
    form = form_of(row) if row is not None else {}
    return tuple(f.label for f in employer_form.OFFICER if not form.get(f.name))


def amount_of(row: Any) -> int:
    """Return the amount of a transfer in fen."""
    return int(unseal_text(bytes(row.amount_sealed), f"bank_check.amount:{row.public_id}"))


def account_of(row: Any) -> str:
    """Return the bank account of a transfer."""
    return unseal_text(bytes(row.account_sealed), f"bank_check.account:{row.public_id}")


def _confirmed(conn: Connection, officer_id: int) -> bool:
    wanted = select(func.count()).where(_check.c.officer_id == officer_id, _check.c.state == State.CONFIRMED.value)
    return bool(conn.execute(wanted).scalar_one())


def case(subject: Subject, row: Any) -> Case:
    """Return a row as the rules see it; None is one that is not there yet."""
    if row is None:
        return Case(None, subject=subject)
    deadline = row.deadline_at if subject == Subject.BANK_CHECK else None
    return Case(State(row.state), version=row.version, deadline_at=deadline, subject=subject)


def officer_facts(conn: Connection, at: datetime, employer: Any, row: Any) -> OfficerFacts:
    """Return the facts of a letter: three statements; `row` None for a new one."""
    own = row.id if row is not None else 0
    acting = select(_user.c.id).where(
        _user.c.employer_id == employer.id, _user.c.state == State.APPROVED.value, _user.c.id != own
    )
    return OfficerFacts(
        now=at,
        employer_id=employer.id,
        employer_state=State(employer.state),
        missing=missing(row),
        files=tuple(uploads.facts_of(conn, Subject.OFFICER.value, own)),
        amount_confirmed=_confirmed(conn, own),
        acting=conn.execute(acting).scalar_one_or_none(),
    )


def bank_facts(conn: Connection, at: datetime, employer: Any, officer: tuple[int, str], row: Any) -> BankFacts:
    """Return the facts of a transfer; `row` None for a new one, `officer` who asks: id and state of the letter."""
    officer_id, officer_state = officer
    wanted = select(_check).where(_check.c.employer_id == employer.id, _check.c.state != State.REFUSED.value)
    made = conn.execute(wanted).all()
    shown = [bank_check.shown(case(Subject.BANK_CHECK, one), at) for one in made if one.officer_id == officer_id]
    return BankFacts(
        now=at,
        employer_state=State(employer.state),
        officer_state=State(officer_state),
        made=len(made),
        open=any(state in (State.ASKED, State.SENT) for state in shown),
        confirmed=State.CONFIRMED in shown,
        amount=amount_of(row) if row is not None else 0,
        tries=row.tries if row is not None else 0,
    )


def _standing_facts(conn: Connection, at: datetime, employer: Any, letter: Any) -> StandingFacts:
    proof = Proof.IMPORTED if employer.state == State.IMPORTED else Proof.LICENCE
    return StandingFacts(at, Proof.TRANSFER if letter is not None and _confirmed(conn, letter.id) else proof)


def facts(
    conn: Connection, at: datetime, subject: Subject, employer: Any, row: Any, actor: Actor, letter: Any = None
) -> Any:
    """Return the facts that the flow of this subject wants; `letter` is the one whose approval admits an employer."""
    if subject == Subject.OFFICER:
        return officer_facts(conn, at, employer, row)
    if subject == Subject.EMPLOYER:
        return _standing_facts(conn, at, employer, letter)
    asks = select(_user.c.state).where(_user.c.id == actor.id)
    state = conn.execute(asks).scalar_one_or_none() if actor.role == Role.EMPLOYER else None
    officer = actor.id if row is None else row.officer_id
    return bank_facts(conn, at, employer, (officer, state or State.PENDING), row)


def options(subject: Subject, employer: Any, row: Any, actor: Actor) -> dict[Action, Option]:
    """Return the buttons of this actor on a row, each allowed or with the reason why not (R-WHY-1)."""
    conn = db.session.connection()
    found = facts(conn, now(), subject, employer, row, actor)
    listed = available(FLOWS[subject], case(subject, row), full(actor), found)
    return {option.action: option for option in listed}


def full(actor: Actor) -> Actor:
    """Return the actor with 读写: the levels are those of the graduates' modules, the operator's room has none."""
    return replace(actor, level=Level.WRITE) if actor.role in STAFF - {Role.SCHOOL, Role.DEPARTMENT} else actor


# --- writing -----------------------------------------------------------------------------------------------------


def _row(unit: Unit, subject: Subject, record: int) -> Row[Any]:
    table = TABLES[subject]
    return unit.conn.execute(select(table).where(table.c.id == record)).one()


def _emit(unit: Unit, decision: Decision, subject: Subject, public_id: str, version: int, record: int) -> None:
    payload = {"employer": unit.chain.record, "subject": subject.value, "id": record, "at": unit.now.isoformat()}
    for event in decision.events:
        outgoing.emit(unit.conn, event, f"{public_id}:{version}", unit.now, payload)


def _note(unit: Unit, actor: Actor, subject: Subject, record: int, decision: Decision, detail: dict[str, Any]) -> None:
    personal = {"reason": decision.columns["reason"]} if decision.columns.get("reason") else {}
    about = (subject.value, record)
    unit.chain.add(unit.now, actor, about, decision.action.value, detail | dict(decision.detail), personal)


def _apply(unit: Unit, subject: Subject, row: Any, actor: Actor, decision: Decision, more: Mapping[str, Any]) -> None:
    version = row.version + 1
    columns = dict(decision.columns) | dict(more) | {"state": decision.state.value, "version": version}
    table = TABLES[subject]
    unit.conn.execute(update(table).where(table.c.id == row.id).values(columns))
    detail = {"from": row.state, "to": decision.state.value, "version": version}
    _note(unit, actor, subject, row.id, decision, detail)
    _emit(unit, decision, subject, row.public_id, version, row.id)


def _follow(unit: Unit, decision: Decision, employer: Any, letter: Any) -> None:
    """Run the follow-ups of an approved letter: the former officer steps back, the employer is admitted as typed."""
    for follow_up in decision.follow_ups:
        row = _row(unit, follow_up.subject, follow_up.id)
        found = facts(unit.conn, unit.now, follow_up.subject, employer, row, PLATFORM, letter)
        flow = FLOWS[follow_up.subject]
        inner = decide(flow, follow_up.action, case(follow_up.subject, row), PLATFORM, found, Request())
        caused = replace(inner, detail={**inner.detail, "cause": follow_up.cause})
        more = _organisation(employer, letter) if follow_up.action == Action.ADMIT else {}
        _apply(unit, follow_up.subject, row, PLATFORM, caused, more)


def _organisation(employer: Any, letter: Any) -> dict[str, Any]:
    """Return the employer's columns as they stand in an approved letter's form; none for an imported account."""
    form = form_of(letter)
    if "name" not in form:
        return {}
    contact = {name: form.get(name) for name in employer_form.CONTACT}
    columns = {name: form[name] for name in employer_form.COLUMNS}
    return columns | {"contact_sealed": seal_json(contact, f"employer.contact:{employer.public_id}")}


def step(
    subject: Subject,
    record: int,
    employer_id: int,
    action: Action,
    actor: Actor,
    request: Request,
    more: Mapping[str, Any] | None = None,
) -> State:
    """Carry out an action on an employer, a letter or a transfer and return its new state; raises Refused.

    `more` are columns that are stored along. Follow-ups are written first: at most one letter is approved (R-EMP-3).
    """
    unit = begin(employer_id)
    employer, row = _row(unit, Subject.EMPLOYER, employer_id), _row(unit, subject, record)
    found = facts(unit.conn, unit.now, subject, employer, row, actor)
    decision = decide(FLOWS[subject], action, case(subject, row), full(actor), found, request)
    _follow(unit, decision, employer, row)
    _apply(unit, subject, row, actor, decision, more or {})
    unit.chain.write()
    db.session.expire_all()
    return decision.state


def create(
    unit: Unit, subject: Subject, actor: Actor, columns: Mapping[str, Any], action: Action = Action.REGISTER
) -> int:
    """Add a letter or a transfer to the locked employer and return its id; raises Refused."""
    employer = _row(unit, Subject.EMPLOYER, unit.chain.record)
    found = facts(unit.conn, unit.now, subject, employer, None, actor)
    decision = decide(FLOWS[subject], action, case(subject, None), actor, found, Request())
    table = TABLES[subject]
    stored = dict(columns) | {"employer_id": employer.id, "state": decision.state.value, "version": 1}
    record: int = unit.conn.execute(insert(table).values(stored).returning(table.c.id)).scalar_one()
    _note(unit, actor, subject, record, decision, {"from": None, "to": decision.state.value, "version": 1})
    _emit(unit, decision, subject, stored["public_id"], 1, record)
    return record
