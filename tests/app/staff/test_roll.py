"""毕业生名单: the right to sign, the cohort, leaving and returning – each with a reason, each named when impossible."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.extensions import db
from app.models import Placement, RollRecord
from tests import builders, offline
from tests.app.staff import desk
from workflows.calendar import current_cohort
from workflows.vocabulary import Action, Kind, Level, Role, State

COHORT = current_cohort(datetime.now(UTC))


def fresh(graduate: builders.Graduate) -> RollRecord:
    db.session.expire_all()
    return db.session.get(RollRecord, graduate.roll.id)


def change(
    client: desk.DeskClient, graduate: builders.Graduate, action: str, value: object = "", reason: str = "学籍异动"
):
    typed = {"action": action, "value": value, "reason": reason}
    return client.post(f"/staff/roll/{graduate.roll.public_id}", data=typed)


def page(client: desk.DeskClient, graduate: builders.Graduate):
    return client.get(f"/staff/roll/{graduate.roll.public_id}")


@pytest.fixture
def school(app: Flask):
    return builders.make_school()


@pytest.fixture
def client(app: Flask, school) -> desk.DeskClient:
    return desk.client(app, Role.SCHOOL, school)


@pytest.mark.rule("R-GRAD-9", http="allowed")
@pytest.mark.parametrize(("old", "new"), [("21", "22"), ("22", "21"), ("41", "42"), ("42", "41")])
def test_the_right_to_sign_changes_with_a_reason(app: Flask, school, client, old: str, new: str) -> None:
    graduate = builders.make_graduate(school, training_mode=old)
    invitation = builders.make_invitation(graduate) if old in ("22", "42") else None
    answer = change(client, graduate, "set_training_mode", new)
    assert (answer.status_code, answer.location) == (303, f"/staff/roll/{graduate.roll.public_id}")
    assert fresh(graduate).training_mode == new
    text = desk.words(page(client, graduate))
    assert "调整网签资格：已完成" in text and "原因：学籍异动" in text and "→" in text
    if invitation:
        assert builders.reload(invitation.id).state == State.WITHDRAWN
        shown = desk.words(client.get(f"/staff/placements/{invitation.public_id}"))
        assert "平台撤回邀请（因网签资格调整）" in shown


@pytest.mark.rule("R-GRAD-9", http="refused")
def test_an_agreement_in_the_slot_keeps_the_right_to_sign_and_is_named(app: Flask, school, client) -> None:
    graduate = builders.make_graduate(school, training_mode="22")
    placement = builders.make_placement(State.ACCEPTED, graduate)
    shown = page(client, graduate)
    assert "不能取消网签资格。请先解约或等待该记录结束。" in desk.words(shown)
    assert f"/staff/placements/{placement.public_id}" in shown.text
    answer = change(client, graduate, "set_training_mode", "21")
    assert answer.status_code == 409 and f"相关记录：{placement.title}" in desk.words(answer)
    assert fresh(graduate).training_mode == "22"


@pytest.mark.rule("R-GRAD-9", http="refused")
@pytest.mark.parametrize(("mode", "value"), [("1", "21"), ("21", "42"), ("22", ""), ("3", "22")])
def test_no_other_training_mode_may_change(app: Flask, school, client, mode: str, value: str) -> None:
    graduate = builders.make_graduate(school, training_mode=mode)
    assert change(client, graduate, "set_training_mode", value).status_code == 422
    assert fresh(graduate).training_mode == mode


@pytest.mark.rule("R-COH-1", http="allowed")
def test_moving_to_another_cohort_withdraws_open_invitations(app: Flask, school, client) -> None:
    graduate = builders.make_graduate(school)
    invitation = builders.make_invitation(graduate)
    assert change(client, graduate, "move_cohort", COHORT + 1).status_code == 303
    assert fresh(graduate).cohort == COHORT + 1
    assert builders.reload(invitation.id).state == State.WITHDRAWN
    assert f"{COHORT}届→{COHORT + 1}届" in desk.words(page(client, graduate))


@pytest.mark.rule("R-COH-1", http="allowed")
def test_leaving_and_returning_to_the_roll(app: Flask, school, client) -> None:
    graduate = builders.make_graduate(school)
    assert change(client, graduate, "take_off_roll").status_code == 303
    assert fresh(graduate).state == State.OFF_ROLL
    off = desk.words(page(client, graduate))
    assert "不在毕业生名单中" in off and "恢复到毕业生名单" in off
    assert change(client, graduate, "move_cohort", COHORT + 1).status_code == 409
    assert change(client, graduate, "put_on_roll").status_code == 303
    assert fresh(graduate).state == State.ON_ROLL


@pytest.mark.rule("R-COH-1", http="refused")
@pytest.mark.parametrize(("action", "value"), [("move_cohort", COHORT + 1), ("take_off_roll", "")])
def test_who_holds_a_record_neither_moves_nor_leaves(app: Flask, school, client, action: str, value: object) -> None:
    graduate = builders.make_graduate(school)
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    answer = change(client, graduate, action, value)
    assert answer.status_code == 409
    assert f"该毕业生还有未结束的记录“{placement.title}”（签约审核通过），不能调整届别或移出名单。" in desk.words(
        answer
    )
    assert f"/staff/placements/{placement.public_id}" in answer.text
    record = fresh(graduate)
    assert (record.cohort, record.state) == (COHORT, State.ON_ROLL)


@pytest.mark.rule("R-COH-1", http="refused")
def test_a_destination_in_the_way_is_named_too(app: Flask, school, client) -> None:
    graduate = builders.make_graduate(school)
    destination: Placement = builders.make_destination(graduate)
    assert destination.kind == Kind.DESTINATION
    answer = change(client, graduate, "take_off_roll")
    assert answer.status_code == 409 and "自由职业（去向审核通过）" in desk.words(answer)


@pytest.mark.rule("R-COH-1", http="refused")
@pytest.mark.parametrize(
    ("action", "value", "reason", "sentence"),
    [
        ("move_cohort", COHORT, "学籍异动", "请填写另一个有效的届别"),
        ("move_cohort", "明年", "学籍异动", "请填写另一个有效的届别"),
        ("take_off_roll", "", " ", "请填写调整原因，毕业生会看到它。"),
        ("take_off_roll", "", "长" * 501, "调整原因最多500字，现有501字。"),
    ],
)
def test_bad_input_is_named_beside_its_field(
    app: Flask, school, client, action: str, value: object, reason: str, sentence: str
) -> None:
    graduate = builders.make_graduate(school)
    answer = change(client, graduate, action, value, reason)
    assert answer.status_code == 422 and sentence in desk.words(answer).partition("名单信息")[2]
    assert f'class="collapse show" id="change-{action}"' in answer.text
    assert (fresh(graduate).cohort, fresh(graduate).state) == (COHORT, State.ON_ROLL)


def test_who_may_look_and_who_may_change(app: Flask, school) -> None:
    department = builders.make_department(school)
    graduate = builders.make_graduate(school, department)
    own = desk.client(app, Role.DEPARTMENT, school, department)
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    for looker in (own, reader):
        assert graduate.roll.student_number in looker.get("/staff/roll").text
        shown = page(looker, graduate)
        assert shown.status_code == 200 and desk.buttons(shown) == ["/staff/sign-out"]
        assert graduate.id_number not in shown.text
        assert change(looker, graduate, "take_off_roll").status_code == 403
    strangers = [
        desk.client(app, Role.SCHOOL, builders.make_school("10011")),
        desk.client(app, Role.DEPARTMENT, school, builders.make_department(school)),
    ]
    for stranger in strangers:
        assert graduate.roll.student_number not in stranger.get("/staff/roll").text
        assert page(stranger, graduate).status_code == 404
    assert change(strangers[0], graduate, "take_off_roll").status_code == 404
    assert page(desk.client(app, Role.PROVINCE), graduate).status_code == 403
    assert fresh(graduate).state == State.ON_ROLL


@pytest.mark.rule("R-ACC-2", http="refused")
def test_what_a_graduate_has_not_handed_in_is_not_shown(app: Flask, school, client) -> None:
    graduate = builders.make_graduate(school)
    draft = offline.make_offline(State.DRAFT, graduate, employer_name="秘密公司有限公司")
    assert "秘密公司" not in page(client, graduate).text
    offline.step(graduate, draft, Action.SUBMIT)
    shown = page(client, graduate)
    assert "秘密公司" in shown.text and f"/staff/placements/{draft.public_id}" in shown.text
    offline.step(graduate, draft, Action.TAKE_BACK)
    assert "秘密公司" not in page(client, graduate).text
    assert client.get(f"/staff/placements/{draft.public_id}").status_code == 404


@pytest.mark.rule("R-ACC-2", http="allowed")
def test_a_destination_is_shown_with_the_way_to_it(app: Flask, school, client) -> None:
    graduate = builders.make_graduate(school)
    address = f"/staff/destinations/{builders.make_destination(graduate).public_id}"
    assert f'href="{address}"' in page(client, graduate).text and client.get(address).status_code == 200


@pytest.mark.parametrize("action", ["confirm", "approve", "", "nonsense"])
def test_other_actions_are_not_offered_here(app: Flask, school, client, action: str) -> None:
    graduate = builders.make_graduate(school, confirmed=False)
    assert change(client, graduate, action, fresh(graduate).shown_hash).status_code == 404
    assert fresh(graduate).confirmed_at is None


def test_the_list_goes_by_cohort_and_is_searched(app: Flask, school, client) -> None:
    now, later = builders.make_graduate(school), builders.make_graduate(school, cohort=COHORT + 1, confirmed=False)
    assert now.roll.student_number in client.get("/staff/roll").text
    other = client.get(f"/staff/roll?cohort={COHORT + 1}").text
    assert later.roll.student_number in other and now.roll.student_number not in other
    assert now.roll.student_number in client.get(f"/staff/roll?student_number={now.roll.student_number}").text
    assert "没有符合条件的毕业生。" in desk.words(client.get("/staff/roll?name=没有这个人"))
    assert client.get("/staff/roll?cohort=x").status_code == 200
