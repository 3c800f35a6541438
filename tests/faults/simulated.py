"""A site whose time is moved on: the application as the far side sees it, the far side, and the workers' clock."""

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from app.clock import now
from app.extensions import db
from app.logs import JsonLines
from app.models import Outbox, WechatUser
from simulator.__main__ import Quiet
from tests.application import OFFSET
from tests.builders import Graduate
from tests.far_side import FarSide
from wechat import client

# How a graduate is reached, in turn: follows, follows but has blocked us, left and has agreed once, is not bound.
STANDINGS = ("follows", "follows", "blocked", "granted", "unbound")
STILL = 2.0  # seconds without any change after which whoever holds a row counts as dead
STRIDE = timedelta(seconds=20)  # beyond the next moment, so that neighbours are worked off together
OPEN = Outbox.state.in_(("due", "leased"))


@dataclass
class SimulatedSite:
    """The application served for pushes, its log, the far side on its time, and the file of the workers' clocks."""

    app: Flask
    folder: Path
    side: FarSide = field(init=False)
    clock_file: Path = field(init=False)
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.folder / "web.log"
        self._logging = logging.FileHandler(self.log)
        self._logging.setFormatter(JsonLines())
        logging.getLogger().addHandler(self._logging)
        logging.getLogger(__name__).warning("the site is served")
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=Quiet)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.port}"
        self.side = FarSide(self.folder, public_url=self.address)
        self.app.config.update(self.side.vendor_settings | {"PUBLIC_URL": self.address})
        client.install(self.app)
        self.clock_file = self.folder / "clock"
        self._offset = OFFSET
        self.side.world.clock.shift(OFFSET)
        self._set(OFFSET)
        self._ended = threading.Event()
        self._moves = 0

    def env(self) -> dict[str, str]:
        """Return what a worker is started with."""
        return {name: str(value) for name, value in self.side.vendor_settings.items()} | {
            "CLOCK_FILE": str(self.clock_file),
            "CLOCK_OFFSET_SECONDS": str(self._offset),
            "PUBLIC_URL": self.address,
        }

    def move_on(self, by: timedelta) -> None:
        """Let so much time pass, everywhere at once."""
        self._set(self._offset + by.total_seconds())
        self.side.world.clock.shift(by.total_seconds())
        self._moves += 1

    def _set(self, offset: float) -> None:
        self._offset = offset
        self.app.config["CLOCK_OFFSET_SECONDS"] = str(offset)
        part = self.clock_file.with_suffix(".part")
        part.write_text(str(offset))
        part.replace(self.clock_file)

    def keep_moving(self) -> threading.Thread:
        """Jump to the next moment at which there is something to do, whenever nothing is left to do now."""
        mover = threading.Thread(target=self._move, daemon=True)
        mover.start()
        return mover

    def _move(self) -> None:
        with self.app.app_context():
            last, since = None, time.monotonic()
            while not self._ended.wait(0.1):
                due, held, mark, ahead = self._standing()
                if (held, mark) != last:
                    last, since = (held, mark), time.monotonic()
                dead = time.monotonic() - since >= STILL
                if not due and ahead and (not held or dead) and self.side.world.pushes.quiet(0.5):
                    self.move_on(max(ahead - self._now(), timedelta()) + STRIDE)
            db.session.remove()

    def _standing(self) -> tuple[int, int, int, datetime | None]:
        """Return how many rows are due and held, a mark of all that was done so far, and the next moment of any row."""
        at = self._now()
        moment = func.coalesce(Outbox.lease_until, Outbox.due_at)
        queries = (
            select(func.count()).select_from(Outbox).where(Outbox.state == "due", Outbox.due_at <= at),
            select(func.count()).select_from(Outbox).where(Outbox.state == "leased"),
            select(func.coalesce(func.sum(Outbox.fence), 0)),
            select(func.min(moment)).where(OPEN, moment > at),
        )
        due, held, mark, ahead = (db.session.execute(query).scalar_one() for query in queries)
        db.session.rollback()
        return due, held, int(mark), ahead

    def _now(self) -> datetime:
        at = now()
        db.session.rollback()
        return at

    def bind(self, graduate: Graduate, standing: str) -> dict[str, Any]:
        """Give a graduate a WeChat, over there and here; `standing` says how it may be reached (STANDINGS)."""
        person = self.side.person(graduate.roll.name, graduate.phone, follows=standing != "granted")
        if standing == "unbound":
            return person
        at, state = now(), "left" if standing == "granted" else "following"
        for platform, known in (("official", state), ("mini", "unknown")):
            user = WechatUser(platform=platform, openid=person[platform], state=known, state_at=at, created_at=at)
            user.account_id, user.bound_at = graduate.account.id, at
            db.session.add(user)
        db.session.commit()  # what is done over there comes back as an event, which waits for these rows
        if standing == "granted":
            self.side.act(person, "consent", templates=["invitation"], agreed=True)
        if standing == "blocked":
            self.side.act(person, "block", on=True)
        return person

    def end(self) -> None:
        """Stop the clock, the far side and the serving."""
        self._ended.set()
        self.side.close()
        self._server.shutdown()
        self._server.server_close()
        logging.getLogger().removeHandler(self._logging)
        self._logging.close()
