"""The invitation's form, made from the table of the agreement form: fields as typed, prefilled, checked, read back."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field as WebField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import DateInput, DateTimeLocalInput

from app import codes, printable
from app.models import Employer
from app.people import employer_contact
from app.terms import DEADLINE, DEADLINE_LABEL
from workflows import agreement_form
from workflows.agreement_form import FIELDS, OPTIONAL_ONLINE, Cleaned, Field
from workflows.calendar import BEIJING
from workflows.case import Refusal
from workflows.form_fields import as_typed

GROUPS = agreement_form.SECTIONS
FIXED = ("employer_name", "credit_code")  # always the verified values, whatever is sent
REGIONS = ("region_province", "region_city", "region_code")
_LOCAL = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_KEYBOARD = {"contact_mobile": "tel", "contact_phone": "tel", "contact_email": "email", "probation_months": "numeric"}


def _required(f: Field) -> bool:
    return f.required and f.name not in OPTIONAL_ONLINE


def _web_field(f: Field) -> WebField:
    about: dict[str, Any] = {"label": f.label, "description": f.hint, "render_kw": {"required": _required(f)}}
    if f.table:
        return SelectField(validate_choice=False, **about)
    keys = about["render_kw"]
    keys["autocomplete"] = "off"
    if f.name == "supplement":
        return TextAreaField(
            **about | {"render_kw": keys | {"maxlength": f.limit, "rows": 6, "data-counter": f"{f.name}-count"}}
        )
    if f.name == "report_by":
        return StringField(widget=DateInput(), **about)
    if mode := _KEYBOARD.get(f.name) or ("decimal" if f.name.endswith("_fen") else ""):
        keys["inputmode"] = mode
    else:
        keys["maxlength"] = f.limit
    return StringField(**about)


class _Base(FlaskForm):
    """What the invitation's form has besides the fields of the table."""

    region_province = SelectField("省（自治区、直辖市）", validate_choice=False)
    region_city = SelectField("市", validate_choice=False)
    deadline_at = StringField(DEADLINE_LABEL, widget=DateTimeLocalInput(), render_kw={"required": True})
    version = HiddenField()

    def typed(self) -> dict[str, str]:
        """Return everything as it was typed, by field name: what a preview carries on."""
        return {f.name: f.data or "" for f in self if f.name != "csrf_token"}

    def blame(self, errors: Mapping[str, str]) -> None:
        """Put sentences beside their fields."""
        for name, sentence in errors.items():
            if name in self:
                self[name].errors = [sentence]

    def complaints(self) -> list[tuple[str, str]]:
        """List (field name, sentence) of everything that is wrong, in the order of the page."""
        order = [name for _, names in GROUPS for name in names] + [DEADLINE]
        return [(name, self[name].errors[0]) for name in order if self[name].errors]

    def clean(self, employer: Employer) -> Cleaned:
        """Check every field (R-OFF-1, R-ON-1) and put the sentences beside them; the deadline is `deadline()`."""
        raw = {f.name: self[f.name].data for f in FIELDS} | _verified(employer)
        cleaned = agreement_form.clean(raw, online=True, known=codes.known, unprintable=printable.unprintable)
        self.blame(cleaned.errors)
        return cleaned

    def deadline(self) -> datetime | None:
        """Return the deadline as an aware moment, from Beijing time; None, and a sentence beside it, if it is none."""
        moment = parse_local(self.deadline_at.data or "")
        if moment is None:
            self.blame({DEADLINE: f"请选择{DEADLINE_LABEL}，例如 2027-03-01 18:00。"})
        return moment


TermsForm: Any = type("TermsForm", (_Base,), {f.name: _web_field(f) for f in FIELDS})


def parse_local(text: str) -> datetime | None:
    """Return the moment that a datetime-local control names in Beijing time, or None."""
    if not _LOCAL.fullmatch(text.strip()):
        return None
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=BEIJING)
    except ValueError:
        return None


def local(moment: datetime) -> str:
    """Return a moment as a datetime-local control wants it, in Beijing time."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%dT%H:%M}"


def _verified(employer: Employer) -> dict[str, str]:
    return {"employer_name": employer.name, "credit_code": employer.credit_code}


def prefill(employer: Employer) -> dict[str, Any]:
    """Return the terms that the employer's verified data give."""
    contact = employer_contact(employer)
    return _verified(employer) | {
        "employer_kind": employer.kind_code,
        "industry": employer.industry_code,
        "region_code": employer.region_code,
        "address": employer.address,
        "contact_name": employer.contact_name,
        "contact_mobile": contact.get("mobile"),
        "contact_phone": contact.get("phone"),
        "contact_email": contact.get("email"),
    }


def filled(terms: Mapping[str, Any], deadline: datetime, version: int | None = None) -> Any:
    """Return a form that shows these terms."""
    data = {f.name: as_typed(f, terms.get(f.name)) for f in FIELDS}
    data |= {DEADLINE: local(deadline), "version": "" if version is None else str(version)}
    return _chosen(TermsForm(formdata=None, data=data | regions_of(data["region_code"])))


def sent(employer: Employer) -> Any:
    """Return the form as it was sent; the name and credit code are the employer's verified ones."""
    form = TermsForm(formdata=request.form)
    for name, value in (_verified(employer) | chosen_region(request.form)).items():
        form[name].data = value
    return _chosen(form)


def regions_of(code: str) -> dict[str, str]:
    """Return what the three selects of an address hold for a region."""
    path = codes.region_path(code)
    padded = [*path[:2], "", ""]
    return {"region_province": padded[0], "region_city": padded[1], "region_code": code}


def chosen_region(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the three levels of the address that agree with one another.

    `region_code` is the deepest one chosen, so that a region without counties counts as well; a county left over from
    another city is dropped, one that does not exist is kept for the form to refuse.
    """
    province, city, code = (typed.get(name, "").strip() for name in REGIONS)
    path = codes.region_path(code)
    if code and (not path or _below(path, province, city)):
        return regions_of(code) if path else {"region_province": province, "region_city": city, "region_code": code}
    deepest = city if _below(codes.region_path(city), province, "") and city else province
    return regions_of(deepest)


def at_region(levels: Mapping[str, str]) -> Any:
    """Return a form with an address alone, for the three selects."""
    return _chosen(TermsForm(formdata=None, data=dict(levels)))


def _below(path: list[str], province: str, city: str) -> bool:
    return (not province or path[:1] == [province]) and (not city or city in path[:2])


def _chosen(form: Any) -> Any:
    for f in FIELDS:
        if f.table and f.table != "regions":
            form[f.name].choices = offer(codes.choices(f.table))
    levels = [form[name] for name in REGIONS]
    for level, above in zip(levels, (None, *levels), strict=False):
        below = codes.regions_below(above.data or "-") if above is not None else codes.regions_below(None)
        level.choices = offer((region["code"], region["name"]) for region in below)
    return form


def offer(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return the choices of a select, “请选择” first."""
    return [SelectChoice("", "请选择"), *(SelectChoice(code, label) for code, label in pairs)]


def blame_refusal(form: Any, refusal: Refusal) -> Refusal:
    """Put a refusal's own sentences beside their fields and return it."""
    form.blame(refusal.fields)
    return refusal
