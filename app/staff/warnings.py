"""预警单位 for schools: the list, a new mark by credit code, lifting with a reason (R-WARN-1)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from app import access, warnings
from app.errors import STATUS
from app.models import WarningMark
from app.paging import page_of
from app.staff import blueprint, cases
from app.staff.forms import ReasonForm, WarningForm
from app.staff.searching import asked
from app.writing import rollback, write
from workflows import codes
from workflows.calendar import say
from workflows.case import Refusal, Refused
from workflows.vocabulary import Level, Role
from workflows.warning_marks import KIND_LABEL, NATIONWIDE, WarningKind

STANDING, LIFTED = "standing", "lifted"
TABS = {STANDING: "预警中", LIFTED: "已解除"}
LONGEST_NAME = 100


@blueprint.get("/warnings")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def warnings_list() -> Any:
    """List the school's marks, newest first."""
    tab = request.args.get("tab", STANDING)
    tab = tab if tab in TABS else STANDING
    wanted = asked("name", "credit_code")
    query = select(WarningMark.__table__).where(access.scope(access.actor(), WarningMark))
    query = query.where(WarningMark.lifted_at.is_(None) if tab == STANDING else WarningMark.lifted_at.is_not(None))
    if name := wanted.get("name"):
        query = query.where(WarningMark.employer_name.contains(name, autoescape=True))
    if code := wanted.get("credit_code"):
        query = query.where(WarningMark.credit_code.startswith(code.upper(), autoescape=True))
    page = page_of(query, WarningMark, (WarningMark.marked_at, WarningMark.id), newest_first=True)
    return render_template(
        "staff/warnings.html", tab=tab, tabs=TABS, page=page, wanted=wanted, kind=_kind, nationwide=NATIONWIDE, say=say
    )


def _kind(code: str) -> str:
    return KIND_LABEL[WarningKind(code)]


def _form_page(form: WarningForm, refusal: Refusal | None = None, status: int = 200) -> Any:
    if refusal:
        form.blame(refusal.fields)
    said = cases.said(refusal) if refusal else None
    return render_template("staff/warning_new.html", form=form, refusal=said), STATUS[
        refusal.code
    ] if refusal else status


@blueprint.get("/warnings/new")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def warning_new() -> Any:
    """Show the form of a new mark."""
    return _form_page(WarningForm(formdata=None))


@blueprint.post("/warnings/new")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def warning_mark() -> Any:
    """Mark an employer, registered or not, by its credit code."""
    form, actor = WarningForm(), access.actor()
    name, code = (form.employer_name.data or "").strip(), ""
    try:
        code = codes.clean_credit_code(form.credit_code.data or "")
    except codes.CodeError as error:
        form.blame({"credit_code": str(error)})
    if not 2 <= len(name) <= LONGEST_NAME:
        form.blame({"employer_name": f"请填写单位名称，2 至 {LONGEST_NAME} 字。"})
    if form.credit_code.errors or form.employer_name.errors:
        return _form_page(form, status=422)
    kind, reason = form.kind.data, form.reason.data
    rollback()
    try:
        public_id = write(lambda: warnings.mark(actor, code, name, kind, reason))
    except Refused as refused:
        return _form_page(form, refused.refusal)
    flash(f"已将“{name}”标记为预警单位。", "success")
    return redirect(url_for("staff.warning", public_id=public_id), 303)


def _page(public_id: str, form: ReasonForm | None = None, refusal: Refusal | None = None) -> Any:
    row = access.load(WarningMark, public_id, access.actor())
    form = form or ReasonForm(formdata=None)
    if refusal:
        form.blame(refusal.fields)
    said = cases.said(refusal) if refusal else None
    page = render_template("staff/warning.html", row=row, kind=_kind(row.kind), form=form, refusal=said, say=say)
    return page, STATUS[refusal.code] if refusal else 200


@blueprint.get("/warnings/<public_id>")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def warning(public_id: str) -> Any:
    """Show one mark of the school."""
    return _page(public_id)


@blueprint.post("/warnings/<public_id>/lift")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def warning_lift(public_id: str) -> Any:
    """Lift a mark with a reason."""
    form, actor = ReasonForm(), access.actor()
    record = access.load(WarningMark, public_id, actor).id
    reason = form.reason.data
    rollback()
    try:
        write(lambda: warnings.lift(actor, record, reason))
    except Refused as refused:
        return _page(public_id, form, refused.refusal)
    flash("预警标记已解除。", "success")
    return redirect(url_for("staff.warnings_list"), 303)
