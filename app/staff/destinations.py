"""去向登记管理: the tenant's destinations, one destination, and the decisions on it (R-DEST-2, R-REV-1, R-VIEW-1)."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import and_

from app import (
    access,
    actions,
    agreement_fields,
    as_cases,
    corrections,
    destination_content,
    facts,
    graduate_snapshots,
    hints,
    ledgers,
    proofs,
    snapshots,
    uploads,
    warnings,
)
from app.clock import now
from app.errors import STATUS, NotFound
from app.extensions import db
from app.lists.definitions import DESTINATIONS
from app.models import Placement
from app.staff import agreement_blocks, blueprint, cases, listing, queues, timeline
from app.staff.forms import ReviewForm
from app.writing import write
from workflows import labels
from workflows.calendar import say
from workflows.case import Refusal, Refused, Request
from workflows.engine import available
from workflows.vocabulary import REVIEWERS, Action, Kind, Level, Role, State, Subject

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
DECISIONS = {"approve": Action.APPROVE, "return": Action.RETURN, "reject": Action.REJECT}


def load(public_id: str) -> Placement:
    """Return a destination of the caller's tenant; raises NotFound for any other id, and for drafts."""
    placement: Placement = access.load(Placement, public_id, access.actor())
    if placement.kind != Kind.DESTINATION or cases.hidden(placement):
        raise NotFound
    return placement


def opened(public_id: str) -> str:
    """Return the address of a destination's page."""
    return url_for("staff.destination", public_id=public_id)


@blueprint.get("/destinations")
@access.policy("staff", *SEERS, level=Level.READ)
def destinations() -> Any:
    """List what waits for this reviewer, oldest first, or all destinations of the tenant, newest first."""
    actor = access.actor()
    waiting = [
        listing.Waiting(name, queues.TITLE[name], and_(*queues.waits(name, actor, Kind.DESTINATION)))
        for name in queues.names(actor)
    ]
    return listing.page(DESTINATIONS, opened, waiting if actor.role in REVIEWERS else ())


def show(placement: Placement, form: Any, refusal: Refusal | None = None) -> tuple[str, int]:
    """Return the page of a destination with content, proofs, hints, history and the buttons of this reviewer."""
    conn, actor = db.session.connection(), access.actor()
    view = facts.read(conn, placement.roll_record_id)
    row = view.placement(placement.id)
    case = as_cases.placement(row)
    if refusal:
        form.blame(refusal.fields)
    form.version.data, form.version.raw_data = row.version, None
    graduate = agreement_blocks.masked(snapshots.compose(conn, row)["graduate"])
    content = destination_content.blocks(snapshots.terms_at(conn, row))
    wanted = proofs.wanted(Subject.PLACEMENT, row)
    found = replace(ledgers.placement_facts(view, row, actor))
    page = render_template(
        "staff/destination.html",
        placement=row,
        case=case,
        label=facts.shown_label(row, view.now),
        graduate=agreement_blocks.Block("毕业生", agreement_fields.pairs(graduate, agreement_fields.GRADUATE)),
        name=graduate["name"],
        blocks=[agreement_blocks.Block(title, pairs) for title, pairs in content],
        changes=_roll_changes(view, row),
        corrections=corrections.of_record(view, Subject.PLACEMENT, row.id),
        files=uploads.listed(conn, Subject.PLACEMENT.value, row.id),
        titles={one.purpose: one.label for one in wanted},
        hints=hints.of_record(conn, Subject.PLACEMENT, row),
        warnings=warnings.warnings_for(conn, row.credit_code, row.school_id),
        moments=timeline.moments(row.roll_record_id, "placement", row.id, case),
        options={o.action.value: o for o in available(ledgers.FLOWS[row.kind], case, actor, found)},
        form=form,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _roll_changes(view: facts.View, row: Any) -> list[tuple[str, str, str]]:
    """List what the roll says otherwise than when a destination under review was handed in (R-GRAD-10)."""
    under_review = row.state == State.REVIEW
    return graduate_snapshots.changed(view.conn, Subject.PLACEMENT, row.id, view.roll_id) if under_review else []


@blueprint.get("/destinations/<public_id>")
@access.policy("staff", *SEERS, level=Level.READ)
def destination(public_id: str) -> Any:
    """Show one destination."""
    return show(load(public_id), ReviewForm(formdata=None))


@blueprint.post("/destinations/<public_id>/<any(approve, return, reject):decision>")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def destination_decide(public_id: str, decision: str) -> Any:
    """Approve, return or reject the version that was judged (R-REV-1)."""
    actor, form, action = access.actor(), ReviewForm(), DECISIONS[decision]
    placement = load(public_id)
    record, roll, title, case = placement.id, placement.roll_record_id, placement.title, as_cases.placement(placement)
    wanted = Request(version=form.version.data, reason=form.reason_of(action))
    try:
        write(lambda: actions.step(record, roll, action, actor, wanted))
    except Refused as refused:
        return show(load(public_id), form, form.about(action, refused.refusal))
    flash(f"{labels.action_label(action, case)}：{title}（{say(now())}）。", "success")
    return redirect(url_for("staff.destinations"), 303)
