"""我的信息: the person, the records on the roll, and their confirmation (R-GRAD-1)."""

from typing import Any

from app import access, accounts, actions, facts, masking, people, shown_roll
from app.api import corrections, records
from app.api.record_schemas import RecordAnswer
from app.api.room import KEY, Room, answer, once
from app.api.schemas import ConfirmationAnswer, ConfirmationInput, MeAnswer
from app.extensions import db
from app.models import Account, Department, RollRecord, School
from app.writing import rollback, write
from workflows.case import Request
from workflows.vocabulary import Action

blueprint = Room("me", __name__, description="我的信息")


@blueprint.get("/me")
@blueprint.response(200, MeAnswer)
@access.policy("graduate")
def me() -> Any:
    """Return the person with all records; where none is of this cohort, which of the four keys failed (R-GRAD-1/2)."""
    account = _joined(access.actor().id)
    phone, email = accounts.phone_of(account), accounts.email_of(account)
    rows = records.own(account.id)
    payload: dict[str, Any] = {"name": account.name, "phone": masking.phone(phone), "email": masking.email(email)}
    payload["records"] = [records.public(row) for row in rows]
    if not any(line["current"] for line in payload["records"]):
        payload["mismatch"] = people.mismatch(account)
    return answer(payload)


def _joined(account_id: int) -> Account:
    """Return the person, joined to what has come onto a roll since the sign-in; a session outlives an import."""
    account = db.session.get_one(Account, account_id)
    if people.unlinked(account):
        rollback()  # what was read without the lock is read again under it
        write(lambda: people.link(db.session.get_one(Account, account_id)))
    return db.session.get_one(Account, account_id)


@blueprint.get("/records/<record_id>")
@blueprint.response(200, RecordAnswer)
@access.policy("graduate")
def record(record_id: str) -> Any:
    """Return everything a graduate has to check before entering, and what staff changed of it (R-GRAD-1, R-DIFF-1)."""
    actor = access.actor()
    roll: RollRecord = access.load(RollRecord, record_id, actor)
    account = db.session.get_one(Account, actor.id)
    phone, email = accounts.phone_of(account), accounts.email_of(account)
    school = db.session.get_one(School, roll.school_id).name
    department = db.session.get_one(Department, roll.department_id).name
    fields = shown_roll.shown_fields(roll, school, department, phone, email)
    return answer(
        {
            "id": roll.public_id,
            "cohort": roll.cohort,
            "confirmed": records.confirmed(roll),
            "shown_version": roll.shown_hash,
            "fields": [{"label": label, "value": value} for label, value in fields],
            "corrections": corrections.of_roll(facts.read(db.session.connection(), roll.id), roll.confirmed_at, actor),
        }
    )


@blueprint.post("/records/<record_id>/confirmation")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(ConfirmationInput)
@blueprint.response(200, ConfirmationAnswer)
@access.policy("graduate")
def confirm(body: dict[str, Any], record_id: str) -> Any:
    """信息确认无误，进入系统: confirm the data as they were shown (R-GRAD-1)."""
    actor = access.actor()
    roll: RollRecord = access.load(RollRecord, record_id, actor)
    request = Request(value=body["shown_version"])

    def work() -> dict[str, Any]:
        actions.roll_step(roll.id, Action.CONFIRM, actor, request)
        return {"confirmed": True}

    return once(work)
