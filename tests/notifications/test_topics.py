"""The table of topics is whole: every event has a row, every template exists and is used."""

from pathlib import Path

import pytest

import notifications
from notifications.topics import TOPICS, Audience, Queue, queue_of
from workflows.vocabulary import Event

TEMPLATES = Path(notifications.__file__).parent / "templates"

REVIEWED = ("signing", "agreement", "destination", "transfer", "paper")


def used() -> set[str]:
    return {notice.template for topic in TOPICS.values() for notice in topic.notices}


@pytest.mark.rule("R-MSG-1")
def test_every_event_has_a_row_and_every_row_leads_somewhere() -> None:
    assert set(TOPICS) == set(Event)
    silent = {event for event, topic in TOPICS.items() if not topic.notices}
    assert silent == {event for event in Event if queue_of(event.value) != Queue.ALERTS}


def test_every_template_is_there_and_every_template_is_used() -> None:
    assert {path.stem for path in TEMPLATES.glob("*.txt")} == used()


@pytest.mark.parametrize("name", sorted(used()))
def test_a_template_is_a_title_and_a_sentence(name: str) -> None:
    title, body = (TEMPLATES / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert 4 <= len(title) <= 60 and body.rstrip("{% endif}").endswith("。")
    assert "id_number" not in title + body and "phone" not in title + body


@pytest.mark.rule("R-MSG-1")
def test_who_is_told_of_what() -> None:
    told = {event.value: {notice.audience for notice in topic.notices} for event, topic in TOPICS.items()}
    graduate, employer, phone = Audience.GRADUATE, Audience.EMPLOYER, Audience.PHONE
    assert told == {
        "invitation.sent": {graduate},
        "invitation.corrected": {graduate},
        "invitation.withdrawn": {graduate, employer},
        "invitation.accepted": {employer},
        "invitation.declined": {employer},
        "invitation.expired": {graduate, employer},
        "signing.forwarded": {graduate},
        "signing.approved": {graduate, employer},
        "signing.rejected": {graduate, employer},
        "agreement.issued": set(),
        "transfer.corrected": {graduate},
        "transfer.rejected": {graduate},
        "transfer.returned": {graduate},
        "transfer.approved": {graduate},
        "transfer.forwarded": {graduate},
        "answer.due": {graduate},
        "link.unopened": {phone},
        "link.unused": {graduate},
        "record.cancelled": {graduate, Audience.STAFF},
        "report.due": set(),
        "list.asked": set(),
        "message.due": set(),
        "review.overdue": {Audience.STAFF},
        "signing.returned": {graduate},
        "agreement.forwarded": {graduate},
        "agreement.approved": {graduate},
        "agreement.returned": {graduate},
        "agreement.rejected": {graduate},
        "agreement.uploaded": {graduate, phone},
        "agreement.upload_link": {phone},
        "destination.voided": {graduate},
        "destination.forwarded": {graduate},
        "destination.approved": {graduate},
        "destination.returned": {graduate},
        "destination.rejected": {graduate},
        "destination.corrected": {graduate},
        "paper.forwarded": {graduate},
        "paper.approved": {graduate},
        "paper.returned": {graduate},
        "paper.rejected": {graduate},
        "placement.corrected": {graduate, employer},
        "correction.upheld": {graduate},
        "correction.dismissed": {graduate},
        "roll.changed": {graduate},
        "roll.received": set(),
        "roll_request.granted": {graduate},
        "roll_request.refused": {graduate},
        "code.sent": {phone},
        "account.changed": {graduate, phone},
        "termination.asked": {graduate, employer},
        "termination.accepted": {graduate, employer},
        "termination.declined": {graduate, employer},
        "termination.withdrawn": {graduate, employer},
        "termination.forwarded": {graduate, employer},
        "termination.returned": {graduate},
        "termination.approved": {graduate, employer},
        "termination.rejected": {graduate, employer},
        "termination.forced": {graduate, employer},
        "file.received": set(),
        "employer.approved": {employer, phone},
        "employer.refused": {employer, phone},
        "bank_check.refused": {phone},
        "employer.suspended": {employer},
        "employer.resumed": {employer},
        "officer.applied": {employer},
        "officer.revoked": {employer},
        "invitations.recalled": set(),
    }
    for topic in TOPICS.values():  # whoever has a place to read finds it there; a message goes out beside it
        in_app = {notice.audience for notice in topic.notices if notice.in_app}
        assert in_app == {notice.audience for notice in topic.notices} - {phone}


@pytest.mark.rule("R-MSG-1")
def test_what_goes_out_and_as_what() -> None:
    of: dict[str | None, set[str]] = {}
    for event, topic in TOPICS.items():
        for notice in topic.notices:
            if notice.audience in (Audience.GRADUATE, Audience.PHONE):
                of.setdefault(notice.group and notice.group.value, set()).add(event.value)
            else:
                assert notice.group is None, "employers and staff read theirs in the portal"
    reviews = {f"{of}.{how}" for of in REVIEWED for how in ("forwarded", "approved", "returned", "rejected")}
    answers = {"correction.upheld", "correction.dismissed", "roll_request.granted", "roll_request.refused"}
    assert of == {
        "invitation": {f"invitation.{how}" for how in ("sent", "corrected", "withdrawn", "expired")},
        "review": reviews | answers,
        "termination": {event.value for event in Event if event.value.startswith("termination.")},
        "change": {"placement.corrected", "destination.corrected", "transfer.corrected", "roll.changed"},
        "reminder": {"answer.due", "agreement.uploaded", "link.unused"},
        "code": {"code.sent"},
        "upload_link": {"agreement.upload_link"},
        "link_reminder": {"link.unopened"},
        "image_uploaded": {"agreement.uploaded"},
        "account_changed": {"account.changed"},
        "verification": {"employer.approved", "employer.refused", "bank_check.refused"},
        None: {"destination.voided", "record.cancelled"},  # what graduates have done themselves
    }
