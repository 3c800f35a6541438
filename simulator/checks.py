"""What a report must look like: required fields, national codes, nothing unknown."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from simulator.ledger import EDITABLE

KINDS = ("placement", "archive", "household")
STATUSES = ("in_force", "ended", "none")

CODES: dict[str, set[str]] = {
    name: set(codes) for name, codes in json.loads((Path(__file__).parent / "national_codes.json").read_text()).items()
}
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Check = Callable[[Any], bool]


def _text(longest: int) -> Check:
    return lambda value: isinstance(value, str) and 0 < len(value) <= longest


def _like(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _code(table: str) -> Check:
    return lambda value: isinstance(value, str) and value in CODES[table]


def _region(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{6}", value) is not None and value[:2] in CODES["province"]


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def credit_code(value: Any) -> bool:
    """Say whether a value is a unified social credit code with its right last character (GB 32100-2015)."""
    if not isinstance(value, str) or not re.fullmatch(f"[{_CREDIT}]{{18}}", value):
        return False
    total = sum(pow(3, place, 31) * _CREDIT.index(character) for place, character in enumerate(value[:17]))
    return value[17] == _CREDIT[-total % 31]


def _details(value: Any) -> bool:
    return isinstance(value, dict) and all(
        re.fullmatch("[a-z_]{1,40}", name) and isinstance(each, str | int) and len(str(each)) <= 1000
        for name, each in value.items()
    )


def _whole(least: int, most: int) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


_RECORD = _like(r"[0-9a-f]{20}")
ENVELOPE: dict[str, Check] = {
    "school_code": _like(r"\d{5}"),
    "student_number": _text(30),
    "cohort": _whole(2000, 2100),
    "kind": lambda value: value in KINDS,
    "sequence": _whole(1, 10**9),
    "status": lambda value: value in STATUSES,
    "changed_at": _moment,
    "content": lambda value: isinstance(value, dict),
}
PLACEMENT: dict[str, Check] = {
    "record": _RECORD,
    "channel": lambda value: value in ("online", "offline", "paper", "destination"),
    "form": _like(r"[a-z_]{1,40}"),
    "destination_code": _code("destination"),
    "approved_on": _day,
    "agreement_number": _like(r"\d{18}"),
    "employer_name": _text(120),
    "credit_code": credit_code,
    "employer_kind_code": _code("employer_kind"),
    "industry_code": _code("industry"),
    "region_code": _region,
    "address": _text(200),
    "position_category_code": _code("position_category"),
    "position": _text(60),
    "household_archive": lambda value: value in ("employer", "trustee", "superior", "none"),
    "signed_on": _day,
    "starts_on": _day,
    "ends_on": _day,
    "country_code": _like(r"[A-Z]{2,3}|\d{3}"),
    "study_school": _text(200),
    "study_school_original": _text(200),
    "study_major": _text(200),
    "study_major_original": _text(200),
    "conscription_office": _text(60),
    "details": _details,
}
TRANSFER: dict[str, Check] = {
    "record": _RECORD,
    "type_code": lambda value: value in ("employer", "trustee", "superior", "home"),
    "region_code": _region,
    "address": _text(200),
    "receiver": _text(120),
    "contact_name": _text(60),
    "contact_phone": _text(30),
    "postcode": _like(r"\d{6}"),
}
ENDED: dict[str, Check] = {
    "record": _RECORD,
    "ended_on": _day,
    "ending": lambda value: value in ("terminated", "voided", "replaced"),
    "mark": lambda value: value in ("forced", "unilateral"),
}
# The national list has no code for graduates who were promised to somebody before they studied.
WITHOUT_CODE = "commissioned"
AGREEMENT = (
    "destination_code",
    "employer_name",
    "credit_code",
    "employer_kind_code",
    "industry_code",
    "region_code",
    "address",
)
TRANSFER_NEEDS = ("type_code", "region_code", "address", "receiver", "contact_name", "contact_phone", "postcode")


def _problems(values: Mapping[str, Any], table: Mapping[str, Check], needed: tuple[str, ...]) -> dict[str, str]:
    found = {name: "missing" for name in needed if values.get(name) in (None, "")}
    found |= {name: "unknown field" for name in values if name not in table}
    wrong = (name for name, value in values.items() if name in table and name not in found and not table[name](value))
    return found | dict.fromkeys(wrong, "invalid")


def _in_force(kind: str, content: Mapping[str, Any]) -> dict[str, str]:
    if kind != "placement":
        return _problems(content, TRANSFER, TRANSFER_NEEDS)
    needed: tuple[str, ...] = ("record", "channel", "approved_on")
    if content.get("channel") != "destination":
        needed += AGREEMENT
    elif content.get("form") != WITHOUT_CODE:
        needed += ("form", "destination_code")
    return _problems(content, PLACEMENT, needed)


def problems(report: Any) -> dict[str, str]:
    """Return what is wrong with a report: field -> missing, invalid or unknown field; {} when it can be stored."""
    if not isinstance(report, dict):
        return {"body": "invalid"}
    if found := _problems(report, ENVELOPE, tuple(name for name in ENVELOPE if name != "content")):
        return found
    content = report["content"]
    if report["status"] == "in_force":
        return _in_force(report["kind"], content)
    return _problems(content, ENDED, ("record", "ended_on") if report["status"] == "ended" else ())


def edit_problems(kind: str, content: Any) -> dict[str, str]:
    """Return what is wrong with an archive or household edit typed on the far side."""
    if kind not in EDITABLE:
        return {"kind": "read only"}
    return _in_force(kind, content) if isinstance(content, dict) else {"content": "invalid"}
