"""用人单位 for the operator: who waits for a decision, which transfers are due, every employer (R-EMP-1, R-EMP-3)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Select, func, select

from app import access, employer_steps
from app.clock import now
from app.errors import STATUS
from app.extensions import db
from app.models import BankCheck, Employer, EmployerUser
from app.paging import page_of
from app.staff import blueprint, cases, timeline
from app.staff.forms import ReasonForm
from app.staff.searching import asked
from app.writing import rollback, write
from workflows import labels
from workflows.calendar import say
from workflows.case import Case, Refusal, Refused, Request
from workflows.employer_verification import PROOF_LABEL, Proof
from workflows.vocabulary import STATES_OF, Action, Role, State, Subject

WAITING, TRANSFERS, ALL = "waiting", "transfers", "all"
TABS = {WAITING: "待审核", TRANSFERS: "待打款", ALL: "全部单位"}
STATES = [(s.value, labels.LABELS_OF[Subject.EMPLOYER][s]) for s in STATES_OF[Subject.EMPLOYER]]


def _waiting() -> Select[Any]:
    return (
        select(
            EmployerUser.public_id,
            EmployerUser.name.label("officer"),
            EmployerUser.submitted_at,
            Employer.name,
            Employer.credit_code,
            Employer.state,
        )
        .join(Employer, Employer.id == EmployerUser.employer_id)
        .where(EmployerUser.state == State.REVIEW.value)
    )


def _transfers() -> Select[Any]:
    return (
        select(BankCheck.__table__, Employer.name, Employer.credit_code)
        .join(Employer, Employer.id == BankCheck.employer_id)
        .where(BankCheck.state == State.ASKED.value)
    )


def _all(wanted: dict[str, str], state: str) -> Select[Any]:
    query = select(Employer.public_id, Employer.name, Employer.credit_code, Employer.state, Employer.verified_at)
    if name := wanted.get("name"):
        query = query.where(Employer.name.contains(name, autoescape=True))
    if code := wanted.get("credit_code"):
        query = query.where(Employer.credit_code.startswith(code.upper(), autoescape=True))
    return query.where(Employer.state == state) if state in dict(STATES) else query


def _counts() -> dict[str, int]:
    counted = ((WAITING, _waiting()), (TRANSFERS, _transfers()))
    return {tab: db.session.execute(select(func.count()).select_from(q.subquery())).scalar_one() for tab, q in counted}


@blueprint.get("/employers")
@access.policy("staff", Role.OPERATOR)
def employers() -> Any:
    """List the applications that wait, oldest first, the transfers to be made, or all employers."""
    return _list(request.args.get("tab", WAITING))


def _list(tab: str, refusal: Refusal | None = None) -> Any:
    tab = tab if tab in TABS else WAITING
    wanted, state = asked("name", "credit_code"), request.args.get("state", "")
    if tab == WAITING:
        page = page_of(_waiting(), EmployerUser, (EmployerUser.submitted_at, EmployerUser.id))
    elif tab == TRANSFERS:
        page = page_of(_transfers(), BankCheck, (BankCheck.created_at, BankCheck.id))
    else:
        page = page_of(_all(wanted, state), Employer, (Employer.credit_code, Employer.id))
    shown = render_template(
        "staff/employers.html",
        tab=tab,
        tabs=TABS,
        counts=_counts(),
        page=page,
        wanted=wanted,
        states=STATES,
        state=state,
        label=_label,
        account=employer_steps.account_of,
        amount=employer_steps.amount_of,
        say=say,
        refusal=cases.said(refusal) if refusal else None,
    )
    return shown, STATUS[refusal.code] if refusal else 200


def _label(state: str) -> str:
    return labels.state_label(Case(State(state), subject=Subject.EMPLOYER))


@blueprint.post("/employers/transfers/<public_id>/sent")
@access.policy("staff", Role.OPERATOR)
def employer_transfer_sent(public_id: str) -> Any:
    """Note that a transfer has been made; the employer has seven days to name its amount (R-EMP-1)."""
    return _paid(public_id, Action.SEND_AMOUNT, "已记为打款，单位将在七天内填写金额。")


@blueprint.post("/employers/transfers/<public_id>/refuse")
@access.policy("staff", Role.OPERATOR)
def employer_transfer_refuse(public_id: str) -> Any:
    """Note with a reason that a transfer cannot be made; the applicant is told and may ask for another (R-EMP-1)."""
    return _paid(public_id, Action.REJECT, "已记为无法打款，申请人会收到短信，可改正账户后重新申请。")


def _paid(public_id: str, action: Action, done: str) -> Any:
    actor, form = access.actor(), ReasonForm()
    check = access.load(BankCheck, public_id, actor)
    record, owner, wanted = check.id, check.employer_id, Request(reason=form.reason.data)
    rollback()
    try:
        write(lambda: employer_steps.step(Subject.BANK_CHECK, record, owner, action, actor, wanted))
    except Refused as refused:
        return _list(TRANSFERS, refused.refusal)
    flash(done, "success")
    return redirect(url_for("staff.employers", tab=TRANSFERS), 303)


# --- one employer ------------------------------------------------------------------------------------------------


def _page(public_id: str, form: ReasonForm | None = None, refusal: Refusal | None = None) -> Any:
    actor = access.actor()
    row = access.load(Employer, public_id, actor)
    form = form or ReasonForm(formdata=None)
    if refusal:
        form.blame(refusal.fields)
    letters = select(EmployerUser).where(EmployerUser.employer_id == row.id).order_by(EmployerUser.id.desc())
    case = employer_steps.case(Subject.EMPLOYER, row)
    page = render_template(
        "staff/employer.html",
        row=row,
        label=labels.state_label(case),
        proof=PROOF_LABEL[Proof(row.proof)] if row.proof else "--",
        officers=[(user, _officer_label(user)) for user in db.session.execute(letters).scalars()],
        options=employer_steps.options(Subject.EMPLOYER, row, row, actor),
        moments=timeline.moments(row.id, Subject.EMPLOYER.value, row.id, case, "employer"),
        form=form,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
        at=now(),
    )
    return page, STATUS[refusal.code] if refusal else 200


def _officer_label(user: EmployerUser) -> str:
    return labels.state_label(employer_steps.case(Subject.OFFICER, user))


@blueprint.get("/employers/<public_id>")
@access.policy("staff", Role.OPERATOR)
def employer(public_id: str) -> Any:
    """Show an employer: its standing, its officers, its history."""
    return _page(public_id)


@blueprint.post("/employers/<public_id>/suspend")
@access.policy("staff", Role.OPERATOR)
def employer_suspend(public_id: str) -> Any:
    """Suspend an employer with a reason: no new invitations, open ones are withdrawn (R-EMP-3)."""
    return _decide(public_id, Action.SUSPEND, "已暂停该单位签约，未回应的邀请正在撤回。")


@blueprint.post("/employers/<public_id>/resume")
@access.policy("staff", Role.OPERATOR)
def employer_resume(public_id: str) -> Any:
    """Let a suspended employer invite again."""
    return _decide(public_id, Action.RESUME, "已恢复该单位签约。")


def _decide(public_id: str, action: Action, done: str) -> Any:
    actor, form = access.actor(), ReasonForm()
    record = access.load(Employer, public_id, actor).id
    wanted = Request(reason=form.reason.data)
    rollback()
    try:
        write(lambda: employer_steps.step(Subject.EMPLOYER, record, record, action, actor, wanted))
    except Refused as refused:
        return _page(public_id, form, refused.refusal)
    flash(done, "success")
    return redirect(url_for("staff.employer", public_id=public_id), 303)
