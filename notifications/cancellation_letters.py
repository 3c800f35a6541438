"""Who is told that a graduate has given up a record: the graduate, and whoever could have reviewed it (R-CANCEL-1)."""

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app import levels
from app.extensions import db
from app.models import Account, Placement, RollRecord, Staff, Transfer
from notifications import pages
from notifications.letters import About, Letter, letter, owner
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS
from workflows.platform_settings import MODULE_TITLE
from workflows.transfer_form import TITLE
from workflows.vocabulary import Event, Kind, Level, Module, Role, Step

WHAT = {Kind.OFFLINE: "线下签约", Kind.PAPER: "已签就业协议登记", Kind.DESTINATION: "去向登记"}


def cancelled(claimed: Claimed) -> list[Letter]:
    """Tell the graduate; and the reviewers, without a word of whom, where it had been handed in to them."""
    roll = db.session.get(RollRecord, claimed.roll_record_id)
    row: Any = db.session.get(Transfer, claimed.payload["id"]) if _of_transfer(claimed) else _placement(claimed)
    if row is None or roll is None:
        raise PermanentError("no_such_record")
    of_graduate, of_staff = TOPICS[Event.RECORD_CANCELLED].notices
    letters = [
        letter(of_staff, (reader.id, f"老师 {reader.name}"), claimed.event, _staff_words(row))
        for reader in _reviewers(row, roll)
    ]
    account = db.session.get(Account, roll.account_id) if roll.account_id else None
    if account:
        title, page = _named(row)
        about = About(title, pages.of(page, row), row.school_id, roll.id, claimed.placement_id)
        letters.append(letter(of_graduate, owner(account), claimed.event, {"title": title}, about))
    return letters


def _of_transfer(claimed: Claimed) -> bool:
    return "id" in claimed.payload


def _placement(claimed: Claimed) -> Placement | None:
    return db.session.get(Placement, claimed.placement_id) if claimed.placement_id else None


def _named(row: Placement | Transfer) -> tuple[str, str]:
    if isinstance(row, Transfer):
        return f"{TITLE[Module(row.kind)]}登记", pages.TRANSFER
    return row.title, pages.PLACEMENT


def _staff_words(row: Placement | Transfer) -> dict[str, str]:
    if isinstance(row, Transfer):
        return {
            "what": f"{TITLE[Module(row.kind)]}登记",
            "where": MODULE_TITLE[Module(row.kind)].replace("登记", "管理"),
        }
    return {"what": WHAT[Kind(row.kind)], "where": "签约审核"}


def _reviewers(row: Placement | Transfer, roll: RollRecord) -> list[Any]:
    """Return who may review what was handed in: the school's, and the department's where it stands on the path."""
    if row.submitted_at is None:
        return []
    module = Module(row.kind) if isinstance(row, Transfer) else Module.PLACEMENT
    mine: ColumnElement[bool] = (Staff.role == Role.SCHOOL.value) & (Staff.school_id == row.school_id)
    if Step.DEPARTMENT.value in row.review_path.split(","):
        theirs = (Staff.role == Role.DEPARTMENT.value) & (Staff.department_id == roll.department_id)
        mine = or_(mine, theirs)
    may_write = levels.effective(module).element == int(Level.WRITE)
    return list(db.session.execute(select(Staff.id, Staff.name).where(mine, Staff.active, may_write)))
