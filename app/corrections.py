"""Changes that staff make to a graduate's records, written down old → new with who and why (R-EDIT-1, R-DIFF-1).

Every decision with `Effect.NOTE_CORRECTION` gets its row here, in the transaction that makes the change: corrections of
approved placements, of destinations under review (R-DEST-2), and of the roll.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, insert, select

from app import as_cases, bodies, codes, destination_content, shown_roll, snapshots
from app.agreement_fields import EMPTY
from app.forms import TYPED
from app.models import Correction, Transfer
from app.models.types import new_public_id
from app.terms import Change, in_words
from workflows import agreement_form, labels, transfer_form
from workflows.case import Actor
from workflows.correction import CorrectionFacts
from workflows.form_fields import Field, clean_fields
from workflows.history_lines import ROLE_WORD
from workflows.vocabulary import STAFF, Action, Kind, Module, Role, State, Subject

if TYPE_CHECKING:
    from app.actions import Unit
    from app.facts import View

Columns = dict[str, Any]
_ADD = insert(Correction.__table__)
_KIND = select(Transfer.kind).where(Transfer.id == bindparam("row"))
TITLE: dict[str, str] = {Subject.ROLL_RECORD: "毕业生名单信息"}


def differences(fields: tuple[Field, ...], old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """List what differs, in words and in the order of the form."""
    return [
        Change(f.name, f.label, in_words(f, old.get(f.name)), in_words(f, new.get(f.name)))
        for f in fields
        if old.get(f.name) != new.get(f.name)
    ]


def _of_placement(conn: Connection, old: Columns, new: Columns) -> list[Change]:
    before, after = (snapshots.terms_at(conn, SimpleNamespace(**row)) for row in (old, new))
    if new["kind"] == Kind.DESTINATION:
        return destination_content.changes(before, after)
    return differences(agreement_form.FIELDS, before, after)


def _of_transfer(conn: Connection, old: Columns, new: Columns) -> list[Change]:
    before, after = (bodies.unseal(Subject.TRANSFER, SimpleNamespace(**row)) for row in (old, new))
    return differences(transfer_form.FIELDS[Module(new["kind"])], before, after)


# What staff may change on the roll: label, and the value in words. Who has an account has the number of it (R-ROLL-1).
ROLL: dict[str, tuple[str, shown_roll.Words]] = {
    **{name: known for name, known in shown_roll.FIELDS.items() if name in shown_roll.SHOWN},
    "cohort": ("届别", lambda value: f"{value}届"),
    "state": ("名单状态", lambda value: labels.LABELS_OF[Subject.ROLL_RECORD][State(value)]),
}


def _of_roll(conn: Connection, old: Columns, new: Columns) -> list[Change]:
    return [
        Change(name, label, words(old[name]) or EMPTY, words(new[name]) or EMPTY)
        for name, (label, words) in ROLL.items()
        if old.get(name) != new.get(name)
    ]


_CHANGES: dict[Subject, Callable[[Connection, Columns, Columns], list[Change]]] = {
    Subject.PLACEMENT: _of_placement,
    Subject.TRANSFER: _of_transfer,
    Subject.ROLL_RECORD: _of_roll,
}


def agreement_fields(kind: Kind) -> list[Field]:
    """Return the fields of an agreement's form; where an employer has invited, some are optional (R-ON-1)."""
    free = agreement_form.OPTIONAL_ONLINE if kind == Kind.ONLINE else frozenset()
    return [replace(f, required=f.required and f.name not in free) for f in agreement_form.FIELDS]


def corrected_agreement(
    kind: Kind, old: Mapping[str, Any], typed: Mapping[str, str]
) -> tuple[Columns, Mapping[str, str], list[Change]]:
    """Return the terms that a correction stores, what is wrong with them by field, and what changes, in words.

    `typed` has the fields that were sent, as typed; whether they may be changed is for the rules (R-EDIT-1).
    """
    sent = [f for f in agreement_fields(kind) if f.name in typed]
    cleaned = clean_fields(sent, typed, codes.known)
    terms = dict(old) | cleaned.values
    if TYPED in old:
        terms[TYPED] = old[TYPED] | {f.name: typed[f.name] for f in sent}
    return terms, cleaned.errors, differences(agreement_form.FIELDS, old, terms)


def note(unit: Unit, subject: Subject, actor: Actor, old: Columns, new: Columns, reason: str | None) -> Columns:
    """Write down what a step changed, and return the mark of it for the history; {} for what is no change by staff.

    `old` and `new` are the record's columns before and after, its new terms stored already.
    """
    changed = _CHANGES[subject](unit.conn, old, new) if actor.role in STAFF else []
    if not changed:
        return {}
    now = unit.view.now
    row: Columns = {column.name: None for column in Correction.__table__.columns if column.name != "id"}
    row |= {"public_id": new_public_id(), "state": State.SHOWN.value, "version": 1}
    row |= {"roll_record_id": unit.view.roll_id, "school_id": unit.view.roll.school_id}
    row |= {"subject": subject.value, "subject_id": new["id"], "subject_version": new["version"]}
    row |= {"made_by_role": actor.role.value, "made_by": actor.id, "reason": (reason or "").strip() or None}
    row |= {"created_at": now, "updated_at": now}
    called = new.get("title") or (transfer_form.TITLE[Module(new["kind"])] if subject == Subject.TRANSFER else "")
    body = {"title": called, "changes": [change._asdict() for change in changed]}
    row["body_sealed"], row["body_digest"] = bodies.seal(Subject.CORRECTION, row["public_id"], body)
    unit.conn.execute(_ADD, row)
    return {"correction_digest": row["body_digest"]}


def changes_in(row: Any) -> list[dict[str, str]]:
    """Return what a correction changed: field, label, old, new."""
    listed: list[dict[str, str]] = bodies.unseal(Subject.CORRECTION, row).get("changes", [])
    return listed


def title_of(row: Any) -> str:
    """Return how the record that was changed is called."""
    return TITLE.get(row.subject) or str(bodies.unseal(Subject.CORRECTION, row).get("title", ""))


def module_of(conn: Connection, row: Any) -> Module:
    """Return the module of the record that was changed: a transfer belongs to its own (R-ACC-1)."""
    if row.subject != Subject.TRANSFER:
        return Module.PLACEMENT
    return Module(conn.execute(_KIND, {"row": row.subject_id}).scalar_one())


def of_record(view: View, subject: Subject, record_id: int) -> list[Columns]:
    """Return what staff changed in a record, the oldest first: at, by, reason, changes, label, dispute, answer."""
    return [
        {
            "at": row.created_at,
            "by": ROLE_WORD[Role(row.made_by_role)],
            "reason": row.reason,
            "changes": changes_in(row),
            "label": labels.state_label(as_cases.correction(row)),
            "dispute": row.dispute,
            "answer": row.answer,
        }
        for row in view.corrections
        if (row.subject, row.subject_id) == (subject, record_id)
    ]


def correction_facts(view: View, row: Any, actor: Actor, action: Action | None) -> CorrectionFacts:
    """Return the facts of one correction."""
    return CorrectionFacts(view.now, row.state == State.OPEN and _changed_again(view, row))


def _changed_again(view: View, row: Any) -> bool:
    """Say whether a disputed field was changed again since the dispute (`updated_at` of an open one)."""
    disputed = {change["field"] for change in changes_in(row)}
    later = (
        other
        for other in view.corrections
        if (other.subject, other.subject_id) == (row.subject, row.subject_id)
        and other.id > row.id
        and other.created_at >= row.updated_at
    )
    return any(disputed & {change["field"] for change in changes_in(other)} for other in later)
