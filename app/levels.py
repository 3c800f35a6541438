"""What a staff account may do inside a module: its own level, for a department no more than its school's (R-ACC-1)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from app.models import Staff
from workflows.vocabulary import Level, Module, Role

_staff = Staff.__table__
COLUMN = {module: f"{module.value}_level" for module in Module}


def of_school(module: Module, school: Any) -> Any:
    """Return the scalar query of a school's level: the highest of its active accounts; a school without one has 读写.

    `school` is the column or parameter that names the school.
    """
    accounts = _staff.alias("school_accounts")
    highest = select(func.max(accounts.c[COLUMN[module]])).where(
        accounts.c.school_id == school, accounts.c.role == Role.SCHOOL.value, accounts.c.active
    )
    return func.coalesce(highest.scalar_subquery(), int(Level.WRITE))


def has_reviewer(module: Module, department: Any) -> ColumnElement[bool]:
    """Return the condition that a department has somebody who may review inside a module (R-SCH-2)."""
    reviewers = _staff.alias("reviewers")
    accounts = _staff.alias("their_school")
    level = COLUMN[module]
    of_theirs = (accounts.c.school_id == reviewers.c.school_id, accounts.c.role == Role.SCHOOL.value, accounts.c.active)
    may = exists().where(*of_theirs, accounts.c[level] == int(Level.WRITE))
    return exists().where(
        reviewers.c.department_id == department,
        reviewers.c.active,
        reviewers.c[level] == int(Level.WRITE),
        or_(may, ~exists().where(*of_theirs)),
    )


def effective(module: Module) -> Any:
    """Return the column of an account's effective level, for a statement that reads the staff table."""
    own, school = _staff.c[COLUMN[module]], of_school(module, _staff.c.school_id)
    capped = and_(_staff.c.role == Role.DEPARTMENT.value, school < own)
    return case((capped, school), else_=own).label(COLUMN[module])
