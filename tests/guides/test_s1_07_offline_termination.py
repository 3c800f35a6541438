"""S1 §7 申请线下解约: a letter to the school, which checks with the employer and decides."""

import pytest

from tests import builders
from tests.guides.conftest import BOTH_KINDS, BOTH_REVIEWS, EITHER_WAY, Place
from tests.guides.test_s1_06_offline_signing import IMAGE, UNIT, agreed
from tests.guides.walkers import CHECKED, GraduateWalker

WHY = "已被录取为研究生，与单位协商一致并签订解约函。"
LETTER = "解约函"


@pytest.fixture
def graduate(place: Place) -> GraduateWalker:
    """此功能适用于已经完成申请就业协议线下签约 … 的毕业生."""
    signed = place.graduate()
    agreed(place, signed)
    signed.uploads(IMAGE, signed.card()["id"])
    signed.presses("本人回传协议书")
    place.approve("签约审核", UNIT)
    signed.sees(place.worded("签约审核通过"))
    return signed


def asks(graduate: GraduateWalker) -> None:
    """7.1 选择解约原因，填写解约说明，上传解约函等材料，点击“提交”."""
    asked = graduate.asks_to_end("继续深造", WHY)
    graduate.uploads(LETTER, asked["id"], "termination")
    graduate.presses_on_ending("提交")


@BOTH_REVIEWS
@BOTH_KINDS
@pytest.mark.rule("R-TOFF-1", http="allowed")
@pytest.mark.rule("R-TOFF-2", http="allowed")
def test_7_1_to_7_2_asked_checked_and_ended(place: Place, graduate: GraduateWalker) -> None:
    asks(graduate)
    # 7.2 学校（院系）与用人单位核实清楚情况后进行审核
    for name, desk in place.desks:
        graduate.sees_ending(place.worded(f"解约审核中（待{name}审核）"))
        graduate.sees(place.worded("签约审核通过"))
        desk.approves("解约管理", UNIT, place.worded("审核通过"), CHECKED)
    # 若审核通过，则解约完成，毕业生可与其他单位签约或登记毕业去向信息
    graduate.sees_ending(place.worded("解约审核通过"))
    graduate.sees("已解约")
    graduate.begins("未签就业协议 申请签约", builders.TYPED | {"employer_name": "示例新单位有限公司"})
    graduate.presses("提交")


@EITHER_WAY
@pytest.mark.rule("R-TOFF-1", http="refused")
@pytest.mark.rule("R-TOFF-4", http="allowed")
def test_7_1_without_the_letter_nothing_is_handed_in(place: Place, graduate: GraduateWalker) -> None:
    graduate.asks_to_end("继续深造", WHY)
    graduate.sees_ending("解约申请待提交")
    refused = graduate.refused_on_ending("提交")
    assert refused.code == "proof_missing" and LETTER in refused.message
    graduate.presses_on_ending("撤回申请")
    graduate.sees_ending("已撤回解约申请")


@EITHER_WAY
@pytest.mark.rule("R-TOFF-2", http="allowed")
def test_7_2_returned_and_handed_in_again(place: Place, graduate: GraduateWalker) -> None:
    asks(graduate)
    place.desks[0][1].returns("解约管理", UNIT, "请补盖单位公章")
    # 若退回修改，则毕业生需根据退回原因修改后重新提交审核
    assert graduate.sees_ending("解约申请待提交（老师退回）")["reason"] == "请补盖单位公章"
    graduate.sees(place.worded("签约审核通过"))
    graduate.presses_on_ending("提交")
    place.approve("解约管理", UNIT, typed=CHECKED)
    graduate.sees("已解约")


@EITHER_WAY
@pytest.mark.rule("R-TOFF-2", http="refused")
def test_7_2_rejected_the_signing_stays(place: Place, graduate: GraduateWalker) -> None:
    asks(graduate)
    place.desks[0][1].rejects("解约管理", UNIT, "用人单位不同意解约", place.worded("审核不通过"))
    # 若审核不通过，则解约失败，签约仍有效，毕业生如仍需解约，需 … 重新发起解约申请
    assert graduate.sees_ending(place.worded("解约审核不通过 解约失败"))["reason"] == "用人单位不同意解约"
    graduate.sees(place.worded("签约审核通过"))
    asks(graduate)
    graduate.sees_ending(place.worded(f"解约审核中（待{place.desks[0][0]}审核）"))
