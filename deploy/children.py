"""Child processes that do not outlive whoever started them: own session, death signal, a record on disk."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
START_TOLERANCE = 2.0  # seconds; the start of a process is reckoned from the boot time, which may be corrected
GRACE = 10.0  # seconds from SIGTERM to SIGKILL


def dying_with_parent(parent: int, death_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """Return a `preexec_fn` that has Linux send `death_signal` when process `parent` ends."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

    def arrange() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


class Child:
    """A program in its own session, with its record `<folder>/<name>.json` (pid, start) and its output in `log`."""

    def __init__(self, name: str, command: Sequence[str], folder: Path, log: Path | None) -> None:
        self.name, self.command, self.log = name, list(command), log
        self.record = folder / f"{name}.json"
        self.started_at = 0.0
        self.keep_fds: tuple[int, ...] = ()
        self._running: subprocess.Popen[bytes] | None = None

    def start(self, env: Mapping[str, str], keep_fds: Sequence[int] = ()) -> None:
        """Start the program with exactly `env`; its output is appended to the log, or shown where there is none.

        `keep_fds` are handed down, also when it is started again.
        """
        self.keep_fds = tuple(keep_fds) or self.keep_fds
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self.log.open("ab")) if self.log else None
            self._running = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
                pass_fds=self.keep_fds,
                preexec_fn=dying_with_parent(os.getpid()),
            )
        self.started_at = time.monotonic()
        with contextlib.suppress(psutil.NoSuchProcess):  # ended already: nothing to remember
            write_record(self.record, self.pid)

    @property
    def pid(self) -> int:
        """The process id, which is its session's and group's id as well; 0 before the start."""
        return self._running.pid if self._running else 0

    def status(self) -> int | None:
        """Return the exit status, None while it runs."""
        return self._running.poll() if self._running else 0

    def tail(self, lines: int = 20) -> str:
        """Return the last lines of the log."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def take_log(self) -> str:
        """Return the whole log and remove it."""
        if self.log is None:
            return ""
        said = self.log.read_text(encoding="utf-8", errors="replace")
        self.log.unlink()
        return said

    def ask_to_end(self) -> None:
        """Send SIGTERM to the program itself, not to what it has started."""
        if self._running and self._running.poll() is None:
            self._running.terminate()

    def end(self, deadline: float, hurry: Callable[[], bool] = lambda: False) -> None:
        """Wait until `deadline` (monotonic seconds), or until `hurry()`, then kill all that is left of its group."""
        if self._running is None:
            return
        while self._running.poll() is None and time.monotonic() < deadline and not hurry():
            time.sleep(0.02)
        kill(members(self.pid))
        self._running.wait()
        self.record.unlink(missing_ok=True)


def end_all(children: Iterable[Child], hurry: Callable[[], bool] = lambda: False) -> None:
    """End children in the order given: all are asked, each gets what is left of the common grace, then is killed."""
    ordered = list(children)
    for child in ordered:
        child.ask_to_end()
    deadline = time.monotonic() + GRACE
    for child in ordered:
        child.end(deadline, hurry)


def write_record(path: Path, pid: int) -> None:
    """Note the pid with its start, so that a later process with the same pid is never taken for it."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"pid": pid, "started": psutil.Process(pid).create_time()}))
    part.replace(path)


def members(group: int) -> list[psutil.Process]:
    """Return the living processes of a process group."""
    return [process for process in _all_processes() if _group(process) == group]


def kill(processes: Iterable[psutil.Process]) -> None:
    """Send SIGKILL and wait for each to go."""
    doomed = list(processes)
    for process in doomed:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(doomed, timeout=5)


def orphans(record: Path) -> list[psutil.Process]:
    """Return what still runs of a recorded child whose supervisor is gone: itself and its group.

    Nothing when the pid belongs to another process by now. Where the child itself has ended, only members of its group
    that run from this project's folder and began after it count.
    """
    try:
        noted = json.loads(record.read_text())
        pid, started = int(noted["pid"]), float(noted["started"])
    except (OSError, ValueError, KeyError):
        return []
    begun = _start_of(pid)
    if begun is None:
        return [process for process in members(pid) if _is_ours(process, started)]
    return members(pid) if abs(begun - started) <= START_TOLERANCE else []


def _all_processes() -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                yield process


def _group(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except (ProcessLookupError, PermissionError):
        return None


def _start_of(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def _is_ours(process: psutil.Process, started: float) -> bool:
    try:
        return process.create_time() >= started - START_TOLERANCE and Path(process.cwd()) == ROOT
    except psutil.Error:
        return False
