"""提醒送达: whom the staff have to call, what they see of the ways a message took, and what is left on record."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import history
from app.extensions import db
from app.models import History
from tests import builders
from tests.app.staff import desk, messages
from tests.builders import Graduate
from workflows.vocabulary import Level, Role

TOLD = {"note": "本人接听，已告知。"}


@pytest.fixture
def office(app: Flask) -> desk.Office:
    return desk.office(app)


@pytest.fixture
def person(office: desk.Office) -> Graduate:
    return office.graduate


def steps(action: str) -> list[History]:
    rows = db.session.execute(select(History).where(History.action == action).order_by(History.id)).scalars().all()
    db.session.rollback()
    return list(rows)


def ids(answer: Any) -> list[str]:
    return re.findall(r'href="/staff/messages/([0-9a-f]{20})"', answer.get_data(as_text=True))


def test_who_has_to_be_called_stands_on_a_list_of_its_own(office: desk.Office, person: Graduate) -> None:
    told = messages.put(person, "told", channel="sms", proof="receipt")
    waits = messages.put(person, error="43101")
    client = office.sit(Role.SCHOOL)
    page = client.get("/staff/messages")
    assert ids(page) == [waits]
    words = desk.words(page)
    assert "待电话通知1" in words and "毕业生未授权接收该消息（43101）" in words
    assert person.roll.name not in words and person.phone not in words
    everything = client.get("/staff/messages?queue=all")
    assert ids(everything) == [waits, told] and "短信" in desk.words(everything)
    assert ids(client.get("/staff/messages?queue=nonsense")) == [waits]


@pytest.mark.rule("R-MSG-2", http="allowed")
@pytest.mark.parametrize("role", [Role.SCHOOL, Role.DEPARTMENT])
def test_a_call_tells_the_graduate_and_is_on_record(office: desk.Office, person: Graduate, role: Role) -> None:
    waits = messages.put(person)
    client = office.sit(role)
    page = client.get(f"/staff/messages/{waits}")
    assert desk.buttons(page)[1:] == [f"/staff/messages/{waits}/unmask", f"/staff/messages/{waits}/called"]
    answer = client.post(f"/staff/messages/{waits}/called", data=TOLD)
    assert (answer.status_code, answer.location) == (303, "/staff/messages")
    row = messages.stored(waits)
    assert (row.state, row.channel, row.proof, row.call_note) == ("told", "call", "call", TOLD["note"])
    assert row.called_by is not None and row.ended_at is not None
    [step] = steps("tell_by_call")
    assert (step.actor_role, step.record_id, step.detail["message"]) == (role.value, person.roll.id, waits)
    assert TOLD["note"] not in str(step.detail)
    assert list(history.verify(db.session.connection())) == []
    db.session.rollback()
    page = client.get(f"/staff/messages/{waits}")
    words = desk.words(page)
    assert "已告知" in words and "电话（工作人员电话告知）" in words and "本人接听" in words
    assert desk.buttons(page)[1:] == []
    assert "电话告知未送达的提醒" in desk.words(client.get(f"/staff/roll/{person.roll.public_id}"))


@pytest.mark.rule("R-MSG-2", http="refused")
@pytest.mark.parametrize("state", ["told", "open", "merged", "dead"])
def test_only_what_is_listed_can_be_told_by_a_call(office: desk.Office, person: Graduate, state: str) -> None:
    other = messages.put(person, state)
    answer = office.sit(Role.SCHOOL).post(f"/staff/messages/{other}/called", data=TOLD)
    assert answer.status_code == 409 and "不在待电话通知名单中" in desk.words(answer)
    assert messages.stored(other).state == state and steps("tell_by_call") == []


def test_a_call_is_told_once(office: desk.Office, person: Graduate) -> None:
    waits, client = messages.put(person), office.sit(Role.SCHOOL)
    answers = [client.post(f"/staff/messages/{waits}/called", data=TOLD).status_code for _ in range(2)]
    assert answers == [303, 409] and len(steps("tell_by_call")) == 1


@pytest.mark.parametrize("note", ["", "  ", "长" * 201, "打 13800138000 无人接听", "座机 89733001"])
def test_a_call_wants_a_note_without_numbers(office: desk.Office, person: Graduate, note: str) -> None:
    waits = messages.put(person)
    answer = office.sit(Role.SCHOOL).post(f"/staff/messages/{waits}/called", data={"note": note})
    assert answer.status_code == 422 and "不要填写电话或证件号码" in desk.words(answer)
    assert messages.stored(waits).state == "listed"


def test_who_looks_at_the_number_is_on_record(office: desk.Office, person: Graduate) -> None:
    waits, client = messages.put(person), office.sit(Role.DEPARTMENT)
    masked = f"{person.phone[:3]}****{person.phone[-4:]}"
    page = client.get(f"/staff/messages/{waits}")
    assert masked in desk.words(page) and person.phone not in page.text
    assert steps("unmask") == []
    page = client.post(f"/staff/messages/{waits}/unmask")
    assert person.phone in desk.words(page)
    [step] = steps("unmask")
    assert (step.record_id, step.detail) == (person.roll.id, {"fields": ["联系电话"]})


def test_who_may_only_read_cannot_tell_by_a_call(office: desk.Office, person: Graduate) -> None:
    waits, client = messages.put(person), office.sit(Role.SCHOOL, placement_level=int(Level.READ))
    page = client.get(f"/staff/messages/{waits}")
    assert page.status_code == 200 and desk.buttons(page)[1:] == [f"/staff/messages/{waits}/unmask"]
    assert client.post(f"/staff/messages/{waits}/called", data=TOLD).status_code == 403
    assert messages.stored(waits).state == "listed"


NEITHER = {"archive_level": int(Level.NONE), "household_level": int(Level.NONE)}


@pytest.mark.rule("R-ACC-1", http="allowed")
@pytest.mark.rule("R-ACC-1", http="refused")
@pytest.mark.parametrize("role", [Role.SCHOOL, Role.DEPARTMENT])
def test_a_message_is_shown_to_who_sees_its_module(office: desk.Office, person: Graduate, role: Role) -> None:
    signing, archive = messages.put(person), messages.put(person, title="档案转寄审核不通过", module="archive")
    first = office.sit(role, **NEITHER)
    assert ids(first.get("/staff/messages")) == ids(first.get("/staff/messages?queue=all")) == [signing]
    assert "档案转寄" not in first.get("/staff/messages").text and "1待电话通知" in desk.words(first.get("/staff/"))
    for act in ("", "/unmask", "/called"):
        answer = first.open(f"/staff/messages/{archive}{act}", method="POST" if act else "GET", data=TOLD)
        assert answer.status_code == 404
    other = office.sit(role, placement_level=int(Level.NONE), archive_level=int(Level.WRITE))
    assert ids(other.get("/staff/messages")) == [archive] and "1待电话通知" in desk.words(other.get("/staff/"))
    assert "提醒送达" in desk.words(other.get("/staff/"))
    assert other.get(f"/staff/messages/{signing}").status_code == 404
    page = other.get(f"/staff/messages/{archive}")
    assert page.status_code == 200 and f"/staff/roll/{person.roll.public_id}" not in page.text
    assert other.post(f"/staff/messages/{archive}/called", data=TOLD).status_code == 303
    nobody = office.sit(role, placement_level=int(Level.NONE), **NEITHER)
    assert nobody.get("/staff/messages").status_code == 403


@pytest.mark.rule("R-ACC-1", http="refused")
def test_a_call_is_noted_by_who_may_write_in_the_module(office: desk.Office, person: Graduate) -> None:
    archive = messages.put(person, module="archive")
    client = office.sit(Role.SCHOOL, archive_level=int(Level.READ))
    assert desk.buttons(client.get(f"/staff/messages/{archive}"))[1:] == [f"/staff/messages/{archive}/unmask"]
    assert ">电话告知<" not in client.get("/staff/messages").text
    assert client.post(f"/staff/messages/{archive}/called", data=TOLD).status_code == 403
    assert messages.stored(archive).state == "listed"


@pytest.mark.rule("R-ACC-2")
def test_nobody_sees_the_messages_of_another_tenant(app: Flask, office: desk.Office, person: Graduate) -> None:
    waits = messages.put(person)
    school = builders.make_school("10001")
    strangers = [
        desk.client(app, Role.SCHOOL, school),
        desk.client(app, Role.DEPARTMENT, school, builders.make_department(school)),
        desk.client(app, Role.DEPARTMENT, office.school, builders.make_department(office.school, "另一院系")),
    ]
    for client in strangers:
        assert ids(client.get("/staff/messages")) == ids(client.get("/staff/messages?queue=all")) == []
        assert client.get(f"/staff/messages/{waits}").status_code == 404
        assert client.post(f"/staff/messages/{waits}/unmask").status_code == 404
        assert client.post(f"/staff/messages/{waits}/called", data=TOLD).status_code == 404
        assert client.get(f"/staff/messages?after={waits}").status_code == 404
    assert messages.stored(waits).state == "listed" and steps("unmask") == []


def test_what_is_of_no_school_is_nobodys_of_the_staff(office: desk.Office, person: Graduate) -> None:
    code = messages.put(person, "told", school_id=None, roll_record_id=None)
    number = messages.put(person, "told", recipient_kind="phone", roll_record_id=None)
    client = office.sit(Role.SCHOOL)
    assert ids(client.get("/staff/messages?queue=all")) == []
    assert [client.get(f"/staff/messages/{one}").status_code for one in (code, number)] == [404, 404]


@pytest.mark.rule("R-MSG-2", http="allowed")
def test_who_is_on_no_roll_is_called_by_the_school(app: Flask, office: desk.Office, person: Graduate) -> None:
    waits = messages.put(person, roll_record_id=None)
    client = office.sit(Role.SCHOOL)
    page = client.get("/staff/messages")
    assert ids(page) == [waits] and "待电话通知1" in desk.words(page) and person.roll.name not in desk.words(page)
    assert ids(client.get(f"/staff/messages?name={person.roll.name}")) == [waits]
    assert ids(client.get("/staff/messages?name=无此人")) == ids(client.get("/staff/messages?student_number=2")) == []
    page = client.get(f"/staff/messages/{waits}")
    assert f"{person.roll.name}（不在毕业生名单中）" in desk.words(page)
    assert person.phone in desk.words(client.post(f"/staff/messages/{waits}/unmask"))
    assert client.post(f"/staff/messages/{waits}/called", data=TOLD).status_code == 303
    assert messages.stored(waits).proof == "call"
    for action in ("unmask", "tell_by_call"):
        [step] = steps(action)
        assert (step.record_kind, step.record_id, step.subject_kind) == ("account", person.account.id, "account")
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-MSG-2", "R-ACC-2", http="refused")
def test_who_is_on_no_roll_is_of_no_department_and_no_other_school(
    app: Flask, office: desk.Office, person: Graduate
) -> None:
    waits = messages.put(person, roll_record_id=None)
    for client in (office.sit(Role.DEPARTMENT), desk.client(app, Role.SCHOOL, builders.make_school("10001"))):
        assert ids(client.get("/staff/messages")) == []
        assert client.post(f"/staff/messages/{waits}/called", data=TOLD).status_code == 404
    assert messages.stored(waits).state == "listed"


def test_the_report_says_by_what_when_and_proven_how(office: desk.Office, person: Graduate) -> None:
    row = messages.put(person, "told", channel="sms", proof="receipt")
    messages.shown_in_app(row, read=True)
    messages.tried(row, "wechat", "failed", error="43004")
    messages.tried(row, "subscribe", "failed", error="not_proven")
    messages.tried(row, "sms", "proven")
    page = office.sit(Role.SCHOOL).get(f"/staff/messages/{row}")
    cells = [
        re.sub(r"<[^>]*>|\s", "", cell)
        for cell in re.findall(r'<td data-label="(?:方式|结果|说明)">(.*?)</td>', page.text)
    ]
    assert [tuple(cells[n : n + 3]) for n in range(0, len(cells), 3)] == [
        ("小程序内提醒", "已放入提醒列表", "--"),
        ("微信公众号", "未送达", "毕业生未关注公众号（43004）"),
        ("小程序订阅消息", "未送达", "没有收到送达回执"),
        ("短信", "已送达", "--"),
    ]
    assert "已阅读" in desk.words(page) and "短信（运营商送达回执）" in desk.words(page)


def test_a_message_to_a_number_names_the_number_masked(office: desk.Office, person: Graduate) -> None:
    row = messages.put(person, recipient_kind="phone", phone="13800138000")
    client = office.sit(Role.SCHOOL)
    assert "138****8000" in desk.words(client.get(f"/staff/messages/{row}"))
    assert "13800138000" in desk.words(client.post(f"/staff/messages/{row}/unmask"))


def test_the_list_is_narrowed_and_keeps_its_pages(app: Flask, office: desk.Office, person: Graduate) -> None:
    other = builders.make_graduate(office.school, builders.make_department(office.school, "别的院系"), name="钱别人")
    rows = [messages.put(person) for _ in range(21)] + [messages.put(other)]
    client = office.sit(Role.SCHOOL)
    first = client.get("/staff/messages")
    assert ids(first) == rows[:20] and "共22条" in desk.words(first)
    messages.put(person)  # what comes in the meantime moves nothing
    assert ids(client.get(f"/staff/messages?after={rows[19]}"))[:2] == rows[20:]
    assert ids(client.get("/staff/messages?name=钱")) == [rows[21]]
    assert ids(client.get(f"/staff/messages?student_number={other.roll.student_number}")) == [rows[21]]
    with app.app_context():
        department = builders.db.session.get(type(office.department), other.roll.department_id).public_id
    assert ids(client.get(f"/staff/messages?department={department}")) == [rows[21]]
    assert ids(client.get("/staff/messages?queue=all&state=told")) == []
    assert len(ids(client.get("/staff/messages?queue=all&state=listed"))) == 20


def test_a_list_costs_the_same_however_long_it_is(app: Flask, office: desk.Office, person: Graduate) -> None:
    client = office.sit(Role.SCHOOL)
    messages.put(person)
    with desk.statements() as short:
        client.get("/staff/messages?queue=all")
    for _ in range(15):
        messages.put(person)
    with desk.statements() as long:
        client.get("/staff/messages?queue=all")
    assert len(long) == len(short)


def test_the_way_there_from_the_graduate_and_the_menu(office: desk.Office, person: Graduate) -> None:
    row, client = messages.put(person, "told"), office.sit(Role.SCHOOL)
    page = client.get(f"/staff/roll/{person.roll.public_id}").text
    [way] = re.findall(r'href="(/staff/messages\?[^"]*)"', page)
    assert ids(client.get(way.replace("&amp;", "&"))) == [row]
    assert "提醒送达" in desk.words(client.get("/staff/"))
