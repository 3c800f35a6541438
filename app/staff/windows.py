"""When a school's functions are open: switch, times and notice per function and cohort (R-SCH-3)."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select

from app import access
from app import settings as store
from app.errors import STATUS, NotFound
from app.extensions import db
from app.models import School, SchoolFunction
from app.staff import blueprint, cases
from app.staff.forms import WindowForm
from app.staff.settings import own_school
from app.staff.tenant import tenant
from app.writing import write
from workflows.calendar import BEIJING
from workflows.case import Refusal, Refused
from workflows.vocabulary import Kind, Level, Role
from workflows.windows import FUNCTION_TITLE, default_window


def _cohorts() -> list[int]:
    return [tenant().cohort, tenant().cohort + 1]


def _windows(school: School, cohort: int) -> dict[Kind, WindowForm]:
    stored = select(SchoolFunction).where(SchoolFunction.school_id == school.id, SchoolFunction.cohort == cohort)
    rows = {row.function: row for row in db.session.execute(stored).scalars()}
    return {kind: _window_form(rows.get(kind.value) or default_window(kind, cohort), kind) for kind in Kind}


def _window_form(window: Any, kind: Kind) -> WindowForm:
    return WindowForm(
        formdata=None,
        prefix=kind.value,
        enabled=window.enabled,
        opens_at=window.opens_at.astimezone(BEIJING).replace(tzinfo=None),
        closes_at=window.closes_at.astimezone(BEIJING).replace(tzinfo=None),
        notice=window.notice,
    )


def _windows_page(cohort: int, forms: dict[Kind, WindowForm], **values: Any) -> str:
    school = own_school()
    return render_template(
        "staff/windows.html",
        version=school.version,
        cohort=cohort,
        cohorts=_cohorts(),
        forms=forms,
        titles=FUNCTION_TITLE,
        opened=store.module_opened(school),
        **values,
    )


@blueprint.get("/settings/windows")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def settings_windows() -> Any:
    """Show when the functions are open, for the current or the next cohort."""
    cohort = request.args.get("cohort", type=int)
    chosen = cohort if cohort in _cohorts() else tenant().cohort
    return _windows_page(chosen, _windows(own_school(), chosen))


@blueprint.post("/settings/windows/<int:cohort>/<function>")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def settings_window_save(cohort: int, function: str) -> Any:
    """Store switch, times and notice of one function for one cohort."""
    if cohort not in _cohorts() or function not in list(Kind):
        raise NotFound
    kind = Kind(function)
    form = WindowForm(prefix=kind.value)
    refusal = None
    if form.validate():
        refusal = _save_window(form, kind, cohort)
        if refusal is None:
            flash(f"“{FUNCTION_TITLE[kind]}”（{cohort}届）已保存。", "success")
            return redirect(url_for("staff.settings_windows", cohort=cohort, _anchor=kind.value), 303)
    status = STATUS[refusal.code] if refusal else 422
    said = cases.said(refusal) if refusal else None
    return _windows_page(cohort, _windows(own_school(), cohort) | {kind: form}, refusal=said), status


def _save_window(form: WindowForm, kind: Kind, cohort: int) -> Refusal | None:
    actor, times = access.actor(), (_beijing(form.opens_at.data), _beijing(form.closes_at.data))
    typed = form.enabled.data, *times, form.notice.data or ""
    version = request.form.get("version", -1, type=int)
    try:
        write(lambda: store.save_function(actor, own_school(), kind, cohort, *typed, version))
    except Refused as refused:
        form.blame(refused.refusal.fields)
        return refused.refusal
    return None


def _beijing(typed: datetime) -> datetime:
    return typed.replace(tzinfo=BEIJING)
