"""Facts of a destination: which types, whether two must look, what is missing of its proofs (R-DEST-1…4)."""

from dataclasses import replace
from typing import Any

from app import proofs, uploads
from app.facts import View
from app.record_facts import record_facts
from workflows.case import Actor
from workflows.catalogue.destinations import FORMS, forms_for
from workflows.drafts import RecordFacts
from workflows.uploads import FileFact
from workflows.vocabulary import REVIEWERS, Action, State, Subject


def destination_facts(view: View, row: Any, actor: Actor, action: Action | None) -> RecordFacts:
    """Return the facts of one destination (`row.id` None: a new one)."""
    form = FORMS.get(row.type_code or "")
    return replace(
        record_facts(view, row, actor, action),
        types=forms_for(view.roll.training_mode),
        two_looks=form is not None and form.two_looks,
        proofs=proofs.refusal(view.conn, Subject.PLACEMENT, row) if action == Action.SUBMIT else None,
        files=_files(view, row, actor, action),
    )


def _files(view: View, row: Any, actor: Actor, action: Action | None) -> tuple[FileFact, ...]:
    """Return the uploads where staff approve or change the type, and for the button that does so."""
    button = action is None and actor.role in REVIEWERS and row.state == State.REVIEW
    if not button and action not in (Action.APPROVE, Action.CORRECT):
        return ()
    return tuple(uploads.facts_of(view.conn, Subject.PLACEMENT.value, row.id))
