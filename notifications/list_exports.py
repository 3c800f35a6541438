"""The job that makes the file of a long list (R-VIEW-1)."""

from app.lists import exports
from notifications import outbox
from notifications.outbox import Claimed


def carry_out(claimed: Claimed) -> None:
    """Make the file; run again after a worker's death it is made anew."""
    exports.carry_out(int(claimed.payload["export"]), lambda: outbox.hold(claimed))
