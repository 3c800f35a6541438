"""Bringing a received file onto the roll: in batches that can be broken off anywhere and gone on with (R-ROLL-1)."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from app import history, storage
from app.clock import now
from app.crypto import keyring
from app.extensions import db
from app.models import RollImport, School, Staff
from app.rolls import batches
from app.rolls.expected import expected
from app.rolls.receiving import UNDER_WAY, bound
from app.rolls.tables import Table, TableError, open_table
from app.writing import rollback, write
from workflows.case import Actor
from workflows.roll_file import LABELS, NOT_TAKEN, Expected, missing_columns, repeated_columns
from workflows.vocabulary import Level, Role

log = logging.getLogger(__name__)

BATCH = 200  # graduates whose records may be locked at once
FAULTS_KEPT = 1000
HEADINGS_KEPT, HEADING = 60, 40
COUNTS = ("added", "changed", "unchanged", "faulty")

_import = RollImport.__table__
_ROW = select(_import).where(_import.c.id == bindparam("row"))

Hold = Callable[[], object]


class BrokenOffError(Exception):
    """The time that the caller had for this import is over; it goes on where it stopped."""


@dataclass(slots=True)
class Reading:
    """An import under way: its row as it stands, what is expected, the file, and how to hold on to the job."""

    run: Row[Any]
    expected: Expected
    table: Table
    hold: Hold
    first_seen: dict[str, int] = field(default_factory=dict)


def carry_out(import_id: int, hold: Hold, seconds: float = float("inf")) -> None:
    """Carry out an import, or the rest of it; again does nothing once it has ended.

    `hold` is called inside the transaction of every batch and raises when somebody else has taken over. Raises
    BrokenOffError when `seconds` are over.
    """
    until = time.monotonic() + seconds
    run = _row(import_id)
    if run.stage not in UNDER_WAY:
        return
    try:
        reading = _open(run, hold)
        problem = _wrong(reading)
    except TableError as error:
        problem = str(error)
    rollback()
    if problem:
        write(lambda: _end(run, hold, "refused", problem))
        return
    write(lambda: _begin(reading))
    for lines in _batches(reading):
        write(partial(_bring_in, reading, lines))
        if time.monotonic() >= until:
            raise BrokenOffError
    write(lambda: _end(reading.run, hold, "done"))


def give_up(import_id: int, hold: Hold) -> None:
    """End an import that fails again and again, saying so; what has been brought in stays."""
    run = _row(import_id)
    rollback()
    if run.stage in UNDER_WAY:
        write(lambda: _end(run, hold, "refused", "系统未能处理该文件，已导入的行保持有效；请稍后重新上传。"))


def _row(import_id: int) -> Row[Any]:
    return db.session.connection().execute(_ROW, {"row": import_id}).one()


def _open(run: Row[Any], hold: Hold) -> Reading:
    school = db.session.get_one(School, run.school_id)
    content = keyring().unseal(storage.read(run.file_sha256), bound(run.public_id))
    return Reading(run, expected(school, run.cohort), open_table(content, LABELS), hold)


def _wrong(reading: Reading) -> str:
    """Return why the whole file cannot be brought in, "" where it can."""
    table = reading.table
    if not _may_import(reading.run):
        return "提交人已没有本校名单的读写权限，未导入。"
    if missing := missing_columns(table.headings):
        return f"缺少必填的列：{'、'.join(missing)}。请使用模板填写后上传。"
    if repeated := repeated_columns(table.headings):
        return f"有重复的列：{'、'.join(repeated)}。请每列只保留一个。"
    return "" if table.lines else "文件里没有毕业生，请填写后上传。"


def _may_import(run: Row[Any]) -> bool:
    staff = db.session.get(Staff, run.staff_id)
    if staff is None or not staff.active or staff.placement_level < Level.WRITE:
        return False
    return (staff.role, staff.school_id) == (Role.SCHOOL, run.school_id)


def _begin(reading: Reading) -> None:
    reading.hold()
    headings = [label for label in reading.table.headings if label and label not in LABELS]
    known_first = sorted(headings, key=lambda label: label not in NOT_TAKEN)
    ignored = [label[:HEADING] for label in known_first[:HEADINGS_KEPT]]
    reading.run = _set(reading.run, stage="reading", total=len(reading.table.lines), ignored=ignored)


def _batches(reading: Reading) -> Iterator[list[batches.Cells]]:
    """Yield what has not been brought in yet; what has been is looked at for repeated student numbers only."""
    lines = iter(reading.table.lines)
    for number, cells in islice(lines, reading.run.read):
        batches.first_line(reading.first_seen, number, cells)
    while some := list(islice(lines, BATCH)):
        yield some


def _bring_in(reading: Reading, lines: list[batches.Cells]) -> None:
    reading.hold()
    run = reading.run
    outcome = batches.bring_in(_actor(run), run, reading.expected, lines, reading.first_seen)
    reading.run = _set(
        run,
        read=run.read + len(lines),
        faults=[*run.faults, *outcome.faults][:FAULTS_KEPT],
        departments=[*run.departments, *outcome.departments],
        **{name: getattr(run, name) + getattr(outcome, name) for name in COUNTS},
    )


def _actor(run: Row[Any]) -> Actor:
    return Actor(Role.SCHOOL, run.staff_id, school_id=run.school_id)


def _end(run: Row[Any], hold: Hold, stage: str, problem: str = "") -> None:
    """Write down how it ended, on the school's record too, and let go of the file."""
    hold()
    chain, at = history.lock(db.session.connection(), "school", run.school_id), now()
    counts = {name: getattr(run, name) for name in ("total", *COUNTS)}
    detail = {"import": run.public_id, "cohort": run.cohort, "stage": stage, **counts}
    chain.add(at, _actor(run), ("school", run.school_id), "import_roll", detail)
    chain.write()
    _set(run, stage=stage, problem=problem, ended_at=at, file_sha256=None)
    storage.remove(run.file_sha256)
    log.info("roll import ended", extra={"import": run.public_id, "stage": stage, "lines": run.total})


def _set(run: Row[Any], **columns: Any) -> Row[Any]:
    db.session.connection().execute(update(_import).where(_import.c.id == run.id).values(columns))
    return _row(run.id)
