"""The six lists of R-VIEW-1: whose rows, their columns, searches and pages, in a constant number of queries."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import bodies
from app.clock import now
from app.extensions import db
from app.lists.definitions import LISTS
from app.models import Placement, Termination, Transfer
from app.models.types import new_public_id
from tests import builders
from tests.app.staff import desk
from workflows.vocabulary import Kind, Level, Module, Role, State, Subject

ADDRESS = {
    "signings": "/staff/placements",
    "papers": "/staff/paper-registrations",
    "endings": "/staff/terminations",
    "destinations": "/staff/destinations",
    "archive": "/staff/transfers/archive",
    "household": "/staff/transfers/household",
}
SIGNING_COLUMNS = "签约发起方姓名院校院系专业学历身份证号当前协议编号签约单位学号签约状态操作"
COLUMNS = {
    "signings": SIGNING_COLUMNS,
    "papers": SIGNING_COLUMNS,
    "endings": "申请方姓名院校院系专业学历身份证号当前协议编号签约单位学号申请时间解约状态操作",
    "destinations": "姓名院校院系专业学历身份证号去向类型去向学号提交时间登记状态操作",
    "archive": "考生号姓名院校院系专业学历生源所在地身份证号档案转寄类型档案转寄地址登记状态操作",
    "household": "考生号姓名院校院系专业学历生源所在地身份证号户口迁转类型户口迁转地址登记状态操作",
}
LEVELS = {f"{module.value}_level": int(Level.WRITE) for module in Module}
KIND = {"signings": Kind.OFFLINE, "papers": Kind.PAPER, "endings": Kind.OFFLINE, "destinations": Kind.DESTINATION}


def put(name: str, graduate: builders.Graduate, draft: bool = False, title: str = "示例单位") -> Any:
    """Insert a record as it lies in a list, ended or void, or a draft that was never handed in."""
    at, roll = now(), graduate.roll
    common: dict[str, Any] = {"public_id": new_public_id(), "roll_record_id": roll.id, "school_id": roll.school_id}
    common |= {"created_at": at, "updated_at": at, "submitted_at": None if draft else at, "review_path": ""}
    state = State.DRAFT.value if draft else State.VOID.value
    if name in (Module.ARCHIVE, Module.HOUSEHOLD):
        row: Any = Transfer(kind=name, cohort=roll.cohort, type_code="home", state=state, **common)
        address = {"region_code": "110108", "address": "示例路2号"}
        row.body_sealed, row.body_digest = bodies.seal(Subject.TRANSFER, row.public_id, address)
    elif name == "endings":
        placement = put("signings", graduate, title=title)
        state = State.DRAFT.value if draft else State.REJECTED.value
        row = Termination(kind="offline", placement_id=placement.id, asked_by="graduate", state=state, **common)
        row.open_key = placement.id if draft else None
    else:
        row = Placement(kind=KIND[name].value, cohort=roll.cohort, title=title, state=state, **common)
        row.type_code = "freelance" if name == "destinations" else None
    db.session.add(row)
    db.session.commit()
    return row


def listed(answer: Any) -> list[str]:
    """Return the student or exam numbers, in the order of the page's rows."""
    return re.findall(r'data-label="(?:学号|考生号)"[^>]*>([^<]*)</td>', answer.get_data(as_text=True))


def number(name: str, graduate: builders.Graduate) -> str:
    return graduate.roll.exam_number if name in (Module.ARCHIVE, Module.HOUSEHOLD) else graduate.roll.student_number


def address(listing: str, /, **query: str) -> str:
    return f"{ADDRESS[listing]}?queue=all" + "".join(f"&{key}={value}" for key, value in query.items())


@pytest.mark.rule("R-VIEW-1", http="allowed")
@pytest.mark.parametrize("name", ADDRESS)
def test_a_list_has_its_columns_and_masks_people(app: Flask, name: str) -> None:
    school = builders.make_school()
    graduate = builders.make_graduate(school)
    put(name, graduate)
    client = desk.client(app, Role.SCHOOL, school, **LEVELS)
    page = client.get(address(name))
    assert COLUMNS[name] in desk.words(page)
    assert listed(page) == [number(name, graduate)]
    assert "李*" in page.text and "李明" not in page.text and graduate.id_number not in page.text
    links = re.findall(r'href="(/staff/[^"]*)">查看', page.text)
    assert [client.get(link).status_code for link in links] == [200]


@pytest.mark.rule("R-VIEW-1", http="refused")
@pytest.mark.parametrize("name", ADDRESS)
def test_a_list_holds_the_tenants_own_rows_and_no_drafts(app: Flask, name: str) -> None:
    school, other = builders.make_school(), builders.make_school("10284")
    department = builders.make_department(school)
    own, foreign = builders.make_graduate(school, department), builders.make_graduate(other)
    put(name, own)
    put(name, foreign)
    draft = put(name, builders.make_graduate(school, department), draft=True)
    second = builders.make_department(school)
    put(name, beside := builders.make_graduate(school, second))
    expected = {
        (Role.SCHOOL, None): {number(name, own), number(name, beside)},
        (Role.DEPARTMENT, department): {number(name, own)},
        (Role.PROVINCE, None): {number(name, own), number(name, beside)},
    }
    for (role, of), numbers in expected.items():
        client = desk.client(app, role, None if role == Role.PROVINCE else school, of, **LEVELS)
        page = client.get(address(name))
        assert set(listed(page)) == numbers
        assert draft.public_id not in page.text
        assert client.get(f"{ADDRESS[name]}/{draft.public_id}").status_code == 404
    nobody = desk.client(app, Role.SCHOOL, school, **dict.fromkeys(LEVELS, int(Level.NONE)))
    assert nobody.get(address(name)).status_code == 403
    for role in (Role.OPERATOR, Role.AUDITOR):
        assert desk.client(app, role).get(address(name)).status_code == 403


@pytest.mark.rule("R-VIEW-1")
@pytest.mark.parametrize("name", ADDRESS)
def test_a_list_is_narrowed(app: Flask, name: str) -> None:
    school = builders.make_school()
    department = builders.make_department(school)
    first = builders.make_graduate(school, department, name="欧阳娜")
    second = builders.make_graduate(school, name="王伟", cohort=2026)
    one, other = put(name, first, title="甲公司"), put(name, second, title="乙公司")
    ended = State.WITHDRAWN if name == "endings" else State.CANCELLED
    db.session.execute(update(type(other)).where(type(other).id == other.id).values(state=ended.value))
    db.session.commit()
    client = desk.client(app, Role.SCHOOL, school, **LEVELS)
    queries = {"name": "欧阳", "student_number": first.roll.student_number, "department": department.public_id}
    queries |= {"cohort": str(first.roll.cohort), "state": one.state}
    queries |= {"employer": "甲公"} if LISTS[name].whom else {}
    for key, value in queries.items():
        assert listed(client.get(address(name, **{key: value}))) == [number(name, first)], key
    for key, value in {"name": "%25", "student_number": "_", "state": "nonsense", "cohort": "x"}.items():
        found = len(listed(client.get(address(name, **{key: value}))))
        assert found == (0 if key in ("name", "student_number") else 2), key
    assert listed(client.get(address(name, department="0" * 20))) == []


@pytest.mark.rule("R-VIEW-1")
def test_signings_are_narrowed_by_who_began(app: Flask) -> None:
    school = builders.make_school()
    online, offline = builders.make_graduate(school), builders.make_graduate(school)
    builders.make_placement(State.DECLINED, online)
    put("signings", offline)
    client = desk.client(app, Role.SCHOOL, school)
    assert listed(client.get(address("signings", initiator="online"))) == [online.roll.student_number]
    assert listed(client.get(address("signings", initiator="offline"))) == [offline.roll.student_number]


@pytest.mark.rule("R-VIEW-1")
def test_a_province_searches_by_school(app: Flask) -> None:
    school, other = builders.make_school("11414"), builders.make_school("10001")
    graduate = builders.make_graduate(school)
    put("papers", graduate)
    put("papers", builders.make_graduate(other))
    client = desk.client(app, Role.PROVINCE)
    assert len(listed(client.get(address("papers")))) == 2
    assert listed(client.get(address("papers", school="石油"))) == [graduate.roll.student_number]


@pytest.mark.rule("R-VIEW-1")
def test_pages_stay_put_while_rows_are_added(app: Flask) -> None:
    school = builders.make_school()
    graduates = [builders.make_graduate(school, confirmed=False) for _ in range(23)]
    for graduate in graduates:
        put("papers", graduate)
    client = desk.client(app, Role.SCHOOL, school)
    first = client.get(address("papers"))
    newest = [graduate.roll.student_number for graduate in reversed(graduates)]
    assert listed(first) == newest[:20] and "共23条" in desk.words(first)
    following = re.search(r'href="([^"]*after=[^"]*)"', first.text)[1].replace("&amp;", "&")
    put("papers", builders.make_graduate(school, confirmed=False))
    assert listed(client.get(following)) == newest[20:]


@pytest.mark.parametrize("name", ADDRESS)
@pytest.mark.parametrize("role", [Role.SCHOOL, Role.PROVINCE])
def test_thirty_rows_take_as_many_queries_as_three(app: Flask, name: str, role: Role) -> None:
    school = builders.make_school()
    graduates = [builders.make_graduate(school, confirmed=False) for _ in range(6)]
    for graduate in graduates[:3]:
        put(name, graduate)
    client = desk.client(app, role, school if role == Role.SCHOOL else None, **LEVELS)
    client.get(address(name))  # fills the cache of code tables
    with desk.statements() as three:
        assert len(listed(client.get(address(name)))) == 3
    for _ in range(9):
        for graduate in graduates[3:]:
            put(name, graduate)
    with desk.statements() as thirty:
        assert len(listed(client.get(address(name)))) == 20
    assert len(thirty) == len(three) <= 10


def test_more_than_a_thousand_are_not_counted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    school = builders.make_school()
    for _ in range(4):
        put("papers", builders.make_graduate(school, confirmed=False))
    client = desk.client(app, Role.SCHOOL, school)
    monkeypatch.setattr("app.paging.COUNTED", 4)
    assert "共4条" in desk.words(client.get(address("papers")))
    monkeypatch.setattr("app.paging.COUNTED", 3)
    monkeypatch.setattr("app.paging.counted.__defaults__", (3,))
    assert "共3+条" in desk.words(client.get(address("papers")))


def test_every_list_has_a_page() -> None:
    assert set(ADDRESS) == set(LISTS)
