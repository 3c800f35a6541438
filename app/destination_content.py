"""A destination's content in words: its fields under their headings, and what staff changed, old → new (R-DEST-2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import forms, snapshots
from app.destination_forms import TYPE, clean_destination
from app.models import History
from app.terms import Change, in_words
from workflows.catalogue.destinations import FORMS, TYPE_OF
from workflows.catalogue.entry import Form
from workflows.form_fields import as_typed
from workflows.history_lines import ROLE_WORD
from workflows.vocabulary import Action, Role, Subject

TYPE_LABEL = "毕业去向类型"
Terms = Mapping[str, Any]
Blocks = list[tuple[str, list[tuple[str, str]]]]

_CORRECTED = (
    select(History.at, History.actor_role, History.detail)
    .where(
        History.record_kind == "roll_record",
        History.record_id == bindparam("roll"),
        History.subject_kind == Subject.PLACEMENT.value,
        History.subject_id == bindparam("placement"),
        History.action == Action.CORRECT.value,
    )
    .order_by(History.seq)
)


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction by staff during a review: when, who, and what."""

    at: datetime
    by: str
    changes: list[Change]


def type_name(form: str | None) -> str:
    """Return a form's full name: its type, and its sub-kind where it has one; "" for none."""
    if form not in FORMS:
        return ""
    label, of = FORMS[form].label, TYPE_OF[form]
    return label if len(of.forms) == 1 else f"{of.label}－{label}"


def blocks(terms: Terms) -> Blocks:
    """Return the fields of a destination under their headings, (label, value) in words, the type first."""
    form: Form | None = FORMS.get(terms.get(TYPE) or "")
    if form is None:
        return []
    listed: Blocks = [(TYPE_LABEL, [(TYPE_LABEL, type_name(form.name))])]
    for section in form.sections:
        listed.append((section.title, [(f.label, in_words(f, terms.get(f.name))) for f in section.fields]))
    return listed


def changes(old: Terms, new: Terms) -> list[Change]:
    """List what differs between two contents, old → new in words: the type first, then the fields of both forms."""
    then, now = (FORMS.get(terms.get(TYPE) or "") for terms in (old, new))
    fields = {f.name: f for form in (now, then) if form for f in reversed(form.fields)}
    listed = [
        Change(name, f.label, in_words(f, old.get(name)), in_words(f, new.get(name)))
        for name, f in reversed(fields.items())
        if old.get(name) != new.get(name)
    ]
    if then is not now:
        listed.insert(0, Change(TYPE, TYPE_LABEL, type_name(old.get(TYPE)), type_name(new.get(TYPE))))
    return listed


def corrections(conn: Connection, row: Any) -> list[Corrected]:
    """Return every correction by staff, the oldest first, with before and after (R-DEST-2)."""
    made = []
    for step in conn.execute(_CORRECTED, {"roll": row.roll_record_id, "placement": row.id}):
        version = step.detail["version"]
        old, new = (snapshots.terms_at(conn, row, v) for v in (version - 1, version))
        made.append(Corrected(step.at, ROLE_WORD[Role(step.actor_role)], changes(old, new)))
    return made


def corrected_at(conn: Connection, row: Any, version: int) -> list[Change]:
    """Return what the step that led to a version changed."""
    return changes(snapshots.terms_at(conn, row, version - 1), snapshots.terms_at(conn, row, version))


def typed(terms: Terms) -> dict[str, Any]:
    """Return a destination as the form opens it: what was typed, else the kept values as they are typed."""
    kept = terms.get(forms.TYPED)
    if kept is not None:
        return dict(kept)
    form = FORMS.get(terms.get(TYPE) or "")
    opened = {f.name: as_typed(f, terms.get(f.name)) for f in form.fields} if form else {}
    return opened | {TYPE: terms.get(TYPE) or ""}


def corrected(old: Terms, wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str], tuple[str, ...]]:
    """Return the terms that a correction stores, what is wrong with them by field, and the names of what changes."""
    cleaned = clean_destination(wanted)
    terms = cleaned.values | {forms.TYPED: dict(wanted)}
    return terms, cleaned.errors, tuple(change.field for change in changes(old, cleaned.values))
