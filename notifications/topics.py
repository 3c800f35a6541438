"""The table of what leaves the process: event -> who is told, over which channels, in which words; or which job."""

from dataclasses import dataclass
from enum import StrEnum

from workflows.vocabulary import Event, Role


class Audience(StrEnum):
    """Who is told; the value is also the kind of reader on a delivery."""

    GRADUATE = "account"
    EMPLOYER = "employer"
    PHONE = "phone"  # a number, whoever is behind it
    STAFF = "staff"


class Channel(StrEnum):
    """The ways to a person."""

    IN_APP = "in_app"
    DEMO = "demo"  # the inbox page of the demo; not in production


class Queue(StrEnum):
    """The workers' queues: what people wait for comes before what may take longer."""

    ALERTS = "alerts"
    DOCUMENTS = "documents"
    REPORTS = "reports"
    IMPORTS = "imports"


@dataclass(frozen=True, slots=True)
class Notice:
    """One audience of an event; `withdrawn_by` limits it to invitations that this role has withdrawn."""

    audience: Audience
    template: str
    channels: tuple[Channel, ...] = (Channel.IN_APP, Channel.DEMO)
    withdrawn_by: Role | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What follows from an event: notices to people, or, on another queue, the agreement's file or a report."""

    notices: tuple[Notice, ...] = ()
    queue: Queue = Queue.ALERTS


def _graduate(template: str) -> Notice:
    return Notice(Audience.GRADUATE, template)


def _only_here(template: str) -> Notice:
    """Tell a graduate in the mini-program, in full; a text message goes out beside it."""
    return Notice(Audience.GRADUATE, template, (Channel.IN_APP,))


def _text_message(template: str) -> Notice:
    """Tell a graduate always, in words that anybody may read on the lock screen; SMS joins with its own issue."""
    return Notice(Audience.GRADUATE, template, (Channel.DEMO,))


def _phone(template: str) -> Notice:
    """Tell a number alone; SMS joins as a channel with its own issue. A code must not lie where it can be read."""
    return Notice(Audience.PHONE, template, (Channel.DEMO,))


def _employer(template: str, withdrawn_by: Role | None = None) -> Notice:
    return Notice(Audience.EMPLOYER, template, withdrawn_by=withdrawn_by)


def _both(template: str) -> Topic:
    """Tell the graduate and the employer in the same words; of asking and answering only the other side hears."""
    return Topic((_graduate(template), _employer(template)))


# R-MSG-1: what a graduate hears of by alert (WeChat joins as a channel with its own issue); employers read theirs in
# the portal. An employer hears of a withdrawal that it did not make itself (R-GRAD-9, R-COH-1).
TOPICS: dict[Event, Topic] = {
    Event.INVITATION_SENT: Topic((_graduate("invitation_sent"),)),
    Event.INVITATION_CORRECTED: Topic((_graduate("invitation_corrected"),)),
    Event.INVITATION_WITHDRAWN: Topic(
        (_graduate("invitation_withdrawn"), _employer("invitation_withdrawn_employer", withdrawn_by=Role.PLATFORM))
    ),
    Event.INVITATION_ACCEPTED: Topic((_employer("invitation_accepted_employer"),)),
    Event.INVITATION_DECLINED: Topic((_employer("invitation_declined_employer"),)),
    Event.INVITATION_EXPIRED: Topic((_graduate("invitation_expired"), _employer("invitation_expired_employer"))),
    Event.SIGNING_FORWARDED: Topic((_graduate("signing_forwarded"),)),
    Event.SIGNING_APPROVED: Topic((_graduate("signing_approved"), _employer("signing_approved_employer"))),
    Event.SIGNING_REJECTED: Topic((_graduate("signing_rejected"), _employer("signing_rejected_employer"))),
    Event.SIGNING_RETURNED: Topic((_graduate("signing_returned"),)),
    Event.AGREEMENT_ISSUED: Topic(queue=Queue.DOCUMENTS),
    Event.AGREEMENT_FORWARDED: Topic((_graduate("agreement_forwarded"),)),
    Event.AGREEMENT_APPROVED: Topic((_graduate("agreement_approved"),)),
    Event.AGREEMENT_RETURNED: Topic((_graduate("agreement_returned"),)),
    Event.AGREEMENT_REJECTED: Topic((_graduate("agreement_rejected"),)),
    Event.AGREEMENT_UPLOADED: Topic((_graduate("image_uploaded"), _phone("image_uploaded_by_graduate"))),
    Event.UPLOAD_LINK_SENT: Topic((_phone("upload_link"),)),
    Event.DESTINATION_VOIDED: Topic((_graduate("destination_voided"),)),
    Event.DESTINATION_FORWARDED: Topic((_graduate("destination_forwarded"),)),
    Event.DESTINATION_APPROVED: Topic((_graduate("destination_approved"),)),
    Event.DESTINATION_RETURNED: Topic((_graduate("destination_returned"),)),
    Event.DESTINATION_REJECTED: Topic((_graduate("destination_rejected"),)),
    Event.DESTINATION_CORRECTED: Topic((_only_here("destination_corrected"), _text_message("placement_corrected_sms"))),
    Event.TRANSFER_FORWARDED: Topic((_graduate("transfer_forwarded"),)),
    Event.TRANSFER_APPROVED: Topic((_graduate("transfer_approved"),)),
    Event.TRANSFER_RETURNED: Topic((_graduate("transfer_returned"),)),
    Event.TRANSFER_REJECTED: Topic((_graduate("transfer_rejected"),)),
    Event.TRANSFER_CORRECTED: Topic((_graduate("transfer_corrected"),)),
    Event.ANSWER_DUE: Topic((_graduate("answer_due"),)),
    Event.LINK_UNOPENED: Topic((_phone("link_unopened"),)),
    Event.REVIEW_OVERDUE: Topic((Notice(Audience.STAFF, "review_overdue"),)),
    Event.RECORD_CANCELLED: Topic((_graduate("record_cancelled"),)),
    Event.PAPER_FORWARDED: Topic((_graduate("paper_forwarded"),)),
    Event.PAPER_APPROVED: Topic((_graduate("paper_approved"),)),
    Event.PAPER_RETURNED: Topic((_graduate("paper_returned"),)),
    Event.PAPER_REJECTED: Topic((_graduate("paper_rejected"),)),
    Event.PLACEMENT_CORRECTED: Topic((_only_here("placement_corrected"), _text_message("placement_corrected_sms"))),
    Event.CORRECTION_UPHELD: Topic((_graduate("correction_upheld"),)),
    Event.CORRECTION_DISMISSED: Topic((_graduate("correction_dismissed"),)),
    Event.TERMINATION_ASKED: _both("termination_asked"),
    Event.TERMINATION_ACCEPTED: _both("termination_accepted"),
    Event.TERMINATION_DECLINED: _both("termination_declined"),
    Event.TERMINATION_WITHDRAWN: _both("termination_withdrawn"),
    Event.TERMINATION_FORWARDED: _both("termination_forwarded"),
    Event.TERMINATION_RETURNED: Topic((_graduate("termination_returned"),)),
    Event.TERMINATION_APPROVED: _both("termination_approved"),
    Event.TERMINATION_REJECTED: _both("termination_rejected"),
    Event.TERMINATION_FORCED: _both("termination_forced"),
    Event.ROLL_CHANGED: Topic((_graduate("roll_changed"),)),
    Event.ROLL_RECEIVED: Topic(queue=Queue.IMPORTS),
    Event.LIST_ASKED: Topic(queue=Queue.IMPORTS),
    Event.MESSAGE_DUE: Topic(),
    Event.ROLL_REQUEST_GRANTED: Topic((_graduate("roll_request_granted"),)),
    Event.ROLL_REQUEST_REFUSED: Topic((_graduate("roll_request_refused"),)),
    Event.CODE_SENT: Topic((_phone("code_sent"),)),
    Event.ACCOUNT_CHANGED: Topic((_graduate("account_changed"), _phone("account_changed"))),
    Event.REPORT_DUE: Topic(queue=Queue.REPORTS),
    Event.FILE_RECEIVED: Topic(queue=Queue.DOCUMENTS),
    Event.EMPLOYER_APPROVED: Topic((_employer("employer_approved"),)),
    Event.EMPLOYER_REFUSED: Topic((_employer("employer_refused"),)),
    Event.EMPLOYER_SUSPENDED: Topic((_employer("employer_suspended"),)),
    Event.EMPLOYER_RESUMED: Topic((_employer("employer_resumed"),)),
    Event.OFFICER_APPLIED: Topic((_employer("officer_applied"),)),
    Event.OFFICER_REVOKED: Topic((_employer("officer_revoked"),)),
    Event.INVITATIONS_RECALLED: Topic(queue=Queue.DOCUMENTS),
}


def queue_of(event: str) -> Queue:
    """Return the queue on which an event is worked off; an unknown one comes to the dead letters by that of alerts."""
    return TOPICS[Event(event)].queue if event in set(Event) else Queue.ALERTS
