"""The doorbell: rings on the queue of the event, costs nothing while Redis is away, and cannot pile up."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis as Client
from rq import Queue as RqQueue
from rq.job import Job
from rq.serializers import JSONSerializer

from notifications import doorbell, sweeper
from notifications.doorbell import Doorbell
from notifications.topics import Queue
from tests import builders
from tests.notifications.working import let_leases_run_out, rows
from tests.servers import Redis
from workflows.vocabulary import State

ALERT, DOCUMENT = "invitation.sent", "agreement.issued"


@pytest.fixture
def bell(redis_server: Redis) -> Iterator[Doorbell]:
    client = Client.from_url(redis_server.url)
    client.flushall()
    yield Doorbell(redis_server.url)
    client.flushall()


def waiting(server: Redis, queue: Queue) -> list[Job]:
    return list(RqQueue(queue.value, connection=Client.from_url(server.url), serializer=JSONSerializer).jobs)


def ids(server: Redis, queue: Queue) -> list[list[int]]:
    return [list(job.args[0]) for job in waiting(server, queue)]


def test_it_rings_on_the_queue_of_the_event_with_ids_only(bell: Doorbell, redis_server: Redis) -> None:
    assert bell([(1, ALERT), (2, DOCUMENT), (3, ALERT)])
    assert ids(redis_server, Queue.ALERTS) == [[1, 3]]
    assert ids(redis_server, Queue.DOCUMENTS) == [[2]]
    assert {job.func_name for queue in Queue for job in waiting(redis_server, queue)} == {"notifications.jobs.run"}


def test_ringing_again_does_not_pile_up(bell: Doorbell, redis_server: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell.time, "time", lambda: 3000.0)
    left_over = [(row, ALERT) for row in range(100, 150)]
    for _ in range(5):
        assert bell.again(left_over)
    assert ids(redis_server, Queue.ALERTS) == [
        list(range(100, 120)),
        list(range(120, 140)),
        list(range(140, 150)),
    ]
    monkeypatch.setattr(doorbell.time, "time", lambda: 3000.0 + doorbell.PERIOD)
    assert bell.again(left_over[:1]) and len(waiting(redis_server, Queue.ALERTS)) == 4


def test_a_dead_redis_costs_one_short_wait_and_then_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bell = Doorbell(f"unix://{tmp_path}/nobody.sock")
    began = time.monotonic()
    assert not bell([(1, ALERT)])
    assert time.monotonic() - began < 2 * doorbell.PATIENCE
    began = time.monotonic()
    assert not any(bell([(1, ALERT)]) for _ in range(1000))
    assert time.monotonic() - began < 0.1
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_redis_that_hangs_costs_one_short_wait(redis_server: Redis) -> None:
    bell = Doorbell(redis_server.url)
    Client.from_url(redis_server.url).execute_command("CLIENT", "PAUSE", "1500")
    began = time.monotonic()
    assert not bell([(1, ALERT)])
    assert time.monotonic() - began < 1.0
    time.sleep(1.5)


def test_it_rings_again_once_redis_is_back(
    bell: Doorbell, redis_server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_server.kill()
    assert not bell([(1, ALERT)])
    redis_server.start()
    assert not bell([(1, ALERT)])  # still resting
    monkeypatch.setattr(bell, "_rest_until", 0.0)
    assert bell([(1, ALERT)])


def test_signing_goes_on_without_redis_and_the_rows_wait(app: Flask) -> None:
    began = time.monotonic()
    placement = builders.make_placement(State.EFFECTIVE)
    assert placement.state == State.EFFECTIVE and time.monotonic() - began < 10
    assert {row.state for row in rows()} == {"due"} and len(rows()) == 4


def test_a_commit_rings_and_a_rollback_does_not(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[int, str]] = []
    monkeypatch.setitem(app.extensions, "doorbell", rung.extend)
    placement = builders.make_placement()
    assert [event for _, event in rung] == ["invitation.sent"]
    with pytest.raises(ZeroDivisionError):
        builders.write(lambda: builders.actions.ring_after_commit([(1, ALERT)]) or 1 / 0)
    builders.write(lambda: None)
    assert len(rung) == 1 and placement.id


def test_the_sweeper_rings_for_what_is_left_over(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    builders.make_placement(State.EFFECTIVE)
    assert sweeper.sweep() == []  # too fresh
    let_leases_run_out()
    assert sweeper.sweep() == [row.id for row in rows()]  # nobody hears: Redis is away

    heard: list[tuple[int, str]] = []

    class Bell:
        def again(self, found: list[tuple[int, str]]) -> bool:
            heard.extend(found)
            return True

    monkeypatch.setitem(app.extensions, "doorbell", Bell())
    assert sweeper.sweep() == []
    assert [event for _, event in heard] == [row.event for row in rows()]
