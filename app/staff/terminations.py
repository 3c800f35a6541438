"""解约管理: the tenant's requests to end an agreement, one request, and the decisions on it (R-TO-2, R-TOFF-2)."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import ColumnElement, select

from app import access, as_cases, facts, hints, terminations, uploads, warnings
from app.clock import now
from app.errors import STATUS, NotFound
from app.extensions import db
from app.ledgers import TERMINATION
from app.lists.definitions import ENDINGS
from app.models import RollRecord, Termination
from app.staff import blueprint, cases, listing, queues, timeline
from app.staff.termination_forms import TerminationForm
from app.writing import write
from workflows import labels
from workflows.calendar import say
from workflows.case import Actor, Option, Refusal, Refused, Request
from workflows.engine import available
from workflows.termination import EVIDENCE, LETTER
from workflows.vocabulary import REVIEWERS, Action, Kind, Level, Role, State, Subject

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
DECISIONS = {"approve": Action.APPROVE, "return": Action.RETURN, "reject": Action.REJECT}
BY_SCHOOL = (Action.FORCE, Action.APPROVE_UNILATERAL)
TITLES = {one.purpose: one.label for one in (LETTER, EVIDENCE)}


def hidden(row: Termination) -> bool:
    """Say whether a request is the graduate's alone as yet: what was never handed in, or taken back."""
    return row.state == State.DRAFT or (row.kind != Kind.ONLINE and row.submitted_at is None)


def load(public_id: str) -> Termination:
    """Return a request of the caller's tenant; raises NotFound for any other id, and for drafts."""
    row: Termination = access.load(Termination, public_id, access.actor())
    if hidden(row):
        raise NotFound
    return row


def opened(public_id: str) -> str:
    """Return the address of a request's page."""
    return url_for("staff.termination", public_id=public_id)


def waits(queue: str, actor: Actor) -> ColumnElement[bool]:
    """Return the condition of a queue, for a statement that joins the roll record and the school."""
    return (Termination.state == State.REVIEW.value) & queues.condition(queue, actor, Termination)


@blueprint.get("/terminations")
@access.policy("staff", *SEERS, level=Level.READ)
def terminations_list() -> Any:
    """List what waits for this reviewer, oldest first, or all requests of the tenant, newest first."""
    actor = access.actor()
    waiting = [listing.Waiting(name, queues.TITLE[name], waits(name, actor)) for name in queues.names(actor)]
    return listing.page(ENDINGS, opened, waiting if actor.role in REVIEWERS else ())


def options_of(view: facts.View, row: Any, actor: Actor) -> dict[str, Option]:
    """Return the buttons of this role on a request, by action."""
    case, found = as_cases.termination(row), TERMINATION.facts(view, row, actor, None)
    listed = available(TERMINATION.flow(row), case, actor, found)
    return {option.action.value: option for option in listed}


def show(row: Termination, form: TerminationForm, refusal: Refusal | None = None) -> tuple[str, int]:
    """Return the page of a request with what was asked, the letter, the checks, the history and the buttons."""
    conn, actor = db.session.connection(), access.actor()
    view = facts.read(conn, row.roll_record_id)
    case = as_cases.termination(row)
    if refusal:
        form.blame(refusal.fields)
    form.version.data, form.version.raw_data = row.version, None
    options = options_of(view, row, actor)
    page = render_template(
        "staff/termination.html",
        row=row,
        case=case,
        placement=view.placement(row.placement_id),
        warnings=warnings.warnings_for(conn, view.placement(row.placement_id).credit_code, row.school_id),
        name=_name(row),
        label=terminations.label(row),
        worded=lambda text: labels.worded(text, case),
        content=terminations.content(row),
        checks=terminations.checks(row),
        files=uploads.listed(conn, Subject.TERMINATION.value, row.id),
        titles=TITLES,
        hints=hints.of_record(conn, Subject.TERMINATION, row) if row.state == State.REVIEW else [],
        moments=timeline.moments(row.roll_record_id, "termination", row.id, case),
        options=options,
        by_school=next((options[action.value] for action in BY_SCHOOL if action.value in options), None),
        form=form,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _name(row: Termination) -> str:
    return str(db.session.execute(select(RollRecord.name).where(RollRecord.id == row.roll_record_id)).scalar_one())


@blueprint.get("/terminations/<public_id>")
@access.policy("staff", *SEERS, level=Level.READ)
def termination(public_id: str) -> Any:
    """Show one request; the form begins with what the department wrote about its talk with the employer."""
    row = load(public_id)
    return show(row, TerminationForm(formdata=None, data=terminations.last_check(row)))


@blueprint.post("/terminations/<public_id>/<any(approve, return, reject):decision>")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def termination_decide(public_id: str, decision: str) -> Any:
    """Approve, return or reject the version that was judged (R-REV-1, R-TOFF-2)."""
    actor, form, action = access.actor(), TerminationForm(), DECISIONS[decision]
    row = load(public_id)
    case = as_cases.termination(row)
    wanted = Request(version=form.version.data, reason=form.reason_of(action), checked=form.checked())
    try:
        write(lambda: terminations.step(row, action, actor, wanted))
    except Refused as refused:
        return show(load(public_id), form, form.about(action, refused.refusal))
    flash(f"解约申请{labels.action_label(action, case)}（{say(now())}）。", "success")
    return redirect(url_for("staff.terminations_list"), 303)
