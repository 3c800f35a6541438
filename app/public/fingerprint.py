"""Hashing an uploaded file while it streams in: nothing of it is kept, neither in memory nor on disk."""

import hashlib
from typing import Any

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

LIMIT = 10 * 1024 * 1024  # bytes of the file
_REST = 16 * 1024  # bytes of the form around it
_PARTS = 8
_BUFFER = 256 * 1024  # what the parser may hold at a time


class Fingerprint:
    """A file to write into that keeps only the hash and the size of what was written."""

    def __init__(self) -> None:
        self._hash, self.size = hashlib.sha256(), 0

    def write(self, part: bytes) -> int:
        """Take in a part; raises RequestEntityTooLarge beyond LIMIT."""
        self._hash.update(part)
        self.size += len(part)
        if self.size > LIMIT:
            raise RequestEntityTooLarge
        return len(part)

    def seek(self, offset: int) -> int:
        """Do nothing: there is nothing to go back to."""
        return offset

    @property
    def sha256(self) -> str:
        """The hash so far, 64 hexadecimal characters."""
        return self._hash.hexdigest()


def fingerprint(request: Request, field: str) -> Fingerprint | None:
    """Return the hash and size of the file in a form field, or None where no file was sent.

    Raises RequestEntityTooLarge for more than LIMIT; the limit of all other requests does not count here.
    """

    def open_file(
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None,
        content_length: int | None = None,
    ) -> Any:
        return Fingerprint()

    request.max_content_length = LIMIT + _REST
    parser = FormDataParser(stream_factory=open_file, max_form_memory_size=_BUFFER, max_form_parts=_PARTS)
    parsed = parser.parse(request.stream, request.mimetype, request.content_length, request.mimetype_params)
    sent = parsed[2].get(field)
    stream: Any = sent.stream if sent else None
    return stream if stream and stream.size else None
