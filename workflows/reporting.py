"""What the employment management system is told of a graduate: derived from states, so that no step can forget it.

A line is what it holds of one graduate in one module. One record speaks for a line: the one in force, else the one that
ended last; a report is due whenever what the line should hold is not what was reported last (R-SYNC-1).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from workflows.calendar import beijing_day
from workflows.vocabulary import Kind, Mark, Module, State

S = State


class Status(StrEnum):
    """Whether something is in force on a line, was, or never has been."""

    IN_FORCE = "in_force"
    ENDED = "ended"
    NONE = "none"


# The states that are reported; a state that is missing here is nobody else's business yet, or never was.
PLACEMENT_STATUS: dict[tuple[Kind, State], Status] = {
    (Kind.ONLINE, S.EFFECTIVE): Status.IN_FORCE,
    (Kind.OFFLINE, S.EFFECTIVE): Status.IN_FORCE,
    (Kind.PAPER, S.EFFECTIVE): Status.IN_FORCE,
    (Kind.DESTINATION, S.APPROVED): Status.IN_FORCE,
    (Kind.ONLINE, S.TERMINATED): Status.ENDED,
    (Kind.OFFLINE, S.TERMINATED): Status.ENDED,
    (Kind.PAPER, S.TERMINATED): Status.ENDED,
    (Kind.DESTINATION, S.VOIDED): Status.ENDED,
}
TRANSFER_STATUS: dict[State, Status] = {S.APPROVED: Status.IN_FORCE, S.REPLACED: Status.ENDED}
TRANSFER_KINDS = (Module.ARCHIVE, Module.HOUSEHOLD)

AGREEMENT_CODE = "10"  # 签就业协议形式就业, what every agreement is by national code
# Our names of the terms, and the far side's; values that have a code are told by it. Whatever else an approved form
# says goes along as details, so that no correction stays untold.
PLACEMENT_FIELDS = {
    "employer_name": "employer_name",
    "credit_code": "credit_code",
    "employer_kind": "employer_kind_code",
    "industry": "industry_code",
    "region_code": "region_code",
    "address": "address",
    "position_category": "position_category_code",
    "position": "position",
    "household_archive": "household_archive",
    "signed_on": "signed_on",
    "starts_on": "starts_on",
    "ends_on": "ends_on",
    "country": "country_code",
    "school_name": "study_school",
    "school_name_original": "study_school_original",
    "major": "study_major",
    "major_original": "study_major_original",
    "conscription_office": "conscription_office",
}
NOT_TOLD = ("draft", "title", "type_code")  # what was typed, and what is told otherwise
TRANSFER_FIELDS = ("type_code", "region_code", "address", "receiver", "contact_name", "contact_phone", "postcode")


@dataclass(frozen=True, slots=True)
class Reportable:
    """A placement or transfer as a report sees it: `record` its public id, `module` its line, `at` its last decision.

    `form` is a destination's form and `code` its national code, None where the list has none; `mark` says how an
    agreement was ended where it was not by consent.
    """

    record: str
    module: Module
    state: State
    at: datetime
    kind: Kind | None = None
    number: str | None = None
    form: str | None = None
    code: str | None = None
    mark: Mark | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What a line is to hold."""

    status: Status
    content: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Told(Status.NONE)


def status(module: Module, kind: str, state: str) -> Status | None:
    """Return what a record's state means for its line; None where it means nothing there."""
    if module != Module.PLACEMENT:
        return TRANSFER_STATUS.get(State(state))
    return PLACEMENT_STATUS.get((Kind(kind), State(state)))


def _status(record: Reportable) -> Status | None:
    return status(record.module, record.kind or "", record.state)


def speaker(records: Iterable[Reportable]) -> Reportable | None:
    """Return the record that speaks for a line: the one in force, else the one that ended last, else None."""
    found = [record for record in records if _status(record)]
    in_force = [record for record in found if _status(record) == Status.IN_FORCE]
    return max(in_force or found, key=lambda record: record.at, default=None)


def told(record: Reportable | None) -> Told:
    """Return what a line is to hold when this record speaks for it."""
    if record is None:
        return NOTHING
    if _status(record) == Status.ENDED:
        return Told(Status.ENDED, _ended(record))
    content = _placement(record) if record.module == Module.PLACEMENT else _transfer(record.terms)
    return Told(Status.IN_FORCE, {"record": record.record} | content)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _placement(record: Reportable) -> dict[str, Any]:
    known = {
        "channel": record.kind,
        "form": record.form,
        "destination_code": record.code if record.kind == Kind.DESTINATION else AGREEMENT_CODE,
        "approved_on": beijing_day(record.at).isoformat(),
        "agreement_number": record.number,
    }
    coded = {theirs: record.terms.get(ours) for ours, theirs in PLACEMENT_FIELDS.items()}
    others = {name: value for name, value in record.terms.items() if name not in (*PLACEMENT_FIELDS, *NOT_TOLD)}
    return _given(known | coded | {"details": _given(others) or None})


def _transfer(body: Mapping[str, Any]) -> dict[str, Any]:
    return _given({name: body.get(name) for name in TRANSFER_FIELDS})


def _ended(record: Reportable) -> dict[str, Any]:
    day = beijing_day(record.at).isoformat()
    return _given({"record": record.record, "ended_on": day, "ending": record.state, "mark": record.mark})


def later_wins(ours: datetime | None, theirs: datetime) -> bool:
    """Say whether a change made over there at `theirs` replaces what we know since `ours`; at a tie ours stays."""
    return ours is None or theirs > ours
