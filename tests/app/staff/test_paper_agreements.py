"""纸质协议书 over HTTP: issued, handed back and locked, singly and by a list; whose is to be collected (R-SCH-4)."""

from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.models import History, Outbox, RollRecord, School
from tests import builders
from tests.app.api import papers
from tests.app.api.calls import travel
from tests.app.staff import desk
from tests.builders import Graduate
from workflows.vocabulary import Action, Level, Role, State

PAGE = "/staff/paper-agreements"


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


def state(graduate: Graduate) -> str:
    db.session.rollback()
    rolls = db.session.query(RollRecord).filter_by(id=graduate.roll.id).populate_existing()
    return rolls.one().paper_state


def change(office: desk.DeskClient, graduate: Graduate, action: str, reason: str = "") -> Any:
    return office.post(f"/staff/roll/{graduate.roll.public_id}", data={"action": action, "reason": reason})


def note(office: desk.DeskClient, action: str, *numbers: str) -> Any:
    return office.post(PAGE, data={"action": action, "numbers": "\r\n".join(numbers)})


@pytest.mark.rule("R-SCH-4", http="allowed")
def test_a_paper_is_issued_handed_back_and_locked_and_each_step_is_on_record(
    office: desk.DeskClient, graduate: Graduate
) -> None:
    assert state(graduate) == "none"
    assert change(office, graduate, "issue_paper").status_code == 303
    assert state(graduate) == "issued"
    assert change(office, graduate, "lock_paper", "已收回原件").status_code == 303
    assert state(graduate) == "locked"
    assert change(office, graduate, "unlock_paper", "单位已解约").status_code == 303
    assert state(graduate) == "none"
    page = desk.words(office.get(f"/staff/roll/{graduate.roll.public_id}"))
    assert "纸质协议书未发放" in page and "学校收回并锁定纸质协议书" in page and "原因：单位已解约" in page
    steps = (
        db.session.query(History.action, History.detail).filter(History.action.like("%_paper")).order_by(History.seq)
    )
    moved = [(action, detail["from"], detail["to"]) for action, detail in steps]
    assert moved == [
        ("issue_paper", "none", "issued"),
        ("lock_paper", "issued", "locked"),
        ("unlock_paper", "locked", "none"),
    ]
    assert db.session.query(Outbox).filter_by(event="roll.changed").count() == 0


@pytest.mark.rule("R-SCH-4", http="refused")
def test_a_step_that_does_not_fit_or_lacks_its_reason_is_refused(office: desk.DeskClient, graduate: Graduate) -> None:
    assert change(office, graduate, "lock_paper").status_code == 409
    assert change(office, graduate, "unlock_paper", "误锁").status_code == 409
    assert change(office, graduate, "issue_paper").status_code == 303
    assert change(office, graduate, "issue_paper").status_code == 409
    assert "请填写办理原因" in desk.words(change(office, graduate, "recall_paper"))
    assert change(office, graduate, "lock_paper").status_code == 303
    for action in ("unlock_paper", "issue_paper"):
        assert change(office, graduate, action).status_code == 422
    assert state(graduate) == "locked"


@pytest.mark.rule("R-SCH-4", http="allowed")
def test_who_signs_online_with_a_paper_in_hand_is_listed_to_be_collected(
    office: desk.DeskClient, graduate: Graduate, school: School
) -> None:
    other = builders.make_graduate(school, name="王芳")
    for one in (graduate, other):
        assert change(office, one, "issue_paper").status_code == 303
    assert "没有需要收回纸质协议书的毕业生。" in desk.words(office.get(PAGE))
    placement = builders.make_placement(State.ACCEPTED, graduate)
    listed = desk.words(office.get(PAGE))
    assert graduate.roll.student_number in listed and other.roll.student_number not in listed
    assert placement.title in listed
    assert change(office, graduate, "lock_paper").status_code == 303
    assert graduate.roll.student_number not in desk.words(office.get(PAGE))
    assert graduate.roll.student_number in desk.words(office.get(f"{PAGE}?list=locked"))


@pytest.mark.rule("R-SCH-4", http="refused")
def test_nothing_unlocks_while_the_online_agreement_lives_nor_by_itself(
    office: desk.DeskClient, graduate: Graduate
) -> None:
    placement = builders.make_placement(State.ACCEPTED, graduate)
    assert change(office, graduate, "issue_paper").status_code == 303
    assert change(office, graduate, "lock_paper").status_code == 303
    for action in ("unlock_paper", "issue_paper"):
        refusal = change(office, graduate, action, "毕业生要求")
        assert refusal.status_code == 409 and placement.title in desk.words(refusal)
        assert "纸质协议书不能解除锁定或重新发放" in desk.words(refusal)
    builders.review(graduate, placement, Action.REJECT)
    assert state(graduate) == "locked"
    assert change(office, graduate, "issue_paper", "签约审核未通过，重新发放").status_code == 303
    assert state(graduate) == "issued"


@pytest.mark.rule("R-SCH-4", http="refused")
def test_a_paper_that_is_registered_is_not_locked(office: desk.DeskClient, graduate: Graduate) -> None:
    assert change(office, graduate, "issue_paper").status_code == 303
    placement = builders.make_paper(State.REVIEW, graduate)
    refusal = change(office, graduate, "lock_paper")
    assert refusal.status_code == 409 and placement.title in desk.words(refusal)
    assert state(graduate) == "issued"


@pytest.mark.rule("R-SCH-4", http="allowed")
def test_a_list_of_numbers_is_noted_and_what_cannot_be_is_named(
    office: desk.DeskClient, graduate: Graduate, school: School
) -> None:
    many = [graduate, *(builders.make_graduate(school) for _ in range(2))]
    numbers = [one.roll.student_number for one in many]
    foreign = builders.make_graduate(builders.make_school("10001")).roll.student_number
    page = desk.words(note(office, "issue_paper", *numbers, numbers[0], foreign, "20999999"))
    assert "已办理3人，2个学号未办理：" in page
    assert f"{foreign}：不在2027届毕业生名单中。" in page and "20999999：不在2027届毕业生名单中。" in page
    assert [state(one) for one in many] == ["issued"] * 3
    builders.make_paper(State.REVIEW, many[1])
    page = desk.words(note(office, "lock_paper", *numbers))
    assert "已办理2人，1个学号未办理：" in page and f"{numbers[1]}：该毕业生已登记这份纸质协议书" in page
    assert "已办理0人，2人原已如此，1个学号未办理：" in desk.words(note(office, "lock_paper", *numbers))


@pytest.mark.rule("R-SCH-4", http="refused")
def test_a_list_that_makes_no_sense_is_refused(office: desk.DeskClient, graduate: Graduate) -> None:
    assert "请粘贴学号" in desk.words(note(office, "issue_paper"))
    assert note(office, "unlock_paper", graduate.roll.student_number).status_code == 422
    many = note(office, "issue_paper", *(str(number) for number in range(501)))
    assert many.status_code == 422 and "一次最多500个学号，现有501个" in desk.words(many)
    assert state(graduate) == "none"


@pytest.mark.rule("R-SCH-4", http="refused")
def test_only_the_school_with_write_permission_keeps_them(app: Flask, school: School, graduate: Graduate) -> None:
    department = builders.make_department(school)
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    assert reader.get(PAGE).status_code == 200 and "不能办理" in desk.words(reader.get(PAGE))
    outsiders = [reader, desk.client(app, Role.DEPARTMENT, school, department), desk.client(app, Role.PROVINCE)]
    for outsider in outsiders:
        assert note(outsider, "issue_paper", graduate.roll.student_number).status_code == 403
        assert change(outsider, graduate, "issue_paper").status_code == 403
    elsewhere = desk.client(app, Role.SCHOOL, builders.make_school("10001"))
    assert change(elsewhere, graduate, "issue_paper").status_code == 404
    assert state(graduate) == "none"
