"""The form in which staff correct a record, made from the fields that may be changed (R-EDIT-1, R-DEST-2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from wtforms import Field as WebField
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateInput, HiddenInput

from app import codes
from app.destination_content import type_name
from app.destination_forms import TYPE
from app.employers import terms_form
from app.staff.forms import Form
from workflows.form_fields import Field, FieldType
from workflows.review import REASON_LIMIT

REGION = "region_code"
_KEYBOARD = {FieldType.MONEY: "decimal", FieldType.MONTHS: "numeric", FieldType.EMAIL: "email"}
_KEYBOARD |= dict.fromkeys((FieldType.MOBILE, FieldType.PHONE), "tel")


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice("", "请选择"), *(SelectChoice(code, label) for code, label in pairs)]


def _web_field(f: Field) -> WebField:
    about: dict[str, Any] = {"label": f.label, "description": f.hint, "render_kw": {"required": f.required}}
    if f.name == REGION:
        return StringField(**about)
    if f.type == FieldType.CHOICE:
        listed = f.options or codes.choices(f.table)
        return SelectField(choices=_choices(listed), validate_choice=False, **about)
    if f.type == FieldType.PARAGRAPHS:
        about["render_kw"] |= {"maxlength": f.limit, "rows": 3}
        return TextAreaField(**about)
    if f.type == FieldType.DAY:
        return StringField(widget=DateInput(), **about)
    if f.type in _KEYBOARD:
        about["render_kw"] |= {"inputmode": _KEYBOARD[f.type]}
    elif f.type in (FieldType.LINE, FieldType.WEB_ADDRESS):
        about["render_kw"] |= {"maxlength": f.limit}
    return StringField(**about)


def correction_form(fields: Iterable[Field], types: Iterable[str], data: Mapping[str, Any] | None) -> Any:
    """Return a form with these fields, the types to choose from, and the reason; `data` None: as it was sent."""
    members: dict[str, Any] = {f.name: _web_field(f) for f in fields}
    if listed := [SelectChoice(name, type_name(name)) for name in types]:
        members[TYPE] = SelectField("毕业去向类型", choices=listed, validate_choice=False)
    members["reason"] = TextAreaField("修改原因", render_kw={"maxlength": REASON_LIMIT, "rows": 3})
    members["version"] = IntegerField(widget=HiddenInput())
    made = type("CorrectionForm", (Form,), members)
    if data is not None:
        return made(formdata=None, data=dict(data))
    form = made()
    if REGION in form:
        form[REGION].data = terms_form.chosen_region(_levels(form[REGION].data or ""))[REGION]
    return form


def _levels(code: str) -> dict[str, str]:
    """Return the three levels of a region as the selects send them; without them those of a code."""
    if "region_province" in request.form:
        return {name: request.form.get(name, "") for name in terms_form.REGIONS}
    return {REGION: code}


def regions(form: Any) -> Any:
    """Return the three selects of the form's address, None where it has none."""
    if REGION not in form:
        return None
    selects = terms_form.at_region(terms_form.chosen_region(_levels(form[REGION].data or "")))
    selects[REGION].errors = form[REGION].errors
    return selects


def typed(form: Any) -> dict[str, str]:
    """Return the content as it was typed, by field name."""
    return {f.name: f.data or "" for f in form if f.name not in ("csrf_token", "version", "reason")}
