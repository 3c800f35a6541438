"""The forms of registration and verification, made from the tables of `workflows.employer_form` (R-EMP-1)."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms import Field as WebField

from app import codes, employer_registration
from app.employers.terms_form import REGIONS, chosen_region, offer, regions_of
from workflows import employer_form
from workflows.employer_form import ACCOUNT, CREDIT_CODE, OFFICER, ORGANISATION
from workflows.form_fields import Cleaned, Field, FieldType

TRUE_DATA = "以上内容真实有效，并已取得网签负责人本人同意"
_KEYBOARD = {FieldType.MOBILE: "tel", FieldType.PHONE: "tel", FieldType.EMAIL: "email"}
_AUTOCOMPLETE = {"username": "username", "name": "organization"}

# The forms by what they ask for.
TABLES: dict[str, tuple[Field, ...]] = {
    "register": (*ORGANISATION, *OFFICER, *ACCOUNT),
    "officer": (*CREDIT_CODE, *OFFICER, *ACCOUNT),
    "correct": (*ORGANISATION, *OFFICER),
    "correct_person": OFFICER,
}
GROUPS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "organisation": (
        ("单位信息", tuple(f.name for f in ORGANISATION[:6])),
        ("单位联系人", tuple(f.name for f in ORGANISATION[6:])),
    ),
    "credit_code": (("单位", ("credit_code",)),),
    "person": (("网签负责人", tuple(f.name for f in OFFICER)),),
    "account": (("登录账号", ("username", "password", "password_again")),),
}
SHOWN = {
    "register": GROUPS["organisation"] + GROUPS["person"] + GROUPS["account"],
    "officer": GROUPS["credit_code"] + GROUPS["person"] + GROUPS["account"],
    "correct": GROUPS["organisation"] + GROUPS["person"],
    "correct_person": GROUPS["person"],
}


def _web_field(f: Field) -> WebField:
    about: dict[str, Any] = {"label": f.label, "description": f.hint, "render_kw": {"required": f.required}}
    if f.type == FieldType.CHOICE:
        return SelectField(validate_choice=False, **about)
    about["render_kw"]["autocomplete"] = _AUTOCOMPLETE.get(f.name, "off")
    if mode := _KEYBOARD.get(f.type):
        about["render_kw"]["inputmode"] = mode
    else:
        about["render_kw"]["maxlength"] = f.limit
    return StringField(**about)


class _Base(FlaskForm):
    """What the forms have in common: the selects of an address, and where the sentences go."""

    region_province = SelectField("省（自治区、直辖市）", validate_choice=False)
    region_city = SelectField("市", validate_choice=False)
    confirmed = BooleanField(TRUE_DATA)
    what = ""

    def blame(self, errors: Mapping[str, str]) -> None:
        """Put sentences beside their fields."""
        for name, sentence in errors.items():
            if name in self:
                self[name].errors = [sentence]

    def complaints(self) -> list[tuple[str, str]]:
        """List (field name, sentence) of everything that is wrong, in the order of the page."""
        order = [name for _, names in SHOWN[self.what] for name in names] + ["confirmed"]
        return [(name, self[name].errors[0]) for name in order if name in self and self[name].errors]

    def clean(self) -> Cleaned:
        """Check every field and put the sentences beside them."""
        raw = {f.name: self[f.name].data for f in TABLES[self.what]}
        cleaned = employer_registration.clean(raw, TABLES[self.what])
        errors = dict(cleaned.errors)
        if "password" in self:
            typed = {name: self[name].data for name in employer_form.PASSWORDS}
            errors |= employer_form.password_errors(typed, cleaned.values)
        if not self.confirmed.data:
            errors["confirmed"] = f"请核对并勾选“{TRUE_DATA}”。"
        self.blame(errors)
        return Cleaned(cleaned.values, errors)


def _form(what: str) -> Any:
    fields: dict[str, Any] = {f.name: _web_field(f) for f in TABLES[what]}
    if "username" in fields:
        fields["password"] = PasswordField(
            "密码",
            description="8 至 64 位，至少包含字母、数字、符号中的两种。",
            render_kw={"autocomplete": "new-password"},
        )
        fields["password_again"] = PasswordField("再次填写密码", render_kw={"autocomplete": "new-password"})
    return type(f"{what.title()}Form", (_Base,), fields | {"what": what})


FORMS: dict[str, Any] = {what: _form(what) for what in TABLES}


def blank(what: str, values: Mapping[str, Any] | None = None) -> Any:
    """Return a form with these values, by default an empty one."""
    values = values or {}
    data = {f.name: values.get(f.name) or "" for f in TABLES[what]} | regions_of(values.get("region_code") or "")
    return _offered(FORMS[what](formdata=None, data=data))


def sent(what: str) -> Any:
    """Return the form as it was sent."""
    form = FORMS[what](formdata=request.form)
    if "region_code" in form:
        for name, value in chosen_region(request.form).items():
            form[name].data = value
    return _offered(form)


def _offered(form: Any) -> Any:
    for f in TABLES[form.what]:
        if f.options:
            form[f.name].choices = offer(f.options)
        elif f.table and f.table != "regions":
            form[f.name].choices = offer(codes.choices(f.table))
    if "region_code" in form:
        for level, above in zip(REGIONS, (None, *REGIONS), strict=False):
            below = codes.regions_below(form[above].data or "-") if above else codes.regions_below(None)
            form[level].choices = offer((region["code"], region["name"]) for region in below)
    return form
