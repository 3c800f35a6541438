"""The terms of an agreement in words, and what differs between two versions of them, old → new (R-INV-1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app import codes
from app.agreement_fields import EMPTY
from app.snapshots import yuan
from workflows.agreement_form import BY_NAME, changes
from workflows.calendar import say
from workflows.form_fields import Field, FieldType

DEADLINE = "deadline_at"
DEADLINE_LABEL = "应约截止时间"


class Change(NamedTuple):
    """One thing that differs: field name, label, old and new in words."""

    field: str
    label: str
    old: str
    new: str


def readable(name: str, value: Any) -> str:
    """Return a term of the agreement as a person reads it; “--” for none."""
    return in_words(BY_NAME[name], value)


def in_words(field: Field, value: Any) -> str:
    """Return the value of a form's field as a person reads it; “--” for none."""
    if value is None or value == "":
        return EMPTY
    if field.table == "regions":
        return codes.region_name(value)
    if field.table:
        return codes.label(field.table, value)
    if field.options:
        return dict(field.options).get(value, value)
    if field.type == FieldType.MONEY:
        return yuan(value, field.hint)
    return f"{value}个月" if field.type == FieldType.MONTHS else str(value)


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], old_deadline: datetime | None, new_deadline: datetime | None
) -> list[Change]:
    """List what differs between two versions of terms and deadline, in the order of the form, the deadline last."""
    listed = [
        Change(name, BY_NAME[name].label, readable(name, then), readable(name, now))
        for name, then, now in changes(old, new)
    ]
    if old_deadline and new_deadline and old_deadline != new_deadline:
        listed.append(Change(DEADLINE, DEADLINE_LABEL, say(old_deadline), say(new_deadline)))
    return listed
