"""解约管理: queues, decisions, the talk with the employer, 强制解约 and 学生单方面解约 (R-TO-2/3, R-TOFF-2/3)."""

import io
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app import bodies, uploads
from app.extensions import db
from app.models import Department, School, Termination
from tests import builders, endings
from tests.app.staff import desk
from tests.app.staff.desk import DeskClient, words
from tests.endings import CHECKED, REASON, make_termination, put_file
from workflows.vocabulary import AgreementKind, Kind, Level, Role, State, Subject

LIST = "/staff/terminations"


@dataclass
class Room:
    """A school, a department, a graduate of it, and browsers of both."""

    app: Flask
    school: School
    department: Department
    graduate: builders.Graduate

    def sit(self, role: Role, **overrides: Any) -> DeskClient:
        department = self.department if role == Role.DEPARTMENT else None
        return desk.client(self.app, role, self.school, department, **overrides)

    def request(self, state: State = State.REVIEW, **options: Any) -> Termination:
        return make_termination(state, self.graduate, **options)


def open_room(app: Flask, department_review: bool = False, kind: AgreementKind = AgreementKind.THREE_PARTY) -> Room:
    school = builders.make_school(kind=kind, department_review=department_review)
    department = builders.make_department(school)
    builders.make_staff(Role.DEPARTMENT, school, department)
    return Room(app, school, department, builders.make_graduate(school, department))


@pytest.fixture
def room(app: Flask) -> Room:
    return open_room(app)


def url(row: Termination, rest: str = "") -> str:
    return f"{LIST}/{row.public_id}{rest}"


def placement_state(row: Termination) -> str:
    return builders.reload(row.placement_id).state


# --- review -------------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-TO-2", http="allowed")
def test_both_steps_approve_and_the_agreement_ends(app: Flask) -> None:
    room = open_room(app, department_review=True)
    row = room.request()
    department, school = room.sit(Role.DEPARTMENT), room.sit(Role.SCHOOL)
    assert "李*" in words(department.get(LIST)) or "签约单位" in words(department.get(LIST))
    assert url(row) in department.get(LIST).get_data(as_text=True)
    assert url(row) not in school.get(LIST).get_data(as_text=True)
    assert "正在等待院系审核" in words(school.get(url(row)))

    assert department.post(url(row, "/approve"), data={"version": row.version}).status_code == 303
    assert placement_state(row) == State.EFFECTIVE
    forwarded = endings.reload(row.id)
    assert url(row) in school.get(LIST).get_data(as_text=True)
    assert school.post(url(row, "/approve"), data={"version": forwarded.version}).status_code == 303
    assert (endings.reload(row.id).state, placement_state(row)) == (State.DONE, State.TERMINATED)
    assert "解约审核通过" in words(school.get(f"{LIST}?queue=all"))


@pytest.mark.rule("R-TO-2", http="refused")
def test_a_rejection_wants_a_reason_and_leaves_the_agreement(room: Room) -> None:
    row, school = room.request(), room.sit(Role.SCHOOL)
    silent = school.post(url(row, "/reject"), data={"version": row.version, "reason": " "})
    assert (silent.status_code, "请填写不通过原因" in words(silent)) == (422, True)
    stale = school.post(url(row, "/approve"), data={"version": row.version - 1})
    assert stale.status_code == 409
    assert school.post(url(row, "/reject"), data={"version": row.version, "reason": "材料不全"}).status_code == 303
    assert (endings.reload(row.id).state, placement_state(row)) == (State.REVIEW_REJECTED, State.EFFECTIVE)
    assert "材料不全" in words(school.get(url(row)))


@pytest.mark.rule("R-PROV-2")
def test_a_two_party_province_certifies_on_every_page(app: Flask) -> None:
    room = open_room(app, kind=AgreementKind.TWO_PARTY)
    row, school = room.request(kind=Kind.PAPER), room.sit(Role.SCHOOL)
    page = words(school.get(url(row)))
    assert "解约鉴证中（待学校鉴证）" in page and "鉴证通过" in page
    assert "解约审核" not in page


@pytest.mark.rule("R-TOFF-2", http="allowed")
@pytest.mark.parametrize("kind", [Kind.OFFLINE, Kind.PAPER])
def test_an_offline_approval_records_how_when_and_with_whom(room: Room, kind: Kind) -> None:
    row, school = room.request(kind=kind), room.sit(Role.SCHOOL)
    page = words(school.get(url(row)))
    assert "解约函" in page and "被录取为研究生" in page
    done = school.post(url(row, "/approve"), data=CHECKED | {"version": row.version})
    assert done.status_code == 303, words(done)
    ended = endings.reload(row.id)
    assert (ended.state, placement_state(row), ended.mark) == (State.DONE, State.TERMINATED, None)
    assert bodies.unseal(Subject.TERMINATION, ended)["checked_school"] == CHECKED
    page = words(school.get(url(row)))
    assert "电话核实" in page and "张经理" in page


@pytest.mark.rule("R-TOFF-2", http="refused")
def test_without_the_talk_with_the_employer_nothing_is_approved(room: Room) -> None:
    row, school = room.request(kind=Kind.OFFLINE), room.sit(Role.SCHOOL)
    for missing in CHECKED:
        data = CHECKED | {"version": row.version, missing: ""}
        answer = school.post(url(row, "/approve"), data=data)
        assert answer.status_code == 422
        assert f'id="{missing}-error"' in answer.get_data(as_text=True)
    late = school.post(url(row, "/approve"), data=CHECKED | {"version": row.version, "on": "2027-01-01"})
    assert "核实日期不能晚于今天" in words(late)
    assert placement_state(row) == State.EFFECTIVE


@pytest.mark.rule("R-TOFF-2", http="allowed")
def test_the_school_begins_with_what_the_department_wrote(app: Flask) -> None:
    room = open_room(app, department_review=True)
    row = room.request(kind=Kind.OFFLINE)
    department = room.sit(Role.DEPARTMENT)
    assert department.post(url(row, "/approve"), data=CHECKED | {"version": row.version}).status_code == 303
    page = room.sit(Role.SCHOOL).get(url(row)).get_data(as_text=True)
    assert 'value="人事部 张经理"' in page and "院系与用人单位核实情况" in page


@pytest.mark.rule("R-TOFF-4", http="allowed")
def test_a_return_says_what_to_change_and_drafts_are_nobodys_business(room: Room) -> None:
    row, school = room.request(kind=Kind.OFFLINE), room.sit(Role.SCHOOL)
    empty = school.post(url(row, "/return"), data={"version": row.version, "return_reason": ""})
    assert (empty.status_code, "请填写退回修改原因" in words(empty)) == (422, True)
    sent = school.post(url(row, "/return"), data={"version": row.version, "return_reason": "请补盖单位公章"})
    assert sent.status_code == 303
    assert (endings.reload(row.id).state, placement_state(row)) == (State.RETURNED, State.EFFECTIVE)
    other = builders.make_graduate(room.school, room.department)
    draft = make_termination(State.DRAFT, other, kind=Kind.PAPER)
    assert school.get(url(draft)).status_code == 404
    assert url(draft) not in school.get(f"{LIST}?queue=all").get_data(as_text=True)


@pytest.mark.rule("R-ACC-2", http="refused")
def test_others_see_nothing_and_readers_decide_nothing(app: Flask, room: Room) -> None:
    row = room.request()
    elsewhere = desk.client(app, Role.SCHOOL, builders.make_school("10001"))
    assert elsewhere.get(url(row)).status_code == elsewhere.get(f"{LIST}/0123456789abcdef0123").status_code == 404
    next_door = desk.client(app, Role.DEPARTMENT, room.school, builders.make_department(room.school))
    assert next_door.get(url(row)).status_code == 404
    province = desk.client(app, Role.PROVINCE)
    assert province.get(url(row)).status_code == 200
    assert province.post(url(row, "/approve"), data={"version": row.version}).status_code == 403
    reader = room.sit(Role.SCHOOL, placement_level=int(Level.READ))
    assert reader.get(url(row)).status_code == 200
    assert reader.post(url(row, "/approve"), data={"version": row.version}).status_code == 403


# --- by the school alone ------------------------------------------------------------------------------------------

BY_SCHOOL = [
    pytest.param(State.ASKED, Kind.ONLINE, "强制解约", marks=pytest.mark.rule("R-TO-3", http="allowed")),
    pytest.param(State.REFUSED, Kind.ONLINE, "强制解约", marks=pytest.mark.rule("R-TO-3", http="allowed")),
    pytest.param(State.REVIEW, Kind.OFFLINE, "学生单方面解约", marks=pytest.mark.rule("R-TOFF-3", http="allowed")),
    pytest.param(State.REVIEW, Kind.PAPER, "学生单方面解约", marks=pytest.mark.rule("R-TOFF-3", http="allowed")),
]


def typed(row: Termination, **overrides: str) -> dict[str, str]:
    return {"version": str(row.version), "reason": REASON, "confirmed": "y", "value": "李明"} | overrides


@pytest.mark.parametrize(("state", "kind", "title"), BY_SCHOOL)
def test_the_school_ends_it_with_evidence_and_marks_it(room: Room, state: State, kind: Kind, title: str) -> None:
    row, school = room.request(state, kind=kind), room.sit(Role.SCHOOL)
    page = words(school.get(url(row, "/force")))
    assert "使用前应与用人单位协商一致并留存相关材料" in page
    put_file(row)
    done = school.post(url(row, "/force"), data=typed(row))
    assert done.status_code == 303, words(done)
    ended = endings.reload(row.id)
    assert (placement_state(row), ended.reason) == (State.TERMINATED, REASON)
    assert title in words(school.get(url(row)))
    assert title in words(school.get(f"{LIST}?queue=all"))


REFUSALS = [
    ({"reason": "一二三四五六七八九"}, 422, "至少10字"),
    ({"reason": "长" * 501}, 422, "最多500字"),
    ({"confirmed": ""}, 422, "请确认"),
    ({"value": "李民"}, 422, "不一致"),
    ({"version": "0"}, 409, "有更新"),
]


@pytest.mark.rule("R-TO-3", http="refused")
@pytest.mark.rule("R-TOFF-3", http="refused")
@pytest.mark.parametrize(("state", "kind"), [(State.ASKED, Kind.ONLINE), (State.REVIEW, Kind.OFFLINE)])
def test_nothing_ends_without_every_safeguard(room: Room, state: State, kind: Kind) -> None:
    row, school = room.request(state, kind=kind), room.sit(Role.SCHOOL)
    bare = school.post(url(row, "/force"), data=typed(row))
    assert (bare.status_code, "留存材料（至少1份）" in words(bare)) == (422, True)
    file = put_file(row, state="waiting")
    assert school.post(url(row, "/force"), data=typed(row)).status_code == 409
    assert school.post(url(row, f"/evidence/{file.public_id}/remove")).status_code == 303
    file = put_file(row)
    for overrides, status, sentence in REFUSALS:
        answer = school.post(url(row, "/force"), data=typed(row, **overrides))
        assert (answer.status_code, sentence in words(answer)) == (status, True), overrides
    assert room.sit(Role.DEPARTMENT).post(url(row, "/force"), data=typed(row)).status_code == 403
    assert placement_state(row) == State.EFFECTIVE


@pytest.mark.rule("R-TO-3", http="refused")
def test_an_employers_request_is_never_forced(room: Room) -> None:
    row, school = room.request(State.ASKED, asked_by=Role.EMPLOYER), room.sit(Role.SCHOOL)
    put_file(row)
    page = school.get(url(row, "/force"))
    assert "该解约申请由用人单位提出，不能强制解约" in words(page)
    assert school.post(url(row, "/force"), data=typed(row)).status_code == 403
    assert placement_state(row) == State.EFFECTIVE


@pytest.mark.rule("R-TO-3", http="refused")
def test_a_refused_request_is_not_forced_after_a_later_one(room: Room) -> None:
    refused = room.request(State.REFUSED)
    put_file(refused)
    agreement = builders.reload(refused.placement_id)
    later = make_termination(State.WITHDRAWN, room.graduate, agreement)
    school = room.sit(Role.SCHOOL)
    answer = school.post(url(refused, "/force"), data=typed(refused))
    assert answer.status_code == 409
    assert url(later) in answer.get_data(as_text=True), "the later request is named and linked"


def test_evidence_is_sent_shown_and_taken_off_again(room: Room) -> None:
    row, school = room.request(State.ASKED), room.sit(Role.SCHOOL)
    none = school.post(url(row, "/evidence"), data={})
    assert (none.status_code, "请选择" in words(none)) == (422, True)
    sent = {"file": (io.BytesIO(b"\xff\xd8\xff\xe0" + b"0" * 100), "催告函.jpg")}
    answer = school.post(url(row, "/evidence"), data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303, words(answer)
    (file,) = uploads.listed(db.session.connection(), "termination", row.id)
    assert (file.owner.kind, file.purpose, file.name) == ("staff", "forced_evidence", "催告函.jpg")
    db.session.commit()
    assert "催告函.jpg" in words(school.get(url(row, "/force")))
    assert school.post(url(row, f"/evidence/{file.public_id}/remove")).status_code == 303
    assert uploads.listed(db.session.connection(), "termination", row.id) == []
    ended = make_termination(State.DONE, builders.make_graduate(room.school))
    late = {"file": (io.BytesIO(b"0"), "x.jpg")}
    refused = school.post(url(ended, "/evidence"), data=late, content_type="multipart/form-data")
    assert refused.status_code == 409


@pytest.mark.rule("R-TO-3", http="allowed")
def test_the_mark_stands_beside_the_agreement_wherever_it_is_listed(room: Room) -> None:
    row, school = room.request(State.FORCED), room.sit(Role.SCHOOL)
    assert "已解约（强制解约）" in words(school.get("/staff/placements"))
    agreement = builders.reload(row.placement_id)
    assert "已解约（强制解约）" in words(school.get(f"/staff/placements/{agreement.public_id}"))
    mutual = make_termination(State.DONE, builders.make_graduate(room.school))
    agreement = builders.reload(mutual.placement_id)
    assert "强制解约" not in words(school.get(f"/staff/placements/{agreement.public_id}"))
