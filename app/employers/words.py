"""The terms of an invitation in words, by group, as the pages of the employer show them (R-INV-1)."""

from collections.abc import Mapping
from typing import Any

from app import codes
from app.employers.terms_form import GROUPS
from app.terms import readable
from workflows.agreement_form import BY_NAME


def blocks(terms: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (title, [(label, value)]) of every group, the address in one piece, as the agreement prints it."""
    return [(title, [_pair(name, terms) for name in names if name != "region_code"]) for title, names in GROUPS]


def _pair(name: str, terms: Mapping[str, Any]) -> tuple[str, str]:
    value = readable(name, terms.get(name))
    if name == "address":
        return "通讯地址", codes.region_name(terms.get("region_code")) + value
    return BY_NAME[name].label, value
