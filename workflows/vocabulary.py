"""Every enum of the field: roles, modules, functions, states, actions, events and the codes of refusals."""

from enum import IntEnum, StrEnum


class Role(StrEnum):
    """Who acts (domain.md §1)."""

    GRADUATE = "graduate"
    EMPLOYER = "employer"
    DEPARTMENT = "department"
    SCHOOL = "school"
    PROVINCE = "province"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    LINK_HOLDER = "link_holder"
    PLATFORM = "platform"


STAFF = frozenset({Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE, Role.OPERATOR, Role.AUDITOR})
REVIEWERS = frozenset({Role.DEPARTMENT, Role.SCHOOL})


class Module(StrEnum):
    """The three modules a province opens separately (R-PROV-1)."""

    PLACEMENT = "placement"
    ARCHIVE = "archive"
    HOUSEHOLD = "household"


class Level(IntEnum):
    """What a staff account may do inside a module (R-ACC-1)."""

    NONE = 0
    READ = 1
    WRITE = 2


class Kind(StrEnum):
    """The four channels of a placement; also the four functions a school opens (R-SCH-3)."""

    ONLINE = "online"
    OFFLINE = "offline"
    PAPER = "paper"
    DESTINATION = "destination"


class Subject(StrEnum):
    """The kinds of records that only the write path changes: a graduate's, and at the end an employer's."""

    ROLL_RECORD = "roll_record"
    PLACEMENT = "placement"
    TERMINATION = "termination"
    TRANSFER = "transfer"
    ROLL_REQUEST = "roll_request"
    CORRECTION = "correction"
    EMPLOYER = "employer"
    OFFICER = "officer"
    BANK_CHECK = "bank_check"


class AgreementKind(StrEnum):
    """Whether the school is a party to the agreement (R-PROV-2)."""

    TWO_PARTY = "two_party"
    THREE_PARTY = "three_party"


class State(StrEnum):
    """Every state a record can have; `STATES` and `STATES_OF` say which kind has which."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    EFFECTIVE = "effective"
    TERMINATED = "terminated"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REVIEW_REJECTED = "review_rejected"
    DRAFT = "draft"
    AGREEMENT_REVIEW = "agreement_review"
    AGREEMENT_RETURNED = "agreement_returned"
    AGREEMENT_APPROVED = "agreement_approved"
    SIGNING_REVIEW = "signing_review"
    SIGNING_RETURNED = "signing_returned"
    REVIEW = "review"
    RETURNED = "returned"
    APPROVED = "approved"
    VOID = "void"
    VOIDED = "voided"
    CANCELLED = "cancelled"
    ON_ROLL = "on_roll"
    OFF_ROLL = "off_roll"
    ASKED = "asked"
    REFUSED = "refused"
    FORCED = "forced"
    DONE = "done"
    REJECTED = "rejected"
    REPLACED = "replaced"
    GRANTED = "granted"
    SHOWN = "shown"
    ACKNOWLEDGED = "acknowledged"
    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    PENDING = "pending"
    IMPORTED = "imported"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"


S = State
STATES: dict[Kind, tuple[State, ...]] = {
    Kind.ONLINE: (
        S.INVITED,
        S.ACCEPTED,
        S.EFFECTIVE,
        S.TERMINATED,
        S.DECLINED,
        S.EXPIRED,
        S.WITHDRAWN,
        S.REVIEW_REJECTED,
    ),
    Kind.OFFLINE: (
        S.DRAFT,
        S.AGREEMENT_REVIEW,
        S.AGREEMENT_RETURNED,
        S.AGREEMENT_APPROVED,
        S.SIGNING_REVIEW,
        S.SIGNING_RETURNED,
        S.EFFECTIVE,
        S.TERMINATED,
        S.VOID,
        S.CANCELLED,
    ),
    Kind.PAPER: (S.DRAFT, S.REVIEW, S.RETURNED, S.EFFECTIVE, S.TERMINATED, S.VOID, S.CANCELLED),
    Kind.DESTINATION: (S.DRAFT, S.REVIEW, S.RETURNED, S.APPROVED, S.VOIDED, S.VOID, S.CANCELLED),
}

TERMINATION_STATES: dict[Kind, tuple[State, ...]] = {
    Kind.ONLINE: (S.ASKED, S.REVIEW, S.DONE, S.REFUSED, S.WITHDRAWN, S.REVIEW_REJECTED, S.FORCED),
    Kind.OFFLINE: (S.DRAFT, S.REVIEW, S.RETURNED, S.DONE, S.REJECTED, S.WITHDRAWN),
    Kind.PAPER: (S.DRAFT, S.REVIEW, S.RETURNED, S.DONE, S.REJECTED, S.WITHDRAWN),
}
# The states of the other records of a graduate; a roll request and a correction have one kind only.
STATES_OF: dict[Subject, tuple[State, ...]] = {
    Subject.ROLL_RECORD: (S.ON_ROLL, S.OFF_ROLL),
    Subject.TRANSFER: (S.DRAFT, S.REVIEW, S.RETURNED, S.APPROVED, S.REPLACED, S.VOID, S.CANCELLED),
    Subject.ROLL_REQUEST: (S.ASKED, S.GRANTED, S.REFUSED),
    Subject.CORRECTION: (S.SHOWN, S.ACKNOWLEDGED, S.OPEN, S.UPHELD, S.DISMISSED),
    Subject.EMPLOYER: (S.PENDING, S.IMPORTED, S.VERIFIED, S.SUSPENDED),
    Subject.OFFICER: (S.PENDING, S.REVIEW, S.REFUSED, S.APPROVED, S.REPLACED, S.REVOKED),
    Subject.BANK_CHECK: (S.ASKED, S.SENT, S.CONFIRMED, S.FAILED, S.REFUSED, S.EXPIRED),
}

# R-TO-4, R-TOFF-4: an open request about an agreement; one at a time.
OPEN_TERMINATION = frozenset({S.ASKED, S.REVIEW, S.DRAFT, S.RETURNED})
# R-TRF-1: under review, and in force; one of each at a time per graduate and kind.
OPEN_TRANSFER = frozenset({S.REVIEW, S.RETURNED})

# R-GRAD-5: the states in which a placement holds the graduate's one slot of the cohort.
HOLDING: dict[Kind, frozenset[State]] = {
    Kind.ONLINE: frozenset({S.ACCEPTED, S.EFFECTIVE}),
    Kind.OFFLINE: frozenset(
        {
            S.AGREEMENT_REVIEW,
            S.AGREEMENT_RETURNED,
            S.AGREEMENT_APPROVED,
            S.SIGNING_REVIEW,
            S.SIGNING_RETURNED,
            S.EFFECTIVE,
        }
    ),
    Kind.PAPER: frozenset({S.REVIEW, S.RETURNED, S.EFFECTIVE}),
    Kind.DESTINATION: frozenset({S.REVIEW, S.RETURNED, S.APPROVED}),
}

# R-ON-4: the states in which an employer has its one invitation per graduate and cohort.
OPEN_TO_EMPLOYER = frozenset({S.INVITED, S.ACCEPTED, S.EFFECTIVE})


def holds_slot(kind: Kind, state: State) -> bool:
    """Say whether a placement of this kind and state holds the slot (R-GRAD-5)."""
    return state in HOLDING[kind]


class PaperState(StrEnum):
    """Where a graduate's paper agreement is: not given out, with the graduate, or back at the school (R-SCH-4)."""

    NONE = "none"
    ISSUED = "issued"
    LOCKED = "locked"


class Step(StrEnum):
    """The steps of a review, in their order; the second look of a school is another user's (R-DEST-4)."""

    DEPARTMENT = "department"
    SCHOOL = "school"
    SECOND = "second"


class Mark(StrEnum):
    """How an agreement was ended where it was not by mutual consent (R-TO-3, R-TOFF-3)."""

    FORCED = "forced"
    UNILATERAL = "unilateral"


class Action(StrEnum):
    """Imperative verbs: what an actor can do to a record."""

    INVITE = "invite"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    ACCEPT = "accept"
    DECLINE = "decline"
    EXPIRE = "expire"
    APPROVE = "approve"
    REJECT = "reject"
    VOID = "void"
    CONFIRM = "confirm"
    SET_TRAINING_MODE = "set_training_mode"
    MOVE_COHORT = "move_cohort"
    TAKE_OFF_ROLL = "take_off_roll"
    PUT_ON_ROLL = "put_on_roll"
    ISSUE_PAPER = "issue_paper"
    RECALL_PAPER = "recall_paper"
    LOCK_PAPER = "lock_paper"
    UNLOCK_PAPER = "unlock_paper"
    START = "start"
    EDIT = "edit"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    RETURN = "return"
    CANCEL = "cancel"
    SEND_LINK = "send_link"
    UPLOAD = "upload"
    TERMINATE = "terminate"
    ASK = "ask"
    FORCE = "force"
    APPROVE_UNILATERAL = "approve_unilateral"
    REPLACE = "replace"
    GRANT = "grant"
    ACKNOWLEDGE = "acknowledge"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    REGISTER = "register"
    IMPORT = "import"
    ADMIT = "admit"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    SEND_AMOUNT = "send_amount"
    CONFIRM_AMOUNT = "confirm_amount"


class Effect(StrEnum):
    """What the application does besides changing the state, inside the same transaction."""

    STORE_TERMS = "store_terms"
    SNAPSHOT = "snapshot"
    KEEP_GRADUATE = "keep_graduate"
    ISSUE_AGREEMENT = "issue_agreement"
    STORE_BODY = "store_body"
    KEEP_IMAGES = "keep_images"
    SEND_LINK = "send_link"
    NOTE_CORRECTION = "note_correction"


class Event(StrEnum):
    """What happened, past tense; every event has a row in `notifications/topics.py`."""

    INVITATION_SENT = "invitation.sent"
    INVITATION_CORRECTED = "invitation.corrected"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_DECLINED = "invitation.declined"
    INVITATION_EXPIRED = "invitation.expired"
    SIGNING_FORWARDED = "signing.forwarded"
    SIGNING_APPROVED = "signing.approved"
    SIGNING_REJECTED = "signing.rejected"
    AGREEMENT_ISSUED = "agreement.issued"
    AGREEMENT_FORWARDED = "agreement.forwarded"
    AGREEMENT_APPROVED = "agreement.approved"
    AGREEMENT_RETURNED = "agreement.returned"
    AGREEMENT_REJECTED = "agreement.rejected"
    AGREEMENT_UPLOADED = "agreement.uploaded"
    UPLOAD_LINK_SENT = "agreement.upload_link"
    SIGNING_RETURNED = "signing.returned"
    DESTINATION_VOIDED = "destination.voided"
    DESTINATION_FORWARDED = "destination.forwarded"
    DESTINATION_APPROVED = "destination.approved"
    DESTINATION_RETURNED = "destination.returned"
    DESTINATION_REJECTED = "destination.rejected"
    DESTINATION_CORRECTED = "destination.corrected"
    ROLL_CHANGED = "roll.changed"
    TERMINATION_ASKED = "termination.asked"
    TERMINATION_ACCEPTED = "termination.accepted"
    TERMINATION_DECLINED = "termination.declined"
    TERMINATION_WITHDRAWN = "termination.withdrawn"
    TERMINATION_FORWARDED = "termination.forwarded"
    TERMINATION_RETURNED = "termination.returned"
    TERMINATION_APPROVED = "termination.approved"
    TERMINATION_REJECTED = "termination.rejected"
    TERMINATION_FORCED = "termination.forced"
    REPORT_DUE = "report.due"
    FILE_RECEIVED = "file.received"
    EMPLOYER_APPROVED = "employer.approved"
    EMPLOYER_REFUSED = "employer.refused"
    TRANSFER_NOT_MADE = "bank_check.refused"
    EMPLOYER_SUSPENDED = "employer.suspended"
    EMPLOYER_RESUMED = "employer.resumed"
    INVITATIONS_RECALLED = "invitations.recalled"
    OFFICER_APPLIED = "officer.applied"
    OFFICER_REVOKED = "officer.revoked"
    RECORD_CANCELLED = "record.cancelled"
    ANSWER_DUE = "answer.due"
    LINK_UNOPENED = "link.unopened"
    LINK_UNUSED = "link.unused"
    REVIEW_OVERDUE = "review.overdue"
    PAPER_FORWARDED = "paper.forwarded"
    PAPER_APPROVED = "paper.approved"
    PAPER_RETURNED = "paper.returned"
    PAPER_REJECTED = "paper.rejected"
    PLACEMENT_CORRECTED = "placement.corrected"
    CORRECTION_UPHELD = "correction.upheld"
    CORRECTION_DISMISSED = "correction.dismissed"
    TRANSFER_FORWARDED = "transfer.forwarded"
    TRANSFER_APPROVED = "transfer.approved"
    TRANSFER_RETURNED = "transfer.returned"
    TRANSFER_REJECTED = "transfer.rejected"
    TRANSFER_CORRECTED = "transfer.corrected"
    LIST_ASKED = "list.asked"
    MESSAGE_DUE = "message.due"
    ROLL_RECEIVED = "roll.received"
    ROLL_REQUEST_GRANTED = "roll_request.granted"
    ROLL_REQUEST_REFUSED = "roll_request.refused"
    CODE_SENT = "code.sent"
    ACCOUNT_CHANGED = "account.changed"


class Code(StrEnum):
    """Why something is refused: the machine's half of R-WHY-1."""

    NOT_ALLOWED = "not_allowed"
    READ_ONLY = "read_only"
    WRONG_STATE = "wrong_state"
    EXPIRED = "expired"
    TAKEN = "taken"
    OUTDATED = "outdated"
    CONFIRM_FIRST = "confirm_first"
    PROOF_REQUIRED = "proof_required"
    DECLARATION_REQUIRED = "declaration_required"
    NOTICE_REQUIRED = "notice_required"
    VOID_UNCONFIRMED = "void_unconfirmed"
    REASON_REQUIRED = "reason_required"
    REASON_TOO_LONG = "reason_too_long"
    REASON_TOO_SHORT = "reason_too_short"
    UNCONFIRMED = "unconfirmed"
    NAME_MISMATCH = "name_mismatch"
    MODULE_CLOSED = "module_closed"
    SETTINGS_MISSING = "settings_missing"
    FUNCTION_OFF = "function_off"
    WINDOW_CLOSED = "window_closed"
    PAST_COHORT = "past_cohort"
    NOT_ON_ROLL = "not_on_roll"
    TRAINING_MODE = "training_mode"
    EMPLOYER_UNVERIFIED = "employer_unverified"
    EMPLOYER_SUSPENDED = "employer_suspended"
    SEARCH_LOCKED = "search_locked"
    ALREADY_INVITED = "already_invited"
    WITHDRAWN_RECENTLY = "withdrawn_recently"
    DEADLINE_OUT_OF_RANGE = "deadline_out_of_range"
    DEADLINE_EARLIER = "deadline_earlier"
    NOTHING_CHANGED = "nothing_changed"
    NO_SUCH_VALUE = "no_such_value"
    NUMBERS_EXHAUSTED = "numbers_exhausted"
    NO_MATCH = "no_match"
    UNPRINTABLE = "unprintable"
    FILE_LIMIT = "file_limit"
    FORM_INCOMPLETE = "form_incomplete"
    PROOF_MISSING = "proof_missing"
    FILE_CHECKING = "file_checking"
    FILE_REFUSED = "file_refused"
    ALREADY_OPEN = "already_open"
    TOO_SOON = "too_soon"
    ONLINE_POSSIBLE = "online_possible"
    PAPER_LOCKED = "paper_locked"
    SIGNED_FIELD = "signed_field"
