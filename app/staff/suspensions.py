"""暂缓开通: the operator suspends functions for the platform or a province, and lets them go on (R-PROV-3)."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from app import access, suspending
from app.errors import STATUS
from app.extensions import db
from app.facts import EVERYWHERE
from app.models import Province
from app.staff import blueprint, cases
from app.staff.forms import ReasonForm
from app.writing import write
from workflows.case import Refusal, Refused
from workflows.vocabulary import Kind, Role
from workflows.windows import FUNCTION_TITLE

WHOLE = "全平台"


class SuspensionForm(ReasonForm):
    """Which function, where, and why."""

    function = RadioField("功能", choices=[SelectChoice(kind.value, title) for kind, title in FUNCTION_TITLE.items()])
    province_code = SelectField("范围", validate_choice=False)


def _form(**values: Any) -> SuspensionForm:
    form = SuspensionForm(**values)
    provinces = db.session.execute(select(Province.code, Province.name).order_by(Province.code))
    form.province_code.choices = [SelectChoice(EVERYWHERE, WHOLE), *(SelectChoice(*row) for row in provinces)]
    return form


def _page(form: SuspensionForm, refusal: Refusal | None = None) -> tuple[str, int]:
    if refusal:
        form.blame(refusal.fields)
    page = render_template(
        "staff/suspensions.html",
        form=form,
        suspended=[(row, FUNCTION_TITLE[Kind(row.function)], name or WHOLE) for row, name in suspending.suspended()],
        refusal=cases.said(refusal) if refusal else None,
    )
    return page, STATUS[refusal.code] if refusal else 200


@blueprint.get("/suspensions")
@access.policy("staff", Role.OPERATOR)
def suspensions() -> Any:
    """List what is suspended, and suspend more."""
    return _page(_form(formdata=None))


@blueprint.post("/suspensions/<any(suspend, resume):what>")
@access.policy("staff", Role.OPERATOR)
def suspensions_switch(what: str) -> Any:
    """Suspend a function, or let it go on."""
    form, actor = _form(), access.actor()
    if form.function.data not in list(Kind):
        form.function.errors = ["请选择一项功能。"]
        return _page(form)[0], 422
    function, province = Kind(form.function.data), form.province_code.data or EVERYWHERE
    try:
        write(lambda: suspending.switch(actor, function, province, what == "suspend", form.reason.data))
    except Refused as refused:
        return _page(form, refused.refusal)
    done = "已暂缓开通" if what == "suspend" else "已恢复"
    flash(f"“{FUNCTION_TITLE[function]}”{done}。", "success")
    return redirect(url_for("staff.suspensions"), 303)
