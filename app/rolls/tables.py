"""Tables out of files: CSV and XLSX as lines of cells; what could not be held in memory is refused first (R-ROLL-1)."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from workflows.roll_file import Cell

MOST_LINES = 100_000
MOST_COLUMNS = 200
MOST_BYTES = 300 * 1024 * 1024  # of an XLSX file, unpacked
MOST_PARTS = 1000
CHUNK = 1024 * 1024
_LONGEST_REFERENCE = 16  # bytes of ` r="XFD1048576"`, which may lie across two chunks
_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")

Cells = list[Cell]


class TableError(ValueError):
    """A file that cannot be read as a table; its text is a Chinese sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Table:
    """The headings of the first line, and the lines below: each its number in the file and the wanted cells."""

    headings: list[str]
    lines: list[tuple[int, tuple[Cell, ...]]]


def open_table(content: bytes, wanted: Sequence[str]) -> Table:
    """Return the table in a file, told by its content, whatever its name; raises TableError.

    The cells of a line are those under the `wanted` headings, in that order, None where the file has no such column. Of
    a workbook the first sheet counts. Lines without any text are left out.
    """
    rows = _workbook(content) if content.startswith(b"PK") else _comma_separated(content)
    filled = ((number, cells) for number, cells in rows if any(map(_filled, cells)))
    _, first = next(filled, (0, []))
    if not first:
        raise TableError("文件里没有内容，请使用模板填写后上传。")
    headings = [str(cell or "").strip() for cell in first]
    places = [headings.index(label) if label in headings else -1 for label in wanted]
    return Table(headings, [(number, _picked(cells, places)) for number, cells in filled])


def _filled(cell: Cell) -> bool:
    return cell is not None and cell != ""


def _picked(cells: Cells, places: list[int]) -> tuple[Cell, ...]:
    return tuple(cells[place] if 0 <= place < len(cells) else None for place in places)


def _comma_separated(content: bytes) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(io.StringIO(_decoded(content), newline=""))
    try:
        for number, cells in enumerate(reader, 1):
            if number > MOST_LINES + 1 or len(cells) > MOST_COLUMNS:
                raise _too_large()
            yield number, list(cells)
    except csv.Error:
        raise TableError("文件不是正确的 CSV 格式，请另存为 .xlsx 后上传。") from None


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise TableError("文件不是 .xlsx 或 .csv 表格，请使用模板填写后上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError("文件的文字编码无法识别，请另存为 .xlsx 后上传。")


def _workbook(content: bytes) -> Iterator[tuple[int, Cells]]:
    _refuse_bomb(content)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            yield from enumerate(book.get_sheet_by_index(0).iter_rows(), 1)
    except (CalamineError, IndexError, ValueError, OSError):
        raise TableError("文件不是正确的 .xlsx 表格，请用模板重新保存后上传。") from None


def _refuse_bomb(content: bytes) -> None:
    """Refuse what would unpack into more than may be held: by declared size first, then by what is really there."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise _too_large()
            for part in parts:
                with archive.open(part) as stream:
                    _refuse_wide(stream, part.filename.startswith("xl/worksheets/"))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise TableError("文件已损坏或加了密码，请用模板重新保存后上传。") from None


def _refuse_wide(stream: IO[bytes], sheet: bool) -> None:
    """Read a part to its end, which checks length and sum; of a sheet refuse a cell far out: the reader is dense."""
    before = b""
    while chunk := stream.read(CHUNK):
        for letters, number in _REFERENCE.findall(before + chunk) if sheet else ():
            if int(number) > MOST_LINES + 1 or _column(letters) > MOST_COLUMNS:
                raise _too_large()
        before = chunk[-_LONGEST_REFERENCE:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _too_large() -> TableError:
    return TableError(f"文件内容过大：最多 {MOST_LINES} 行、{MOST_COLUMNS} 列，请拆分后上传。")
