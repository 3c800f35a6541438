"""签约设置: what a school fills in about itself, and its choices (R-SCH-1, R-SCH-2, R-ON-6, R-MSG-2)."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import select

from app import access, printable, texts
from app import settings as store
from app.errors import STATUS
from app.extensions import db
from app.models import School
from app.staff import blueprint, cases
from app.staff.forms import SchoolForm
from app.writing import write
from workflows.case import Refusal, Refused
from workflows.platform_settings import MODULE_TITLE, SCHOOL_FIELDS
from workflows.vocabulary import Code, Level, Module, Role


def own_school() -> School:
    """Return the caller's school."""
    return db.session.execute(select(School).where(School.id == access.actor().school_id)).scalar_one()


def _page(school: School, form: SchoolForm | None = None, **values: Any) -> str:
    form = form or SchoolForm(formdata=None, obj=school)
    form.version.data, form.version.raw_data = school.version, None
    opened = store.opened_modules(school.province_code)
    mine = [module for module in access.seen_modules() if module in opened]
    missing = [MODULE_TITLE[module] for module in mine if not store.completed(school, module)]
    notice = texts.public(texts.current("binding_notice"))
    return render_template(
        "staff/settings.html", school=school, form=form, notice=notice, missing=missing, **_rights(mine), **values
    )


def _rights(mine: list[Module]) -> dict[str, Any]:
    """Return what the page shows and lets be changed: 读写 in one opened module is enough (R-SCH-1, R-ACC-1)."""
    writes = access.seen_modules(Level.WRITE)
    return {
        "opened": bool(mine),
        "closed": [MODULE_TITLE[module] for module in access.seen_modules()],
        "may_write": bool(set(mine) & set(writes)),
        "signing": Module.PLACEMENT in writes,
    }


@blueprint.get("/settings")
@access.policy("staff", Role.SCHOOL, level=Level.READ, module=access.ANY)
def settings() -> Any:
    """Show the school's settings."""
    return _page(own_school())


@blueprint.post("/settings")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE, module=access.ANY)
def settings_save() -> Any:
    """Store the school's settings; from then on its graduates can use the modules of this account."""
    form, actor = SchoolForm(), access.actor()
    raw = {name: form[name].data or "" for name in SCHOOL_FIELDS}
    writes, school = access.seen_modules(Level.WRITE), own_school()
    notice = form.binding_notice.data if Module.PLACEMENT in writes else school.binding_notice
    ticks, fallback = (form.department_review.data, notice), form.sms_fallback.data
    version = -1 if form.version.data is None else form.version.data
    try:
        _refuse_unprintable(raw)
        write(lambda: store.save_school(actor, own_school(), raw, *ticks, version, fallback, writes))
    except Refused as refused:
        form.blame(refused.refusal.fields)
        return _page(own_school(), form, refusal=cases.said(refused.refusal)), STATUS[refused.refusal.code]
    flash("签约设置已保存。", "success")
    return redirect(url_for("staff.settings"), 303)


def _refuse_unprintable(raw: dict[str, str]) -> None:
    """Refuse what the agreement could not print, where it is typed (R-PDF-1)."""
    errors = {}
    for name, (label, _) in SCHOOL_FIELDS.items():
        if bad := printable.unprintable(raw[name]):
            errors[name] = f"{label}含有协议书字体无法打印的字符“{bad}”，请更换后再提交。"
    if errors:
        raise Refused(Refusal(Code.NO_SUCH_VALUE, "有内容填写不正确，请按提示修改。", fields=errors))
