"""A local site started as a user starts it, watched from outside."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
UP = "Ctrl-C ends it."
FROM_OUTSIDE = (
    "DATABASE_URL",
    "REDIS_URL",
    "APP_ENV",
    "SECRET_KEY",
    "FIELD_KEYS",
    "INDEX_KEY",
    "PUBLIC_URL",
    "EMPLOYMENT_SYSTEM_",
    "WECHAT_",
    "SMS_",
)
SIGNS = {  # in a command line or a title that a program gave itself -> what it is
    "gunicorn": "web",
    "notifications.worker": "worker",
    "rq:worker": "worker",
    "redis.sock": "queue",
    "valkey-server": "queue",
    "-m simulator": "far side",
}


def environment(var: Path, **more: str) -> dict[str, str]:
    """Return an environment that leads to no server but the embedded ones."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(FROM_OUTSIDE)}
    return plain | {"VAR_DIR": str(var)} | more


def until(holds: Callable[[], object], seconds: float = 60) -> bool:
    """Wait until something holds; False when it does not in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Launched:
    """One launcher with all that it has started."""

    def __init__(self, var: Path, *arguments: str, wrapper: Sequence[str] = (), **more: str) -> None:
        var.mkdir(exist_ok=True)
        self.output = var / f"launcher-{time.monotonic_ns()}.txt"
        with self.output.open("wb") as output:
            self.program = subprocess.Popen(
                [*wrapper, sys.executable, "-m", "deploy.local", *arguments],
                cwd=ROOT,
                env=environment(var, **more),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.seen: set[psutil.Process] = set()

    def said(self) -> str:
        """Return all that was printed so far."""
        return self.output.read_text(encoding="utf-8")

    def wait_until_up(self) -> "Launched":
        """Wait for the welcome; fail with what was printed instead."""
        assert until(lambda: UP in self.said() or self.program.poll() is not None, 300), self.said()
        assert UP in self.said(), self.said()
        self.family()
        return self

    @property
    def address(self) -> str:
        """The printed address."""
        return re.search(r"The site is up: (\S+)", self.said())[1]

    def family(self) -> dict[str, list[psutil.Process]]:
        """Return every process below the launcher by kind: web, worker, queue, other."""
        kinds: dict[str, list[psutil.Process]] = {"web": [], "worker": [], "queue": [], "far side": [], "other": []}
        for process in psutil.Process(self.program.pid).children(recursive=True):
            try:
                kinds[_kind(" ".join(process.cmdline()))].append(process)
            except psutil.NoSuchProcess:
                continue
            self.seen.add(process)
        return kinds

    def survivors(self) -> list[psutil.Process]:
        """Return which of the processes seen so far still run."""
        return [process for process in self.seen if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]

    def socket_folder(self) -> Path:
        """Return the folder of the embedded queue's socket."""
        words = self.family()["queue"][0].cmdline()
        path = next(word for word in " ".join(words).replace("unixsocket:", "").split() if word.endswith("redis.sock"))
        return Path(path).parent

    def get(self, path: str) -> int:
        """Return the status of a GET, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0

    def interrupt(self, number: int = signal.SIGINT) -> int:
        """Send a signal and return the exit status."""
        if self.program.poll() is None:
            self.family()
            self.program.send_signal(number)
        return self.program.wait(60)

    def kill(self) -> None:
        """Kill the launcher itself as `kill -9` does."""
        self.family()
        self.program.kill()
        self.program.wait(10)


def _kind(words: str) -> str:
    return next((kind for sign, kind in SIGNS.items() if sign in words), "other")
