"""The form of an archive or household transfer (R-TRF-1, S3 §6)."""

from collections.abc import Mapping
from typing import Any

from workflows.form_fields import Cleaned, Field, FieldType, KnownCode, clean_fields
from workflows.vocabulary import Module

EMPLOYER, TRUSTEE, SUPERIOR, HOME = "employer", "trustee", "superior", "home"
TYPES: tuple[tuple[str, str], ...] = (
    (EMPLOYER, "签约单位接收"),
    (TRUSTEE, "托管单位接收"),
    (SUPERIOR, "上级主管单位接收"),
    (HOME, "回生源地"),
)
TITLE = {Module.ARCHIVE: "档案转寄", Module.HOUSEHOLD: "户口迁转"}


def _fields(word: str) -> tuple[Field, ...]:
    return (
        Field("type_code", f"{word}类型", FieldType.CHOICE, options=TYPES),
        Field("receiver", f"{word}接收单位", FieldType.LINE, limit=100),
        Field("region_code", f"{word}地址（省市区）", FieldType.CHOICE, table="regions"),
        Field("address", f"{word}地址（详细）", FieldType.LINE, limit=120),
        Field("contact_name", "接收联系人", FieldType.LINE, limit=30),
        Field("contact_phone", "接收联系电话", FieldType.PHONE),
        Field("postcode", "邮政编码", FieldType.POSTCODE),
    )


FIELDS: dict[Module, tuple[Field, ...]] = {module: _fields(word) for module, word in TITLE.items()}

# What the employer's 户档 answer (code table household_archive) means for the type; 不接收 leads home.
_TYPE_OF_ANSWER = {"employer": EMPLOYER, "trustee": TRUSTEE, "superior": SUPERIOR, "none": HOME}


def clean(module: Module, raw: Mapping[str, Any], known: KnownCode) -> Cleaned:
    """Check a filled-in form field by field; the arguments are those of `clean_fields`."""
    return clean_fields(FIELDS[module], raw, known)


def prefill(terms: Mapping[str, Any], origin_region: str) -> dict[str, str]:
    """Return what the form opens with, as typed, from the terms of the placement in force ({} without one; R-TRF-1).

    `origin_region` is the code of the graduate's 生源地. Of the receivers only a signing employer's address is known.
    """
    type_code = _TYPE_OF_ANSWER.get(terms.get("household_archive") or "", "")
    if type_code == HOME:
        return {"type_code": HOME, "region_code": origin_region}
    if type_code != EMPLOYER:
        return {"type_code": type_code} if type_code else {}
    own = {
        "type_code": EMPLOYER,
        "receiver": terms.get("employer_name"),
        "region_code": terms.get("region_code"),
        "address": terms.get("address"),
        "contact_name": terms.get("contact_name"),
        "contact_phone": terms.get("contact_phone") or terms.get("contact_mobile"),
    }
    return {name: value for name, value in own.items() if value}


def changes(module: Module, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """List the fields that differ as (name, old, new), in the order of the form."""
    names = [f.name for f in FIELDS[module]]
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]
