"""What staff changed, old → new with who and why: accepted, disputed, and the school's answer (R-DIFF-1)."""

import re
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.models import Correction, Outbox, School, Transfer
from tests import builders
from tests.app.api import papers
from tests.app.api.calls import API, button, refused, travel
from tests.app.api.test_alerts import deliver
from tests.app.staff import desk
from tests.app.staff.test_correcting import WHY, correct
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.notifications import transfers
from workflows.vocabulary import Level, Role, State

PAGE = f"{API}/corrections"


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, papers.MAY)
    return builders.make_school()


@pytest.fixture
def graduate(school: School) -> Graduate:
    return builders.make_graduate(school)


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


@pytest.fixture
def office(app: Flask, school: School) -> desk.DeskClient:
    return desk.client(app, Role.SCHOOL, school)


def corrected(office: desk.DeskClient, client: ApiClient, graduate: Graduate) -> dict[str, Any]:
    """Return the correction that a school has made in an effective agreement."""
    placement = builders.make_placement(State.EFFECTIVE, graduate)
    assert correct(office, placement, contact_name="演示乙").status_code == 303
    return newest(client)


def newest(client: ApiClient) -> dict[str, Any]:
    answer = client.get(PAGE)
    assert answer.status_code == 200, answer.json
    return answer.json[0]


def press(client: ApiClient, one: dict[str, Any], what: str, **body: str) -> Any:
    return client.post(f"{PAGE}/{one['id']}/{what}", **({"json": body} if body else {}))


def decide(office: desk.DeskClient, one: dict[str, Any], decision: str, reason: str = "") -> Any:
    return office.post(f"/staff/disputes/{one['id']}/{decision}", data={"reason": reason})


@pytest.mark.rule("R-DIFF-1", http="allowed")
def test_a_change_is_shown_old_and_new_with_who_and_why_and_accepted(
    office: desk.DeskClient, client: ApiClient, graduate: Graduate
) -> None:
    assert client.get(PAGE).json == []
    one = corrected(office, client, graduate)
    assert one["changes"] == [{"field": "contact_name", "label": "单位联系人", "old": "演示甲", "new": "演示乙"}]
    assert (one["by"], one["reason"], one["subject"], one["kind"]) == ("学校", WHY, "placement", "online")
    assert (one["state"], one["label"], one["dispute"]) == ("shown", "待您确认", None)
    assert "测试老师" not in str(one)
    assert button(one, "acknowledge") == {"action": "acknowledge", "label": "确认无误", "allowed": True}
    after = press(client, one, "acknowledge")
    assert (after.status_code, after.json["state"], after.json["label"]) == (200, "acknowledged", "已确认")
    assert newest(client)["state"] == "acknowledged"


@pytest.mark.rule("R-DIFF-1", http="allowed")
def test_the_alert_of_a_change_leads_to_it(office: desk.DeskClient, client: ApiClient, graduate: Graduate) -> None:
    one = corrected(office, client, graduate)
    deliver()
    (alert,) = [alert for alert in client.get(f"{API}/alerts").json if alert["topic"] == "placement.corrected"]
    assert alert["page"] == {"name": "correction", "id": one["id"]}
    assert client.get(f"{PAGE}/{alert['page']['id']}").json == one
    assert button(one, "dispute")["label"] == "有异议"


@pytest.mark.rule("R-DIFF-1", http="refused")
def test_nobody_else_reads_it(app: Flask, office: desk.DeskClient, client: ApiClient, graduate: Graduate) -> None:
    one = corrected(office, client, graduate)
    other = api_client(app, builders.make_graduate(builders.make_school("10055")))
    assert other.get(f"{PAGE}/{one['id']}").status_code == 404
    assert client.get(f"{PAGE}/{'0' * 20}").status_code == 404


@pytest.mark.rule("R-DIFF-1", http="refused")
def test_what_is_accepted_or_disputed_is_not_answered_twice(
    office: desk.DeskClient, client: ApiClient, graduate: Graduate
) -> None:
    one = corrected(office, client, graduate)
    assert press(client, one, "acknowledge").status_code == 200
    refused(press(client, one, "dispute", reason="不对"), 409, "wrong_state")
    refused(press(client, one, "acknowledge"), 409, "wrong_state")
    assert decide(office, one, "dismiss", "无异议").status_code == 409


@pytest.mark.rule("R-DIFF-1", http="refused")
@pytest.mark.parametrize(
    ("text", "code"), [("", "reason_required"), ("  ", "reason_required"), ("字" * 501, "reason_too_long")]
)
def test_a_dispute_says_what_is_wrong(
    office: desk.DeskClient, client: ApiClient, graduate: Graduate, text: str, code: str
) -> None:
    one = corrected(office, client, graduate)
    assert "reason" in refused(press(client, one, "dispute", reason=text), 422, code)["fields"]
    assert newest(client)["state"] == "shown"


@pytest.mark.rule("R-DIFF-1", http="allowed")
def test_a_dispute_is_upheld_once_the_school_has_changed_it_again(
    office: desk.DeskClient, client: ApiClient, graduate: Graduate
) -> None:
    one = corrected(office, client, graduate)
    disputed = press(client, one, "dispute", reason="联系人仍是演示甲")
    assert (disputed.json["state"], disputed.json["dispute"]) == ("open", "联系人仍是演示甲")
    assert "李*" in desk.words(office.get("/staff/disputes"))
    page = office.get(f"/staff/disputes/{one['id']}")
    assert "联系人仍是演示甲" in desk.words(page) and "还没有再次修改" in desk.words(page)
    refusal = decide(office, one, "uphold")
    assert refusal.status_code == 422 and "请先再次修改有异议的内容" in desk.words(refusal)
    placement = builders.reload(db.session.query(Correction).one().subject_id)
    assert correct(office, placement, work_place="北京市昌平区", reason="另一处").status_code == 303
    assert decide(office, one, "uphold").status_code == 422, "another field is not what was disputed"
    assert correct(office, placement, contact_name="演示甲", reason="改回").status_code == 303
    assert decide(office, one, "uphold").status_code == 303
    listed = {row["id"]: row for row in client.get(PAGE).json}
    assert len(listed) == 3 and listed[one["id"]]["label"] == "异议成立"
    assert db.session.query(Outbox).filter_by(event="correction.upheld").count() == 1


@pytest.mark.rule("R-DIFF-1", http="allowed")
def test_a_dispute_is_dismissed_with_a_reason_that_the_graduate_reads(
    office: desk.DeskClient, client: ApiClient, graduate: Graduate
) -> None:
    one = corrected(office, client, graduate)
    assert press(client, one, "dispute", reason="不对").status_code == 200
    refusal = decide(office, one, "dismiss")
    assert refusal.status_code == 422 and "请填写异议不成立的原因" in desk.words(refusal)
    assert decide(office, one, "dismiss", "已与单位核实").status_code == 303
    after = newest(client)
    assert (after["state"], after["label"], after["answer"]) == ("dismissed", "异议不成立", "已与单位核实")
    assert "没有待处理的异议。" in desk.words(office.get("/staff/disputes"))
    assert "李*" in desk.words(office.get("/staff/disputes?state=dismissed"))
    assert db.session.query(Outbox).filter_by(event="correction.dismissed").count() == 1


@pytest.mark.rule("R-DIFF-1", http="allowed")
def test_changes_of_the_roll_are_shown_and_disputed_too(app: Flask, office: desk.DeskClient, school: School) -> None:
    graduate = builders.make_graduate(school, training_mode="22")
    client = api_client(app, graduate)
    address = f"/staff/roll/{graduate.roll.public_id}"
    change = {"action": "set_training_mode", "value": "21", "reason": "定向协议约定"}
    assert office.post(address, data=change).status_code == 303
    one = newest(client)
    assert (one["subject"], one["title"], one["record"], one["reason"]) == (
        "roll_record",
        "毕业生名单信息",
        None,
        "定向协议约定",
    )
    assert [(c["label"], c["old"], c["new"]) for c in one["changes"]] == [
        ("培养方式", "定向（可网签）", "定向（不可网签）")
    ]
    assert press(client, one, "dispute", reason="协议允许网签").status_code == 200
    assert decide(office, one, "uphold").status_code == 422
    assert office.post(address, data=change | {"value": "22", "reason": "更正"}).status_code == 303
    assert decide(office, one, "uphold").status_code == 303
    assert [row["state"] for row in client.get(PAGE).json] == ["shown", "upheld"]


@pytest.mark.rule("R-DIFF-1", "R-ACC-2", http="refused")
def test_others_neither_see_nor_answer_it(
    app: Flask, office: desk.DeskClient, client: ApiClient, school: School, graduate: Graduate
) -> None:
    one = corrected(office, client, graduate)
    stranger = api_client(app, builders.make_graduate(school))
    assert stranger.get(PAGE).json == []
    for what in ("acknowledge", "dispute"):
        refused(press(stranger, one, what, **({"reason": "不对"} if what == "dispute" else {})), 404, "not_found")
    assert press(client, one, "dispute", reason="不对").status_code == 200
    elsewhere = desk.client(app, Role.SCHOOL, builders.make_school("10001"))
    assert elsewhere.get(f"/staff/disputes/{one['id']}").status_code == 404
    assert decide(elsewhere, one, "dismiss", "x").status_code == 404
    assert "李*" not in desk.words(elsewhere.get("/staff/disputes"))
    department = desk.client(app, Role.DEPARTMENT, school, builders.make_department(school))
    assert decide(department, one, "dismiss", "x").status_code == 403


@pytest.mark.rule("R-DIFF-1", "R-ACC-1", http="refused")
def test_a_dispute_about_a_transfer_is_its_own_modules(
    app: Flask, school: School, client: ApiClient, graduate: Graduate
) -> None:
    transfers.correct(transfers.make_transfer(graduate), address="示例路8号")
    one = press(client, newest(client), "dispute", reason="地址没有变过").json
    blind, reader = (
        desk.client(app, Role.SCHOOL, db.session.merge(school), archive_level=int(level))
        for level in (Level.NONE, Level.READ)
    )
    page = f"/staff/disputes/{one['id']}"
    assert one["id"] not in blind.get("/staff/disputes").text
    assert blind.get(page).status_code == decide(blind, one, "dismiss", "核对无误").status_code == 404
    assert one["id"] in reader.get("/staff/disputes").text
    assert "示例路8号" in reader.get(page).text and ">查看<" in reader.get("/staff/disputes").text
    assert decide(reader, one, "dismiss", "核对无误").status_code == 403
    writer = desk.client(app, Role.SCHOOL, db.session.merge(school), archive_level=int(Level.WRITE))
    assert decide(writer, one, "dismiss", "核对无误").status_code == 303


@pytest.mark.rule("R-DIFF-1", http="allowed")
def test_who_has_the_archives_alone_settles_the_dispute_about_one(
    app: Flask, school: School, client: ApiClient, graduate: Graduate
) -> None:
    made = transfers.make_transfer(graduate)
    transfers.correct(made, address="示例路8号")
    one = press(client, newest(client), "dispute", reason="地址没有变过").json
    levels = {"placement_level": int(Level.NONE), "archive_level": int(Level.WRITE)}
    office = desk.client(app, Role.SCHOOL, db.session.merge(school), **levels)
    home = desk.words(office.get("/staff/"))
    assert "1待处理异议" in home and "异议处理" in home and "信息导入与更新申请" not in home
    page = office.get(f"/staff/disputes/{one['id']}")
    [again] = re.findall(r'href="([^"]*)">再次修改<', page.text)
    assert again == f"/staff/transfers/archive/{db.session.get_one(Transfer, made).public_id}/correct"
    assert office.get(again).status_code == office.get(again.removesuffix("/correct")).status_code == 200
    transfers.correct(made, address="示例路2号")
    assert decide(office, one, "uphold").status_code == 303
    assert "0待处理异议" in desk.words(office.get("/staff/"))


@pytest.mark.rule("R-DIFF-1", http="refused")
def test_disputes_of_a_module_that_is_not_shown_are_not_counted(
    app: Flask, office: desk.DeskClient, school: School, client: ApiClient, graduate: Graduate
) -> None:
    one = corrected(office, client, graduate)
    assert press(client, one, "dispute", reason="不对").status_code == 200
    assert "1待处理异议" in desk.words(office.get("/staff/"))
    levels = {"placement_level": int(Level.NONE), "archive_level": int(Level.WRITE)}
    archive = desk.client(app, Role.SCHOOL, db.session.merge(school), **levels)
    assert "0待处理异议" in desk.words(archive.get("/staff/"))
    assert one["id"] not in archive.get("/staff/disputes").text
    assert archive.get(f"/staff/disputes/{one['id']}").status_code == 404
    department = desk.client(app, Role.DEPARTMENT, school, builders.make_department(school))
    assert "待处理异议" not in desk.words(department.get("/staff/"))
