"""What became of one attempt to send: accepted, or a type of failure that says what is to be done next.

Adapters (`wechat/sending.py`, `notifications/sms.py`) decide the type from the platform's code; the ladder acts on it.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Accepted:
    """The platform took the message: `number` (MsgID, 64 bits) or `provider_id` (BizId) names the send over there."""

    number: int | None = None
    provider_id: str | None = None
    note: str | None = None  # worth an alarm though it went out, such as a page that had to be left out


class SendError(Exception):
    """An attempt that did not come off; `code` is the platform's, or a word of ours, and never names a person."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class LaterError(SendError):
    """Nothing went out; the channel may be tried again after `wait`, from midnight in Beijing, or by the back-off."""

    def __init__(self, code: str, wait: timedelta | None = None, until_midnight: bool = False):
        super().__init__(code)
        self.wait, self.until_midnight = wait, until_midnight

    @property
    def named(self) -> bool:
        """Say whether the platform has named the time."""
        return self.wait is not None or self.until_midnight


class AmbiguousError(SendError):
    """The answer was lost: it may have gone out."""


class PausedError(SendError):
    """The channel, or with `template` that alone, rests: until midnight in Beijing, for `wait`, or the back-off."""

    def __init__(self, code: str, template: bool = False, until_midnight: bool = False, wait: timedelta | None = None):
        super().__init__(code)
        self.template, self.until_midnight, self.wait = template, until_midnight, wait


class UnreachableError(SendError):
    """This channel does not reach this reader; `mark`: invalid, left, no_grant, blocked, dead_number."""

    def __init__(self, code: str, mark: str):
        super().__init__(code)
        self.mark = mark


class RefusedError(SendError):
    """What we sent was wrong, or the code is unknown: a dead letter of this channel, never tried again by itself."""
