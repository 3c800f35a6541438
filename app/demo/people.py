"""Three hundred demo graduates, and the front door to all demo data."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from app.demo import names
from app.demo.employers import DemoEmployer, employers
from app.demo.numbers import resident_number, with_check_digit
from app.demo.schools import DemoProvince, DemoSchool, provinces, schools
from app.demo.staff import DemoStaff, staff
from app.reference import rows
from workflows.identity import IdentityKind

__all__ = [
    "DemoEmployer", "DemoGraduate", "DemoProvince", "DemoSchool", "DemoStaff",
    "employers", "graduates", "provinces", "schools", "staff",
]  # fmt: skip

PEOPLE = 300
# Position within a school -> what is special there; all others are 非定向, of the current cohort, with a resident ID.
_TRAINING_MODES = {10: "22", 15: "21", 20: "42", 25: "41", 30: "3", 35: "5", 60: "22", 65: "21"}
_DOCUMENTS = {85: IdentityKind.PASSPORT, 86: IdentityKind.HMT_RESIDENCE, 87: IdentityKind.HMT_PERMIT}
_PAST_COHORT = (90, 91, 92)
# Degree level -> (code of 学历, usual years, age at graduation).
_LEVELS = {
    "diploma": ("41", 3, 21),
    "bachelor": ("31", 4, 22),
    "master": ("11", 3, 25),
    "doctor": ("01", 4, 29),
}


@dataclass(frozen=True)
class DemoGraduate:
    """One roll record; two degrees in a year are two of them with one name, number, phone and e-mail (R-ID-1)."""

    name: str
    id_kind: IdentityKind
    id_number: str
    gender_code: str
    ethnic_code: str
    political_code: str
    school_code: str
    education_code: str
    degree_level_code: str
    training_mode: str
    cohort: int
    department: str
    major: str
    student_number: str
    exam_number: str
    duration_years: str
    entered_on: date
    graduates_on: date
    origin_region: str
    archive_moved: bool | None
    household_moved: bool | None
    phone: str
    email: str


@dataclass(frozen=True)
class _Person:
    name: str
    id_kind: IdentityKind
    id_number: str
    gender_code: str
    ethnic_code: str
    origin_region: str


def graduates(seed: int = 2027, cohort: int = 2027) -> list[DemoGraduate]:
    """Return the roll records of 300 people, 100 of each school, and three second records of people with two degrees.

    The same seed gives the same people. Nine people are of the cohort before `cohort`. The notable names stand first.
    """
    rng = Random(seed)  # noqa: S311 - reproducible, nothing secret
    records = [_record(rng, serial, cohort) for serial in range(PEOPLE)]
    return records + list(_second_degrees(records))


def _record(rng: Random, serial: int, cohort: int) -> DemoGraduate:
    place, position = serial % 3, serial // 3
    school = schools()[place]
    level = rng.choice(school.degree_levels)
    education, years, age = _LEVELS[level]
    own_cohort = cohort - (position in _PAST_COHORT)
    born = date(own_cohort - age, 1, 1) - timedelta(days=rng.randrange(0, 500))
    person = _person(rng, serial, born, school.province_code)
    department = rng.choice(school.departments)
    entered_on = date(own_cohort - years, 9, 1)
    return DemoGraduate(
        **vars(person),
        political_code=_political_code(rng, person),
        school_code=school.code,
        education_code=education,
        degree_level_code=level,
        training_mode=_TRAINING_MODES.get(position, "1"),
        cohort=own_cohort,
        department=department.name,
        major=rng.choice(department.majors),
        student_number=f"{entered_on.year}{place + 1}{serial:05}",
        exam_number=_exam_number(person, entered_on, serial),
        duration_years=str(years),
        entered_on=entered_on,
        graduates_on=date(own_cohort, 6, 30),
        archive_moved=rng.choice((True, True, False, None)),
        household_moved=rng.choice((True, False, False, None)),
        phone=f"1990000{serial:04}",
        email=f"graduate{serial:03}@example.com",
    )


def _person(rng: Random, serial: int, born: date, province_code: str) -> _Person:
    place, position = serial % 3, serial // 3
    kind = _DOCUMENTS.get(position, IdentityKind.RESIDENT_ID)
    if kind is IdentityKind.PASSPORT:
        name, gender = names.FOREIGN[place]
        return _Person(name, kind, f"DEMO{serial:05}", gender, "97", "")
    if kind is not IdentityKind.RESIDENT_ID:
        return _from_hong_kong_macao_taiwan(place, kind, serial, born)
    if serial < len(names.NOTABLE):
        name, gender, ethnic = names.NOTABLE[serial]
    else:
        (name, gender), ethnic = names.common_name(rng), "01"
    origin = _origin(rng, province_code)
    return _Person(name, kind, resident_number(rng, origin, born, gender), gender, ethnic, origin)


def _from_hong_kong_macao_taiwan(place: int, kind: IdentityKind, serial: int, born: date) -> _Person:
    name, gender = names.HONG_KONG_MACAO_TAIWAN[place + 3 * (kind is IdentityKind.HMT_PERMIT)]
    issuer, letter, origin = (("810000", "H", "810000"), ("820000", "M", "820000"), ("830000", "", "710000"))[place]
    if kind is IdentityKind.HMT_PERMIT:
        number = f"{letter}99999{serial:03}"
    else:
        number = with_check_digit(f"{issuer}{born:%Y%m%d}99{9 if gender == '1' else 8}")
    return _Person(name, kind, number, gender, "01", origin)


@lru_cache(maxsize=1)
def _counties() -> tuple[str, ...]:
    """Return the codes of all counties without the development zones, which end in 71 to 79 and appear on no card."""
    return tuple(row["code"] for row in rows("regions") if row["level"] == "3" and row["code"][4] != "7")


def _origin(rng: Random, province_code: str) -> str:
    """Return a county: in every second case one of the school's province."""
    own = [code for code in _counties() if code[:2] == province_code[:2]]
    return rng.choice(own if rng.random() < 0.5 else _counties())


def _political_code(rng: Random, person: _Person) -> str:
    if person.id_kind is not IdentityKind.RESIDENT_ID:
        return "13"
    return rng.choices(("03", "01", "02", "13"), weights=(65, 10, 7, 18))[0]


def _exam_number(person: _Person, entered_on: date, serial: int) -> str:
    """Return 14 digits (year, region, 15, serial), or "" for people who did not come by the entrance examination."""
    if person.id_kind is IdentityKind.PASSPORT:
        return ""
    return f"{entered_on:%y}{person.origin_region}15{serial:04}"


def _second_degrees(records: list[DemoGraduate]) -> Iterator[DemoGraduate]:
    """Yield a double degree (学历 25) for three people of 10011 or 11414: two at the other school, one at the same."""
    department = schools()[0].departments[2]
    studied = {
        school: [r for r in records if r.school_code == school and r.training_mode == "1"]
        for school in ("10011", "11414")
    }
    bachelors = [r for r in studied["10011"] if r.degree_level_code == "bachelor"]
    masters = [r for r in studied["11414"] if r.degree_level_code == "master"]
    for number, first in enumerate((bachelors[20], bachelors[21], masters[15])):
        yield replace(
            first,
            school_code=schools()[0].code,
            education_code="25",
            degree_level_code="bachelor",
            department=department.name,
            major=department.majors[0],
            student_number=f"{first.cohort - 2}9{number:05}",
            exam_number=f"{(first.cohort - 2) % 100:02}{first.origin_region}25{number:04}",
            duration_years="2",
            entered_on=date(first.cohort - 2, 9, 1),
        )
