"""Comparing what stands on the paper with what is stored: one field, or the graduate by name and number (R-QR-1)."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflows.identity import same_name

MATCH, MISMATCH = "match", "mismatch"
PERSON = "person"
TAIL = 6  # of the identity number
LONGEST = 200

# Key in the form -> label, and where the value stands in the snapshot.
FIELDS: dict[str, tuple[str, tuple[str, str]]] = {
    "number": ("协议书编号", ("agreement", "number")),
    "employer": ("用人单位名称", ("employer", "name")),
    "credit_code": ("组织机构代码（统一社会信用代码）", ("employer", "credit_code")),
    "school": ("毕业院校", ("graduate", "school")),
    "department": ("院系", ("graduate", "department")),
    "major": ("专业", ("graduate", "major")),
    "position": ("职位名称", ("job", "职位名称")),
    "probation": ("试用期", ("job", "试用期")),
    "probation_pay": ("试用起薪", ("job", "试用起薪")),
    "pay": ("转正起薪", ("job", "转正起薪")),
    "penalty": ("违约金", ("job", "违约金")),
    "household_archive": ("是否解决户档", ("job", "是否解决户档")),
    "report_place": ("报到地点", ("job", "报到地点")),
    "report_by": ("报到期限", ("job", "报到期限")),
    "work_place": ("实际工作地点", ("job", "实际工作地点")),
    "supplement": ("协议补充内容", ("", "supplement")),
}
_AMOUNTS = frozenset({"probation", "probation_pay", "pay", "penalty", "report_by"})


def plain(text: str) -> str:
    """Return a text without what a keyboard may change: width, case, blanks; “无” and dashes alone mean nothing."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
    return "" if re.fullmatch(r"无|[-–—/]+", folded) else folded


def _numbers(text: str) -> list[Decimal]:
    return [Decimal(found) for found in re.findall(r"[0-9]+(?:\.[0-9]+)?", plain(text).replace(",", ""))]


def field(facts: Mapping[str, Any], number: str, name: str, typed: str) -> str:
    """Say whether a typed value is that of the agreement. Amounts and dates compare by their numbers alone.

    `facts` is the snapshot, `number` the agreement's, `name` a key of FIELDS (KeyError otherwise).
    """
    part, key = FIELDS[name][1]
    whole = {**facts, "agreement": {"number": number}, "": facts}
    stored = str(whole[part].get(key) or "")
    same = plain(stored) == plain(typed)
    if name in _AMOUNTS and not same:
        same = bool(_numbers(stored)) and _numbers(stored) == _numbers(typed)
    return MATCH if same else MISMATCH


def person(facts: Mapping[str, Any], name: str, tail: str) -> str:
    """Say whether the agreement's graduate has this name and an identity number that ends in these six characters."""
    graduate = facts["graduate"]
    ending = plain(tail).upper()
    same = len(ending) == TAIL and graduate["id_number"].endswith(ending) and same_name(graduate["name"], name)
    return MATCH if same else MISMATCH
