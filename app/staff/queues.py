"""Which cases wait for whom: the review queues of a department and of a school (R-REV-1, R-SCH-2)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, not_, or_, select

from app import access
from app.extensions import db
from app.facts import HAS_REVIEWER
from app.models import Department, Placement, RollRecord, School
from workflows.case import Actor
from workflows.vocabulary import Kind, Role, State, Step

OWN, STEAD = "own", "stead"
TITLE = {OWN: "待我审核", STEAD: "代院系审核"}
# The states in which a placement waits for a reviewer.
UNDER_REVIEW: dict[Kind, tuple[State, ...]] = {
    Kind.ONLINE: (State.ACCEPTED,),
    Kind.OFFLINE: (State.AGREEMENT_REVIEW, State.SIGNING_REVIEW),
    Kind.PAPER: (State.REVIEW,),
    Kind.DESTINATION: (State.REVIEW,),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue's name, title and length."""

    queue: str
    title: str
    count: int


def _condition(queue: str, actor: Actor) -> ColumnElement[bool]:
    if queue == STEAD:
        orphaned = or_(not_(School.department_review), not_(HAS_REVIEWER))
        return (Placement.review_step == Step.DEPARTMENT.value) & orphaned
    if actor.role == Role.DEPARTMENT:
        return Placement.review_step == Step.DEPARTMENT.value
    second = (Placement.review_step == Step.SECOND.value) & (Placement.reviewed_by != actor.id)
    return (Placement.review_step == Step.SCHOOL.value) | second


def waits(queue: str, actor: Actor, kind: Kind = Kind.ONLINE) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a queue of one kind, for a statement that joins the roll record and the school."""
    states = [state.value for state in UNDER_REVIEW[kind]]
    return (
        access.scope(actor, Placement),
        Placement.kind == kind.value,
        Placement.state.in_(states),
        _condition(queue, actor),
    )


def waiting(queue: str, actor: Actor, kind: Kind = Kind.ONLINE) -> Select[Any]:
    """Select the cases of a queue with what its list shows; the department is the graduate's current one."""
    return (
        select(
            Placement.__table__,
            RollRecord.name,
            RollRecord.student_number,
            RollRecord.major,
            Department.name.label("department"),
        )
        .join(RollRecord, RollRecord.id == Placement.roll_record_id)
        .join(School, School.id == Placement.school_id)
        .join(Department, Department.id == RollRecord.department_id)
        .where(*waits(queue, actor, kind))
    )


def names(actor: Actor) -> list[str]:
    """Return the queues of a role: a school may have to decide in a department's stead."""
    return [OWN, STEAD] if actor.role == Role.SCHOOL else [OWN]


def counts(actor: Actor, kind: Kind = Kind.ONLINE) -> list[Waiting]:
    """Count what waits in each queue of this actor: a statement for each."""
    return [Waiting(queue, TITLE[queue], _count(waiting(queue, actor, kind))) for queue in names(actor)]


def _count(query: Select[Any]) -> int:
    return int(db.session.execute(select(func.count()).select_from(query.subquery())).scalar_one())
