"""Handing out checked files: by a one-time address that is good for 60 seconds, or to whoever a page lets in."""

import secrets
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from flask import Response, send_file
from sqlalchemy import Row, bindparam, insert, or_, select, update

from app import history, storage
from app.clock import now
from app.crypto import token_hash, unseal_text
from app.errors import STATUS, ApiError, NotFound
from app.extensions import db
from app.models import File, FileTicket
from app.uploads import name_bound
from app.writing import write
from workflows import history_lines
from workflows.case import Actor
from workflows.uploads import FileState, Problem, sentence
from workflows.vocabulary import Code

GOOD_FOR = timedelta(seconds=60)
ENDING = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
SEALED_OFF = "default-src 'none'; sandbox"

_ticket, _file = FileTicket.__table__, File.__table__
_ADD = insert(_ticket)
_USE = (
    update(_ticket)
    .where(
        _ticket.c.token_hash == bindparam("token"),
        or_(_ticket.c.used_at.is_(None), _ticket.c.once.is_(False)),
        _ticket.c.expires_at > bindparam("now"),
    )
    .values(used_at=bindparam("now"))
    .returning(_ticket.c.file_id)
)
_ROW = select(_file).where(_file.c.id == bindparam("row"), _file.c.removed_at.is_(None))


def issue(file_id: int, lasting: timedelta | None = None) -> tuple[str, datetime]:
    """Insert a ticket inside the caller's transaction; return the one-time address and when it expires.

    With `lasting` the address may be used again and again for so long.
    """
    token, expires_at = secrets.token_urlsafe(32), now() + (lasting or GOOD_FOR)
    ticket = {"token_hash": token_hash(token), "file_id": file_id, "expires_at": expires_at, "once": lasting is None}
    db.session.execute(_ADD, ticket)
    return f"/uploads/{token}", expires_at


def use(token: str) -> Row[Any]:
    """Use an address up and return the file's row; raises NotFound for one that is unknown, used or expired."""
    ticket = write(lambda: db.session.execute(_USE, {"token": token_hash(token), "now": now()}).one_or_none())
    row = ticket and db.session.execute(_ROW, {"row": ticket.file_id}).one_or_none()
    if not row:
        raise NotFound
    return row


def require_checked(file: Any) -> None:
    """Raise ApiError for a file that waits for its check or has not passed it."""
    if file.state == FileState.WAITING.value:
        code = Code.FILE_CHECKING
        raise ApiError(STATUS[code], code.value, "文件正在检查，请稍候再打开。", {"next": "通常只需几秒钟。"})
    if file.state == FileState.REFUSED.value:
        code = Code.FILE_REFUSED
        said = file.sentence or sentence(Problem.DAMAGED)
        raise ApiError(STATUS[code], code.value, said, {"next": "该文件没有保存，不能打开。"})


def attachment(file: Any) -> Response:
    """Answer with a checked file to be saved; `file` is its row or model. Raises ApiError before the check is done."""
    return _answer(file, as_attachment=True)


def inline(file: Any) -> Response:
    """Answer with a picture to be looked at in the browser; anything but a picture is saved."""
    return _answer(file, as_attachment=not str(file.media_type).startswith("image/"))


def _answer(file: Any, as_attachment: bool) -> Response:
    require_checked(file)
    content = BytesIO(storage.read(file.sha256))
    name = unseal_text(bytes(file.name_sealed), name_bound(file.public_id))
    stem = name.rpartition(".")[0] or name
    shown = stem + ENDING[file.media_type]
    response = send_file(content, mimetype=file.media_type, as_attachment=as_attachment, download_name=shown)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SEALED_OFF
    return response


def note(actor: Actor, file: Any) -> None:
    """Write down in the graduate's history that somebody of the staff opened a file; inside a write (R-AUDIT-1)."""
    if file.roll_record_id is None:
        return
    chain = history.lock(db.session.connection(), "roll_record", file.roll_record_id)
    detail = {"purpose": file.purpose, "file": file.public_id}
    chain.add(now(), actor, (file.subject, file.subject_id), history_lines.OPEN_FILE, detail)
    chain.write()
