"""功能设置 of a province: modules, the agreement's kind, and how far its schools are (R-PROV-1, R-PROV-2)."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, and_, case, func, select
from wtforms.fields.choices import SelectChoice

from app import access
from app import settings as store
from app.errors import STATUS
from app.extensions import db
from app.models import Province, ProvinceModule, School
from app.paging import page_of
from app.staff import blueprint, cases
from app.staff.forms import AgreementForm, ModuleForm
from app.staff.searching import asked
from app.staff.tenant import tenant
from app.writing import write
from workflows.calendar import say
from workflows.case import Refusal, Refused
from workflows.platform_settings import AGREEMENT_TITLE, MODULE_TITLE
from workflows.vocabulary import AgreementKind, Level, Module, Role


def _province() -> Province:
    return db.session.execute(select(Province).where(Province.code == access.actor().province_code)).scalar_one()


def _page(opening: ModuleForm | None = None, change: AgreementForm | None = None, **values: Any) -> str:
    province = _province()
    rows = select(ProvinceModule).where(ProvinceModule.province_code == province.code)
    opened = {row.module: say(row.opened_at) for row in db.session.execute(rows).scalars()}
    chosen = sorted(store.agreement_choices(province.code).items())
    return render_template(
        "staff/functions.html",
        modules=[(module, MODULE_TITLE[module], opened.get(module.value)) for module in access.seen_modules()],
        writes=access.seen_modules(Level.WRITE),
        chosen=[(cohort, AGREEMENT_TITLE[kind]) for cohort, kind in chosen],
        opening=opening or ModuleForm(formdata=None),
        change=change or _change_form(formdata=None),
        **values,
    )


def _change_form(**values: Any) -> AgreementForm:
    form = AgreementForm(**values)
    cohorts = range(tenant().cohort + 1, tenant().cohort + 4)
    form.from_cohort.choices = [SelectChoice(cohort, f"{cohort}届") for cohort in cohorts]
    return form


def _refused(refusal: Refusal, opening: ModuleForm | None = None, change: AgreementForm | None = None) -> Any:
    (opening or change or ModuleForm()).blame(refusal.fields)
    return _page(opening, change, refusal=cases.said(refusal)), STATUS[refusal.code]


@blueprint.get("/functions")
@access.policy("staff", Role.PROVINCE, level=Level.READ, module=access.ANY)
def functions() -> Any:
    """Show the modules that the account sees and, with the first one, the agreement's kind."""
    return _page()


@blueprint.post("/functions/<module>/open")
@access.policy("staff", Role.PROVINCE, level=Level.WRITE, module=None)
def functions_open(module: str) -> Any:
    """Open a module for good; the first one with the agreement's kind."""
    form, actor, wanted = ModuleForm(), access.actor(), Module(module)
    kind = _kind(form.agreement_kind.data)
    try:
        write(lambda: store.open_module(actor, _province(), wanted, kind))
    except Refused as refused:
        return _refused(refused.refusal, opening=form)
    flash(f"“{MODULE_TITLE[wanted]}”已开启。", "success")
    return redirect(url_for("staff.functions"), 303)


def _kind(text: str | None) -> AgreementKind | None:
    return AgreementKind(text) if text in list(AgreementKind) else None


@blueprint.post("/functions/agreement")
@access.policy("staff", Role.PROVINCE, level=Level.WRITE)
def functions_agreement() -> Any:
    """Change the agreement's kind for a coming cohort."""
    form, actor = _change_form(), access.actor()
    kind, cohort = _kind(form.agreement_kind.data), form.from_cohort.data
    if kind is None or cohort is None:
        form.validate()
        return _page(change=form), 422
    try:
        write(lambda: store.choose_agreement(actor, _province(), kind, cohort))
    except Refused as refused:
        return _refused(refused.refusal, change=form)
    flash(f"自{cohort}届起使用{AGREEMENT_TITLE[kind]}。", "success")
    return redirect(url_for("staff.functions"), 303)


def _done() -> tuple[ColumnElement[bool], ColumnElement[datetime]]:
    """Return whether a school has completed the settings, and when; it counts for every opened module one sees."""
    seen = access.seen_modules()
    opened = store.opened_modules(access.actor().province_code or "")
    counting = [module for module in seen if module in opened] or seen[:1]
    columns = [getattr(School, store.COMPLETED[module]) for module in counting]
    done = and_(*(column.is_not(None) for column in columns))
    latest = columns[0]
    for column in columns[1:]:
        latest = case((column > latest, column), else_=latest)
    return done, case((done, latest))


@blueprint.get("/schools")
@access.policy("staff", Role.PROVINCE, level=Level.READ, module=access.ANY)
def schools() -> Any:
    """List the province's schools and whether each has completed its settings."""
    scope = access.scope(access.actor(), School)
    done, at = _done()
    query = select(School.public_id, School.name, School.code, School.city, at.label("completed_at")).where(scope)
    name = asked("name").get("name", "")
    complete = request.args.get("complete", "")
    if name:
        query = query.where(School.name.contains(name, autoescape=True))
    if complete in ("yes", "no"):
        query = query.where(done if complete == "yes" else ~done)
    counted = select(func.count(School.id), func.count(at)).where(scope)
    in_all, done_in_all = db.session.execute(counted).one()
    return render_template(
        "staff/schools.html",
        page=page_of(query, School, (School.code, School.id)),
        name=name,
        complete=complete,
        in_all=in_all,
        done_in_all=done_in_all,
        say=say,
    )
