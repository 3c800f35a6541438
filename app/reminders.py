"""Reminders: found by the sweeper, written once each, sent outside the quiet hours."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, exists, extract, func, insert, select

from app import levels, outgoing
from app.clock import now
from app.extensions import db
from app.models import (
    Correction,
    Placement,
    Reminder,
    RollRecord,
    RollRequest,
    School,
    Termination,
    Transfer,
    UploadLink,
)
from app.writing import write
from workflows import reminders
from workflows.calendar import beijing_day
from workflows.vocabulary import Event, Module, State, Step, Subject

BATCH = 500
ANSWER, LINK, UNUSED, SCHOOL, DEPARTMENT = "answer", "link", "link_unused", "school", "department"

_placement, _link, _roll, _reminder = (m.__table__ for m in (Placement, UploadLink, RollRecord, Reminder))
_ADD = insert(_reminder)


class Due(NamedTuple):
    """A reminder that is to be given: its key, the event, and what the letter is written from."""

    kind: str
    record_id: int
    occasion: str
    event: Event
    payload: dict[str, Any]
    roll_record_id: int | None = None


def _given(kind: str, record: Any, *more: Any) -> Any:
    return exists().where(_reminder.c.kind == kind, _reminder.c.record_id == record, *more)


def remind_due() -> int:
    """Write down every reminder that is due and leave its letter to the outbox; return how many."""
    due = [reminder for find in FINDERS for reminder in find(db.session.connection(), now())]
    db.session.rollback()
    for start in range(0, len(due), BATCH):
        write(lambda batch=due[start : start + BATCH]: _give(batch))  # type: ignore[misc]
    return len(due)


def _give(batch: Iterable[Due]) -> None:
    """Insert reminders with their outbox rows; a second sweeper fails on the key and gives none twice."""
    conn, at = db.session.connection(), now()
    for due in batch:
        row = {"kind": due.kind, "record_id": due.record_id, "occasion": due.occasion, "at": at}
        conn.execute(_ADD, row)
        record = f"{due.record_id}:{due.occasion}"
        outgoing.emit(conn, due.event, f"{due.kind}:{record}", reminders.awake(at), due.payload, due.roll_record_id)


# --- unanswered invitations ---------------------------------------------------------------------------------------

# How long before its deadline an invitation was sent. What no reminder is due for must not fill a batch: it would
# hold up the others, since it is never written down.
_sent_before = extract("epoch", _placement.c.deadline_at) - extract("epoch", _placement.c.updated_at)
_UNANSWERED = (
    select(_placement.c.id, _placement.c.roll_record_id, _placement.c.deadline_at, _placement.c.updated_at)
    .where(
        _placement.c.state == State.INVITED.value,
        _placement.c.deadline_at > bindparam("awake"),
        _placement.c.deadline_at <= bindparam("until"),
        _sent_before >= bindparam("mark"),
        ~_given(ANSWER, _placement.c.id, _reminder.c.at > bindparam("since")),
    )
    .order_by(_placement.c.deadline_at)
    .limit(BATCH)
)
_GIVEN = select(_reminder.c.occasion).where(_reminder.c.kind == ANSWER, _reminder.c.record_id == bindparam("row"))


def _answers(conn: Connection, at: datetime) -> list[Due]:
    """Find invitations that wait for an answer, 72 and 24 hours before their deadline."""
    found: list[Row[Any]] = []
    for mark in reminders.ANSWER_MARKS:
        times = {"awake": reminders.awake(at), "until": at + mark, "since": at - mark}
        found += conn.execute(_UNANSWERED, times | {"mark": mark.total_seconds()})
    due = {(reminder.record_id, reminder.occasion): reminder for row in found if (reminder := _answer(row, at))}
    return [reminder for reminder in due.values() if not _has(conn, reminder)]


def _answer(row: Row[Any], at: datetime) -> Due | None:
    mark = reminders.answer_mark(row.updated_at, row.deadline_at, at)
    if mark is None:
        return None
    hours = int(mark / timedelta(hours=1))
    occasion = f"{hours}h:{row.deadline_at.isoformat()}"
    return Due(ANSWER, row.id, occasion, Event.ANSWER_DUE, {"placement": row.id, "hours": hours}, row.roll_record_id)


def _has(conn: Connection, reminder: Due) -> bool:
    return reminder.occasion in conn.execute(_GIVEN, {"row": reminder.record_id}).scalars().all()


# --- upload links that nobody has opened, or used -----------------------------------------------------------------

_LIVE_LINKS = (
    select(_link.c.id, _placement.c.roll_record_id)
    .join(_placement, _placement.c.id == _link.c.live_key)
    .where(
        _link.c.expires_at > bindparam("now"),
        _placement.c.state.in_((State.AGREEMENT_APPROVED.value, State.SIGNING_RETURNED.value)),
    )
    .limit(BATCH)
)
_UNOPENED = _LIVE_LINKS.where(
    _link.c.opened_at.is_(None), _link.c.sent_at <= bindparam("before"), ~_given(LINK, _link.c.id)
)
# Whatever was handed in since the link was sent, from either side, has moved the submission.
_UNUSED = _LIVE_LINKS.where(
    _link.c.opened_at <= bindparam("before"),
    _placement.c.submitted_at < _link.c.sent_at,
    ~_given(UNUSED, _link.c.id),
)


def _links(conn: Connection, at: datetime) -> list[Due]:
    """Find upload links that an employer has not opened for three days."""
    rows = conn.execute(_UNOPENED, {"now": at, "before": at - reminders.LINK_UNOPENED})
    return [Due(LINK, row.id, "", Event.LINK_UNOPENED, {"link": row.id}, row.roll_record_id) for row in rows]


def _unused_links(conn: Connection, at: datetime) -> list[Due]:
    """Find upload links that were opened three days ago and through which nothing was handed in.

    The employer cannot be sent the address again: it is kept only until it is opened. The graduate can send another.
    """
    rows = conn.execute(_UNUSED, {"now": at, "before": at - reminders.LINK_UNUSED})
    return [Due(UNUSED, row.id, "", Event.LINK_UNUSED, {"link": row.id}, row.roll_record_id) for row in rows]


# --- cases that wait too long -------------------------------------------------------------------------------------


# What is reviewed, by the module whose reviewers hear of it (R-ACC-1).
_REVIEWED: tuple[tuple[Module, Any, tuple[ColumnElement[bool], ...]], ...] = (
    (Module.PLACEMENT, Placement, ()),
    (Module.PLACEMENT, Termination, ()),
    *((module, Transfer, (Transfer.kind == module.value,)) for module in (Module.ARCHIVE, Module.HOUSEHOLD)),
)
_PLACE = {SCHOOL: RollRecord.school_id, DEPARTMENT: RollRecord.department_id}


def _waits(place: str, module: Module, model: Any) -> ColumnElement[bool]:
    """Return the condition of what waits at a school, or in a department: a school decides in its stead (R-SCH-2)."""
    in_department = model.review_step == Step.DEPARTMENT.value
    if place == DEPARTMENT:
        return in_department & levels.has_reviewer(module, RollRecord.department_id)
    own: ColumnElement[bool] = model.review_step.in_((Step.SCHOOL.value, Step.SECOND.value))
    return own | (in_department & levels.orphaned(module))


def _old_cases(place: str, module: Module, model: Any, more: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    return (
        select(_PLACE[place].label("place"), func.count().label("number"))
        .select_from(model)
        .join(RollRecord, RollRecord.id == model.roll_record_id)
        .join(School, School.id == RollRecord.school_id)
        .where(_waits(place, module, model), model.submitted_at <= bindparam("before"), *more)
        .group_by(_PLACE[place])
    )


def _old_asked(model: Any, *waits: ColumnElement[bool]) -> Select[Any]:
    """Select what a school has not answered, by school: it goes to no department."""
    number = func.count().label("number")
    return select(model.school_id.label("place"), number).where(*waits).group_by(model.school_id)


def _old_disputes(module: Module) -> Select[Any]:
    moved = Correction.subject == Subject.TRANSFER.value
    mine = moved & Correction.subject_id.in_(select(Transfer.id).where(Transfer.kind == module.value))
    waits = (Correction.state == State.OPEN.value, Correction.updated_at <= bindparam("before"))
    return _old_asked(Correction, *waits, ~moved if module == Module.PLACEMENT else mine)


_OLD_REQUESTS = _old_asked(
    RollRequest, RollRequest.state == State.ASKED.value, RollRequest.created_at <= bindparam("before")
)
_OLD = {place: [(case[0], _old_cases(place, *case)) for case in _REVIEWED] for place in _PLACE}
_OLD[SCHOOL] += [(Module.PLACEMENT, _OLD_REQUESTS), *((module, _old_disputes(module)) for module in Module)]


def _overdue(conn: Connection, at: datetime) -> list[Due]:
    """Find schools and departments with cases older than three days: one reminder each a day, from eight on.

    It carries the numbers by module: who may review in one of them hears of that one.
    """
    if reminders.awake(at) != at:
        return []
    day, due = beijing_day(at).isoformat(), []
    for place in _PLACE:
        told = set(conn.execute(_TOLD, {"kind": place, "day": day}).scalars())
        due += [
            Due(place, place_id, day, Event.REVIEW_OVERDUE, {"place": place, "id": place_id, "numbers": numbers})
            for place_id, numbers in sorted(_numbers(conn, place, at).items())
            if place_id not in told
        ]
    return due


def _numbers(conn: Connection, place: str, at: datetime) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for module, old in _OLD[place]:
        for row in conn.execute(old, {"before": at - reminders.OLD_CASE}):
            numbers = found.setdefault(row.place, {})
            numbers[module.value] = numbers.get(module.value, 0) + row.number
    return found


_TOLD = select(_reminder.c.record_id).where(
    _reminder.c.kind == bindparam("kind"), _reminder.c.occasion == bindparam("day")
)
FINDERS: tuple[Callable[[Connection, datetime], list[Due]], ...] = (_answers, _links, _unused_links, _overdue)
