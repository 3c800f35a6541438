"""What two values of a form say about each other: code and kind of the employer, pay and place, one day and another."""

from collections.abc import Collection
from datetime import date
from typing import Any

from workflows import codes
from workflows.catalogue.entry import Check, Standards

_PUBLIC = ("1", "5", "9", "A")  # founded by the state, as a private non-profit, as a company, by the army
# The beginnings of a credit code (GB 32100-2015) that an employer of a kind can have. Generous: whoever is not named
# here may have any code, and only a plain contradiction is refused.
PREFIXES: dict[str, tuple[str, ...]] = {
    "10": ("1",),
    "20": _PUBLIC,
    "21": _PUBLIC,
    "22": _PUBLIC,
    "23": _PUBLIC,
    "29": _PUBLIC,
    "31": ("9",),
    "32": ("9",),
    "33": ("92",),
    "39": ("3", "9", "N"),
    "40": ("1", "A"),
    "55": ("1", "5", "N"),
    "56": ("1", "5", "N"),
}
YEARS_BACK, YEARS_AHEAD = 5, 10

Values = dict[str, Any]


def credit_code_fits(code: str, employer_kind: str) -> bool:
    """Say whether an employer of this kind (单位性质) can have this valid credit code."""
    return code.startswith(PREFIXES.get(employer_kind, ("",)))


def code_fits_kind(values: Values, standards: Standards) -> dict[str, str]:
    """Refuse a credit code whose first characters contradict the employer's kind."""
    code, kind = values.get("credit_code"), values.get("employer_kind")
    if not code or not kind or credit_code_fits(code, kind):
        return {}
    holder = "".join(codes.credit_code_holder(code))
    return {"credit_code": f"统一社会信用代码以 {code[:2]} 开头（{holder}），与所选的单位性质不符，请核对这两项。"}


def pays_the_minimum(values: Values, standards: Standards) -> dict[str, str]:
    """Refuse a pay under the minimum wage of the province where the work is done (R-DEST-4)."""
    pay, region = values.get("pay_fen"), values.get("region_code")
    least = standards.minimum_wage(region) if region else None
    if pay is None or least is None or pay >= least:
        return {}
    said = f"月收入 {pay / 100:.2f} 元低于当地最低工资标准 {least / 100:.2f} 元/月，不能按此去向登记，请核实。"
    return {"pay_fen": said}


def abroad(values: Values, standards: Standards) -> dict[str, str]:
    """Refuse mainland China as the country or region of a destination abroad."""
    return {"country": "国家（地区）请选择境外的国家或地区。"} if values.get("country") == "CN" else {}


def employed_by(kinds: Collection[str], sentence: str) -> Check:
    """Return a check that refuses employers of any other kind with this sentence."""

    def check(values: Values, standards: Standards) -> dict[str, str]:
        kind = values.get("employer_kind")
        return {"employer_kind": sentence} if kind and kind not in kinds else {}

    return check


def in_order(first: str, last: str, sentence: str) -> Check:
    """Return a check that refuses a last day before the first one with this sentence."""

    def check(values: Values, standards: Standards) -> dict[str, str]:
        begin, end = values.get(first), values.get(last)
        return {last: sentence} if begin and end and end < begin else {}

    return check


def plausible(name: str, label: str) -> Check:
    """Return a check that refuses a day more than a few years away: a slip of the keyboard."""

    def check(values: Values, standards: Standards) -> dict[str, str]:
        if not values.get(name):
            return {}
        years = date.fromisoformat(values[name]).year - standards.today.year
        return {} if -YEARS_BACK <= years <= YEARS_AHEAD else {name: f"{label}的年份不合常理，请核对。"}

    return check


def not_later_than_today(name: str, label: str) -> Check:
    """Return a check that refuses a day that has not come yet."""

    def check(values: Values, standards: Standards) -> dict[str, str]:
        day = values.get(name)
        return {name: f"{label}不能晚于今天。"} if day and day > standards.today.isoformat() else {}

    return check
