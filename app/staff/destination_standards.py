"""What the operator keeps for destinations: minimum wages and national codes; rows are added (R-DEST-1, R-DEST-4)."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app import access, codes, destination_forms
from app.clock import now
from app.destination_content import type_name
from app.extensions import db
from app.models import DestinationCode, MinimumWage
from app.staff import blueprint
from app.staff.forms import Form
from app.writing import write
from workflows.calendar import beijing_day
from workflows.catalogue.destinations import FORMS
from workflows.form_fields import Field, FieldType, clean_fields
from workflows.vocabulary import Role

PAY = Field("monthly_yuan", "每月金额（元）", FieldType.MONEY)


class WageForm(Form):
    """A minimum wage of a province from a day on."""

    province_code = SelectField("省（自治区、直辖市）", validate_choice=True)
    monthly_yuan = StringField(PAY.label, render_kw={"inputmode": "decimal", "maxlength": 12})
    valid_from = DateField("自何日起", [InputRequired("请填写起始日期。")])
    confirmed = BooleanField("已与公布的标准核对")


class CodeForm(Form):
    """The national code of a form between two days."""

    form = SelectField("去向类型", choices=[SelectChoice(name, type_name(name)) for name in FORMS])
    code = StringField("全国代码", [InputRequired("请填写代码。"), Length(max=10, message="代码最多 10 位。")])
    label = StringField("代码名称", [InputRequired("请填写名称。"), Length(max=60, message="名称最多 60 字。")])
    valid_from = DateField("自何日起", [InputRequired("请填写起始日期。")])
    valid_to = DateField("至何日止", [Optional()])
    confirmed = BooleanField("已与主管部门核对")


def _wage_form() -> Any:
    form = WageForm()
    form.province_code.choices = [SelectChoice(r["code"], r["name"]) for r in codes.regions_below(None)]
    return form


def _wages(form: Any) -> str:
    today = beijing_day(now())
    found = destination_forms.minimum_wages(today)
    rows = [(r["name"], found.get(r["code"])) for r in codes.regions_below(None)]
    coming = destination_forms.coming_wages(today)
    return render_template(
        "staff/minimum_wages.html", form=form, rows=rows, coming=coming, name=lambda c: codes.label("regions", c)
    )


@blueprint.get("/minimum-wages")
@access.policy("staff", Role.OPERATOR)
def minimum_wages() -> Any:
    """List the minimum wage in force in every province (R-DEST-4)."""
    return _wages(_wage_form())


@blueprint.post("/minimum-wages")
@access.policy("staff", Role.OPERATOR)
def minimum_wage_add() -> Any:
    """Add a minimum wage; earlier rows stay as they are."""
    form, operator = _wage_form(), access.actor().id
    cleaned = clean_fields((PAY,), {PAY.name: form.monthly_yuan.data}, codes.known)
    if not form.validate() or cleaned.errors:
        form.blame(cleaned.errors)
        return _wages(form), 422
    province, day, sure = form.province_code.data, form.valid_from.data, form.confirmed.data
    row = {"province_code": province, "valid_from": day, "confirmed": sure, "fen": cleaned.values[PAY.name]}
    write(lambda: db.session.add(MinimumWage(**row, set_by=operator, set_at=now())))
    flash("已保存最低工资标准。", "success")
    return redirect(url_for("staff.minimum_wages"), 303)


def _codes(form: Any) -> str:
    today = beijing_day(now())
    rows = [(name, type_name(name), destination_forms.national_code(name, today)) for name in FORMS]
    return render_template("staff/destination_codes.html", form=form, rows=rows, changes=_changes())


def _changes() -> list[dict[str, Any]]:
    return [{"type": type_name(row.form), "row": row} for row in destination_forms.code_changes()]


@blueprint.get("/destination-codes")
@access.policy("staff", Role.OPERATOR)
def destination_codes() -> Any:
    """List the national code in force of every form, and what has been changed (R-DEST-1)."""
    return _codes(CodeForm())


@blueprint.post("/destination-codes")
@access.policy("staff", Role.OPERATOR)
def destination_code_add() -> Any:
    """Add a mapping between two days; earlier rows stay as they are."""
    form, operator = CodeForm(), access.actor().id
    valid = form.validate()
    if valid and form.valid_to.data and form.valid_to.data < form.valid_from.data:
        form.blame({"valid_to": "结束日期不能早于起始日期。"})
        valid = False
    if not valid:
        return _codes(form), 422
    row = {name: form[name].data for name in ("form", "code", "label", "valid_from", "valid_to", "confirmed")}
    write(lambda: db.session.add(DestinationCode(**row, set_by=operator, set_at=now())))
    flash("已保存代码对应。", "success")
    return redirect(url_for("staff.destination_codes"), 303)
