"""S2 一 平台功能: the four functions in short, with 鉴证 or 审核; what S1 tells in full is only crossed here."""

import pytest

from tests.guides.conftest import BOTH_KINDS, BOTH_REVIEWS, Place
from tests.guides.walkers import EmployerWalker, GraduateWalker, StaffWalker
from workflows.vocabulary import Role

SUSPENDED = "该功能暂缓开通"
ENTRY = "签约审核"


@BOTH_REVIEWS
@BOTH_KINDS
@pytest.mark.rule("R-PROV-2", http="allowed")
def test_1_signing_and_ending_are_certified_in_two_party_provinces_and_reviewed_in_the_others(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    # 经毕业生同意、院校鉴证或审核通过后，完成签约; 经毕业生或单位同意、院校鉴证或审核通过后，完成解约
    verb = "鉴证" if place.two_party else "审核"
    employer.invites(graduate)
    graduate.presses("接受")
    for name, desk in place.desks:
        graduate.sees(f"签约{verb}中（待{name}{verb}）")
        desk.takes(f"签约{verb}", employer.name)
        assert f"{verb}通过" in desk.buttons and ("鉴证" in desk.words) == place.two_party
        desk.presses(f"{verb}通过")
    graduate.sees(f"签约{verb}通过")
    graduate.reads_of(f"签约{verb}已通过")
    graduate.asks_to_end("继续深造", "与单位协商一致。")
    employer.opens_ending().presses("接受")
    for name, desk in place.desks:
        graduate.sees_ending(f"解约{verb}中（待{name}{verb}）")
        desk.approves("解约管理", employer.name, f"{verb}通过")
    graduate.sees_ending(f"解约{verb}通过")


@pytest.mark.rule("R-PROV-3", http="allowed")
@pytest.mark.rule("R-PROV-3", http="refused")
def test_4_a_function_is_not_opened_for_the_time_being(place: Place, graduate: GraduateWalker) -> None:
    # 该功能暂缓开通。
    operator = StaffWalker(place.app, Role.OPERATOR)
    operator.goes_to("暂缓开通")
    operator.presses("暂缓开通", {"无需就业协议 去向登记": True, "原因": "统一部署"})
    assert operator.status == 200, operator.words
    shown = {one["title"]: one for one in graduate.home["buttons"]}["无需就业协议 去向登记"]
    assert SUSPENDED in shown["refusal"]["message"]
    refused = graduate.is_told_when_beginning("无需就业协议 去向登记", {"type_code": "freelance"})
    assert SUSPENDED in refused.message
    operator.goes_to("暂缓开通").presses("恢复", {"恢复原因": "部署完成"})
    shown = {one["title"]: one for one in graduate.home["buttons"]}["无需就业协议 去向登记"]
    assert SUSPENDED not in shown.get("refusal", {}).get("message", "")
