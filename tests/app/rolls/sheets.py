"""Rolls as schools hand them in: lines that are right, as CSV or XLSX, and an import carried out on the spot."""

import csv
import io
from datetime import date, timedelta
from random import Random
from typing import Any

import xlsxwriter
from sqlalchemy import select

from app.demo.numbers import resident_number
from app.extensions import db
from app.models import RollImport, RollRecord, School, Staff
from app.rolls import importing, receiving
from app.writing import write
from workflows.case import Actor
from workflows.vocabulary import Role

COHORT = 2027
_random = Random(77)


def line(school: School, serial: int, **cells: Any) -> dict[str, Any]:
    """Return the cells of one graduate of a school, by heading."""
    born = date(2003, 1, 1) + timedelta(days=serial)
    happy = {
        "学号": f"2023{serial:06d}",
        "考生号": f"23110108{serial:06d}",
        "姓名": "李明",
        "身份证号": resident_number(_random, "110108", born, "1"),
        "生源地": "北京市海淀区",
        "民族": "汉族",
        "政治面貌": "共青团员",
        "入学日期": "2023-09-01",
        "毕业年份": str(COHORT),
        "毕业日期": "2027-06-30",
        "档案是否转入学校": "是",
        "户口是否转入学校": "否",
        "学历层次": "本科生毕业",
        "学制": "4",
        "所属学校": school.name,
        "所属学院": "石油工程学院",
        "学校专业": "石油工程",
        "培养方式": "非定向",
    }
    return happy | cells


def as_csv(lines: list[dict[str, Any]], encoding: str = "utf-8-sig") -> bytes:
    held = io.StringIO(newline="")
    writer = csv.DictWriter(held, list(dict.fromkeys(name for one in lines for name in one)), restval="")
    writer.writeheader()
    writer.writerows(lines)
    return held.getvalue().encode(encoding)


def as_xlsx(lines: list[dict[str, Any]]) -> bytes:
    """Return a workbook; what is given as a number or a date is stored as one."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        headings = list(dict.fromkeys(name for one in lines for name in one))
        sheet.write_row(0, 0, headings)
        for number, one in enumerate(lines, 1):
            for place, name in enumerate(headings):
                value = one.get(name)
                if isinstance(value, date):
                    sheet.write_datetime(number, place, value, day)
                elif value is not None:
                    sheet.write(number, place, value)
    return held.getvalue()


def bring_in(staff: Staff, content: bytes, cohort: int = COHORT, name: str = "名单.xlsx") -> RollImport:
    """Hand a file in and carry the import out here."""
    actor = Actor(Role.SCHOOL, staff.id, school_id=staff.school_id)
    public_id = write(lambda: receiving.receive(actor, cohort, name, content))
    importing.carry_out(run_of(public_id).id, lambda: None)
    return run_of(public_id)


def run_of(public_id: str) -> RollImport:
    db.session.expire_all()
    run = db.session.execute(select(RollImport).where(RollImport.public_id == public_id)).scalar_one()
    db.session.rollback()
    db.session.refresh(run)
    db.session.expunge(run)
    db.session.rollback()
    return run


def roll(school: School) -> list[RollRecord]:
    """Return the school's records by student number."""
    db.session.rollback()
    wanted = select(RollRecord).where(RollRecord.school_id == school.id).order_by(RollRecord.student_number)
    return list(db.session.execute(wanted).scalars())
