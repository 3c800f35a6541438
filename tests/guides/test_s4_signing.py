"""S4: a school's own letter to its graduates: four ways, one chance; the printed agreement and its code."""

from collections.abc import Callable
from datetime import datetime

import pytest
import zxingcpp

from tests import builders
from tests.guides.browser import Browser
from tests.guides.conftest import BOTH_KINDS, BOTH_REVIEWS, EITHER_WAY, MAY, Place
from tests.guides.walkers import EmployerWalker, GraduateWalker
from tests.pdf.conftest import pdf_text
from tests.pdf.reading import picture, squeezed
from tests.workflows.catalogue.examples import COMPLETE

OFFLINE, PAPER, DESTINATION = "未签就业协议 申请签约", "已签就业协议 登记信息", "无需就业协议 去向登记"
ENTRY, DESTINATIONS = "签约审核", "去向登记管理"
UNIT = builders.TERMS["employer_name"]
CONTRACT = {"type_code": "labour_contract"} | COMPLETE["labour_contract"]
# 我的签约
SHOWN = [
    "单位名称",
    "统一社会信用代码",
    "单位性质",
    "单位行业",
    "通讯地址",
    "单位联系人",
    "联系人电话",
    "联系人手机",
    "联系人邮箱",
]
# (二) STEP 1, in the form's order; 岗位名称 is S1's 职位名称
FORM = [
    *("单位名称", "统一社会信用代码", "单位性质", "单位行业", "通讯地址", "职位类别", "职位名称", "单位联系人"),
    *("联系人电话", "联系人手机", "联系人邮箱", "试用期", "试用起薪", "转正起薪", "违约金", "报到地点", "报到期限"),
    *("实际工作地点", "单位是否解决户档", "协议补充内容"),
]
HINT = (
    "协议书生成后，需单位盖章、学校审核后才能正式生效。"
    "协议书一旦生效，无法与其他单位进行网上签约，且一次只能生成一份协议书。"
)

__all__ = ["pdf_text"]


@BOTH_REVIEWS
@BOTH_KINDS
@pytest.mark.rule("R-ON-8", http="allowed")
@pytest.mark.rule("R-PDF-1", http="allowed")
@pytest.mark.rule("R-QR-1", http="allowed")
def test_1_online_in_four_steps_to_the_agreement_with_its_code(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker, pdf_text: Callable[..., str]
) -> None:
    # STEP 1, STEP 2
    employer.invites(graduate)
    graduate.presses("接受")
    # STEP 3: 若审核通过，则签约成功，你们可以查看、下载电子就业协议书
    place.approve(ENTRY, employer.name)
    page = graduate.page()
    shown = {one["label"]: one["value"] for one in page["employer"] + page["job"]}
    assert [label for label in SHOWN if label not in shown] == [] and shown["单位是否解决户档"] == "签约单位接收"
    assert page["student"]["name"] == graduate.name and graduate.button("申请解约")["allowed"]
    # STEP 4: 学院、学校审核通过后形成电子版就业协议书
    file = graduate.downloads("下载协议书")
    text = squeezed(pdf_text(file))
    said = ["全国普通高等学校毕业生就业协议书", page["agreement_number"], graduate.name, graduate.id_number]
    said += [employer.name, employer.credit_code, place.school.name, "甲方盖章前请扫码验证协议内容"]
    said += ["用人单位负责人", "鉴证" if place.two_party else "丙方"]
    assert [one for one in said if squeezed(one) not in text] == []
    assert page["agreement_number"][:5] == "20261" and len(page["agreement_number"]) == 18
    # whoever scans it sees what it says and its state now; name, number and phone masked
    code = zxingcpp.read_barcode(picture(file, 150))
    seen = Browser(place.app).opens("/V/" + code.text.rpartition("/")[2])
    seen.sees(page["agreement_number"], employer.name, place.school.name, "本协议书目前有效")
    seen.sees_not(graduate.id_number, graduate.name)
    # afterwards it says that it has ended
    graduate.asks_to_end("继续深造", "与单位协商一致。")
    employer.opens_ending().presses("接受")
    place.approve("解约管理", employer.name)
    seen.opens(seen.address).sees("已解约")


@EITHER_WAY
@pytest.mark.rule("R-OFF-1", http="allowed")
@pytest.mark.rule("R-OFF-1", http="refused")
def test_2_offline_the_form_its_hint_and_its_steps(place: Place, graduate: GraduateWalker) -> None:
    # STEP 1
    form = graduate.asks("offline-signings/form")
    assert form["hint"] == HINT
    titles = [one["title"] for one in form["schema"]["properties"].values()]
    assert [label for label in FORM if not any(title.startswith(label) for title in titles)] == [], titles
    graduate.begins(OFFLINE, {"employer_name": UNIT})  # 暂存: half filled in
    refused = graduate.is_refused("提交")
    assert refused.code == "form_incomplete" and "credit_code" in refused.detail["fields"]
    graduate.edits(builders.TYPED)
    graduate.presses("提交")
    # STEP 2
    place.approve(ENTRY, UNIT, certified=False)
    graduate.sees("就业协议审核通过")
    # STEP 3, STEP 4
    graduate.downloads("点击下载电子协议书")
    graduate.uploads("盖章的就业协议书图像", graduate.card()["id"])
    graduate.presses("本人回传协议书")
    # STEP 5
    place.approve(ENTRY, UNIT)
    graduate.sees(place.worded("签约审核通过"))


@EITHER_WAY
@pytest.mark.parametrize("moment", [MAY])
@pytest.mark.rule("R-PAP-1", http="allowed")
def test_3_the_paper_agreement_is_registered(place: Place, graduate: GraduateWalker, moment: datetime) -> None:
    # 请选择“签就业协议书就业”，填写相关信息，上传证明材料，提交后等待学院、学校审核
    graduate.begins(PAPER)
    graduate.uploads("盖章的纸质就业协议书图像", graduate.card()["id"])
    graduate.presses("提交审核")
    place.approve(ENTRY, UNIT, certified=False)
    graduate.sees("登记审核通过")


@EITHER_WAY
@pytest.mark.parametrize("moment", [MAY])
@pytest.mark.rule("R-ON-7", http="allowed")
@pytest.mark.rule("R-ON-7", http="refused")
def test_4_an_approved_destination_is_voided_by_a_signing(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker, moment: datetime
) -> None:
    # STEP 1, STEP 2
    graduate.begins(DESTINATION, CONTRACT)
    graduate.uploads("劳动合同", graduate.card()["id"])
    graduate.presses("提交")
    title = graduate.card()["title"]
    place.approve(DESTINATIONS, title, certified=False)
    graduate.sees("去向审核通过", title)
    # 若毕业生去向登记信息已审核通过后又发起签约，则原去向信息自动变为“已作废”状态
    employer.invites(graduate)
    assert graduate.is_refused("接受", employer.name).code == "void_unconfirmed"
    graduate.presses("接受", employer.name, void_destination=True)
    graduate.sees("已作废", title)
    place.desks[0][1].rejects(place.worded(ENTRY), employer.name, "职位与专业不符", place.worded("审核不通过"))
    graduate.sees("已作废", title)  # it never comes back


@pytest.mark.parametrize("moment", [MAY])
@pytest.mark.rule("R-GRAD-5", http="refused")
def test_one_of_four_ways_only(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker, moment: datetime
) -> None:
    # 大家四选一！每人只有一次签约机会
    for button, form in ((OFFLINE, None), (PAPER, None), (DESTINATION, CONTRACT)):
        graduate.begins(button, form)
    employer.invites(graduate)
    graduate.presses("接受", employer.name)
    for card in graduate.cards():
        if card["kind"] == "online":
            continue
        submit = next(one for one in card["actions"] if one["action"] == "submit")
        assert (submit["allowed"], submit["refusal"]["code"]) == (False, "taken"), card["kind"]
        assert card["notice"].startswith("现在不能提交："), "kept, and marked"
        room = {"offline": "offline-signings", "paper": "paper-registrations", "destination": "destinations"}
        page = graduate.asks(f"{room[card['kind']]}/{card['id']}")
        body = {"version": page["version"], "declaration": page["declaration"]["version"]}
        answer = graduate.client.post(f"/api/v1/{room[card['kind']]}/{card['id']}/submit", json=body)
        assert (answer.status_code, answer.json["code"]) == (409, "taken"), card["kind"]
