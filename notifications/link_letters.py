"""What the holder of an upload link is told: the link, and that the graduate has uploaded the image (R-OFF-5)."""

from functools import partial
from typing import Any

from sqlalchemy import bindparam, select

from app import as_cases, masking, snapshots, upload_links
from app.clock import now
from app.extensions import db
from app.models import History, Placement, RollRecord
from notifications.letters import Letter, reader_of, words_of
from notifications.outbox import Claimed, PermanentError
from notifications.topics import TOPICS, Audience, Channel, Notice
from workflows import labels, sent_codes
from workflows.vocabulary import Action, Event, Role, Subject

_UPLOADS = select(History.at, History.detail).where(
    History.record_kind == "roll_record",
    History.record_id == bindparam("roll"),
    History.subject_kind == Subject.PLACEMENT.value,
    History.subject_id == bindparam("placement"),
    History.action == Action.UPLOAD.value,
    History.at > bindparam("since"),
)


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


def _to_phone(claimed: Claimed, link_id: int, phone: str, template: str, words: dict[str, Any]) -> Letter:
    title, body = words_of(template, words)
    reader = f"手机 {masking.phone(phone)}"
    return Letter(Audience.PHONE.value, link_id, reader, title, body, claimed.event, None, (Channel.DEMO,))


def link(claimed: Claimed) -> list[Letter]:
    """Write the message that carries a link; none where a newer one has replaced it or the agreement has ended."""
    placement, roll = _read(claimed)
    row = upload_links.of_placement(db.session.connection(), placement.id, now())
    sent = upload_links.open_letter(row) if row else None
    if row is None or sent is None:
        return []
    words = _words(placement, roll) | {"address": sent.address, "days": upload_links.lasts().days}
    return [_to_phone(claimed, row.id, sent.phone, "upload_link", words)]


def uploaded(claimed: Claimed) -> list[Letter]:
    """Tell the other side of an upload: the graduate, or the holder of a link that still holds (R-OFF-5)."""
    placement, roll = _read(claimed)
    words = _words(placement, roll)
    if placement.uploaded_by == Role.LINK_HOLDER:
        return _to_graduate(claimed, roll, words)
    row = upload_links.of_placement(db.session.connection(), placement.id, now())
    if row is None or _too_often(claimed, placement):
        return []
    return [_to_phone(claimed, row.id, upload_links.phone_of(row), "image_uploaded_by_graduate", words)]


def _too_often(claimed: Claimed, placement: Placement) -> bool:
    """Say whether, with this upload, there were more in an hour or a day than messages go to one number (P10)."""
    at = now()
    about = {"roll": placement.roll_record_id, "placement": placement.id, "since": at - sent_codes.LONGEST}
    done = db.session.execute(_UPLOADS, about).all()
    until = [row.at for row in done if row.detail["version"] <= claimed.payload["version"]]
    _, *longer = sent_codes.LIMITS
    return any(sum(one > at - span for one in until) > limit for span, limit in longer)


def _to_graduate(claimed: Claimed, roll: RollRecord, words: dict[str, Any]) -> list[Letter]:
    notice: Notice = TOPICS[Event.AGREEMENT_UPLOADED].notices[0]
    reader = reader_of(notice.audience, roll, None)
    if reader is None:
        return []
    title, body = words_of(notice.template, words)
    kind, placement_id = notice.audience.value, claimed.placement_id
    return [Letter(kind, *reader, title, body, claimed.event, placement_id, notice.channels)]
