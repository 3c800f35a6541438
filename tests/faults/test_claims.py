"""Many workers want one row at once: one gets it; the control, which looks before it writes, gives it to many."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.clock import now
from app.extensions import db
from app.models import Outbox
from notifications import outbox
from tests import builders
from tests.notifications.working import rows
from tests.session import rounds

pytestmark = pytest.mark.faults

WORKERS = 10


def at_once(app: Flask, claim: Callable[[int], object], row: int) -> int:
    """Let ten threads claim a row together; return how many got it."""
    barrier, got = threading.Barrier(WORKERS, timeout=60), []

    def worker() -> None:
        with app.app_context():
            db.session.execute(select(1)).scalar_one()  # a connection is there before the start
            db.session.rollback()
            barrier.wait()
            if claim(row):
                got.append(threading.get_ident())
            db.session.remove()

    threads = [threading.Thread(target=worker) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(got)


def look_then_take(row: int) -> bool:
    """The control: what a worker without an atomic claim does."""
    free = db.session.execute(select(Outbox.state).where(Outbox.id == row)).scalar_one() == "due"
    db.session.rollback()
    if free:
        db.session.execute(update(Outbox).where(Outbox.id == row).values(state="leased", lease_until=now()))
        db.session.commit()
    return free


def races(app: Flask, claim: Callable[[int], object]) -> list[int]:
    builders.make_placement()
    row = rows()[0].id
    won = []
    for _ in range(rounds(100)):
        db.session.execute(update(Outbox).values(state="due", due_at=now(), lease_until=None))
        db.session.commit()
        won.append(at_once(app, claim, row))
    return won


def test_one_of_ten_gets_the_row(app: Flask) -> None:
    assert set(races(app, outbox.claim)) == {1}


def test_the_control_gives_it_to_many(app: Flask) -> None:
    assert max(races(app, look_then_take)) > 1
