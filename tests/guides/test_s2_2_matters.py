"""S2 二 重要事项说明: addresses, preparations, employers, warnings, forced endings, and the exchange of reports."""

from pathlib import Path

import pytest
from flask import Flask

from tests import builders
from tests.app.api.calls import travel
from tests.app.employers import registering
from tests.app.employers.test_officers import bring_in, line
from tests.app.rolls import sheets
from tests.far_side import FarSide
from tests.guides.browser import Browser
from tests.guides.conftest import AUTUMN, BOTH_REVIEWS, EITHER_WAY, Place
from tests.guides.walkers import CHECKED, PICTURE, EmployerWalker, GraduateWalker, StaffWalker
from tests.notifications.working import work_off
from workflows.vocabulary import Role

ENTRY = "签约审核"
REASON = "用人单位长期不予回应，学校已多次书面催告。"
HINT = "使用前应与用人单位协商一致并留存相关材料"


# --- 1. 登录网址 ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-ENTRY-1", http="allowed")
def test_1_every_door_has_its_address(app: Flask) -> None:
    door = Browser(app)
    door.opens("/").chooses("学生登录")
    assert door.status == 200 and door.address.startswith("/m/")
    door.opens("/").chooses("单位登录")
    assert door.address.startswith("/employer/sign-in")
    door.opens("/").chooses("学校登录")
    assert door.address.startswith("/staff/sign-in")


# --- 2. 前期准备 ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["两方协议", "三方协议"])
@pytest.mark.rule("R-PROV-1", http="allowed")
@pytest.mark.rule("R-PROV-1", http="refused")
@pytest.mark.rule("R-SCH-1", http="allowed")
@pytest.mark.rule("R-SCH-1", http="refused")
def test_2_the_province_chooses_the_school_sets_up_the_graduates_begin(app: Flask, words: str) -> None:
    travel(app, AUTUMN)
    school = builders.make_school(kind=None, complete=False)
    department = builders.make_department(school)
    province, desk = StaffWalker(app, Role.PROVINCE), StaffWalker(app, Role.SCHOOL, school)
    graduate = GraduateWalker(app, school, department)
    button = "未签就业协议 申请签约"
    # before: closed by the province
    assert "所在省份尚未开启" in graduate.is_told_when_beginning(button).message
    # 各省级用户需设置本省就业协议书为两方协议或三方协议
    province.goes_to("功能设置").sees("未开启")
    province.presses("开启毕业去向登记与网签")
    province.is_told("两方协议或三方协议")
    province.presses("开启毕业去向登记与网签", {words: True})
    province.goes_to("功能设置").sees("不可关闭", words)
    assert graduate.is_told_when_beginning(button).code == "settings_missing"
    # 在网上签约平台进行签约设置开启使用
    verb = "鉴证" if words == "两方协议" else "审核"
    typed = {"学校联系人": "王老师", "联系电话": "010-89733001", "联系地址": "北京市昌平区府学路18号", "邮编": "102249"}
    desk.goes_to("签约设置").presses("保存", typed | {f"院系参与{verb}": True})
    assert desk.status == 200, desk.words
    # 学校用户可自行设置是否有院系审核
    graduate.begins(button)
    graduate.presses("提交")
    graduate.sees("就业协议审核中（待院系审核）")


@pytest.mark.rule("R-ROLL-1", http="allowed")
def test_2_the_school_brings_in_the_new_cohort(place: Place) -> None:
    # 学校用户需提前 … 更新新一届毕业生基本信息
    lines = [sheets.line(place.school, 1, 姓名="欧阳明"), sheets.line(place.school, 2, 姓名="")]
    desk = place.school_desk.goes_to("毕业生名单").follows("导入名单")
    desk.presses("上传并导入", {"file": (sheets.as_xlsx(lines), "名单.xlsx")}).sees("正在等待处理")
    work_off()
    desk.opens(desk.address).sees("导入完成", "姓名不能为空")
    desk.goes_to("毕业生名单").sees("欧*")


# --- 3. 单位注册 ----------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-EMP-1", http="allowed")
@pytest.mark.rule("R-EMP-1", http="refused")
def test_3_an_employer_and_its_officer_are_verified(place: Place, graduate: GraduateWalker) -> None:
    # 认证单位的方式为上传加盖公章的营业执照 …，认证单位网签负责人的方式为上传加盖公章和个人身份证的网签授权书
    unit = Browser(place.app)
    unit.opens("/employer/register").presses("提交", registering.FORM)
    unit.sees("待提交认证材料", "加盖公章的营业执照", "加盖公章的网签授权书", "网签负责人身份证")
    unit.client.post("/employer/search", data={"by": "identity"})
    unit.opens("/employer/search")
    assert unit.address == "/employer/verification", "until then it cannot look for graduates"
    registering.hand_in(unit.client)
    operator = registered_by(place.app)
    operator.takes("用人单位", registering.FORM["name"]).sees("王小明", "加盖公章的网签授权书")
    operator.presses("认证通过")
    assert operator.status == 200, operator.words
    unit.opens("/employer/standing").sees("已认证")
    officer = EmployerWalker(place.app, registering.employer())
    officer.invites(graduate)
    graduate.presses("接受")


def registered_by(app: Flask) -> StaffWalker:
    return StaffWalker(app, Role.OPERATOR)


@pytest.mark.rule("R-EMP-2", http="allowed")
def test_3_an_account_of_the_former_site_is_upgraded_by_the_letter(
    place: Place, graduate: GraduateWalker, tmp_path: Path
) -> None:
    # 原新职业网用户可上传网签授权书申请升级为网上签约平台用户
    bring_in(place.app, tmp_path, line())
    officer = EmployerWalker(place.app, registering.employer())
    officer.opens("/employer/verification").sees("单位无需再次认证")
    officer.client.post("/employer/verification/edit", data=registering.PERSON | {"confirmed": "y"})
    registering.hand_in(officer.client, registering.LETTER, registering.ID_CARD)
    registered_by(place.app).takes("用人单位", "示例老用户有限公司").sees("新职业网原有账号").presses("认证通过")
    officer.name = "示例老用户有限公司"
    officer.invites(graduate)


# --- 4. 预警单位 ----------------------------------------------------------------------------------------------------


def marks(desk: StaffWalker, code: str, name: str, reason: str) -> None:
    desk.goes_to("预警单位").follows("标记预警单位")
    typed = {"统一社会信用代码": code, "单位名称": name, "虚假": True, "预警原因": reason}
    desk.presses("标记", typed)
    assert desk.status == 200, desk.words


@pytest.mark.rule("R-WARN-1", http="allowed")
def test_4_a_warning_shows_to_graduates_and_reviewers_and_from_five_schools_nationwide(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    other = builders.make_school("10011")
    stranger = GraduateWalker(place.app, other, builders.make_department(other))
    marks(place.school_desk, employer.credit_code, employer.name, "发布虚假招聘信息")
    employer.invites(graduate)
    employer.invites(stranger)
    # 预警单位会在毕业生填写或查看单位信息、院校审核单位信息时显示
    assert [one["reason"] for one in graduate.page()["warnings"]] == ["发布虚假招聘信息"]
    assert stranger.page()["warnings"] == []
    graduate.presses("接受")
    place.school_desk.takes(ENTRY, employer.name).sees("预警单位", "发布虚假招聘信息")
    # 如果同一单位被全国 5 所及以上学校标记，该预警单位将实现全国共享
    for code in ("10001", "10002", "10003"):
        marks(
            StaffWalker(place.app, Role.SCHOOL, builders.make_school(code)), employer.credit_code, employer.name, "虚假"
        )
    assert stranger.page()["warnings"] == []
    marks(
        StaffWalker(place.app, Role.SCHOOL, builders.make_school("10004")), employer.credit_code, employer.name, "虚假"
    )
    assert [one["scope"] for one in stranger.page()["warnings"]] == ["nationwide"]
    stranger.presses("接受")  # it warns, never blocks


# --- 5. 强制解约 ----------------------------------------------------------------------------------------------------


@BOTH_REVIEWS
@pytest.mark.rule("R-TO-3", http="allowed")
@pytest.mark.rule("R-TO-3", http="refused")
def test_5_forced_ending_of_what_the_graduate_asked_online(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    employer.invites(graduate)
    graduate.presses("接受")
    place.approve(ENTRY, employer.name)
    graduate.asks_to_end("单位承诺的条件无法兑现", "单位不履行约定。")
    if place.department_review:
        place.department_desk.goes_to("解约管理").follows("全部").follows("查看", row=employer.name)
        assert "办理强制解约" not in place.department_desk.links, "school users only"
    desk = place.school_desk.goes_to("解约管理").follows("全部").follows("查看", row=employer.name)
    # 该功能请学校用户谨慎使用，使用前应与用人单位协商一致并留存相关材料
    desk.follows("办理强制解约").sees(HINT)
    page = desk.address
    desk.presses("确认强制解约", {"解约理由": REASON, "我已知悉": True, "输入毕业生姓名": graduate.name})
    desk.is_told("留存材料")
    desk.opens(page).presses("上传", {"选择文件": (PICTURE, "催告函.jpg")})
    work_off()
    desk.opens(page).presses("确认强制解约", {"解约理由": REASON, "我已知悉": True, "输入毕业生姓名": graduate.name})
    desk.sees("强制解约", REASON)
    assert graduate.sees_ending("强制解约")["mark"] == "强制解约"
    graduate.sees("已解约")
    graduate.reads_of("强制解约：协议已解约")
    employer.reads_of("强制解约：协议已解约")


@EITHER_WAY
@pytest.mark.rule("R-TOFF-3", http="allowed")
def test_5_the_school_ends_it_for_the_graduate_alone_offline(place: Place, graduate: GraduateWalker) -> None:
    unit = builders.TERMS["employer_name"]
    graduate.begins("未签就业协议 申请签约")
    graduate.presses("提交")
    place.approve(ENTRY, unit, certified=False)
    graduate.uploads("盖章的就业协议书图像", graduate.card()["id"])
    graduate.presses("本人回传协议书")
    place.approve(ENTRY, unit)
    asked = graduate.asks_to_end("单位承诺的条件无法兑现", "单位不履行约定。")
    graduate.uploads("解约函", asked["id"], "termination")
    graduate.presses_on_ending("提交")
    if place.department_review:
        place.department_desk.approves("解约管理", unit, place.worded("审核通过"), CHECKED)
    desk = place.school_desk.takes("解约管理", unit).follows("办理学生单方面解约").sees(HINT)
    page = desk.address
    desk.presses("上传", {"选择文件": (PICTURE, "催告函.jpg")})
    work_off()
    desk.opens(page).presses(
        "确认学生单方面解约", {"解约理由": REASON, "我已知悉": True, "输入毕业生姓名": graduate.name}
    )
    desk.sees("学生单方面解约")
    graduate.sees_ending("学生单方面解约")
    graduate.sees("已解约")


# --- 6. 数据互通 ----------------------------------------------------------------------------------------------------


@EITHER_WAY
@pytest.mark.rule("R-SYNC-1", http="allowed")
def test_6_what_the_school_approves_is_reported_at_once(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker, far_side: FarSide
) -> None:
    # 经院校审核确定后的签约及去向信息同步更新至就业管理系统，真正实现就业数据实时上报
    employer.invites(graduate)
    graduate.presses("接受")
    work_off()
    assert far_side.lines() == []
    place.approve(ENTRY, employer.name)
    work_off()
    (line_,) = far_side.lines()
    assert (line_["status"], line_["content"]["employer_name"]) == ("in_force", employer.name)
    graduate.asks_to_end("继续深造", "与单位协商一致。")
    employer.opens_ending().presses("接受")
    place.approve("解约管理", employer.name)
    work_off()
    assert [one["status"] for one in far_side.lines()] == ["ended"]


@pytest.mark.parametrize(("mode", "words"), [("21", "定向（可网签）"), ("41", "委培（可网签）")])
@pytest.mark.rule("R-GRAD-4", http="allowed")
@pytest.mark.rule("R-GRAD-9", http="allowed")
def test_6_schools_decide_whether_the_commissioned_may_sign(
    place: Place, employer: EmployerWalker, mode: str, words: str
) -> None:
    # 定向、委培生是否具有网签资格由各高校自行设置
    graduate = place.graduate(training_mode=mode)
    employer.is_refused_to_invite(graduate, "不可网签")
    desk = place.school_desk.goes_to("毕业生名单").follows("查看", row=graduate.person.roll.student_number)
    desk.presses("调整网签资格", {"调整原因": "定向单位同意"})
    desk.sees(words)
    graduate.confirms()
    employer.invites(graduate)
    graduate.presses("接受")
