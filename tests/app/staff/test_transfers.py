"""档案信息管理 and 户口信息管理: levels per module, lists, review, correction (R-TRF-1, R-ACC-1)."""

from typing import Any

import pytest
from flask import Flask

from app import actions, facts, forms
from app.clock import now
from app.extensions import db
from app.models import ProvinceModule, School, Staff
from app.writing import write
from tests import builders
from tests.application import door_client
from tests.builders import Graduate
from workflows.case import Actor, Request
from workflows.vocabulary import Action, Level, Module, Role, Subject

HOME = {
    "type_code": "home",
    "receiver": "北京市海淀区人才服务中心",
    "region_code": "110108",
    "address": "示例路2号",
    "contact_name": "王老师",
    "contact_phone": "010-62510000",
    "postcode": "100089",
}
LIST = "/staff/transfers/archive?queue=all"


@pytest.fixture
def school(app: Flask) -> School:
    school = builders.make_school()
    for module in (Module.ARCHIVE, Module.HOUSEHOLD):
        row = {"province_code": school.province_code, "module": module.value, "opened_at": now(), "opened_by": 0}
        db.session.add(ProvinceModule(**row))
    db.session.commit()
    return school


def step(graduate: Graduate, record: Any, action: Action, actor: Any, request: Request, terms: Any = None) -> Any:
    return write(lambda: actions.step(record, graduate.roll.id, action, actor, request, terms, Subject.TRANSFER))


def submitted(graduate: Graduate) -> Any:
    """Return an archive transfer that waits for its review."""
    terms = forms.draft(Subject.TRANSFER, "archive", HOME)
    done = write(
        lambda: actions.create(
            graduate.roll.id,
            Action.START,
            graduate.actor,
            Request(),
            {"kind": "archive"},
            terms,
            Subject.TRANSFER,
        )
    )
    view = facts.read(db.session.connection(), graduate.roll.id)
    request = Request(version=1, declaration=facts.declaration(view))
    db.session.commit()
    return step(graduate, done.id, Action.SUBMIT, graduate.actor, request)


def staff(app: Flask, school: School, level: Level = Level.WRITE, **levels: int) -> Any:
    member: Staff = builders.make_staff(Role.SCHOOL, school, archive_level=int(level), **levels)
    return door_client(app, "staff", member.id)


def test_a_school_reviews_and_corrects_a_transfer(app: Flask, school: School) -> None:
    graduate = builders.make_graduate(school)
    waiting, client = submitted(graduate), staff(app, school)
    queue = client.get("/staff/transfers/archive").text
    assert "回生源地" in queue
    assert "北京市海淀区示例路2号" in queue
    page = f"/staff/transfers/archive/{waiting.public_id}"
    assert "示例路2号" in client.get(page).text
    assert client.post(f"{page}/approve", data={"version": waiting.version}).status_code == 303
    assert "登记审核通过" in client.get(LIST).text
    form = HOME | {"address": "示例路9号", "reason": "毕业生来电更正", "version": str(waiting.version + 1)}
    assert client.post(f"{page}/correct", data=form).status_code == 303
    view = facts.read(db.session.connection(), graduate.roll.id)
    assert [row.state for row in view.corrections] == ["shown"]
    assert "示例路9号" in client.get(page).text


def test_a_return_wants_a_reason_and_an_outdated_decision_is_refused(app: Flask, school: School) -> None:
    graduate = builders.make_graduate(school)
    waiting, client = submitted(graduate), staff(app, school)
    page = f"/staff/transfers/archive/{waiting.public_id}"
    empty = client.post(f"{page}/return", data={"version": waiting.version})
    assert empty.status_code == 422
    assert "请填写退回修改原因" in empty.text
    old = client.post(f"{page}/approve", data={"version": waiting.version - 1})
    assert old.status_code == 409
    done = client.post(f"{page}/return", data={"version": waiting.version, "return_reason": "地址不完整"})
    assert done.status_code == 303
    assert "登记待提交（老师退回）" in client.get(LIST).text


@pytest.mark.rule("R-ACC-1")
def test_the_level_is_that_of_the_module(app: Flask, school: School) -> None:
    """Who has 读写 on placements but nothing on archives does not even see that module."""
    waiting = submitted(builders.make_graduate(school))
    page = f"/staff/transfers/archive/{waiting.public_id}"
    without, reader = staff(app, school, Level.NONE), staff(app, school, Level.READ)
    assert "档案信息管理" not in without.get("/staff/").text
    assert without.get("/staff/transfers/archive").status_code == 403
    home = reader.get("/staff/").text
    assert "档案信息管理" in home
    assert "户口信息管理" not in home
    assert "您的账号只有查看权限" in reader.get(page).text
    assert reader.post(f"{page}/approve", data={"version": waiting.version}).status_code == 403


def test_foreign_unknown_and_drafts_are_not_found(app: Flask, school: School) -> None:
    waiting = submitted(builders.make_graduate(school))
    other = builders.make_school(code="10001")
    stranger = staff(app, other, household_level=int(Level.WRITE))
    own = staff(app, school, household_level=int(Level.WRITE))
    for foreign in (waiting.public_id, "0" * 20):
        assert stranger.get(f"/staff/transfers/archive/{foreign}").status_code == 404
    assert own.get(f"/staff/transfers/household/{waiting.public_id}").status_code == 404
    assert own.get("/staff/transfers/placement").status_code == 404
    assert own.get("/staff/transfers/elsewhere").status_code == 404


@pytest.mark.rule("R-COH-1", "R-VIEW-1")
def test_a_transfer_is_listed_in_the_cohort_that_its_graduate_was_moved_to(app: Flask, school: School) -> None:
    graduate, office = builders.make_graduate(school), Actor(Role.SCHOOL, 0, school_id=school.id)
    waiting, client, moved = submitted(graduate), staff(app, school), Request(reason="延期毕业", value="2028")
    write(lambda: actions.roll_step(graduate.roll.id, Action.MOVE_COHORT, office, moved))
    page = f"/staff/transfers/archive/{waiting.public_id}"
    assert page in client.get(f"{LIST}&cohort=2028").text
    assert page not in client.get(f"{LIST}&cohort=2027").text
