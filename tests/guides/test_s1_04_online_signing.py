"""S1 §4 与用人单位线上签约: invitation, answer, review, as the guide tells it."""

from datetime import timedelta

import pytest

from tests.app.api.calls import pass_time
from tests.guides.conftest import BOTH_KINDS, BOTH_REVIEWS, EITHER_WAY, Place
from tests.guides.walkers import EmployerWalker, GraduateWalker

TWO_HOURS = timedelta(hours=2)


@BOTH_REVIEWS
@BOTH_KINDS
@pytest.mark.rule("R-ON-1", http="allowed")
@pytest.mark.rule("R-ON-5", http="allowed")
def test_4_1_to_4_3_invited_accepted_approved_and_downloaded(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    # 4.1 用人单位发起签约邀请: the entry shows on the graduate's main page; behind it stand employer and signing.
    employer.invites(graduate)
    employer.sees("待毕业生回应")
    assert [card["title"] for card in graduate.home["invitations"]] == [employer.name]
    page = graduate.page()
    shown = {one["label"]: one["value"] for one in page["employer"]}
    assert shown["单位名称"] == employer.name and shown["统一社会信用代码"] == employer.credit_code
    assert page["documents"]["preview"]["allowed"] and not page["documents"]["agreement"]["allowed"]

    # 4.2 毕业生回应: 接受.
    graduate.presses("接受")

    # 4.3 学校（院系）签约审核: the main page shows how far it is.
    for name, desk in place.desks:
        graduate.sees(place.worded(f"签约审核中（待{name}审核）"))
        desk.approves(place.worded("签约审核"), employer.name, place.worded("审核通过"))
    graduate.sees(place.worded("签约审核通过"))
    assert graduate.page()["documents"]["agreement"]["allowed"]
    graduate.downloads("下载协议书")
    employer.opens_invitation().sees(place.worded("签约审核通过"), "下载协议书")


@EITHER_WAY
@pytest.mark.rule("R-ON-2", http="allowed")
@pytest.mark.rule("R-ON-4", http="allowed")
def test_4_2_declined_and_invited_again(place: Place, graduate: GraduateWalker, employer: EmployerWalker) -> None:
    employer.invites(graduate)
    graduate.presses("拒绝")
    graduate.sees("学生已拒绝签约 签约失败")
    employer.opens_invitation().sees("学生已拒绝签约 签约失败")
    # (3) 若毕业生拒绝签约 … 该用人单位可再次对其发起签约邀请
    employer.invites(graduate)


@EITHER_WAY
@pytest.mark.rule("R-ON-2", http="refused")
@pytest.mark.rule("R-ON-4", http="refused")
def test_4_2_the_deadline_passes_and_the_invitation_lapses(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    employer.invites(graduate, deadline_at="2026-11-21T12:00")
    # (3) 在应约有效期内无法向该毕业生再次发起邀请
    employer.is_refused_to_invite(graduate, "不能重复邀请")
    pass_time(place.app, TWO_HOURS)
    graduate.sees("签约邀请逾期未回应 签约失败")
    graduate.proves_again()
    assert graduate.is_refused("接受").code == "expired"
    employer.invites(graduate)


@EITHER_WAY
@pytest.mark.rule("R-ON-3", http="refused")
@pytest.mark.rule("R-GRAD-5", http="refused")
def test_4_2_one_employer_only_the_others_can_be_read(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    other, late = place.employer(), place.employer()
    employer.invites(graduate)
    other.invites(graduate)
    graduate.presses("接受", employer.name)
    # (1) 一旦同意签约后，其他单位的签约邀请只能查看，无法操作
    assert graduate.page(other.name)["title"] == other.name
    assert employer.name in graduate.cannot("接受", other.name)
    for words in ("接受", "拒绝"):
        assert graduate.is_refused(words, other.name).code == "taken"
    # (2) 毕业生签约与否不影响其他单位对其发起签约邀请
    late.invites(graduate)
    place.approve("签约审核", employer.name)
    assert employer.name in graduate.cannot("接受", late.name)


@EITHER_WAY
@pytest.mark.rule("R-ON-5", http="refused")
@pytest.mark.rule("R-REV-1", http="refused")
def test_4_3_rejected_with_the_reason_and_signed_anew(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    employer.invites(graduate)
    graduate.presses("接受")
    name, desk = place.desks[0]
    desk.takes(place.worded("签约审核"), employer.name).presses(place.worded("审核不通过"), {"不通过原因": ""})
    desk.is_told("请填写不通过原因")
    desk.rejects(place.worded("签约审核"), employer.name, "职位与专业不符", place.worded("审核不通过"))
    # 毕业生应根据签约失败原因与用人单位协商一致，由用人单位重新发起签约邀请
    graduate.sees(place.worded(f"签约审核不通过 ({name}审核不通过)"))
    assert graduate.page()["reason"] == "职位与专业不符"
    assert not graduate.page()["documents"]["agreement"]["allowed"]
    employer.invites(graduate)
    graduate.presses("接受")
    place.approve("签约审核", employer.name)
    graduate.sees(place.worded("签约审核通过"))
