"""What was typed into the search boxes of the lists; what it searches is said by `app.lists.queries`."""

from flask import request

from app.lists.queries import narrowed
from app.staff.typed import clean

LONGEST = 60
COHORTS = range(2000, 2101)


def asked(*names: str) -> dict[str, str]:
    """Return what was typed into the search boxes, shortened; empty ones are left out."""
    found = {name: clean(request.values.get(name, "")).strip()[:LONGEST] for name in names}
    return {name: text for name, text in found.items() if text}


def asked_cohort() -> int | None:
    """Return the cohort that the address asks for, None without one or for a year that no graduate has."""
    cohort = request.values.get("cohort", type=int)
    return cohort if cohort in COHORTS else None


__all__ = ["asked", "asked_cohort", "narrowed"]
