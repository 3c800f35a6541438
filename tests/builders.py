"""Plain builders that walk the real transitions: rows, logs and outbox are as in life."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app import actions, auth, facts, forms, people, reference_rows, settings, uploads
from app.clock import now
from app.crypto import seal_text
from app.demo.numbers import credit_code, resident_number
from app.extensions import db
from app.models import (
    Account,
    Department,
    Employer,
    EmployerUser,
    File,
    Placement,
    Province,
    ProvinceModule,
    RollRecord,
    School,
    Staff,
)
from app.models.types import new_public_id
from app.writing import write
from workflows import agreement_form
from workflows.calendar import current_cohort
from workflows.case import Actor, Request
from workflows.form_fields import as_typed
from workflows.vocabulary import Action, AgreementKind, Kind, Level, Module, Role, State, Subject, holds_slot

PASSWORD = "Correct-Horse-1"
_HASH = auth.HASHER.hash(PASSWORD)
_serial = itertools.count(1)
_random = Random(20270901)

TERMS: dict[str, Any] = {
    "employer_name": "示例云帆软件（北京）有限公司",
    "credit_code": "91110000600037341L",
    "employer_kind": "39",
    "industry": "34",
    "region_code": "110108",
    "address": "示例大街1号A座5层",
    "position_category": "13",
    "position": "软件工程师",
    "contact_name": "演示甲",
    "contact_mobile": "19900001111",
    "contact_phone": None,
    "contact_email": "hr@example.com",
    "household_archive": "employer",
    "probation_months": 3,
    "probation_pay_fen": 800000,
    "pay_fen": 1000000,
    "penalty_fen": None,
    "report_place": None,
    "report_by": "2027-07-15",
    "work_place": "北京市海淀区",
    "supplement": "甲方提供集体宿舍。",
}


def load_reference() -> None:
    """Load the code tables once per database."""
    if db.session.execute(select(Province.id).limit(1)).first() is None:
        db.session.rollback()
        reference_rows.load()
    db.session.rollback()


def make_province(code: str = "110000", kind: AgreementKind | None = AgreementKind.THREE_PARTY) -> Province:
    """Open the first module of a province with its agreement; None leaves it closed."""
    province = db.session.execute(select(Province).where(Province.code == code)).scalar_one()
    if kind is not None and db.session.get(ProvinceModule, (code, "placement")) is None:
        actor = Actor(Role.PROVINCE, 0, province_code=code)
        write(lambda: settings.open_module(actor, province, Module.PLACEMENT, kind))
    return province


def make_school(
    code: str = "11414",
    kind: AgreementKind | None = AgreementKind.THREE_PARTY,
    department_review: bool = False,
    binding_notice: bool = False,
    complete: bool = True,
) -> School:
    """Complete the settings of a real school; its province is opened with `kind`."""
    school = db.session.execute(select(School).where(School.code == code)).scalar_one()
    make_province(school.province_code, kind)
    if complete:
        raw = {"contact": "王老师", "phone": "010-89733001", "address": "北京市昌平区府学路18号", "postcode": "102249"}
        actor = Actor(Role.SCHOOL, 0, school_id=school.id)
        write(lambda: settings.save_school(actor, school, raw, department_review, binding_notice, school.version))
    return school


def make_department(school: School, name: str | None = None) -> Department:
    """Add a department."""
    department = Department(school_id=school.id, name=name or f"示例学院{next(_serial)}")
    db.session.add(department)
    db.session.commit()
    return department


def make_staff(
    role: Role, school: School | None = None, department: Department | None = None, **overrides: Any
) -> Staff:
    """Add a staff account of a tenant; the password is PASSWORD."""
    values: dict[str, Any] = {
        "username": f"staff{next(_serial)}",
        "password_hash": _HASH,
        "name": "测试老师",
        "role": role.value,
        "school_id": school.id if school else None,
        "department_id": department.id if department else None,
        "province_code": "110000" if role == Role.PROVINCE else None,
        "placement_level": int(Level.WRITE),
    }
    staff = Staff(**(values | overrides))
    db.session.add(staff)
    db.session.commit()
    return staff


def make_employer(state: str = "verified", **overrides: Any) -> Employer:
    """Add an employer with one signing officer; user name = the credit code in lower case, password PASSWORD."""
    serial = next(_serial)
    code = overrides.pop("credit_code", credit_code("91", "110108", serial))
    values: dict[str, Any] = {
        "credit_code": code,
        "name": f"示例单位{serial}有限公司",
        "kind_code": "39",
        "industry_code": "34",
        "region_code": "110108",
        "address": "示例大街1号",
        "contact_name": "演示甲",
        "state": state,
    }
    contact = {"mobile": "19900001111", "phone": "010-62510000", "email": "hr@example.com"}
    employer = people.add_employer(values | overrides, contact)
    db.session.flush()
    user = {"username": code.lower(), "password_hash": _HASH, "name": "演示甲"}
    db.session.add(EmployerUser(employer_id=employer.id, **user))
    db.session.commit()
    return employer


@dataclass(frozen=True)
class Graduate:
    """A graduate in a test: the roll record, the account, and what was typed in."""

    roll: RollRecord
    account: Account
    id_number: str
    phone: str

    @property
    def actor(self) -> Actor:
        """The graduate, freshly proved."""
        return Actor(Role.GRADUATE, self.account.id, proved_at=now())


def make_graduate(
    school: School, department: Department | None = None, confirmed: bool = True, **overrides: Any
) -> Graduate:
    """Add a graduate with account and linked roll record; `overrides` are roll columns."""
    serial = next(_serial)
    department = department or make_department(school)
    number = overrides.pop("id_number", None) or resident_number(
        _random, "110108", date(1999, 1, 1) + timedelta(days=serial), "1"
    )
    phone = f"199{_random.randrange(10**8):08d}"
    at = now()
    values: dict[str, Any] = {
        "school_id": school.id,
        "department_id": department.id,
        "cohort": current_cohort(at),
        "name": "李明",
        "gender_code": "1",
        "ethnic_code": "01",
        "political_code": "03",
        "education_code": "31",
        "degree_level_code": "bachelor",
        "training_mode": "1",
        "major": "石油工程",
        "student_number": f"2023{serial:06d}{secrets.token_hex(2)}",
        "exam_number": f"23110108{serial:06d}",
        "duration_years": "4",
        "entered_on": date(2023, 9, 1),
        "graduates_on": date(2027, 6, 30),
        "origin_region": "110108",
        "archive_moved": True,
        "household_moved": False,
    } | overrides
    roll = people.add_roll_record("resident_id", number, values)
    db.session.flush()
    enrolments = [(school.code, values["degree_level_code"])]
    account = people.add_account(
        values["name"], "resident_id", number, phone, f"g{serial}@example.com", _HASH, enrolments, at
    )
    people.link(account)
    db.session.commit()
    graduate = Graduate(roll, account, number, phone)
    if confirmed:
        confirm(graduate)
    return graduate


def confirm(graduate: Graduate) -> None:
    """Press “信息确认无误，进入系统”."""
    shown = db.session.execute(select(RollRecord.shown_hash).where(RollRecord.id == graduate.roll.id)).scalar_one()
    write(lambda: actions.roll_step(graduate.roll.id, Action.CONFIRM, graduate.actor, Request(value=shown)))


def employer_actor(employer: Employer) -> Actor:
    """Return the employer's signing officer."""
    user = select(EmployerUser.id).where(EmployerUser.employer_id == employer.id).limit(1)
    return Actor(Role.EMPLOYER, db.session.execute(user).scalar_one(), employer_id=employer.id)


def reviewer(graduate: Graduate, role: Role) -> Actor:
    """Return a reviewer of the graduate's own school or department, without an account row."""
    roll = graduate.roll
    department = roll.department_id if role == Role.DEPARTMENT else None
    return Actor(role, 0, school_id=roll.school_id, department_id=department)


def make_invitation(graduate: Graduate, employer: Employer | None = None, **overrides: Any) -> Placement:
    """Send a real invitation; `deadline_at` and terms may be overridden."""
    employer = employer or make_employer()
    deadline: datetime = overrides.pop("deadline_at", None) or now() + timedelta(days=7)
    terms = TERMS | {"employer_name": employer.name, "credit_code": employer.credit_code} | overrides
    actor = employer_actor(employer)
    done = write(lambda: actions.invite(graduate.roll.id, actor, terms, Request(deadline_at=deadline)))
    return reload(done.id)


def accept_request(graduate: Graduate, placement: Placement, **overrides: Any) -> Request:
    """Return everything an acceptance needs: version read, ticks."""
    view = facts.read(db.session.connection(), graduate.roll.id)
    signing = facts.signing_facts(view, placement.id, placement.employer_id)
    values: dict[str, Any] = {
        "version": placement.version,
        "declaration": signing.declaration,
        "clauses": signing.clauses,
    }
    values |= {"notice": signing.binding_notice, "void_destination": True} | overrides
    return Request(**values)


def accept(graduate: Graduate, placement: Placement) -> Placement:
    """Accept an invitation."""
    request = accept_request(graduate, placement)
    write(lambda: actions.step(placement.id, graduate.roll.id, Action.ACCEPT, graduate.actor, request))
    return reload(placement.id)


def review(
    graduate: Graduate, placement: Placement, action: Action = Action.APPROVE, reason: str = "测试"
) -> Placement:
    """Decide the step that waits."""
    role = Role(placement.review_step or "school")
    request = Request(version=placement.version, reason=None if action == Action.APPROVE else reason)
    write(lambda: actions.step(placement.id, graduate.roll.id, action, reviewer(graduate, role), request))
    return reload(placement.id)


def make_placement(state: State = State.INVITED, graduate: Graduate | None = None, **overrides: Any) -> Placement:
    """Return an online placement that walked to `state` through the real transitions."""
    graduate = graduate or make_graduate(make_school())
    placement = make_invitation(graduate, **overrides)
    if state == State.INVITED:
        return placement
    if state in (State.DECLINED, State.WITHDRAWN):
        action = Action.DECLINE if state == State.DECLINED else Action.WITHDRAW
        actor = (
            graduate.actor if state == State.DECLINED else Actor(Role.EMPLOYER, 1, employer_id=placement.employer_id)
        )
        write(lambda: actions.step(placement.id, graduate.roll.id, action, actor, Request()))
        return reload(placement.id)
    placement = accept(graduate, placement)
    if state == State.REVIEW_REJECTED:
        return review(graduate, placement, Action.REJECT)
    while state == State.EFFECTIVE and placement.state == State.ACCEPTED:
        placement = review(graduate, placement)
    assert placement.state == state, f"the builder does not know the way to {state}"
    return placement


def make_destination(graduate: Graduate, state: State = State.APPROVED) -> Placement:
    """Insert a destination as it is after its own flow, whatever the season; its form is left empty."""
    at = now()
    placement = Placement(
        kind=Kind.DESTINATION.value,
        state=state.value,
        roll_record_id=graduate.roll.id,
        school_id=graduate.roll.school_id,
        cohort=graduate.roll.cohort,
        title="自由职业",
        type_code="freelance",
        live_key=graduate.roll.id if holds_slot(Kind.DESTINATION, state) else None,
        review_path="",
        created_at=at,
        updated_at=at,
        submitted_at=None if state == State.DRAFT else at,
    )
    db.session.add(placement)
    db.session.commit()
    return placement


TYPED = {f.name: as_typed(f, TERMS[f.name]) for f in agreement_form.FIELDS}  # the agreement's form as it is typed


def put_file(graduate: Graduate, placement: Placement, purpose: str) -> None:
    """Put a file that has passed its check on a graduate's own record."""
    public_id = new_public_id()
    row: dict[str, Any] = {"public_id": public_id, "owner_kind": "account", "owner_id": graduate.account.id}
    row |= {"subject": "placement", "subject_id": placement.id, "roll_record_id": graduate.roll.id}
    row |= {"purpose": purpose, "position": 1, "state": "accepted", "size": 1, "stored_size": 1}
    row |= {"media_type": "image/jpeg", "pages": 1, "width": 1200, "height": 1600, "blur": 900.0}
    row |= {"name_sealed": seal_text("协议书.jpg", uploads.name_bound(public_id))}
    db.session.add(File(**row, original_sha256="0" * 64, sha256="0" * 64, created_at=now()))
    db.session.commit()


def act(graduate: Graduate, placement: Placement, action: Action, **request: Any) -> Placement:
    """Let a graduate press a button on the version in force."""
    wanted = Request(version=placement.version, **request)
    write(lambda: actions.step(placement.id, graduate.roll.id, action, graduate.actor, wanted))
    return reload(placement.id)


def make_paper(state: State = State.EFFECTIVE, graduate: Graduate | None = None, **typed: str) -> Placement:
    """Return a paper registration that walked to `state` through the real transitions; its window has to be open."""
    graduate = graduate or make_graduate(make_school())
    terms, columns = forms.draft(Subject.PLACEMENT, Kind.PAPER, TYPED | typed), {"kind": Kind.PAPER.value}
    roll, actor = graduate.roll.id, graduate.actor
    done = write(lambda: actions.create(roll, Action.START, actor, Request(), columns, terms))
    placement = reload(done.id)
    if state == State.CANCELLED:
        return act(graduate, placement, Action.CANCEL)
    if state == State.DRAFT:
        return placement
    put_file(graduate, placement, "paper_agreement")
    declaration = facts.declaration(facts.read(db.session.connection(), roll))
    placement = act(graduate, placement, Action.SUBMIT, declaration=declaration)
    for ended, action in ((State.RETURNED, Action.RETURN), (State.VOID, Action.REJECT)):
        if state == ended:
            return review(graduate, placement, action)
    while state == State.EFFECTIVE and placement.state == State.REVIEW:
        placement = review(graduate, placement)
    assert placement.state == state, f"the builder does not know the way to {state}"
    return placement


def reload(placement_id: int) -> Placement:
    """Read a placement anew."""
    db.session.commit()  # ends the read transaction; unlike a rollback it expires nothing
    placement = db.session.get(Placement, placement_id, populate_existing=True)
    assert placement is not None
    return placement
