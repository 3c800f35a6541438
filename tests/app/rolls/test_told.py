"""What a file changes on the roll: shown to the graduate old → new with who and why, and disputed like any change."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.models import Correction, RollRecord, School, Staff
from tests import builders
from tests.app.api.calls import API
from tests.app.api.conftest import autumn, school  # noqa: F401 - fixtures
from tests.app.rolls.sheets import COHORT, as_xlsx, bring_in, line
from tests.app.staff import desk
from tests.application import ApiClient, api_client
from tests.builders import Graduate
from tests.notifications.working import alerts, work_off
from workflows.vocabulary import Role

CHANGED = {"学校专业": "油气储运工程", "所属学院": "新学院", "户口是否转入学校": "是", "考生号": "22110105150001"}


@pytest.fixture
def graduate(school: School) -> Graduate:  # noqa: F811
    return builders.make_graduate(school, builders.make_department(school, "石油工程学院"), cohort=COHORT)


@pytest.fixture
def client(app: Flask, graduate: Graduate) -> ApiClient:
    return api_client(app, graduate)


@pytest.fixture
def import_line(school: School, graduate: Graduate) -> Callable[..., Any]:  # noqa: F811
    """Bring in a file with the graduate's line: what the roll says, but for the cells that are given."""
    staff, roll = builders.make_staff(Role.SCHOOL, school).id, graduate.roll
    own = {"学号": roll.student_number, "考生号": roll.exam_number, "身份证号": graduate.id_number}
    listed = line(school, 1, **own)
    return lambda **cells: bring_in(db.session.get_one(Staff, staff), as_xlsx([listed | cells]))


def changes(one: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(change["label"], change["old"], change["new"]) for change in one["changes"]]


@pytest.mark.rule("R-DIFF-1", "R-ROLL-1", "R-GRAD-1", http="allowed")
def test_it_is_shown_old_and_new_where_one_confirms_and_told_masked(
    graduate: Graduate, import_line: Callable[..., Any], client: ApiClient
) -> None:
    address, before = f"{API}/records/{graduate.roll.public_id}", graduate.roll.exam_number
    assert client.get(address).json["corrections"] == []
    import_line(**CHANGED)
    (one,) = client.get(f"{API}/corrections").json
    assert (one["by"], one["reason"], one["subject"]) == ("学校", "名单导入", "roll_record")
    assert changes(one) == [
        ("考生号", before or "--", "22110105150001"),
        ("院系", "石油工程学院", "新学院"),
        ("专业", "石油工程", "油气储运工程"),
        ("户口是否转入学校", "否", "是"),
    ]
    page = client.get(address).json
    assert page["corrections"] == [one] and not page["confirmed"]
    work_off()
    (told,) = [alert for alert in alerts("account") if alert.topic == "roll.changed"]
    assert "专业：石油工程 → 油气储运工程" in told.body
    assert "22110105150001" not in told.body and "修改详情" in told.body
    body = {"shown_version": page["shown_version"]}
    assert client.post(f"{address}/confirmation", json=body).status_code == 200
    assert client.get(address).json["corrections"] == [], "confirmed with it"


@pytest.mark.rule("R-DIFF-1", http="allowed")
def test_it_is_disputed_and_upheld_by_the_next_file(
    app: Flask,
    school: School,  # noqa: F811
    import_line: Callable[..., Any],
    client: ApiClient,
) -> None:
    office = desk.client(app, Role.SCHOOL, school)
    import_line(学校专业="油气储运工程")
    (one,) = client.get(f"{API}/corrections").json
    disputed = client.post(f"{API}/corrections/{one['id']}/dispute", json={"reason": "专业没有变"})
    assert (disputed.status_code, disputed.json["state"]) == (200, "open")
    uphold = f"/staff/disputes/{one['id']}/uphold"
    assert "石油工程→油气储运工程" in desk.words(office.get(f"/staff/disputes/{one['id']}"))
    assert office.post(uphold, data={"reason": ""}).status_code == 422
    import_line()
    assert office.post(uphold, data={"reason": ""}).status_code == 303
    assert [row["state"] for row in client.get(f"{API}/corrections").json] == ["shown", "upheld"]


@pytest.mark.rule("R-DIFF-1", "R-ACC-2", http="refused")
def test_what_nobody_has_seen_yet_is_not_shown_as_changed(
    app: Flask,
    school: School,  # noqa: F811
    graduate: Graduate,
    import_line: Callable[..., Any],
    client: ApiClient,
) -> None:
    stranger, own = api_client(app, builders.make_graduate(school)), graduate.roll.public_id
    db.session.execute(update(RollRecord).where(RollRecord.id == graduate.roll.id).values(account_id=None))
    db.session.commit()
    import_line(学校专业="油气储运工程")
    assert db.session.query(Correction).count() == 0
    assert [one["id"] for one in client.get(f"{API}/me").json["records"]] == [own]
    import_line()
    (one,) = client.get(f"{API}/corrections").json
    assert stranger.get(f"{API}/corrections").json == []
    answer = stranger.post(f"{API}/corrections/{one['id']}/dispute", json={"reason": "不对"})
    assert answer.status_code == 404
