"""The table of what leaves the process: event -> who is told, in which words, by what kind of message; or which job."""

from dataclasses import dataclass
from enum import StrEnum

from workflows.ladder_terms import Group
from workflows.vocabulary import Event, Role


class Audience(StrEnum):
    """Who is told; the value is also the kind of reader on a delivery."""

    GRADUATE = "account"
    EMPLOYER = "employer"
    PHONE = "phone"  # a number, whoever is behind it
    STAFF = "staff"


class Queue(StrEnum):
    """The workers' queues: what people wait for comes before what may take longer."""

    ALERTS = "alerts"
    DOCUMENTS = "documents"
    MESSAGES = "messages"  # those that wait and come back: a backlog of thousands does not hold up a code
    REPORTS = "reports"
    IMPORTS = "imports"


@dataclass(frozen=True, slots=True)
class Notice:
    """One audience of an event; `withdrawn_by` limits it to invitations that this role has withdrawn.

    Everybody but a number finds it in the app. Where there is a `group` a message of that kind goes out as well, on
    the ladder (docs/decisions/0008).
    """

    audience: Audience
    template: str
    group: Group | None = None
    withdrawn_by: Role | None = None

    @property
    def in_app(self) -> bool:
        """Say whether the reader has a place to read it here."""
        return self.audience != Audience.PHONE


@dataclass(frozen=True, slots=True)
class Topic:
    """What follows from an event: notices to people, or, on another queue, the agreement's file or a report."""

    notices: tuple[Notice, ...] = ()
    queue: Queue = Queue.ALERTS


def _graduate(template: str, group: Group | None = None) -> Notice:
    return Notice(Audience.GRADUATE, template, group)


def _phone(template: str, group: Group) -> Notice:
    """Tell a number alone. A code must not lie where it can be read."""
    return Notice(Audience.PHONE, template, group)


def _employer(template: str, withdrawn_by: Role | None = None) -> Notice:
    return Notice(Audience.EMPLOYER, template, withdrawn_by=withdrawn_by)


def _invitation(template: str) -> Notice:
    return _graduate(template, Group.INVITATION)


def _review(template: str) -> Notice:
    return _graduate(template, Group.REVIEW)


def _change(template: str) -> Notice:
    """Tell of a change by somebody else: old and new in the app, by WeChat and always by SMS that there was one."""
    return _graduate(template, Group.CHANGE)


def _both(template: str) -> Topic:
    """Tell the graduate and the employer in the same words; of asking and answering only the other side hears."""
    return Topic((_graduate(template, Group.TERMINATION), _employer(template)))


# R-MSG-1: what a graduate hears of; employers and staff read theirs in their portal. What graduates have done
# themselves they find in the app alone. An employer hears of a withdrawal that it did not make (R-GRAD-9, R-COH-1).
TOPICS: dict[Event, Topic] = {
    Event.INVITATION_SENT: Topic((_invitation("invitation_sent"),)),
    Event.INVITATION_CORRECTED: Topic((_invitation("invitation_corrected"),)),
    Event.INVITATION_WITHDRAWN: Topic(
        (_invitation("invitation_withdrawn"), _employer("invitation_withdrawn_employer", withdrawn_by=Role.PLATFORM))
    ),
    Event.INVITATION_ACCEPTED: Topic((_employer("invitation_accepted_employer"),)),
    Event.INVITATION_DECLINED: Topic((_employer("invitation_declined_employer"),)),
    Event.INVITATION_EXPIRED: Topic((_invitation("invitation_expired"), _employer("invitation_expired_employer"))),
    Event.SIGNING_FORWARDED: Topic((_review("signing_forwarded"),)),
    Event.SIGNING_APPROVED: Topic((_review("signing_approved"), _employer("signing_approved_employer"))),
    Event.SIGNING_REJECTED: Topic((_review("signing_rejected"), _employer("signing_rejected_employer"))),
    Event.SIGNING_RETURNED: Topic((_review("signing_returned"),)),
    Event.AGREEMENT_ISSUED: Topic(queue=Queue.DOCUMENTS),
    Event.AGREEMENT_FORWARDED: Topic((_review("agreement_forwarded"),)),
    Event.AGREEMENT_APPROVED: Topic((_review("agreement_approved"),)),
    Event.AGREEMENT_RETURNED: Topic((_review("agreement_returned"),)),
    Event.AGREEMENT_REJECTED: Topic((_review("agreement_rejected"),)),
    Event.AGREEMENT_UPLOADED: Topic(
        (
            _graduate("image_uploaded", Group.REMINDER),
            _phone("image_uploaded_by_graduate", Group.IMAGE_UPLOADED),
        )
    ),
    Event.UPLOAD_LINK_SENT: Topic((_phone("upload_link", Group.UPLOAD_LINK),)),
    Event.DESTINATION_VOIDED: Topic((_graduate("destination_voided"),)),
    Event.DESTINATION_FORWARDED: Topic((_review("destination_forwarded"),)),
    Event.DESTINATION_APPROVED: Topic((_review("destination_approved"),)),
    Event.DESTINATION_RETURNED: Topic((_review("destination_returned"),)),
    Event.DESTINATION_REJECTED: Topic((_review("destination_rejected"),)),
    Event.DESTINATION_CORRECTED: Topic((_change("destination_corrected"),)),
    Event.TRANSFER_FORWARDED: Topic((_review("transfer_forwarded"),)),
    Event.TRANSFER_APPROVED: Topic((_review("transfer_approved"),)),
    Event.TRANSFER_RETURNED: Topic((_review("transfer_returned"),)),
    Event.TRANSFER_REJECTED: Topic((_review("transfer_rejected"),)),
    Event.TRANSFER_CORRECTED: Topic((_change("transfer_corrected"),)),
    Event.ANSWER_DUE: Topic((_graduate("answer_due", Group.REMINDER),)),
    Event.LINK_UNOPENED: Topic((_phone("link_unopened", Group.LINK_REMINDER),)),
    Event.LINK_UNUSED: Topic((_graduate("link_unused", Group.REMINDER),)),
    Event.REVIEW_OVERDUE: Topic((Notice(Audience.STAFF, "review_overdue"),)),
    Event.RECORD_CANCELLED: Topic((_graduate("record_cancelled"), Notice(Audience.STAFF, "record_cancelled_staff"))),
    Event.PAPER_FORWARDED: Topic((_review("paper_forwarded"),)),
    Event.PAPER_APPROVED: Topic((_review("paper_approved"),)),
    Event.PAPER_RETURNED: Topic((_review("paper_returned"),)),
    Event.PAPER_REJECTED: Topic((_review("paper_rejected"),)),
    Event.PLACEMENT_CORRECTED: Topic((_change("placement_corrected"), _employer("placement_corrected_employer"))),
    Event.CORRECTION_UPHELD: Topic((_review("correction_upheld"),)),
    Event.CORRECTION_DISMISSED: Topic((_review("correction_dismissed"),)),
    Event.TERMINATION_ASKED: _both("termination_asked"),
    Event.TERMINATION_ACCEPTED: _both("termination_accepted"),
    Event.TERMINATION_DECLINED: _both("termination_declined"),
    Event.TERMINATION_WITHDRAWN: _both("termination_withdrawn"),
    Event.TERMINATION_FORWARDED: _both("termination_forwarded"),
    Event.TERMINATION_RETURNED: Topic((_graduate("termination_returned", Group.TERMINATION),)),
    Event.TERMINATION_APPROVED: _both("termination_approved"),
    Event.TERMINATION_REJECTED: _both("termination_rejected"),
    Event.TERMINATION_FORCED: _both("termination_forced"),
    Event.ROLL_CHANGED: Topic((_change("roll_changed"),)),
    Event.ROLL_RECEIVED: Topic(queue=Queue.IMPORTS),
    Event.LIST_ASKED: Topic(queue=Queue.IMPORTS),
    Event.MESSAGE_DUE: Topic(queue=Queue.MESSAGES),
    Event.ROLL_REQUEST_GRANTED: Topic((_review("roll_request_granted"),)),
    Event.ROLL_REQUEST_REFUSED: Topic((_review("roll_request_refused"),)),
    Event.CODE_SENT: Topic((_phone("code_sent", Group.CODE),)),
    Event.ACCOUNT_CHANGED: Topic(
        (
            _graduate("account_changed", Group.ACCOUNT_CHANGED),
            _phone("account_changed", Group.ACCOUNT_CHANGED),
        )
    ),
    Event.REPORT_DUE: Topic(queue=Queue.REPORTS),
    Event.FILE_RECEIVED: Topic(queue=Queue.DOCUMENTS),
    # Who has applied cannot read the employer's inbox yet: the number hears of it.
    Event.EMPLOYER_APPROVED: Topic((_employer("employer_approved"), _phone("officer_approved", Group.VERIFICATION))),
    Event.EMPLOYER_REFUSED: Topic((_employer("employer_refused"), _phone("officer_refused", Group.VERIFICATION))),
    Event.TRANSFER_NOT_MADE: Topic((_phone("transfer_not_made", Group.VERIFICATION),)),
    Event.EMPLOYER_SUSPENDED: Topic((_employer("employer_suspended"),)),
    Event.EMPLOYER_RESUMED: Topic((_employer("employer_resumed"),)),
    Event.OFFICER_APPLIED: Topic((_employer("officer_applied"),)),
    Event.OFFICER_REVOKED: Topic((_employer("officer_revoked"),)),
    Event.INVITATIONS_RECALLED: Topic(queue=Queue.DOCUMENTS),
}


def queue_of(event: str) -> Queue:
    """Return the queue on which an event is worked off; an unknown one comes to the dead letters by that of alerts."""
    return TOPICS[Event(event)].queue if event in set(Event) else Queue.ALERTS
