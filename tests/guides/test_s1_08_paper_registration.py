"""S1 §8 已签就业协议登记信息: the signed paper's data and images, reviewed; its ending goes as in §7."""

from datetime import datetime

import pytest

from tests import builders
from tests.guides.conftest import BOTH_KINDS, BOTH_REVIEWS, EITHER_WAY, MAY, Place
from tests.guides.walkers import CHECKED, GraduateWalker

UNIT = builders.TERMS["employer_name"]
BUTTON = "已签就业协议 登记信息"
IMAGE = "盖章的纸质就业协议书图像"


@pytest.fixture
def moment() -> datetime:
    """应届毕业生可在毕业当年的五、六月份登记签约信息 (S0)."""
    return MAY


def handed_in(graduate: GraduateWalker) -> None:
    """8.1 按照已签订的纸质就业协议书内容填写 … 并上传 … 图像材料，点击“提交审核”."""
    graduate.begins(BUTTON)
    graduate.uploads(IMAGE, graduate.card()["id"])
    graduate.presses("提交审核")


@BOTH_REVIEWS
@BOTH_KINDS
@pytest.mark.rule("R-PAP-1", http="allowed")
@pytest.mark.rule("R-PAP-2", http="allowed")
def test_8_1_to_8_2_registered_and_ended_as_in_7(place: Place, graduate: GraduateWalker) -> None:
    handed_in(graduate)
    for name, desk in place.desks:
        graduate.sees(f"登记审核中（待{name}审核）")
        desk.approves(place.worded("签约审核"), UNIT)
    graduate.sees("登记审核通过")
    assert graduate.page()["agreement_number"] is None
    # 注：若登记审核通过，毕业生需解约，可点击进入该条目的登记信息详情页，向学校（院系）发起解约申请，解约流程同 7
    place.at(MAY)
    asked = graduate.asks_to_end("继续深造", "已被录取为研究生。")
    graduate.uploads("解约函", asked["id"], "termination")
    graduate.presses_on_ending("提交")
    place.approve("解约管理", UNIT, typed=CHECKED)
    graduate.sees_ending(place.worded("解约审核通过"))
    graduate.sees("已解约")


@EITHER_WAY
@pytest.mark.rule("R-PAP-1", http="refused")
@pytest.mark.rule("R-OFF-3", http="allowed")
def test_8_1_images_are_wanted_and_it_can_be_taken_back(place: Place, graduate: GraduateWalker) -> None:
    graduate.begins(BUTTON)
    assert graduate.is_refused("提交审核").code == "proof_missing"
    graduate.uploads(IMAGE, graduate.card()["id"])
    graduate.presses("提交审核")
    # 在学校（院系）审核之前，毕业生可点击“撤回修改”，撤回后可重新编辑登记就业信息再提交
    graduate.presses("撤回修改")
    graduate.edits({"position": "测试工程师"})
    graduate.presses("提交审核")
    place.desks[0][1].takes(place.worded("签约审核"), UNIT).sees("测试工程师")


@EITHER_WAY
@pytest.mark.rule("R-PAP-2", http="allowed")
@pytest.mark.rule("R-PAP-2", http="refused")
def test_8_2_returned_changed_rejected_and_registered_anew(place: Place, graduate: GraduateWalker) -> None:
    handed_in(graduate)
    name, desk = place.desks[0]
    desk.returns(place.worded("签约审核"), UNIT, "图像不清晰")
    # 若退回修改，则毕业生需根据退回原因修改登记信息后重新提交审核
    graduate.sees("登记待提交（老师退回）")
    assert graduate.page()["reason"] == "图像不清晰"
    graduate.edits({"position": "测试工程师"})
    graduate.presses("提交审核")
    # 若审核不通过，则登记信息直接作废，毕业生需重新登记
    desk.rejects(place.worded("签约审核"), UNIT, "印章与单位名称不符")
    graduate.sees("登记审核不通过")
    assert graduate.is_refused("提交审核").code == "wrong_state"
    handed_in(graduate)
    graduate.sees(f"登记审核中（待{name}审核）")
