"""Files by content hash in a local folder: whole or not there at all, also when the disk is full (P12)."""

import hashlib
import logging
import os
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

from flask import current_app

from app.errors import ApiError
from app.faultpoints import point

log = logging.getLogger(__name__)

OLD = 3600.0  # seconds after which a part file is a dead writer's
_NAME = re.compile(r"[0-9a-f]{64}")


class StorageError(ApiError):
    """The disk took no more; nothing was kept."""

    def __init__(self) -> None:
        super().__init__(507, "storage_full", "系统存储空间不足，暂时不能保存文件，请稍后再试。")


class MissingFileError(ApiError):
    """A stored file is gone or no longer what it was."""

    def __init__(self) -> None:
        super().__init__(503, "file_unavailable", "文件暂时无法读取，请稍后再试；平台已收到告警。")


def folder() -> Path:
    """Return the folder of all stored files."""
    return Path(current_app.config["VAR_DIR"]) / "files"


def path_of(sha256: str) -> Path:
    """Return where a file lies; ValueError for anything but 64 lower-case hexadecimal characters."""
    if not _NAME.fullmatch(sha256):
        raise ValueError("not a content hash")
    return folder() / sha256[:2] / sha256[2:4] / sha256


def put(content: bytes) -> str:
    """Store a file and return its SHA-256 in hexadecimal; an equal file is stored once.

    Written to a part file, flushed to the disk, then renamed. Raises StorageError when the disk takes no more.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    target = path_of(sha256)
    try:
        if target.exists():
            os.utime(target)  # it is in use again
        else:
            _write(content, target)
    except OSError as error:
        log.critical("a file could not be stored", extra={"errno": error.errno})
        raise StorageError from None
    return sha256


def _write(content: bytes, target: Path) -> None:
    parts = folder() / "parts"
    for needed in (parts, target.parent):
        needed.mkdir(parents=True, exist_ok=True)
    part = parts / secrets.token_hex(16)
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        point("storage.before_rename")
        part.replace(target)
        _flush_folder(target.parent)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _flush_folder(changed: Path) -> None:
    descriptor = os.open(changed, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(sha256: str) -> bytes:
    """Return a stored file, checked against its hash; raises MissingFileError."""
    try:
        content = path_of(sha256).read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != sha256:
        log.critical("a stored file is missing or damaged", extra={"sha256": sha256})
        raise MissingFileError
    return content


def remove(sha256: str) -> None:
    """Remove a file that no row names."""
    with suppress(OSError):
        path_of(sha256).unlink(missing_ok=True)


def remove_unused(sha256: str) -> None:
    """Remove a file that no row names, unless it was stored again within the hour: its row may be on the way."""
    with suppress(OSError):
        if time.time() - path_of(sha256).stat().st_mtime > OLD:
            remove(sha256)


def clear_parts() -> int:
    """Remove the part files of writers that died an hour ago or earlier, and return how many."""
    dead = [p for p in (folder() / "parts").glob("*") if time.time() - p.stat().st_mtime > OLD]
    for part in dead:
        part.unlink(missing_ok=True)
    return len(dead)
