"""The columns of a roll that a school hands in as a file, and what may stand in each (R-ROLL-1)."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflows.identity import IDENTITY_LABELS, IdentityError, IdentityKind, birth_date, clean_id_number, clean_name
from workflows.identity import gender_code as gender_of

Cell = str | int | float | bool | date | datetime | None
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number; what is longer has lost its end
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]+")  # as spreadsheets write it; 2023E12 is a student number
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_DAY = re.compile(r"((?:19|20)[0-9]{2})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?(?: 0{1,2}:00(?::00)?)?")
_YES_NO = {"是": True, "1": True, "否": False, "2": False, "0": False}

# Other words in use for the same code.
ALIASES: dict[str, dict[str, str]] = {
    "training_modes": {"2": "21", "定向": "21", "4": "41", "委培": "41"},
    "education": {
        "博士研究生": "01",
        "硕士研究生": "11",
        "本科": "31",
        "专科": "41",
        "高职(专科)": "61",
    },
    "genders": {"男": "1", "女": "2"},
}


class CellError(ValueError):
    """A cell that cannot be taken; its text is a Chinese sentence that repeats nothing of the cell."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file is read against: the school, the cohort, and by code table what each word means."""

    school_name: str
    school_code: str
    cohort: int
    words: Mapping[str, Mapping[str, str]]
    degree_levels: Mapping[str, str]  # by code of education


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its heading, the roll's column that it fills ("" for none), whether it must be filled."""

    label: str
    name: str
    read: Callable[[str, Expected], Any]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in one cell: the column's heading and one Chinese sentence."""

    column: str
    what: str


@dataclass(slots=True)
class Line:
    """One graduate as the file has it: plain columns of the roll, identity, department; or what is wrong."""

    values: dict[str, Any] = field(default_factory=dict)
    id_kind: str = ""
    id_number: str = ""
    department: str = ""
    faults: list[Fault] = field(default_factory=list)


def as_text(cell: Cell) -> str:
    """Return a cell as the text that a person typed; raises CellError for a number that has lost its last digits."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | float):
        return _number(cell)
    text = cell.strip()
    if _SCIENTIFIC.fullmatch(text):
        raise _lost_digits()
    if _UNSTORABLE.search(text):
        raise CellError("含有无法保存的字符，请删除后重新填写。")
    return text


def _number(cell: float) -> str:
    if abs(cell) >= EXACT or cell != cell:
        raise _lost_digits()
    return str(int(cell)) if cell == int(cell) else str(cell)


def _lost_digits() -> CellError:
    return CellError("被存成了数字，后几位已丢失；请将该列设为“文本”格式后重新填写。")


def plain(text: str) -> str:
    """Return a word as code tables are searched: half-width, without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def _text(limit: int, pattern: str = "") -> Callable[[str, Expected], str]:
    def read(text: str, expected: Expected) -> str:
        if len(text) > limit:
            raise CellError(f"最多 {limit} 个字，请缩短。")
        if pattern and text and not re.fullmatch(pattern, text):
            raise CellError("只能包含字母、数字和连字符，请核对。")
        return text

    return read


def _coded(table: str) -> Callable[[str, Expected], str]:
    def read(text: str, expected: Expected) -> str:
        if not text:
            return ""
        word = plain(text)
        code = expected.words[table].get(word) or ALIASES.get(table, {}).get(word)
        if code is None:
            raise CellError("不在代码表中，请填写代码表里的名称或代码。")
        return code

    return read


def _day(text: str, expected: Expected) -> date | None:
    if not text:
        return None
    parts = _DAY.fullmatch(text)
    try:
        return date(*map(int, parts.groups())) if parts else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise CellError("日期格式不对，请填写成 2027-06-30 的形式。")


def _yes_no(text: str, expected: Expected) -> bool | None:
    if text and text not in _YES_NO:
        raise CellError("请填写“是”或“否”。")
    return _YES_NO.get(text)


def _years(text: str, expected: Expected) -> str:
    years = text.removesuffix("年").strip()
    if years and not re.fullmatch(r"[1-9](\.5)?", years):
        raise CellError("请填写年数，例如 4 或 2.5。")
    return years


def _name(text: str, expected: Expected) -> str:
    name = clean_name(text)
    if len(name) > 120:
        raise CellError("最多 120 个字，请缩短。")
    return name


def _own_school(text: str, expected: Expected) -> str:
    if plain(text) not in (plain(expected.school_name), expected.school_code):
        raise CellError(f"不是本校（{expected.school_name}），请核对。")
    return ""


def _own_cohort(text: str, expected: Expected) -> str:
    if text.removesuffix("届").removesuffix("年") != str(expected.cohort):
        raise CellError(f"与所选届别（{expected.cohort}届）不一致，请核对。")
    return ""


def _identity_kind(text: str, expected: Expected) -> str:
    kinds = {plain(label): kind.value for kind, label in IDENTITY_LABELS.items()}
    if text and plain(text) not in kinds:
        raise CellError(f"请填写{'、'.join(IDENTITY_LABELS.values())}之一。")
    return kinds.get(plain(text), "")


def _as_it_is(text: str, expected: Expected) -> str:
    return text


NUMBER, KIND, GENDER, BORN, SCHOOL, COHORT, DEPARTMENT = (
    "身份证号",
    "证件类型",
    "性别",
    "出生日期",
    "所属学校",
    "毕业年份",
    "所属学院",
)
COLUMNS = (
    Column("学号", "student_number", _text(30, r"[A-Za-z0-9\-]+"), required=True),
    Column("考生号", "exam_number", _text(20, r"[A-Za-z0-9\-]+")),
    Column("姓名", "name", _name, required=True),
    Column(NUMBER, "", _as_it_is, required=True),
    Column(BORN, "", _day),
    Column("生源地", "origin_region", _coded("regions")),
    Column("民族", "ethnic_code", _coded("ethnic_groups"), required=True),
    Column("政治面貌", "political_code", _coded("political_status"), required=True),
    Column("入学日期", "entered_on", _day),
    Column(COHORT, "", _own_cohort, required=True),
    Column("毕业日期", "graduates_on", _day, required=True),
    Column("档案是否转入学校", "archive_moved", _yes_no),
    Column("户口是否转入学校", "household_moved", _yes_no),
    Column("学历层次", "education_code", _coded("education"), required=True),
    Column("学制", "duration_years", _years),
    Column(SCHOOL, "", _own_school, required=True),
    Column(DEPARTMENT, "", _text(80), required=True),
    Column("学校专业", "major", _text(80), required=True),
    Column("培养方式", "training_mode", _coded("training_modes"), required=True),
    Column(KIND, "", _identity_kind),
    Column(GENDER, "", _coded("genders")),
)
# The file's other columns, in the layout in use: known, and not taken. Phone and e-mail belong to the graduate's own
# account (R-GRAD-2); the rest the platform has no use for.
NOT_TAKEN = (
    "城乡生源",
    "入学前档案所在单位",
    "入学前户口所在地派出所",
    "专业方向",
    "所在班级",
    "委培单位",
    "困难生类别",
    "师范生类别",
    "手机号码",
    "电子邮箱",
    "QQ号码",
    "家庭电话",
    "家庭邮编",
    "家庭地址",
    "是否52个贫困县",
    "贫困县所在省",
    "贫困县所在市",
    "贫困县所在县",
    "是否建档立卡",
    "学习形式",
    "高职扩招考生标志",
)
LABELS = tuple(column.label for column in COLUMNS)
REQUIRED = tuple(column.label for column in COLUMNS if column.required)


def missing_columns(headings: list[str]) -> list[str]:
    """Return the headings that a file must have and has not."""
    return [label for label in REQUIRED if label not in headings]


def repeated_columns(headings: list[str]) -> list[str]:
    """Return the known headings that stand in the file twice."""
    return [label for label in LABELS if headings.count(label) > 1]


def read_line(cells: Sequence[Cell], expected: Expected) -> Line:
    """Read one line, its cells in the order of COLUMNS; all of them are looked at, so that every fault is told."""
    line, own = Line(), {}
    for column, cell in zip(COLUMNS, cells, strict=True):
        try:
            own[column.label] = read_cell(column, cell, expected)
        except CellError as error:
            line.faults.append(Fault(column.label, str(error)))
    line.values = {c.name: own[c.label] for c in COLUMNS if c.name and c.label in own}
    line.values["degree_level_code"] = expected.degree_levels.get(line.values.get("education_code", ""), "")
    line.department = own.get(DEPARTMENT, "")
    _identify(line, own)
    _in_order(line)
    return line


def read_cell(column: Column, cell: Cell, expected: Expected) -> Any:
    """Return what a cell means for its column; raises CellError."""
    text = as_text(cell)
    if column.required and not text:
        raise CellError("不能为空。")
    return column.read(text, expected)


def _identify(line: Line, own: Mapping[str, Any]) -> None:
    """Take kind and number together; birth date and gender must agree with a number that carries them (R-ID-1)."""
    if NUMBER not in own or KIND not in own:
        return
    kind = own[KIND] or IdentityKind.RESIDENT_ID.value
    try:
        line.id_kind, line.id_number = kind, clean_id_number(kind, own[NUMBER])
    except IdentityError as error:
        line.faults.append(Fault(NUMBER, str(error)))
        return
    born, gender = birth_date(kind, line.id_number), gender_of(kind, line.id_number)
    if born and own.get(BORN) and own[BORN] != born:
        line.faults.append(Fault(BORN, "与身份证号中的出生日期不一致，请核对。"))
    if gender and own.get(GENDER) and own[GENDER] != gender:
        line.faults.append(Fault(GENDER, "与身份证号中的性别不一致，请核对。"))
    if not gender and GENDER in own and not own[GENDER]:
        line.faults.append(Fault(GENDER, "该证件类型须填写性别。"))
    line.values["gender_code"] = gender or own.get(GENDER, "")


def _in_order(line: Line) -> None:
    entered, graduates = line.values.get("entered_on"), line.values.get("graduates_on")
    if entered and graduates and entered >= graduates:
        line.faults.append(Fault("毕业日期", "应晚于入学日期，请核对。"))
