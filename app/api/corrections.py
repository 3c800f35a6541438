"""What staff changed in a graduate's records, old → new: to accept, or to dispute (R-DIFF-1)."""

from datetime import datetime
from typing import Any

from app import access, actions, corrections, facts, ledgers
from app.api import cards, records
from app.api.correction_schemas import CorrectionAnswer, DisputeInput
from app.api.room import KEY, Room, answer, once
from app.api.schemas import RecordQuery
from app.extensions import db
from app.facts import View
from app.models import Correction
from workflows import labels
from workflows.case import Actor, Request
from workflows.engine import available
from workflows.history_lines import ROLE_WORD
from workflows.vocabulary import Action, Role, Subject

blueprint = Room("corrections", __name__, url_prefix="/corrections", description="信息修改与异议")


def public(view: View, row: Any, actor: Actor) -> dict[str, Any]:
    """Return a correction: what, by whom and why, whether it is disputed, and what may be done."""
    ledger = ledgers.LEDGERS[Subject.CORRECTION]
    subject, case = Subject(row.subject), ledger.case(row)
    about = next((one for one in view.records(subject) if one.id == row.subject_id), None)
    options = available(ledger.flow(row), case, actor, ledger.facts(view, row, actor, None))
    return {
        "id": row.public_id,
        "subject": subject.value,
        "record": about.public_id if subject != Subject.ROLL_RECORD and about else None,
        "kind": about.kind if subject != Subject.ROLL_RECORD and about else None,
        "title": corrections.title_of(row),
        "by": ROLE_WORD[Role(row.made_by_role)],
        "made_at": row.created_at.isoformat(),
        "reason": row.reason,
        "changes": corrections.changes_in(row),
        "state": row.state,
        "label": labels.state_label(case),
        "dispute": row.dispute,
        "answer": row.answer,
        "actions": [cards.option(option) for option in options],
    }


def of_placement(view: View, row: Any, actor: Actor) -> list[dict[str, Any]]:
    """Return what staff changed in a placement, the newest first, as on the list of all changes."""
    about = (Subject.PLACEMENT, row.id)
    return [public(view, one, actor) for one in reversed(view.corrections) if (one.subject, one.subject_id) == about]


def of_roll(view: View, confirmed_at: datetime | None, actor: Actor) -> list[dict[str, Any]]:
    """Return what staff changed on the roll since it was confirmed, the newest first (R-GRAD-1)."""
    return [
        public(view, one, actor)
        for one in reversed(view.corrections)
        if one.subject == Subject.ROLL_RECORD and (confirmed_at is None or one.created_at > confirmed_at)
    ]


@blueprint.get("")
@blueprint.arguments(RecordQuery, location="query")
@blueprint.response(200, CorrectionAnswer(many=True))
@access.policy("graduate")
def listed(query: dict[str, Any]) -> Any:
    """Return every change by staff to one of the graduate's records on a roll, the newest first."""
    row, _ = records.meant(access.actor().id, query.get("record"))
    view = facts.read(db.session.connection(), row.id)
    return answer([public(view, one, access.actor()) for one in reversed(view.corrections)])


@blueprint.get("/<correction_id>")
@blueprint.response(200, CorrectionAnswer)
@access.policy("graduate")
def one(correction_id: str) -> Any:
    """Return one change; raises NotFound for a foreign or unknown one."""
    actor = access.actor()
    row: Correction = access.load(Correction, correction_id, actor)
    view = facts.read(db.session.connection(), row.roll_record_id)
    return answer(public(view, view.record(Subject.CORRECTION, row.id), actor))


def _step(correction_id: str, action: Action, request: Request) -> Any:
    actor = access.actor()
    row: Correction = access.load(Correction, correction_id, actor)
    record, roll = row.id, row.roll_record_id

    def work() -> dict[str, Any]:
        actions.step(record, roll, action, actor, request, subject=Subject.CORRECTION)
        view = facts.read(db.session.connection(), roll)
        return public(view, view.record(Subject.CORRECTION, record), actor)

    return once(work)


@blueprint.post("/<correction_id>/acknowledge")
@blueprint.doc(parameters=[KEY])
@blueprint.response(200, CorrectionAnswer)
@access.policy("graduate")
def acknowledge(correction_id: str) -> Any:
    """确认无误: accept the change."""
    return _step(correction_id, Action.ACKNOWLEDGE, Request())


@blueprint.post("/<correction_id>/dispute")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(DisputeInput)
@blueprint.response(200, CorrectionAnswer)
@access.policy("graduate")
def dispute(body: dict[str, Any], correction_id: str) -> Any:
    """有异议: the change stays in force until the school makes another."""
    return _step(correction_id, Action.DISPUTE, Request(**body))
