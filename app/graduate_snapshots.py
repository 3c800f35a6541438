"""What the roll said of a graduate when a record was handed in, against what it says today (R-GRAD-10).

For paper registrations, destinations and transfers; what prints an agreement has a whole snapshot (`app.snapshots`).
"""

from datetime import datetime

from sqlalchemy import Connection, LargeBinary, bindparam, select, text

from app import shown_roll
from app.crypto import digest, seal_json, unseal_json
from app.models import Department, GraduateSnapshot, RollRecord, School
from app.models.types import UtcDateTime
from workflows.vocabulary import Subject

Said = dict[str, str]
_roll = RollRecord.__table__
_TODAY = (
    select(_roll, School.name.label("school_name"), Department.name.label("department_name"))
    .join(School.__table__, School.id == _roll.c.school_id)
    .join(Department.__table__, Department.id == _roll.c.department_id)
    .where(_roll.c.id == bindparam("roll"))
)
_KEPT = select(GraduateSnapshot.body_sealed).where(
    GraduateSnapshot.subject == bindparam("subject"), GraduateSnapshot.record_id == bindparam("record")
)
# A resubmission takes it anew (R-REV-1).
_KEEP = text(
    "INSERT INTO graduate_snapshot (subject, record_id, body_sealed, at) VALUES (:subject, :record, :body, :at)"
    " ON CONFLICT (subject, record_id) DO UPDATE SET body_sealed = excluded.body_sealed, at = excluded.at"
).bindparams(bindparam("body", type_=LargeBinary()), bindparam("at", type_=UtcDateTime()))
# The account's own; nobody but the graduate changes them, and no reviewer reads them here.
LEFT_OUT = frozenset({"身份证号", "电子邮箱", "手机号码"})


def _bound(subject: Subject, record_id: int) -> str:
    return f"graduate_snapshot.body:{subject}:{record_id}"


def _today(conn: Connection, roll_id: int) -> Said:
    row = conn.execute(_TODAY, {"roll": roll_id}).one()
    shown = shown_roll.shown_fields(row, row.school_name, row.department_name, "", "")
    return {label: value for label, value in shown if label not in LEFT_OUT}


def keep(conn: Connection, subject: Subject, record_id: int, roll_id: int, at: datetime) -> str:
    """Keep what the roll says now with a record that is handed in, and return its digest."""
    said = _today(conn, roll_id)
    sealed = seal_json(said, _bound(subject, record_id))
    conn.execute(_KEEP, {"subject": subject.value, "record": record_id, "body": sealed, "at": at})
    return digest("graduate_snapshot", said)


def changed(conn: Connection, subject: Subject, record_id: int, roll_id: int) -> list[tuple[str, str, str]]:
    """List what the roll says otherwise today than when a record was handed in last, as (label, old, new)."""
    sealed = conn.execute(_KEPT, {"subject": subject.value, "record": record_id}).scalar_one_or_none()
    if sealed is None:
        return []
    then: Said = unseal_json(bytes(sealed), _bound(subject, record_id))
    today = _today(conn, roll_id).items()
    return [(label, then[label], value) for label, value in today if then.get(label, value) != value]
