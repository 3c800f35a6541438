"""One placement on a page: what the agreement prints, what has changed since, the history, the buttons."""

from typing import Any

from flask import render_template

from app import access, facts, ledgers, snapshots, warnings
from app.errors import NotFound
from app.extensions import db
from app.models import Placement
from app.staff import agreement_blocks, timeline
from workflows import labels, online_signing
from workflows.calendar import say
from workflows.case import Refusal
from workflows.engine import available
from workflows.vocabulary import Kind, State


def load(public_id: str) -> Placement:
    """Return an online signing of the caller's; raises NotFound for any other id."""
    placement: Placement = access.load(Placement, public_id, access.actor())
    if placement.kind != Kind.ONLINE:
        raise NotFound
    return placement


def show(placement: Placement, full: bool = False, **values: Any) -> str:
    """Return the page of a placement; `full` shows identity number and contacts unmasked, which has been logged."""
    conn, actor = db.session.connection(), access.actor()
    view = facts.read(conn, placement.roll_record_id)
    row = view.placement(placement.id)
    case = facts.case(row)
    body = snapshots.agreement_of(conn, row)
    today = snapshots.compose(conn, row)["graduate"] if row.state == State.ACCEPTED else body["graduate"]
    return render_template(
        "staff/case.html",
        placement=row,
        case=case,
        label=facts.shown_label(row, view.now),
        body=body,
        blocks=agreement_blocks.blocks(body, full),
        changes=agreement_blocks.changes(body["graduate"], today),
        moments=timeline.moments(placement.roll_record_id, "placement", placement.id, case),
        options=available(ledgers.FLOWS[row.kind], case, actor, ledgers.placement_facts(view, row, actor)),
        warnings=warnings.warnings_for(conn, row.credit_code, row.school_id),
        full=full,
        downloadable=online_signing.may_download(case) is None,
        previewable=online_signing.may_preview(case, view.now) is None,
        certify=labels.certify,
        say=say,
        **values,
    )


def said(refusal: Refusal) -> dict[str, Any]:
    """Return a refusal as an alert on the page shows it (R-WHY-1)."""
    return {"message": refusal.message, "next": refusal.next, "blocker": refusal.blocker}
