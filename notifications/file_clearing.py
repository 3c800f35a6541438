"""Clears away after uploads: what nobody waits for in quarantine, and the bytes of files that were removed long ago."""

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, update

from app import quarantine, storage
from app.clock import now
from app.extensions import db
from app.models import File, PictureBand
from app.writing import rollback, write
from workflows.uploads import FileState

KEPT = timedelta(days=30)  # after its removal; the row stays, for the history names it
BATCH = 200  # files in one round

_file, _band = File.__table__, PictureBand.__table__
_other = _file.alias()
_WAITING = select(_file.c.public_id).where(
    _file.c.public_id.in_(bindparam("names", expanding=True)), _file.c.state == FileState.WAITING.value
)
_REMOVED = (
    select(_file.c.id, _file.c.sha256)
    .where(_file.c.removed_at < bindparam("before"), _file.c.purged_at.is_(None))
    .order_by(_file.c.id)
    .limit(BATCH)
)
_FORGET = (
    update(_file)
    .where(_file.c.id == bindparam("row"))
    .values(purged_at=bindparam("at"), text_sealed=None, picture_hash=None)
)
_NAMED = select(exists().where(_other.c.sha256 == bindparam("content"), _other.c.purged_at.is_(None)))


def clear() -> int:
    """Drop abandoned uploads and the bytes of files removed a month ago that no other row names; return how many."""
    return _clear_quarantine() + _clear_removed()


def _clear_quarantine() -> int:
    names = quarantine.abandoned()
    waiting = set(db.session.execute(_WAITING, {"names": names}).scalars()) if names else set()
    rollback()
    gone = [name for name in names if name not in waiting]
    for name in gone:
        quarantine.drop(name)
    return len(gone)


def _clear_removed() -> int:
    rows = write(_forget)
    for content in {row.sha256 for row in rows if row.sha256}:
        if not db.session.execute(_NAMED, {"content": content}).scalar_one():
            storage.remove_unused(content)
    rollback()
    return len(rows)


def _forget() -> list[Any]:
    """Take a batch of removed files out of every comparison and return their rows."""
    at = now()
    rows = list(db.session.execute(_REMOVED, {"before": at - KEPT}))
    for row in rows:
        db.session.execute(delete(_band).where(_band.c.file_id == row.id))
        db.session.execute(_FORGET, {"row": row.id, "at": at})
    return rows
