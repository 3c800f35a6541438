"""S1 §6 申请就业协议线下签约: filled in, reviewed, printed and stamped, uploaded, reviewed again."""

import pytest

from tests import builders
from tests.guides.conftest import BOTH_KINDS, BOTH_REVIEWS, EITHER_WAY, Place
from tests.guides.walkers import GraduateWalker, LinkHolder

UNIT = builders.TERMS["employer_name"]
BUTTON = "未签就业协议 申请签约"
IMAGE = "盖章的就业协议书图像"


def handed_in(graduate: GraduateWalker) -> None:
    """6.1 在主界面选择“未签就业协议申请签约”，按要求在线填写 … 确认并提交."""
    graduate.begins(BUTTON)
    graduate.sees("待提交")
    graduate.presses("提交")


def agreed(place: Place, graduate: GraduateWalker) -> None:
    """6.2 passed."""
    handed_in(graduate)
    place.approve("签约审核", UNIT, certified=False)
    graduate.sees("就业协议审核通过")


@BOTH_REVIEWS
@BOTH_KINDS
@pytest.mark.rule("R-OFF-1", http="allowed")
@pytest.mark.rule("R-OFF-2", http="allowed")
@pytest.mark.rule("R-OFF-6", http="allowed")
def test_6_1_to_6_4_from_the_form_to_the_signing(place: Place, graduate: GraduateWalker) -> None:
    # 6.1
    handed_in(graduate)
    # 6.2 学校（院系）协议审核: 就业协议审核通过 only after the last of them
    for name, desk in place.desks:
        graduate.sees(f"就业协议审核中（待{name}审核）")
        desk.approves(place.worded("签约审核"), UNIT)
    graduate.sees("就业协议审核通过")
    # 6.3 下载打印、盖章、“本人回传协议书”
    graduate.downloads("点击下载电子协议书")
    graduate.uploads(IMAGE, graduate.card()["id"])
    graduate.presses("本人回传协议书")
    # 6.4 学校（院系）签约审核
    for name, desk in place.desks:
        graduate.sees(place.worded(f"签约审核中（待{name}审核）"))
        desk.approves(place.worded("签约审核"), UNIT, place.worded("审核通过"))
    graduate.sees(place.worded("签约审核通过"))


@EITHER_WAY
@pytest.mark.rule("R-OFF-3", http="allowed")
@pytest.mark.rule("R-OFF-3", http="refused")
def test_6_1_taken_back_changed_and_handed_in_again(place: Place, graduate: GraduateWalker) -> None:
    handed_in(graduate)
    # 在学校（院系）审核之前，毕业生可点击“撤回修改”，撤回后可重新编辑就业协议信息再提交
    graduate.presses("撤回修改")
    graduate.sees("待提交")
    graduate.edits({"position": "测试工程师"})
    graduate.presses("提交")
    name, desk = place.desks[0]
    desk.takes(place.worded("签约审核"), UNIT).sees("测试工程师")
    desk.presses("审核通过")
    assert graduate.is_refused("撤回修改").code == "wrong_state", f"{name} has decided"


@EITHER_WAY
@pytest.mark.rule("R-OFF-2", http="allowed")
@pytest.mark.rule("R-REV-1", http="allowed")
def test_6_2_returned_with_a_reason_and_changed(place: Place, graduate: GraduateWalker) -> None:
    handed_in(graduate)
    place.desks[0][1].returns(place.worded("签约审核"), UNIT, "岗位名称请写全称")
    graduate.sees("协议审核待提交（老师退回）")
    assert graduate.page()["reason"] == "岗位名称请写全称"
    graduate.edits({"position": "高级软件工程师"})
    graduate.presses("提交")
    graduate.sees(f"就业协议审核中（待{place.desks[0][0]}审核）")
    place.approve("签约审核", UNIT, certified=False)
    graduate.sees("就业协议审核通过")


@EITHER_WAY
@pytest.mark.rule("R-OFF-2", http="refused")
def test_6_2_rejected_it_is_void_and_begun_anew(place: Place, graduate: GraduateWalker) -> None:
    handed_in(graduate)
    place.desks[0][1].rejects(place.worded("签约审核"), UNIT, "单位信息不实")
    # 此时毕业生的就业协议申请直接作废
    graduate.sees("就业协议审核不通过")
    assert graduate.page()["reason"] == "单位信息不实"
    assert graduate.is_refused("提交").code == "wrong_state"
    handed_in(graduate)
    graduate.sees(f"就业协议审核中（待{place.desks[0][0]}审核）")


@EITHER_WAY
@pytest.mark.rule("R-OFF-5", http="allowed")
@pytest.mark.rule("R-OFF-8", http="refused")
def test_6_3_the_employer_helps_through_a_link(place: Place, graduate: GraduateWalker) -> None:
    agreed(place, graduate)
    # 点击“用人单位协助回传协议书”，通过网签平台向用人单位发送协议链接短信
    graduate.presses("用人单位协助回传协议书")
    unit = LinkHolder(place.app)
    unit.opens_link_of_the_message()
    unit.presses("打开", {"手机号码后四位": builders.TERMS["contact_mobile"][-4:]}).sees(UNIT)
    # 请用人单位下载打印就业协议书，加盖用人单位公章后由用人单位协助回传
    unit.downloads()
    unit.uploads_and_hands_in()
    graduate.sees(place.worded(f"签约审核中（待{place.desks[0][0]}审核）"))
    graduate.reads_of("用人单位已回传盖章协议书")
    assert graduate.is_refused("本人回传协议书").status == 409
    # 在学校（院系）审核之前，毕业生可点击“撤回修改”
    graduate.presses("撤回修改")
    graduate.sees("就业协议审核通过")


@EITHER_WAY
@pytest.mark.rule("R-OFF-6", http="allowed")
@pytest.mark.rule("R-OFF-6", http="refused")
def test_6_4_returned_then_rejected(place: Place, graduate: GraduateWalker) -> None:
    agreed(place, graduate)
    graduate.uploads(IMAGE, graduate.card()["id"])
    graduate.presses("本人回传协议书")
    name, desk = place.desks[0]
    desk.returns(place.worded("签约审核"), UNIT, "公章不清晰")
    # 若退回修改，则毕业生需根据退回意见重新回传就业协议书图像
    graduate.sees("协议书图像待重新回传（老师退回）")
    assert graduate.page()["reason"] == "公章不清晰"
    graduate.presses("本人回传协议书")
    # 若审核不通过，则线下签约申请直接作废
    desk.rejects(place.worded("签约审核"), UNIT, "印章与单位名称不符", place.worded("审核不通过"))
    graduate.sees(place.worded(f"签约审核不通过 ({name}审核不通过)"))
    handed_in(graduate)
    graduate.sees(f"就业协议审核中（待{name}审核）")
