"""Facts for the kinds that a graduate fills in: offline signing, paper registration, destinations."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import facts, proofs, snapshots, stamped_images, upload_links
from app.facts import View
from app.models import Employer
from workflows.case import Actor
from workflows.drafts import RecordFacts
from workflows.offline_signing import TAKES_IMAGES
from workflows.vocabulary import Action, Kind, PaperState, Role, State, Subject

_VERIFIED = select(Employer.name).where(
    Employer.credit_code == bindparam("credit_code"), Employer.state == State.VERIFIED.value
)


def verified_employer(conn: Connection, row: Any) -> str:
    """Return the name of the verified employer that the form's credit code belongs to, "" for none (R-OFF-7)."""
    if row.kind != Kind.OFFLINE or not row.credit_code:
        return ""
    return conn.execute(_VERIFIED, {"credit_code": row.credit_code}).scalar_one_or_none() or ""


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
        paper_locked=roll.paper_state == PaperState.LOCKED,
        type_code=row.type_code or "",
        **_of_step(view, row, actor, action),
    )


def _of_step(view: View, row: Any, actor: Actor, action: Action | None) -> dict[str, Any]:
    """Return the facts that only some steps want, each read where it can matter."""
    if row.kind != Kind.OFFLINE:
        return {"proofs": proofs.refusal(view.conn, Subject.PLACEMENT, row)} if action == Action.SUBMIT else {}
    if action == Action.SUBMIT:
        return {"verified_employer": verified_employer(view.conn, row)}
    if action == Action.UPLOAD and actor.role in stamped_images.WANTED:
        files = stamped_images.of_side(view.conn, row.id, actor.role)
        return {"proofs": stamped_images.refusal(files, actor.role), "file_marks": stamped_images.marks(files)}
    if actor.role == Role.GRADUATE and row.state in TAKES_IMAGES and action in (None, Action.SEND_LINK):
        return {"next_link_at": _next_link(view, row, action)}
    return {}


def _next_link(view: View, row: Any, action: Action | None) -> datetime | None:
    phone = snapshots.terms_at(view.conn, row)["contact_mobile"]
    if action is not None:
        upload_links.lock_number(view.conn, phone)
    return upload_links.next_allowed(view.conn, phone, view.now)
