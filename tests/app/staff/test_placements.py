"""在线签约管理: what each tenant sees, how it is labelled and searched; the home page and its menu."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.clock import now
from app.extensions import db
from app.models import Placement
from tests import builders, endings
from tests.app.staff import desk
from tests.notifications import transfers
from workflows.vocabulary import Level, Role, State

CARD = re.compile(
    r'href="([^"]*)"><div class="card-body">\s*<div class="display-6[^>]*>(\d+)</div>\s*<div[^>]*>([^<]*)</div>'
)
COLUMNS = "签约发起方姓名院校院系专业学历身份证号当前协议编号签约单位学号签约状态操作"


def test_each_tenant_sees_its_own_signings(app: Flask) -> None:
    office = desk.office(app)
    number, address = office.graduate.roll.student_number, f"/staff/placements/{office.placement.public_id}"
    seers = [office.sit(Role.SCHOOL), office.sit(Role.DEPARTMENT), desk.client(app, Role.PROVINCE)]
    for client in seers:
        page = client.get("/staff/placements")
        assert COLUMNS in desk.words(page) and number in page.text and "李*" in page.text
        assert client.get(address).status_code == 200
    strangers = [
        desk.client(app, Role.SCHOOL, builders.make_school("10011")),
        desk.client(app, Role.DEPARTMENT, office.school, builders.make_department(office.school)),
        desk.client(app, Role.PROVINCE, province_code="320000"),
    ]
    for client in strangers:
        assert number not in client.get("/staff/placements").text
        assert client.get(address).status_code == 404
    for role in (Role.OPERATOR, Role.AUDITOR):
        assert desk.client(app, role).get("/staff/placements").status_code == 403


def test_a_province_looks_and_changes_nothing(app: Flask) -> None:
    office = desk.office(app)
    province = desk.client(app, Role.PROVINCE)
    page = province.get(f"/staff/placements/{office.placement.public_id}")
    assert desk.buttons(page) == ["/staff/sign-out"]
    assert province.get("/staff/roll").status_code == 403
    assert province.get("/staff/settings").status_code == 403


def test_a_lapsed_invitation_is_shown_expired_from_its_deadline_on(app: Flask) -> None:
    placement = builders.make_placement(State.INVITED)
    client = desk.client(app, Role.PROVINCE)
    label = "签约邀请逾期未回应签约失败"

    def rows(state: str = "") -> str:
        return desk.words(client.get(f"/staff/placements?state={state}")).partition("操作")[2]

    assert "待毕业生回应" in rows() and "待毕业生回应" in rows("invited") and label not in rows("expired")
    db.session.execute(update(Placement).where(Placement.id == placement.id).values(deadline_at=now()))
    db.session.commit()
    assert label in rows() and label in rows("expired") and "待毕业生回应" not in rows("invited")
    assert builders.reload(placement.id).state == State.INVITED
    assert label in desk.words(client.get(f"/staff/placements/{placement.public_id}"))


def test_the_list_is_searched_and_filtered(app: Flask) -> None:
    school = builders.make_school()
    signed = builders.make_placement(State.EFFECTIVE, builders.make_graduate(school, name="欧阳娜"))
    builders.make_placement(State.DECLINED, builders.make_graduate(school, name="王伟"))
    client = desk.client(app, Role.SCHOOL, school)
    for query in ("name=欧阳", f"employer={signed.title}", "state=effective"):
        page = client.get(f"/staff/placements?{query}")
        assert "欧*" in page.text and "王*" not in page.text and signed.agreement_number in page.text
    assert "学生已拒绝签约签约失败" in desk.words(client.get("/staff/placements?name=王"))
    for query in ("name=%25", "student_number=_", "employer=" + "长" * 5000):
        assert "没有符合条件的签约记录。" in desk.words(client.get(f"/staff/placements?{query}"))
    assert client.get("/staff/placements?state=nonsense").status_code == 200


@pytest.mark.parametrize("state", ["declined", "withdrawn", "review_rejected", "effective"])
def test_every_signing_has_a_page(app: Flask, state: str) -> None:
    placement = builders.make_placement(State(state))
    page = desk.client(app, Role.PROVINCE).get(f"/staff/placements/{placement.public_id}")
    assert page.status_code == 200 and "办理记录" in desk.words(page)
    assert ("下载协议书" in desk.words(page)) is (state == "effective")


def test_a_destination_has_no_page_here(app: Flask) -> None:
    office = desk.office(app)
    destination = builders.make_destination(builders.make_graduate(office.school, office.department))
    client = office.sit(Role.SCHOOL)
    for address in (f"/staff/placements/{destination.public_id}", f"/staff/review/{destination.public_id}"):
        assert client.get(address).status_code == 404


LISTS = ["在线签约管理", "补登管理", "解约管理", "去向登记管理"]
FIGURES = "毕业去向统计"
HOME = {
    Role.DEPARTMENT: ["首页", "签约审核", *LISTS, "毕业生名单", "提醒送达", FIGURES],
    Role.SCHOOL: [
        *("首页", "签约审核", *LISTS, "毕业生名单", "纸质协议书", "异议处理", "提醒送达", "账号管理", FIGURES),
        *("签约设置", "预警单位"),
    ],
    Role.PROVINCE: ["首页", *LISTS, "账号管理", FIGURES, "功能设置", "高校开启情况"],
    Role.OPERATOR: [
        *("首页", "账号管理", "数据统计", "暂缓开通", "最低工资标准", "去向代码对应", "通道状态", "用人单位"),
    ],
    Role.AUDITOR: ["首页", "操作历史"],
}


@pytest.mark.parametrize("role", HOME)
def test_the_menu_shows_what_a_role_may_do_and_every_entry_opens(app: Flask, role: Role) -> None:
    office = desk.office(app)
    client = office.sit(role) if role in (Role.SCHOOL, Role.DEPARTMENT) else desk.client(app, role)
    page = client.get("/staff/")
    menu = page.text.partition('aria-label="主菜单"')[2].partition("</nav>")[0]
    links = [part.partition('"')[0] for part in menu.split('href="')[1:]]
    assert re.findall(r"<a [^>]*>([^<]*)</a>", menu) == HOME[role]
    assert [client.get(link).status_code for link in links] == [200] * len(links)
    assert "目前没有需要在这里办理的事项" not in desk.words(page)


def test_who_may_do_nothing_is_told_whom_to_ask(app: Flask) -> None:
    page = desk.office(app).sit(Role.DEPARTMENT, placement_level=Level.NONE).get("/staff/")
    menu = page.text.partition('aria-label="主菜单"')[2].partition("</nav>")[0]
    assert re.findall(r"<a [^>]*>([^<]*)</a>", menu) == ["首页"]
    assert "目前没有需要在这里办理的事项" in desk.words(page) and "请联系上级管理员" in desk.words(page)


def test_the_home_page_counts_what_waits(app: Flask) -> None:
    office = desk.office(app, department_review=True, reviewer=False)
    text = desk.words(office.sit(Role.SCHOOL).get("/staff/"))
    assert "0待我审核1代院系审核" in text
    assert "1待我审核" in desk.words(office.sit(Role.DEPARTMENT).get("/staff/"))


def test_the_home_page_counts_every_kind_of_case_and_leads_to_it(app: Flask) -> None:
    office = desk.office(app)
    endings.make_termination(State.REVIEW, builders.make_graduate(office.school))
    transfers.open_archive()
    transfers.make_transfer(builders.make_graduate(office.school), State.REVIEW)
    client = office.sit(Role.SCHOOL, archive_level=int(Level.READ), household_level=int(Level.NONE))
    shown = {title: (int(number), address) for address, number, title in CARD.findall(client.get("/staff/").text)}
    assert {title: number for title, (number, _) in shown.items()} == {
        "待我审核": 1,
        "去向登记 待我审核": 0,
        "解约 待我审核": 1,
        "代院系审核": 0,
        "去向登记 代院系审核": 0,
        "解约 代院系审核": 0,
        "档案信息登记 待我审核": 1,
        "待处理异议": 0,
        "信息导入与更新申请": 0,
        "待电话通知": 0,
    }
    for number, address in shown.values():
        assert len(re.findall(r'href="[^"]*/[0-9a-f]{20}"', client.get(address).text)) == number, address


@pytest.mark.rule("R-ACC-1")
def test_who_has_no_permission_in_a_module_does_not_see_it(app: Flask) -> None:
    client = desk.client(app, Role.PROVINCE, placement_level=int(Level.NONE))
    page = client.get("/staff/").text
    assert "账号管理" in page and "功能设置" not in page
    assert "功能设置" in desk.client(app, Role.PROVINCE, placement_level=int(Level.READ)).get("/staff/").text
    assert client.get("/staff/functions").status_code == 403


def test_deadlines_and_times_are_beijings(app: Flask) -> None:
    deadline = now().replace(hour=18, minute=30, second=0, microsecond=0) + timedelta(days=3)
    placement = builders.make_placement(State.INVITED, deadline_at=deadline)
    page = desk.words(desk.client(app, Role.PROVINCE).get(f"/staff/placements/{placement.public_id}"))
    next_day = deadline + timedelta(days=1)
    assert f"应约截止{next_day.year}年{next_day.month}月{next_day.day}日02:30" in page
