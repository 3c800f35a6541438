"""Reporting workers killed at named points, the far side off and on: in order, once, nothing lost (P4, P11)."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app import reports
from app.clock import now
from app.extensions import db
from app.models import Outbox, Report, RollRecord
from app.writing import write
from notifications import outbox
from simulator.faults import Fault
from tests import builders
from tests.far_side import FarSide
from tests.faults.conftest import Site
from tests.faults.workshop import Workshop, wait_until
from tests.servers import Redis
from tests.session import rounds
from workflows.reporting import Status, Told
from workflows.vocabulary import Module, State

pytestmark = [
    pytest.mark.faults,
    pytest.mark.rule("R-SYNC-1"),
    pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True),
]

KILLS = rounds(20)
POINTS = ("report.after_claim", "report.after_effect", "report.after_result")
CHANGES = 5  # reports of each graduate


@pytest.fixture
def far_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FarSide]:
    """A far side that the workers find in their environment."""
    side = FarSide(tmp_path)
    for name, value in side.settings.items():
        monkeypatch.setenv(name, value)
    yield side
    side.stop()


@pytest.fixture
def workshop(site: Site, tmp_path: Path, redis_server: Redis, far_side: FarSide) -> Iterator[Workshop]:
    """A workshop that reports to the far side, without a worker yet."""
    with site(**far_side.settings) as app:
        shop = Workshop(app, redis_server, tmp_path)
        yield shop
        shop.end()


def report_changes(count: int) -> None:
    """Have so many graduates' lines change again and again: each a report of its own."""
    school = builders.make_school()
    for _ in range(count):
        graduate = builders.make_graduate(school)
        builders.make_placement(State.EFFECTIVE, graduate)
        for day in range(1, CHANGES):
            write(lambda roll=graduate.roll, day=day: _tell(roll, day))
    db.session.remove()


def _tell(roll: RollRecord, day: int) -> None:
    conn, line = db.session.connection(), reports.line_of("11414", roll.student_number, roll.cohort, Module.PLACEMENT)
    told = Told(Status.ENDED, {"record": "0" * 20, "ended_on": f"2026-12-{day:02d}"})
    reports.tell(conn, roll.id, Module.PLACEMENT, line, told, now(), reports.known(conn, roll.id, [line])[line])


def finish(shop: Workshop) -> None:
    """Work off the rest; rows that were hit too often are seen in the dead letters, and are replayed from there."""
    shop.open_for_work()
    shop.drain()
    while letters := outbox.dead():
        assert {letter.error for letter in letters} == {"worker_died"}
        assert all(outbox.replay(letter.id) for letter in letters)
        wake()
        shop.drain()


def wake() -> None:
    """Let an hour pass for the reports that stand behind an earlier one."""
    db.session.execute(update(Outbox).where(Outbox.state == "due").values(due_at=now()))
    db.session.commit()


def assert_all_arrived(side: FarSide, people: int) -> None:
    assert {row.state for row in db.session.execute(select(Outbox)).scalars()} == {"done"}
    assert {row.state for row in db.session.execute(select(Report)).scalars()} == {"sent"}
    arrived: dict[str, list[int]] = {}
    for body in side.bodies():
        arrived.setdefault(body["student_number"], []).append(body["sequence"])
    assert len(arrived) == people
    assert all(numbers == list(range(1, CHANGES + 1)) for numbers in arrived.values())
    assert {line["sequence"] for line in side.lines()} == {CHANGES}


def test_killed_anywhere_every_report_arrives_once_and_in_order(
    workshop: Workshop, far_side: FarSide, chance: random.Random
) -> None:
    people = rounds(50)
    report_changes(people)
    points = [point for point in POINTS for _ in range(KILLS)]
    chance.shuffle(points)
    deaths = workshop.kill_at(points, every=lambda count: workshop.flush() if count % 5 == 3 else None)
    finish(workshop)
    assert deaths == len(points) and workshop.end() == [0, 0]
    assert_all_arrived(far_side, people)
    log = workshop.log.read_text(errors="replace")
    numbers = [line["student_number"] for line in far_side.lines()]
    assert [number for number in numbers if number in log] == []


def test_away_and_back_again_while_people_go_on(workshop: Workshop, far_side: FarSide) -> None:
    workshop.open_for_work()
    far_side.stop()
    report_changes(4)
    wait_until(lambda: tried() >= 4, 60, workshop.tail)
    assert far_side.bodies() == [] and outbox.dead() == []
    far_side.start()
    far_side.fault(Fault.LOST, times=3)  # and once it is back, it answers badly
    workshop.drain()
    assert workshop.end() == [0, 0]
    assert_all_arrived(far_side, 4)


def tried() -> int:
    found = len(db.session.execute(select(Report.id).where(Report.tries > 0)).all())
    db.session.rollback()
    return found
