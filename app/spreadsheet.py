"""Tables as XLSX files: text stays text and nothing in a cell is ever run; rows go to the disk as they come."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from flask import Response, send_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A formula, link or number in what somebody typed stays the text that it is.
PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
ROWS = 1_000_000  # of one sheet; Excel opens 1,048,576
WIDTH = 18

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the name of its tab, the titles of its columns, its rows; None is an empty cell."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def save(target: str | IO[bytes], sheets: Iterable[Sheet]) -> int:
    """Write the sheets to a file and return how many rows they have; a longer table goes on in further tabs."""
    written = 0
    with xlsxwriter.Workbook(target, PLAIN) as book:
        bold = book.add_format({"bold": True, "bg_color": "#DCE6F1"})
        for sheet in sheets:
            rows, tab = iter(sheet.rows), 1
            while (count := _tab(book, bold, sheet, tab, islice(rows, ROWS))) == ROWS:
                written, tab = written + count, tab + 1
            written += count
    return written


def _tab(book: Any, bold: Any, sheet: Sheet, tab: int, rows: Iterable[Sequence[Cell]]) -> int:
    page = book.add_worksheet(sheet.title if tab == 1 else f"{sheet.title} {tab}")
    page.set_column(0, len(sheet.head) - 1, WIDTH)
    page.freeze_panes(1, 0)
    for place, title in enumerate(sheet.head):
        page.write_string(0, place, title, bold)
    count = 0
    for count, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                page.write_string(count, place, cell)
            elif cell is not None:
                page.write_number(count, place, cell)
    return count


def answer(name: str, sheets: Iterable[Sheet]) -> Response:
    """Return the sheets as a file to keep, called `name`.xlsx."""
    held = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer
    save(held, sheets)
    held.seek(0)
    response = send_file(held, mimetype=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    response.headers["Cache-Control"] = "no-store"
    return response
