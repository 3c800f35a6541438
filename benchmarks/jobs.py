"""Agreement files a second through outbox and RQ, against the same work without them: `python -m benchmarks.jobs`.

Both sides run on one private PostgreSQL (with fsync) in turn, round by round, two processes each. Ours: two workers,
twenty documents to a job, as the sweeper rings, and one to a job, as single commits do. The other side: two loops over
the same function; then two loops that only render and seal from memory; then two of RQ's own forking workers, which
load everything in the child.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from redis import Redis as Client
from rq import Queue as RqQueue
from rq.serializers import JSONSerializer
from sqlalchemy import func, select, update

from app.clock import now
from app.extensions import db
from app.models import Document, Outbox
from benchmarks import jobs_sides
from benchmarks.table import Row, at_least, at_most, report
from deploy.children import ROOT
from notifications.doorbell import BATCH, Doorbell
from tests import application, builders
from tests.servers import Postgres, Redis
from workflows.vocabulary import Event, State

DOCUMENTS, ROUNDS, FORKED = 100, 5, 6
WORKER_LIMIT_MB = 200.0
OPEN = Outbox.state.in_(("due", "leased"))


@dataclass
class Bench:
    """The application with its documents, and what every side is started with."""

    app: Flask
    redis: str
    env: dict[str, str]

    def open_again(self, state: str) -> list[tuple[int, int]]:
        """Forget the files, put their outbox rows into a state; return (outbox id, placement id) of every document."""
        none = dict.fromkeys(("body_sha256", "file_sha256", "size", "stored_at"))
        db.session.execute(update(Document).values(**none))
        issued = Outbox.event == Event.AGREEMENT_ISSUED.value
        due = {"state": state, "due_at": now(), "attempts": 0, "done_at": None}
        db.session.execute(update(Outbox).where(issued).values(**due))
        rows = db.session.execute(select(Outbox.id, Outbox.placement_id).where(issued).order_by(Outbox.id)).all()
        db.session.commit()
        return [(row.id, row.placement_id) for row in rows]

    def wait_for(self, condition: Any, count: int) -> None:
        """Wait until so many rows fulfil the condition."""
        deadline = time.monotonic() + 300
        while db.session.execute(select(func.count()).where(condition)).scalar_one() != count:
            db.session.rollback()
            if time.monotonic() > deadline:
                raise TimeoutError("the work was not done")
            time.sleep(0.01)
        db.session.rollback()

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[str]:
        """Start a process of a side."""
        return subprocess.Popen(command, cwd=ROOT, env=self.env, text=True, **options)


@contextmanager
def _bench() -> Iterator[Bench]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres, redis = Postgres({}), Redis()
        for server in (postgres, redis):
            server.start()
            stack.callback(server.remove)
        postgres.execute("CREATE DATABASE jobs")
        url = postgres.url("jobs")
        app = application.build(url, folder, LOG_LEVEL="ERROR")
        stack.enter_context(app.app_context())
        upgrade(directory=str(ROOT / "migrations"))
        builders.load_reference()
        school = builders.make_school()
        for _ in range(DOCUMENTS):
            builders.make_placement(State.EFFECTIVE, builders.make_graduate(school))
        yield Bench(app, redis.url, jobs_sides.environment(url, redis.url, folder))
        db.session.remove()
        db.engine.dispose()


class Ours:
    """Two workers; they stand still while the bells are rung."""

    def __init__(self, bench: Bench, stack: ExitStack):
        self.bench = bench
        self.workers = [bench.start([sys.executable, "-m", "notifications.worker"]) for _ in range(2)]
        for worker in self.workers:
            stack.callback(_end, worker)
        self._bell = Doorbell(bench.redis)
        bench.wait_for(OPEN, 0)  # alerts and files of the preparation: the sweeper's work, and the warming up

    def seconds(self, together: int) -> float:
        """Seconds from the first look at the queue to the last row that is done, so many rows to a job."""
        rows = [(row, Event.AGREEMENT_ISSUED.value) for row, _ in self.bench.open_again("due")]
        self._all(signal.SIGSTOP)
        for first in range(0, len(rows), together):
            self._bell(rows[first : first + together])
        began = time.perf_counter()
        self._all(signal.SIGCONT)
        self.bench.wait_for(OPEN, 0)
        return time.perf_counter() - began

    def _all(self, number: int) -> None:
        for worker in self.workers:
            os.kill(worker.pid, number)

    def peak_memory(self) -> float:
        """The larger worker's largest resident size so far, in MB."""
        sizes = [Path(f"/proc/{worker.pid}/status").read_text(errors="replace") for worker in self.workers]
        return max(int(re.search(r"VmHWM:\s+(\d+) kB", size)[1]) / 1024 for size in sizes)


class Plain:
    """Two loops without outbox and queue."""

    def __init__(self, bench: Bench, stack: ExitStack):
        self.bench = bench
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.loops = [bench.start(jobs_sides.command("plain"), **pipes) for _ in range(2)]
        for loop in self.loops:
            stack.callback(_end, loop)
            _line(loop, "ready")

    def stored(self) -> float:
        """Seconds for the job's own work: facts, page, seal, file, row."""
        placements = [placement for _, placement in self.bench.open_again("done")]
        return self._run(*(" ".join(["store", *map(str, placements[part::2])]) for part in range(2)))

    def bare(self) -> float:
        """Seconds for page and seal alone, as often."""
        return self._run(*(f"bare {DOCUMENTS // 2}" for _ in range(2)))

    def _run(self, *orders: str) -> float:
        began = time.perf_counter()
        for loop, order in zip(self.loops, orders, strict=True):
            loop.stdin.write(order + "\n")
            loop.stdin.flush()
        for loop in self.loops:
            _line(loop, "done")
        return time.perf_counter() - began


def _line(loop: subprocess.Popen[str], expected: str) -> None:
    if (said := loop.stdout.readline().strip()) != expected:
        raise RuntimeError(f"a loop said “{said}” instead of “{expected}”")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(timeout=30)


def _forking(bench: Bench) -> float:
    """Seconds a document with two of RQ's forking workers."""
    placements = [placement for _, placement in bench.open_again("done")][:FORKED]
    queue = RqQueue("forking", connection=Client.from_url(bench.redis), serializer=JSONSerializer)
    for placement in placements:
        queue.enqueue_call("benchmarks.jobs_sides.store_alone", args=(placement,))
    began = time.perf_counter()
    workers = [bench.start(jobs_sides.command("forking", bench.redis)) for _ in range(2)]
    if any(worker.wait(timeout=300) for worker in workers):
        raise RuntimeError("a forking worker failed")
    bench.wait_for(Document.stored_at.is_not(None), FORKED)
    return (time.perf_counter() - began) / FORKED


def _rows(bench: Bench) -> list[Row]:
    with ExitStack() as stack:
        plain, ours = Plain(bench, stack), Ours(bench, stack)
        sides = {
            "ours": partial(ours.seconds, BATCH),
            "singly": partial(ours.seconds, 1),
            "stored": plain.stored,
            "bare": plain.bare,
        }
        taken: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(ROUNDS):
            for name, run in sides.items():
                taken[name].append(run())
        memory = ours.peak_memory()
    rate = {name: DOCUMENTS / median(seconds) for name, seconds in taken.items()}
    forked = 1 / _forking(bench)
    return [
        at_least("documents/s through RQ against the same job without it", rate["ours"], rate["stored"], 0.85),
        at_least("the same, each document a job of its own", rate["singly"], rate["stored"], 0.85),
        at_least("documents/s through RQ against page and seal from memory", rate["ours"], rate["bare"], 0.85),
        at_least("documents/s against RQ's forking workers", rate["ours"], forked, 25),
        at_most("peak memory of a worker, MB, against its limit", memory, WORKER_LIMIT_MB, 1),
    ]


def main() -> bool:
    """Measure, print, write var/bench/jobs.json; True when every target was met."""
    with _bench() as bench:
        rows = _rows(bench)
    return report("jobs", rows)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
