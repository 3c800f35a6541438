"""The terms of an invitation in words, by group, and what differs between two versions (R-INV-1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app import codes
from app.api.changes import readable
from app.employers.terms_form import DEADLINE, DEADLINE_LABEL, GROUPS
from workflows.agreement_form import BY_NAME, changes
from workflows.calendar import say


class Change(NamedTuple):
    """One thing that differs: field name, label, old and new in words."""

    name: str
    label: str
    old: str
    new: str


def blocks(terms: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (title, [(label, value)]) of every group, the address in one piece, as the agreement prints it."""
    return [(title, [_pair(name, terms) for name in names if name != "region_code"]) for title, names in GROUPS]


def _pair(name: str, terms: Mapping[str, Any]) -> tuple[str, str]:
    value = readable(name, terms.get(name))
    if name == "address":
        return "通讯地址", codes.region_name(terms.get("region_code")) + value
    return BY_NAME[name].label, value


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], old_deadline: datetime | None, new_deadline: datetime | None
) -> list[Change]:
    """List what differs between two versions of terms and deadline, in the order of the form."""
    listed = [
        Change(name, BY_NAME[name].label, readable(name, then), readable(name, now))
        for name, then, now in changes(old, new)
    ]
    if old_deadline and new_deadline and old_deadline != new_deadline:
        listed.append(Change(DEADLINE, DEADLINE_LABEL, say(old_deadline), say(new_deadline)))
    return listed
