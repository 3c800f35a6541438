"""Pictures that graduates upload, looked at by the platform after our own check; its word is a hint to reviewers.

The address that the platform fetches a picture from is good for half an hour and for nothing else. The verdict comes as
an event, before or after the trace that it answers to is on record (docs/decisions/0009).
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Connection, bindparam, select, update

from app import file_downloads, following
from app.extensions import db
from app.models import File, WechatInbox
from app.writing import rollback, write
from wechat import content_check
from wechat.content_check import Scene
from wechat.pushed import media_key
from workflows.sending import LaterError, SendError
from workflows.uploads import FileState

log = logging.getLogger(__name__)

FETCHABLE = timedelta(minutes=30)  # the platform answers within this

_file, _inbox = File.__table__, WechatInbox.__table__
_UNSEEN = select(_file.c.id, _file.c.owner_id).where(
    _file.c.id == bindparam("row"),
    _file.c.state == FileState.ACCEPTED.value,
    _file.c.removed_at.is_(None),
    _file.c.owner_kind == "account",
    _file.c.media_type.like("image/%"),
    _file.c.look_key.is_(None),
)
_ASKED = update(_file).where(_file.c.id == bindparam("row")).values(look_key=bindparam("given"))
_TELL = update(_file).where(_file.c.look_key == bindparam("given")).values(verdict=bindparam("said"))
_EARLY = (
    select(_inbox.c.id, _inbox.c.key, _inbox.c.outcome)
    .join(_file, _file.c.look_key == _inbox.c.key)
    .where(_inbox.c.state == "unmatched", _inbox.c.platform == "mini")
    .order_by(_inbox.c.id)
    .limit(500)
)
_MATCHED = update(_inbox).where(_inbox.c.id == bindparam("row")).values(state="done", done_at=bindparam("at"))


def ask(file_id: int) -> None:
    """Ask about a graduate's accepted picture, once, where pictures are looked at and the graduate's WeChat is known.

    Raises one of content_check.UNWELL: asking again does no harm. Whatever else is wrong stops nobody.
    """
    if not content_check.sees_pictures():
        return
    found = db.session.execute(_UNSEEN, {"row": file_id}).one_or_none()
    mini = following.of_account(db.session.connection(), found.owner_id).get("mini") if found else None
    rollback()
    if mini is None:
        return
    if waiting := content_check.rest():
        raise LaterError("resting", waiting)
    address, _ = write(lambda: file_downloads.issue(file_id, FETCHABLE))
    try:
        url = current_app.config["PUBLIC_URL"].rstrip("/") + address
        trace = content_check.ask_about_picture(url, mini.openid, Scene.COMMENT)
    except content_check.UNWELL:
        raise
    except SendError as error:
        log.warning("a picture was not checked", extra={"file_id": file_id, "code": error.code})
        return
    write(lambda: db.session.execute(_ASKED, {"row": file_id, "given": media_key(trace)}))


def told(conn: Connection, key: bytes, verdict: str) -> bool:
    """Write a verdict down at its picture; returns False where no picture has that trace yet."""
    return bool(conn.execute(_TELL, {"given": key, "said": verdict}).rowcount)


def match_early(at: datetime) -> int:
    """Write down the verdicts that came before their trace was on record; runs inside a write."""
    conn = db.session.connection()
    rows: list[Any] = list(conn.execute(_EARLY))
    for row in rows:
        told(conn, row.key, row.outcome)
        conn.execute(_MATCHED, {"row": row.id, "at": at})
    return len(rows)
