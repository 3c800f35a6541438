"""The real world: the application on a database, and users who press its buttons through the write path."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from app import actions, bodies, destination_content, facts, forms, settings, snapshots, terminations
from app.clock import now
from app.crypto import seal_text
from app.extensions import db
from app.models import Department, File, ProvinceModule, RollRecord, School, Staff, UploadLink
from app.models.types import new_public_id
from app.uploads import name_bound
from app.writing import write
from tests import builders, endings, offline
from tests.app.api.calls import travel
from tests.app.api.test_transfers import HOME
from tests.every_flow.obstacles import needed_files
from tests.every_flow.records import Graduate, Press, Record
from tests.workflows.catalogue.examples import COMPLETE
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Kind, Level, Module, Role, Subject

START = datetime(2027, 5, 3, 2, 0, tzinfo=UTC)  # inside all four windows for forty days and more (R-SCH-3)
KIND = {"online_signing": Kind.ONLINE, "offline_signing": Kind.OFFLINE, "paper_registration": Kind.PAPER}
KIND |= {"destination": Kind.DESTINATION}
SUBJECT = dict.fromkeys(KIND, Subject.PLACEMENT)
SUBJECT |= dict.fromkeys(("termination_online", "termination_offline"), Subject.TERMINATION)
SUBJECT |= {"transfer": Subject.TRANSFER, "correction": Subject.CORRECTION}
VARIED = {"labour_contract": "position", "freelance": "description", "commissioned": "employer_name"}


@dataclass(frozen=True)
class Person:
    """A graduate behind a roll record."""

    roll_id: int
    account_id: int
    phone: str


@dataclass
class World:
    """One school with its people and two employers, in one database for the whole run."""

    app: Flask
    school_id: int
    department_id: int
    staff: dict[str, list[int]]
    employers: list[tuple[int, str, str, Actor]]
    texts: tuple[str, str] = ("", "")
    people: dict[int, Person] = field(default_factory=dict)
    serial: int = 0

    def clock(self, minutes: int) -> None:
        """Set the platform's clock to a minute of the example."""
        travel(self.app, START + timedelta(minutes=minutes))

    # --- who presses ----------------------------------------------------------------------------------------------

    def actor(self, person: Person, record: Record | None, press: Press) -> Actor:
        """Return who presses, as the doors would."""
        school = self.school_id
        if press.who == "graduate":
            return Actor(Role.GRADUATE, person.account_id, proved_at=None if press.slip == "proof" else now())
        if press.who == "employer":
            return self.employers[self._employer(record, press)][3]
        if press.who == "link_holder":
            link = select(UploadLink.id).where(UploadLink.live_key == (record.id if record else None))
            return Actor(Role.LINK_HOLDER, db.session.execute(link).scalar() or 1)
        if press.who == "platform":
            return actions.PLATFORM
        if press.who in ("department", "other_department"):
            other = 0 if press.who == "department" else 1
            return Actor(Role.DEPARTMENT, press.actor_id, school, self.department_id + other)
        level = Level.READ if press.who == "school_readonly" else Level.WRITE
        return Actor(Role.SCHOOL, press.actor_id, school, level=level)

    def _employer(self, record: Record | None, press: Press) -> int:
        if record is None:
            return press.value.employer if isinstance(press.value, Record) else int(str(press.value))
        return record.agreement.employer if record.agreement else record.employer

    # --- what is sent along ---------------------------------------------------------------------------------------

    def request(self, person: Person, record: Record | None, press: Press) -> Request:
        """Return what the button sends: everything right but for the slip."""
        slip = press.slip
        reason = {"reason": None, "short": "太短了"}.get(slip, "用人单位长期不予回应，已多次书面催告。")
        ticked = slip != "tick"
        changed = () if slip == "same" else ("receiver" if press.flow == "transfer" else "contact_name",)
        return Request(
            version=record.version - (slip == "version") if record else None,
            reason=reason,
            deadline_at=START + timedelta(minutes=press.deadline) if press.deadline else None,
            declaration=self.texts[0] if ticked else "another",
            clauses=self.texts[1],
            void_destination=slip != "voiding",
            online_known=slip != "online",
            value=self._value(person, press),
            changed=changed,
            confirmed=slip != "confirm",
            checked={} if slip == "check" else endings.CHECKED,
        )

    def _value(self, person: Person, press: Press) -> str | None:
        if press.action == "confirm":
            shown = select(RollRecord.shown_hash).where(RollRecord.id == person.roll_id)
            return db.session.execute(shown).scalar_one() if press.slip != "version" else "as it was"
        if press.action in ("force", "approve_unilateral"):
            return "王小明" if press.slip == "name" else "李明"
        if press.slip == "value" and press.flow == "roll_record":
            return "9999"
        return str(press.value) if press.value is not None and not isinstance(press.value, Record) else None

    def typed(self, person: Person, press: Press) -> dict[str, Any]:
        """Return a form as it is typed, with something in it that was never typed before."""
        self.serial += 1
        if press.flow == "destination":
            name = str(press.value)
            made = {"type_code": name} | COMPLETE[name] | {VARIED[name]: f"第{self.serial}次"}
            return (
                made
                | ({"region_code": "99"} if press.slip == "form" and name != "commissioned" else {})
                | ({"employer_name": ""} if press.slip == "form" and name == "commissioned" else {})
            )
        if press.flow == "transfer":
            return (
                HOME
                | {"receiver": f"示例市人才中心{self.serial}"}
                | ({"postcode": "1"} if press.slip == "form" else {})
            )
        if SUBJECT[press.flow] == Subject.TERMINATION:
            return endings.FORM | {"explanation": "" if press.slip == "form" else f"另有安排{self.serial}"}
        code = self.employers[0][1] if press.online else builders.TERMS["credit_code"]
        made = offline.FORM | {"contact_mobile": person.phone, "credit_code": code, "position": f"岗位{self.serial}"}
        return made | ({"contact_email": "x"} if press.slip == "form" else {})

    def _terms(self, person: Person, record: Record | None, press: Press) -> dict[str, Any] | None:
        """Return what the step stores: a draft, or what is in force with something else in it."""
        self.serial += 1
        if press.action in ("start", "edit"):
            kind = record.module if record and press.flow == "transfer" else str(press.value)
            kind = KIND.get(press.flow, kind if press.flow == "transfer" else Kind.OFFLINE)
            return forms.draft(SUBJECT[press.flow], kind, self.typed(person, press))
        if press.flow == "online_signing" and press.who == "employer":
            _, code, name, _ = self.employers[self._employer(record, press)]
            return builders.TERMS | {"employer_name": name, "credit_code": code, "position": f"岗位{self.serial}"}
        if press.action != "correct" or record is None:
            return None
        row = facts.read(db.session.connection(), person.roll_id).record(SUBJECT[press.flow], record.id)
        if press.flow == "transfer":
            return bodies.unseal(Subject.TRANSFER, row) | {"receiver": f"示例市人才中心{self.serial}"}
        old = snapshots.terms_at(db.session.connection(), row)
        if press.flow == "destination":
            return destination_content.corrected(old, self.typed(person, press))[0]
        return old | {"contact_name": f"演示{self.serial}"}

    # --- pressing -------------------------------------------------------------------------------------------------

    def press(self, graduate: Graduate, record: Record | None, press: Press) -> actions.Done:
        """Press a button for real; raises Refused."""
        person = self.people[graduate.roll_id]
        self.put_files(graduate, record, press)
        actor, request = self.actor(person, record, press), self.request(person, record, press)
        roll, action = graduate.roll_id, Action(press.action)
        if press.flow == "roll_record":
            wanted = {"major": f"专业{press.value}"} if press.action == "edit" and press.slip != "same" else {}
            db.session.rollback()
            return write(lambda: actions.roll_step(roll, action, actor, request, wanted))
        if record is None and press.flow.startswith("termination"):
            assert isinstance(press.value, Record)
            agreement = builders.reload(press.value.id)
            typed = self.typed(person, press)
            return write(lambda: terminations.begin(agreement, actor, action, typed, request))
        terms, subject = self._terms(person, record, press), SUBJECT[press.flow]
        db.session.rollback()
        if record is None:
            columns = {"kind": str(press.value) if press.flow == "transfer" else KIND[press.flow].value}
            return write(lambda: actions.create(roll, action, actor, request, columns, terms, subject))
        return write(lambda: actions.step(record.id, roll, action, actor, request, terms, subject))

    def put_files(self, graduate: Graduate, record: Record | None, press: Press) -> None:
        """Put the files that a press wants on the record, as they are after their check, unless that is the slip."""
        if record is None or press.slip == "files":
            return
        for purpose in sorted(needed_files(record, press) - record.files):
            public_id = new_public_id()
            place = f"{SUBJECT[press.flow].value}:{record.id}:{purpose}:1"
            row: dict[str, Any] = {"public_id": public_id, "owner_kind": "account", "owner_id": 1}
            row |= {"subject": SUBJECT[press.flow].value, "subject_id": record.id, "roll_record_id": graduate.roll_id}
            row |= {"purpose": purpose, "position": 1, "state": "accepted", "size": 1, "slot_key": place}
            row |= {"media_type": "image/jpeg", "width": 1200, "height": 1600, "blur": 900.0, "created_at": now()}
            row |= {"name_sealed": seal_text("材料.jpg", name_bound(public_id))}
            db.session.add(File(**row, original_sha256="0" * 64, sha256="0" * 64))
            db.session.commit()
            record.files.add(purpose)

    def set_department_review(self, wanted: bool) -> None:
        """Let the school switch department review."""
        school = db.session.get(School, self.school_id, populate_existing=True)
        raw = {"contact": "王老师", "phone": "010-89733001", "address": "北京市昌平区府学路18号", "postcode": "102249"}
        actor = Actor(Role.SCHOOL, self.staff["school"][0], school_id=school.id)
        write(lambda: settings.save_school(actor, school, raw, wanted, False, school.version))

    def enrol(self, mode: str, household: bool) -> Graduate:
        """Bring a new graduate, confirmed and signed in."""
        made = builders.make_graduate(
            db.session.get(School, self.school_id),
            db.session.get(Department, self.department_id),
            training_mode=mode,
            household_moved=household,
            major="专业0",
        )
        person = Person(made.roll.id, made.account.id, made.phone)
        self.people[person.roll_id] = person
        version = db.session.execute(select(RollRecord.version).where(RollRecord.id == person.roll_id)).scalar_one()
        signing = facts.signing_facts(facts.read(db.session.connection(), person.roll_id), None, None)
        self.texts = (signing.declaration, signing.clauses)
        db.session.rollback()
        return Graduate(person.roll_id, mode, version, confirmed_as=(mode, 0), household=household)


def build(app: Flask) -> World:
    """Return a world in a fresh database."""
    travel(app, START)
    app.config["EMPLOYMENT_SYSTEM_URL"] = "http://127.0.0.1:1"  # reports are written; nobody sends them here
    school = builders.make_school()
    for module in (Module.ARCHIVE, Module.HOUSEHOLD):
        row = {"province_code": school.province_code, "module": module.value, "opened_at": now(), "opened_by": 0}
        db.session.add(ProvinceModule(**row))
    department, other = builders.make_department(school), builders.make_department(school)
    assert other.id == department.id + 1
    levels = {"archive_level": int(Level.WRITE), "household_level": int(Level.WRITE)}
    staff: dict[str, list[Staff]] = {
        "department": [builders.make_staff(Role.DEPARTMENT, school, department, **levels)],
        "school": [builders.make_staff(Role.SCHOOL, school, **levels) for _ in range(2)],
    }
    employers = [builders.make_employer() for _ in range(2)]
    named = [(one.id, one.credit_code, one.name, builders.employer_actor(one)) for one in employers]
    ids = {role: [one.id for one in found] for role, found in staff.items()}
    db.session.commit()
    return World(app, school.id, department.id, ids, named)
