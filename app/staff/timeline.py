"""A record's history as people read it: when, who, what, why (R-AUDIT-1)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from app import codes
from app.crypto import unseal_text
from app.extensions import db
from app.history import value_bound
from app.models import History, HistoryValue, Staff
from workflows import history_lines
from workflows.calendar import say
from workflows.case import Case
from workflows.vocabulary import STAFF, Action, Role

_ROWS = (
    select(History.seq, History.at, History.actor_role, History.actor_id, History.action, History.detail)
    .where(
        History.record_kind == bindparam("chain"),
        History.record_id == bindparam("record"),
        History.subject_kind == bindparam("kind"),
        History.subject_id == bindparam("subject"),
    )
    .order_by(History.seq)
)
_REASONS = select(HistoryValue.seq, HistoryValue.value_sealed).where(
    HistoryValue.record_kind == bindparam("chain"),
    HistoryValue.record_id == bindparam("record"),
    HistoryValue.field == "reason",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the history in words; `by` is the staff member's name."""

    at: str
    what: str
    by: str
    reason: str


def moments(record: int, kind: str, subject: int, case: Case, chain: str = "roll_record") -> list[Moment]:
    """Return the history of a placement or of the record itself, oldest first: three statements.

    `record` is the row whose chain it is: a roll record's, or an employer's.
    """
    here = {"chain": chain, "record": record}
    rows = db.session.execute(_ROWS, here | {"kind": kind, "subject": subject}).all()
    reasons = {
        row.seq: unseal_text(row.value_sealed, value_bound(chain, record, row.seq, "reason"))
        for row in db.session.execute(_REASONS, here)
    }
    people = _people({row.actor_id for row in rows if Role(row.actor_role) in STAFF})
    return [_moment(row, case, people, reasons) for row in rows]


def _moment(row: Row[Any], case: Case, people: dict[int, str], reasons: dict[int, str]) -> Moment:
    by = people.get(row.actor_id, "") if Role(row.actor_role) in STAFF else ""
    return Moment(say(row.at), _what(row, case), by, reasons.get(row.seq, ""))


def _people(ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}


def _what(row: Row[Any], case: Case) -> str:
    text = history_lines.line(Role(row.actor_role), row.action, row.detail, case)
    return text + _change(row.action, row.detail)


def _change(action: str, detail: dict[str, Any]) -> str:
    if action == Action.SET_TRAINING_MODE:
        old, new = (codes.label("training_modes", detail[name]) for name in ("from", "to"))
        return f"：{old} → {new}"
    if action == Action.MOVE_COHORT:
        return f"：{detail['from']}届 → {detail['to']}届"
    return ""
