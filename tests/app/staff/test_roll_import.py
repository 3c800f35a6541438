"""导入名单 in the browser: who may, what is refused at the door, and a worker that does the rest."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import RollImport, RollRecord, School, Staff
from notifications import jobs
from tests import builders
from tests.app.rolls.sheets import COHORT, as_csv, as_xlsx, line
from tests.app.staff import desk
from tests.notifications.working import rows
from workflows.vocabulary import Level, Role

FORM = "/staff/roll/import"


@pytest.fixture
def school(app: Flask) -> School:
    return builders.make_school()


def send(client: desk.DeskClient, content: bytes, name: str = "名单.xlsx", cohort: Any = COHORT) -> Any:
    files = {"file": (io.BytesIO(content), name), "cohort": str(cohort)}
    return client.post(FORM, data=files, content_type="multipart/form-data")


def work() -> None:
    jobs.run([row.id for row in rows("roll.received")])


@pytest.mark.rule("R-ROLL-1", http="allowed")
def test_a_school_imports_its_roll_and_sees_what_came_of_it(app: Flask, school: School) -> None:
    client = desk.client(app, Role.SCHOOL, school)
    sent = send(client, as_xlsx([line(school, 1), line(school, 2), line(school, 3, 姓名="")]))
    assert sent.status_code == 303
    waiting = client.get(sent.location)
    assert "文件已收到，正在等待处理" in desk.words(waiting) and 'hx-trigger="every 2s"' in waiting.text
    assert db.session.execute(select(RollRecord.id)).first() is None, "the web process reads nothing"
    work()
    done = client.get(sent.location, headers={"HX-Request": "true"})
    text = done.get_data(as_text=True)
    assert "hx-trigger" not in text and "<html" not in text
    report = desk.words(client.get(sent.location))
    assert "导入完成" in report and "新增2" in report and "有误1" in report
    assert "第4行姓名不能为空。" in report and "新建立的院系：石油工程学院" in report
    work()
    again = send(client, as_xlsx([line(school, 4)]))
    work()
    assert "新增1" in desk.words(client.get(again.location))
    assert "名单.xlsx" in desk.words(client.get(FORM))


@pytest.mark.rule("R-ROLL-1", http="refused")
def test_only_the_schools_own_writers_import(app: Flask, school: School) -> None:
    department = builders.make_department(school)
    content = as_csv([line(school, 1)])
    refused = [
        (desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ)), 403),
        (desk.client(app, Role.DEPARTMENT, school, department), 403),
        (desk.client(app, Role.PROVINCE), 403),
        (desk.browser(app), 302),
    ]
    for client, status in refused:
        assert send(client, content).status_code == status
    other = builders.make_school("10011")
    sent = send(desk.client(app, Role.SCHOOL, other), content)
    work()
    mine, theirs = desk.client(app, Role.SCHOOL, school), desk.client(app, Role.SCHOOL, other)
    assert "不是本校" in desk.words(theirs.get(sent.location))
    assert mine.get(sent.location).status_code == 404
    assert db.session.execute(select(RollRecord.id)).first() is None


@pytest.mark.rule("R-ROLL-1", http="refused")
@pytest.mark.parametrize(
    ("content", "cohort", "status", "says"),
    [
        (b"x" * (10 * 1024 * 1024 + 1), COHORT, 413, "文件超过10MB"),
        (b"", 1999, 422, "届别"),
        (b"", "x", 422, "届别"),
    ],
)
def test_what_is_refused_at_the_door(
    app: Flask, school: School, content: bytes, cohort: Any, status: int, says: str
) -> None:
    answer = send(desk.client(app, Role.SCHOOL, school), content, cohort=cohort)
    assert answer.status_code == status and says in desk.words(answer)
    assert db.session.execute(select(RollImport.id)).first() is None


def test_without_a_file_the_field_says_so(app: Flask, school: School) -> None:
    client = desk.client(app, Role.SCHOOL, school)
    answer = client.post(FORM, data={"cohort": str(COHORT)}, content_type="multipart/form-data")
    assert answer.status_code == 422 and "请选择要导入的名单文件。" in desk.words(answer)


def test_one_import_at_a_time(app: Flask, school: School) -> None:
    client = desk.client(app, Role.SCHOOL, school)
    assert send(client, as_csv([line(school, 1)])).status_code == 303
    second = send(client, as_csv([line(school, 1)]))
    assert second.status_code == 409 and "本校还有一份名单正在导入。" in desk.words(second)


def test_a_file_that_is_no_table_ends_with_a_clear_state(app: Flask, school: School) -> None:
    client = desk.client(app, Role.SCHOOL, school)
    sent = send(client, b"%PDF-1.7\0\0", "名单.pdf")
    work()
    assert "未导入" in desk.words(client.get(sent.location)) and "不是.xlsx或.csv表格" in desk.words(
        client.get(sent.location)
    )
    assert send(client, as_csv([line(school, 1)])).status_code == 303


def test_a_lost_file_is_given_up_in_words(app: Flask, school: School, tmp_path: Any) -> None:
    client = desk.client(app, Role.SCHOOL, school)
    sent = send(client, as_csv([line(school, 1)]))
    for stored in (tmp_path / "files").rglob("*"):
        if stored.is_file():
            stored.unlink()
    for _ in range(3):
        row = rows("roll.received")[0]
        db.session.execute(type(row).__table__.update().values(due_at=row.created_at))
        db.session.commit()
        work()
    assert "系统未能处理该文件" in desk.words(client.get(sent.location))
    assert rows("roll.received")[0].state == "done"


def test_the_template_is_handed_out(app: Flask, school: School) -> None:
    answer = desk.client(app, Role.SCHOOL, school).get(f"{FORM}/template")
    assert answer.status_code == 200 and answer.data.startswith(b"PK")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_command_imports_on_behalf_of_the_schools_staff(app: Flask, school: School, tmp_path: Any) -> None:
    staff: Staff = builders.make_staff(Role.SCHOOL, school)
    reader: Staff = builders.make_staff(Role.SCHOOL, school, placement_level=int(Level.READ))
    file = tmp_path / "roll.csv"
    file.write_bytes(as_csv([line(school, 1), line(school, 2, 姓名="")]))
    run = app.test_cli_runner().invoke

    def imported(username: str) -> Any:
        return run(args=["roll", "import", str(file), "--by", username, "--cohort", str(COHORT)])

    refused = [imported(reader.username), imported("nobody")]
    assert [one.exit_code for one in refused] == [1, 1] and "只有查看权限" in refused[0].output
    done = imported(staff.username)
    assert done.exit_code == 1 and "第 3 行 姓名：不能为空。" in done.output
    assert "新增 1，更新 0，未变 0，有误 1" in done.output
    file.write_bytes(as_csv([line(school, 5)]))
    assert imported(staff.username).exit_code == 0
