"""The rounds: lapsed invitations are written down, old keys and tickets go, rows are worked off where nobody hears."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError

from app.clock import now
from app.extensions import db
from app.models import DownloadTicket, IdempotencyKey, Placement
from notifications import sweeper
from notifications.sweeper import Rounds
from tests import builders
from tests.notifications.working import alerts, let_leases_run_out, rows
from workflows.vocabulary import State


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock of the rounds: set its one value."""
    value = [1000.0]
    monkeypatch.setattr(sweeper.time, "monotonic", lambda: value[0])
    return value


def test_idempotency_keys_stay_48_hours_and_tickets_an_hour_beyond_their_end(app: Flask) -> None:
    at = now()
    for hours in (1, 47, 49):
        values = {"door": "graduate", "principal_id": 1, "key": f"key-{hours:05d}", "request_sha256": bytes(32)}
        db.session.add(IdempotencyKey(**values, at=at - timedelta(hours=hours)))
    for minutes in (30, 90):
        values = {"token_hash": bytes([minutes]) * 32, "placement_id": 1, "what": "preview"}
        db.session.add(DownloadTicket(**values, expires_at=at - timedelta(minutes=minutes)))
    db.session.commit()
    assert sweeper.tidy() == {"keys": 1, "tickets": 1, "parts": 0}
    kept = db.session.execute(select(IdempotencyKey.key)).scalars().all()
    assert sorted(kept) == ["key-00001", "key-00047"]


def test_lapsed_invitations_are_written_down_and_told_to_both_sides(app: Flask, clock: list[float]) -> None:
    placement_id = builders.make_placement().id
    db.session.execute(update(Placement).values(deadline_at=now() - timedelta(seconds=1)))
    db.session.commit()
    rounds = Rounds()
    rounds.go()
    assert builders.reload(placement_id).state == State.EXPIRED
    db.session.rollback()
    assert [row.event for row in rows()] == ["invitation.sent", "invitation.expired"]


def test_where_nobody_hears_the_sweeper_waits_a_while_and_then_works_alone(app: Flask, clock: list[float]) -> None:
    builders.make_placement(State.DECLINED)
    let_leases_run_out()
    rounds = Rounds()
    for seconds in (0.0, 3.0, 6.0, 9.0):
        clock[0] = 1000.0 + seconds
        rounds.go()
        assert alerts() == []
    clock[0] = 1000.0 + sweeper.PATIENCE + 1
    rounds.go()
    assert len(alerts()) == 2 and {row.state for row in rows()} == {"done"}


def test_the_rounds_go_on_after_a_database_that_was_away(
    app: Flask, clock: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> None:
        raise OperationalError("SELECT 110101199901010010", {}, Exception("110101199901010010"))

    with monkeypatch.context() as broken:
        broken.setattr(sweeper.outbox, "due", away)
        rounds = Rounds()
        rounds.go()
    assert "a round was cut short" in caplog.text and "110101" not in caplog.text
    clock[0] += 3
    rounds.go()
    assert db.session.execute(delete(DownloadTicket)).rowcount == 0
