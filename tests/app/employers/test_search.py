"""查找毕业生: hits and misses, one answer for every miss, the lock after twenty, names however they are typed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from app import actions, people, searching
from app.demo.numbers import resident_number
from app.extensions import db
from app.models import Employer, GraduateSearch, RollRecord, School
from app.writing import write
from tests import builders
from tests.app.api.calls import pass_time, travel
from tests.app.employers import portal
from tests.app.staff.desk import DeskClient, statements
from tests.builders import Graduate
from workflows.case import Actor, Request
from workflows.online_signing import NO_MATCH
from workflows.vocabulary import Action, Role, State


def searches() -> list[tuple[int, int | None]]:
    db.session.rollback()
    rows = db.session.execute(select(GraduateSearch).order_by(GraduateSearch.id)).scalars()
    return [(row.employer_id, row.roll_record_id) for row in rows]


def miss(browser: DeskClient, times: int = 1) -> list[int]:
    typed = {"by": "student_number", "school": "11414", "student_number": "0"}
    return [browser.post("/employer/search", data=typed).status_code for _ in range(times)]


@pytest.mark.rule("R-ON-1", http="allowed")
def test_a_graduate_is_found_by_name_and_number(desk: DeskClient, employer: Employer, graduate: Graduate) -> None:
    answer = portal.find(desk, graduate)
    assert (answer.status_code, answer.location) == (303, portal.findings(graduate.roll.public_id))
    page = portal.words(desk.get(answer.location))
    assert "李*" in page and "石油工程" in page and "本科" in page and "发起签约邀请" in page
    assert "李明" not in page and graduate.id_number not in page and graduate.roll.student_number not in page
    assert searches() == [(employer.id, graduate.roll.id)]  # which the graduate sees


@pytest.mark.rule("R-ON-1", http="allowed")
@pytest.mark.parametrize("typed", ["11414", "中国石油大学（北京）", " 11414 "])
def test_a_graduate_is_found_by_school_and_student_number(desk: DeskClient, graduate: Graduate, typed: str) -> None:
    number = graduate.roll.student_number
    answer = portal.find_by_student_number(desk, typed, f" {number} ")
    assert answer.location == portal.findings(graduate.roll.public_id)
    assert portal.find_by_student_number(desk, "10001", number).status_code == 404


@pytest.mark.rule("R-ON-1", "R-COH-1", http="refused")
def test_every_kind_of_miss_gets_the_same_answer(desk: DeskClient, employer: Employer, school: School) -> None:
    here = builders.make_graduate(school)
    past = builders.make_graduate(school, cohort=2026)
    gone = builders.make_graduate(school)
    request = Request(reason="转学", value=None)
    actor = Actor(Role.SCHOOL, 0, school_id=school.id)
    write(lambda: actions.roll_step(gone.roll.id, Action.TAKE_OFF_ROLL, actor, request))
    answers = [
        portal.find(desk, here, name="李敏"),
        portal.find(desk, here, id_number=resident_number(Random(7), "110108", date(2001, 2, 3), "2")),
        portal.find(desk, here, id_kind="passport", id_number="E12345678"),
        portal.find(desk, past),
        portal.find(desk, gone),
        portal.find_by_student_number(desk, "11414", past.roll.student_number),
        portal.find_by_student_number(desk, "11414", "nobody"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 7
    told = {portal.words(answer).partition(NO_MATCH)[1] for answer in answers}
    assert told == {NO_MATCH}
    assert searches() == [(employer.id, None)] * 7


@pytest.mark.rule("R-ON-1", http="refused")
def test_twenty_misses_lock_searching_and_inviting_until_midnight_in_beijing(
    app: Flask, graduate: Graduate, employer: Employer
) -> None:
    travel(app, datetime(2026, 11, 21, 15, 30, tzinfo=UTC))  # 23:30 in Beijing
    desk = portal.client(app, employer)
    assert miss(desk, 19) == [404] * 19
    assert portal.find(desk, graduate).status_code == 303  # a hit is no miss and forgives none
    assert miss(desk) == [404]
    locked = portal.find(desk, graduate)
    assert locked.status_code == 429 and "今日查找毕业生未匹配已达20次" in portal.words(locked)
    assert len(searches()) == 21
    page = desk.get(portal.findings(graduate.roll.public_id))
    assert "今天不能再查找或邀请" in portal.words(page) and "/invite" not in page.text
    deadline = {"deadline_at": "2026-11-28T18:00"}
    refused = portal.send(desk, f"{portal.findings(graduate.roll.public_id)}/invite", **deadline)
    assert refused.status_code == 429
    other = portal.client(app, builders.make_employer())
    assert portal.find(other, graduate).status_code == 303
    pass_time(app, timedelta(minutes=31))  # past midnight
    assert portal.find(desk, graduate).status_code == 303
    assert portal.send(desk, f"{portal.findings(graduate.roll.public_id)}/invite", **deadline).status_code == 303


@pytest.mark.rule("R-ON-1", http="refused")
def test_an_unverified_employer_searches_for_nobody(app: Flask, graduate: Graduate) -> None:
    desk = portal.client(app, builders.make_employer("pending"))
    answer = portal.find(desk, graduate)
    assert answer.status_code == 403 and "尚未通过实名认证" in portal.words(answer)
    assert searches() == []


@pytest.mark.rule("R-ID-1", http="allowed")
@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("阿卜杜拉·买买提", "阿卜杜拉•买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉・ 买买提"),
        ("阿卜杜拉·买买提", "阿卜杜拉.买买提"),
        ("王䶮", "王\ue863"),
        ("李𬱖", " 李 𬱖 "),
        ("Anna Smith", "ＡＮＮＡ　smith"),
    ],
)
def test_names_match_however_they_are_typed(desk: DeskClient, school: School, stored: str, typed: str) -> None:
    graduate = builders.make_graduate(school, name=stored)
    assert portal.find(desk, graduate, name=typed).status_code == 303


@pytest.mark.rule("R-ID-1", http="allowed")
def test_numbers_match_with_a_small_x_blanks_and_full_width_digits(desk: DeskClient, school: School) -> None:
    graduate = builders.make_graduate(school, id_number="11010119900307109X")
    for typed in ("11010119900307109x", "110101 19900307 109X", "１１０１０１１９９００３０７１０９Ｘ"):
        assert portal.find(desk, graduate, id_number=typed).status_code == 303


@pytest.mark.rule("R-ID-1", http="refused")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("id_number", "110101199003071091", "校验位不对"),
        ("id_number", "abc", "身份证号应为 18 位"),
        ("id_number", "", "请填写证件号码"),
        ("id_number", "1" * 41, "证件号码最多 40 字"),
        ("id_number", "11010119900307\x00109X", "证件号码含有无法显示的控制字符"),
        ("name", "", "请填写姓名"),
        ("name", "\u200b", "请填写姓名"),
        ("name", "李\x00明", "姓名含有无法显示的控制字符"),
        ("name", "李" * 101, "姓名最多 100 字"),
        ("id_kind", "driving_licence", "证件类型请从列表中选择"),
        ("id_kind", "", "证件类型请从列表中选择"),
    ],
)
def test_what_cannot_be_searched_for_is_no_miss(
    desk: DeskClient, graduate: Graduate, field: str, value: str, sentence: str
) -> None:
    before = portal.rows()
    answer = portal.find(desk, graduate, **{field: value})
    assert answer.status_code == 422 and sentence in portal.said(answer, field)
    assert portal.rows() == before


@pytest.mark.parametrize(
    ("school", "number", "field"),
    [
        ("没有的大学", "2023", "school"),
        ("", "2023", "school"),
        ("11414\0", "2023", "school"),
        ("11414", "", "student_number"),
        ("11414", "2023\0", "student_number"),
        ("11414", "2" * 41, "student_number"),
    ],
)
def test_school_and_student_number_are_checked(desk: DeskClient, school: str, number: str, field: str) -> None:
    before = portal.rows()
    answer = portal.find_by_student_number(desk, school, number)
    assert answer.status_code == 422 and portal.said(answer, field)
    assert portal.rows() == before


def test_schools_are_suggested_by_any_part_of_their_name(desk: DeskClient) -> None:
    suggested = desk.get("/employer/schools?school=石油大学").text
    assert '<option value="中国石油大学（北京）">' in suggested
    assert desk.get("/employer/schools?school=大学").text.count("<option") == 20
    for nothing in ("", "%00", "%25", "'\"<"):
        assert "<option" not in desk.get(f"/employer/schools?school={nothing}").text


@pytest.mark.rule("R-ID-1", http="allowed")
def test_with_two_degrees_in_one_year_the_employer_chooses(desk: DeskClient, school: School) -> None:
    first = builders.make_graduate(school, major="石油工程")
    second = add_second_degree(first, builders.make_school("10003"))
    answer = portal.find(desk, first)
    page = desk.get(answer.location)
    assert "该毕业生本届有2条学籍记录" in portal.words(page)
    for roll in (first.roll, second):
        assert f"{portal.findings(roll.public_id)}/invite" in page.text
    sent = portal.send(desk, f"{portal.findings(second.public_id)}/invite")
    assert portal.invitation(sent).roll_record_id == second.id


def add_second_degree(first: Graduate, school: School) -> RollRecord:
    department = builders.make_department(school)
    columns = ("name", "cohort", "gender_code", "ethnic_code", "political_code", "education_code")
    values = {name: getattr(first.roll, name) for name in (*columns, "degree_level_code", "training_mode", "major")}
    values |= {"school_id": school.id, "department_id": department.id, "student_number": "second"}
    second = people.add_roll_record("resident_id", first.id_number, values)
    db.session.commit()
    return second


@pytest.mark.rule("R-ON-1", http="refused")
def test_nobody_is_reached_without_having_been_found(app: Flask, desk: DeskClient, graduate: Graduate) -> None:
    other = portal.client(app, builders.make_employer())
    assert portal.find(other, graduate).status_code == 303
    before = portal.rows()
    for public_id in (graduate.roll.public_id, "0" * 20, "x", "%00", "😀"):
        address = portal.findings(public_id)
        assert desk.get(address).status_code == 404
        assert desk.get(f"{address}/invite").status_code == 404
        assert portal.send(desk, f"{address}/invite").status_code == 404
    assert portal.rows() == before


@pytest.mark.rule("R-ON-1", http="refused")
def test_what_was_found_may_be_used_for_thirty_minutes(app: Flask, desk: DeskClient, graduate: Graduate) -> None:
    assert portal.find(desk, graduate).status_code == 303
    address = f"{portal.findings(graduate.roll.public_id)}/invite"
    pass_time(app, timedelta(minutes=31))
    assert "请重新查找该毕业生" in portal.words(desk.get(portal.findings(graduate.roll.public_id)))
    before = portal.rows()
    late = portal.send(desk, address)
    assert late.status_code == 409 and "查找结果已超过30分钟" in portal.words(late)
    assert "甲方提供集体宿舍。" in late.text  # what was typed is still there
    assert portal.rows() == before
    assert portal.find(desk, graduate).status_code == 303  # in another window
    assert portal.send(desk, address).status_code == 303


@pytest.mark.rule("R-ON-1", http="refused")
def test_thirty_misses_at_once_are_twenty_misses(app: Flask, employer: Employer, school: School) -> None:
    desks = [portal.client(app, employer) for _ in range(6)]

    def five(desk: DeskClient) -> list[int]:
        with app.app_context():
            return miss(desk, 5)

    with ThreadPoolExecutor(len(desks)) as pool:
        statuses = [status for part in pool.map(five, desks) for status in part]
    assert (statuses.count(404), statuses.count(429)) == (20, 10)
    assert searches() == [(employer.id, None)] * 20
    assert searching.misses_today(builders.employer_actor(employer)) == 20


@pytest.mark.rule("R-ON-1", http="refused")
def test_every_kind_of_miss_costs_the_same_statements(desk: DeskClient, school: School) -> None:
    here, past = builders.make_graduate(school), builders.make_graduate(school, cohort=2026)
    nobody = {"id_number": resident_number(Random(7), "110108", date(2001, 2, 3), "2")}
    ran = []
    for graduate, typed in ((here, {"name": "李敏"}), (here, nobody), (past, {})):
        with statements() as seen:
            assert portal.find(desk, graduate, **typed).status_code == 404
        ran.append([statement.partition(" ")[0] for statement in seen])
    assert ran[0] == ran[1] == ran[2]


@pytest.mark.rule("R-WHY-1", http="refused")
def test_the_button_says_why_it_cannot_be_pressed(desk: DeskClient, graduate: Graduate, employer: Employer) -> None:
    placement = builders.make_placement(State.INVITED, graduate, employer=employer)
    page = desk.get(portal.find(desk, graduate).location)
    assert "贵单位已向该毕业生发出过邀请（待毕业生回应），不能重复邀请。" in portal.words(page)
    assert f"/employer/invitations/{placement.public_id}" in page.text
