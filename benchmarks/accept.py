"""Acceptances a second through the ordinary HTTP path, against pgbench replaying the statements that were really sent.

Both sides run on copies of one database, round by round in turn, on the same private PostgreSQL: ours with three sync
Both sides run on copies of one database, in turn, round by round, on the same private PostgreSQL: ours with three sync
facts, encryption, idempotency, history and outbox are all in it.
"""

import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from app import actions, auth
from app.clock import now
from app.crypto import token_hash
from app.extensions import db
from app.models import Session
from benchmarks.pgbench import capture, run_pgbench
from benchmarks.table import Row, at_least, at_most, report
from tests import application, builders
from tests.servers import Databases, Postgres
from workflows.case import Request

CASES, CLIENTS, ROUNDS = 900, 3, 5  # rows for each round, clients of either side, paired rounds
WARM = 60
HELLO = "benchmarks.hello:app"


@dataclass(frozen=True)
class Case:
    """One graduate with one invitation: what an acceptance needs to send."""

    token: str
    invitation: str
    body: bytes


def prepare(url: str, folder: Path) -> list[Case]:
    """Fill a database with graduates who hold one open invitation each."""
    app = application.build(url, folder, LOG_LEVEL="ERROR")
    with app.app_context():
        from flask_migrate import upgrade

        upgrade(directory=str(Path(__file__).parent.parent / "migrations"))
        builders.load_reference()
        school = builders.make_school(department_review=True)
        department = builders.make_department(school)
        employer = builders.make_employer()
        cases = [_case(school, department, employer, number) for number in range(CASES + WARM + 1)]
        db.session.remove()
        db.engine.dispose()
    return cases


def _case(school: Any, department: Any, employer: Any, number: int) -> Case:
    graduate = builders.make_graduate(school, department)
    actions.new_public_id = lambda: f"{number:020d}"  # an id that pgbench can compute
    placement = builders.make_invitation(graduate, employer, deadline_at=now() + timedelta(days=20))
    request: Request = builders.accept_request(graduate, placement)
    token = f"bench-token-{number}"
    session = db.session.get(Session, token_hash(auth.open_session("graduate", graduate.account.id)))
    assert session is not None
    session.token_hash = token_hash(token)
    db.session.commit()
    body = {"version": request.version, "declaration": request.declaration, "clauses": request.clauses}
    return Case(token, placement.public_id, json.dumps(body).encode())


@contextlib.contextmanager
def served(target: str, environment: dict[str, str], port: int) -> Iterator[psutil.Process]:
    """Run gunicorn with sync workers on a port until the block ends."""
    command = [sys.executable, "-m", "gunicorn", "-w", str(CLIENTS), "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    process = subprocess.Popen([*command, target], env=os.environ | environment)
    try:
        _wait(port)
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            if _get(port, "/healthz") == 200:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


def _accept(port: int, case: Case) -> int:
    """Send one acceptance by a bare socket: the client shares the cores, so it must cost next to nothing."""
    head = (
        f"POST /api/v1/invitations/{case.invitation}/accept HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Authorization: Bearer {case.token}\r\nIdempotency-Key: bench-{case.invitation}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(case.body)}\r\n\r\n"
    )
    return _exchange(port, head.encode() + case.body)


def _get(port: int, path: str) -> int:
    return _exchange(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())


def _exchange(port: int, request: bytes) -> int:
    """Return the status of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        answer = connection.recv(65536)
        while connection.recv(65536):
            pass
    return int(answer[9:12])


def rate(parent: psutil.Process, jobs: list[Any], call: Callable[[Any], int]) -> tuple[float, float]:
    """Run the jobs from as many threads as there are workers; return (jobs a second, CPU ms of the server for each)."""
    shares = [jobs[start::CLIENTS] for start in range(CLIENTS)]
    bad: list[int] = []

    def client(share: list[Any]) -> None:
        bad.extend(status for job in share if (status := call(job)) != 200)

    threads = [threading.Thread(target=client, args=(share,)) for share in shares]
    before, began = _cpu(parent), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if bad:
        raise RuntimeError(f"{len(bad)} of {len(jobs)} requests failed, first with {bad[0]}")
    return len(jobs) / seconds, (_cpu(parent) - before) * 1000 / len(jobs)


def _cpu(parent: psutil.Process) -> float:
    processes = [parent, *parent.children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def main() -> bool:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder:
        postgres = Postgres()
        postgres.start()
        try:
            return report("accept", measure(Path(folder), postgres))
        finally:
            postgres.remove()


def measure(folder: Path, postgres: Postgres) -> list[Row]:
    """Return the rows of the table: medians over the rounds."""
    databases = Databases(folder, lambda: postgres)
    template = databases.empty("postgresql")
    print(f"preparing {CASES + WARM + 1} graduates with an invitation each …", flush=True)
    cases = prepare(template, folder)
    script = capture(databases.copy(template), folder, cases[0])
    ours, cpu, theirs = [], [], []
    for number in range(ROUNDS):
        url, port = databases.copy(template), 18400 + number
        environment = {"DATABASE_URL": url, "VAR_DIR": str(folder), "APP_ENV": "test", "LOG_LEVEL": "ERROR"}
        environment |= {"REDIS_URL": f"unix://{folder}/nobody.sock", "CLOCK_OFFSET_SECONDS": str(application.OFFSET)}
        with served("wsgi:app", environment, port) as parent:
            rate(parent, cases[CASES + 1 :], partial(_accept, port))  # warms every worker
            accepts, milliseconds = rate(parent, cases[1 : CASES + 1], partial(_accept, port))
        databases.drop(url)
        url = databases.copy(template)
        theirs.append(run_pgbench(url, script, CLIENTS, CASES // CLIENTS))
        databases.drop(url)
        ours.append(accepts)
        cpu.append(milliseconds)
        print(f"round {number + 1}: {accepts:.0f} acceptances/s, pgbench {theirs[-1]:.0f} transactions/s", flush=True)
    with served(HELLO, {}, 18450) as parent:
        _, hello = rate(parent, list(range(3000)), lambda _: _get(18450, "/"))
    return [
        at_least("acceptances/s : pgbench, same statements", statistics.median(ours), statistics.median(theirs), 0.15),
        at_most("CPU ms of an acceptance : Flask hello", statistics.median(cpu), hello, 8),
    ]


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
