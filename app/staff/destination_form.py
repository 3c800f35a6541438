"""The form in which staff correct a destination, made from the catalogue (R-DEST-2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import Field as WebField
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateInput, HiddenInput

from app import codes
from app.destination_content import type_name
from app.destination_forms import TYPE
from app.staff.forms import Form
from workflows.catalogue.entry import Form as DestinationForm
from workflows.form_fields import Field, FieldType

REGION = "region_code"


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
    if f.type == FieldType.MONEY:
        about["render_kw"] |= {"inputmode": "decimal"}
    elif f.type in (FieldType.LINE, FieldType.WEB_ADDRESS):
        about["render_kw"] |= {"maxlength": f.limit}
    return StringField(**about)


def correction_form(form: DestinationForm, names: Iterable[str], data: Mapping[str, Any] | None) -> Any:
    """Return a form with this form's fields and the types that the graduate may have; `data` None: as it was sent."""
    members: dict[str, Any] = {f.name: _web_field(f) for f in form.fields}
    members[TYPE] = SelectField(
        "毕业去向类型", choices=[SelectChoice(n, type_name(n)) for n in names], validate_choice=False
    )
    members["version"] = IntegerField(widget=HiddenInput())
    made = type("CorrectionForm", (Form,), members)
    return made() if data is None else made(formdata=None, data=dict(data))
