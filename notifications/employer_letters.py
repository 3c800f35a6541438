"""What an employer reads in its portal about itself: verified, suspended, resumed, its signing officers (R-EMP-1/3)."""

from app import masking
from app.extensions import db
from app.models import Employer, EmployerUser
from notifications.letters import Letter, letter
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS
from workflows.vocabulary import Event, Subject


def about_itself(claimed: Claimed) -> list[Letter]:
    """Return the letter to the employer that an event is about; raises PermanentError where there is none."""
    employer = db.session.get(Employer, claimed.payload["employer"])
    if employer is None:
        raise PermanentError("no_such_record")
    officer = claimed.payload["id"] if claimed.payload["subject"] == Subject.OFFICER else 0
    user = db.session.get(EmployerUser, officer)
    words = {"officer": masking.name(user.name) if user else "", "reason": employer.reason or ""}
    (notice,) = TOPICS[Event(claimed.event)].notices
    return [letter(notice, (employer.id, f"用人单位 {employer.name}"), claimed.event, words)]
