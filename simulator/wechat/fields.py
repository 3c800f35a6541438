"""What a field of a message may hold, by the type that its name begins with; too long is an error, nothing is cut."""

import re
from collections.abc import Mapping
from typing import Any

from simulator.settings import Template

_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
_DAY = r"\d{4}(年\d{1,2}月\d{1,2}日|[-/]\d{1,2}[-/]\d{1,2})"
_MOMENT = rf"({_DAY}( ?{_CLOCK})?|{_CLOCK})"
_DATE = rf"{_DAY}( ?{_CLOCK})?"

LIMITS: dict[str, str] = {
    "thing": r"[\s\S]{1,20}",
    "number": r"-?\d{1,31}(\.\d+)?",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "time": rf"{_MOMENT}(~{_MOMENT})?",
    "date": rf"{_DATE}(~{_DATE})?",
    "amount": r"[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?",
    "phone_number": r"[+\d][\d\- ]{0,16}",
    "car_number": r"[\u4e00-\u9fff]?[A-Z0-9]{5,7}[\u4e00-\u9fff]?",
    "name": r"[\u4e00-\u9fff·]{1,10}|[A-Za-z .]{1,20}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
}


def _fits(template: Template, name: str, value: str) -> bool:
    kind = re.sub(r"\d+$", "", name)
    if kind == "const":
        return value in template.values.get(name, ())
    return re.fullmatch(LIMITS.get(kind, LIMITS["thing"]), value) is not None and value.strip() != ""


def problem(template: Template, data: Any) -> str | None:
    """Return what is wrong with the data of a message, by the platform's words; None when it can be sent."""
    if not isinstance(data, Mapping):
        return "data is empty"
    declared = set(template.fields.values())
    for name in [*template.fields.values(), *(name for name in data if name not in declared)]:
        if name not in declared:
            return f"data.{name} is not declared"
        value = data.get(name, {}).get("value") if isinstance(data.get(name), Mapping) else None
        if value in (None, ""):
            return f"data.{name}.value is empty"
        if not isinstance(value, str) or not _fits(template, name, value):
            return f"data.{name}.value invalid"
    return None
