"""The kinds of records that the write path keeps for a graduate: table, flow, case, facts, keys – one entry each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from app import as_cases, corrections, facts, termination_facts
from app.destination_facts import destination_facts
from app.facts import View
from app.models import Correction, Placement, Termination, Transfer
from app.record_facts import record_facts
from app.transfer_facts import transfer_facts
from workflows import correction, destination, offline_signing, online_signing, paper_registration, transfer
from workflows.case import Actor, Case
from workflows.engine import Flow
from workflows.vocabulary import (
    OPEN_TERMINATION,
    OPEN_TO_EMPLOYER,
    OPEN_TRANSFER,
    Action,
    Kind,
    State,
    Subject,
    holds_slot,
)

Columns = dict[str, Any]

# The flows of placements by kind.
FLOWS: dict[str, Flow] = {
    Kind.ONLINE: online_signing.FLOW,
    Kind.OFFLINE: offline_signing.FLOW,
    Kind.PAPER: paper_registration.FLOW,
    Kind.DESTINATION: destination.FLOW,
}


@dataclass(frozen=True, slots=True)
class Ledger:
    """How the write path reads and writes one kind of record.

    `flow(row)`, `case(row)` and `facts(view, row, actor, action)` feed the rules (`action` None: for buttons);
    `keys(row, state)` are the unique keys that a state holds; `seed(view, columns, actor)` are the columns of a new
    row besides those given; `written` are the columns that a step may change.
    """

    table: Table
    flow: Callable[[Any], Flow]
    case: Callable[[Any], Case]
    facts: Callable[[View, Any, Actor, Action | None], Any]
    keys: Callable[[Mapping[str, Any], State], Columns]
    seed: Callable[[View, Columns, Actor], Columns]
    written: tuple[str, ...]


def placement_facts(view: View, row: Any, actor: Actor, action: Action | None = None) -> Any:
    """Return the facts that the flow of this placement's kind wants; with `action` those for carrying it out."""
    if row.kind in (Kind.OFFLINE, Kind.PAPER):
        return record_facts(view, row, actor, action)
    if row.kind == Kind.DESTINATION:
        return destination_facts(view, row, actor, action)
    return facts.facts_for(view, row, actor, action)


# --- placements --------------------------------------------------------------------------------------------------


def _placement_keys(row: Mapping[str, Any], state: State) -> Columns:
    kind, roll = Kind(row["kind"]), row["roll_record_id"]
    open_to = kind == Kind.ONLINE and state in OPEN_TO_EMPLOYER
    return {
        "live_key": roll if holds_slot(kind, state) else None,
        "open_key": f"{row['employer_id']}:{roll}" if open_to else None,
    }


def _placement_seed(view: View, columns: Columns, actor: Actor) -> Columns:
    return {
        "employer_id": actor.employer_id,
        "cohort": view.roll.cohort,
        "agreement_kind": view.roll.agreement_kind,
        "title": "",
        "terms_version": 0,
        "review_path": "",
    }


PLACEMENT = Ledger(
    table=Placement.__table__,
    flow=lambda row: FLOWS[row.kind],
    case=as_cases.placement,
    facts=placement_facts,
    keys=_placement_keys,
    seed=_placement_seed,
    written=(
        "state",
        "version",
        "cohort",
        "terms_version",
        "title",
        "credit_code",
        "type_code",
        "live_key",
        "open_key",
        "deadline_at",
        "review_path",
        "review_step",
        "reviewed_by",
        "rejected_by",
        "withdrawn_by",
        "uploaded_by",
        "online_known",
        "reason",
        "agreement_number",
        "updated_at",
        "submitted_at",
        "decided_at",
        "ended_at",
    ),
)

# --- terminations and transfers -----------------------------------------------------------------------------------

_REVIEWED = (
    "state",
    "version",
    "open_key",
    "body_sealed",
    "body_digest",
    "review_path",
    "review_step",
    "reviewed_by",
    "rejected_by",
    "reason",
    "updated_at",
    "submitted_at",
    "decided_at",
)


def _transfer_keys(row: Mapping[str, Any], state: State) -> Columns:
    key = f"{row['kind']}:{row['roll_record_id']}"
    return {
        "open_key": key if state in OPEN_TRANSFER else None,
        "live_key": key if state == State.APPROVED else None,
    }


TRANSFER = Ledger(
    table=Transfer.__table__,
    flow=lambda row: transfer.FLOW,
    case=as_cases.transfer,
    facts=transfer_facts,
    keys=_transfer_keys,
    seed=lambda view, columns, actor: {"cohort": view.roll.cohort},
    written=(*_REVIEWED, "live_key", "type_code", "ended_at", "remote_at"),
)

CORRECTION = Ledger(
    table=Correction.__table__,
    flow=lambda row: correction.FLOW,
    case=as_cases.correction,
    facts=corrections.correction_facts,
    keys=lambda row, state: {},
    seed=lambda view, columns, actor: {},
    written=("state", "version", "dispute", "answer", "updated_at", "decided_at"),
)

TERMINATION = Ledger(
    table=Termination.__table__,
    flow=lambda row: termination_facts.FLOWS[row.kind],
    case=as_cases.termination,
    facts=termination_facts.termination_facts,
    keys=lambda row, state: {"open_key": row["placement_id"] if state in OPEN_TERMINATION else None},
    seed=termination_facts.seed,
    written=(*_REVIEWED, "mark", "reason_code", "answered_at"),
)

LEDGERS: dict[Subject, Ledger] = {
    Subject.PLACEMENT: PLACEMENT,
    Subject.TERMINATION: TERMINATION,
    Subject.TRANSFER: TRANSFER,
    Subject.CORRECTION: CORRECTION,
}
