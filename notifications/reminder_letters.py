"""Reminders: of an answer deadline, of an upload link that lies unopened, of cases that wait too long."""

from sqlalchemy import select

from app import upload_links
from app.clock import now
from app.extensions import db
from app.models import Account, Placement, RollRecord, Staff
from notifications import pages
from notifications.letters import About, Letter, letter, owner, to_phone
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS
from workflows.calendar import say
from workflows.vocabulary import Event, Level, Role, State


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
    (notice,) = TOPICS[Event.ANSWER_DUE].notices
    words = {"employer": placement.title, "deadline": say(placement.deadline_at)}
    about = About(placement.title, pages.of(pages.INVITATION, placement), roll.school_id, roll.id, placement.id)
    return [letter(notice, owner(account), claimed.event, words, about, worthless_at=placement.deadline_at)]


def link(claimed: Claimed) -> list[Letter]:
    """Send an upload link once more to an employer's contact who has not opened it; none once it has or is dead."""
    row = upload_links.by_id(claimed.payload["link"])
    sent = upload_links.open_letter(row) if row is not None else None
    if row is None or sent is None:
        return []
    (notice,) = TOPICS[Event.LINK_UNOPENED].notices
    roll = db.session.get(RollRecord, row.roll_record_id)
    words = {"address": sent.address, "until": say(row.expires_at)}
    params = {"graduate": roll.name if roll else "", "token": sent.token, "until": words["until"]}
    return [to_phone(notice, row.id, sent.phone, claimed.event, words, params, worthless_at=row.expires_at)]


def overdue(claimed: Claimed) -> list[Letter]:
    """Remind everybody who may review at a school, or in a department, of the cases that have waited for days."""
    of = {"school": Staff.school_id, "department": Staff.department_id}[claimed.payload["place"]]
    role = Role.SCHOOL if claimed.payload["place"] == "school" else Role.DEPARTMENT
    reviewers = select(Staff.id, Staff.name).where(
        of == claimed.payload["id"], Staff.role == role.value, Staff.active, Staff.placement_level == int(Level.WRITE)
    )
    (notice,) = TOPICS[Event.REVIEW_OVERDUE].notices
    words = {"number": claimed.payload["number"]}
    rows = db.session.execute(reviewers).all()
    return [letter(notice, (row.id, f"老师 {row.name}"), claimed.event, words) for row in rows]
