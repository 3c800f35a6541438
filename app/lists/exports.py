"""Lists as files: short ones at once, long ones by a worker, which keeps them for a week (R-VIEW-1)."""

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update

from app import levels, outgoing, storage
from app.clock import now
from app.crypto import keyring
from app.extensions import db
from app.lists import queries
from app.lists.definitions import LISTS, Listing
from app.models import ListExport, Staff
from app.models.types import new_public_id
from app.paging import counted
from app.spreadsheet import Sheet, save
from app.writing import rollback, write
from workflows.case import Actor, Refusal, Refused
from workflows.vocabulary import Code, Event, Level, Role

log = logging.getLogger(__name__)

AT_ONCE = 5_000  # rows that are made while somebody waits
MOST = 200_000  # rows that a worker makes
BATCH = 1_000  # rows that one statement reads
KEPT = timedelta(days=7)

_export, _staff = ListExport.__table__, Staff.__table__
Between = Callable[[], object]


def bound(public_id: str) -> str:
    """Name the row that a stored file is bound to."""
    return f"list_export.file:{public_id}"


def _nothing() -> None:
    return None


def _lines(listing: Listing, query: Any, at: datetime, between: Between) -> Iterator[list[str]]:
    """Read the rows, the newest first, a batch at a time; `between` comes after each and may end the transaction."""
    own = listing.model.id
    query = query.order_by(own.desc()).limit(BATCH)
    rows: list[Row[Any]] = list(db.session.execute(query))
    while rows:
        yield from (queries.cells(listing, row, at) for row in rows)
        between()
        rows = list(db.session.execute(query.where(own < rows[-1].id))) if len(rows) == BATCH else []


def sheet(
    listing: Listing, actor: Actor, wanted: Mapping[str, str], at: datetime, between: Between = _nothing
) -> Sheet:
    """Return a list as a sheet whose rows are read as they are written: people masked as on the page."""
    query = queries.rows(listing, actor, wanted, at)
    return Sheet(listing.title, [one.title for one in listing.columns], _lines(listing, query, at, between))


def length(listing: Listing, actor: Actor, wanted: Mapping[str, str], at: datetime) -> int:
    """Return how many rows a file would have, at most `MOST` and one."""
    return counted(queries.rows(listing, actor, wanted, at), listing.model.id, MOST)


def ask(actor: Actor, listing: Listing, wanted: Mapping[str, str], rows: int) -> str:
    """Put a file down for a worker and return its public id; runs inside a write; raises Refused for one too long."""
    if rows > MOST:
        message = f"符合条件的记录超过 {MOST // 10_000} 万条，不能一次导出。"
        raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "请按届别、院校或状态筛选后分次导出。"))
    at, public_id = now(), new_public_id()
    row = ListExport(
        public_id=public_id,
        staff_id=actor.id,
        listing=listing.name,
        wanted=dict(wanted),
        stage="waiting",
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    outgoing.emit(db.session.connection(), Event.LIST_ASKED, public_id, at, {"export": row.id})
    return public_id


def carry_out(export_id: int, hold: Between) -> None:
    """Make the file of an export; `hold` keeps the job's claim inside a transaction and raises when it is lost.

    Whoever has lost the account or its level in the meantime gets nothing.
    """
    row = db.session.execute(select(_export).where(_export.c.id == export_id)).one_or_none()
    if row is None or row.stage != "waiting":
        return
    listing = LISTS[row.listing]
    actor = _asker(row.staff_id, listing)
    if actor is None:
        write(lambda: _end(row, hold, stage="refused"))
        return
    with tempfile.TemporaryFile() as file:
        rows = save(file, [sheet(listing, actor, row.wanted, now(), lambda: write(hold))])
        file.seek(0)
        content = file.read()
    rollback()
    stored = storage.put(keyring().seal(content, bound(row.public_id)))
    write(lambda: _end(row, hold, stage="done", rows=rows, file_sha256=stored))


def _asker(staff_id: int, listing: Listing) -> Actor | None:
    """Return who asked, as they are now; None for an account that may not read the list any more."""
    columns = select(_staff, levels.effective(listing.module).label("level"))
    found = db.session.execute(columns.where(_staff.c.id == staff_id, _staff.c.active)).one_or_none()
    if found is None or found.level < Level.READ:
        return None
    where = {name: getattr(found, name) for name in ("school_id", "department_id", "province_code")}
    return Actor(Role(found.role), found.id, level=Level(found.level), **where)


def _end(row: Row[Any], hold: Between, **columns: Any) -> None:
    hold()
    done = update(_export).where(_export.c.id == row.id).values(ended_at=now(), **columns)
    db.session.execute(done)
    log.info("a list was exported", extra={"export": row.public_id, "listing": row.listing, **columns})


def content(row: Any) -> bytes:
    """Return the file of an export that is done; raises MissingFileError."""
    return keyring().unseal(storage.read(row.file_sha256), bound(row.public_id))


def clear() -> int:
    """Remove the files of a week ago, and their rows; return how many."""
    old = select(_export.c.id, _export.c.file_sha256).where(_export.c.ended_at < now() - KEPT).limit(BATCH)
    rows = db.session.execute(old).all()
    rollback()
    for row in rows:
        if row.file_sha256:
            storage.remove(row.file_sha256)
    write(lambda: db.session.execute(delete(_export).where(_export.c.id.in_([row.id for row in rows]))))
    return len(rows)
