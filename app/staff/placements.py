"""在线签约管理: every agreement of the tenant, its page, and the logged look at the full identity number."""

from typing import Any

from flask import render_template, request
from sqlalchemy import ColumnElement, Select, select

from app import access, codes, facts, masking, unmasking
from app.clock import now
from app.crypto import unseal_text
from app.models import Department, Placement, RollRecord, School
from app.paging import page_of
from app.staff import agreement_blocks, blueprint, cases
from app.staff.searching import asked, narrowed
from app.staff.tenant import tenant
from app.termination_facts import MARK, marked
from app.writing import write
from workflows import labels
from workflows.case import Actor, Case
from workflows.vocabulary import REVIEWERS, STATES, Kind, Level, Role, State

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
EMPTY = "--"
# Agreements that the platform prints; what a graduate has not handed in yet is nobody else's to see.
_OFFLINE = Placement.kind == Kind.OFFLINE.value
_HANDED_IN = Placement.submitted_at.is_not(None) & (Placement.state != State.DRAFT.value)
_OF_OURS = (Placement.kind == Kind.ONLINE.value) | (_OFFLINE & _HANDED_IN)


def _of_tenant(actor: Actor) -> Select[Any]:
    return (
        select(
            Placement.__table__,
            RollRecord.public_id.label("roll"),
            RollRecord.name,
            RollRecord.student_number,
            RollRecord.major,
            RollRecord.education_code,
            RollRecord.id_number_sealed,
            MARK.label("mark"),
            School.name.label("school"),
            Department.name.label("department"),
        )
        .join(RollRecord, RollRecord.id == Placement.roll_record_id)
        .join(School, School.id == Placement.school_id)
        .join(Department, Department.id == RollRecord.department_id)
        .where(access.scope(actor, Placement), _OF_OURS)
    )


def _in_state(state: State, at: Any) -> ColumnElement[bool]:
    """Return the condition of a state as everybody sees it: lapsed is expired from the deadline on (R-ON-2)."""
    lapsed = (Placement.state == State.INVITED.value) & (Placement.deadline_at <= at)
    if state == State.EXPIRED:
        return (Placement.state == State.EXPIRED.value) | lapsed
    if state == State.INVITED:
        return (Placement.state == State.INVITED.value) & (Placement.deadline_at > at)
    return Placement.state == state.value


def _states() -> list[tuple[str, str]]:
    kind = tenant().kind
    by_kind = [(of, state) for of in (Kind.ONLINE, Kind.OFFLINE) for state in STATES[of] if state != State.DRAFT]
    named = {state.value: labels.state_label(Case(state, of, agreement_kind=kind)) for of, state in reversed(by_kind)}
    return list(reversed(named.items()))


@blueprint.get("/placements")
@access.policy("staff", *SEERS, level=Level.READ)
def placements() -> Any:
    """List the tenant's agreements, online and offline, newest first (R-VIEW-1)."""
    at, actor = now(), access.actor()
    wanted = asked("name", "student_number", "employer")
    query = narrowed(_of_tenant(actor), wanted)
    states = _states()
    state = request.args.get("state", "")
    if state in dict(states):
        query = query.where(_in_state(State(state), at))
    page = page_of(query, Placement, (Placement.id,), newest_first=True)
    rows = [_listed(row, at) for row in page.rows]
    return render_template("staff/placements.html", rows=rows, page=page, wanted=wanted, states=states, state=state)


def _listed(row: Any, at: Any) -> dict[str, str]:
    number = unseal_text(row.id_number_sealed, f"roll_record.id_number:{row.roll}")
    return {
        "id": row.public_id,
        "initiator": cases.INITIATOR[Kind(row.kind)],
        "name": masking.name(row.name),
        "school": row.school,
        "department": row.department,
        "major": row.major,
        "education": codes.label("education", row.education_code),
        "id_number": masking.id_number(number),
        "number": row.agreement_number or EMPTY,
        "employer": row.title,
        "student_number": row.student_number or EMPTY,
        "label": marked(facts.shown_label(row, at), row.mark),
        "state": row.state,
    }


@blueprint.get("/placements/<public_id>")
@access.policy("staff", *SEERS, level=Level.READ)
def placement(public_id: str) -> Any:
    """Show one signing to look at; decisions have their own page."""
    return cases.show(cases.load(public_id))


@blueprint.post("/placements/<public_id>/unmask")
@access.policy("staff", *REVIEWERS, level=Level.READ)
def placement_unmask(public_id: str) -> Any:
    """Show identity number and contacts in full, and write down who looked."""
    write(lambda: unmasking.note(access.actor(), cases.load(public_id), agreement_blocks.MASKED))
    return cases.show(cases.load(public_id), full=True)
