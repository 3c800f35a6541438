"""S1 §3 毕业生主界面: the page with the three buttons, their explanations, years, and progress (S0 第五步)."""

import pytest

from tests.guides.conftest import Place
from tests.guides.walkers import EmployerWalker, GraduateWalker

# S0, word for word.
EXPLAINED = {
    "未签就业协议 申请签约": "“未签就业协议 申请签约”适用于已经与单位达成签约意向，进行线下签约的情况。"
    "点击向学校申请就业协议书、下载打印协议书，与单位线下签约。签约完成后，回传盖章的就业协议书。",
    "已签就业协议 登记信息": "“已签就业协议 登记信息”适用于已经线下签订完成就业协议书，向学校登记就业信息的情况。"
    "点击后登记就业单位信息并上传盖章的就业协议书。",
    "无需就业协议 去向登记": "“无需就业协议 去向登记”适用于签就业协议形式就业、签劳动合同形式就业、其他录用形式就业、"
    "基层项目、创业、升学、出国出境、未就业等去向的登记。",
}
ONLINE = (
    "如果达成签约意向的单位注册使用本系统，单位可对你发起在线签约邀请，邀请信息会显示在本页。点击邀请信息完成签约步骤。"
)


@pytest.mark.rule("R-GRAD-3")
def test_3_an_empty_page_explains_the_three_buttons(place: Place, graduate: GraduateWalker) -> None:
    home = graduate.home
    assert home["empty_text"] == "欢迎您！您还没有登记任何信息" and graduate.cards() == []
    assert {one["title"]: one["text"] for one in home["buttons"]} == EXPLAINED
    assert home["online_text"] == ONLINE
    # S0: 网签 and 申请签约 from October, the other two in May and June: until then the page says when
    assert [one["allowed"] for one in home["buttons"]] == [True, False, False] and home["online"]["allowed"]
    assert "2027年5月1日" in home["buttons"][1]["refusal"]["message"]


@pytest.mark.rule("R-GRAD-3")
def test_3_invitations_records_and_their_progress_stand_on_it(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    other = place.employer()
    employer.invites(graduate)
    other.invites(graduate)
    assert {card["title"] for card in graduate.home["invitations"]} == {employer.name, other.name}
    graduate.presses("接受", employer.name)
    graduate.sees("签约审核中（待学校审核）", employer.name)
    place.school_desk.rejects("签约审核", employer.name, "职位与专业不符")
    graduate.sees("签约审核不通过 (学校审核不通过)", employer.name)
    assert [step["text"] for step in graduate.page(employer.name)["history"]][-1].startswith("学校审核不通过")


@pytest.mark.rule("R-GRAD-3")
@pytest.mark.rule("R-COH-1", http="refused")
def test_3_earlier_years_can_be_read_but_start_nothing(place: Place) -> None:
    graduate = place.graduate(cohort=2026)
    home = graduate.home
    assert [(one["cohort"], one["current"]) for one in home["cohorts"]] == [(2026, False)]
    for button in EXPLAINED:
        refused = graduate.is_told_when_beginning(button)
        assert refused.code == "past_cohort" and "2026届不是当前应届" in refused.message
