"""Writes the made-up provinces, schools, people, employers and staff into the database; again adds nothing twice."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import settings
from app.auth import HASHER
from app.clock import now
from app.demo import business
from app.demo import people as demo
from app.extensions import db
from app.models import Account, Department, Employer, Province, RollRecord, School, Staff
from app.people import add_account, add_roll_record, link
from workflows.calendar import COHORT_TURNS, beijing_midnight, current_cohort
from workflows.case import Actor
from workflows.vocabulary import Kind, Level, Module, Role

PASSWORD = "Demo-2027!"  # noqa: S105 - printed by `make run`; refused in production

ROLL_COLUMNS = (
    "name",
    "gender_code",
    "ethnic_code",
    "political_code",
    "education_code",
    "degree_level_code",
    "training_mode",
    "cohort",
    "major",
    "student_number",
    "exam_number",
    "duration_years",
    "entered_on",
    "graduates_on",
    "origin_region",
    "archive_moved",
    "household_moved",
)


def load() -> dict[str, int]:
    """Load everything that is missing and return how many rows of each kind there are."""
    if db.session.execute(select(Staff.id).limit(1)).first() is None:
        db.session.rollback()
        at = now()
        password_hash = HASHER.hash(PASSWORD)  # one password for all demo accounts: hashing 300 would only cost time
        departments = _schools()
        _staff(password_hash, departments)
        business.enter(password_hash, at)
        _graduates(password_hash, departments, at)
        db.session.commit()
    models = {"graduates": RollRecord, "accounts": Account, "employers": Employer, "staff": Staff}
    return {name: db.session.query(model).count() for name, model in models.items()}


def _school(code: str) -> School:
    return db.session.execute(select(School).where(School.code == code)).scalar_one()


def _schools() -> dict[tuple[str, str], Department]:
    for province in demo.provinces():
        row = db.session.execute(select(Province).where(Province.code == province.code)).scalar_one()
        actor = Actor(Role.PROVINCE, 0, province_code=province.code)
        settings.open_module(actor, row, Module.PLACEMENT, province.agreement_kind)
    departments = {}
    for made_up in demo.schools():
        school = _school(made_up.code)
        raw = {name: getattr(made_up, name) for name in ("contact", "phone", "address", "postcode")}
        actor = Actor(Role.SCHOOL, 0, school_id=school.id)
        settings.save_school(actor, school, raw, made_up.department_review, made_up.code == "11414", school.version)
        _open_signing(actor, school)
        for entry in made_up.departments:
            departments[made_up.code, entry.name] = Department(school_id=school.id, name=entry.name)
    db.session.add_all(departments.values())
    db.session.flush()
    return departments


def _open_signing(actor: Actor, school: School) -> None:
    """Open online signing for the whole cohort, so that the demo works on any day of the year (R-SCH-3)."""
    cohort = current_cohort(now())
    opens, closes = (beijing_midnight(date(year, *COHORT_TURNS)) for year in (cohort - 1, cohort))
    settings.save_function(actor, school, Kind.ONLINE, cohort, True, opens, closes, "", school.version)


def _staff(password_hash: str, departments: dict[tuple[str, str], Department]) -> None:
    for person in demo.staff():
        department = departments.get((person.school_code, person.department))
        db.session.add(
            Staff(
                username=person.username,
                password_hash=password_hash,
                name=person.name,
                role=person.role.value,
                school_id=_school(person.school_code).id if person.school_code else None,
                department_id=department.id if department else None,
                province_code=person.province_code or None,
                placement_level=Level.WRITE if person.role == Role.PROVINCE else person.placement_level,
                archive_level=person.archive_level,
                household_level=person.household_level,
            )
        )


def _graduates(password_hash: str, departments: dict[tuple[str, str], Department], at: datetime) -> None:
    accounts: dict[str, list[demo.DemoGraduate]] = {}
    schools = {made_up.code: _school(made_up.code).id for made_up in demo.schools()}
    for person in demo.graduates(cohort=current_cohort(at)):
        accounts.setdefault(f"{person.id_kind}:{person.id_number}", []).append(person)
        values: dict[str, Any] = {name: getattr(person, name) for name in ROLL_COLUMNS}
        values |= {"school_id": schools[person.school_code]}
        values |= {"department_id": departments[person.school_code, person.department].id}
        add_roll_record(person.id_kind, person.id_number, values)
    db.session.flush()
    for records in accounts.values():
        first = records[0]
        enrolments = [(record.school_code, record.degree_level_code) for record in records]
        account = add_account(
            first.name, first.id_kind, first.id_number, first.phone, first.email, password_hash, enrolments, at
        )
        link(account)
