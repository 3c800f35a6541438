"""Requests that bring files: only routes that say so may, and what they bring is spooled to disk, never to memory."""

import logging
import tempfile
from collections.abc import Callable
from typing import IO, Any, TypeVar

import flask
from flask import current_app

from app import storage
from workflows.uploads import LIMIT

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])
AROUND = 256 * 1024  # bytes of a form around its files


def takes_files(most: int = 1) -> Callable[[View], View]:
    """Let a route take a form with up to `most` files; put it next to the route's policy."""

    def mark(view: View) -> View:
        view.takes_files = most  # type: ignore[attr-defined]
        return view

    return mark


class Part:
    """One file of a form, on the disk of the stored files and gone with the request.

    Bytes beyond LIMIT, or after the disk has refused, are counted and dropped: the form is read to its end, so that the
    refusal reaches the sender as a sentence instead of a cut connection.
    """

    def __init__(self) -> None:
        self.size, self.broken = 0, False
        try:
            parts = storage.folder() / "parts"
            parts.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] | None = tempfile.TemporaryFile(dir=parts)  # noqa: SIM115
        except OSError as error:
            self._file = None
            self._break(error)

    def _break(self, error: OSError) -> None:
        self.broken = True
        log.critical("an upload could not be spooled", extra={"errno": error.errno})

    @property
    def too_large(self) -> bool:
        """Whether more came than a file may have."""
        return self.size > LIMIT

    def write(self, part: bytes) -> int:
        """Take in a part."""
        self.size += len(part)
        if self._file and not self.too_large and not self.broken:
            try:
                self._file.write(part)
            except OSError as error:
                self._break(error)
        return len(part)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        return self._file.read(size) if self._file else b""

    def readline(self, size: int = -1) -> bytes:
        """Return the next line."""
        return self._file.readline(size) if self._file else b""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the file."""
        if self._file is None:
            return 0
        try:
            return self._file.seek(offset, whence)  # writes out what is buffered
        except OSError as error:
            self._break(error)
            return 0

    def tell(self) -> int:
        """Return the place in the file."""
        return self._file.tell() if self._file else 0

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            try:
                self._file.close()
            except OSError as error:
                self._break(error)


class Request(flask.Request):
    """A request whose limit is its route's, and whose files go to disk."""

    @property
    def max_content_length(self) -> int | None:
        """The most bytes that are read: of the files that the route takes and one more, else the general limit."""
        view: Any = current_app.view_functions.get(self.endpoint or "")
        most: int = getattr(view, "takes_files", 0)
        if self._max_content_length is None and most:
            return (most + 1) * LIMIT + AROUND
        return super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def _get_file_stream(self, *args: Any, **options: Any) -> Any:
        return Part()
