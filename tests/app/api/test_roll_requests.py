"""信息导入 and 信息更新: asked over the API, decided by the school on its pages, written onto the roll at once."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import history
from app.clock import now
from app.extensions import db
from app.models import Account, Department, Document, Outbox, RollRecord, RollRequest, School
from tests import builders
from tests.app.api.calls import API, page, refused
from tests.app.api.codes import messages
from tests.app.api.test_sign_in import add_to_roll, make_person, me, sign_in
from tests.app.staff import desk
from tests.application import ApiClient, api_client, open_session
from tests.builders import Graduate
from workflows.vocabulary import Level, Role, State

NUMBER = "11010519491231002X"
DECLARATION = "2026-1"
IMPORT = {
    "student_number": "2023000777",
    "department": "石油工程学院",
    "major": "石油工程",
    "education_code": "31",
    "ethnic_code": "01",
    "political_code": "03",
    "graduates_on": "2027-06-30",
    "training_mode": "1",
}


def import_request(school: School, **fields: str) -> dict[str, Any]:
    return {"kind": "import", "school_code": school.code, "cohort": 2027, "fields": IMPORT | fields, "note": "转学"}


def update_request(graduate: Graduate, **fields: str) -> dict[str, Any]:
    return {"kind": "update", "record": graduate.roll.public_id, "fields": fields}


def ask(client: ApiClient, body: dict[str, Any]) -> Any:
    return client.post(f"{API}/roll-requests", json={"declaration": DECLARATION} | body)


def account_client(app: Flask, account: Account) -> ApiClient:
    client = api_client(app, None)
    client.token = open_session("graduate", account.id)
    return client


def decide(staff: desk.DeskClient, public_id: str, action: str = "grant", version: int = 1, reason: str = "") -> Any:
    data = {"version": str(version), "reason": reason}
    return staff.post(f"/staff/roll/requests/{public_id}/{action}", data=data)


@pytest.fixture
def person(school: School) -> Account:
    """Somebody with an account who is on no roll."""
    return make_person("李明", "resident_id", NUMBER, school.code)


@pytest.fixture
def office(app: Flask, school: School) -> desk.DeskClient:
    return desk.client(app, Role.SCHOOL, school)


def fresh(roll_id: int) -> RollRecord:
    return db.session.get_one(RollRecord, roll_id, populate_existing=True)


@pytest.mark.rule("R-GRAD-2", http="allowed")
def test_who_is_on_no_roll_asks_and_is_put_on_it(
    app: Flask, school: School, person: Account, office: desk.DeskClient
) -> None:
    builders.make_department(school, "石油工程学院")
    client = account_client(app, person)
    assert client.get(f"{API}/me").json["mismatch"] == ["姓名", "身份证号"]
    asked = ask(client, import_request(school))
    assert (asked.status_code, asked.json["label"], asked.json["title"]) == (200, "待学校处理", "信息导入")
    listed = desk.words(office.get("/staff/roll/requests"))
    assert "信息导入" in listed and "李*" in listed and "李明" not in listed
    shown = office.get(f"/staff/roll/requests/{asked.json['id']}")
    assert NUMBER not in shown.text and "2023000777" in shown.text and "转学" in shown.text
    assert decide(office, asked.json["id"]).status_code == 303
    record = db.session.execute(select(RollRecord).where(RollRecord.student_number == "2023000777")).scalar_one()
    assert (record.account_id, record.name, record.cohort, record.gender_code) == (person.id, "李明", 2027, "2")
    own = client.get(f"{API}/me").json["records"]
    assert [(one["id"], one["confirmed"]) for one in own] == [(record.public_id, False)]
    assert client.get(f"{API}/roll-requests").json[0]["label"] == "学校已通过"
    assert "信息导入申请已通过" in [one.title for one in messages()]
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-ROLL-1", http="refused")
def test_who_is_on_no_roll_can_use_nothing_but_requests_and_contact(app: Flask, person: Account) -> None:
    client = account_client(app, person)
    refused(client.get(f"{API}/home"), 403, "not_on_roll")
    refused(client.get(f"{API}/invitations"), 403, "not_on_roll")
    assert client.get(f"{API}/roll-requests").json == []
    assert client.post(f"{API}/me/email", json={"email": "new@example.com"}).status_code == 200


@pytest.mark.rule("R-GRAD-2", http="allowed")
@pytest.mark.parametrize("on_roll", [{"name": "李鸣"}, {"number": "110105199912310010"}, {"level": "master"}])
def test_a_wrong_key_on_the_roll_is_corrected_and_joined(
    app: Flask, school: School, person: Account, office: desk.DeskClient, on_roll: dict[str, str]
) -> None:
    builders.make_department(school, "石油工程学院")
    number = on_roll.get("number", NUMBER)
    if number != NUMBER:
        number = builders.resident_number(builders._random, "110105", now().date(), "1")
    columns = {"degree_level_code": on_roll.get("level", "bachelor"), "student_number": "2023000777"}
    record = add_to_roll(school, on_roll.get("name", "李明"), "resident_id", number, **columns)
    client = account_client(app, person)
    wrong = client.get(f"{API}/me").json["mismatch"]
    assert len(wrong) == 1 and not set(on_roll.values()) & set(str(wrong).split("'"))
    asked = ask(client, import_request(school))
    assert decide(office, asked.json["id"]).status_code == 303
    found = me(app, sign_in(app, NUMBER))
    assert [one["id"] for one in found["records"]] == [record.public_id]
    assert fresh(record.id).name == "李明"


@pytest.mark.rule("R-GRAD-2", "R-GRAD-1", http="allowed")
def test_a_granted_update_changes_the_roll_and_asks_for_confirmation_again(
    app: Flask, graduate: Graduate, client: ApiClient, office: desk.DeskClient
) -> None:
    asked = ask(client, update_request(graduate, ethnic_code="03", origin_region="河北省石家庄市长安区"))
    shown = desk.words(office.get(f"/staff/roll/requests/{asked.json['id']}"))
    assert "民族汉族回族" in shown and "生源地北京市海淀区河北省石家庄市长安区" in shown
    assert "信息申请1" in desk.words(office.get("/staff/roll"))
    assert decide(office, asked.json["id"]).status_code == 303
    record = fresh(graduate.roll.id)
    assert (record.ethnic_code, record.origin_region) == ("03", "130102")
    assert record.shown_hash != record.confirmed_hash
    assert client.get(f"{API}/home").json["record"]["confirmed"] is False
    events = db.session.execute(select(Outbox.event).order_by(Outbox.id)).scalars().all()
    assert events == ["roll_request.granted"], "what one asked for oneself is told of once, as granted"
    assert client.get(f"{API}/corrections").json == []
    assert "更新名单信息" in desk.words(office.get(f"/staff/roll/{graduate.roll.public_id}"))


@pytest.mark.rule("R-GRAD-2", http="refused")
def test_a_refusal_says_why_and_one_may_ask_again(
    graduate: Graduate, client: ApiClient, office: desk.DeskClient
) -> None:
    asked = ask(client, update_request(graduate, major="油气储运工程")).json["id"]
    empty = decide(office, asked, "refuse")
    assert empty.status_code == 422 and "请填写不通过原因" in desk.words(empty)
    assert decide(office, asked, "refuse", reason="请提供证明").status_code == 303
    assert fresh(graduate.roll.id).major == "石油工程"
    told = client.get(f"{API}/roll-requests").json[0]
    assert (told["label"], told["reason"]) == ("学校未通过", "请提供证明")
    assert "信息更新申请未通过" in [one.title for one in messages()]
    assert decide(office, asked, version=2).status_code == 409
    assert ask(client, update_request(graduate, major="油气储运工程")).status_code == 200


@pytest.mark.rule("R-GRAD-2", http="refused")
def test_one_open_request_of_a_kind(
    app: Flask, school: School, graduate: Graduate, client: ApiClient, office: desk.DeskClient
) -> None:
    first = ask(client, update_request(graduate, major="油气储运工程"))
    detail = refused(ask(client, update_request(graduate, ethnic_code="02")), 409, "already_open")
    assert detail["next"] == "请等待学校处理后再申请。"
    assert client.get(f"{API}/roll-requests/form?kind=update").json["open"] is True
    other = builders.make_school("10011")
    assert ask(client, import_request(other)).status_code == 200, "another kind"
    assert decide(office, first.json["id"], version=7).status_code == 409
    assert decide(office, first.json["id"]).status_code == 303
    assert ask(client, update_request(graduate, ethnic_code="02")).status_code == 200


@pytest.mark.rule("R-GRAD-2", http="refused")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fields": {}}, "fields"),
        ({"fields": {"ethnic_code": "火星族"}}, "ethnic_code"),
        ({"fields": {"phone": "19900000000"}}, "phone"),
        ({"fields": {"email": "a@example.com"}}, "email"),
        ({"fields": {"training_mode": "22"}}, "training_mode"),
        ({"fields": {"name": "李\U000f0000"}}, "name"),
        ({"fields": {"graduates_on": "2027-13-01"}}, "graduates_on"),
        ({"kind": "delete"}, "kind"),
        ({"note": "长" * 201}, "note"),
    ],
)
def test_what_is_wrong_is_told_by_field(
    graduate: Graduate, client: ApiClient, change: dict[str, Any], field: str
) -> None:
    answer = ask(client, update_request(graduate, major="油气储运工程") | change)
    assert answer.status_code == 422 and field in answer.json["detail"]["fields"]
    assert db.session.execute(select(RollRequest.id)).first() is None


@pytest.mark.rule("R-GRAD-2", http="refused")
def test_who_is_on_the_roll_is_sent_to_the_update(graduate: Graduate, school: School, client: ApiClient) -> None:
    detail = refused(ask(client, import_request(school)), 409, "taken")
    assert "信息更新" in detail["next"]
    stranger = builders.make_graduate(school)
    refused(ask(client, update_request(stranger, major="x")), 404, "not_found")


@pytest.mark.rule("R-GRAD-2", http="refused")
def test_an_import_that_is_anothers_record_is_not_granted(
    app: Flask, school: School, person: Account, graduate: Graduate, office: desk.DeskClient
) -> None:
    builders.make_department(school, "石油工程学院")
    asked = ask(account_client(app, person), import_request(school, student_number=graduate.roll.student_number))
    answer = decide(office, asked.json["id"])
    assert answer.status_code == 409 and "已关联账号" in desk.words(answer)
    assert db.session.get_one(RollRequest, 1).state == State.ASKED
    assert fresh(graduate.roll.id).name == "李明" and fresh(graduate.roll.id).account_id == graduate.account.id


@pytest.mark.rule("R-GRAD-2", http="refused")
def test_an_import_does_not_take_the_record_of_who_has_not_signed_in_yet(
    app: Flask, school: School, person: Account, office: desk.DeskClient
) -> None:
    builders.make_department(school, "石油工程学院")
    number = builders.resident_number(builders._random, "110105", now().date(), "2")
    victim = add_to_roll(school, "赵敏", "resident_id", number, student_number="2023000778")
    before = (victim.name, victim.id_number_blind)
    asked = ask(account_client(app, person), import_request(school, student_number="2023000778")).json["id"]
    shown = desk.words(office.get(f"/staff/roll/requests/{asked}"))
    assert "赵敏" in shown, "the school sees whose record the student number is"
    answer = decide(office, asked)
    assert answer.status_code == 409 and "属于另一名毕业生" in desk.words(answer)
    kept = fresh(victim.id)
    assert ((kept.name, kept.id_number_blind), kept.account_id) == (before, None)


@pytest.mark.rule("R-GRAD-2", http="allowed")
def test_a_department_that_is_not_there_yet_is_added_when_the_school_grants(
    app: Flask, school: School, person: Account, office: desk.DeskClient
) -> None:
    asked = ask(account_client(app, person), import_request(school))
    warned = desk.words(office.get(f"/staff/roll/requests/{asked.json['id']}"))
    assert "本校还没有院系“石油工程学院”，通过后会新建该院系" in warned
    assert "1信息导入与更新申请" in desk.words(office.get("/staff/"))
    assert decide(office, asked.json["id"]).status_code == 303
    assert "0信息导入与更新申请" in desk.words(office.get("/staff/"))
    added = db.session.execute(select(Department)).scalar_one()
    assert (added.school_id, added.name) == (school.id, "石油工程学院")
    assert db.session.execute(select(RollRecord.department_id)).scalar_one() == added.id


@pytest.mark.rule("R-GRAD-2", http="refused")
def test_only_the_schools_own_writers_decide(app: Flask, school: School, graduate: Graduate, client: ApiClient) -> None:
    asked = ask(client, update_request(graduate, major="油气储运工程")).json["id"]
    refusals = [
        (desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ)), 403),
        (desk.client(app, Role.DEPARTMENT, school, builders.make_department(school)), 403),
        (desk.client(app, Role.PROVINCE), 403),
        (desk.client(app, Role.SCHOOL, builders.make_school("10011")), 404),
    ]
    for staff, status in refusals:
        assert decide(staff, asked).status_code == status
        assert decide(staff, asked, "refuse", reason="x").status_code == status
    reader = refusals[0][0].get(f"/staff/roll/requests/{asked}")
    assert reader.status_code == 200 and desk.buttons(reader) == ["/staff/sign-out"]
    assert refusals[3][0].get(f"/staff/roll/requests/{asked}").status_code == 404
    assert fresh(graduate.roll.id).major == "石油工程"


@pytest.mark.rule("R-GRAD-10", http="allowed")
def test_a_record_under_review_shows_old_and_new_and_prints_the_old(
    app: Flask, graduate: Graduate, client: ApiClient, office: desk.DeskClient
) -> None:
    placement = builders.make_placement(State.ACCEPTED, graduate)
    asked = ask(client, update_request(graduate, major="油气储运工程")).json["id"]
    assert decide(office, asked).status_code == 303
    shown = desk.words(office.get(f"/staff/review/{placement.public_id}"))
    assert "石油工程" in shown and "油气储运工程" in shown
    student = {one["label"]: one["value"] for one in page(client, placement)["student"]["fields"]}
    assert student["专业"] == "石油工程", "what was accepted is what is printed"


@pytest.mark.rule("R-GRAD-10", http="refused")
def test_a_granted_update_never_changes_an_agreement_already_made(
    app: Flask, graduate: Graduate, client: ApiClient, office: desk.DeskClient
) -> None:
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    before = page(client, placement)["student"]
    document = db.session.execute(select(Document.version, Document.code)).one()
    asked = ask(client, update_request(graduate, name="李鸣", major="油气储运工程")).json["id"]
    assert decide(office, asked).status_code == 303
    assert page(client, placement)["student"] == before
    assert db.session.execute(select(Document.version, Document.code)).one() == document
    assert db.session.execute(select(Outbox.event)).scalars().all().count("agreement.issued") == 1
    later = client.post(f"{API}/invitations/{builders.make_invitation(graduate).public_id}/accept", json={"version": 1})
    assert (later.status_code, later.json["code"]) == (403, "confirm_first"), "the changed data are confirmed first"


@pytest.mark.rule("R-BTN-2", http="refused")
def test_without_the_tick_nothing_is_asked_for(client: ApiClient, graduate: Graduate) -> None:
    body = update_request(graduate, major="地质工程")
    for declaration in (None, "1999-1"):
        answer = refused(ask(client, body | {"declaration": declaration}), 422, "declaration_required")
        assert set(answer["fields"]) == {"declaration"}
    text = client.get(f"{API}/roll-requests/form?kind=update").json["declaration"]
    assert text["version"] == DECLARATION
    assert ask(client, body | {"declaration": text["version"]}).status_code == 200


def test_the_form_says_what_may_be_asked(client: ApiClient) -> None:
    form = client.get(f"{API}/roll-requests/form?kind=import").json
    fields = {one["name"]: one for one in form["fields"]}
    assert (
        form["cohorts"] == [2026, 2027, 2028] and fields["major"]["required"] and not fields["exam_number"]["required"]
    )
    assert {"code": "01", "label": "汉族"} in fields["ethnic_code"]["choices"]
    assert "training_mode" not in {
        one["name"] for one in client.get(f"{API}/roll-requests/form?kind=update").json["fields"]
    }
