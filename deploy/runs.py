"""Runs of the local site: each owns var/run/<n> by a lock that dies with it; the next start clears up after it."""

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from deploy.children import kill, orphans

FOLDERS = "folders"  # file in a run's folder: one private folder elsewhere per line


class Interrupted(Exception):
    """Somebody asked for the end while a step was under way."""


class Run:
    """A claimed number with its folder; `release` gives both back."""

    def __init__(self, folder: Path, lock: IO[str]) -> None:
        self.folder, self.number, self._lock = folder, int(folder.name), lock

    def private_folder(self, parent: Path) -> Path:
        """Make a folder that only this user may enter; it goes with the run, also when the run is killed."""
        folder = parent / f"signing-{secrets.token_hex(4)}"
        with (self.folder / FOLDERS).open("a") as noted:
            noted.write(f"{folder}\n")
        folder.mkdir(mode=0o700)
        return folder

    def release(self) -> None:
        """Remove the run's folders and let go of its number."""
        _remove(self.folder)
        self._lock.close()


@contextlib.contextmanager
def one_at_a_time(var: Path, asked_to_end: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Let one start at a time through: clearing up, claiming a number, making secrets, preparing the database.

    Raises Interrupted when somebody asks for the end while another start holds the gate.
    """
    (var / "run").mkdir(parents=True, exist_ok=True)
    with (var / "run" / "gate").open("w") as gate:
        while not _locked(gate):
            if asked_to_end():
                raise Interrupted
            time.sleep(0.05)
        yield


def clear_dead(var: Path) -> list[str]:
    """End what runs without a living supervisor left behind, remove their folders, and say what was done.

    Call it inside `one_at_a_time`.
    """
    return [_clear(folder) for folder in sorted((var / "run").glob("[0-9]*")) if not _is_alive(folder)]


def claim(var: Path) -> Run:
    """Take the lowest free number. Call it inside `one_at_a_time`."""
    number = 1
    while (var / "run" / str(number)).exists():
        number += 1
    folder = var / "run" / str(number)
    folder.mkdir()
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return Run(folder, lock)


def short_parent() -> Path:
    """Return where a socket's folder may stand: a socket's path must stay below some 100 characters."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - the folder made in it is private
    fits = len(str(runtime)) < 60 and os.access(runtime, os.W_OK | os.X_OK)
    return runtime if fits else Path("/tmp")  # noqa: S108


def roomy_parent() -> Path:
    """Return where a throw-away var folder may stand."""
    return Path(tempfile.gettempdir())


def _is_alive(folder: Path) -> bool:
    try:
        with (folder / "lock").open("r+") as lock:
            return not _locked(lock)
    except FileNotFoundError:
        return False


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _clear(folder: Path) -> str:
    left = {process for record in folder.glob("*.json") for process in orphans(record)}
    kill(left)
    _remove(folder)
    return f"run {folder.name} had been killed: {len(left)} process(es) ended, its folders removed"


def _remove(folder: Path) -> None:
    noted = folder / FOLDERS
    for line in noted.read_text().splitlines() if noted.exists() else ():
        shutil.rmtree(line, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
