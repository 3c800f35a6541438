"""How fast a backlog of alerts drains, and how long a tap takes to reach a phone: `python -m benchmarks.alerts`.

The far side is the simulator, which checks like the platforms and pushes its proofs back; it shares the processors
with everything else. The backlog lies in PostgreSQL as four hours without WeChat leave it, and two workers drain it. A
tap is the request for a code; the phone has it when the far side has taken the text message.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from app.extensions import db
from app.models import Message, Outbox
from benchmarks.table import Row, at_least, at_most, report
from deploy.children import ROOT
from tests import application, builders
from tests.e2e.launched import Launched
from tests.faults.simulated import SimulatedSite
from tests.faults.workshop import Workshop, wait_until
from tests.servers import Databases, Postgres, Redis
from workflows.vocabulary import Event

READERS, BACKLOG, TAPS = 50, 2000, 40
PER_MINUTE = 1000.0
LIMITS = {"PostgreSQL and Redis": 2.0, "the embedded default": 3.0}  # seconds, p95


@contextmanager
def _servers() -> Iterator[tuple[Postgres, Redis, Path, ExitStack]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres, redis = Postgres(), Redis()
        for server in (postgres, redis):
            server.start()
            stack.callback(server.remove)
        yield postgres, redis, folder, stack


def _backlog(postgres: Postgres, redis: Redis, folder: Path) -> float:
    """Return how many messages a minute two workers hand over, proofs taken in, from a backlog."""
    url = Databases(folder, lambda: postgres).empty("postgresql")
    app = application.build(url, folder, REDIS_URL=redis.url, LOG_LEVEL="ERROR")
    with app.app_context(), ExitStack() as stack:
        upgrade(directory=str(ROOT / "migrations"))
        builders.load_reference()
        site = SimulatedSite(app, folder)
        stack.callback(site.end)
        shop = Workshop(app, redis, folder, "tests.faults.timed_worker", site.env)
        stack.callback(shop.end)
        _invite(site)
        shop.open_for_work(2)
        shop.drain()
        _add_backlog()
        began = time.perf_counter()
        told = select(func.count()).select_from(Message).where(Message.state == "told")
        wait_until(lambda: _count(told) >= BACKLOG + READERS, 600, shop.tail)
        taken = time.perf_counter() - began
        db.session.remove()
        db.engine.dispose()
    return BACKLOG / taken * 60


def _invite(site: SimulatedSite) -> None:
    school, employer = builders.make_school(), builders.make_employer()
    for _ in range(READERS):
        graduate = builders.make_graduate(school)
        site.bind(graduate, "follows")
        builders.make_invitation(graduate, employer)
    db.session.remove()


def _add_backlog() -> None:
    """Let every invitation be told again and again, by rows of their own, all due now."""
    sent = Outbox.event == Event.INVITATION_SENT.value
    rows = [dict(row._mapping) for row in db.session.execute(select(Outbox.__table__).where(sent))]
    fresh = {"state": "due", "attempts": 0, "fence": 0, "lease_until": None, "done_at": None, "error": None}
    again = [
        {name: value for name, value in row.items() if name != "id"} | fresh | {"key": f"{row['key']}:{number}"}
        for number in range(BACKLOG // READERS)
        for row in rows
    ]
    db.session.execute(insert(Outbox.__table__), again)
    db.session.commit()


def _count(query: object) -> int:
    found: int = db.session.execute(query).scalar_one()
    db.session.rollback()
    return found


def _latency(folder: Path, **settings: str) -> float:
    """Return the 95th percentile of the taps: seconds from the tap to the far side's receipt of the message."""
    site = Launched(folder, **settings).wait_until_up()
    try:
        phones = re.search(r"arrive on these phones: (\S+)", site.said())[1]
        control = f"http://{urlsplit(phones).netloc}/control"
        taken = [_tap(site.address, control, f"1990001{number:04d}") for number in range(TAPS + 5)][5:]
    finally:
        site.interrupt()
    return quantiles(taken, n=20)[-1]


def _tap(address: str, control: str, phone: str) -> float:
    body = json.dumps({"phone": phone}).encode()
    headers = {"Content-Type": "application/json"}
    began = time.perf_counter()
    request = urllib.request.Request(f"{address}/api/v1/accounts/code", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()
    deadline = time.monotonic() + 30
    while not _received(control, phone):
        if time.monotonic() > deadline:
            raise TimeoutError("a message never came")
        time.sleep(0.02)
    return time.perf_counter() - began


def _received(control: str, phone: str) -> bool:
    with urllib.request.urlopen(f"{control}/messages?channel=sms&receiver={phone}", timeout=10) as answer:
        return bool(json.load(answer)["messages"])


def main() -> bool:
    """Measure, print, write var/bench/alerts.json; True when every target was met."""
    with _servers() as (postgres, redis, folder, _):
        rate = _backlog(postgres, redis, folder)
        postgres.execute("CREATE DATABASE latency")
        served = {"DATABASE_URL": postgres.url("latency"), "REDIS_URL": redis.url}
        waits = {
            "PostgreSQL and Redis": _latency(folder / "served", **served),
            "the embedded default": _latency(folder / "embedded"),
        }
    rows: list[Row] = [at_least("messages a minute from a backlog, against the promise (P11)", rate, PER_MINUTE, 1)]
    rows += [
        at_most(f"seconds from tap to phone, p95, {name}, against its limit", waits[name], limit, 1)
        for name, limit in LIMITS.items()
    ]
    return report("alerts", rows)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
