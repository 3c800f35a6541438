"""One-time addresses for files: a random token, stored as its hash, good once and for 60 seconds."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, insert, update

from app.clock import now
from app.crypto import token_hash
from app.extensions import db
from app.models import DownloadTicket
from app.writing import write

GOOD_FOR = timedelta(seconds=60)

_ticket = DownloadTicket.__table__
_ADD = insert(_ticket)
_USE = (
    update(_ticket)
    .where(
        _ticket.c.token_hash == bindparam("token"),
        _ticket.c.used_at.is_(None),
        _ticket.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(_ticket.c.placement_id, _ticket.c.what)
)


def issue(placement_id: int, what: str) -> tuple[str, datetime]:
    """Insert a ticket inside the caller's transaction and return its token and when it expires."""
    token, expires_at = secrets.token_urlsafe(32), now() + GOOD_FOR
    row = {"token_hash": token_hash(token), "placement_id": placement_id, "what": what, "expires_at": expires_at}
    db.session.execute(_ADD, row)
    return token, expires_at


def use(token: str) -> Row[Any] | None:
    """Use a ticket up: placement_id and what it is for; None for one that is unknown, used or expired."""
    return write(lambda: db.session.execute(_USE, {"token": token_hash(token), "now": now()}).one_or_none())
