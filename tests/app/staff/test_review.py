"""签约审核 over HTTP: queues, decisions, reasons, versions, who may and who may not."""

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import history
from app.extensions import db
from app.models import History, Outbox, RollRecord, School
from tests import builders, offline
from tests.app.api import papers
from tests.app.api.calls import travel
from tests.app.staff import desk
from workflows.vocabulary import AgreementKind, Level, Role, State


def approve(office: desk.Office, client: desk.DeskClient, **more: object):
    return client.post(f"{office.page}/approve", data={"version": office.now().version} | more)


def reject(office: desk.Office, client: desk.DeskClient, reason: str = "材料与实际不符", **more: object):
    typed = {"version": office.now().version, "reason": reason} | more
    return client.post(f"{office.page}/reject", data=typed)


@pytest.mark.rule("R-ON-5", http="allowed")
@pytest.mark.rule("R-LABEL-1", http="allowed")
def test_a_school_approves_and_the_signing_is_complete(app: Flask) -> None:
    office = desk.office(app)
    client = office.sit(Role.SCHOOL)
    assert "签约审核中（待学校审核）" in desk.words(client.get(office.page))
    answer = approve(office, client)
    assert (answer.status_code, answer.location) == (303, "/staff/review?queue=own")
    assert office.now().state == State.EFFECTIVE and office.now().agreement_number
    after = client.get(answer.location)
    assert "审核通过：" in desk.words(after) and "没有等待审核的记录。" in desk.words(after)
    assert "签约审核通过" in desk.words(client.get(f"/staff/placements/{office.placement.public_id}"))


@pytest.mark.rule("R-ON-5", http="refused")
@pytest.mark.rule("R-LABEL-1", http="refused")
def test_what_has_failed_cannot_be_decided_again(app: Flask) -> None:
    office = desk.office(app)
    client = office.sit(Role.SCHOOL)
    assert reject(office, client).status_code == 303
    assert office.now().state == State.REVIEW_REJECTED
    again = approve(office, client)
    assert again.status_code == 409
    assert "该记录当前状态为“签约审核不通过(学校审核不通过)”，不能审核通过。" in desk.words(again)
    assert f"{office.page}/approve" not in desk.buttons(again)


@pytest.mark.rule("R-REV-1", http="allowed")
@pytest.mark.rule("R-SCH-2", http="allowed")
def test_the_department_decides_first_then_the_school(app: Flask) -> None:
    office = desk.office(app, department_review=True)
    department, school = office.sit(Role.DEPARTMENT), office.sit(Role.SCHOOL)
    waiting = school.get(office.page)
    assert "该记录正在等待院系审核。" in desk.words(waiting)
    assert f"{office.page}/approve" not in desk.buttons(waiting)
    assert approve(office, school).status_code == 409
    assert office.graduate.roll.name not in desk.words(school.get("/staff/review"))
    assert "李*" in desk.words(department.get("/staff/review"))
    assert approve(office, department).status_code == 303
    assert (office.now().state, office.now().review_step) == (State.ACCEPTED, "school")
    assert approve(office, school).status_code == 303
    assert office.now().state == State.EFFECTIVE


@pytest.mark.rule("R-REV-1", http="allowed")
def test_a_department_rejects_at_once_with_a_reason_that_is_kept(app: Flask) -> None:
    office = desk.office(app, department_review=True)
    department = office.sit(Role.DEPARTMENT)
    assert reject(office, department, "专业与岗位不符").status_code == 303
    assert office.now().state == State.REVIEW_REJECTED
    page = desk.words(office.sit(Role.SCHOOL).get(f"/staff/placements/{office.placement.public_id}"))
    assert "签约审核不通过(院系审核不通过)" in page and "原因：专业与岗位不符" in page


@pytest.mark.rule("R-REV-1", http="refused")
@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("", "请填写不通过原因，毕业生会看到它。"), ("字" * 501, "不通过原因最多500字，现有501字。")],
)
def test_a_rejection_without_a_proper_reason_is_refused(app: Flask, reason: str, sentence: str) -> None:
    office = desk.office(app)
    answer = reject(office, office.sit(Role.SCHOOL), reason)
    assert answer.status_code == 422 and sentence in desk.words(answer)
    assert 'id="reason-error"' in answer.text and "collapse show" in answer.text
    assert office.now().state == State.ACCEPTED


@pytest.mark.rule("R-REV-1", http="refused")
@pytest.mark.parametrize("version", ["1", "", "x", "99999999999999999999"])
def test_a_decision_on_an_older_version_is_refused(app: Flask, version: str) -> None:
    office = desk.office(app)
    client = office.sit(Role.SCHOOL)
    answer = approve(office, client, version=version)
    assert answer.status_code == 409
    assert "内容在您查看之后有更新，请看过新内容再操作。" in desk.words(answer)
    assert f'value="{office.now().version}"' in answer.text
    assert office.now().state == State.ACCEPTED
    assert reject(office, client, version=version).status_code == 409


@pytest.mark.rule("R-SCH-2", http="allowed")
@pytest.mark.parametrize("why", ["no_reviewer", "reader_only", "setting_off"])
def test_a_school_decides_in_the_departments_stead_and_it_is_marked(app: Flask, why: str) -> None:
    office = desk.office(app, department_review=True, reviewer=why == "setting_off")
    if why == "reader_only":
        builders.make_staff(Role.DEPARTMENT, office.school, office.department, placement_level=int(Level.READ))
    if why == "setting_off":
        db.session.execute(update(School).where(School.id == office.school.id).values(department_review=False))
        db.session.commit()
    school = office.sit(Role.SCHOOL)
    assert "李*" not in desk.words(school.get("/staff/review"))
    assert "李*" in desk.words(school.get("/staff/review?queue=stead"))
    assert "您的决定将记为代院系审核。" in desk.words(school.get(office.page))
    assert approve(office, school).location == "/staff/review?queue=stead"
    assert office.now().review_step == "school"
    assert "学校（代院系）审核通过" in desk.words(school.get(office.page))


@pytest.mark.rule("R-SCH-2", http="refused")
def test_a_school_leaves_a_department_with_a_reviewer_its_step(app: Flask) -> None:
    office = desk.office(app, department_review=True)
    school = office.sit(Role.SCHOOL)
    assert "李*" not in desk.words(school.get("/staff/review?queue=stead"))
    assert reject(office, school).status_code == 409
    assert office.now().state == State.ACCEPTED


@pytest.mark.rule("R-SCH-2", http="allowed")
def test_the_waiting_step_moves_along_with_the_graduate(app: Flask) -> None:
    office = desk.office(app, department_review=True)
    before, elsewhere = office.sit(Role.DEPARTMENT), builders.make_department(office.school)
    after = desk.client(app, Role.DEPARTMENT, office.school, elsewhere)
    assert after.get(office.page).status_code == 404
    move = update(RollRecord).where(RollRecord.id == office.graduate.roll.id)
    db.session.execute(move.values(department_id=elsewhere.id))
    db.session.commit()
    assert before.get(office.page).status_code == 404
    assert approve(office, before).status_code == 404
    assert "李*" in desk.words(after.get("/staff/review"))
    page = desk.words(after.get(office.page))
    assert f"院系：{office.department.name}→{elsewhere.name}" in page
    assert approve(office, after).status_code == 303


def test_others_records_are_not_found(app: Flask) -> None:
    office = desk.office(app)
    foreign = builders.make_school("10011")
    for client in (
        desk.client(app, Role.SCHOOL, foreign),
        desk.client(app, Role.DEPARTMENT, office.school, builders.make_department(office.school)),
        desk.client(app, Role.DEPARTMENT, foreign, builders.make_department(foreign)),
    ):
        assert client.get(office.page).status_code == 404
        assert client.post(f"{office.page}/approve", data={"version": 2}).status_code == 404
        assert client.post(f"/staff/placements/{office.placement.public_id}/unmask").status_code == 404
        assert office.graduate.roll.student_number not in client.get("/staff/review").text
    for address in ("/staff/review/0", f"/staff/review/{'0' * 20}", "/staff/review/%00"):
        assert office.sit(Role.SCHOOL).get(address).status_code == 404
    assert office.now().state == State.ACCEPTED


def test_who_only_reads_sees_everything_and_no_buttons(app: Flask) -> None:
    office = desk.office(app)
    reader = office.sit(Role.SCHOOL, placement_level=int(Level.READ))
    assert "您的账号只有查看权限，不能审核。" in desk.words(reader.get("/staff/review"))
    page = reader.get(office.page)
    assert page.status_code == 200
    assert {address.rsplit("/", 1)[-1] for address in desk.buttons(page)} == {"sign-out", "unmask"}
    assert approve(office, reader).status_code == 403
    assert reject(office, reader).status_code == 403
    assert office.now().state == State.ACCEPTED


@pytest.mark.parametrize("role", [Role.PROVINCE, Role.OPERATOR, Role.AUDITOR])
def test_the_queue_is_for_reviewers_alone(app: Flask, role: Role) -> None:
    office = desk.office(app)
    client = desk.client(app, role)
    assert client.get("/staff/review").status_code == 403
    assert client.get(office.page).status_code == 403
    assert approve(office, client).status_code == 403


def test_without_a_level_the_module_is_not_there(app: Flask) -> None:
    office = desk.office(app)
    nobody = office.sit(Role.SCHOOL, placement_level=int(Level.NONE))
    assert nobody.get("/staff/review").status_code == 403
    home = nobody.get("/staff/")
    assert home.status_code == 200 and "签约审核" not in desk.words(home)


@pytest.mark.rule("R-PROV-2", http="allowed")
@pytest.mark.rule("R-LABEL-1", http="allowed")
def test_a_two_party_school_certifies_and_says_so_everywhere(app: Flask) -> None:
    office = desk.office(app, kind=AgreementKind.TWO_PARTY, code="10848", department_review=True)
    department, school = office.sit(Role.DEPARTMENT), office.sit(Role.SCHOOL)
    pages = [school.get(address) for address in ("/staff/", "/staff/review", "/staff/review?queue=stead", office.page)]
    pages += [department.get(address) for address in ("/staff/", "/staff/review", office.page, "/staff/placements")]
    for page in pages:
        assert page.status_code == 200 and "签约鉴证" in desk.words(page)
        # the first review of an offline agreement never certifies, nor that of a destination
        others = ("就业协议审核", "协议审核待提交", "去向登记待我审核", "去向登记代院系审核")
        assert "审核" not in re.sub("|".join(others), "", desk.words(page))
    settings = desk.words(school.get("/staff/settings"))
    quoted = "不会因学院和学校审核状态影响签约效力"  # S0's notice stands as it is
    assert "院系参与鉴证" in settings and "审核" not in settings.replace(quoted, "")
    assert approve(office, department).status_code == 303
    done = approve(office, school)
    assert "鉴证通过：" in desk.words(school.get(done.location))
    assert "签约鉴证通过" in desk.words(school.get("/staff/placements"))


@pytest.mark.rule("R-PROV-2", http="refused")
def test_a_two_party_school_reviews_what_is_none_of_the_four(app: Flask) -> None:
    travel(app, papers.MAY)
    school = builders.make_school("10848", kind=AgreementKind.TWO_PARTY)
    offline.make_offline(State.AGREEMENT_REVIEW, builders.make_graduate(school))
    builders.make_paper(State.REVIEW, builders.make_graduate(school))
    client = desk.client(app, Role.SCHOOL, school)
    home = desk.words(client.get("/staff/"))
    assert "去向登记待我审核" in home and "解约待我鉴证" in home and "去向登记待我鉴证" not in home
    for kind in ("agreement", "paper"):
        page = client.get(f"/staff/review?kind={kind}")
        [button] = re.findall(r'text-nowrap" href="/staff/review/[0-9a-f]+">([^<]*)<', page.text)
        assert button == "审核"
    assert "没有等待鉴证的记录" in desk.words(client.get("/staff/review?kind=signing"))
    offline.make_offline(State.SIGNING_REVIEW, builders.make_graduate(school))
    assert ">鉴证<span" in client.get("/staff/review?kind=signing").text


@pytest.mark.rule("R-PROV-2", http="refused")
def test_a_two_party_refusal_says_certify(app: Flask) -> None:
    office = desk.office(app, kind=AgreementKind.TWO_PARTY, code="10848", department_review=True)
    answer = approve(office, office.sit(Role.SCHOOL))
    assert answer.status_code == 409
    assert "该记录正在等待院系鉴证。" in desk.words(answer)


def test_lists_are_masked_and_looking_behind_the_mask_is_written_down(app: Flask) -> None:
    office = desk.office(app)
    client, number = office.sit(Role.SCHOOL, name="张老师"), office.graduate.id_number
    address = f"/staff/placements/{office.placement.public_id}"
    for page in ("/staff/review", "/staff/placements", "/staff/roll", address, office.page):
        assert number not in client.get(page).text
    for page in ("/staff/review", "/staff/placements", "/staff/roll"):
        assert "李明" not in client.get(page).text
    shown = client.post(f"{address}/unmask")
    assert shown.status_code == 200 and number in shown.text and office.graduate.phone in shown.text
    row = db.session.execute(select(History).where(History.action == "unmask")).scalar_one()
    assert (row.subject_kind, row.subject_id, row.actor_role) == ("placement", office.placement.id, "school")
    assert list(history.verify(db.session.connection())) == []
    page = client.get(address)
    assert number not in page.text and "查看完整证件号与联系方式（张老师）" in desk.words(page)
    province = desk.client(app, Role.PROVINCE)
    assert province.post(f"{address}/unmask").status_code == 403


def test_the_queue_goes_on_where_it_was_while_cases_are_decided(app: Flask) -> None:
    school = builders.make_school()
    department = builders.make_department(school)
    offices = [desk.Office(app, school, department, builders.make_graduate(school, department)) for _ in range(23)]
    client = offices[0].sit(Role.SCHOOL)
    first = client.get("/staff/review")
    numbers = [office.graduate.roll.student_number for office in offices]
    assert [number for number in numbers if number in first.text] == numbers[:20]
    assert "共23条" in desk.words(first) and "after=" in first.text and "before=" not in first.text
    last = offices[19].placement.public_id
    approve(offices[0], client)
    approve(offices[19], client)
    second = client.get(f"/staff/review?after={last}")
    assert [number for number in numbers if number in second.text] == numbers[20:]
    back = client.get(f"/staff/review?before={offices[20].placement.public_id}")
    assert [number for number in numbers if number in back.text] == numbers[1:19]
    assert client.get(f"/staff/review?after={'0' * 20}").status_code == 404
    found = client.get(f"/staff/review?student_number={numbers[5]}")
    assert [number for number in numbers if number in found.text] == [numbers[5]]
    assert "没有符合条件的记录。" in desk.words(client.get("/staff/review?employer=100%25_"))


def test_a_rejection_tells_the_people_concerned_once(app: Flask) -> None:
    office = desk.office(app)
    reject(office, office.sit(Role.SCHOOL))
    told = select(Outbox.event).where(Outbox.placement_id == office.placement.id)
    assert [e for e in db.session.execute(told).scalars() if e == "signing.rejected"] == ["signing.rejected"]


@pytest.mark.parametrize("address", ["/staff/review", "/staff/placements", "/staff/roll"])
def test_lists_take_the_same_number_of_statements_however_long(app: Flask, address: str) -> None:
    school = builders.make_school()
    department = builders.make_department(school)
    client = desk.client(app, Role.SCHOOL, school)
    lengths = []
    for more in (1, 6):
        for _ in range(more):
            desk.Office(app, school, department, builders.make_graduate(school, department))
        client.get(address)
        with desk.statements() as seen:
            assert client.get(address).status_code == 200
        lengths.append(len(seen))
    assert lengths[0] == lengths[1] <= 10
