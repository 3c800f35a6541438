"""The ledger: claims, fences, leases, back-off and dead letters, on both databases."""

import logging
from datetime import timedelta

import pytest
from flask import Flask

from app.clock import now
from notifications import outbox
from notifications.outbox import LostLeaseError
from tests import builders
from tests.notifications.working import let_leases_run_out, rows


@pytest.fixture
def row(app: Flask) -> int:
    """An outbox row that is due: the invitation of a graduate."""
    builders.make_placement()
    return rows()[0].id


def test_a_row_is_claimed_once_and_finished(row: int) -> None:
    claimed = outbox.claim(row)
    assert claimed is not None and (claimed.event, claimed.attempts, claimed.fence) == ("invitation.sent", 1, 1)
    assert rows()[0].state == "leased"
    assert outbox.claim(row) is None

    outbox.finish(claimed)

    done = rows()[0]
    assert done.state == "done" and done.done_at is not None and done.lease_until is None
    assert outbox.claim(row) is None


def test_an_unknown_row_is_nothing_to_do(app: Flask) -> None:
    assert outbox.claim(4711) is None


def test_after_the_lease_another_worker_takes_over_and_the_first_can_write_nothing(row: int) -> None:
    slow = outbox.claim(row)
    let_leases_run_out()
    quick = outbox.claim(row)
    assert slow and quick and (quick.fence, quick.attempts) == (2, 2)

    for write in (outbox.finish, outbox.hold, lambda held: outbox.fail(held, "late", timedelta(seconds=5))):
        with pytest.raises(LostLeaseError):
            write(slow)

    assert rows()[0].state == "leased"
    outbox.finish(quick)
    assert rows()[0].state == "done"


def test_holding_renews_the_lease(row: int) -> None:
    claimed = outbox.claim(row)
    assert claimed
    let_leases_run_out()
    outbox.hold(claimed)
    outbox.db.session.commit()
    assert outbox.claim(row) is None


def test_a_failed_row_waits_longer_each_time_and_then_is_dead(row: int, caplog: pytest.LogCaptureFixture) -> None:
    waits = []
    for _ in range(5):
        let_leases_run_out()
        claimed = outbox.claim(row)
        assert claimed
        before = now()
        wait = outbox.wait_after(claimed.attempts)
        outbox.fail(claimed, "example_down", wait)
        stored = rows()[0]
        assert stored.error == "example_down"
        if wait is None:
            assert stored.state == "dead"
        else:
            assert timedelta() <= stored.due_at - (before + wait) < timedelta(seconds=5)
            assert outbox.claim(row) is None  # not before its time
        waits.append(wait)

    assert waits == [*(timedelta(seconds=s) for s in (5, 30, 120, 600)), None]
    alarms = [record for record in caplog.records if record.levelno == logging.CRITICAL]
    assert [record.getMessage() for record in alarms] == ["outbox row is dead"]
    assert [letter.id for letter in outbox.dead()] == [row]


def test_a_dead_letter_can_be_replayed_once(row: int) -> None:
    claimed = outbox.claim(row)
    assert claimed
    outbox.fail(claimed, "no_such_record", None)
    assert outbox.replay(row) and not outbox.replay(row)
    again = outbox.claim(row)
    assert again and (again.attempts, again.fence) == (1, 2)


def test_a_row_that_kills_its_workers_is_not_tried_for_ever(row: int) -> None:
    for _ in range(outbox.MOST_CLAIMS):
        assert outbox.bury() == 0
        assert outbox.claim(row)
        let_leases_run_out()
    assert outbox.bury() == 1
    assert [(letter.id, letter.error) for letter in outbox.dead()] == [(row, "worker_died")]


def test_what_is_left_over_is_found_oldest_first(row: int) -> None:
    assert outbox.due() == []  # the bell of the commit has three seconds
    let_leases_run_out()
    assert outbox.due() == [(row, "invitation.sent")]
    claimed = outbox.claim(row)
    assert outbox.due() == []  # somebody works on it
    let_leases_run_out()
    assert outbox.due() == [(row, "invitation.sent")]
    assert claimed
    outbox.finish(claimed)
    assert outbox.due() == []


def test_the_commands_list_and_replay_dead_letters(app: Flask, row: int) -> None:
    claimed = outbox.claim(row)
    assert claimed
    outbox.fail(claimed, "no_such_record", None)
    runner = app.test_cli_runner()
    listed = runner.invoke(args=["outbox", "dead"])
    assert f'"id": {row}' in listed.output and "no_such_record" in listed.output
    assert runner.invoke(args=["outbox", "replay", str(row)]).exit_code == 0
    assert rows()[0].state == "due"
    assert runner.invoke(args=["outbox", "replay", str(row)]).exit_code == 1
