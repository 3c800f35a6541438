"""Code tables and regions for forms and labels, cached for a minute in every process."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app
from sqlalchemy import select

from app.clock import wall
from app.extensions import db
from app.models import CodeEntry, Region
from workflows.calendar import beijing_day

KEEP_SECONDS = 60.0

_CODES = select(CodeEntry.table, CodeEntry.code, CodeEntry.label, CodeEntry.valid_to).order_by(
    CodeEntry.table, CodeEntry.position
)
_REGIONS = select(Region.code, Region.name, Region.level, Region.parent_code).order_by(Region.code)


@dataclass(slots=True)
class _Cache:
    until: float
    tables: dict[str, dict[str, str]]
    retired: set[tuple[str, str]]
    parents: dict[str, str | None]
    divided: frozenset[str]  # regions with others below them


def _read() -> _Cache:
    tables: dict[str, dict[str, str]] = {}
    retired = set()
    today = beijing_day(wall()).isoformat()
    for table, code, label, valid_to in db.session.execute(_CODES):
        tables.setdefault(table, {})[code] = label
        if valid_to and valid_to < today:
            retired.add((table, code))
    regions = db.session.execute(_REGIONS).all()
    tables["regions"] = {row.code: row.name for row in regions}
    parents = {row.code: row.parent_code for row in regions}
    divided = frozenset(above for above in parents.values() if above)
    return _Cache(time.monotonic() + KEEP_SECONDS, tables, retired, parents, divided)


def _cache() -> _Cache:
    cache = cast(_Cache | None, current_app.extensions.get("codes"))
    if cache is None or cache.until < time.monotonic():
        cache = current_app.extensions["codes"] = _read()
    return cache


def forget() -> None:
    """Read the tables anew at the next use."""
    current_app.extensions.pop("codes", None)


def table(name: str) -> Mapping[str, str]:
    """Return a code table as code -> label, in its order, retired codes too."""
    return _cache().tables.get(name, {})


def choices(name: str) -> list[tuple[str, str]]:
    """Return (code, label) of the codes that may still be chosen."""
    return [(code, label) for code, label in table(name).items() if (name, code) not in _cache().retired]


def known(name: str, code: str) -> bool:
    """Say whether a code exists and may be chosen; of the regions only those that have none below them."""
    cache = _cache()
    if name == "regions" and code in cache.divided:
        return False
    return code in cache.tables.get(name, {}) and (name, code) not in cache.retired


def label(name: str, code: str | None) -> str:
    """Return a code's label; the code itself where the table does not know it, "" for none."""
    return table(name).get(code, code) if code else ""


def region_name(code: str | None) -> str:
    """Return the full name of a region, from the province down, without the empty word 市辖区."""
    names: list[str] = []
    parents, labels = _cache().parents, table("regions")
    while code and code in labels:
        if labels[code] != "市辖区" or not names:
            names.insert(0, labels[code])
        code = parents.get(code)
    return "".join(name for name in names if name != "市辖区" or len(names) == 1)


def region_path(code: str | None) -> list[str]:
    """Return the codes from the province down to a region; [] for an unknown one."""
    path: list[str] = []
    parents = _cache().parents
    while code and code in parents:
        path.insert(0, code)
        code = parents[code]
    return path


def form_tables() -> dict[str, list[tuple[str, str]]]:
    """Return the choices of every table that the agreement form uses."""
    wanted = ("employer_kinds", "industries", "position_categories", "household_archive")
    return {name: choices(name) for name in wanted}


def regions_below(parent: str | None) -> list[dict[str, Any]]:
    """Return the regions directly below another, or the provinces."""
    cache = _cache()
    names = cache.tables["regions"]
    return [{"code": code, "name": names[code]} for code, above in cache.parents.items() if (above or None) == parent]
