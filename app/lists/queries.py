"""The statement of a list: one join of record, graduate, school and department, within the caller's scope (R-ACC-2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute

from app import access
from app.lists.definitions import Listing
from app.models import Department, Placement, RollRecord, School
from workflows import labels
from workflows.case import Actor, Case
from workflows.vocabulary import AgreementKind, State, Subject

# What a search box searches: student numbers from the start, the others anywhere.
COLUMNS: dict[str, InstrumentedAttribute[str]] = {
    "name": RollRecord.name,
    "student_number": RollRecord.student_number,
    "employer": Placement.title,
    "school": School.name,
}
GRADUATE = (
    RollRecord.public_id.label("roll"),
    RollRecord.name,
    RollRecord.student_number,
    RollRecord.exam_number,
    RollRecord.major,
    RollRecord.education_code,
    RollRecord.origin_region,
    RollRecord.id_number_sealed,
    School.name.label("school"),
    Department.name.label("department"),
)


def narrowed(query: Select[Any], wanted: Mapping[str, str]) -> Select[Any]:
    """Return the query with a condition for every search box that was filled in."""
    for name in COLUMNS.keys() & wanted.keys():
        column, text, begins = COLUMNS[name], wanted[name], name == "student_number"
        query = query.where(
            column.startswith(text, autoescape=True) if begins else column.contains(text, autoescape=True)
        )
    return query


def in_state(listing: Listing, state: str, at: datetime) -> ColumnElement[bool]:
    """Return the condition of a state as everybody sees it: lapsed is expired from the deadline on (R-ON-2)."""
    condition: ColumnElement[bool] = listing.model.state == state
    if listing.model is not Placement or state not in (State.INVITED, State.EXPIRED):
        return condition
    if state == State.EXPIRED:
        return condition | ((Placement.state == State.INVITED.value) & (Placement.deadline_at <= at))
    return condition & (Placement.deadline_at > at)


def states(listing: Listing, kind: AgreementKind | None) -> dict[str, str]:
    """Return the states to choose from with their words in a province of this agreement kind, in their order."""
    found: dict[str, str] = {}
    for of, state in listing.states:
        word = labels.state_label(Case(state, of, agreement_kind=kind, subject=listing.subject))
        offline = listing.subject == Subject.TERMINATION and state == State.REJECTED
        found.setdefault(state.value, f"{word}（线下）" if offline else word)
    return found


def rows(listing: Listing, actor: Actor, wanted: Mapping[str, str], at: datetime) -> Select[Any]:
    """Return the rows of a list that an actor may see and asks for.

    `wanted` may have the search boxes of `COLUMNS`, and state, cohort, initiator and department (a public id); what a
    list does not know is left out of account.
    """
    model = listing.model
    query = select(model.__table__, *GRADUATE, *listing.more)
    query = query.join(RollRecord, RollRecord.id == model.roll_record_id).join(School, School.id == model.school_id)
    query = query.join(Department, Department.id == RollRecord.department_id)
    if listing.subject == Subject.TERMINATION:
        query = query.join(Placement, Placement.id == model.placement_id)
    query = narrowed(query.where(access.scope(actor, model), *listing.belongs), _known(listing, wanted))
    return query.where(*_chosen(listing, wanted, at))


def _known(listing: Listing, wanted: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in wanted.items() if name != "employer" or listing.whom}


def _chosen(listing: Listing, wanted: Mapping[str, str], at: datetime) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.get("state") in {state for _, state in listing.states}:
        chosen.append(in_state(listing, wanted["state"], at))
    if cohort := wanted.get("cohort"):
        chosen.append(listing.cohort == int(cohort))
    if department := wanted.get("department"):
        chosen.append(Department.public_id == department)
    chosen += [condition for value, _, condition in listing.initiators if value == wanted.get("initiator")]
    return chosen


def cells(listing: Listing, row: Any, at: datetime, full: bool = False) -> list[str]:
    """Return a row as it is read: a text for every column, people masked unless it is asked for in `full`."""
    return [(column.full if full and column.full else column.text)(row, at) for column in listing.columns]
