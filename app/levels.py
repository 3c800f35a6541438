"""What a staff account may do inside a module: its own level, for a department no more than its school's (R-ACC-1)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select

from app.models import RollRecord, School, Staff
from workflows.vocabulary import Level, Module, Role

_staff = Staff.__table__
COLUMN = {module: f"{module.value}_level" for module in Module}


def of_school(module: Module, school: Any) -> Any:
    """Return the scalar query of a school's level: the highest of its active accounts, where all are closed of those.

    A school that never had an account has 读写. `school` is the column or parameter that names the school.
    """
    return func.coalesce(_highest(module, school, active=True), _highest(module, school), int(Level.WRITE))


def _highest(module: Module, school: Any, active: bool = False) -> Any:
    accounts = _staff.alias()
    theirs = [accounts.c.school_id == school, accounts.c.role == Role.SCHOOL.value]
    theirs += [accounts.c.active] if active else []
    return select(func.max(accounts.c[COLUMN[module]])).where(*theirs).scalar_subquery()


def has_reviewer(module: Module, department: Any) -> ColumnElement[bool]:
    """Return the condition that a department has somebody who may review inside a module (R-SCH-2)."""
    reviewers = _staff.alias("reviewers")
    return exists().where(
        reviewers.c.department_id == department,
        reviewers.c.active,
        reviewers.c[COLUMN[module]] == int(Level.WRITE),
        of_school(module, reviewers.c.school_id) == int(Level.WRITE),
    )


def orphaned(module: Module) -> ColumnElement[bool]:
    """Return the condition of a department's step that its school may decide (R-SCH-2).

    For a statement that joins the roll record and the school.
    """
    return or_(not_(School.department_review), not_(has_reviewer(module, RollRecord.department_id)))


def effective(module: Module) -> Any:
    """Return the column of an account's effective level, for a statement that reads the staff table."""
    own, school = _staff.c[COLUMN[module]], of_school(module, _staff.c.school_id)
    capped = and_(_staff.c.role == Role.DEPARTMENT.value, school < own)
    return case((capped, school), else_=own).label(COLUMN[module])
