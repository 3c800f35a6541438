"""S0: the module choice, the four functions with time, condition and notice, and what signing online means."""

from datetime import datetime

import pytest

from tests.guides.conftest import AUTUMN, MAY, Place
from tests.guides.walkers import EmployerWalker, GraduateWalker

OFFLINE, PAPER, DESTINATION = "未签就业协议 申请签约", "已签就业协议 登记信息", "无需就业协议 去向登记"
NOT_NEEDED = "我校毕业生三方协议均已发放，无须使用此功能。"
IMPORTED = "我校毕业生就业数据由学校导入，一般情况下无须使用此功能。"
NOTICES = {"网签": "我校暂未开启网签。", OFFLINE: NOT_NEEDED, PAPER: IMPORTED, DESTINATION: IMPORTED}
BINDING = ("网签与纸质三方协议同等效力", "签约效力即生效", "不会因学院和学校审核状态影响签约效力")


@pytest.fixture
def moment() -> datetime:
    return MAY


def switches_off(place: Place, title: str, notice: str) -> None:
    """Let the school close a function in 签约设置 and say why."""
    desk = place.school_desk.goes_to("签约设置").chooses("功能开放时间")
    desk.presses(f"保存：{title}", {"开启": False, "未开放时的提示": notice}).sees("已保存", notice)


@pytest.mark.rule("R-GRAD-7", http="allowed")
@pytest.mark.rule("R-GRAD-7", http="refused")
def test_step_4_choose_a_module_a_closed_one_says_by_whom(graduate: GraduateWalker) -> None:
    shown = {one["title"]: one for one in graduate.asks("modules")["modules"]}
    assert list(shown) == ["毕业去向登记与网签", "档案信息登记", "户口信息登记"]
    assert shown["毕业去向登记与网签"]["allowed"]
    assert shown["档案信息登记"]["refusal"]["message"] == "学校所在省份尚未开启“档案信息登记”模块。"


@pytest.mark.parametrize(("title", "notice"), NOTICES.items(), ids=["online", "offline", "paper", "destination"])
@pytest.mark.rule("R-SCH-3", http="allowed")
@pytest.mark.rule("R-SCH-3", http="refused")
def test_a_school_that_has_not_opened_a_function_answers_with_its_own_notice(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker, title: str, notice: str
) -> None:
    """The others stay open."""
    switches_off(place, title, notice)
    home = graduate.home
    shown = {one["title"]: one for one in home["buttons"]} | {"网签": home["online"]}
    assert {name for name, one in shown.items() if not one["allowed"]} == {title}
    assert shown[title]["refusal"]["message"] == notice
    if title == "网签":
        employer.is_refused_to_invite(graduate, notice)
        return
    refused = graduate.is_told_when_beginning(title, {"type_code": "freelance"} if title == DESTINATION else None)
    assert (refused.status, refused.code, refused.message) == (403, "function_off", notice)
    employer.invites(graduate)


@pytest.mark.rule("R-SCH-3", http="refused")
def test_a_function_closed_meanwhile_stops_no_review(place: Place, graduate: GraduateWalker) -> None:
    graduate.begins(OFFLINE)
    graduate.presses("提交")
    switches_off(place, OFFLINE, NOT_NEEDED)
    title = graduate.card()["title"]
    place.school_desk.returns("签约审核", title, "请更正")
    graduate.presses("提交")
    place.approve("签约审核", title)
    graduate.sees("就业协议审核通过")
    assert graduate.is_told_when_beginning(OFFLINE).message == NOT_NEEDED


@pytest.mark.parametrize("moment", [AUTUMN])
@pytest.mark.rule("R-SCH-3", http="refused")
def test_the_table_of_times_until_may_and_june(graduate: GraduateWalker) -> None:
    # 每年10月中旬开启 …; 应届毕业生可在毕业当年的五、六月份登记
    for title in (PAPER, DESTINATION):
        refused = graduate.is_told_when_beginning(title, {"type_code": "freelance"} if title == DESTINATION else None)
        assert refused.code == "window_closed" and "2027年5月1日" in refused.message
    graduate.begins(OFFLINE)


@pytest.mark.rule("R-ON-6", http="allowed")
@pytest.mark.rule("R-ON-6", http="refused")
def test_the_notice_that_acceptance_binds_is_read_and_ticked(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    place.school_desk.goes_to("签约设置").presses("保存", {"应约前向毕业生展示效力提示": True})
    employer.invites(graduate)
    text = graduate.page()["binding_notice"]["text"]
    assert [words for words in BINDING if words not in text] == []
    refused = graduate.is_refused("接受", notice=None)
    assert refused.code == "notice_required"
    graduate.presses("接受")
    graduate.sees("签约审核中（待学校审核）")  # text alone: the review decides as ever


@pytest.mark.rule("R-SCH-4", http="allowed")
@pytest.mark.rule("R-SCH-4", http="refused")
def test_the_paper_of_who_signs_online_is_collected_and_locked(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    number = graduate.person.roll.student_number
    desk = place.school_desk.goes_to("纸质协议书")
    desk.presses("登记", {"发放纸质协议书": True, "学号": number}).sees("已办理1人")
    employer.invites(graduate)
    graduate.presses("接受")
    # 收回进行网签毕业生的纸质版三方，学校签约管理后台锁定，无法再使用纸质版三方
    desk.goes_to("纸质协议书").sees(number, employer.name)
    desk.presses("登记", {"收回并锁定纸质协议书": True, "学号": number}).sees("已办理1人")
    desk.goes_to("纸质协议书").sees_not(number)
    place.school_desk.rejects("签约审核", employer.name, "单位要求更正")
    assert graduate.is_told_when_beginning(PAPER).code == "paper_locked"


@pytest.mark.rule("R-BTN-2", http="refused")
def test_the_data_are_true_is_ticked_before_every_submission(
    graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    # 请毕业生认真填写 确保数据真实无误
    employer.invites(graduate)
    assert graduate.page()["declaration"]["title"] == "数据真实无误"
    assert graduate.is_refused("接受", declaration=None).code == "declaration_required"
    graduate.begins(OFFLINE)
    assert graduate.is_refused("提交", declaration=None).code == "declaration_required"
