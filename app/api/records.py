"""A graduate's records on the rolls of schools: which there are, which one is meant, whether it may be entered."""

from typing import Any

from sqlalchemy import Row, bindparam, func, select

from app import codes
from app.clock import database_clock, shifted
from app.errors import STATUS, ApiError, NotFound, refusal_detail
from app.extensions import db
from app.models import Department, Placement, RollRecord, School
from workflows import starting
from workflows.calendar import current_cohort
from workflows.vocabulary import Kind, State

_roll = RollRecord.__table__
_waiting = (
    select(func.count())
    .select_from(Placement.__table__)
    .where(
        Placement.roll_record_id == _roll.c.id,
        Placement.kind == Kind.ONLINE.value,
        Placement.state == State.INVITED.value,
        Placement.deadline_at > bindparam("now"),
    )
)
_WAITING = select(_waiting.scalar_subquery()).where(_roll.c.id == bindparam("roll"))
_OWN = (
    select(
        _roll.c.id,
        _roll.c.public_id,
        _roll.c.state,
        _roll.c.cohort,
        _roll.c.degree_level_code,
        _roll.c.shown_hash,
        _roll.c.confirmed_hash,
        School.name.label("school"),
        Department.name.label("department"),
        database_clock().label("now"),
    )
    .select_from(_roll)
    .join(School.__table__, School.id == _roll.c.school_id)
    .join(Department.__table__, Department.id == _roll.c.department_id)
    .where(_roll.c.account_id == bindparam("account"))
    .order_by(_roll.c.cohort.desc(), _roll.c.id.desc())
)


def own(account_id: int) -> list[Row[Any]]:
    """Return a person's records, the newest cohort first; `now` is the clock at the reading."""
    return list(db.session.execute(_OWN, {"account": account_id}))


def confirmed(row: Any) -> bool:
    """Say whether the data were confirmed as they stand now (R-GRAD-1)."""
    return bool(row.shown_hash) and row.confirmed_hash == row.shown_hash


def public(row: Any) -> dict[str, Any]:
    """Return a record for a list."""
    return {
        "id": row.public_id,
        "cohort": row.cohort,
        "school": row.school,
        "department": row.department,
        "degree_level": codes.label("degree_levels", row.degree_level_code),
        "on_roll": row.state == State.ON_ROLL,
        "confirmed": confirmed(row),
        "current": row.cohort == current_cohort(shifted(row.now)),
    }


def meant(account_id: int, public_id: str | None) -> tuple[Row[Any], list[Row[Any]]]:
    """Return the record that is asked for, by default the newest, and all of the person's records.

    Raises NotFound for a foreign, unknown or malformed id; ApiError when there is no record, or when the record has
    never been confirmed (R-GRAD-1, R-ROLL-1).
    """
    rows = own(account_id)
    if public_id is None:
        found = next(iter(rows), None)
        if found is None:
            raise refused(on_roll=False, entered=False)
    else:
        found = next((row for row in rows if row.public_id == public_id), None)
        if found is None:
            raise NotFound
    enter(found.id, found.state, found.confirmed_hash, shifted(found.now))
    return found, rows


def enter(roll_id: int, state: str, confirmed_hash: str, now: Any) -> None:
    """Pass a record that was confirmed once; raises ApiError otherwise, saying how many invitations wait (R-ON-1)."""
    if confirmed_hash:
        return
    waiting = db.session.execute(_WAITING, {"roll": roll_id, "now": now}).scalar_one()
    raise refused(state == State.ON_ROLL, entered=False, waiting=waiting)


def refused(on_roll: bool, entered: bool, waiting: int = 0) -> ApiError:
    """Return the rule's refusal to enter as the API's error."""
    refusal = starting.refuse_entry(on_roll, entered)
    if refusal is None:
        raise ValueError("a record that may be entered")
    return ApiError(
        STATUS[refusal.code], refusal.code.value, refusal.message, refusal_detail(refusal) | {"waiting": waiting}
    )
