"""Real workers on private servers, killed at named points and started again, and what is to be seen afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis as Client
from sqlalchemy import func, select

from app.extensions import db
from app.models import Outbox
from deploy.children import ROOT, dying_with_parent
from tests.servers import Redis

ALERT_POINTS = ("alert.after_claim", "alert.during_effect", "alert.after_effect", "alert.after_result")
MESSAGE_POINTS = ("message.after_claim", "message.after_attempt", "message.after_effect", "message.after_record")
DOCUMENT_POINTS = (
    "document.after_claim",
    "storage.before_rename",
    "document.after_effect",
    "document.after_result",
)
WORKER = "tests.faults.brisk_worker"


@dataclass
class Workshop:
    """The workers of one test, with the application whose outbox they work off, its Redis, and their common log."""

    app: Flask
    redis: Redis
    folder: Path
    worker: str = WORKER
    env: Callable[[], dict[str, str]] = dict
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.folder / "workers.log"

    def start(self, point: str = "", *command: str) -> subprocess.Popen[bytes]:
        """Start a worker that dies at a point, or none; `command` stands in for our worker in a control."""
        config = self.app.config
        env = {name: value for name, value in os.environ.items() if name not in ("FAULT_POINT", "DATABASE_URL")}
        env |= {"APP_ENV": "test", "FAULT_POINT": point, "VAR_DIR": config["VAR_DIR"], "REDIS_URL": self.redis.url}
        env |= {"DATABASE_URL": config["DATABASE_URL"], "LOG_LEVEL": "INFO", "PYTHONUNBUFFERED": "1"}
        env |= {"CLOCK_OFFSET_SECONDS": config["CLOCK_OFFSET_SECONDS"]} | self.env()
        with self.log.open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", *(command or (self.worker,))],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
                preexec_fn=dying_with_parent(os.getpid()),
            )
        self.running.append(worker)
        return worker

    def open_for_work(self, count: int = 2) -> None:
        """Start workers that nothing will kill, and wait until they are at work."""
        before = self.at_work()
        for _ in range(count):
            self.start()
        wait_until(lambda: self.at_work() == before + count, 60, self.tail)

    def at_work(self) -> int:
        """How many workers have ever come to work here."""
        return self.log.read_text(errors="replace").count("worker starts") if self.log.exists() else 0

    def kill_at(self, points: Sequence[str], width: int = 2, every: Callable[[int], Any] = lambda count: None) -> int:
        """Keep `width` workers going, each armed with the next point, until all of them have died there; count them.

        `every` is called after each death with the number of deaths so far.
        """
        waiting, armed, deaths = list(points), [], 0
        deadline = time.monotonic() + 30 + 15 * len(points)
        while waiting or armed:
            while waiting and len(armed) < width:
                armed.append(self.start(waiting.pop(0)))
            for worker in [worker for worker in armed if worker.poll() is not None]:
                assert worker.returncode == -signal.SIGKILL, f"status {worker.returncode}:\n{self.tail()}"
                armed.remove(worker)
                deaths += 1
                every(deaths)
            assert time.monotonic() < deadline, f"{len(armed)} workers never came to their point:\n{self.tail()}"
            time.sleep(0.02)
        return deaths

    def drain(self, seconds: float = 90) -> None:
        """Wait until every outbox row is done or dead."""
        wait_until(lambda: not self.open_rows(), seconds, self.tail)

    def open_rows(self) -> int:
        """How many outbox rows are neither done nor dead."""
        count = select(func.count()).select_from(Outbox).where(Outbox.state.not_in(("done", "dead")))
        found = db.session.execute(count).scalar_one()
        db.session.rollback()
        return found

    def flush(self) -> None:
        """Let Redis forget everything."""
        Client.from_url(self.redis.url).flushall()

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def end(self) -> list[int]:
        """Send SIGTERM to what still runs and return the exit statuses."""
        alive = [worker for worker in self.running if worker.poll() is None]
        for worker in alive:
            worker.terminate()
        return [worker.wait(timeout=30) for worker in alive]


def wait_until(true: Callable[[], Any], seconds: float, tell: Callable[[], str] = str) -> float:
    """Wait until something is so, and return how many seconds it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds} s; {tell()}"
        time.sleep(0.05)
    return time.monotonic() - began
