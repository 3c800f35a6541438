"""Which pictures look alike: their marks, and the files of other graduates whose marks are near (R-PROOF-1)."""

import re
import struct
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.crypto import keyring
from app.models import File, PictureBand

BANDS = 8
LEAST_TEXT = 30  # characters with which a document is told by what it says instead of how it looks
MOST_NEAR = 200  # files that are compared bit by bit

_file, _band = File.__table__, PictureBand.__table__
_NEAR = (
    select(_file.c.id, _file.c.picture_hash)
    .join(_band, _band.c.file_id == _file.c.id)
    .where(
        _band.c.band == bindparam("band_"),
        _band.c.value == bindparam("value_"),
        _file.c.roll_record_id.is_not(None),
        _file.c.roll_record_id.not_in(bindparam("own", expanding=True)),
        _file.c.removed_at.is_(None),
    )
    .limit(MOST_NEAR)
)


def text_bound(public_id: str) -> str:
    """Name the row that a file's sealed text is bound to."""
    return f"file.text:{public_id}"


def mark(text: str, picture_hash: str) -> bytes | None:
    """Return the 32 bytes by which a file is compared: a keyed hash of its text, else the picture's; None for neither.

    Two letters made from one template look alike and say different names, so their texts tell them apart.
    """
    said = re.sub(r"\s+", "", text)
    if len(said) >= LEAST_TEXT:
        return keyring().blind("file.text", said)
    return bytes.fromhex(picture_hash) or None


def bands(picture: bytes) -> tuple[int, ...]:
    """Return the eight 32-bit bands of a mark: marks that differ in seven bits or fewer share at least one."""
    return struct.unpack(f">{BANDS}I", picture)


def distance(one: bytes, other: bytes) -> int:
    """Return in how many of 256 bits two marks differ."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def nearest(conn: Connection, picture: bytes, own_records: Iterable[int]) -> int | None:
    """Return how near the nearest file of another graduate comes, in bits; None where there is none like it.

    `own_records` are the roll records of the graduate: the same proof on two degrees is nobody else's.
    """
    near: dict[int, Any] = {}
    for number, value in enumerate(bands(picture)):
        found = conn.execute(_NEAR, {"band_": number, "value_": value, "own": list(own_records)})
        near |= {row.id: bytes(row.picture_hash) for row in found}
    return min((distance(picture, other) for other in near.values()), default=None)
