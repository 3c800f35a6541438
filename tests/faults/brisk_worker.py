"""The real worker with short leases and waits: `python -m tests.faults.brisk_worker`."""

from datetime import timedelta

from notifications import doorbell, employment_system, outbox, reporting, sweeper, worker

LEASE = 2  # seconds
HOLDING_ON = timedelta(seconds=30)  # where time jumps, a lease must outlast what is under way


def hurry() -> None:
    """Shorten every wait of this process."""
    outbox.LEASE, outbox.FRESH = timedelta(seconds=LEASE), timedelta(seconds=1)
    doorbell.PERIOD, doorbell.REST = LEASE, 0.5
    sweeper.PATIENCE = 2.0
    employment_system.REST, reporting.WAITS = 0.5, (timedelta(seconds=1),)


if __name__ == "__main__":
    hurry()
    worker.main()
