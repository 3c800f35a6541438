"""签约审核: the queues, the review page, approving and rejecting (R-REV-1, R-SCH-2, R-ON-5)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import access, actions, facts, masking
from app.clock import now
from app.errors import STATUS
from app.models import Placement
from app.paging import page_of
from app.staff import blueprint, cases, queues
from app.staff.forms import DecisionForm
from app.staff.searching import asked, narrowed
from app.writing import write
from workflows import labels
from workflows.calendar import say
from workflows.case import Refusal, Refused, Request
from workflows.vocabulary import REVIEWERS, Action, Level, Role, Step


@blueprint.get("/review")
@access.policy("staff", *REVIEWERS, level=Level.READ)
def review_queue() -> Any:
    """List the cases that wait, oldest acceptance first."""
    actor = access.actor()
    queue = request.args.get("queue", queues.OWN)
    queue = queue if queue in queues.names(actor) else queues.OWN
    wanted = asked("name", "student_number", "employer")
    query = narrowed(queues.waiting(queue, actor), wanted)
    page = page_of(query, Placement, (Placement.submitted_at, Placement.id))
    return render_template(
        "staff/review_queue.html",
        queue=queue,
        queues=queues.counts(actor),
        wanted=wanted,
        page=page,
        rows=[_listed(row) for row in page.rows],
    )


def _listed(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": masking.name(row.name),
        "student_number": row.student_number,
        "department": row.department,
        "major": row.major,
        "employer": row.title,
        "accepted": say(row.submitted_at),
        "label": facts.shown_label(row, row.submitted_at),
    }


def _page(public_id: str, form: DecisionForm, refusal: Refusal | None = None) -> tuple[str, int]:
    placement = cases.load(public_id)
    if refusal:
        form.blame(refusal.fields)
    form.version.data = placement.version
    form.version.raw_data = None
    said = cases.said(refusal) if refusal else None
    return cases.show(placement, form=form, refusal=said, deciding=True), STATUS[refusal.code] if refusal else 200


@blueprint.get("/review/<public_id>")
@access.policy("staff", *REVIEWERS, level=Level.READ)
def review_case(public_id: str) -> Any:
    """Show one case with the buttons of this reviewer."""
    return _page(public_id, DecisionForm(formdata=None))


@blueprint.post("/review/<public_id>/approve")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def review_approve(public_id: str) -> Any:
    """Approve the version that was judged."""
    return _decide(public_id, Action.APPROVE)


@blueprint.post("/review/<public_id>/reject")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def review_reject(public_id: str) -> Any:
    """Reject the version that was judged, with a reason."""
    return _decide(public_id, Action.REJECT)


def _decide(public_id: str, action: Action) -> Any:
    actor, form = access.actor(), DecisionForm()
    placement = cases.load(public_id)
    queue = queues.STEAD if _in_stead(placement) else queues.OWN
    about, employer, case = placement.roll_record_id, placement.title, facts.case(placement)
    wanted = Request(version=form.version.data, reason=form.reason.data if action == Action.REJECT else None)
    try:
        write(lambda: actions.step(placement.id, about, action, actor, wanted))
    except Refused as refused:
        return _page(public_id, form, refused.refusal)
    flash(f"{labels.action_label(action, case)}：{employer}（{say(now())}）。", "success")
    return redirect(url_for("staff.review_queue", queue=queue), 303)


def _in_stead(placement: Placement) -> bool:
    return access.actor().role == Role.SCHOOL and placement.review_step == Step.DEPARTMENT
