"""Every list page among a million graduates, against its own SQL in psql: `python -m benchmarks.lists [SIZE]`.

Each page is opened by thirty tenants of its role, the ten largest and others by chance, through the whole application
(session, policy, statements, unsealing, template); then the statements that it has sent are replayed by psql, which
times them itself. The number of statements must be the same for every tenant.
"""

import math
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event, make_url, text

from app.extensions import db
from app.lists.definitions import LISTS
from app.models import Department, School
from benchmarks import graduates
from benchmarks.table import Row, report
from tests.app.staff import desk
from tests.servers import postgres_programs
from workflows.vocabulary import Level, Module, Role

SIZE, TENANTS = 1_000_000, 30
P95_MS = 500.0  # a page that takes longer is felt
ADDRESS = {
    "signings": "/staff/placements",
    "papers": "/staff/paper-registrations",
    "endings": "/staff/terminations",
    "destinations": "/staff/destinations",
    "archive": "/staff/transfers/archive",
    "household": "/staff/transfers/household",
}
LEVELS = {f"{module.value}_level": int(Level.READ) for module in Module}
ROLES = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
# How the longest list is narrowed: by a state, a common name, an employer, a number; and what waits for a review.
NARROWED = ("state=declined", "name=王", "employer=示例单位77", "student_number=202300001")
_LARGEST = """
SELECT school_id, min(department_id) FROM roll_record GROUP BY 1 ORDER BY count(*) DESC LIMIT 10
"""
_CHANCE = """
SELECT school_id, min(department_id) FROM roll_record GROUP BY 1 ORDER BY md5(school_id::text) LIMIT :more
"""


@dataclass
class Page:
    """One page: what was measured of it for every tenant."""

    name: str
    address: str
    role: Role
    milliseconds: list[float] = field(default_factory=list)
    statements: list[list[str]] = field(default_factory=list)

    def open(self, clients: list[Any], url: str) -> None:
        """Open the page as every tenant: once to see its statements, once for the time."""
        with psycopg.connect(_address(url), cursor_factory=psycopg.ClientCursor) as literal:
            for client in clients:
                with _sent(literal.cursor()) as sent:
                    self._get(client)
                self.statements.append(sent)
                began = time.perf_counter()
                self._get(client)
                self.milliseconds.append((time.perf_counter() - began) * 1000)

    def _get(self, client: Any) -> None:
        answer = client.get(self.address)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.address} answered {answer.status_code}")

    def replayed(self, url: str) -> list[float]:
        """Return milliseconds of each tenant's statements by psql's own clock, the second time that they run."""
        script = "\\timing on\n" + "".join(f"{statement};\n" for sent in self.statements for statement in sent * 2)
        times = iter(_psql(url, script))
        taken = []
        for sent in self.statements:
            first = [next(times) for _ in sent]
            taken.append(sum(next(times) for _ in first))
        return taken

    def rows(self, url: str) -> list[Row]:
        """Return the rows of the table."""
        ours, theirs = (quantiles(values, n=20)[-1] for values in (self.milliseconds, self.replayed(url)))
        counts = [len(sent) for sent in self.statements]
        name = f"{self.name}, {self.role}"
        same = f"{name}: statements, most : fewest"
        return [
            Row(f"{name}: p95 ms : its SQL in psql", ours, theirs, ours / theirs, f"<= {P95_MS:g} ms", ours <= P95_MS),
            Row(same, max(counts), min(counts), max(counts) / min(counts), "<= 1", max(counts) == min(counts)),
        ]


class _sent:  # noqa: N801 - reads as a word in a with statement
    """Collects the statements that are sent meanwhile, with their values in them."""

    def __init__(self, cursor: Any) -> None:
        self._cursor, self._seen = cursor, []

    def __enter__(self) -> list[str]:
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self._seen

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, conn: Any, cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        self._seen.append(" ".join(self._cursor.mogrify(statement, parameters).split()))


def _address(url: str) -> str:
    parts = make_url(url)
    return f"host={parts.query['host']} user=postgres dbname={parts.database}"


def _psql(url: str, script: str) -> list[float]:
    """Run a script and return the milliseconds of its statements."""
    command = [str(postgres_programs() / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", _address(url)]
    answer = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(answer.stderr[-2000:])
    return [float(line.split()[1]) for line in answer.stdout.splitlines() if line.startswith("Time: ")]


def _clients(app: Flask) -> dict[Role, list[Any]]:
    """Sign in as thirty departments, schools and provinces."""
    conn = db.session.connection()
    found = [*conn.execute(text(_LARGEST)).all(), *conn.execute(text(_CHANCE), {"more": TENANTS - 10}).all()]
    schools = [(db.session.get_one(School, s), db.session.get_one(Department, d)) for s, d in found]
    codes = [school.province_code for school, _ in schools]
    return {
        Role.DEPARTMENT: [desk.client(app, Role.DEPARTMENT, *pair, **LEVELS) for pair in schools],
        Role.SCHOOL: [desk.client(app, Role.SCHOOL, school, **LEVELS) for school, _ in schools],
        Role.PROVINCE: [desk.client(app, Role.PROVINCE, province_code=code, **LEVELS) for code in codes],
    }


def _pages() -> list[Page]:
    all_rows = [Page(LISTS[name].title, f"{url}?queue=all", role) for name, url in ADDRESS.items() for role in ROLES]
    narrowed = [
        Page(f"{LISTS['signings'].title} {more}", f"{ADDRESS['signings']}?{more}", role)
        for more in NARROWED
        for role in (Role.SCHOOL, Role.PROVINCE)
    ]
    waiting = Page(f"{LISTS['destinations'].title} 待办", ADDRESS["destinations"], Role.SCHOOL)
    return [*all_rows, *narrowed, waiting]


def main(size: int = SIZE) -> bool:
    """Measure, print, write var/bench/lists.json; True when every target was met."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = graduates.server()
        server.start()
        stack.callback(server.remove)
        server.execute("CREATE DATABASE lists")
        url = server.url("lists")
        app = graduates.application_on(url, folder)
        stack.enter_context(app.app_context())
        began = time.perf_counter()
        graduates.load(size, whole=True)
        graduates.load_endings_and_transfers()
        print(f"{size} graduates loaded in {time.perf_counter() - began:.0f} s", flush=True)
        clients = _clients(app)
        pages = _pages()
        pages[0].open(clients[pages[0].role], url)  # fills the caches
        pages[0].milliseconds, pages[0].statements = [], []
        # The code tables are read again once a minute, by whichever page comes then: they are no page's own.
        app.extensions["codes"] = replace(app.extensions["codes"], until=math.inf)
        for page in pages:
            page.open(clients[page.role], url)
        rows = [row for page in pages for row in page.rows(url)]
        db.session.remove()
        db.engine.dispose()
    return report("lists", rows)


if __name__ == "__main__":
    sys.exit(0 if main(*map(int, sys.argv[1:])) else 1)
