"""What a graduate is told of an archive or household transfer (R-MSG-1)."""

from app.extensions import db
from app.models import Account, RollRecord, Transfer
from notifications import correction_letters, pages
from notifications.letters import About, Letter, letter, owner
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS
from workflows.transfer_form import TITLE
from workflows.vocabulary import Event, Module, Role, Subject


def decided(claimed: Claimed) -> list[Letter]:
    """Tell the graduate what became of a transfer, or that somebody changed it; nobody without an account."""
    row = db.session.get(Transfer, claimed.payload["id"])
    roll = db.session.get(RollRecord, claimed.roll_record_id)
    if row is None or roll is None:
        raise PermanentError("no_such_record")
    account = db.session.get(Account, roll.account_id) if roll.account_id else None
    if account is None:
        return []
    by = "院系" if row.rejected_by == Role.DEPARTMENT else "学校"
    words = {"title": TITLE[Module(row.kind)], "reviewer": by, "changes": ""}
    page = pages.of(pages.TRANSFER, row)
    if claimed.event == Event.TRANSFER_CORRECTED:
        words["changes"], page = correction_letters.changes(Subject.TRANSFER, row.id, claimed.payload["version"])
    about = About(words["title"], page, row.school_id, roll.id, module=Module(row.kind))
    return [
        letter(notice, owner(account), claimed.event, words, about) for notice in TOPICS[Event(claimed.event)].notices
    ]
