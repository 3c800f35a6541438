"""The verification code as a QR symbol: a matrix of modules, or PDF path operators."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

LONGEST = 60
QUIET_ZONE = 4
_VERSION = 3
_MASK = 3  # evaluating all eight costs four fifths of the time and no reader needs it
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+")


@lru_cache(maxsize=32)
def modules(url: str) -> tuple[tuple[bool, ...], ...]:
    """The symbol's rows without quiet zone, True = dark (29 × 29): version 3, level Q where it fits, else M.

    `url` is the verification address; it is encoded in capitals. ValueError if it is longer than 60 characters or not
    alphanumeric in the sense of ISO/IEC 18004: a short symbol with large modules is what survives printing (R-QR-1).
    """
    text = url.upper()
    if len(text) > LONGEST or not _ALPHANUMERIC.fullmatch(text):
        raise ValueError("a verification address has at most 60 characters out of 0-9 A-Z $ % * + - . / :")
    for level in (ERROR_CORRECT_Q, ERROR_CORRECT_M):
        symbol = QRCode(version=_VERSION, error_correction=level, border=0, mask_pattern=_MASK)
        symbol.add_data(QRData(text.encode(), mode=MODE_ALPHA_NUM), optimize=0)
        try:
            symbol.make(fit=False)
        except DataOverflowError:
            continue
        return tuple(tuple(bool(dark) for dark in row) for row in symbol.modules)
    raise ValueError("the verification address does not fit a version 3 symbol")


def path(url: str) -> bytes:
    """The symbol as one filled PDF path in a square of side 1, origin bottom left; dark runs are merged row by row."""
    rows = modules(url)
    side = len(rows)
    operators = [f"{1 / side:.6f} 0 0 {1 / side:.6f} 0 0 cm"]
    for number, row in enumerate(rows):
        column = 0
        for dark, run in groupby(row):
            length = sum(1 for _ in run)
            if dark:
                operators.append(f"{column} {side - 1 - number} {length} 1 re")
            column += length
    return "\n".join([*operators, "f"]).encode()


def grouped(code: str) -> str:
    """A 16-character code as people read it: 4-4-4-4."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
