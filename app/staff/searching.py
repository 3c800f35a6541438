"""What the search boxes of the lists mean: the same words search the same columns everywhere."""

from typing import Any

from flask import request
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Placement, RollRecord
from app.staff.typed import clean

LONGEST = 60
COHORTS = range(2000, 2101)
COLUMNS: dict[str, InstrumentedAttribute[str]] = {
    "name": RollRecord.name,
    "student_number": RollRecord.student_number,
    "employer": Placement.title,
}


def asked(*names: str) -> dict[str, str]:
    """Return what was typed into the search boxes, shortened; empty ones are left out."""
    found = {name: clean(request.args.get(name, "")).strip()[:LONGEST] for name in names}
    return {name: text for name, text in found.items() if text}


def asked_cohort() -> int | None:
    """Return the cohort that the address asks for, None without one or for a year that no graduate has."""
    cohort = request.args.get("cohort", type=int)
    return cohort if cohort in COHORTS else None


def narrowed(query: Select[Any], wanted: dict[str, str]) -> Select[Any]:
    """Return the query with a condition per search box: student numbers from the start, the others anywhere."""
    for name, text in wanted.items():
        column = COLUMNS[name]
        begins = name == "student_number"
        query = query.where(
            column.startswith(text, autoescape=True) if begins else column.contains(text, autoescape=True)
        )
    return query
