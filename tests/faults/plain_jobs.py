"""The control: the same work as plain RQ jobs, without outbox and leases: `python -m tests.faults.plain_jobs REDIS`."""

import sys
from pathlib import Path

from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app.faultpoints import point

QUEUE = "plain"


def note(folder: str, number: int) -> None:
    """Leave a file behind: the effect."""
    point("plain.after_claim")
    (Path(folder) / str(number)).touch()
    point("plain.after_effect")


if __name__ == "__main__":
    SimpleWorker([QUEUE], connection=Redis.from_url(sys.argv[1]), serializer=JSONSerializer).work(burst=True)
