"""S1 §5 与用人单位线上解约: either side asks, the other answers, the school decides."""

import pytest

from tests.guides.conftest import BOTH_KINDS, BOTH_REVIEWS, EITHER_WAY, Place
from tests.guides.walkers import EmployerWalker, GraduateWalker

WHY = "已被录取为研究生，与单位协商一致。"


@pytest.fixture
def graduate(place: Place, employer: EmployerWalker) -> GraduateWalker:
    """此功能适用于已经与就业单位完成线上签约 … 的毕业生."""
    signed = place.graduate()
    employer.invites(signed)
    signed.presses("接受")
    place.approve("签约审核", employer.name)
    signed.sees(place.worded("签约审核通过"))
    return signed


@BOTH_REVIEWS
@BOTH_KINDS
@pytest.mark.rule("R-TO-1", http="allowed")
@pytest.mark.rule("R-TO-2", http="allowed")
def test_5_1_to_5_3_the_graduate_asks_and_the_agreement_ends(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    # 5.1 若毕业生发起解约申请，需选择解约原因、填写解约说明，点击“提交”等待用人单位回应
    graduate.asks_to_end("继续深造", WHY)
    graduate.sees_ending("解约申请待对方回应")
    # 5.2 若另一方同意解约，则点击“接受”，提交学校（院系）审核
    employer.opens_ending().sees("继续深造", WHY)
    employer.presses("接受").sees(place.worded("解约审核中"))
    for name, desk in place.desks:
        graduate.sees_ending(place.worded(f"解约审核中（待{name}审核）"))
        graduate.sees(place.worded("签约审核通过"))
        desk.approves("解约管理", employer.name, place.worded("审核通过"))
    # 5.3 若审核通过，则解约完成，毕业生可与其他单位签约或登记毕业去向信息
    graduate.sees_ending(place.worded("解约审核通过"))
    graduate.sees("已解约")
    other = place.employer()
    other.invites(graduate)
    graduate.presses("接受", other.name)
    graduate.sees(place.worded(f"签约审核中（待{place.desks[0][0]}审核）"), other.name)


@EITHER_WAY
@pytest.mark.rule("R-TO-1", http="allowed")
def test_5_1_the_employer_asks_and_the_graduate_accepts(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    employer.asks_to_end("单位违约", "岗位撤销，与毕业生协商一致。").sees("解约申请待对方回应")
    # 5.1 毕业生主界面会显示用人单位发起的解约申请条目，点击该条目可查看解约信息
    graduate.reads_of("收到解约申请")
    shown = {one["label"]: one["value"] for one in graduate.ending()["content"]}
    assert shown["解约原因"] == "单位违约" and shown["解约说明"] == "岗位撤销，与毕业生协商一致。"
    graduate.presses_on_ending("接受")
    place.approve("解约管理", employer.name)
    graduate.sees("已解约")
    employer.opens_ending().sees(place.worded("解约审核通过"))


@EITHER_WAY
@pytest.mark.rule("R-TO-1", http="refused")
def test_5_2_refused_it_failed_and_may_be_asked_again(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    graduate.asks_to_end("继续深造", WHY)
    # 若另一方不同意解约，则点击“拒绝”，解约失败
    employer.opens_ending().presses("拒绝").sees("对方已拒绝 解约失败")
    graduate.sees_ending("对方已拒绝 解约失败")
    graduate.sees(place.worded("签约审核通过"))
    # 如仍需解约，双方可协商一致后重新发起解约申请
    employer.asks_to_end("其他原因", "与毕业生协商一致。").sees("解约申请待对方回应")
    graduate.presses_on_ending("拒绝")
    graduate.sees_ending("对方已拒绝 解约失败")
    graduate.asks_to_end("继续深造", WHY)
    assert "已有一份解约申请" in graduate.cannot("申请解约")


@EITHER_WAY
@pytest.mark.rule("R-TO-2", http="refused")
def test_5_3_rejected_the_agreement_stays_and_asking_starts_over(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    graduate.asks_to_end("继续深造", WHY)
    employer.opens_ending().presses("接受")
    _, desk = place.desks[-1]
    if place.department_review:
        place.department_desk.approves("解约管理", employer.name, place.worded("审核通过"))
    desk.rejects("解约管理", employer.name, "请先办结违约金", place.worded("审核不通过"))
    # 若审核不通过，则解约失败，签约仍有效，毕业生或用人单位需按照解约失败原因重新申请解约
    ending = graduate.sees_ending(place.worded("解约审核不通过 解约失败"))
    assert ending["reason"] == "请先办结违约金"
    graduate.sees(place.worded("签约审核通过"))
    employer.opens_ending().sees("请先办结违约金")
    graduate.asks_to_end("继续深造", "违约金已办结。")
    graduate.sees_ending("解约申请待对方回应")
