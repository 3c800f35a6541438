"""What the holder of an upload link is told: the link, and that the graduate has uploaded the image (R-OFF-5)."""

from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from app import as_cases, snapshots, upload_links
from app.clock import now
from app.extensions import db
from app.models import History, Placement, RollRecord
from notifications import pages
from notifications.letters import About, Letter, letter, reader_of, to_phone
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS, Notice
from workflows import labels, sent_codes
from workflows.vocabulary import Action, Event, Role, Subject

_uploads = (
    History.record_kind == "roll_record",
    History.record_id == bindparam("roll"),
    History.subject_kind == Subject.PLACEMENT.value,
    History.subject_id == bindparam("placement"),
    History.action == Action.UPLOAD.value,
)
_UPLOADS = select(History.at, History.detail).where(*_uploads, History.at > bindparam("since"))
_UPLOADERS = select(History.actor_role, History.detail).where(*_uploads).order_by(History.seq.desc())


def _read(claimed: Claimed) -> tuple[Placement, RollRecord]:
    placement = db.session.get(Placement, claimed.placement_id)
    roll = db.session.get(RollRecord, claimed.roll_record_id)
    if placement is None or roll is None:
        raise PermanentError("no_such_record")
    return placement, roll


def _words(placement: Placement, roll: RollRecord) -> dict[str, Any]:
    terms = snapshots.terms_at(db.session.connection(), placement)
    worded = partial(labels.worded, case=as_cases.placement(placement))
    return {"graduate": roll.name, "employer": terms.get("employer_name") or placement.title, "worded": worded}


def link(claimed: Claimed) -> list[Letter]:
    """Write the message that carries a link; none where a newer one has replaced it or the agreement has ended."""
    placement, roll = _read(claimed)
    row = upload_links.of_placement(db.session.connection(), placement.id, now())
    sent = upload_links.open_letter(row) if row else None
    if row is None or sent is None:
        return []
    days = upload_links.lasts().days
    words = _words(placement, roll) | {"address": sent.address, "days": days}
    params = {"graduate": roll.name, "token": sent.token, "days": str(days)}
    (notice,) = TOPICS[Event.UPLOAD_LINK_SENT].notices
    return [to_phone(notice, row.id, sent.phone, claimed.event, words, params, worthless_at=row.expires_at)]


def uploaded(claimed: Claimed) -> list[Letter]:
    """Tell the other side of an upload: the graduate, or the holder of a link that still holds (R-OFF-5)."""
    placement, roll = _read(claimed)
    words = _words(placement, roll)
    of_graduate, of_number = TOPICS[Event.AGREEMENT_UPLOADED].notices
    if _uploader(claimed, placement) == Role.LINK_HOLDER:
        return _to_graduate(claimed, of_graduate, placement, roll, words)
    row = upload_links.of_placement(db.session.connection(), placement.id, now())
    if row is None or _too_often(claimed, placement):
        return []
    params = {"graduate": roll.name}
    return [to_phone(of_number, row.id, upload_links.phone_of(row), claimed.event, words, params)]


def _uploader(claimed: Claimed, placement: Placement) -> str | None:
    """Return who made this upload: the placement may have been taken back and uploaded by the other side since."""
    rows = db.session.execute(_UPLOADERS, {"roll": placement.roll_record_id, "placement": placement.id})
    return next((row.actor_role for row in rows if row.detail["version"] == claimed.payload["version"]), None)


def _too_often(claimed: Claimed, placement: Placement) -> bool:
    """Say whether, with this upload, there were more in an hour or a day than messages go to one number (P10)."""
    at = now()
    about = {"roll": placement.roll_record_id, "placement": placement.id, "since": at - sent_codes.LONGEST}
    done = db.session.execute(_UPLOADS, about).all()
    until = [row.at for row in done if row.detail["version"] <= claimed.payload["version"]]
    _, *longer = sent_codes.LIMITS
    return any(sum(one > at - span for one in until) > limit for span, limit in longer)


def _to_graduate(
    claimed: Claimed, notice: Notice, placement: Placement, roll: RollRecord, words: dict[str, Any]
) -> list[Letter]:
    reader = reader_of(notice.audience, roll, None)
    if reader is None:
        return []
    page = pages.of(pages.PLACEMENT, placement)
    about = About(words["employer"], page, roll.school_id, roll.id, placement.id)
    return [letter(notice, reader, claimed.event, words, about)]
