"""Archive transfers that walked their real way, for tests of what goes to the far side and comes back."""

from typing import Any

from sqlalchemy import select

from app import actions, facts, forms, settings
from app.extensions import db
from app.models import Province, Transfer
from app.writing import write
from tests import builders
from tests.builders import Graduate
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Module, Role, State, Subject

TYPED: dict[str, Any] = {
    "type_code": "trustee",
    "receiver": "示例人才服务中心",
    "region_code": "110108",
    "address": "示例路2号",
    "contact_name": "演示乙",
    "contact_phone": "010-62510000",
    "postcode": "100080",
}


def open_archive() -> None:
    """Open the archive module of the province."""
    province = db.session.execute(select(Province).where(Province.code == "110000")).scalar_one()
    actor = Actor(Role.PROVINCE, 0, province_code="110000")
    write(lambda: settings.open_module(actor, province, Module.ARCHIVE))


def make_transfer(graduate: Graduate, state: State = State.APPROVED, **typed: Any) -> int:
    """Register an archive transfer, submit it, and decide the school's review; return its id."""
    open_archive()
    roll_id = graduate.roll.id
    draft = forms.draft(Subject.TRANSFER, Module.ARCHIVE, TYPED | typed)
    columns = {"kind": Module.ARCHIVE.value}
    made = write(
        lambda: actions.create(roll_id, Action.START, graduate.actor, Request(), columns, draft, Subject.TRANSFER)
    )
    declaration = facts.declaration(facts.read(db.session.connection(), roll_id))
    db.session.rollback()
    request = Request(version=1, declaration=declaration)
    write(lambda: actions.step(made.id, roll_id, Action.SUBMIT, graduate.actor, request, subject=Subject.TRANSFER))
    if state == State.APPROVED:
        decide(graduate, made.id, Action.APPROVE)
    elif state == State.VOID:
        decide(graduate, made.id, Action.REJECT, "材料不符")
    elif state == State.RETURNED:
        decide(graduate, made.id, Action.RETURN, "地址不完整")
    return made.id


def decide(graduate: Graduate, transfer_id: int, action: Action, reason: str | None = None) -> None:
    """Take the school's step on a transfer."""
    version = db.session.execute(select(Transfer.version).where(Transfer.id == transfer_id)).scalar_one()
    db.session.rollback()
    request = Request(version=version, reason=reason)
    school = builders.reviewer(graduate, Role.SCHOOL)
    write(lambda: actions.step(transfer_id, graduate.roll.id, action, school, request, subject=Subject.TRANSFER))


def correct(transfer_id: int, **changed: Any) -> None:
    """Correct an approved transfer as school staff."""
    row = db.session.get_one(Transfer, transfer_id, populate_existing=True)
    request = Request(version=row.version, reason="学校更正", changed=tuple(changed))
    school, roll_id = Actor(Role.SCHOOL, 0, school_id=row.school_id), row.roll_record_id
    db.session.rollback()
    write(
        lambda: actions.step(transfer_id, roll_id, Action.CORRECT, school, request, TYPED | changed, Subject.TRANSFER)
    )
