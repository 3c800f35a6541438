"""Which cases wait for whom: the review queues of a department and of a school (R-REV-1, R-SCH-2)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from app import access, levels
from app.clock import now
from app.extensions import db
from app.models import Department, Placement, RollRecord, School
from workflows.case import Actor
from workflows.vocabulary import Kind, Module, Role, State, Step

OWN, STEAD, GIVEN_UP = "own", "stead", "given_up"
TITLE = {OWN: "待我审核", STEAD: "代院系审核", GIVEN_UP: "近期已放弃"}
GIVEN_UP_FOR = timedelta(days=30)  # how long reviewers are told of what a graduate has given up (R-CANCEL-1)
# The states in which a placement waits for a reviewer.
UNDER_REVIEW: dict[Kind, tuple[State, ...]] = {
    Kind.ONLINE: (State.ACCEPTED,),
    Kind.OFFLINE: (State.AGREEMENT_REVIEW, State.SIGNING_REVIEW),
    Kind.PAPER: (State.REVIEW,),
    Kind.DESTINATION: (State.REVIEW,),
}


@dataclass(frozen=True, slots=True)
class Pile:
    """A kind of case on the page of reviews: its name in the address, its title, its kind and where it waits.

    `certified`: a two-party province certifies it (R-PROV-2).
    """

    name: str
    title: str
    kind: Kind
    states: tuple[State, ...]
    certified: bool = False


# What the page of reviews shows, in this order; destinations, endings and transfers have pages of their own.
PILES = (
    Pile("online", "线上签约", Kind.ONLINE, UNDER_REVIEW[Kind.ONLINE], certified=True),
    Pile("agreement", "线下签约 协议内容", Kind.OFFLINE, (State.AGREEMENT_REVIEW,)),
    Pile("signing", "线下签约 盖章图像", Kind.OFFLINE, (State.SIGNING_REVIEW,), certified=True),
    Pile("paper", "纸质协议登记", Kind.PAPER, UNDER_REVIEW[Kind.PAPER]),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue's name, title and length."""

    queue: str
    title: str
    count: int


def condition(queue: str, actor: Actor, model: Any = Placement) -> ColumnElement[bool]:
    """Return which rows of a model with a review wait in a queue, for a statement that joins roll record and school."""
    if queue == STEAD:
        return (model.review_step == Step.DEPARTMENT.value) & levels.orphaned(Module.PLACEMENT)
    mine: ColumnElement[bool] = model.review_step == Step.SCHOOL.value
    if actor.role == Role.DEPARTMENT:
        mine = model.review_step == Step.DEPARTMENT.value
        return mine
    return mine | ((model.review_step == Step.SECOND.value) & (model.reviewed_by != actor.id))


def _is(what: Kind | Pile | None) -> ColumnElement[bool]:
    """Return the condition of a kind, of one pile, or of all piles of the page of reviews."""
    wanted = PILES if what is None else (what,)
    pairs = [(one.kind, one.states) if isinstance(one, Pile) else (one, UNDER_REVIEW[one]) for one in wanted]
    return or_(*((Placement.kind == kind.value) & Placement.state.in_([*states]) for kind, states in pairs))


def waits(queue: str, actor: Actor, what: Kind | Pile | None = None) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a queue, for a statement that joins the roll record and the school."""
    return (access.scope(actor, Placement), _is(what), condition(queue, actor))


def given_up(model: Any = Placement) -> ColumnElement[bool]:
    """Return the condition of what graduates have lately given up after handing it in (R-CANCEL-1)."""
    condition: ColumnElement[bool] = (
        (model.state == State.CANCELLED.value)
        & model.submitted_at.is_not(None)
        & (model.ended_at > now() - GIVEN_UP_FOR)
    )
    return condition


def waiting(queue: str, actor: Actor, what: Kind | Pile | None = None) -> Select[Any]:
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
        .where(*((access.scope(actor, Placement), given_up()) if queue == GIVEN_UP else waits(queue, actor, what)))
    )


def names(actor: Actor) -> list[str]:
    """Return the queues of a role: a school may have to decide in a department's stead."""
    return [OWN, STEAD] if actor.role == Role.SCHOOL else [OWN]


def count(queue: str, actor: Actor, what: Kind | Pile | None = None) -> int:
    """Count the cases of one queue."""
    return int(
        db.session.execute(select(func.count()).select_from(waiting(queue, actor, what).subquery())).scalar_one()
    )


def piles(queue: str, actor: Actor) -> list[tuple[Pile, int]]:
    """Count what waits in one queue by pile: one statement."""
    found = waiting(queue, actor).subquery()
    grouped = select(found.c.kind, found.c.state, func.count().label("number")).group_by(found.c.kind, found.c.state)
    numbers = {(row.kind, row.state): row.number for row in db.session.execute(grouped)}
    return [(pile, sum(numbers.get((pile.kind, state), 0) for state in pile.states)) for pile in PILES]
