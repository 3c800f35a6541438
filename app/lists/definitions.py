"""The table of lists: which records each holds, its columns, and what it can be narrowed by (R-VIEW-1)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_

from app.lists import columns
from app.lists.columns import Column
from app.models import Placement, RollRecord, Termination, Transfer
from app.termination_facts import MARK
from workflows.labels import TERMINATION_LABEL
from workflows.platform_settings import MODULE_TITLE
from workflows.vocabulary import STATES, STATES_OF, Kind, Module, Role, State, Subject


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of records of one table, with the graduate of each.

    `belongs` says which records are in it, whoever looks; what a graduate has not handed in never is. `more` are
    columns besides those of the table and of the graduate; `states` the (kind, state) pairs to choose from, `whom` the
    word for the search by title ("" for none), `initiators` the sides that may have begun, as (value, word, condition).
    `nothing` is said where nothing was found, `idle` where nothing waits.
    """

    name: str
    title: str
    model: Any
    subject: Subject
    module: Module
    belongs: tuple[ColumnElement[bool], ...]
    columns: tuple[Column, ...]
    states: tuple[tuple[Kind, State], ...]
    cohort: Any
    nothing: str
    idle: str = ""
    more: tuple[Any, ...] = ()
    whom: str = ""
    state_word: str = "登记状态"
    initiators: tuple[tuple[str, str, ColumnElement[bool]], ...] = ()


def _states(*kinds: Kind) -> tuple[tuple[Kind, State], ...]:
    return tuple((kind, state) for kind in kinds for state in STATES[kind] if state != State.DRAFT)


def _handed_in(model: Any) -> ColumnElement[bool]:
    """Return the condition of what the graduate has handed in and not taken back: the rest is nobody else's to see."""
    condition: ColumnElement[bool] = model.submitted_at.is_not(None) & (model.state != State.DRAFT.value)
    return condition


_ONLINE, _OFFLINE = Placement.kind == Kind.ONLINE.value, Placement.kind == Kind.OFFLINE.value
_ASKED_ONLINE = Termination.kind == Kind.ONLINE.value

SIGNINGS = Listing(
    "signings",
    "在线签约管理",
    Placement,
    Subject.PLACEMENT,
    Module.PLACEMENT,
    (Placement.kind.in_((Kind.ONLINE.value, Kind.OFFLINE.value)), or_(_ONLINE, _handed_in(Placement))),
    columns.SIGNINGS,
    _states(Kind.ONLINE, Kind.OFFLINE),
    Placement.cohort,
    "没有符合条件的签约记录。",
    more=(MARK.label("mark"),),
    whom="签约单位",
    state_word="签约状态",
    initiators=((Kind.ONLINE.value, "单位", _ONLINE), (Kind.OFFLINE.value, "学生", _OFFLINE)),
)
PAPERS = Listing(
    "papers",
    "补登管理",
    Placement,
    Subject.PLACEMENT,
    Module.PLACEMENT,
    (Placement.kind == Kind.PAPER.value, _handed_in(Placement)),
    columns.SIGNINGS,
    _states(Kind.PAPER),
    Placement.cohort,
    "没有符合条件的登记。",
    more=(MARK.label("mark"),),
    whom="签约单位",
)
ENDINGS = Listing(
    "endings",
    "解约管理",
    Termination,
    Subject.TERMINATION,
    Module.PLACEMENT,
    (Termination.state != State.DRAFT.value, or_(_ASKED_ONLINE, Termination.submitted_at.is_not(None))),
    columns.ENDINGS,
    tuple((Kind.ONLINE, state) for state in TERMINATION_LABEL if state != State.DRAFT),
    RollRecord.cohort,
    "没有符合条件的解约申请。",
    "没有等待审核的解约申请。",
    more=(Placement.title, Placement.agreement_number),
    whom="签约单位",
    state_word="解约状态",
    initiators=(
        (Role.GRADUATE.value, "毕业生", Termination.asked_by == Role.GRADUATE.value),
        (Role.EMPLOYER.value, "用人单位", Termination.asked_by == Role.EMPLOYER.value),
    ),
)
DESTINATIONS = Listing(
    "destinations",
    "去向登记管理",
    Placement,
    Subject.PLACEMENT,
    Module.PLACEMENT,
    (Placement.kind == Kind.DESTINATION.value, _handed_in(Placement)),
    columns.DESTINATIONS,
    _states(Kind.DESTINATION),
    Placement.cohort,
    "没有符合条件的记录。",
    "没有等待审核的去向登记。",
    whom="去向",
)


def _transfers(module: Module) -> Listing:
    return Listing(
        module.value,
        MODULE_TITLE[module].replace("登记", "管理"),
        Transfer,
        Subject.TRANSFER,
        module,
        (Transfer.kind == module.value, _handed_in(Transfer)),
        columns.transfers(module),
        tuple((Kind.ONLINE, state) for state in STATES_OF[Subject.TRANSFER] if state != State.DRAFT),
        RollRecord.cohort,
        "没有符合条件的记录。",
        "没有等待审核的登记。",
    )


TRANSFERS = {module: _transfers(module) for module in (Module.ARCHIVE, Module.HOUSEHOLD)}
LISTS: dict[str, Listing] = {one.name: one for one in (SIGNINGS, PAPERS, ENDINGS, DESTINATIONS, *TRANSFERS.values())}
