"""What the consequences of a step rest on, read from the graduate's records (R-WHY-1)."""

from typing import Any

from app import as_cases, facts, texts
from app.facts import View
from workflows import starting
from workflows.case import Case
from workflows.consequences import ConsequenceFacts
from workflows.platform_settings import MODULE_TITLE
from workflows.signing_obstacles import shown, voidable
from workflows.vocabulary import Kind, Module, PaperState, State


def consequence_facts(view: View, case: Case, placement_id: int | None) -> ConsequenceFacts:
    """Return what will be spoken of; `placement_id` is the record at hand, None for one that is to be."""
    once = texts.public(texts.current("once_notice"))
    slot = facts.slot(view, placement_id)
    closed = starting.refuse_start(facts.standing(view, Kind.DESTINATION))
    return ConsequenceFacts(
        in_force=any(row.kind == case.module and row.state == State.APPROVED for row in view.transfers),
        case=case,
        once=once["text"] if once else "",
        invitations=tuple(row.title for row in view.placements if row.id != placement_id and _waits(row, view)),
        destination=slot if slot and voidable(slot) else None,
        department_review=view.roll.department_review,
        paper=PaperState(view.roll.paper_state),
        transfers=tuple(MODULE_TITLE[Module(row.kind)] for row in view.transfers if row.state == State.APPROVED),
        closed=closed.message if closed else "",
    )


def _waits(row: Any, view: View) -> bool:
    return row.kind == Kind.ONLINE and shown(as_cases.placement(row), view.now) == State.INVITED
