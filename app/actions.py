"""The only writer of states: lock the graduate's record, read the facts, let the rules decide, write all at once.

Nothing here commits: `app.writing` does, at the edge. First the lock, then the clock, then the rows. What is particular
to a kind of record stands in `app.ledgers`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from flask import g, has_app_context
from sqlalchemy import Connection, bindparam, insert, update

from app import (
    agreements,
    as_cases,
    bodies,
    corrections,
    counting,
    facts,
    forms,
    graduate_snapshots,
    history,
    reports,
    shown_roll,
    snapshots,
    stamped_images,
    upload_links,
)
from app.extensions import db
from app.ledgers import LEDGERS, Columns
from app.models import Outbox, RollRecord
from app.models.types import new_public_id
from workflows import roll_record
from workflows.case import Actor, Decision, Refusal, Request, Review
from workflows.engine import available, decide
from workflows.vocabulary import Action, Effect, Kind, Role, State, Subject

PLATFORM = Actor(Role.PLATFORM)
Terms = dict[str, Any]
MARKS = ("terms_digest", "snapshot_digest", "graduate_digest", "body_digest")  # of sealed content, for the history

_roll, _outbox = RollRecord.__table__, Outbox.__table__
_ADD_OUTBOX = insert(_outbox).returning(_outbox.c.id, _outbox.c.event)


@cache
def _update(subject: Subject) -> Any:
    ledger = LEDGERS[subject]
    values: Columns = {name: bindparam("v_" + name) for name in ledger.written}
    return update(ledger.table).where(ledger.table.c.id == bindparam("row")).values(values)


@cache
def _insert(subject: Subject) -> Any:
    table = LEDGERS[subject].table
    return insert(table).returning(table.c.id)


@dataclass(frozen=True, slots=True)
class Done:
    """What an action came to: the record's ids, its new state and version, and the moment.

    `row` is the record as it was written, `view` what had been read under the lock before it.
    """

    id: int
    public_id: str
    state: State
    version: int
    at: datetime
    row: Mapping[str, Any] = field(default_factory=dict)
    view: facts.View | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A record as it was (None: it is new) and as it is now, and what made it so."""

    subject: Subject
    old: Mapping[str, Any] | None
    new: Mapping[str, Any]
    action: Action


@dataclass(slots=True)
class Unit:
    """One transaction on one graduate: the locked chain, what was read under the lock, and what is to be written."""

    conn: Connection
    chain: history.Chain
    view: facts.View
    outbox: list[dict[str, Any]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def emit(self, event: str, public_id: str, version: int, **of: Any) -> None:
        """Collect an outbox row; the business key makes a second one impossible. `of` are `placement_id`, `payload`."""
        self.outbox.append(
            {
                "key": f"{event}:{public_id}:{version}",
                "event": event,
                "placement_id": of.get("placement_id"),
                "roll_record_id": self.view.roll_id,
                "payload": {"version": version} | of.get("payload", {}),
                "state": "due",
                "due_at": self.view.now,
                "created_at": self.view.now,
                "attempts": 0,
                "fence": 0,
            }
        )

    def finish(self) -> None:
        """Tell the observers, write history and outbox; the outbox rows ring the bell after the commit."""
        for observe in OBSERVERS:
            observe(self)
        self.chain.write()
        if self.outbox:
            ring_after_commit(self.conn.execute(_ADD_OUTBOX, self.outbox).all())


# What has to be written with every change, whatever made it: called with the unit before it is finished.
OBSERVERS: tuple[Callable[[Unit], None], ...] = (reports.observe, counting.observe)


def ring_after_commit(rows: Any) -> None:
    """Remember outbox rows, each (id, event), whose bell `app.writing` rings once they are committed."""
    if has_app_context():
        g.setdefault("bells", []).extend(rows)


def begin(roll_id: int) -> Unit:
    """Lock a graduate's record and read it; raises LookupError for an unknown one."""
    conn = db.session.connection()
    chain = history.lock(conn, "roll_record", roll_id)
    return Unit(conn, chain, facts.read(conn, roll_id))


# --- what a decision writes ---------------------------------------------------------------------------------------


def _columns(decision: Decision) -> Columns:
    columns = dict(decision.columns)
    if "review" in columns:
        review: Review = columns.pop("review")
        columns |= {"review_path": ",".join(review.path), "review_step": review.step}
    return columns


def _store_terms(unit: Unit, subject: Subject, row: Columns, terms: Terms) -> None:
    row["terms_version"] = row["version"]
    row["title"] = terms.get("title") or terms.get("employer_name") or ""
    row["credit_code"], row["type_code"] = terms.get("credit_code"), terms.get("type_code")
    row["terms_digest"] = snapshots.store_terms(unit.conn, SimpleNamespace(**row), row["version"], terms, unit.view.now)


def _store_body(unit: Unit, subject: Subject, row: Columns, terms: Terms) -> None:
    row["body_sealed"], row["body_digest"] = bodies.seal(subject, row["public_id"], terms)
    for name in {"type_code", "reason_code"}.intersection(LEDGERS[subject].written):
        row[name] = terms.get(name)


def _snapshot(unit: Unit, subject: Subject, row: Columns, terms: Terms) -> None:
    row["snapshot_digest"], row["terms_digest"] = snapshots.store(unit.conn, SimpleNamespace(**row), unit.view.now)


def _keep_graduate(unit: Unit, subject: Subject, row: Columns, terms: Terms) -> None:
    row["graduate_digest"] = graduate_snapshots.keep(unit.conn, subject, row["id"], unit.view.roll_id, unit.view.now)


def _issue(unit: Unit, subject: Subject, row: Columns, terms: Terms) -> None:
    placed = SimpleNamespace(**row)
    row["agreement_number"] = agreements.next_number(
        unit.conn, Kind(row["kind"]), unit.view.roll.school_code, unit.view.now
    )
    version = (snapshots.stored(unit.conn, placed) or {}).get("clauses_version") or ""
    agreements.issue(unit.conn, placed, row["agreement_number"], version, unit.view.now)


def _keep_images(unit: Unit, subject: Subject, row: Columns, terms: Terms) -> None:
    stamped_images.drop_other_side(unit.conn, row["id"], Role(row["uploaded_by"]))


def _send_link(unit: Unit, subject: Subject, row: Columns, terms: Terms) -> None:
    phone = snapshots.terms_at(unit.conn, SimpleNamespace(**row))["contact_mobile"]
    upload_links.add(unit.conn, row["id"], phone, unit.view.now)


_EFFECTS = {
    Effect.STORE_TERMS: _store_terms,
    Effect.STORE_BODY: _store_body,
    Effect.SNAPSHOT: _snapshot,
    Effect.KEEP_GRADUATE: _keep_graduate,
    Effect.ISSUE_AGREEMENT: _issue,
    Effect.KEEP_IMAGES: _keep_images,
    Effect.SEND_LINK: _send_link,
    Effect.NOTE_CORRECTION: lambda unit, subject, row, terms: None,  # written by `_record`, which knows old and new
}


def _record(unit: Unit, subject: Subject, actor: Actor, old: Columns | None, row: Columns, decision: Decision) -> None:
    """Write down a change: in the chain, for the observers, and as outbox rows."""
    detail = {"from": old and old["state"], "to": row["state"], "version": row["version"], **decision.detail}
    if decision.action in (Action.INVITE, Action.CORRECT) and row.get("deadline_at"):
        detail["deadline_at"] = row["deadline_at"].isoformat()
    if decision.effects and row.get("agreement_number"):
        detail["agreement_number"] = row["agreement_number"]
    marks = {name: row[name] for name in MARKS if row.get(name)}
    if old and Effect.NOTE_CORRECTION in decision.effects:
        marks |= corrections.note(unit, subject, actor, old, row, decision.reason)
    reason = decision.columns.get("reason") or decision.reason
    personal = {"reason": reason} if reason else {}
    about = (subject.value, row["id"])
    unit.chain.add(unit.view.now, actor, about, decision.action.value, detail | marks, personal)
    unit.changes.append(Change(subject, old, row, decision.action))
    placement = row["id"] if subject == Subject.PLACEMENT else row.get("placement_id")
    payload = {} if subject == Subject.PLACEMENT else {"subject": subject.value, "id": row["id"]}
    for event in decision.events:
        unit.emit(event.value, row["public_id"], row["version"], placement_id=placement, payload=payload)


def _save(unit: Unit, subject: Subject, row: Columns) -> None:
    values = {"v_" + name: row[name] for name in LEDGERS[subject].written}
    unit.conn.execute(_update(subject), {"row": row["id"]} | values)


def _apply(unit: Unit, subject: Subject, old: Columns, actor: Actor, decision: Decision, terms: Terms) -> Columns:
    """Write a decision on a record and return the row as it is now."""
    new = old | _columns(decision)
    new |= {"state": decision.state.value, "version": old["version"] + 1, "updated_at": unit.view.now}
    new |= LEDGERS[subject].keys(new, decision.state)
    for effect in decision.effects:
        _EFFECTS[effect](unit, subject, new, terms)
    _save(unit, subject, new)
    _record(unit, subject, actor, old, new, decision)
    return new


def _follow(unit: Unit, decision: Decision) -> None:
    """Run the follow-ups: the platform's actions on other records of the same graduate, depth 1."""
    for follow_up in decision.follow_ups:
        ledger = LEDGERS[follow_up.subject]
        row = unit.view.record(follow_up.subject, follow_up.id)
        row_facts = ledger.facts(unit.view, row, PLATFORM, follow_up.action)
        inner = decide(ledger.flow(row), follow_up.action, ledger.case(row), PLATFORM, row_facts, Request())
        caused = replace(inner, detail={**inner.detail, "cause": follow_up.cause}, follow_ups=())
        _apply(unit, follow_up.subject, dict(row._mapping), PLATFORM, caused, {})


# --- the doors ----------------------------------------------------------------------------------------------------


def step(
    record_id: int,
    roll_id: int,
    action: Action,
    actor: Actor,
    request: Request,
    terms: Terms | None = None,
    subject: Subject = Subject.PLACEMENT,
) -> Done:
    """Carry out an action on a graduate's record; raises Refused. `terms` are what the step stores, where it does.

    A submission stores the draft's own content, cleaned; what is wrong with it goes to the rules. The follow-ups are
    written before the row itself, so that the slot is free when it is taken (R-ON-7).
    """
    unit = begin(roll_id)
    ledger, row = LEDGERS[subject], unit.view.record(subject, record_id)
    if action == Action.SUBMIT:
        terms, errors = forms.submission(unit.conn, subject, row)
        request = replace(request, errors=errors)
    row_facts = ledger.facts(unit.view, row, actor, action)
    decision = decide(ledger.flow(row), action, ledger.case(row), actor, row_facts, request)
    if decision.body:
        terms = bodies.unseal(subject, row) | dict(decision.body)
    _follow(unit, decision)
    new = _apply(unit, subject, dict(row._mapping), actor, decision, terms or {})
    unit.finish()
    return Done(new["id"], new["public_id"], decision.state, new["version"], unit.view.now, new, unit.view)


def _blank(view: facts.View, columns: Columns, actor: Actor, subject: Subject) -> Columns:
    """Return the columns of a record that does not exist yet; `id` and `state` are None."""
    ledger, now = LEDGERS[subject], view.now
    new: Columns = dict.fromkeys(column.name for column in ledger.table.columns)
    new |= {"version": 1, "roll_record_id": view.roll_id, "school_id": view.roll.school_id, "online_known": False}
    new |= {"public_id": new_public_id(), "created_at": now, "updated_at": now, "review_path": ""}
    return new | ledger.seed(view, columns, actor) | columns


def refuse_new(
    view: facts.View, action: Action, actor: Actor, columns: Columns, subject: Subject = Subject.PLACEMENT
) -> Refusal | None:
    """Return what stands in the way of a new record before anything is filled in, or None (R-WHY-1)."""
    ledger, row = LEDGERS[subject], SimpleNamespace(**_blank(view, columns, actor, subject))
    options = available(ledger.flow(row), ledger.case(row), actor, ledger.facts(view, row, actor, None))
    return next(option.refusal for option in options if option.action == action)


def create(
    roll_id: int,
    action: Action,
    actor: Actor,
    request: Request,
    columns: Columns,
    terms: Terms | None = None,
    subject: Subject = Subject.PLACEMENT,
) -> Done:
    """Add a record to a graduate's; raises Refused. `columns` has at least its `kind`, and what it is about."""
    unit = begin(roll_id)
    ledger = LEDGERS[subject]
    new = _blank(unit.view, columns, actor, subject)
    row = SimpleNamespace(**new)
    row_facts = ledger.facts(unit.view, row, actor, action)
    decision = decide(ledger.flow(row), action, ledger.case(row), actor, row_facts, request)
    _follow(unit, decision)
    new |= _columns(decision) | {"state": decision.state.value}
    new |= ledger.keys(new, decision.state)
    stored = {name: value for name, value in new.items() if name in ledger.table.columns and name != "id"}
    new["id"] = unit.conn.execute(_insert(subject), stored).scalar_one()
    for effect in decision.effects:
        _EFFECTS[effect](unit, subject, new, terms or {})
    _save(unit, subject, new)
    _record(unit, subject, actor, None, new, decision)
    unit.finish()
    return Done(new["id"], new["public_id"], decision.state, 1, unit.view.now, new, unit.view)


def invite(roll_id: int, actor: Actor, terms: Terms, request: Request) -> Done:
    """Send an invitation to a graduate: a new placement (R-ON-1); raises Refused. `terms` are cleaned terms."""
    return create(roll_id, Action.INVITE, actor, request, {"kind": Kind.ONLINE.value}, terms)


def roll_step(roll_id: int, action: Action, actor: Actor, request: Request, wanted: Columns | None = None) -> Done:
    """Carry out an action on a graduate's roll record, such as confirming or moving it; raises Refused.

    `wanted` are columns that an edit writes where they differ; old and new values stand sealed in the history.
    """
    unit = begin(roll_id)
    roll = unit.view.roll
    before, differing = shown_roll.differing(unit.conn, roll_id, wanted or {})
    roll_facts = replace(facts.roll_facts(unit.view), wanted=differing)
    decision = decide(roll_record.FLOW, action, as_cases.roll(unit.view), actor, roll_facts, request)
    _follow(unit, decision)
    version = roll.version + 1
    columns = dict(decision.columns) | {"state": decision.state.value, "version": version}
    unit.conn.execute(update(_roll).where(_roll.c.id == roll_id).values(columns))
    shown_roll.refresh_shown_hash(unit.conn, roll_id)
    personal = {"reason": request.reason.strip()} if request.reason else {}
    personal |= shown_roll.old_and_new(before, differing)
    detail = {"from_state": roll.state, "to_state": decision.state.value, **decision.detail}
    old = dict(roll._mapping) | before | {"id": roll_id}
    if Effect.NOTE_CORRECTION in decision.effects:
        detail |= corrections.note(unit, Subject.ROLL_RECORD, actor, old, old | columns, request.reason)
    unit.chain.add(unit.view.now, actor, ("roll_record", roll_id), action.value, detail, personal)
    unit.changes.append(Change(Subject.ROLL_RECORD, old, old | columns, action))
    for event in decision.events:
        unit.emit(event.value, roll.public_id, version)
    unit.finish()
    return Done(roll_id, roll.public_id, decision.state, version, unit.view.now)
