"""预警单位 over HTTP: marked and lifted by schools, seen by those concerned, nationwide from five (R-WARN-1)."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import history, warnings
from app.extensions import db
from app.models import School, WarningMark
from app.writing import write
from tests import builders, endings
from tests.app.api import destinations
from tests.app.api.calls import accept, page, travel
from tests.app.employers import registering
from tests.app.staff import desk
from tests.app.staff.desk import words
from tests.application import api_client
from workflows.case import Actor
from workflows.vocabulary import Level, Role, State

CODE = registering.CODE
FORM = {"credit_code": CODE, "employer_name": "示例可疑单位", "kind": "discrimination", "reason": "招聘公告只限男性"}
SCHOOLS = ("11414", "10011", "10848", "10001", "10002", "10003")


def mark(client: Any, **overrides: str) -> Any:
    return client.post("/staff/warnings/new", data=FORM | overrides)


def marked_by(code: str, credit_code: str = CODE, kind: str = "fake") -> int:
    """Let a school mark an employer, and return the mark."""
    school = db.session.execute(select(School).where(School.code == code)).scalar_one()
    actor = Actor(Role.SCHOOL, 1, school_id=school.id)
    public_id = write(lambda: warnings.mark(actor, credit_code, "示例可疑单位", kind, f"{code}的原因"))
    return db.session.execute(select(WarningMark.id).where(WarningMark.public_id == public_id)).scalar_one()


def seen(credit_code: str | None, school_id: int | None) -> list[str]:
    found = warnings.warnings_for(db.session.connection(), credit_code, school_id)
    db.session.rollback()
    return [warning.scope for warning in found]


@pytest.mark.rule("R-WARN-1", http="allowed")
def test_a_mark_shows_to_the_schools_graduates_and_reviewers_and_never_blocks(app: Flask) -> None:
    school, other = builders.make_school(), builders.make_school("10011")
    employer = builders.make_employer()
    own, foreign = builders.make_graduate(school), builders.make_graduate(other)
    office = desk.client(app, Role.SCHOOL, school)
    answer = mark(office, credit_code=employer.credit_code.lower())
    assert answer.status_code == 303
    assert "招聘公告只限男性" in words(office.get(answer.location))
    assert "示例可疑单位" in words(office.get("/staff/warnings"))

    mine, theirs = builders.make_invitation(own, employer), builders.make_invitation(foreign, employer)
    shown = page(api_client(app, own), mine)["warnings"]
    assert [one["scope"] for one in shown] == ["school"] and shown[0]["reason"] == "招聘公告只限男性"
    assert page(api_client(app, foreign), theirs)["warnings"] == []
    assert accept(api_client(app, own), mine).status_code == 200, "it warns and does not block"
    case = words(office.get(f"/staff/review/{mine.public_id}"))
    assert "预警单位" in case and "招聘公告只限男性" in case
    assert builders.review(own, builders.reload(mine.id)).state == State.EFFECTIVE
    builders.accept(foreign, builders.reload(theirs.id))
    other_desk = desk.client(app, Role.SCHOOL, other)
    assert "招聘公告只限男性" not in words(other_desk.get(f"/staff/review/{theirs.public_id}"))


@pytest.mark.rule("R-WARN-1", http="allowed")
def test_a_destinations_own_page_warns_while_it_is_filled_in_and_viewed(app: Flask) -> None:
    travel(app, destinations.MAY)
    own, foreign = (builders.make_graduate(builders.make_school(code)) for code in ("11414", "10011"))
    clients = [api_client(app, graduate) for graduate in (own, foreign)]
    drafts = [destinations.start(client).json for client in clients]
    assert [draft["warnings"] for draft in drafts] == [[], []]
    marked_by("11414", destinations.placement_of(drafts[0]).credit_code)
    seen_by = [
        client.get(f"/api/v1/destinations/{draft['id']}").json["warnings"]
        for client, draft in zip(clients, drafts, strict=True)
    ]
    assert [len(one) for one in seen_by] == [1, 0] and "原因：11414的原因" in seen_by[0][0]
    destinations.prove(own, drafts[0])
    handed_in = destinations.submit(clients[0], drafts[0])
    assert handed_in.status_code == 200 and handed_in.json["warnings"] == seen_by[0], "it warns and does not block"


@pytest.mark.rule("R-WARN-1", http="refused")
def test_who_may_not_mark_and_what_is_missing(app: Flask) -> None:
    school = builders.make_school()
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    assert reader.get("/staff/warnings").status_code == 200
    assert reader.get("/staff/warnings/new").status_code == 403 and mark(reader).status_code == 403
    department = desk.client(app, Role.DEPARTMENT, school, builders.make_department(school))
    for stranger in (department, desk.client(app, Role.PROVINCE), registering.operator(app)):
        assert stranger.get("/staff/warnings").status_code == 403 and mark(stranger).status_code == 403
    office = desk.client(app, Role.SCHOOL, school)
    for wrong in ({"credit_code": "1"}, {"employer_name": " "}, {"kind": ""}, {"kind": "x"}, {"reason": ""}):
        answer = mark(office, **wrong)
        assert answer.status_code == 422 and f"{next(iter(wrong))}-error" in answer.get_data(as_text=True)
    assert mark(office).status_code == 303
    assert mark(office).status_code == 409, "not twice for the same"
    assert mark(office, kind="fake").status_code == 303
    assert len(db.session.execute(select(WarningMark)).all()) == 2


@pytest.mark.rule("R-WARN-1")
def test_lifting_takes_a_reason_and_keeps_the_row(app: Flask) -> None:
    school, other = builders.make_school(), builders.make_school("10011")
    office = desk.client(app, Role.SCHOOL, school)
    address = mark(office).location
    stranger = desk.client(app, Role.SCHOOL, other)
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/lift", data={"reason": "x"}).status_code == 404
    silent = office.post(f"{address}/lift", data={"reason": ""})
    assert silent.status_code == 422 and "请填写解除原因" in words(silent)
    assert seen(CODE, school.id) == ["school"]
    assert office.post(f"{address}/lift", data={"reason": "单位已更正公告"}).status_code == 303
    assert office.post(f"{address}/lift", data={"reason": "再次"}).status_code == 409
    assert seen(CODE, school.id) == []
    kept = words(office.get(address))
    assert "招聘公告只限男性" in kept and "单位已更正公告" in kept
    assert "示例可疑单位" in words(office.get("/staff/warnings?tab=lifted"))
    assert mark(office).status_code == 303, "and may be marked again"
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-WARN-1", http="allowed")
def test_five_different_schools_warn_the_whole_country_until_they_are_fewer(app: Flask) -> None:
    school = builders.make_school()
    employer = builders.make_employer()
    graduate = builders.make_graduate(school)
    placement = builders.make_invitation(graduate, employer)
    client, code = api_client(app, graduate), employer.credit_code
    for kind in ("fake", "violation", "discrimination", "false_advertising"):
        marked_by("10011", code, kind)
    for other in SCHOOLS[2:5]:
        last = marked_by(other, code)
    assert page(client, placement)["warnings"] == [], "seven marks, four schools"
    fifth = marked_by(SCHOOLS[5], code)
    (shown,) = page(client, placement)["warnings"]
    assert shown["scope"] == "nationwide" and "5 所学校" in shown["text"] and shown["reason"] == ""
    assert "的原因" not in str(shown)
    actor = Actor(Role.SCHOOL, 1, school_id=db.session.get(WarningMark, fifth).school_id)
    write(lambda: warnings.lift(actor, fifth, "已核实"))
    assert page(client, placement)["warnings"] == []
    assert last


@pytest.mark.rule("R-WARN-1")
def test_an_employer_that_is_not_registered_is_warned_of_too(app: Flask) -> None:
    school = builders.make_school()
    marked_by("11414", registering.OTHER_CODE)
    assert seen(registering.OTHER_CODE, school.id) == ["school"]
    assert seen(CODE, school.id) == seen(None, school.id) == seen(registering.OTHER_CODE, None) == []


@pytest.mark.rule("R-WARN-1")
def test_the_operator_sees_the_nationwide_warning_when_it_judges(app: Flask) -> None:
    registering.register(app)
    for code in SCHOOLS[:5]:
        marked_by(code)
    shown = words(registering.operator(app).get(registering.case(registering.officer())))
    assert "全国已有5所学校" in shown and "的原因" not in shown


@pytest.mark.rule("R-WARN-1")
def test_destinations_and_endings_are_judged_under_the_warning_too(app: Flask) -> None:
    school = builders.make_school()
    signer, other = builders.make_graduate(school), builders.make_graduate(school)
    office = desk.client(app, Role.SCHOOL, school)
    effective, destination = builders.make_placement(State.EFFECTIVE, signer), builders.make_destination(other)
    destination.credit_code = effective.credit_code
    db.session.commit()
    marked_by("11414", effective.credit_code)
    client = api_client(app, signer)
    read = client.get(f"/api/v1/terminations/new?agreement={effective.public_id}").json
    body = {"agreement": effective.public_id, "declaration": read["declaration"]["version"], "form": endings.FORM}
    asked = client.post("/api/v1/terminations", json=body)
    assert asked.status_code in (200, 201), asked.json
    for address in (f"terminations/{asked.json['id']}", f"destinations/{destination.public_id}"):
        assert "11414的原因" in words(office.get(f"/staff/{address}")), address
