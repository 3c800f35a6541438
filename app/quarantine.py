"""Where an upload lies until its check: in a folder of its own, under an opaque name, whole or not at all (P12)."""

import hashlib
import logging
import os
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from werkzeug.datastructures import FileStorage

from app import storage
from app.errors import ApiError
from app.faultpoints import point
from app.incoming import Part
from app.models.types import new_public_id
from workflows import uploads as rules
from workflows.uploads import Problem

log = logging.getLogger(__name__)

CHUNK = 64 * 1024
ABANDONED = 24 * 3600.0  # seconds after which a file without a waiting row is nobody's
_NAME = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Held:
    """A file in quarantine that no row names yet: its future public id, hash, size in bytes and shown name."""

    public_id: str
    sha256: str
    size: int
    name: str


class UploadError(ApiError):
    """What was sent is refused at the door: no file, an empty one, one that is too large."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, code, message, {"fields": {"file": message}})


def folder() -> Path:
    """Return the folder of files that wait for their check."""
    return storage.folder() / "quarantine"


def path_of(public_id: str) -> Path:
    """Return where a waiting file lies; ValueError for what is no public id."""
    if not _NAME.fullmatch(public_id):
        raise ValueError("not a public id")
    return folder() / public_id


def hold(sent: FileStorage | IO[bytes] | None, name: str | None = None) -> Held:
    """Put what was sent into quarantine, in small pieces, and return what it is.

    Do this before the transaction that attaches it. Raises UploadError 413 or 422, StorageError when the disk is full.
    """
    stream: IO[bytes] | None = sent.stream if isinstance(sent, FileStorage) else sent
    shown = name if name is not None else getattr(sent, "filename", None) or ""
    if stream is None or (not shown and not _has_bytes(stream)):
        raise UploadError(422, "file_required", "请选择要上传的文件。")
    _refuse_spooled(stream)
    return _copied(stream, rules.clean_name(shown))


def _has_bytes(stream: IO[bytes]) -> bool:
    first = stream.read(1)
    stream.seek(0)
    return bool(first)


def _refuse_spooled(stream: IO[bytes]) -> None:
    if isinstance(stream, Part) and stream.too_large:
        raise _too_large()
    if isinstance(stream, Part) and stream.broken:
        raise storage.StorageError


def _too_large() -> UploadError:
    return UploadError(413, "file_too_large", "文件超过 10 MB，请压缩或拆分后重新上传。")


def _copied(stream: IO[bytes], name: str) -> Held:
    public_id, mark, size = new_public_id(), hashlib.sha256(), 0
    part = storage.folder() / "parts" / secrets.token_hex(16)
    try:
        for needed in (part.parent, folder()):
            needed.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > rules.LIMIT:
                    raise _too_large()
                mark.update(chunk)
                file.write(chunk)
            if not size:
                raise UploadError(422, "file_empty", rules.sentence(Problem.EMPTY))
            file.flush()
            os.fsync(file.fileno())
        point("quarantine.before_rename")
        part.replace(path_of(public_id))
    except OSError as error:
        log.critical("an upload could not be stored", extra={"errno": error.errno})
        raise storage.StorageError from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Held(public_id, mark.hexdigest(), size, name)


def drop(public_id: str) -> None:
    """Remove a file from quarantine: it has been checked, or its row was never written."""
    with suppress(OSError):
        path_of(public_id).unlink(missing_ok=True)


def abandoned() -> list[str]:
    """Return the names of files that have lain in quarantine for a day."""
    found = []
    for path in folder().glob("*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > ABANDONED:
                found.append(path.name)
    return found
