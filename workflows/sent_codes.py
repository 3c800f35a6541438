"""Six-digit codes sent to a person: how long they hold, how many tries, how often one may be asked for (R-GRAD-6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """What a code is for: one that was sent for another purpose proves nothing."""

    REGISTER = "register"
    FIND_NAME = "find_name"
    FIND_PASSWORD = "find_password"  # noqa: S105 - the name of a purpose
    PROVE = "prove"
    CHANGE_PHONE = "change_phone"


PURPOSE_TITLE: dict[Purpose, str] = {
    Purpose.REGISTER: "注册账号",
    Purpose.FIND_NAME: "找回用户名",
    Purpose.FIND_PASSWORD: "找回密码",
    Purpose.PROVE: "验证身份",
    Purpose.CHANGE_PHONE: "更换手机号码",
}
DIGITS = 6
GOOD_FOR = timedelta(minutes=10)
TRIES = 5
# How many codes a number gets within which time, whatever they are for.
LIMITS = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
LONGEST = max(span for span, _ in LIMITS)


def next_allowed(
    sent: Sequence[datetime], now: datetime, limits: Sequence[tuple[timedelta, int]] = LIMITS
) -> datetime | None:
    """Return when the next code may be asked for, given when the last ones were; None: now.

    `sent` are the moments of the last day, in any order; `limits` (span, how many) are those of codes.
    """
    newest_first = sorted(sent, reverse=True)
    full = [newest_first[limit - 1] + span for span, limit in limits if len(newest_first) >= limit]
    latest = max(full, default=now)
    return latest if latest > now else None


def holds(sent_at: datetime, tries: int, now: datetime) -> bool:
    """Say whether a code may still be tried: within ten minutes, and fewer than five tries so far."""
    return now < sent_at + GOOD_FOR and tries < TRIES
