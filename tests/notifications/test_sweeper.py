"""The rounds: lapsed invitations are written down, old keys and tickets go, rows are worked off where nobody hears."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError

from app import actions
from app.clock import now
from app.extensions import db
from app.models import DownloadTicket, IdempotencyKey, Outbox, Placement, Session, Verification
from notifications import sweeper
from notifications.sweeper import Rounds
from tests import builders
from tests.notifications.working import alerts, let_leases_run_out, rows, work_off
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
    gone = sweeper.tidy()
    assert (gone["keys"], gone["tickets"], gone["parts"]) == (1, 1, 0)
    kept = db.session.execute(select(IdempotencyKey.key)).scalars().all()
    assert sorted(kept) == ["key-00001", "key-00047"]


def test_what_has_served_its_time_goes_in_batches(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    at, long_ago = now(), now() - timedelta(days=31)
    placement_id = builders.make_placement(State.DECLINED).id
    work_off()
    db.session.execute(update(Outbox).values(done_at=at - timedelta(days=91)))
    untold = {"event": "invitation.sent", "placement_id": placement_id, "due_at": at, "created_at": at}
    for name, state, days in (("a", "done", 91), ("b", "done", 89), ("c", "dead", 91), ("d", "done", 91)):
        db.session.add(Outbox(key=name, state=state, done_at=at - timedelta(days=days), **untold))
    ends = [(long_ago, None), (at, long_ago), (at, at), (at, None), (long_ago, long_ago)]
    for number, (expires_at, revoked_at) in enumerate(ends):
        values = {"door": "staff", "principal_id": 1, "created_at": long_ago, "proved_at": long_ago}
        values |= {"expires_at": expires_at, "revoked_at": revoked_at}
        db.session.add(Session(token_hash=bytes([number]) * 32, **values))
    for hours in (47, 49):
        values = {"kind": "open", "outcome": "unknown", "visitor": bytes(16)}
        db.session.add(Verification(**values, at=at - timedelta(hours=hours)))
    values = {"placement_id": 1, "what": "preview", "expires_at": at - timedelta(minutes=5)}
    for used_at in (None, at - timedelta(minutes=6)):
        db.session.add(DownloadTicket(token_hash=bytes([used_at is None]) * 32, used_at=used_at, **values))
    db.session.commit()
    monkeypatch.setattr(sweeper, "BATCH", 1)
    expected = {"keys": 0, "tickets": 0, "used_tickets": 1, "sessions": 3, "misses": 1, "outbox": 3, "parts": 0}
    assert expected.items() <= sweeper.tidy().items()
    assert [row.key for row in rows() if len(row.key) == 1] == ["b", "c"]
    assert len(rows()) == 4, "rows that a delivery refers to stay"


def test_a_bad_row_stops_neither_its_round_nor_the_others(
    app: Flask, clock: list[float], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (builders.make_placement().id for _ in range(2))
    lapsed = now() - timedelta(seconds=1)
    db.session.execute(update(Placement).values(deadline_at=lapsed))
    at = {"roll_record_id": 999, "due_at": lapsed - timedelta(hours=1), "created_at": lapsed}
    db.session.add(Outbox(key="bad", event="nobody.knows", **at))
    db.session.commit()
    real = actions.step

    def step(placement_id: int, *rest: object) -> object:
        if placement_id == first:
            raise KeyError("110101199901010010")
        return real(placement_id, *rest)

    monkeypatch.setattr(actions, "step", step)
    monkeypatch.setattr(sweeper, "tidy", lambda: 1 / 0)
    rounds = Rounds()
    rounds.go()
    assert [builders.reload(one).state for one in (first, second)] == [State.INVITED, State.EXPIRED]
    assert "a lapsed invitation was not recorded" in caplog.text and "110101" not in caplog.text
    assert "a round was cut short" in caplog.text
    for _ in range(5):
        let_leases_run_out()
        work_off()
    assert {row.key: row.state for row in rows()}["bad"] == "dead"


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
