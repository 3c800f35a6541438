"""The processes that `benchmarks.jobs` compares with our workers: plain loops, and RQ's own forking workers."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def plain() -> None:
    """Do what each line of standard input asks: `store ID…` as the job does it, `bare COUNT` from memory."""
    import wsgi
    from app.extensions import db
    from pdf import jobs
    from pdf.agreement import render
    from pdf.samples import three_party

    with wsgi.build().app_context():
        jobs.warm_up()
        sample = three_party()
        jobs.seal().seal(render(sample))
        print("ready", flush=True)
        for line in sys.stdin:
            word, *numbers = line.split()
            if word == "bare":
                for _ in range(int(numbers[0])):
                    jobs.seal().seal(render(sample))
            else:
                for placement in numbers:
                    jobs.store_agreements(int(placement))
                    db.session.remove()
            print("done", flush=True)


def store_alone(placement: int) -> None:
    """The job of a forking worker: everything is loaded in the child."""
    import wsgi
    from pdf import jobs

    with wsgi.build().app_context():
        jobs.store_agreements(placement)


def forking(url: str) -> None:
    """Work the queue off as `rq worker` does: a child for each job."""
    from redis import Redis
    from rq import Worker
    from rq.serializers import JSONSerializer

    Worker(["forking"], connection=Redis.from_url(url), serializer=JSONSerializer).work(
        burst=True, logging_level="ERROR"
    )


def command(*words: str) -> list[str]:
    """The command line of one of these processes."""
    return [sys.executable, "-m", "benchmarks.jobs_sides", *words]


def environment(database: str, redis: str, folder: Path) -> dict[str, str]:
    """The settings that all sides share."""
    own = {"APP_ENV": "test", "DATABASE_URL": database, "REDIS_URL": redis, "VAR_DIR": str(folder)}
    return {**os.environ, **own, "LOG_LEVEL": "ERROR", "RATELIMIT_STORAGE_URI": "memory://"}


if __name__ == "__main__":
    if sys.argv[1] == "plain":
        plain()
    else:
        forking(sys.argv[2])
