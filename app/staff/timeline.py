"""A record's history as people read it: when, who, what, why (R-AUDIT-1)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from app import codes
from app.crypto import unseal_text
from app.extensions import db
from app.history import value_bound
from app.models import History, HistoryValue, Staff
from workflows import labels
from workflows.calendar import say
from workflows.case import Case
from workflows.review import STEP_NAME
from workflows.vocabulary import STAFF, Action, Role

WHO = {
    Role.GRADUATE: "毕业生",
    Role.EMPLOYER: "用人单位",
    Role.DEPARTMENT: "院系",
    Role.SCHOOL: "学校",
    Role.PROVINCE: "省级",
    Role.OPERATOR: "平台",
    Role.AUDITOR: "审计",
    Role.PLATFORM: "平台",
}
UNMASK = "unmask"
CAUSE = {"training_mode": "网签资格调整", "cohort": "届别调整", "off_roll": "移出毕业生名单", "invite": "重新邀请"}

_ROWS = (
    select(History.seq, History.at, History.actor_role, History.actor_id, History.action, History.detail)
    .where(
        History.record_kind == "roll_record",
        History.record_id == bindparam("roll"),
        History.subject_kind == bindparam("kind"),
        History.subject_id == bindparam("subject"),
    )
    .order_by(History.seq)
)
_REASONS = select(HistoryValue.seq, HistoryValue.value_sealed).where(
    HistoryValue.record_kind == "roll_record",
    HistoryValue.record_id == bindparam("roll"),
    HistoryValue.field == "reason",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the history in words."""

    at: str
    who: str
    what: str
    reason: str


def moments(roll_id: int, kind: str, subject: int, case: Case) -> list[Moment]:
    """Return the history of a placement or of the roll record itself, oldest first: three statements."""
    rows = db.session.execute(_ROWS, {"roll": roll_id, "kind": kind, "subject": subject}).all()
    reasons = {
        row.seq: unseal_text(row.value_sealed, value_bound("roll_record", roll_id, row.seq, "reason"))
        for row in db.session.execute(_REASONS, {"roll": roll_id})
    }
    people = _people({row.actor_id for row in rows if Role(row.actor_role) in STAFF})
    return [Moment(say(row.at), _who(row, people), _what(row, case), reasons.get(row.seq, "")) for row in rows]


def _people(ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))}


def _who(row: Row[Any], people: dict[int, str]) -> str:
    role = Role(row.actor_role)
    name = people.get(row.actor_id, "") if role in STAFF else ""
    return f"{WHO[role]} {name}".strip()


def _what(row: Row[Any], case: Case) -> str:
    detail = row.detail
    if row.action == UNMASK:
        return "查看完整证件号与联系方式"
    action = Action(row.action)
    text = labels.action_label(action, case)
    if detail.get("in_stead"):
        text += labels.worded(f"（代{STEP_NAME[detail['step']]}审核）", case)
    if cause := CAUSE.get(detail.get("cause", "")):
        text += f"（因{cause}）"
    return text + _change(action, detail)


def _change(action: Action, detail: dict[str, Any]) -> str:
    if action == Action.SET_TRAINING_MODE:
        old, new = (codes.label("training_modes", detail[name]) for name in ("from", "to"))
        return f"：{old} → {new}"
    if action == Action.MOVE_COHORT:
        return f"：{detail['from']}届 → {detail['to']}届"
    return ""
