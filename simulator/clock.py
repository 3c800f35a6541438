"""The far side's own time: the machine's, plus what a test has shifted it by."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


class Clock:
    """Seconds of the epoch as the far side sees them; whoever waits for a moment is told of a shift."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.told: list[Callable[[], None]] = []

    def now(self) -> float:
        """Return the far side's time in seconds of the epoch."""
        return time.time() + self.offset

    def shift(self, seconds: float) -> None:
        """Move the far side's time on (or back) by so many seconds."""
        self.offset += seconds
        for tell in self.told:
            tell()


def beijing(at: float) -> datetime:
    """Return a moment as a date and time in Beijing."""
    return datetime.fromtimestamp(at, BEIJING)


def start_of_day(at: float) -> float:
    """Return the last midnight in Beijing, in seconds of the epoch."""
    return beijing(at).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
