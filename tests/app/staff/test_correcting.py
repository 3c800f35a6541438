"""修改信息 over HTTP: what a school may change in an approved record, old and new confirmed (R-EDIT-1)."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app import snapshots
from app.extensions import db
from app.models import Correction, Department, Document, Outbox, Placement, Report, School
from tests import builders
from tests.app.api import destinations, papers
from tests.app.api.calls import travel
from tests.app.staff import desk
from tests.application import api_client
from tests.builders import Graduate
from tests.offline import make_offline
from workflows.vocabulary import Kind, Level, Role, State

WHY = "单位更换了联系人"


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, papers.MAY)
    return builders.make_school()


@pytest.fixture
def graduate(school: School) -> Graduate:
    return builders.make_graduate(school)


@pytest.fixture
def office(app: Flask, school: School) -> desk.DeskClient:
    return desk.client(app, Role.SCHOOL, school)


def made(kind: Kind, graduate: Graduate) -> Placement:
    """Return an approved record of a kind."""
    if kind == Kind.PAPER:
        return builders.make_paper(State.EFFECTIVE, graduate)
    if kind == Kind.OFFLINE:
        return make_offline(State.EFFECTIVE, graduate)
    return builders.make_placement(State.EFFECTIVE, graduate)


def typed(office: desk.DeskClient, placement: Placement) -> dict[str, str]:
    """Return what the form shows, by field name, as a browser would send it back."""
    page = office.get(f"/staff/placements/{placement.public_id}/correct")
    assert page.status_code == 200, desk.words(page)
    sent = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"', page.text))
    sent |= dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*type="text" value="([^"]*)"', page.text))
    for name, body in re.findall(r'<select[^>]*name="([a-z_]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        sent[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([a-z_]+)"[^>]*>\s*(.*?)</textarea>', page.text, re.DOTALL):
        sent[name] = body
    return sent


def correct(office: desk.DeskClient, placement: Placement, step: str = "save", **changed: str) -> Any:
    """Send the form with what is changed in it, by default as confirmed."""
    sent = typed(office, placement) | {"reason": WHY} | changed | {"step": step}
    return office.post(f"/staff/placements/{placement.public_id}/correct", data=sent)


def terms(placement: Placement) -> dict[str, Any]:
    stored = builders.reload(placement.id)
    return snapshots.terms_at(db.session.connection(), stored)


def signed(placement: Placement) -> dict[str, Any] | None:
    """Return what the agreement prints."""
    stored = builders.reload(placement.id)
    return snapshots.stored(db.session.connection(), stored)


def count(model: type[Any], *where: Any) -> int:
    return db.session.execute(select(func.count()).select_from(model).where(*where)).scalar_one()


@pytest.mark.rule("R-EDIT-1", http="allowed")
@pytest.mark.parametrize("kind", [Kind.ONLINE, Kind.OFFLINE, Kind.PAPER])
def test_a_correction_is_in_force_at_once_and_told(
    app: Flask, office: desk.DeskClient, graduate: Graduate, kind: Kind
) -> None:
    placement = made(kind, graduate)
    assert (
        f"/staff/placements/{placement.public_id}/correct"
        in office.get(f"/staff/placements/{placement.public_id}").text
    )
    before, reports = builders.reload(placement.id), count(Report)
    shown = correct(office, placement, step="preview", contact_name="演示乙", position_category="17")
    assert shown.status_code == 200
    assert "单位联系人演示甲→演示乙" in desk.words(shown) and WHY in desk.words(shown)
    assert terms(placement)["contact_name"] == "演示甲" and count(Correction) == 0
    answer = correct(office, placement, contact_name="演示乙", position_category="17")
    assert (answer.status_code, answer.location) == (303, f"/staff/placements/{placement.public_id}")
    after = builders.reload(placement.id)
    assert (after.state, after.version, after.terms_version) == ("effective", before.version + 1, before.version + 1)
    assert (terms(placement)["contact_name"], terms(placement)["position_category"]) == ("演示乙", "17")
    assert terms(placement)["employer_name"] == before.title
    noted = db.session.execute(select(Correction)).scalar_one()
    assert (noted.state, noted.made_by_role, noted.reason, noted.subject_id) == ("shown", "school", WHY, placement.id)
    told = db.session.execute(select(Outbox).where(Outbox.event == "placement.corrected")).scalar_one()
    assert (told.placement_id, told.payload["version"]) == (placement.id, after.version)
    assert count(Report) == reports + 1
    page = desk.words(office.get(f"/staff/placements/{placement.public_id}"))
    assert "学校修改登记信息" in page and "演示乙" in page and "待您确认" in page


@pytest.mark.rule("R-EDIT-1", http="allowed")
def test_the_agreement_and_its_document_stay_as_they_were_signed(office: desk.DeskClient, graduate: Graduate) -> None:
    placement = made(Kind.ONLINE, graduate)
    before, documents = signed(placement), count(Document)
    assert correct(office, placement, contact_mobile="13800000000").status_code == 303
    assert signed(placement) == before and count(Document) == documents
    assert before["employer"]["contact_mobile"] in office.get(f"/staff/placements/{placement.public_id}").text


@pytest.mark.rule("R-EDIT-1", "R-ON-8", http="allowed")
@pytest.mark.parametrize("then", [State.EFFECTIVE, State.TERMINATED])
def test_the_corrected_data_stand_on_every_page_of_the_agreement(
    app: Flask, office: desk.DeskClient, graduate: Graduate, then: State
) -> None:
    placement = made(Kind.ONLINE, graduate)
    assert correct(office, placement, contact_mobile="13800000000", report_place="大厦一层").status_code == 303
    if then == State.TERMINATED:
        db.session.execute(update(Placement).values(state=then.value, live_key=None, open_key=None))
        db.session.commit()
    page = api_client(app, graduate).get(f"/api/v1/invitations/{placement.public_id}").json
    shown = {line["label"]: line["value"] for line in page["employer"] + page["job"]}
    assert (shown["联系人手机"], shown["报到地点"], shown["转正起薪"]) == ("13800000000", "大厦一层", "10000元/月")
    (noted,) = page["corrections"]
    assert (noted["by"], noted["reason"]) == ("学校", WHY)
    assert [(one["label"], one["old"], one["new"]) for one in noted["changes"]] == [
        ("联系人手机", "19900001111", "13800000000"),
        ("报到地点", "--", "大厦一层"),
    ]
    frames = desk.words(office.get(f"/staff/placements/{placement.public_id}")).partition("甲方用人单位")[2]
    assert "13800000000" in frames and "19900001111" not in frames


@pytest.mark.rule("R-EDIT-1", http="allowed")
def test_of_a_paper_everything_may_be_corrected_as_it_stands_there(office: desk.DeskClient, graduate: Graduate) -> None:
    placement = made(Kind.PAPER, graduate)
    answer = correct(
        office,
        placement,
        employer_name="示例星海科技有限公司",
        pay_fen="12000",
        region_province="310000",
        region_city="310100",
        region_code="310101",
        supplement="提供住宿。",
    )
    assert answer.status_code == 303, desk.words(answer)
    after = builders.reload(placement.id)
    assert (after.title, terms(after)["pay_fen"], terms(after)["region_code"]) == (
        "示例星海科技有限公司",
        1200000,
        "310101",
    )


SIGNED = {
    "employer_name": "示例星海科技有限公司",
    "credit_code": "12100000400000624D",
    "employer_kind": "10",
    "address": "另一条大街2号",
    "pay_fen": "1",
    "probation_pay_fen": "1",
    "penalty_fen": "5000",
    "position": "经理",
    "household_archive": "none",
    "supplement": "甲方不提供宿舍。",
}


@pytest.mark.rule("R-EDIT-1", http="refused")
@pytest.mark.parametrize("kind", [Kind.ONLINE, Kind.OFFLINE])
def test_what_the_parties_signed_is_neither_offered_nor_taken(
    office: desk.DeskClient, graduate: Graduate, kind: Kind
) -> None:
    placement = made(kind, graduate)
    assert not set(SIGNED) & set(typed(office, placement))
    before = terms(placement)
    for field, value in SIGNED.items():
        answer = correct(office, placement, contact_name="演示乙", **{field: value})
        assert answer.status_code == 422, field
        assert "是双方签订的内容，不能修改。如确需变更，请双方解约后重新签约。" in desk.words(answer)
    assert terms(placement) == before and count(Correction) == 0


SENSELESS = [
    ({"contact_name": "演示乙", "reason": " "}, 422, "请填写修改原因，毕业生会看到它。"),
    ({"contact_name": "演示乙", "reason": "字" * 501}, 422, "修改原因最多500字，现有501字。"),
    ({}, 422, "内容没有变化，无需修改。"),
    ({"contact_mobile": "123"}, 422, "有1项填写不正确，尚未修改。"),
    ({"contact_name": ""}, 422, "请填写单位联系人。"),
    ({"contact_name": "演示乙", "version": "1"}, 409, "内容在您查看之后有更新"),
    ({"contact_name": "演示乙", "version": "x"}, 409, "内容在您查看之后有更新"),
]


@pytest.mark.rule("R-EDIT-1", http="refused")
@pytest.mark.parametrize("step", ["preview", "save"])
def test_a_correction_without_reason_change_or_sense_is_refused(
    office: desk.DeskClient, graduate: Graduate, step: str
) -> None:
    placement = made(Kind.ONLINE, graduate)
    for changed, status, sentence in SENSELESS:
        answer = correct(office, placement, step=step, **changed)
        assert answer.status_code == status and sentence in desk.words(answer), sentence
    assert count(Correction) == 0


@pytest.mark.rule("R-EDIT-1", http="refused")
def test_only_what_is_in_force_is_corrected(office: desk.DeskClient, graduate: Graduate) -> None:
    placement = builders.make_placement(State.ACCEPTED, graduate)
    page = office.get(f"/staff/placements/{placement.public_id}/correct")
    assert page.status_code == 409 and "不能修改" in desk.words(page) and "下一步：核对修改" not in desk.words(page)
    sent = {"version": placement.version, "reason": WHY, "contact_name": "演示乙", "step": "save"}
    assert office.post(f"/staff/placements/{placement.public_id}/correct", data=sent).status_code == 409


@pytest.mark.rule("R-EDIT-1", http="refused")
@pytest.mark.parametrize("who", ["department", "reader", "province", "elsewhere"])
def test_nobody_but_the_graduates_school_with_write_permission_corrects(
    app: Flask, school: School, graduate: Graduate, who: str
) -> None:
    placement = made(Kind.ONLINE, graduate)
    department = builders.make_department(school)
    stranger = {
        "department": lambda: desk.client(app, Role.DEPARTMENT, school, department),
        "reader": lambda: desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ)),
        "province": lambda: desk.client(app, Role.PROVINCE),
        "elsewhere": lambda: desk.client(app, Role.SCHOOL, builders.make_school("10001")),
    }[who]()
    status = 404 if who == "elsewhere" else 403
    assert stranger.get(f"/staff/placements/{placement.public_id}/correct").status_code == status
    sent = {"version": placement.version, "reason": WHY, "contact_name": "演示乙", "step": "save"}
    assert stranger.post(f"/staff/placements/{placement.public_id}/correct", data=sent).status_code == status
    assert count(Correction) == 0


@pytest.mark.rule("R-EDIT-1", http="allowed")
def test_an_approved_destination_is_corrected_by_the_school(
    app: Flask, office: desk.DeskClient, graduate: Graduate
) -> None:
    page = destinations.approved(app, api_client(app, graduate), graduate)
    assert f"/staff/destinations/{page['id']}/correct" in office.get(f"/staff/destinations/{page['id']}").text
    reports = count(Report)
    answer = destinations.correct(office, page, "postgraduate", school_name="另一所大学", step="preview")
    assert "录取学校示例大学→另一所大学" in desk.words(answer)
    assert destinations.correct(office, page, "postgraduate", school_name="另一所大学").status_code == 303
    after = destinations.placement_of(page)
    assert (after.state, terms(after)["school_name"]) == ("approved", "另一所大学")
    assert count(Report) == reports + 1 and count(Outbox, Outbox.event == "placement.corrected") == 1
    noted = db.session.execute(select(Correction)).scalar_one()
    assert (noted.subject_id, noted.reason) == (after.id, "与证明材料一致")


@pytest.mark.rule("R-EDIT-1", http="refused")
def test_a_department_does_not_correct_an_approved_destination(app: Flask, school: School, graduate: Graduate) -> None:
    page = destinations.approved(app, api_client(app, graduate), graduate)
    department = db.session.get(Department, graduate.roll.department_id)
    answer = destinations.correct(
        desk.client(app, Role.DEPARTMENT, school, department), page, "postgraduate", school_name="另一所大学"
    )
    assert answer.status_code == 409 and count(Correction) == 0
