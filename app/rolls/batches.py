"""Some lines of a file brought onto the roll in one transaction: new ones at once, changed ones by the write path."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, select

from app import actions, people, printable
from app.crypto import seal_text
from app.extensions import db
from app.models import Department, RollRecord
from app.rolls.enrolling import enrol
from workflows.case import Actor, Refused, Request
from workflows.roll_file import LABELS, Cell, CellError, Expected, Fault, Line, as_text, read_line
from workflows.roll_record import BY_FILE, arriving
from workflows.vocabulary import Action, Code, State

Cells = tuple[int, tuple[Cell, ...]]

_NUMBER_AT = LABELS.index("学号")
_COLUMN_OF = {"name": "姓名", "major": "学校专业", "department": "所属学院"}
_roll = RollRecord.__table__
_KNOWN = select(_roll).where(
    _roll.c.school_id == bindparam("school"), _roll.c.student_number.in_(bindparam("numbers", expanding=True))
)
_DEPARTMENTS = select(Department.name, Department.id).where(Department.school_id == bindparam("school"))


@dataclass(slots=True)
class Outcome:
    """What came of some lines; a fault is a line's number, a column and a sentence."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    faulty: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)

    def blame(self, number: int, faults: Iterable[Fault]) -> None:
        """Put down what is wrong with a line, which is not brought in."""
        self.faulty += 1
        self.faults += [{"line": number, "column": fault.column, "what": fault.what} for fault in faults]


def first_line(first_seen: dict[str, int], number: int, cells: tuple[Cell, ...]) -> int:
    """Return the line on which this line's student number stood first; the line itself where it has none."""
    try:
        student = as_text(cells[_NUMBER_AT])
    except CellError:
        return number
    return first_seen.setdefault(student, number) if student else number


def bring_in(
    actor: Actor, run: Row[Any], expected: Expected, lines: list[Cells], first_seen: dict[str, int]
) -> Outcome:
    """Bring lines onto the roll of a school and cohort; runs inside a write. What is wrong with a line it answers."""
    outcome = Outcome()
    good = dict(_good(expected, lines, first_seen, outcome))
    departments = _departments(run.school_id, good.values(), outcome)
    known = _known(run.school_id, good.values())
    new: list[dict[str, Any]] = []
    for number, line in good.items():
        columns = _columns(run, line, departments)
        there = next((row for row in known.get(line.values["student_number"], ()) if row.cohort == run.cohort), None)
        if there is not None:
            _update(actor, there, columns, line, number, outcome)
        elif elsewhere := _elsewhere(known, line):
            outcome.blame(number, [Fault("学号", f"该毕业生已在{elsewhere.cohort}届名单中，请在名单页调整届别。")])
        else:
            new.append(columns | _identity(line))
    enrol(actor, new)
    outcome.added += len(new)
    return outcome


def _good(
    expected: Expected, lines: list[Cells], first_seen: dict[str, int], outcome: Outcome
) -> Iterator[tuple[int, Line]]:
    for number, cells in lines:
        line = read_line(cells, expected)
        if (first := first_line(first_seen, number, cells)) != number:
            line.faults.append(Fault("学号", f"与第 {first} 行重复。"))
        if not line.faults:
            line.faults += _unprintable(line)
        if line.faults:
            outcome.blame(number, line.faults)
        else:
            yield number, line


def _unprintable(line: Line) -> Iterator[Fault]:
    """Name what the agreement could not print (R-PDF-1)."""
    texts = {"name": line.values["name"], "major": line.values["major"], "department": line.department}
    for name, text in texts.items():
        if printable.unprintable(text):
            yield Fault(_COLUMN_OF[name], "含有协议书字体无法打印的字符，请更换。")


def _departments(school: int, lines: Iterable[Line], outcome: Outcome) -> dict[str, int]:
    """Return the school's departments by name; those that the lines name for the first time are added."""
    known = dict(db.session.execute(_DEPARTMENTS, {"school": school}).tuples().all())
    for name in dict.fromkeys(line.department for line in lines if line.department not in known):
        department = Department(school_id=school, name=name)
        db.session.add(department)
        db.session.flush()
        known[name] = department.id
        outcome.departments.append(name)
    return known


def _known(school: int, lines: Iterable[Line]) -> dict[str, list[Row[Any]]]:
    wanted = {"school": school, "numbers": [line.values["student_number"] for line in lines]}
    known: dict[str, list[Row[Any]]] = {}
    for row in db.session.execute(_KNOWN, wanted) if wanted["numbers"] else ():
        known.setdefault(row.student_number, []).append(row)
    return known


def _elsewhere(known: Mapping[str, list[Row[Any]]], line: Line) -> Row[Any] | None:
    """Return the same person's record of the same school under the same number in another cohort."""
    own = people.blind_id(line.id_kind, line.id_number)
    return next((row for row in known.get(line.values["student_number"], ()) if row.id_number_blind == own), None)


def _columns(run: Row[Any], line: Line, departments: Mapping[str, int]) -> dict[str, Any]:
    own = {"school_id": run.school_id, "cohort": run.cohort, "department_id": departments[line.department]}
    return line.values | own


def _identity(line: Line) -> dict[str, Any]:
    return {"id_kind": line.id_kind, "id_number": line.id_number}


def _update(actor: Actor, row: Row[Any], columns: dict[str, Any], line: Line, number: int, outcome: Outcome) -> None:
    """Change a record only where the file differs, by the write path; what stands in the way is the line's fault."""
    if row.state == State.OFF_ROLL:
        outcome.blame(number, [Fault("学号", "该毕业生已移出名单，请先在名单页恢复。")])
        return
    columns = columns | {"training_mode": arriving(row.training_mode, columns["training_mode"])}
    if row.id_number_blind != people.blind_id(line.id_kind, line.id_number):
        if row.account_id is not None:
            outcome.blame(number, [Fault("身份证号", "与该毕业生已关联的账号不一致，请核对学号和身份证号。")])
            return
        columns |= _sealed_identity(row, line)
    wanted = {name: value for name, value in columns.items() if row._mapping[name] != value}
    if not wanted:
        outcome.unchanged += 1
        return
    try:
        actions.roll_step(row.id, Action.EDIT, actor, Request(reason=BY_FILE), wanted)
    except Refused as refused:
        column = "培养方式" if refused.refusal.code == Code.TAKEN else "学号"
        outcome.blame(number, [Fault(column, refused.refusal.message)])
    else:
        outcome.changed += 1


def _sealed_identity(row: Row[Any], line: Line) -> dict[str, Any]:
    return {
        "id_kind": line.id_kind,
        "id_number_sealed": seal_text(line.id_number, f"roll_record.id_number:{row.public_id}"),
        "id_number_blind": people.blind_id(line.id_kind, line.id_number),
    }
