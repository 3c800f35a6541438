"""The review of signings and registrations: queues, the review page, approving, returning, rejecting (R-REV-1)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import access, actions, as_cases, facts, masking
from app.clock import now
from app.errors import STATUS
from app.models import Placement
from app.paging import page_of
from app.staff import blueprint, cases, queues
from app.staff.forms import ReviewForm
from app.staff.searching import asked, narrowed
from app.staff.tenant import tenant
from app.writing import write
from workflows import labels
from workflows.calendar import say
from workflows.case import Refusal, Refused, Request
from workflows.vocabulary import REVIEWERS, Action, Level, Role, Step

REVIEW = "审核"  # 鉴证 where a two-party province certifies (R-PROV-2)
DECISIONS = {"approve": Action.APPROVE, "return": Action.RETURN, "reject": Action.REJECT}


@blueprint.get("/review")
@access.policy("staff", *REVIEWERS, level=Level.READ)
def review_queue() -> Any:
    """List the cases that wait, the oldest submission first; or what graduates have lately given up (R-CANCEL-1)."""
    actor = access.actor()
    queue = request.args.get("queue", queues.OWN)
    queue = queue if queue in (*queues.names(actor), queues.GIVEN_UP) else queues.OWN
    pile = next((one for one in queues.PILES if one.name == request.args.get("kind")), None)
    piles = {name: queues.piles(name, actor) for name in queues.names(actor)}
    wanted = asked("name", "student_number", "employer")
    page = page_of(
        narrowed(queues.waiting(queue, actor, pile), wanted), Placement, (Placement.submitted_at, Placement.id)
    )
    return render_template(
        "staff/review_queue.html",
        queue=queue,
        queues=[*(_counted(name, sum(count for _, count in of)) for name, of in piles.items()), _given_up()],
        pile=pile,
        review=REVIEW if pile and not pile.certified else tenant().worded(REVIEW),
        piles=piles.get(queue, []),
        wanted=wanted,
        page=page,
        rows=[_listed(row) for row in page.rows],
    )


def _given_up() -> queues.Waiting:
    return _counted(queues.GIVEN_UP, queues.count(queues.GIVEN_UP, access.actor()))


def _counted(queue: str, count: int) -> queues.Waiting:
    return queues.Waiting(queue, queues.TITLE[queue], count)


def _listed(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "kind": row.kind,
        "name": masking.name(row.name),
        "student_number": row.student_number,
        "department": row.department,
        "major": row.major,
        "employer": row.title,
        "submitted": say(row.submitted_at),
        "label": facts.shown_label(row, row.submitted_at),
        "state": row.state,
        "review": labels.worded(REVIEW, as_cases.placement(row)),
    }


def _page(public_id: str, form: ReviewForm, refusal: Refusal | None = None) -> tuple[str, int]:
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
    return _page(public_id, ReviewForm(formdata=None))


@blueprint.post("/review/<public_id>/<any(approve, return, reject):decision>")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def review_decide(public_id: str, decision: str) -> Any:
    """Approve, return or reject the version that was judged; the latter two with a reason (R-REV-1)."""
    actor, form, action = access.actor(), ReviewForm(), DECISIONS[decision]
    placement = cases.load(public_id)
    queue = queues.STEAD if _in_stead(placement) else queues.OWN
    about, employer, case = placement.roll_record_id, placement.title, as_cases.placement(placement)
    wanted = Request(version=form.version.data, reason=form.reason_of(action))
    try:
        write(lambda: actions.step(placement.id, about, action, actor, wanted))
    except Refused as refused:
        return _page(public_id, form, form.about(action, refused.refusal))
    flash(f"{labels.action_label(action, case)}：{employer}（{say(now())}）。", "success")
    return redirect(url_for("staff.review_queue", queue=queue, kind=request.args.get("kind")), 303)


def _in_stead(placement: Placement) -> bool:
    return access.actor().role == Role.SCHOOL and placement.review_step == Step.DEPARTMENT
