"""Files as tables: what would not fit into memory is refused before it is read; the template is one of ours."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
from flask import Flask

from app.rolls import template
from app.rolls.tables import MOST_BYTES, MOST_LINES, TableError, open_table
from tests.app.rolls.sheets import as_csv, as_xlsx
from workflows.roll_file import COLUMNS, LABELS, NOT_TAKEN, REQUIRED, missing_columns

pytestmark = pytest.mark.rule("R-ROLL-1")


def packed(sheet: bytes, declared: int | None = None) -> bytes:
    """Return a workbook whose sheet is these bytes; `declared` puts another size into the archive's directory."""
    held, plain = io.BytesIO(), io.BytesIO(as_xlsx([{"学号": "1"}]))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = sheet if part.filename.startswith("xl/worksheets/") else old.read(part)
            new.writestr(part.filename, content)
        if declared is not None:
            new.getinfo("xl/worksheets/sheet1.xml").file_size = declared
    return held.getvalue()


def test_cells_come_in_the_order_that_is_asked_for() -> None:
    lines = [{"姓名": "李明", "学号": 2023, "日期": date(2027, 6, 30)}, {"姓名": "", "学号": ""}, {"学号": "007"}]
    table = open_table(as_xlsx(lines), ("学号", "考生号", "姓名", "日期"))
    assert table.headings == ["姓名", "学号", "日期"]
    assert table.lines[0] == (2, (2023.0, None, "李明", date(2027, 6, 30)))
    assert [number for number, _ in table.lines] == [2, 4]
    assert open_table(as_csv(lines[:1]), ("学号", "姓名")).lines == [(2, ("2023", "李明"))]


def test_a_bomb_is_refused_by_its_declared_size() -> None:
    with pytest.raises(TableError, match="过大"):
        open_table(packed(b"<x/>", declared=MOST_BYTES + 1), LABELS)


def test_a_bomb_that_declares_too_little_is_found_out() -> None:
    with pytest.raises(TableError, match="已损坏"):
        open_table(packed(b" " * 10_000_000, declared=100), LABELS)


@pytest.mark.parametrize(("row", "column"), [(1_048_575, 0), (5, 16_383)])
def test_a_cell_far_out_is_refused(row: int, column: int) -> None:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "学号")
        sheet.write(row, column, "x")
    with pytest.raises(TableError, match="过大"):
        open_table(held.getvalue(), LABELS)


def test_more_lines_than_may_be_are_refused() -> None:
    with pytest.raises(TableError, match="过大"):
        open_table("学号\n".encode() + b"1\n" * (MOST_LINES + 1), LABELS)
    with pytest.raises(TableError, match="CSV"):
        open_table(b"a," + b'"' + b"x" * 200_000 + b'"\n', LABELS)


def test_the_template_has_every_column_as_text(app: Flask) -> None:
    content = template.make()
    headings = open_table(content + b"", LABELS).headings
    assert headings == list(template.LAYOUT) and missing_columns(headings) == []
    assert set(template.LAYOUT) == {*LABELS, *NOT_TAKEN} and len(template.LAYOUT) == len(LABELS) + len(NOT_TAKEN)
    assert set(REQUIRED) <= {column.label for column in COLUMNS}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert b'numFmtId="49"' in book.read("xl/styles.xml")  # 49 is “text”
