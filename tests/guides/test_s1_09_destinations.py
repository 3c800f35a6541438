"""S1 §9 其他毕业去向信息登记: choose the type, fill in, prove, be reviewed; 作废 without review."""

from datetime import datetime

import pytest

from tests.guides.conftest import BOTH_KINDS, BOTH_REVIEWS, EITHER_WAY, MAY, Place
from tests.guides.walkers import GraduateWalker
from tests.workflows.catalogue.examples import COMPLETE

BUTTON = "无需就业协议 去向登记"
ENTRY = "去向登记管理"
CONTRACT = {"type_code": "labour_contract"} | COMPLETE["labour_contract"]
UNIT = CONTRACT["employer_name"]
COMMISSIONED = "定向/委培毕业去向补充登记"
# 其他去向包括 …, in the guide's order.
TYPES = [
    "签就业协议形式就业",
    "签劳动合同形式就业",
    "其他录用形式就业",
    "科研助理/管理助理",
    "应征义务兵",
    "国家基层项目",
    "地方基层项目",
    "自主创业",
    "自由职业",
    "升学",
    "出国出境深造",
    COMMISSIONED,
    "待就业",
    "不就业拟升学",
    "其他暂不就业",
]


@pytest.fixture
def moment() -> datetime:
    """应届毕业生可在毕业当年的五、六月份登记就业信息 (S0)."""
    return MAY


def handed_in(graduate: GraduateWalker) -> None:
    """9.1 填写相关去向信息，上传证明材料，提交学校（院系）审核."""
    graduate.begins(BUTTON, CONTRACT)
    graduate.uploads("劳动合同", graduate.card()["id"])
    graduate.presses("提交")


@BOTH_REVIEWS
@BOTH_KINDS
@pytest.mark.rule("R-DEST-1", http="allowed")
@pytest.mark.rule("R-DEST-3", http="allowed")
def test_9_1_to_9_2_registered_reviewed_and_voided(place: Place, graduate: GraduateWalker) -> None:
    handed_in(graduate)
    for name, desk in place.desks:
        graduate.sees(f"去向审核中（待{name}审核）")
        desk.approves(ENTRY, UNIT)
    graduate.sees("去向审核通过")
    # 注：点击“作废”自动作废原去向信息，无需学校（院系）审核，但学校（院系）可查看作废记录
    graduate.proves_again()
    graduate.presses("作废")
    graduate.sees("已作废")
    for _, desk in place.desks:
        desk.goes_to(ENTRY).follows("全部").sees(UNIT, "已作废")
    handed_in(graduate)
    graduate.sees(f"去向审核中（待{place.desks[0][0]}审核）")


@pytest.mark.rule("R-GRAD-4", http="allowed")
def test_9_1_the_types_of_the_guide(place: Place) -> None:
    graduate = place.graduate(training_mode="22")
    assert [one["label"] for one in graduate.asks("destinations/types")["types"]] == TYPES


@EITHER_WAY
@pytest.mark.rule("R-OFF-3", http="allowed")
@pytest.mark.rule("R-DEST-1", http="refused")
def test_9_1_proof_is_wanted_and_it_can_be_taken_back(place: Place, graduate: GraduateWalker) -> None:
    graduate.begins(BUTTON, CONTRACT)
    assert graduate.is_refused("提交").code == "proof_missing"
    graduate.uploads("劳动合同", graduate.card()["id"])
    graduate.presses("提交")
    graduate.presses("撤回修改")
    graduate.edits({"position": "测试工程师"})
    graduate.presses("提交")
    place.desks[0][1].takes(ENTRY, UNIT).sees("测试工程师")


@EITHER_WAY
@pytest.mark.rule("R-DEST-2", http="allowed")
def test_9_2_returned_changed_rejected_and_registered_anew(place: Place, graduate: GraduateWalker) -> None:
    handed_in(graduate)
    name, desk = place.desks[0]
    desk.returns(ENTRY, UNIT, "请上传完整的劳动合同")
    graduate.sees("去向待提交（老师退回）")
    assert graduate.page()["reason"] == "请上传完整的劳动合同"
    graduate.presses("提交")
    # 若审核不通过，则登记去向信息直接作废，毕业生需重新选择毕业去向类型
    desk.rejects(ENTRY, UNIT, "合同未盖章")
    graduate.sees("去向审核不通过")
    assert graduate.is_refused("提交").code == "wrong_state"
    handed_in(graduate)
    graduate.sees(f"去向审核中（待{name}审核）")


@EITHER_WAY
@pytest.mark.rule("R-DEST-2", http="allowed")
def test_9_2_the_reviewer_changes_type_and_data(place: Place, graduate: GraduateWalker) -> None:
    # 学校（院系）在审核时可直接修改毕业生登记的去向类型及相关信息
    handed_in(graduate)
    desk = place.desks[0][1]
    desk.takes(ENTRY, UNIT).follows("修改信息")
    desk.presses("按所选类型填写", {"type_code": "research_assistant"})
    typed = {"统一社会信用代码": "12100000400000624D", "单位性质": "21", "月收入": "5000", "修改原因": "按聘用材料更正"}
    desk.presses("下一步：核对修改", typed)
    desk.presses("确认修改并通知毕业生")
    assert desk.status == 200, desk.words
    page = graduate.page()
    assert page["type_label"] == "科研助理/管理助理"
    changes = {one["label"]: (one["old"], one["new"]) for one in page["corrections"][0]["changes"]}
    assert changes["毕业去向类型"] == ("签劳动合同形式就业", "科研助理/管理助理")
    graduate.reads_of("去向登记信息被老师修改")


# 培养方式为定向/委培（不可网签）的毕业生 … (R-GRAD-4): training_mode → what may be chosen.
EVERY = set(TYPES)
VISIBLE = {
    "1": EVERY - {COMMISSIONED},
    "3": EVERY - {COMMISSIONED},
    "5": EVERY - {COMMISSIONED},
    "22": EVERY,
    "42": EVERY,
    "21": {COMMISSIONED},
    "41": {COMMISSIONED},
}


@pytest.mark.parametrize("mode", sorted(VISIBLE))
@pytest.mark.rule("R-GRAD-4", http="allowed")
def test_every_training_mode_sees_its_types(place: Place, mode: str) -> None:
    graduate = place.graduate(training_mode=mode)
    assert {one["label"] for one in graduate.asks("destinations/types")["types"]} == VISIBLE[mode]
    hidden = {"1": "commissioned", "3": "commissioned", "5": "commissioned"} | dict.fromkeys(("21", "41"), "freelance")
    if mode in hidden:
        assert graduate.client.get(f"/api/v1/destinations/forms/{hidden[mode]}").status_code == 404


@EITHER_WAY
@pytest.mark.parametrize(("mode", "words"), [("21", "定向（不可网签）"), ("41", "委培（不可网签）")])
@pytest.mark.rule("R-GRAD-4", http="refused")
def test_21_and_41_register_one_type_and_can_do_nothing_else(place: Place, mode: str, words: str) -> None:
    graduate, employer = place.graduate(training_mode=mode), place.employer()
    # 不能进行在线签约和就业协议信息登记
    employer.is_refused_to_invite(graduate, words)
    home = graduate.home
    assert home["invitations"] == [] and not home["online"]["allowed"] and words in home["online"]["refusal"]["message"]
    assert [one["title"] for one in home["buttons"] if one["allowed"]] == [BUTTON]
    for button in ("未签就业协议 申请签约", "已签就业协议 登记信息"):
        refused = graduate.is_told_when_beginning(button)
        assert refused.code == "training_mode" and words in refused.message
    # 其他毕业去向信息登记中的其余去向类型也不可见
    for name, form in COMPLETE.items():
        if name != "commissioned":
            assert graduate.is_told_when_beginning(BUTTON, {"type_code": name} | form).status in (403, 422), name
    assert graduate.cards() == []
    # 仅可通过网签平台选择 … “定向/委培毕业去向补充登记”
    graduate.begins(BUTTON, {"type_code": "commissioned"} | COMPLETE["commissioned"])
    graduate.uploads("定向或委培协议", graduate.card()["id"])
    graduate.presses("提交")
    place.approve(ENTRY, COMPLETE["commissioned"]["employer_name"], certified=False)
    graduate.sees("去向审核通过")
