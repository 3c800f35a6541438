"""How every list looks and is searched: tabs of what waits, search boxes, rows, pages, the file (R-VIEW-1)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from sqlalchemy import ColumnElement, Select, select

from app import access
from app.clock import now
from app.extensions import db
from app.lists import queries
from app.lists.definitions import Listing
from app.models import Department
from app.paging import counted, in_words, page_of
from app.staff import queues
from app.staff.searching import asked, asked_cohort
from app.staff.tenant import tenant
from workflows.vocabulary import AgreementKind, Role, Subject

ALL = "all"
CHOICES = ("state", "initiator", "department")
TEXTS = {"name": "姓名", "student_number": "学号", "school": "院校"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the caller in a list: its name in the address, its title, its condition."""

    name: str
    title: str
    condition: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab above a list; `count` is None where nobody counts."""

    name: str
    title: str
    count: str | None = None


def boxes(listing: Listing) -> dict[str, str]:
    """Return the search boxes of a list for this caller, as name and label: who sees one school needs none for it."""
    labels = {name: label for name, label in TEXTS.items() if name != "school" or _of_province()}
    return labels | ({"employer": listing.whom} if listing.whom else {})


def _of_province() -> bool:
    return access.actor().role == Role.PROVINCE


def wanted(listing: Listing) -> dict[str, str]:
    """Return what the address or the form asks a list for."""
    found = asked(*boxes(listing), *CHOICES)
    cohort = asked_cohort()
    return found | ({"cohort": str(cohort)} if cohort else {})


def departments() -> list[tuple[str, str]]:
    """Return the departments that a school's list can be narrowed to, as (public id, name); none to a department."""
    if access.actor().role != Role.SCHOOL:
        return []
    own = select(Department.public_id, Department.name).where(Department.school_id == access.actor().school_id)
    return [(row.public_id, row.name) for row in db.session.execute(own.order_by(Department.name))]


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to choose from: its name, its label, what it says when nothing is chosen, and (value, word) pairs."""

    name: str
    label: str
    every: str
    options: list[tuple[str, str]]


def _choices(listing: Listing, all_states: bool) -> list[Choice]:
    """Return the boxes that a list can be narrowed by; a queue has one state only."""
    cohorts = [(str(year), f"{year}届") for year in range(tenant().cohort + 1, tenant().cohort - 6, -1)]
    begun = [(value, word) for value, word, _ in listing.initiators]
    begun_by, states = listing.columns[0].title, list(queries.states(listing, _agreement(listing)).items())
    found = [
        Choice("department", "院系", "全部院系", departments()),
        Choice("cohort", "届别", "全部届别", cohorts),
        Choice("initiator", begun_by, f"全部{begun_by}", begun),
        Choice("state", listing.state_word, "全部状态", states if all_states else []),
    ]
    return [choice for choice in found if choice.options]


def _agreement(listing: Listing) -> AgreementKind | None:
    return None if listing.subject == Subject.TRANSFER else tenant().kind


def _counted(one: Waiting, rows: Select[Any], model: Any) -> Tab:
    return Tab(one.name, one.title, in_words(counted(rows.where(one.condition), model.id)))


def page(listing: Listing, opens: Callable[[str], str], waiting: Iterable[Waiting] = ()) -> str:
    """Return the page of a list: what waits, the oldest first, or everything, the newest first.

    `opens` returns the address of a record's own page by its public id.
    """
    at, actor, found, queued = now(), access.actor(), wanted(listing), list(waiting)
    name = request.args.get("queue", queued[0].name if queued else ALL)
    queue = next((one for one in queued if one.name == name), None)
    everything = queries.rows(listing, actor, {}, at)
    tabs = [_counted(one, everything, listing.model) for one in queued]
    if queue:
        found.pop("state", None)
    query = queries.rows(listing, actor, found, at)
    model = listing.model
    shown = page_of(
        query.where(queue.condition) if queue else query,
        model,
        (model.submitted_at, model.id) if queue else (model.id,),
        newest_first=queue is None,
    )
    return render_template(
        "staff/list.html",
        listing=listing,
        tabs=[*tabs, Tab(ALL, "全部")] if tabs else [],
        queue=queue.name if queue else ALL,
        stead=queues.STEAD,
        given_up=queues.GIVEN_UP,
        page=shown,
        rows=[(row, queries.cells(listing, row, at)) for row in shown.rows],
        opens=opens,
        wanted=found,
        boxes=boxes(listing),
        choices=_choices(listing, queue is None),
        worded=tenant().worded if listing.subject == Subject.TERMINATION else str,
    )
