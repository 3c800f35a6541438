"""Facts for endings, the ending of an agreement as its page shows it, and the mark in lists (R-TO-1…4, R-TOFF-1…4)."""

from typing import Any

from sqlalchemy import bindparam, select

from app import facts, proofs, uploads
from app.facts import View
from app.models import Placement, RollRecord, Termination
from workflows import offline_termination, online_termination
from workflows.case import Actor, Blocker
from workflows.engine import Flow
from workflows.labels import MARK_LABEL
from workflows.termination import EVIDENCE, TerminationFacts
from workflows.uploads import refuse_files
from workflows.vocabulary import OPEN_TERMINATION, Action, Kind, Mark, State, Subject

FLOWS: dict[str, Flow] = {
    Kind.ONLINE: online_termination.FLOW,
    Kind.OFFLINE: offline_termination.FLOW,
    Kind.PAPER: offline_termination.FLOW,
}
# How an ending of a kind of agreement begins: asked of the other side, or written down for the school.
BEGIN: dict[str, Action] = {Kind.ONLINE: Action.ASK, Kind.OFFLINE: Action.START, Kind.PAPER: Action.START}
BY_SCHOOL = {Action.FORCE: Mark.FORCED, Action.APPROVE_UNILATERAL: Mark.UNILATERAL}

_NAME = select(RollRecord.name).where(RollRecord.id == bindparam("roll"))
# The mark of a placement's ending, for lists of placements (R-TO-3).
MARK = (
    select(Termination.mark)
    .where(Termination.placement_id == Placement.id, Termination.mark.is_not(None))
    .order_by(Termination.id.desc())
    .limit(1)
    .scalar_subquery()
)


def termination_facts(view: View, row: Any, actor: Actor, action: Action | None = None) -> TerminationFacts:
    """Return the facts of one request (`row.id` None: a new one); files are looked at for a step that wants them."""
    others = [one for one in view.terminations if one.placement_id == row.placement_id and one.id != row.id]
    later = [one for one in others if row.id is not None and one.id > row.id]
    waiting = [one for one in others if one.state in OPEN_TERMINATION]
    return TerminationFacts(
        now=view.now,
        agreement=facts.blocker(view.placement(row.placement_id), view.now),
        department_review=view.roll.department_review,
        department_has_reviewer=view.roll.has_reviewer,
        graduate_department_id=view.roll.department_id,
        graduate_name=_name(view) if action in BY_SCHOOL else "",
        open=_blocker(view, waiting[0]) if waiting else None,
        later=_blocker(view, later[-1]) if later else None,
        declaration=facts.declaration(view),
        text_hashes=facts.text_hashes(view),
        files=_files(view, row, action),
    )


def _name(view: View) -> str:
    return str(view.conn.execute(_NAME, {"roll": view.roll_id}).scalar_one())


def _blocker(view: View, row: Any) -> Blocker:
    return facts.termination_blocker(row, view.placement(row.placement_id).title)


def _files(view: View, row: Any, action: Action | None) -> Any:
    if action == Action.SUBMIT:
        return proofs.refusal(view.conn, Subject.TERMINATION, row)
    if action in BY_SCHOOL:
        return refuse_files(uploads.facts_of(view.conn, Subject.TERMINATION.value, row.id), [EVIDENCE])
    return None


def seed(view: View, columns: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Return what a new request has of its agreement and of who asks."""
    placement = view.placement(columns["placement_id"])
    return {"agreement_kind": placement.agreement_kind, "asked_by": actor.role.value}


def in_force(placement: Any) -> bool:
    """Say whether a placement is an agreement in force, which alone can be ended (R-TO-4)."""
    return placement.state == State.EFFECTIVE and placement.kind in BEGIN


def columns_for(placement: Any) -> dict[str, Any]:
    """Return what a new request about a placement is given."""
    return {"kind": placement.kind, "placement_id": placement.id}


def marked(label: str, mark: str | None) -> str:
    """Return a placement's label with the mark of its ending, as lists and pages show it (R-TO-3, R-TOFF-3)."""
    return f"{label}（{MARK_LABEL[Mark(mark)]}）" if mark else label


def mark_of(view: View, placement: Any) -> str | None:
    """Return the mark of a placement that was ended by the school's word, else None (R-TO-3, R-TOFF-3)."""
    if placement.state != State.TERMINATED:
        return None
    marks = [one.mark for one in view.terminations if one.placement_id == placement.id and one.mark]
    return marks[-1] if marks else None
