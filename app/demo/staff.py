"""Demo staff accounts: departments, schools, provinces, operator and auditor."""

from dataclasses import dataclass

from app.demo.schools import provinces, schools
from workflows.vocabulary import Level, Role


@dataclass(frozen=True)
class DemoStaff:
    """A staff account, its tenant ("" where it has none) and its level in each of the three modules (R-ACC-1)."""

    username: str
    name: str
    role: Role
    province_code: str = ""
    school_code: str = ""
    department: str = ""
    placement_level: Level = Level.NONE
    archive_level: Level = Level.NONE
    household_level: Level = Level.NONE


def staff() -> tuple[DemoStaff, ...]:
    """Return one account per department, two reviewers and a reader per school, one per province, operator, auditor.

    User names: 11414-1 (department 1), 11414, 11414b, 11414r, province-110000, operator, auditor.
    """
    platform = (DemoStaff("operator", "平台演示员", Role.OPERATOR), DemoStaff("auditor", "审计演示员", Role.AUDITOR))
    return (*_departments(), *_schools(), *_provinces(), *platform)


def _departments() -> list[DemoStaff]:
    return [
        DemoStaff(
            f"{school.code}-{number}",
            f"院系演示员{number}",
            Role.DEPARTMENT,
            school.province_code,
            school.code,
            department.name,
            placement_level=Level.WRITE,
            archive_level=Level.READ,
        )
        for school in schools()
        for number, department in enumerate(school.departments, 1)
    ]


def _schools() -> list[DemoStaff]:
    levels = (("", "甲", Level.WRITE), ("b", "乙", Level.WRITE), ("r", "丙", Level.READ))
    return [
        DemoStaff(
            f"{school.code}{suffix}",
            f"学校演示员{ordinal}",
            Role.SCHOOL,
            school.province_code,
            school.code,
            placement_level=level,
            archive_level=level,
            household_level=level,
        )
        for school in schools()
        for suffix, ordinal, level in levels
    ]


def _provinces() -> list[DemoStaff]:
    return [
        DemoStaff(
            f"province-{province.code}",
            "省级演示员",
            Role.PROVINCE,
            province.code,
            placement_level=Level.WRITE,
            archive_level=Level.WRITE,
            household_level=Level.WRITE,
        )
        for province in provinces()
    ]
