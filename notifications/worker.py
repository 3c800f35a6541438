"""The long-lived worker: `python -m notifications.worker`. No process per job, fonts and keys loaded once."""

import logging
import signal
import time
from types import FrameType
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from notifications.sweeper import Rounds
from notifications.topics import Queue
from pdf.jobs import warm_up

log = logging.getLogger(__name__)

LONGEST_WAIT = 2  # seconds in which an idle worker hears no bell and does its rounds
RECONNECT = 1.0
SIGN_EVERY = 1.0


class Worker(SimpleWorker):
    """RQ's worker in one process, one thread; between jobs and while idle it does the sweeper's rounds."""

    max_connection_wait_time = 2.0
    log_result_lifespan = False

    def __init__(self, connection: Redis, rounds: Rounds):
        self.asked_to_stop = False
        self._on_rounds = False
        self._next_sign = 0.0
        self._rounds = rounds
        super().__init__(
            [queue.value for queue in Queue],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=LONGEST_WAIT + 15,  # RQ waits for a job 15 s less than this
            log_job_description=False,
        )

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Do the rounds whenever RQ comes by here: before each wait for a job, also while Redis is away.

        RQ comes by three times a job; once a second is enough for a sign of life that is good for a minute.
        """
        if pipeline is None:
            self._go_round()
            if time.monotonic() < self._next_sign:
                return
            self._next_sign = time.monotonic() + SIGN_EVERY
        super().heartbeat(timeout, pipeline)

    def _go_round(self) -> None:
        self._on_rounds = True
        try:
            self._rounds.go()
        finally:
            self._on_rounds = False
        if self.asked_to_stop:
            raise StopRequested

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the job, or the round, at hand."""
        self.asked_to_stop = True
        if not self._on_rounds:
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def subscribe(self) -> None:
        """Take no commands over Redis: a worker is ended by a signal."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed to."""


class Stop:
    """Whether somebody asked for the end while no RQ worker was running."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """Take SIGTERM and SIGINT (again: RQ's worker installs its own)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def serve(url: str) -> None:
    """Work until SIGTERM or SIGINT; while Redis is away do the rounds alone, and go back to it when it is there."""
    stop, rounds = Stop(), Rounds()
    stop.listen()
    connection: Any = Redis.from_url(url, socket_connect_timeout=1)
    while not stop.asked:
        worker: Worker | None = None
        try:
            worker = Worker(connection, rounds)
            worker.work(logging_level="WARNING")
        except RedisError as error:
            log.warning("the queue cannot be reached", extra={"kind": type(error).__name__})
        if worker is not None and worker.asked_to_stop:
            break
        stop.listen()
        rounds.go()
        time.sleep(RECONNECT)
    log.info("worker ends")


def main() -> None:
    """Build the application and serve its queues."""
    import wsgi

    app = wsgi.build()
    with app.app_context():
        warm_up()
        log.info("worker starts")
        serve(app.config["REDIS_URL"])


if __name__ == "__main__":
    main()
