"""Reminders: of an answer deadline, of an upload link that lies unopened, of cases that wait too long."""

from sqlalchemy import select

from app import masking, upload_links
from app.clock import now
from app.extensions import db
from app.models import Account, Placement, RollRecord, Staff
from notifications.letters import Letter, words_of
from notifications.outbox import Claimed, PermanentError
from notifications.topics import Audience, Channel
from workflows.calendar import say
from workflows.vocabulary import Level, Role, State


def answer(claimed: Claimed) -> list[Letter]:
    """Remind a graduate of an invitation; nobody where it has been answered, withdrawn or has lapsed meanwhile."""
    placement = db.session.get(Placement, claimed.payload["placement"])
    roll = db.session.get(RollRecord, claimed.roll_record_id)
    if placement is None or roll is None:
        raise PermanentError("no_such_record")
    waits = placement.state == State.INVITED and placement.deadline_at is not None and placement.deadline_at > now()
    account = db.session.get(Account, roll.account_id) if waits and roll.account_id else None
    if account is None or placement.deadline_at is None:
        return []
    title, body = words_of("answer_due", {"employer": placement.title, "deadline": say(placement.deadline_at)})
    kind, reader, channels = Audience.GRADUATE.value, f"毕业生 {account.name}"[:80], (Channel.IN_APP, Channel.DEMO)
    return [Letter(kind, account.id, reader, title, body, claimed.event, placement.id, channels)]


def link(claimed: Claimed) -> list[Letter]:
    """Send an upload link once more to an employer's contact who has not opened it; none once it has or is dead."""
    row = upload_links.by_id(claimed.payload["link"])
    sent = upload_links.open_letter(row) if row is not None else None
    if row is None or sent is None:
        return []
    title, body = words_of("link_unopened", {"address": sent.address, "until": say(row.expires_at)})
    reader = f"手机 {masking.phone(sent.phone)}"
    return [Letter(Audience.PHONE.value, row.id, reader, title, body, claimed.event, None, (Channel.DEMO,))]


def overdue(claimed: Claimed) -> list[Letter]:
    """Remind everybody who may review at a school, or in a department, of the cases that have waited for days."""
    of = {"school": Staff.school_id, "department": Staff.department_id}[claimed.payload["place"]]
    role = Role.SCHOOL if claimed.payload["place"] == "school" else Role.DEPARTMENT
    reviewers = select(Staff.id, Staff.name).where(
        of == claimed.payload["id"], Staff.role == role.value, Staff.active, Staff.placement_level == int(Level.WRITE)
    )
    title, body = words_of("review_overdue", {"number": claimed.payload["number"]})
    channels = (Channel.IN_APP, Channel.DEMO)
    return [
        Letter(Audience.STAFF.value, row.id, f"老师 {row.name}"[:80], title, body, claimed.event, None, channels)
        for row in db.session.execute(reviewers)
    ]
