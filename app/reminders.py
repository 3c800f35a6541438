"""Reminders: found by the sweeper, written once each, sent outside the quiet hours."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, exists, func, insert, select

from app import outgoing
from app.clock import now
from app.extensions import db
from app.models import Placement, Reminder, RollRecord, Termination, Transfer, UploadLink
from app.writing import write
from workflows import reminders
from workflows.calendar import beijing_day
from workflows.vocabulary import Event, State, Step

BATCH = 500
ANSWER, LINK, SCHOOL, DEPARTMENT = "answer", "link", "school", "department"

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

_UNANSWERED = (
    select(_placement.c.id, _placement.c.roll_record_id, _placement.c.deadline_at, _placement.c.updated_at)
    .where(
        _placement.c.state == State.INVITED.value,
        _placement.c.deadline_at > bindparam("now"),
        _placement.c.deadline_at <= bindparam("until"),
        ~_given(ANSWER, _placement.c.id, _reminder.c.at > bindparam("since")),
    )
    .order_by(_placement.c.deadline_at)
    .limit(BATCH)
)
_GIVEN = select(_reminder.c.occasion).where(_reminder.c.kind == ANSWER, _reminder.c.record_id == bindparam("row"))


def _answers(conn: Connection, at: datetime) -> list[Due]:
    """Find invitations that wait for an answer, 72 and 24 hours before their deadline."""
    first, last = max(reminders.ANSWER_MARKS), min(reminders.ANSWER_MARKS)
    found = [
        *conn.execute(_UNANSWERED, {"now": at, "until": at + first, "since": at - first}),
        *conn.execute(_UNANSWERED, {"now": at, "until": at + last, "since": at - last}),
    ]
    due = {reminder.occasion: reminder for row in found if (reminder := _answer(row, at))}
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


# --- upload links that nobody has opened --------------------------------------------------------------------------

_UNOPENED = (
    select(_link.c.id, _placement.c.roll_record_id)
    .join(_placement, _placement.c.id == _link.c.live_key)
    .where(
        _link.c.opened_at.is_(None),
        _link.c.sent_at <= bindparam("before"),
        _link.c.expires_at > bindparam("now"),
        _placement.c.state.in_((State.AGREEMENT_APPROVED.value, State.SIGNING_RETURNED.value)),
        ~_given(LINK, _link.c.id),
    )
    .limit(BATCH)
)


def _links(conn: Connection, at: datetime) -> list[Due]:
    """Find upload links that an employer has not opened for three days."""
    rows = conn.execute(_UNOPENED, {"now": at, "before": at - reminders.LINK_UNOPENED})
    return [Due(LINK, row.id, "", Event.LINK_UNOPENED, {"link": row.id}, row.roll_record_id) for row in rows]


# --- cases that wait too long -------------------------------------------------------------------------------------


def _old_cases(model: Any, steps: tuple[Step, ...], place: Any, before: datetime) -> Any:
    return (
        select(place.label("place"), func.count().label("number"))
        .select_from(model)
        .join(_roll, _roll.c.id == model.roll_record_id)
        .where(model.review_step.in_(steps), model.submitted_at <= before)
        .group_by(place)
    )


def _overdue(conn: Connection, at: datetime) -> list[Due]:
    """Find schools and departments with cases older than three days: one reminder each a day, from eight on."""
    if reminders.awake(at) != at:
        return []
    day, before = beijing_day(at).isoformat(), at - reminders.OLD_CASE
    due = []
    for kind, steps, place in (
        (SCHOOL, (Step.SCHOOL, Step.SECOND), _roll.c.school_id),
        (DEPARTMENT, (Step.DEPARTMENT,), _roll.c.department_id),
    ):
        numbers: dict[int, int] = {}
        for model in (Placement, Termination, Transfer):
            for row in conn.execute(_old_cases(model, steps, place, before)):
                numbers[row.place] = numbers.get(row.place, 0) + row.number
        told = set(conn.execute(_TOLD, {"kind": kind, "day": day}).scalars())
        due += [
            Due(kind, place_id, day, Event.REVIEW_OVERDUE, {"place": kind, "id": place_id, "number": number})
            for place_id, number in sorted(numbers.items())
            if place_id not in told
        ]
    return due


_TOLD = select(_reminder.c.record_id).where(
    _reminder.c.kind == bindparam("kind"), _reminder.c.occasion == bindparam("day")
)
FINDERS: tuple[Callable[[Connection, datetime], list[Due]], ...] = (_answers, _links, _overdue)
