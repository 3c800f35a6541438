"""The access token of an account: in this process's memory, in one row for all, fetched by one of them under a lease.

However many workers find none, one asks the platform (wechat-sms.md §1, 4). The call lies between two transactions,
never in one; a result counts only under the fence of its lease.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.clock import now
from app.crypto import seal_text, unseal_text
from app.extensions import db
from app.models import WechatToken
from app.writing import write
from wechat.outcomes import UNREACHABLE, failure
from workflows.sending import AmbiguousError, LaterError, SendError

log = logging.getLogger(__name__)

EARLY = 300  # seconds before its end from which on a token is not used
LEASE = timedelta(seconds=15)  # longer than a call may take
PATIENCE = 14.0  # seconds in which whoever holds the lease must have come back
LOOK = 0.05  # seconds between two looks at the row
REST = 2.0  # seconds after a failed call in which this process makes no other

_row = WechatToken.__table__
_mine: Any = _row.c.platform == bindparam("which")
# Locked, so that nobody takes the lease on what it saw before somebody else has stored a token.
_READ = select(_row.c.token_sealed, _row.c.expires_at).where(_mine).with_for_update()
_CLAIM = (
    update(_row)
    .where(_mine, or_(_row.c.lease_until.is_(None), _row.c.lease_until <= bindparam("at")))
    .values(lease_until=bindparam("until"), fence=_row.c.fence + 1)
    .returning(_row.c.fence)
)
_held = (_mine, _row.c.fence == bindparam("lease"))
_STORE = (
    update(_row).where(*_held).values(token_sealed=bindparam("sealed"), expires_at=bindparam("until"), lease_until=None)
)
_RELEASE = update(_row).where(*_held).values(lease_until=None)
_EMPTY = update(_row).where(_mine).values(token_sealed=None, expires_at=None)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A token as the platform gave it, and for how many seconds it holds."""

    token: str
    seconds: int


class Tokens:
    """The token of one account as one process knows it; `fetch` asks the platform, or raises SendError."""

    def __init__(self, platform: str, appid: str, fetch: Callable[[], Fetched]):
        self._platform, self._fetch = platform, fetch
        self._bound = f"wechat_token:token:{platform}:{appid}"  # a token of another account opens nothing
        self._lock = threading.Lock()
        self._held: tuple[str, float] | None = None
        self._rest_until, self._failed_for = 0.0, UNREACHABLE

    def current(self) -> str:
        """Return a token that holds; raises SendError where there is none to be had."""
        if token := self._remembered():
            return token
        with self._lock:
            return self._remembered() or self._found()

    def drop(self, used: str) -> None:
        """Forget a token that the platform refused, unless another has taken its place already."""
        with self._lock:
            if self._held and self._held[0] == used:
                self._held = None
            write(lambda: self._empty(used))

    def _remembered(self) -> str | None:
        held = self._held
        return held[0] if held and time.monotonic() < held[1] else None

    def _found(self) -> str:
        self._held = None
        patience = time.monotonic() + PATIENCE
        while time.monotonic() < patience:
            lease = write(self._look)
            if token := self._remembered():
                return token
            if lease is not None:
                return self._asked(lease)
            time.sleep(LOOK)
        raise LaterError("token_awaited")

    def _look(self) -> int | None:
        """Take over the token that the row has, or else the lease: its fence, None while another has it."""
        conn, at, which = db.session.connection(), now(), {"which": self._platform}
        row = conn.execute(_READ, which).one_or_none()
        if row is None:
            self._insert()
            row = conn.execute(_READ, which).one()
        if row.token_sealed and row.expires_at > at and (token := self._open(row.token_sealed)):
            self._keep(token, row.expires_at - at)
            return None
        return conn.execute(_CLAIM, which | {"at": at, "until": at + LEASE}).scalar_one_or_none()

    def _insert(self) -> None:
        make = postgresql.insert if db.session.connection().dialect.name == "postgresql" else sqlite.insert
        db.session.execute(make(_row).values(platform=self._platform, fence=0).on_conflict_do_nothing())

    def _asked(self, lease: int) -> str:
        """Ask the platform, outside every transaction, and write down what it gave."""
        try:
            if time.monotonic() < self._rest_until:
                raise _before_sending(failure(self._failed_for))
            fetched = self._fetch()
        except SendError as error:
            write(lambda: self._release(lease))
            self._rested(error)
            raise _before_sending(error) from None
        lasts = timedelta(seconds=max(fetched.seconds - EARLY, fetched.seconds // 2))
        write(lambda: self._store(lease, fetched.token, lasts))
        self._keep(fetched.token, lasts)
        log.info("access token fetched", extra={"platform": self._platform, "lease": lease})
        return fetched.token

    def _rested(self, error: SendError) -> None:
        if time.monotonic() >= self._rest_until:
            self._rest_until, self._failed_for = time.monotonic() + REST, error.code

    def _store(self, lease: int, token: str, lasts: timedelta) -> None:
        until: datetime = now() + lasts
        row = {"which": self._platform, "lease": lease, "sealed": seal_text(token, self._bound), "until": until}
        db.session.connection().execute(_STORE, row)

    def _release(self, lease: int) -> None:
        db.session.connection().execute(_RELEASE, {"which": self._platform, "lease": lease})

    def _empty(self, used: str) -> None:
        conn, which = db.session.connection(), {"which": self._platform}
        row = conn.execute(_READ, which).one_or_none()
        if row and row.token_sealed and self._open(row.token_sealed) == used:
            conn.execute(_EMPTY, which)

    def _open(self, sealed: bytes) -> str | None:
        """Return the token, None for one of another account or under a key that is no more."""
        try:
            return unseal_text(sealed, self._bound)
        except (InvalidTag, KeyError):
            return None

    def _keep(self, token: str, lasts: timedelta) -> None:
        self._held = (token, time.monotonic() + lasts.total_seconds())


def _before_sending(error: SendError) -> SendError:
    """Return what failed as seen by what was to be sent: without a token nothing has gone out."""
    return LaterError(error.code) if isinstance(error, AmbiguousError) else error
