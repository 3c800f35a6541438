"""The columns of the lists, each as a title and how a row reads; people masked, empty cells “--” (R-VIEW-1)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import as_cases, bodies, codes, facts, masking, terminations
from app.agreement_fields import EMPTY
from app.crypto import unseal_text
from app.destination_content import type_name
from app.termination_facts import marked
from workflows import labels
from workflows.calendar import say
from workflows.transfer_form import TITLE, TYPES
from workflows.vocabulary import Kind, Module, Role, Subject

INITIATOR = {Kind.ONLINE: "单位", Kind.OFFLINE: "学生", Kind.PAPER: "学生"}
TYPE_NAME = dict(TYPES)

Text = Callable[[Any, datetime], str]  # of a row, at a moment


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, the text of a cell, whether it is a number or code, and whether it is the state.

    `full` is the text of a cell that is masked otherwise, for a file that was asked for unmasked.
    """

    title: str
    text: Text
    code: bool = False
    state: bool = False
    full: Text | None = None


def _plain(title: str, name: str, code: bool = False) -> Column:
    return Column(title, lambda row, at: getattr(row, name) or EMPTY, code)


def _id_number(row: Any, at: datetime) -> str:
    return unseal_text(row.id_number_sealed, f"roll_record.id_number:{row.roll}")


def _address(row: Any, at: datetime) -> str:
    body = bodies.unseal(Subject.TRANSFER, row)
    return (codes.region_name(body.get("region_code")) + (body.get("address") or "")) or EMPTY


NAME = Column("姓名", lambda row, at: masking.name(row.name), full=lambda row, at: str(row.name))
SCHOOL, DEPARTMENT, MAJOR = _plain("院校", "school"), _plain("院系", "department"), _plain("专业", "major")
EDUCATION = Column("学历", lambda row, at: codes.label("education", row.education_code) or EMPTY)
ID_NUMBER = Column("身份证号", lambda row, at: masking.id_number(_id_number(row, at)), code=True, full=_id_number)
STUDENT_NUMBER = _plain("学号", "student_number", code=True)
PERSON = (NAME, SCHOOL, DEPARTMENT, MAJOR, EDUCATION)
NUMBER, EMPLOYER = _plain("当前协议编号", "agreement_number", code=True), _plain("签约单位", "title")
SUBMITTED = Column("提交时间", lambda row, at: say(row.submitted_at) if row.submitted_at else EMPTY)

SIGNINGS = (
    Column("签约发起方", lambda row, at: INITIATOR[Kind(row.kind)]),
    *PERSON,
    ID_NUMBER,
    NUMBER,
    EMPLOYER,
    STUDENT_NUMBER,
    Column("签约状态", lambda row, at: marked(facts.shown_label(row, at), row.mark), state=True),
)
ENDINGS = (
    Column("申请方", lambda row, at: terminations.SIDE[Role(row.asked_by)]),
    *PERSON,
    ID_NUMBER,
    NUMBER,
    EMPLOYER,
    STUDENT_NUMBER,
    Column("申请时间", lambda row, at: say(row.submitted_at or row.created_at)),
    Column("解约状态", lambda row, at: terminations.label(row), state=True),
)
DESTINATIONS = (
    *PERSON,
    ID_NUMBER,
    Column("去向类型", lambda row, at: type_name(row.type_code) or EMPTY),
    _plain("去向", "title"),
    STUDENT_NUMBER,
    SUBMITTED,
    Column("登记状态", facts.shown_label, state=True),
)


def transfers(module: Module) -> tuple[Column, ...]:
    """Return the columns of 档案信息管理 or 户口信息管理."""
    word = TITLE[module]
    return (
        _plain("考生号", "exam_number", code=True),
        *PERSON,
        Column("生源所在地", lambda row, at: codes.region_name(row.origin_region) or EMPTY),
        ID_NUMBER,
        Column(f"{word}类型", lambda row, at: TYPE_NAME.get(row.type_code or "", EMPTY)),
        Column(f"{word}地址", _address),
        Column("登记状态", lambda row, at: labels.state_label(as_cases.transfer(row)), state=True),
    )
