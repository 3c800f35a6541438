"""What the destination forms are checked against and reported as: minimum wages, national codes, code tables."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import codes
from app.clock import now
from app.extensions import db
from app.models import DestinationCode, MinimumWage
from workflows.calendar import beijing_day
from workflows.catalogue.cleaning import clean
from workflows.catalogue.codes import code_on
from workflows.catalogue.destinations import FORMS
from workflows.catalogue.entry import Form, NationalCode, Standards
from workflows.catalogue.schema import form_schema
from workflows.form_fields import Cleaned
from workflows.form_schema import Schema

TYPE = "type_code"  # stands among the fields of a destination: the name of its form
CHOOSE = {TYPE: "请选择毕业去向类型。"}


def minimum_wages(day: date) -> dict[str, MinimumWage]:
    """Return the minimum wage in force on a day, by province code (R-DEST-4)."""
    in_order = select(MinimumWage).where(MinimumWage.valid_from <= day)
    in_order = in_order.order_by(MinimumWage.valid_from, MinimumWage.id)
    return {row.province_code: row for row in db.session.execute(in_order).scalars()}


def coming_wages(day: date) -> list[MinimumWage]:
    """Return the minimum wages that begin after a day, the next ones first."""
    later = select(MinimumWage).where(MinimumWage.valid_from > day).order_by(MinimumWage.valid_from, MinimumWage.id)
    return list(db.session.execute(later).scalars())


def code_changes() -> list[DestinationCode]:
    """Return everything that the operator has set, the newest first."""
    return list(db.session.execute(select(DestinationCode).order_by(DestinationCode.id.desc())).scalars())


def standards(at: datetime) -> Standards:
    """Return what a destination form is checked against at a moment."""
    day = beijing_day(at)
    wages = {province: row.fen for province, row in minimum_wages(day).items()}
    return Standards(codes.known, lambda region: wages.get(f"{region[:2]}0000"), day)


def national_code(form: str, day: date) -> NationalCode | None:
    """Return the code that a form is reported under on a day: the operator's, else the catalogue's (R-DEST-1)."""
    rows = db.session.execute(
        select(DestinationCode).where(DestinationCode.form == form).order_by(DestinationCode.id)
    ).scalars()
    changes = [NationalCode(r.code, r.label, r.confirmed, r.valid_from, r.valid_to) for r in rows]
    return code_on(FORMS[form], day, changes)


def codes_set() -> dict[str, list[NationalCode]]:
    """Return the codes that the operator has set, the oldest first, by form: one statement."""
    changes: dict[str, list[NationalCode]] = {}
    for r in reversed(code_changes()):
        changes.setdefault(r.form, []).append(NationalCode(r.code, r.label, r.confirmed, r.valid_from, r.valid_to))
    return changes


def national_codes(day: date) -> dict[str, str]:
    """Return the national code of every form that has one on a day, by form: one statement."""
    changes = codes_set()
    found = {name: code_on(form, day, changes.get(name, ())) for name, form in FORMS.items()}
    return {name: code.code for name, code in found.items() if code}


def schema(form: str) -> Schema:
    """Return the JSON Schema of a form with the codes that may be chosen now."""
    return form_schema(FORMS[form], codes.choices)


def title(form: Form, values: Mapping[str, Any]) -> str:
    """Return how a destination is called on a card: its form and whom it leads to."""
    whom = values.get("employer_name") or values.get("school_name") or ""
    return f"{form.label}：{whom}" if whom else form.label


def clean_destination(typed: Mapping[str, Any]) -> Cleaned:
    """Check a destination's form as it was typed, its type among the fields; the values have a title as well."""
    name = typed.get(TYPE)
    form = FORMS.get(name) if isinstance(name, str) else None
    if form is None:
        return Cleaned({}, dict(CHOOSE))
    cleaned = clean(form, typed, standards(now()))
    return Cleaned(cleaned.values | {TYPE: form.name, "title": title(form, cleaned.values)}, cleaned.errors)
