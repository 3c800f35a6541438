"""Facts for the kinds that a graduate fills in: offline signing, paper registration, destinations."""

from typing import Any

from app import facts
from app.facts import View
from workflows.case import Actor
from workflows.drafts import RecordFacts
from workflows.vocabulary import Action, Kind


def record_facts(view: View, row: Any, actor: Actor, action: Action | None) -> RecordFacts:
    """Return the facts of one record (`row.id` None: a new one); what only a step needs is read with an `action`."""
    roll = view.roll
    numbered = next((r for r in view.placements if r.live_key and r.agreement_number and r.id != row.id), None)
    return RecordFacts(
        standing=facts.standing(view, Kind(row.kind)),
        department_review=roll.department_review,
        department_has_reviewer=roll.has_reviewer,
        graduate_department_id=roll.department_id,
        slot=facts.slot(view, row.id),
        numbered=facts.blocker(numbered, view.now) if numbered else None,
        declaration=facts.declaration(view),
        text_hashes=facts.text_hashes(view),
        type_code=row.type_code or "",
    )
