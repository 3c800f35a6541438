"""The only writer of states: lock the graduate's record, read the facts, let the rules decide, write all at once.

Nothing here commits: `app.writing` does, at the edge. First the lock, then the clock, then the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask import g, has_app_context
from sqlalchemy import Connection, bindparam, insert, update

from app import agreements, facts, history, shown_roll, snapshots
from app.extensions import db
from app.models import Outbox, Placement, RollRecord
from app.models.types import new_public_id
from workflows import destination, online_signing, roll_record
from workflows.case import Actor, Case, Decision, Request, Review
from workflows.engine import Flow, decide
from workflows.vocabulary import OPEN_TO_EMPLOYER, Action, Effect, Kind, Role, State, holds_slot

FLOWS: dict[str, Flow] = {Kind.ONLINE: online_signing.FLOW, Kind.DESTINATION: destination.FLOW}
PLATFORM = Actor(Role.PLATFORM)

_placement, _roll, _outbox = Placement.__table__, RollRecord.__table__, Outbox.__table__
_WRITTEN = (
    "state",
    "version",
    "terms_version",
    "title",
    "live_key",
    "open_key",
    "deadline_at",
    "review_path",
    "review_step",
    "rejected_by",
    "withdrawn_by",
    "reason",
    "agreement_number",
    "updated_at",
    "accepted_at",
    "decided_at",
)
_UPDATE = (
    update(_placement).where(_placement.c.id == bindparam("row")).values({n: bindparam("v_" + n) for n in _WRITTEN})
)
_INSERT = insert(_placement).returning(_placement.c.id)
_ADD_OUTBOX = insert(_outbox).returning(_outbox.c.id, _outbox.c.event)


@dataclass(frozen=True, slots=True)
class Done:
    """What an action came to: the record's ids, its new state and version, and the moment.

    `row` is the placement as it was written, `view` what had been read under the lock before it.
    """

    id: int
    public_id: str
    state: State
    version: int
    at: datetime
    row: Mapping[str, Any] = field(default_factory=dict)
    view: facts.View | None = None


@dataclass(slots=True)
class Unit:
    """One transaction on one graduate: the locked chain, what was read under the lock, and what is to be written."""

    conn: Connection
    chain: history.Chain
    view: facts.View
    outbox: list[dict[str, Any]] = field(default_factory=list)

    def emit(self, decision: Decision, public_id: str, version: int, placement_id: int | None) -> None:
        """Collect an outbox row per event; the business key makes a second one impossible."""
        for event in decision.events:
            self.outbox.append(
                {
                    "key": f"{event.value}:{public_id}:{version}",
                    "event": event.value,
                    "placement_id": placement_id,
                    "roll_record_id": self.view.roll_id,
                    "payload": {"version": version},
                    "state": "due",
                    "due_at": self.view.now,
                    "created_at": self.view.now,
                    "attempts": 0,
                    "fence": 0,
                }
            )

    def finish(self) -> None:
        """Write history and outbox; the outbox rows ring the bell after the commit."""
        self.chain.write()
        if self.outbox:
            ring_after_commit(self.conn.execute(_ADD_OUTBOX, self.outbox).all())


def ring_after_commit(rows: Any) -> None:
    """Remember outbox rows, each (id, event), whose bell `app.writing` rings once they are committed."""
    if has_app_context():
        g.setdefault("bells", []).extend(rows)


def begin(roll_id: int) -> Unit:
    """Lock a graduate's record and read it; raises LookupError for an unknown one."""
    conn = db.session.connection()
    chain = history.lock(conn, "roll_record", roll_id)
    return Unit(conn, chain, facts.read(conn, roll_id))


def _columns(decision: Decision) -> dict[str, Any]:
    columns = dict(decision.columns)
    if "review" in columns:
        review: Review = columns.pop("review")
        columns |= {"review_path": ",".join(review.path), "review_step": review.step}
    return columns


def _keys(row: Mapping[str, Any], state: State) -> dict[str, Any]:
    kind, roll = Kind(row["kind"]), row["roll_record_id"]
    open_to = kind == Kind.ONLINE and state in OPEN_TO_EMPLOYER
    return {
        "live_key": roll if holds_slot(kind, state) else None,
        "open_key": f"{row['employer_id']}:{roll}" if open_to else None,
    }


def _write(unit: Unit, old: Mapping[str, Any], decision: Decision, terms: dict[str, Any] | None) -> dict[str, Any]:
    """Return the row as it will be; its effects that need other rows have been carried out."""
    new = dict(old) | _columns(decision)
    new |= {"state": decision.state.value, "version": old["version"] + 1, "updated_at": unit.view.now}
    new |= _keys(new, decision.state)
    for effect in decision.effects:
        _EFFECTS[effect](unit, new, terms)
    return new


def _store_terms(unit: Unit, row: dict[str, Any], terms: dict[str, Any] | None) -> None:
    row["terms_version"] = row["version"]
    row["title"] = (terms or {})["employer_name"]
    row["terms_digest"] = snapshots.store_terms(
        unit.conn, SimpleNamespace(**row), row["version"], terms or {}, unit.view.now
    )


def _snapshot(unit: Unit, row: dict[str, Any], terms: dict[str, Any] | None) -> None:
    row["snapshot_digest"], row["terms_digest"] = snapshots.store(unit.conn, SimpleNamespace(**row), unit.view.now)


def _issue(unit: Unit, row: dict[str, Any], terms: dict[str, Any] | None) -> None:
    placed = SimpleNamespace(**row)
    row["agreement_number"] = agreements.next_number(
        unit.conn, Kind(row["kind"]), unit.view.roll.school_code, unit.view.now
    )
    version = (snapshots.stored(unit.conn, placed) or {}).get("clauses_version") or ""
    agreements.issue(unit.conn, placed, row["agreement_number"], version, unit.view.now)


_EFFECTS = {Effect.STORE_TERMS: _store_terms, Effect.SNAPSHOT: _snapshot, Effect.ISSUE_AGREEMENT: _issue}


def _record(unit: Unit, actor: Actor, old_state: str | None, row: dict[str, Any], decision: Decision) -> None:
    detail = {"from": old_state, "to": row["state"], "version": row["version"], **decision.detail}
    if decision.action in (Action.INVITE, Action.CORRECT) and row.get("deadline_at"):
        detail["deadline_at"] = row["deadline_at"].isoformat()
    if decision.effects and row.get("agreement_number"):
        detail["agreement_number"] = row["agreement_number"]
    marks = {name: row[name] for name in ("terms_digest", "snapshot_digest") if row.get(name)}
    personal = {"reason": decision.columns["reason"]} if decision.columns.get("reason") else {}
    unit.chain.add(unit.view.now, actor, ("placement", row["id"]), decision.action.value, detail | marks, personal)
    unit.emit(decision, row["public_id"], row["version"], row["id"])


def _apply(
    unit: Unit, row: Mapping[str, Any], actor: Actor, decision: Decision, terms: dict[str, Any] | None = None
) -> dict[str, Any]:
    new = _write(unit, row, decision, terms)
    unit.conn.execute(_UPDATE, {"row": new["id"]} | {"v_" + name: new[name] for name in _WRITTEN})
    _record(unit, actor, row["state"], new, decision)
    return new


def _follow(unit: Unit, decision: Decision) -> None:
    """Run the follow-ups: the platform's actions on other records of the same graduate, depth 1."""
    for follow_up in decision.follow_ups:
        row = unit.view.placement(follow_up.id)
        row_facts = facts.facts_for(unit.view, row, PLATFORM)
        inner = decide(FLOWS[follow_up.kind], follow_up.action, facts.case(row), PLATFORM, row_facts, Request())
        caused = Decision(
            inner.action, inner.state, inner.columns, {**inner.detail, "cause": follow_up.cause}, inner.events
        )
        _apply(unit, dict(row._mapping), PLATFORM, caused)


def step(
    placement_id: int,
    roll_id: int,
    action: Action,
    actor: Actor,
    request: Request,
    terms: dict[str, Any] | None = None,
) -> Done:
    """Carry out an action on a placement; raises Refused. `terms` are the cleaned terms of a correction.

    The follow-ups are written before the row itself, so that the slot is free when it is taken (R-ON-7).
    """
    unit = begin(roll_id)
    row = unit.view.placement(placement_id)
    employer = _employer_of(unit, actor)
    row_facts = facts.facts_for(unit.view, row, actor, employer)
    decision = decide(FLOWS[row.kind], action, facts.case(row), actor, row_facts, request)
    _follow(unit, decision)
    new = _apply(unit, dict(row._mapping), actor, decision, terms)
    unit.finish()
    return Done(new["id"], new["public_id"], decision.state, new["version"], unit.view.now, new, unit.view)


def _employer_of(unit: Unit, actor: Actor) -> Any:
    if actor.role != Role.EMPLOYER or actor.employer_id is None:
        return None
    return facts.employer_row(unit.conn, actor.employer_id, unit.view.now)


def invite(roll_id: int, actor: Actor, terms: dict[str, Any], request: Request) -> Done:
    """Send an invitation to a graduate: a new placement (R-ON-1); raises Refused. `terms` are cleaned terms."""
    unit = begin(roll_id)
    employer = _employer_of(unit, actor)
    invite_facts = facts.signing_facts(unit.view, None, actor.employer_id, employer)
    decision = decide(online_signing.FLOW, Action.INVITE, Case(None), actor, invite_facts, request)
    _follow(unit, decision)
    new = _insert(unit, actor, decision, terms)
    _record(unit, actor, None, new, decision)
    unit.finish()
    return Done(new["id"], new["public_id"], decision.state, new["version"], unit.view.now, new, unit.view)


def _insert(unit: Unit, actor: Actor, decision: Decision, terms: dict[str, Any]) -> dict[str, Any]:
    roll, now = unit.view.roll, unit.view.now
    row = {
        "public_id": new_public_id(),
        "kind": Kind.ONLINE.value,
        "state": decision.state.value,
        "roll_record_id": unit.view.roll_id,
        "school_id": roll.school_id,
        "cohort": roll.cohort,
        "employer_id": actor.employer_id,
        "title": terms["employer_name"],
        "version": 1,
        "terms_version": 1,
        "agreement_kind": roll.agreement_kind,
        "deadline_at": decision.columns["deadline_at"],
        "review_path": "",
        "created_at": now,
        "updated_at": now,
    }
    row |= _keys(row, decision.state)
    row["id"] = unit.conn.execute(_INSERT, row).scalar_one()
    _store_terms(unit, row, terms)
    return row


def roll_step(roll_id: int, action: Action, actor: Actor, request: Request) -> Done:
    """Carry out an action on a graduate's roll record, such as confirming or moving it; raises Refused."""
    unit = begin(roll_id)
    roll = unit.view.roll
    decision = decide(roll_record.FLOW, action, facts.roll_case(unit.view), actor, facts.roll_facts(unit.view), request)
    _follow(unit, decision)
    version = roll.version + 1
    columns = dict(decision.columns) | {"state": decision.state.value, "version": version}
    unit.conn.execute(update(_roll).where(_roll.c.id == roll_id).values(columns))
    shown_roll.refresh_shown_hash(unit.conn, roll_id)
    personal = {"reason": request.reason.strip()} if request.reason else {}
    detail = {"from_state": roll.state, "to_state": decision.state.value, **decision.detail}
    unit.chain.add(unit.view.now, actor, ("roll_record", roll_id), action.value, detail, personal)
    unit.emit(decision, roll.public_id, version, None)
    unit.finish()
    return Done(roll_id, roll.public_id, decision.state, version, unit.view.now)
