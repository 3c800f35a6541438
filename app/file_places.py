"""Where a graduate may put a file: a record of their own that takes files of this purpose in its present state."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import access, facts, history, proofs
from app.errors import NotFound
from app.facts import View
from app.ledgers import LEDGERS
from app.models import RollRecord
from app.uploads import Place
from workflows.case import Actor, Refusal, Refused
from workflows.engine import available
from workflows.uploads import Wanted
from workflows.vocabulary import Action, Code, Subject

_OWN = select(RollRecord.id).where(RollRecord.account_id == bindparam("account"))
_FIND = {
    subject: select(ledger.table.c.id, ledger.table.c.roll_record_id).where(
        ledger.table.c.public_id == bindparam("record"), ledger.table.c.roll_record_id.in_(_OWN)
    )
    for subject, ledger in LEDGERS.items()
}


@dataclass(frozen=True, slots=True)
class Found:
    """A graduate's record as it was read: subject, row, the graduate's view, and what it asks for."""

    subject: Subject
    row: Any
    view: View

    @property
    def place(self) -> Place:
        """The record as the place of a file."""
        return Place(self.subject.value, self.row.id, self.view.roll_id)

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """What the record asks for."""
        return proofs.wanted(self.subject, self.row)


def find(conn: Connection, actor: Actor, subject: str, public_id: str, lock: bool = False) -> Found:
    """Return a graduate's own record, locked where wanted; raises NotFound for any other id or subject."""
    if subject not in {known.value for known in _FIND}:
        raise NotFound
    known = Subject(subject)
    wanted = {"record": access.well_formed(public_id), "account": actor.id}
    found = conn.execute(_FIND[known], wanted).one_or_none()
    if found is None:
        raise NotFound
    return _read(conn, known, found.id, found.roll_record_id, lock)


def at(conn: Connection, place: Place, lock: bool = False) -> Found:
    """Return the graduate's record that a file is attached to."""
    if place.roll_record_id is None:
        raise NotFound
    return _read(conn, Subject(place.subject), place.subject_id, place.roll_record_id, lock)


def _read(conn: Connection, subject: Subject, record: int, roll: int, lock: bool) -> Found:
    if lock:
        history.lock(conn, "roll_record", roll)
    view = facts.read(conn, roll)
    return Found(subject, view.record(subject, record), view)


def asked(found: Found, purpose: str) -> Wanted:
    """Return what the record asks for under a purpose; raises Refused where it asks for no such thing."""
    for one in found.wanted:
        if one.purpose == purpose:
            return one
    message = "这条记录不需要上传这种材料。"
    raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "请刷新页面，按页面要求上传。", fields={"purpose": message}))


def refuse_change(found: Found, actor: Actor, purpose: str) -> Refusal | None:
    """Refuse adding and removing files where the record's own flow does not let its form or image be changed now."""
    action = proofs.ALLOWED_BY.get(purpose, Action.EDIT)
    ledger = LEDGERS[found.subject]
    flow, case = ledger.flow(found.row), ledger.case(found.row)
    options = available(flow, case, actor, ledger.facts(found.view, found.row, actor, None))
    option = next((option for option in options if option.action == action), None)
    if option is not None:
        return option.refusal
    message = f"该记录当前状态为“{flow.describe(case, found.view.now)}”，不能上传或删除材料。"
    return Refusal(Code.WRONG_STATE, message, "请刷新页面查看最新状态。")
