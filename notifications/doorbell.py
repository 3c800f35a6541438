"""The doorbell: RQ jobs that carry ids and tell a worker to look; a dead Redis costs one short wait (P14)."""

import logging
import time
from collections.abc import Sequence
from typing import cast

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue as RqQueue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from notifications.topics import Queue, queue_of

log = logging.getLogger(__name__)

RUN = "notifications.jobs.run"
PATIENCE = 0.2  # seconds for a connection or an answer
REST = 5.0  # seconds without another try after a failure
BATCH = 20  # neighbouring ids that a repeated bell rings for together
PERIOD = 30  # seconds in which a bell is not repeated for the same neighbours
QUEUED_FOR = 120  # seconds after which a waiting job is forgotten; the rows are not
TIME_LIMIT = 120  # seconds for one job
FAILURE_KEPT = 3600


class Doorbell:
    """Rings for outbox rows, on the queue of their event; never raises for a Redis that is away."""

    def __init__(self, url: str):
        self._connection = Redis.from_url(
            url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self._queues = {
            name: RqQueue(name.value, connection=self._connection, serializer=JSONSerializer) for name in Queue
        }
        self._rest_until = 0.0

    def __call__(self, rows: Sequence[tuple[int, str]]) -> bool:
        """Ring for rows (id, event) just committed, one job a queue; say whether the bell could be rung."""
        return self._ring([(queue, ids, f"new-{ids[0]}") for queue, ids in _by_queue(rows).items()])

    def again(self, rows: Sequence[tuple[int, str]]) -> bool:
        """Ring for rows left over: neighbours share a job that cannot pile up; say whether the bell could be rung."""
        period = int(time.time() // PERIOD)
        bells = []
        for queue, ids in _by_queue(rows).items():
            for batch in sorted({row // BATCH for row in ids}):
                members = sorted(row for row in ids if row // BATCH == batch)
                bells.append((queue, members, f"again-{batch}-{period}"))
        return self._ring(bells)

    def _ring(self, bells: Sequence[tuple[Queue, list[int], str]]) -> bool:
        if time.monotonic() < self._rest_until:
            return False
        try:
            for queue, ids, name in bells:
                self._enqueue(queue, ids, name)
        except (RedisError, OSError) as error:
            self._rest_until = time.monotonic() + REST
            log.warning("the queue cannot be reached; the outbox waits", extra={"kind": type(error).__name__})
            return False
        return True

    def _enqueue(self, queue: Queue, ids: list[int], name: str) -> None:
        try:
            self._queues[queue].enqueue_call(
                RUN,
                args=(ids,),
                job_id=f"{queue.value}-{name}",
                unique=True,
                timeout=TIME_LIMIT,
                ttl=QUEUED_FOR,
                result_ttl=0,
                failure_ttl=FAILURE_KEPT,
                description=queue.value,
            )
        except DuplicateJobError:
            return  # rung already


def _by_queue(rows: Sequence[tuple[int, str]]) -> dict[Queue, list[int]]:
    sorted_out: dict[Queue, list[int]] = {}
    for row, event in rows:
        sorted_out.setdefault(queue_of(event), []).append(row)
    return sorted_out


def install(app: Flask) -> None:
    """Hang the bell at the application's edge of writes."""
    app.extensions["doorbell"] = Doorbell(app.config["REDIS_URL"])


def current() -> Doorbell:
    """Return the application's doorbell."""
    return cast(Doorbell, current_app.extensions["doorbell"])
