"""An event is told: the alerts in the app, a message for each that goes out, and the rows that have it worked off.

All in one transaction with the end of the event's own row (R-MSG-3); what the transaction has not kept, the next
worker does again, and what it has kept is done once.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, insert, or_, select

from app import crypto
from app.extensions import db
from app.faultpoints import point
from app.models import Delivery, Message, Outbox
from app.models.types import new_public_id
from notifications import outbox
from notifications.channels import show_in_app
from notifications.letters import Letter
from notifications.outbox import Claimed
from workflows.ladder_terms import Group
from workflows.vocabulary import Event

HINTS = {
    Group.INVITATION: "点击查看邀请并在截止前答复。",
    Group.REVIEW: "点击查看审核详情。",
    Group.TERMINATION: "点击查看解约详情。",
    Group.CHANGE: "点击查看修改内容，可提出异议。",
    Group.REMINDER: "点击查看详情并及时办理。",
}
TITLE_LIMIT = 35  # characters of a variable of a text message

_message, _outbox, _delivery = Message.__table__, Outbox.__table__, Delivery.__table__
_ADD = insert(_message).returning(_message.c.id)
_DUE = insert(_outbox).returning(_outbox.c.id)
_TOLD = select(
    or_(
        exists().where(_delivery.c.outbox_id == bindparam("row")),
        exists().where(_message.c.outbox_id == bindparam("row")),
    )
)


def bound(public_id: str) -> str:
    """Name the row that a message's sealed letter is bound to."""
    return f"message.letter:{public_id}"


def tell(claimed: Claimed, letters: list[Letter]) -> list[int]:
    """Show and post these letters and end the event's row, in the caller's transaction; return what is due now.

    Raises LostLeaseError.
    """
    at = outbox.done(claimed)
    if db.session.execute(_TOLD, {"row": claimed.id}).scalar_one():
        return []  # an earlier run has come to its end, and the row was made due again
    due = []
    for one in letters:
        if one.notice.in_app:
            show_in_app(claimed.id, one, at)
        if one.notice.group:
            due.append(_post(claimed, one, one.notice.group, at))
    point("alert.after_effect")
    return due


def _post(claimed: Claimed, letter: Letter, group: Group, at: datetime) -> int:
    """Insert the message and the outbox row that has it worked off; return the latter's id."""
    row: dict[str, Any] = {"public_id": new_public_id(), "outbox_id": claimed.id, "topic": letter.topic}
    row |= {"recipient_kind": letter.recipient_kind, "recipient_id": letter.recipient_id, "message_group": group.value}
    about = letter.about
    row |= {"school_id": about.school_id, "roll_record_id": about.roll_record_id, "placement_id": about.placement_id}
    row["module"] = about.module.value
    row |= {"state": "open", "created_at": at, "opened_at": at, "worthless_at": letter.worthless_at, "call_note": ""}
    row["letter_sealed"] = crypto.seal_json(_contents(claimed, letter, group, at), bound(row["public_id"]))
    message_id = db.session.execute(_ADD, row).scalar_one()
    due: dict[str, Any] = {
        "key": f"{Event.MESSAGE_DUE.value}:{row['public_id']}",
        "event": Event.MESSAGE_DUE.value,
        "state": "due",
    }
    due |= {"payload": {"message": message_id}, "placement_id": None, "roll_record_id": None}
    due |= {"due_at": at, "created_at": at, "attempts": 0, "fence": 0}
    row_id: int = db.session.execute(_DUE, due).scalar_one()
    return row_id


def _contents(claimed: Claimed, letter: Letter, group: Group, at: datetime) -> dict[str, Any]:
    """Return what a message keeps of its letter: words, WeChat's fields, the page, the text message's variables."""
    params = {} if group == Group.CHANGE else dict(letter.params) or {"title": letter.title[:TITLE_LIMIT]}
    return {
        "title": letter.title,
        "body": letter.body,
        "reader": letter.reader,
        "about": letter.about.name,
        "at": (claimed.created_at or at).isoformat(),
        "hint": HINTS.get(group, ""),
        "page": letter.about.page,
        "params": params,
        "phone": letter.phone,
    }
