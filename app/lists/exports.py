"""Lists as files: short ones at once, long ones by a worker, which keeps them for a week (R-VIEW-1)."""

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update

from app import history, levels, outgoing, storage
from app.clock import now
from app.crypto import keyring
from app.extensions import db
from app.lists import destination_details, queries
from app.lists.definitions import DESTINATIONS, LISTS, Listing
from app.models import ListExport, Staff
from app.models.types import new_public_id
from app.paging import counted
from app.spreadsheet import Sheet, save
from app.writing import rollback, write
from workflows.case import Actor, Refusal, Refused
from workflows.history_lines import EXPORT_FULL
from workflows.vocabulary import REVIEWERS, Code, Event, Level, Role

log = logging.getLogger(__name__)

AT_ONCE = 5_000  # rows that are made while somebody waits
MOST = 200_000  # rows that a worker makes
BATCH = 1_000  # rows that one statement reads
KEPT = timedelta(days=7)
PURPOSE = (2, 200)  # characters of what a file in full is for

_export, _staff = ListExport.__table__, Staff.__table__
Between = Callable[[], object]


def bound(public_id: str) -> str:
    """Name the row that a stored file is bound to."""
    return f"list_export.file:{public_id}"


def _nothing() -> None:
    return None


def _lines(listing: Listing, query: Any, cells: Callable[[Any], list[str]], between: Between) -> Iterator[list[str]]:
    """Read the rows, the newest first, a batch at a time; `between` comes after each and may end the transaction."""
    own = listing.model.id
    query = query.order_by(own.desc()).limit(BATCH)
    rows: list[Row[Any]] = list(db.session.execute(query))
    while rows:
        yield from map(cells, rows)
        between()
        rows = list(db.session.execute(query.where(own < rows[-1].id))) if len(rows) == BATCH else []


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: a list, what it is narrowed by, and whether people are to be named in full."""

    listing: Listing
    wanted: Mapping[str, str]
    full: bool = False


def sheet(order: Order, actor: Actor, at: datetime, between: Between = _nothing) -> Sheet:
    """Return a list as a sheet whose rows are read as they are written: people masked as on the page, or in full."""
    listing, head = order.listing, [one.title for one in order.listing.columns]
    query = queries.rows(listing, actor, order.wanted, at)

    def cells(row: Any) -> list[str]:
        return queries.cells(listing, row, at, order.full)

    if listing is not DESTINATIONS:
        return Sheet(listing.title, head, _lines(listing, query, cells, between))
    more, query = destination_details.details(order.full), destination_details.with_terms(query)
    lines = _lines(listing, query, lambda row: [*cells(row), *more.cells(row, at)], between)
    return Sheet(listing.title, [*head, *destination_details.HEAD], lines)


def length(listing: Listing, actor: Actor, wanted: Mapping[str, str], at: datetime) -> int:
    """Return how many rows a file would have, at most `MOST` and one."""
    return counted(queries.rows(listing, actor, wanted, at), listing.model.id, MOST)


def refuse_full(actor: Actor, purpose: str) -> Refusal | None:
    """Refuse a file that names people in full to who may only look on, and without saying what it is for."""
    if actor.role not in REVIEWERS or actor.level < Level.WRITE:
        message = "您的账号不能导出完整姓名和证件号码。"
        return Refusal(Code.NOT_ALLOWED, message, "请由学校或院系有读写权限的老师导出，或导出不完整显示的文件。")
    if not PURPOSE[0] <= len(purpose) <= PURPOSE[1]:
        message = f"导出完整信息须填写用途，{PURPOSE[0]} 至 {PURPOSE[1]} 字。"
        return Refusal(Code.REASON_REQUIRED, message, "请填写用途后再导出。", fields={"purpose": message})
    return None


def note_full(actor: Actor, order: Order, rows: int, purpose: str) -> None:
    """Write down in the history who takes which list in full, and what for; runs inside a write (R-AUDIT-1)."""
    chain = history.lock(db.session.connection(), "staff", actor.id)
    asked = {name: text for name, text in order.wanted.items() if name not in ("name", "student_number")}
    detail = {"listing": order.listing.name, "wanted": asked, "rows": rows}
    chain.add(now(), actor, ("staff", actor.id), EXPORT_FULL, detail, {"reason": purpose})
    chain.write()


def ask(actor: Actor, order: Order, rows: int) -> str:
    """Put a file down for a worker and return its public id; runs inside a write; raises Refused for one too long."""
    if rows > MOST:
        message = f"符合条件的记录超过 {MOST // 10_000} 万条，不能一次导出。"
        raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "请按届别、院校或状态筛选后分次导出。"))
    at, public_id = now(), new_public_id()
    row = ListExport(
        public_id=public_id,
        staff_id=actor.id,
        listing=order.listing.name,
        wanted=dict(order.wanted),
        full=order.full,
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
    actor = _asker(row.staff_id, listing, Level.WRITE if row.full else Level.READ)
    if actor is None:
        write(lambda: _end(row, hold, stage="refused"))
        return
    with tempfile.TemporaryFile() as file:
        rows = save(file, [sheet(Order(listing, row.wanted, row.full), actor, now(), lambda: write(hold))])
        file.seek(0)
        content = file.read()
    rollback()
    stored = storage.put(keyring().seal(content, bound(row.public_id)))
    write(lambda: _end(row, hold, stage="done", rows=rows, file_sha256=stored))


def _asker(staff_id: int, listing: Listing, least: Level) -> Actor | None:
    """Return who asked, as they are now; None for an account that may not have the list any more."""
    columns = select(_staff, levels.effective(listing.module).label("level"))
    found = db.session.execute(columns.where(_staff.c.id == staff_id, _staff.c.active)).one_or_none()
    if found is None or found.level < least:
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
