"""The words of the ladder: channels, groups of messages, what is known of one, and the steps there are (R-MSG-1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Channel(StrEnum):
    """The ways out of the house, in the order in which they are tried."""

    WECHAT = "wechat"
    SUBSCRIBE = "subscribe"
    SMS = "sms"


class Group(StrEnum):
    """What a message is about; the first five have a WeChat template and share the SMS `notice` or `changed`."""

    INVITATION = "invitation"
    REVIEW = "review"
    TERMINATION = "termination"
    CHANGE = "change"
    REMINDER = "reminder"
    CODE = "code"
    UPLOAD_LINK = "upload_link"
    LINK_REMINDER = "link_reminder"
    IMAGE_UPLOADED = "image_uploaded"
    ACCOUNT_CHANGED = "account_changed"
    VERIFICATION = "verification"


class Standing(StrEnum):
    """How a delivery stands: as `Delivery.state` says."""

    DUE = "due"
    SENDING = "sending"
    ACCEPTED = "accepted"
    PROVEN = "proven"
    FAILED = "failed"


BY_WECHAT = frozenset({Group.INVITATION, Group.REVIEW, Group.TERMINATION, Group.CHANGE, Group.REMINDER})
URGENT = BY_WECHAT - {Group.REMINDER}
# What somebody is waiting for at this moment, and the warning that is worth nothing the next morning.
AT_ANY_HOUR = frozenset({Group.CODE, Group.UPLOAD_LINK, Group.ACCOUNT_CHANGED})

GIVE_UP = timedelta(hours=24)  # after which nothing new is begun


@dataclass(frozen=True, slots=True)
class Tried:
    """A delivery so far; `again_at` is the moment before which the channel is not to be tried, or asked, again."""

    state: Standing
    attempts: int = 0
    first_at: datetime | None = None
    tried_at: datetime | None = None
    again_at: datetime | None = None
    asked: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a message, its reader and the channels at one moment.

    `opened_at`: when it came up, or was replayed. `worthless_at`: when nobody needs it any more. `follows`: the reader
    has a WeChat that follows the official account. `grants`: subscribe messages that the reader still agrees to.
    `fallback`: the school wants SMS where WeChat does not reach. `paused`: until when a channel rests. `broken`: those
    that rest for a fault which waiting does not cure. `carries`: other messages go with this one's SMS, an urgent one
    among them. `closed`: channels that do not exist here; nobody waits for them, the attempt fails at once.
    """

    now: datetime
    opened_at: datetime
    group: Group
    worthless_at: datetime | None = None
    follows: bool = False
    grants: int = 0
    fallback: bool = True
    paused: Mapping[Channel, datetime] = field(default_factory=dict)
    tried: Mapping[Channel, Tried] = field(default_factory=dict)
    carries: bool = False
    closed: frozenset[Channel] = frozenset()
    broken: frozenset[Channel] = frozenset()

    @property
    def last_start(self) -> datetime:
        """Return the moment from which no attempt is begun any more."""
        return min(self.opened_at + GIVE_UP, self.worthless_at or self.opened_at + GIVE_UP)


@dataclass(frozen=True, slots=True)
class TryChannel:
    """Make an attempt on a channel now."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the operator what became of the text message."""


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Look again at a moment; `why` is a code, `channel` the one that is waited for."""

    at: datetime
    why: str
    channel: Channel


@dataclass(frozen=True, slots=True)
class Told:
    """The reader has it, by a channel that counts."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class ListForCall:
    """No channel reached the reader: the school is to call; `why` is the last channel's code."""

    why: str


@dataclass(frozen=True, slots=True)
class Dead:
    """No channel reached the reader, and it does not call for a call; `why` is the last channel's code."""

    why: str


Step = TryChannel | Ask | WaitUntil | Told | ListForCall | Dead
Move = TryChannel | Ask | WaitUntil
