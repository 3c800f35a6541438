"""The brisk worker on simulated time: it reads its clock's offset from the file CLOCK_FILE, again and again."""

import os
import threading
import time
from pathlib import Path

import wsgi
from notifications import outbox, worker
from tests.faults import brisk_worker

EVERY = 0.02  # seconds


def follow(path: Path) -> None:
    """Let every application that this process builds go by the file's offset."""
    build = wsgi.build

    def followed(*settings):
        app = build(*settings)

        def read() -> None:
            while True:
                app.config["CLOCK_OFFSET_SECONDS"] = path.read_text() or app.config["CLOCK_OFFSET_SECONDS"]
                time.sleep(EVERY)

        threading.Thread(target=read, daemon=True).start()
        return app

    wsgi.build = followed


if __name__ == "__main__":
    brisk_worker.hurry()
    outbox.LEASE = brisk_worker.HOLDING_ON
    follow(Path(os.environ["CLOCK_FILE"]))
    worker.main()
