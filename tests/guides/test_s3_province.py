"""S3 操作指南（省级用户）§1–8: accounts and levels, modules, lists, archive and household, figures, reports."""

from datetime import timedelta

import pytest

from app.clock import now
from notifications import report_feed
from tests import builders
from tests.app.api.calls import pass_time
from tests.app.api.test_transfers import HOME
from tests.far_side import FarSide
from tests.guides.browser import Browser, squeezed
from tests.guides.conftest import EITHER_WAY, Place
from tests.guides.walkers import EmployerWalker, GraduateWalker, Refused, StaffWalker
from tests.notifications.working import work_off
from workflows.vocabulary import Level, Role

LISTS = ["在线签约管理", "补登管理", "解约管理", "去向登记管理"]
# 图 6, 图 7
SIGNINGS = [
    *("签约发起方", "姓名", "院校", "院系", "专业", "学历", "身份证号"),
    *("当前协议编号", "签约单位", "学号", "签约状态", "操作"),
]
TRANSFERS = ["考生号", "姓名", "院校", "院系", "专业", "学历", "生源所在地", "身份证号", "户口迁转类型", "户口迁转地址"]
UNIT = builders.TERMS["employer_name"]


@pytest.fixture
def province(place: Place) -> StaffWalker:
    levels = dict.fromkeys(("placement_level", "archive_level", "household_level"), int(Level.WRITE))
    return StaffWalker(place.app, Role.PROVINCE, **levels)


def opens(province: StaffWalker, title: str) -> None:
    """§4 开启 a module."""
    province.goes_to("功能设置").presses(f"开启{title}")
    assert province.status == 200, province.words


def heads(page: Browser) -> list[str]:
    return [squeezed(one.text_content()) for one in page.tree.iter("th") if one.get("scope") == "col"]


def rows(page: Browser) -> list[str]:
    return [squeezed(one.text_content()) for one in page.tree.xpath("//tbody/tr")]


# --- 1 用户登录, 2 平台首页 ------------------------------------------------------------------------------------------


@pytest.mark.rule("R-ENTRY-1", http="allowed")
@pytest.mark.rule("R-ENTRY-1", http="refused")
def test_1_signed_in_by_the_school_door(place: Place, province: StaffWalker, employer: EmployerWalker) -> None:
    door = Browser(place.app).opens("/").chooses("学校登录")
    door.presses("登录", {"username": employer.credit_code.lower(), "password": builders.PASSWORD})
    assert door.address.startswith("/staff/sign-in"), "an employer does not come in by this door"
    door.presses("登录", {"username": province.username, "password": builders.PASSWORD})
    door.sees("欢迎使用本系统，请进入【功能设置】对相关功能进行设置")


@pytest.mark.rule("R-ACC-1", http="allowed")
def test_2_the_menu_of_a_province(province: StaffWalker) -> None:
    province.opens("/staff/")
    wanted = ["首页", "账号管理", "功能设置", *LISTS, "档案信息管理", "户口信息管理"]
    assert [entry for entry in wanted if entry not in province.links] == [], province.links
    province.follows("功能设置").sees("一旦开启，不可再关闭")


# --- 3 账号管理 -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-ACC-1", http="allowed")
@pytest.mark.rule("R-ACC-1", http="refused")
def test_3_new_school_accounts_need_a_level_for_each_module(place: Place, province: StaffWalker) -> None:
    province.goes_to("账号管理").follows("新建账号")
    about = {"username": "cup.office", "name": "赵老师", "tenant": place.school.name}
    # 新增学校账号时需设置模块管理权限
    province.presses("新建账号", about).is_told("请选择“基本信息和就业信息”的权限", "请选择“档案信息”的权限")
    levels = {"placement_level": "2", "archive_level": "1", "household_level": "0"}
    province.presses("新建账号", about | levels)
    assert province.status == 200, province.words
    province.goes_to("账号管理").sees("cup.office", "读写", "只读", "无权限")


@pytest.mark.rule("R-ACC-1", http="allowed")
@pytest.mark.rule("R-ACC-1", http="refused")
def test_3_table_1_what_each_level_may_do(
    place: Place, province: StaffWalker, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    opens(province, "档案信息登记")
    employer.invites(graduate)
    graduate.presses("接受")
    may_write = StaffWalker(place.app, Role.SCHOOL, place.school)
    may_read = StaffWalker(place.app, Role.SCHOOL, place.school, placement_level=int(Level.READ))
    nobody = StaffWalker(place.app, Role.SCHOOL, place.school, placement_level=int(Level.NONE))
    # 读写: manage; 只读: look, no button; 无权限: the module is not there
    may_read.takes("签约审核", employer.name)
    assert "审核通过" not in may_read.buttons
    page = may_read.address
    assert "签约审核" not in nobody.opens("/staff/").links and "在线签约管理" not in nobody.links
    assert nobody.opens(page).status == 403
    # 原有的学校账号默认 … 档案信息、户口信息为无权限
    assert "档案信息管理" not in may_write.opens("/staff/").links
    assert may_write.opens("/staff/transfers/archive").status == 403
    may_write.approves("签约审核", employer.name)
    graduate.sees("签约审核通过")


# --- 4 功能设置 -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-PROV-1", http="allowed")
@pytest.mark.rule("R-PROV-1", http="refused")
def test_4_three_modules_opened_one_by_one_for_good(place: Place, province: StaffWalker) -> None:
    graduate = place.graduate(household_moved=True)
    opens(province, "户口信息登记")
    allowed = {one["title"]: one["allowed"] for one in graduate.asks("modules")["modules"]}
    assert allowed == {"毕业去向登记与网签": True, "档案信息登记": False, "户口信息登记": True}
    province.goes_to("功能设置")
    assert "开启户口信息登记" not in province.buttons and "开启档案信息登记" in province.buttons
    again = province.client.post("/staff/functions/household/open")
    assert again.status_code in (303, 409), "opened once"
    assert {one["title"]: one["allowed"] for one in graduate.asks("modules")["modules"]} == allowed


# --- 5 毕业去向与网签信息管理 ----------------------------------------------------------------------------------------


@EITHER_WAY
@pytest.mark.rule("R-VIEW-1")
@pytest.mark.rule("R-ACC-2", http="allowed")
@pytest.mark.rule("R-ACC-2", http="refused")
def test_5_the_lists_show_who_began_and_how_it_stands(
    place: Place, province: StaffWalker, employer: EmployerWalker
) -> None:
    approved, refused, offline = place.graduate(), place.graduate(), place.graduate()
    other = place.employer()
    employer.invites(approved)
    approved.presses("接受")
    place.approve("签约审核", employer.name)
    other.invites(refused)
    refused.presses("拒绝")
    offline.begins("未签就业协议 申请签约")
    offline.presses("提交")
    province.goes_to("在线签约管理")
    assert heads(province) == SIGNINGS
    lines = rows(province)
    assert len(lines) == 3
    by_number = {graduate: graduate.person.roll.student_number for graduate in (approved, refused, offline)}
    shown = {graduate: next(line for line in lines if number in line) for graduate, number in by_number.items()}
    assert shown[approved].startswith("单位") and place.worded("签约审核通过") in shown[approved]
    assert approved.card()["state"] == "effective" and employer.name in shown[approved]
    assert "学生已拒绝签约签约失败" in shown[refused] and "--" in shown[refused], "no number"
    assert shown[offline].startswith("学生") and UNIT in shown[offline]
    # 查看, and nothing else
    province.follows("查看", row=by_number[approved]).sees(employer.name)
    assert [word for word in province.buttons if "通过" in word or "修改" in word] == []
    # 解约管理
    approved.asks_to_end("继续深造", "与单位协商一致。")
    province.goes_to("解约管理").sees(by_number[approved], "解约申请待对方回应")
    # 本省: another province sees none of it
    stranger = StaffWalker(place.app, Role.PROVINCE, province_code="320000")
    assert rows(stranger.goes_to("在线签约管理")) == []
    assert stranger.opens(f"/staff/placements/{approved.card()['id']}").status == 404


# --- 6 档案/户口信息管理 ----------------------------------------------------------------------------------------------


def registers(graduate: GraduateWalker, module: str, **changed: str) -> None:
    made = graduate.posts("transfers", {"module": module, "form": HOME | changed})
    body = {"version": made["version"], "declaration": made["declaration"]["version"]}
    graduate.posts(f"transfers/{made['id']}/submit", body)


@EITHER_WAY
@pytest.mark.rule("R-TRF-1", http="allowed")
@pytest.mark.rule("R-TRF-1", http="refused")
def test_6_archive_and_household_are_registered_reviewed_and_listed(place: Place, province: StaffWalker) -> None:
    graduate = place.graduate(household_moved=True, archive_moved=False)
    opens(province, "户口信息登记")
    opens(province, "档案信息登记")
    levels = {"household_level": int(Level.WRITE)}
    desk = StaffWalker(place.app, Role.SCHOOL, place.school, **levels)
    department = StaffWalker(place.app, Role.DEPARTMENT, place.school, place.department, **levels)
    # 档案是否转入学校 = 否: nothing is to move
    with pytest.raises(Refused, match="档案没有转入学校"):
        registers(graduate, "archive")
    registers(graduate, "household")
    for one in [department, desk] if place.department_review else [desk]:
        one.takes("户口信息管理", "李").presses("审核通过")
        assert one.status == 200, one.words
    province.goes_to("户口信息管理")
    assert [title for title in TRANSFERS if title not in heads(province)] == [], heads(province)
    (line,) = rows(province)
    assert "回生源地" in line and "北京市海淀区示例路2号" in line and "登记审核通过" in line
    (register,) = [one for one in graduate.asks("transfers")["transfers"] if one["module"] == "household"]
    assert "登记审核通过" in str(register)


# --- 7 数据统计 -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-STAT-1")
def test_7_the_figures_are_live(
    place: Place, province: StaffWalker, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    place.graduate()

    def figures() -> list[str]:
        entry = next(link for link in province.opens("/staff/").links if link.endswith("统计"))
        province.follows(entry).sees("总人数", "已登记", "审核中", "未登记")
        table = next(one for one in province.tree.iter("table") if "院校" in one.text_content())
        titles = [squeezed(one.text_content()) for one in table.iter("th") if one.get("scope") == "col"]
        line = next(one for one in table.iter("tr") if place.school.name in one.text_content())
        shown = dict(zip(titles, [squeezed(cell.text_content()) for cell in line.iter("td", "th")], strict=True))
        return [shown[title] for title in ("总人数", "已登记", "未登记", "审核中")]

    # 图 8: 总人数 = 已登记 + 未登记 + 审核中
    employer.invites(graduate)
    assert figures() == ["2", "0", "2", "0"]
    graduate.presses("接受")
    pass_time(place.app, timedelta(seconds=6))
    assert figures() == ["2", "0", "1", "1"]
    place.approve("签约审核", employer.name)
    pass_time(place.app, timedelta(seconds=6))
    assert figures() == ["2", "1", "1", "0"]
    # 高校网签开启情况
    province.sees("已完成设置")


# --- 8 数据同步 -----------------------------------------------------------------------------------------------------


@EITHER_WAY
@pytest.mark.rule("R-SYNC-1", http="allowed")
@pytest.mark.rule("R-SYNC-1", http="refused")
def test_8_reports_go_out_placements_stay_as_they_are_archive_data_come_back(
    place: Place, province: StaffWalker, employer: EmployerWalker, far_side: FarSide
) -> None:
    graduate = place.graduate(archive_moved=True)
    opens(province, "档案信息登记")
    desk = StaffWalker(place.app, Role.SCHOOL, place.school, archive_level=int(Level.WRITE))
    department = StaffWalker(place.app, Role.DEPARTMENT, place.school, place.department, archive_level=int(Level.WRITE))
    employer.invites(graduate)
    graduate.presses("接受")
    place.approve("签约审核", employer.name)
    registers(graduate, "archive")
    for one in [department, desk] if place.department_review else [desk]:
        one.takes("档案信息管理", "李").presses("审核通过")
    work_off()
    held = {line["kind"]: line for line in far_side.lines()}
    assert set(held) == {"placement", "archive"}
    keys = {
        kind: {name: line[name] for name in ("school_code", "student_number", "cohort", "kind")}
        for kind, line in held.items()
    }
    # 不能在就业管理系统直接更新，学校用户需要在登记平台进行操作
    assert far_side.edit(keys["placement"], held["placement"]["content"] | {"position": "董事长"}) == 403
    # 档案信息、户口信息仍可直接在就业管理系统更新
    pass_time(place.app, timedelta(minutes=2))
    changed = held["archive"]["content"] | {"address": "新址9号"}
    assert far_side.edit(keys["archive"], changed, now().isoformat()) == 200
    pass_time(place.app, timedelta(minutes=10))
    report_feed.read_changes()
    province.goes_to("档案信息管理").sees("新址9号")
