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
    step = Step.DEPARTMENT if actor.role == Role.DEPARTMENT else Step.SCHOOL
    return Placement.review_step == step.value


def waiting(queue: str, actor: Actor) -> Select[Any]:
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
        .where(
            access.scope(actor, Placement),
            Placement.kind == Kind.ONLINE.value,
            Placement.state == State.ACCEPTED.value,
            _condition(queue, actor),
        )
    )


def names(actor: Actor) -> list[str]:
    """Return the queues of a role: a school may have to decide in a department's stead."""
    return [OWN, STEAD] if actor.role == Role.SCHOOL else [OWN]


def counts(actor: Actor) -> list[Waiting]:
    """Count what waits in each queue of this actor: a statement for each."""
    return [Waiting(queue, TITLE[queue], _count(waiting(queue, actor))) for queue in names(actor)]


def _count(query: Select[Any]) -> int:
    return int(db.session.execute(select(func.count()).select_from(query.subquery())).scalar_one())
