"""Finding a graduate: a hit is kept and shown to the graduate, misses are counted and all look alike (R-ON-1)."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, insert, select

from app import access, facts, history, people
from app.clock import now
from app.errors import NotFound
from app.extensions import db
from app.models import Department, GraduateSearch, RollRecord, School
from workflows import online_signing
from workflows.calendar import current_cohort
from workflows.case import Actor, Refusal, Refused
from workflows.employer_standing import refuse_business
from workflows.identity import clean_id_number, same_name
from workflows.vocabulary import Code, State

FRESH_FOR = timedelta(minutes=30)

_roll, _search = RollRecord.__table__, GraduateSearch.__table__
_CANDIDATES = select(_roll.c.id, _roll.c.public_id, _roll.c.name).where(
    _roll.c.state == State.ON_ROLL.value, _roll.c.cohort == bindparam("this_cohort")
)
_KEEP = insert(_search)
_LAST = (
    select(func.max(_search.c.at))
    .where(_search.c.employer_id == bindparam("employer"), _search.c.roll_record_id == _roll.c.id)
    .scalar_subquery()
)
_PERSON = select(_roll.c.id_number_blind).where(_roll.c.public_id == bindparam("public")).scalar_subquery()
_FOUND = (
    select(
        _roll.c.id,
        _roll.c.public_id,
        _roll.c.name,
        _roll.c.degree_level_code,
        _roll.c.major,
        School.name.label("school"),
        Department.name.label("department"),
        _LAST.label("found_at"),
    )
    .select_from(_roll)
    .join(School.__table__, School.id == _roll.c.school_id)
    .join(Department.__table__, Department.id == _roll.c.department_id)
    .where(_roll.c.id_number_blind == _PERSON, _LAST.is_not(None))
    .order_by(_roll.c.id)
)


@dataclass(frozen=True, slots=True)
class ByIdentity:
    """A graduate's name, kind of document and number as typed; raises IdentityError for an impossible number."""

    name: str
    kind: str
    number: str

    def condition(self) -> ColumnElement[bool]:
        """Return what the roll record must fulfil, the name apart."""
        return _roll.c.id_number_blind == people.blind_id(self.kind, clean_id_number(self.kind, self.number))

    def agrees(self, row: Row[Any]) -> bool:
        """Say whether the name is this record's, however it was typed (R-ID-1)."""
        return same_name(self.name, row.name)


@dataclass(frozen=True, slots=True)
class ByStudentNumber:
    """A student number as typed, and the id of the school."""

    number: str
    school_id: int

    def condition(self) -> ColumnElement[bool]:
        """Return what the roll record must fulfil."""
        number = "".join(unicodedata.normalize("NFKC", self.number).split())
        return (_roll.c.school_id == self.school_id) & (_roll.c.student_number == number)

    def agrees(self, row: Row[Any]) -> bool:
        """Say yes: number and school are all that was given."""
        return True


def search(actor: Actor, wanted: ByIdentity | ByStudentNumber) -> list[str]:
    """Return the public ids of the graduate's records of this cohort, none for a miss, and keep the search.

    Runs inside a write. Raises Refused for an unverified employer and after 20 misses in a Beijing day.
    """
    conn = db.session.connection()
    history.lock(conn, "employer", actor.employer_id or 0)  # misses are counted one after the other
    at = now()
    if refusal := refuse(actor, at):
        raise Refused(refusal)
    candidates = conn.execute(_CANDIDATES.where(wanted.condition()), {"this_cohort": current_cohort(at)}).all()
    hits = [row for row in candidates if wanted.agrees(row)]
    kept = {"employer_id": actor.employer_id, "employer_user_id": actor.id, "at": at}
    conn.execute(_KEEP, [kept | {"roll_record_id": roll_id} for roll_id in [row.id for row in hits] or [None]])
    return [row.public_id for row in hits]


def refuse(actor: Actor, at: datetime) -> Refusal | None:
    """Say why this employer may not search now, if so (R-ON-1)."""
    row = facts.employer_row(db.session.connection(), actor.employer_id or 0, at)
    return refuse_business(State(row.state)) or online_signing.refuse_search(row.misses)


def misses_today(actor: Actor) -> int:
    """Count today's searches that found nobody."""
    misses: int = facts.employer_row(db.session.connection(), actor.employer_id or 0, now()).misses
    return misses


def found(actor: Actor, public_id: str) -> list[Row[Any]]:
    """Return the records of a person that this employer has found, the asked one first; `.found_at` is when last.

    Raises NotFound for a record that this employer has never found: nobody is reached by guessing an id.
    """
    rows = db.session.execute(_FOUND, {"employer": actor.employer_id, "public": access.well_formed(public_id)}).all()
    rows = sorted(rows, key=lambda row: row.public_id != public_id)
    if not rows or rows[0].public_id != public_id:
        raise NotFound
    return rows


def refuse_stale(row: Row[Any], at: datetime) -> Refusal | None:
    """Refuse going on with a graduate who was found more than 30 minutes ago."""
    if at - row.found_at <= FRESH_FOR:
        return None
    message = "查找结果已超过 30 分钟，不能继续邀请。"
    return Refusal(Code.OUTDATED, message, "请在新窗口重新查找该毕业生，再回到本页提交；已填写的内容不会丢失。")
