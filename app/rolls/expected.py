"""What a roll's file is read against: the school, the cohort, and every word of the code tables (R-ROLL-1)."""

from sqlalchemy import select

from app import codes
from app.extensions import db
from app.models import CodeEntry, School
from workflows.roll_file import Expected, plain

TABLES = ("ethnic_groups", "political_status", "education", "training_modes", "genders")
_EDUCATION = select(CodeEntry.code, CodeEntry.extra).where(CodeEntry.table == "education")


def expected(school: School, cohort: int) -> Expected:
    """Return what is expected of a file of this school and cohort."""
    words = {table: _words(table) for table in TABLES} | {"regions": _regions()}
    levels = {code: str(extra["degree_level_code"]) for code, extra in db.session.execute(_EDUCATION)}
    return Expected(school.name, school.code, cohort, words, levels)


def _words(table: str) -> dict[str, str]:
    choices = codes.choices(table)
    return {plain(label): code for code, label in choices} | {code: code for code, _ in choices}


def _regions() -> dict[str, str]:
    labels = codes.table("regions")
    by_name = {plain(codes.region_name(code)): code for code in labels}
    by_path = {plain("".join(labels[one] for one in codes.region_path(code))): code for code in labels}
    return by_path | by_name | {code: code for code in labels}
