"""解约: asking the graduate to end an agreement, answering the graduate, withdrawing (R-TO-1, R-TO-4)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import bindparam, select
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from app import access, as_cases, codes, facts, terminations
from app.employers import blueprint
from app.employers.invitations import Own, own
from app.errors import STATUS, NotFound
from app.extensions import db
from app.ledgers import TERMINATION
from app.models import Placement, RollRecord, School, Termination
from app.paging import page_of
from app.writing import rollback, write
from workflows import labels
from workflows.case import Case, Refusal, Refused, Request
from workflows.engine import available
from workflows.termination import EXPLANATION_LIMIT
from workflows.vocabulary import Action, Kind, Role, Subject

STEPS = {"accept": Action.ACCEPT, "decline": Action.DECLINE, "withdraw": Action.WITHDRAW}
SAID = {
    Action.ACCEPT: "已同意解约，提交学校审核，毕业生会收到通知。",
    Action.DECLINE: "已拒绝解约申请，协议仍然有效，毕业生会收到通知。",
    Action.WITHDRAW: "解约申请已撤回，协议仍然有效，毕业生会收到通知。",
}
_LIST = (
    select(
        Termination.__table__,
        Placement.public_id.label("placement"),
        RollRecord.name,
        RollRecord.major,
        School.name.label("school"),
    )
    .join(Placement, Placement.id == Termination.placement_id)
    .join(RollRecord, RollRecord.id == Termination.roll_record_id)
    .join(School, School.id == Termination.school_id)
    .where(Termination.kind == Kind.ONLINE.value)
)
_ONE = _LIST.where(Termination.id == bindparam("termination"))


class AskForm(FlaskForm):
    """Why the employer wants to end the agreement (R-TO-1)."""

    reason_code = SelectField("解约原因", validate_choice=False)
    explanation = TextAreaField(
        "解约说明", description=f"最多 {EXPLANATION_LIMIT} 字，毕业生和学校会看到。", render_kw={"rows": 5}
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = [SelectChoice(code, label) for code, label in codes.choices("termination_reasons")]
        self.reason_code.choices = [SelectChoice("", "请选择"), *known]


@blueprint.get("/terminations")
@access.policy("employer")
def terminations_list() -> Any:
    """List the employer's endings, newest first."""
    query = _LIST.where(access.scope(access.actor(), Termination))
    page = page_of(query, Termination, (Termination.id,), newest_first=True)
    cards = [(row, terminations.SIDE[Role(row.asked_by)], terminations.label(row)) for row in page.rows]
    return render_template("employers/terminations.html", page=page, cards=cards)


def _page(public_id: str, refusal: Refusal | None = None, typed: str = "") -> tuple[str, int]:
    actor, conn = access.actor(), db.session.connection()
    row = conn.execute(_ONE, {"termination": _own(public_id).id}).one_or_none()
    if row is None:
        raise NotFound
    view = facts.read(conn, row.roll_record_id)
    options = available(
        TERMINATION.flow(row), as_cases.termination(row), actor, TERMINATION.facts(view, row, actor, None)
    )
    page = render_template(
        "employers/termination.html",
        row=row,
        label=terminations.label(row),
        content=terminations.content(row),
        options={one.action.value: one for one in options if one.action in STEPS.values()},
        mine=row.asked_by == Role.EMPLOYER,
        worded=lambda text: labels.worded(text, as_cases.termination(row)),
        refusal=refusal,
        typed=typed,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _own(public_id: str) -> Termination:
    row: Termination = access.load(Termination, public_id, access.actor())
    return row


@blueprint.get("/terminations/<public_id>")
@access.policy("employer")
def termination(public_id: str) -> Any:
    """Show one request with its buttons."""
    return _page(public_id)


@blueprint.post("/terminations/<public_id>/<any(accept, decline, withdraw):what>")
@access.policy("employer")
def termination_step(public_id: str, what: str) -> Any:
    """Accept or decline the graduate's request, or withdraw one's own."""
    actor, row, action = access.actor(), _own(public_id), STEPS[what]
    typed = request.form.get("reason", "") if action == Action.DECLINE else ""
    rollback()
    try:
        write(lambda: terminations.step(row, action, actor, Request(reason=typed or None)))
    except Refused as refused:
        return _page(public_id, refused.refusal, typed)
    flash(labels.worded(SAID[action], as_cases.termination(row)), "success")
    return redirect(url_for("employers.termination", public_id=public_id), 303)


def _ask_page(mine: Own, form: AskForm, refusal: Refusal | None = None) -> tuple[str, int]:
    for name, sentence in (refusal.fields if refusal else {}).items():
        form[name].errors = [sentence]
    case = Case(None, agreement_kind=as_cases.placement(mine.row).agreement_kind, subject=Subject.TERMINATION)
    page = render_template(
        "employers/termination_ask.html",
        mine=mine,
        form=form,
        refusal=refusal,
        worded=lambda text: labels.worded(text, case),
    )
    return page, STATUS[refusal.code] if refusal else 200


@blueprint.get("/invitations/<public_id>/termination")
@access.policy("employer")
def termination_ask(public_id: str) -> Any:
    """Show the form, or why an ending cannot be asked for now."""
    mine = own(public_id)
    return _ask_page(mine, AskForm(formdata=None), mine.ending)[0]


@blueprint.post("/invitations/<public_id>/termination")
@access.policy("employer")
def termination_ask_now(public_id: str) -> Any:
    """申请解约: ask the graduate (R-TO-1)."""
    mine, actor, form = own(public_id), access.actor(), AskForm()
    typed = {"reason_code": form.reason_code.data or "", "explanation": form.explanation.data or ""}
    rollback()
    try:
        done = write(lambda: terminations.begin(mine.row, actor, Action.ASK, typed, Request()))
    except Refused as refused:
        return _ask_page(mine, form, refused.refusal)
    flash("解约申请已发出，等待毕业生回应。", "success")
    return redirect(url_for("employers.termination", public_id=done.public_id), 303)
