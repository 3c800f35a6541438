"""A school's file on the roll: what is right comes in, what is wrong is told by line, and again changes nothing."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import history, storage
from app.extensions import db
from app.models import Department, History, Outbox, RollImport, School, Staff
from app.rolls import importing, receiving
from app.writing import write
from tests import builders
from tests.app.api.conftest import autumn, school  # noqa: F401 - fixtures
from tests.app.rolls.sheets import COHORT, as_csv, as_xlsx, bring_in, line, roll, run_of
from workflows.case import Actor
from workflows.vocabulary import Role, State

pytestmark = pytest.mark.rule("R-ROLL-1")


@pytest.fixture
def staff(app: Flask, school: School) -> Staff:  # noqa: F811
    return builders.make_staff(Role.SCHOOL, school)


def counts(run: Any) -> tuple[int, int, int, int]:
    return run.added, run.changed, run.unchanged, run.faulty


def intact() -> bool:
    return list(history.verify(db.session.connection())) == []


@pytest.mark.parametrize("form", [as_xlsx, as_csv, lambda lines: as_csv(lines, "gb18030")], ids=["xlsx", "csv", "gbk"])
def test_what_is_right_comes_in_and_again_changes_nothing(school: School, staff: Staff, form: Any) -> None:  # noqa: F811
    content = form([line(school, n) for n in range(450)])
    run = bring_in(staff, content)
    assert (run.stage, run.problem, counts(run)) == ("done", "", (450, 0, 0, 0))
    assert (run.total, run.read, run.departments) == (450, 450, ["石油工程学院"])
    first = roll(school)[0]
    assert (first.name, first.cohort, first.graduates_on) == ("李明", COHORT, date(2027, 6, 30))
    assert (first.education_code, first.degree_level_code, first.training_mode) == ("31", "bachelor", "1")
    assert (first.gender_code, first.origin_region, first.ethnic_code) == ("1", "110108", "01")
    assert (first.archive_moved, first.household_moved, first.duration_years) == (True, False, "4")
    steps = db.session.execute(select(func.count(History.id))).scalar_one()
    again = bring_in(staff, content)
    assert (again.stage, counts(again), again.departments) == ("done", (0, 0, 450, 0), [])
    assert db.session.execute(select(func.count(History.id))).scalar_one() == steps + 1  # that of the import itself
    assert intact()


def test_what_differs_is_changed_on_record_and_told(school: School, staff: Staff) -> None:  # noqa: F811
    department = builders.make_department(school, "石油工程学院")
    graduate = builders.make_graduate(school, department, cohort=COHORT)
    own = {"学号": graduate.roll.student_number, "考生号": graduate.roll.exam_number, "身份证号": graduate.id_number}
    run = bring_in(staff, as_xlsx([line(school, 1, **own)]))
    assert counts(run) == (0, 0, 1, 0)
    run = bring_in(staff, as_xlsx([line(school, 1, **own, 学校专业="油气储运工程", 所属学院="新学院")]))
    assert (counts(run), run.departments) == ((0, 1, 0, 0), ["新学院"])
    record = roll(school)[0]
    assert record.major == "油气储运工程"
    assert db.session.get_one(Department, record.department_id).name == "新学院"
    assert record.confirmed_hash and record.shown_hash != record.confirmed_hash
    step = (
        db.session.execute(select(History).order_by(History.id.desc()).where(History.action == "edit")).scalars().one()
    )
    assert step.detail["fields"] == ["department_id", "major"] and step.actor_id == staff.id
    assert "油气" not in str(step.detail)
    events = db.session.execute(select(Outbox.event).where(Outbox.roll_record_id == record.id)).scalars().all()
    assert events == ["roll.changed"]
    assert intact()


@pytest.mark.parametrize("number", ["2023E12", "20230000011e23", "2E5"])
def test_a_student_number_with_an_e_is_no_number_in_scientific_notation(
    school: School,  # noqa: F811
    staff: Staff,
    number: str,
) -> None:
    run = bring_in(staff, as_csv([line(school, 1, 学号=number)]))
    assert run.faults == [] and roll(school)[0].student_number == number


BAD = [
    ({"身份证号": 1.10105194912310e17}, "身份证号", "被存成了数字，后几位已丢失"),
    ({"身份证号": "1.10105E+17"}, "身份证号", "被存成了数字，后几位已丢失"),
    ({"身份证号": "110101199801010001"}, "身份证号", "校验位不对"),
    ({"身份证号": None}, "身份证号", "不能为空"),
    ({"出生日期": "1990-01-01"}, "出生日期", "与身份证号中的出生日期不一致"),
    ({"姓名": ""}, "姓名", "不能为空"),
    ({"姓名": "李\x07明"}, "姓名", "无法保存的字符"),
    ({"姓名": "李\U000f0000"}, "姓名", "无法打印的字符"),
    ({"学号": "２０２３一"}, "学号", "字母、数字和连字符"),
    ({"民族": "火星族"}, "民族", "不在代码表中"),
    ({"生源地": "999999"}, "生源地", "不在代码表中"),
    ({"毕业年份": "2026"}, "毕业年份", "与所选届别（2027届）不一致"),
    ({"毕业日期": "2027-02-30"}, "毕业日期", "日期格式不对"),
    ({"毕业日期": "2020-06-30"}, "毕业日期", "应晚于入学日期"),
    ({"所属学校": "北京大学"}, "所属学校", "不是本校"),
    ({"所属学院": ""}, "所属学院", "不能为空"),
    ({"学校专业": "长" * 81}, "学校专业", "最多 80 个字"),
    ({"培养方式": "奖学金"}, "培养方式", "不在代码表中"),
    ({"学制": "四"}, "学制", "请填写年数"),
    ({"户口是否转入学校": "也许"}, "户口是否转入学校", "请填写“是”或“否”"),
    ({"证件类型": "护照", "身份证号": "EA1234567"}, "性别", "须填写性别"),
    ({"性别": "女"}, "性别", "与身份证号中的性别不一致"),
    ({"证件类型": "学生证"}, "证件类型", "之一"),
]


def test_what_is_wrong_is_told_by_line_and_column_and_repeats_nothing(school: School, staff: Staff) -> None:  # noqa: F811
    lines = [line(school, 0)] + [line(school, n, **cells) for n, (cells, _, _) in enumerate(BAD, 1)]
    run = bring_in(staff, as_xlsx(lines))
    assert counts(run) == (1, 0, 0, len(BAD))
    assert [fault["line"] for fault in run.faults] == list(range(3, len(BAD) + 3))
    for fault, (cells, column, says) in zip(run.faults, BAD, strict=True):
        assert fault["column"] == column and says in fault["what"], (fault, cells)
        assert not any(str(cell) in fault["what"] for cell in cells.values() if cell and column != "性别")
    assert len(roll(school)) == 1


def test_every_fault_of_a_line_is_told(school: School, staff: Staff) -> None:  # noqa: F811
    run = bring_in(staff, as_csv([line(school, 1, 姓名="", 民族="?", 学制="x")]))
    assert [fault["column"] for fault in run.faults] == ["姓名", "民族", "学制"]
    assert run.faulty == 1


@pytest.mark.parametrize(
    ("word", "code"),
    [("定向", "21"), ("2", "21"), ("委培", "41"), ("22", "22"), ("定向(不可网签)", "21"), ("自筹", "5")],
)
def test_training_modes_arrive_as_they_must(school: School, staff: Staff, word: str, code: str) -> None:  # noqa: F811
    bring_in(staff, as_csv([line(school, 1, 培养方式=word)]))
    assert roll(school)[0].training_mode == code


def test_other_documents_and_dates_as_dates(school: School, staff: Staff) -> None:  # noqa: F811
    cells = {"证件类型": "护照", "身份证号": "ea1234567", "性别": "女", "毕业日期": date(2027, 7, 1), "学号": 20230001}
    run = bring_in(staff, as_xlsx([line(school, 1, **cells)]))
    assert run.faults == []
    record = roll(school)[0]
    assert (record.id_kind, record.gender_code, record.student_number) == ("passport", "2", "20230001")
    assert record.graduates_on == date(2027, 7, 1)


def test_a_repeated_student_number_is_a_fault_of_the_later_line(school: School, staff: Staff) -> None:  # noqa: F811
    lines = [line(school, n) for n in range(260)]
    lines[250]["学号"] = lines[3]["学号"]
    run = bring_in(staff, as_csv(lines))
    assert counts(run) == (259, 0, 0, 1)
    assert run.faults == [{"line": 252, "column": "学号", "what": "与第 5 行重复。"}]


def test_whom_the_file_may_not_change(school: School, staff: Staff) -> None:  # noqa: F811
    department = builders.make_department(school, "石油工程学院")
    signed = builders.make_graduate(school, department, cohort=COHORT, training_mode="22")
    builders.make_placement(State.ACCEPTED, signed)
    earlier = builders.make_graduate(school, department, cohort=COHORT - 1)
    linked = builders.make_graduate(school, department, cohort=COHORT)

    def own(graduate: Any, **cells: Any) -> dict[str, Any]:
        known = {"学号": graduate.roll.student_number, "考生号": graduate.roll.exam_number}
        return line(school, 1, **(known | {"身份证号": graduate.id_number} | cells))

    lines = [own(signed, 培养方式="委培"), own(earlier), own(linked, 身份证号=line(school, 900)["身份证号"])]
    run = bring_in(staff, as_xlsx(lines))
    assert counts(run) == (0, 0, 0, 3)
    assert [fault["column"] for fault in run.faults] == ["培养方式", "学号", "身份证号"]
    assert "不能改为不可网签" in run.faults[0]["what"] and "2026届" in run.faults[1]["what"]
    kept = bring_in(staff, as_xlsx([own(signed, 培养方式="定向")]))
    assert counts(kept) == (0, 0, 1, 0)  # what the school has qualified since stays qualified


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "没有内容"),
        (b"%PDF-1.7\0", "不是 .xlsx 或 .csv 表格"),
        (b"PK\x03\x04 nonsense", "已损坏或加了密码"),
        (b"\xff\xfe\xff", "文字编码无法识别"),
        ("姓名,学号\n李明,1\n".encode(), "缺少必填的列：身份证号、"),
    ],
)
def test_a_file_that_is_no_roll_is_refused_whole(school: School, staff: Staff, content: bytes, says: str) -> None:  # noqa: F811
    run = bring_in(staff, content)
    assert run.stage == "refused" and says in run.problem and run.file_sha256 is None
    assert roll(school) == []


def hand_in(staff: Staff, content: bytes) -> RollImport:
    actor = Actor(Role.SCHOOL, staff.id, school_id=staff.school_id)
    return run_of(write(lambda: receiving.receive(actor, COHORT, "名单.csv", content)))


def test_an_import_that_is_broken_off_goes_on_where_it_stopped(school: School, staff: Staff) -> None:  # noqa: F811
    lines = [line(school, n) for n in range(500)]
    lines[450]["学号"] = lines[3]["学号"]
    run = hand_in(staff, as_csv(lines))
    with pytest.raises(importing.BrokenOffError):
        importing.carry_out(run.id, lambda: None, seconds=0)
    half = run_of(run.public_id)
    assert (half.stage, half.read, half.added) == ("reading", 200, 200)
    importing.carry_out(run.id, lambda: None)
    whole = run_of(run.public_id)
    assert (whole.stage, whole.read, counts(whole)) == ("done", 500, (499, 0, 0, 1))
    importing.carry_out(run.id, lambda: None)
    assert counts(run_of(run.public_id)) == (499, 0, 0, 1)


def test_who_has_lost_the_job_writes_nothing(school: School, staff: Staff) -> None:  # noqa: F811
    run, calls = hand_in(staff, as_csv([line(school, n) for n in range(300)])), iter(range(9))

    def hold() -> None:
        if next(calls) == 2:
            raise LookupError

    with pytest.raises(LookupError):
        importing.carry_out(run.id, hold)
    assert (run_of(run.public_id).read, len(roll(school))) == (200, 200)


def test_the_stored_file_is_sealed_and_goes_when_it_has_been_read(school: School, staff: Staff) -> None:  # noqa: F811
    run = hand_in(staff, as_csv([line(school, 1)]))
    stored = storage.read(run.file_sha256)
    assert "李明".encode() not in stored and "学号".encode() not in stored
    importing.carry_out(run.id, lambda: None)
    with pytest.raises(storage.MissingFileError):
        storage.read(run.file_sha256)


def test_who_has_lost_the_permission_meanwhile_imports_nothing(school: School, staff: Staff) -> None:  # noqa: F811
    run = hand_in(staff, as_csv([line(school, 1)]))
    db.session.execute(update(Staff).where(Staff.id == staff.id).values(placement_level=1))
    db.session.commit()
    importing.carry_out(run.id, lambda: None)
    ended = run_of(run.public_id)
    assert ended.stage == "refused" and "没有本校名单的读写权限" in ended.problem
    assert roll(school) == []
