"""Lists as files: short ones at once, long ones by a worker; masked, nobody else's, never run (R-VIEW-1)."""

import io
import zipfile
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from app import history
from app.clock import now
from app.extensions import db
from app.lists import exports
from app.models import History, ListExport, School, Staff
from notifications import sweeper
from tests import builders
from tests.app.api import destinations as calls
from tests.app.api.calls import travel
from tests.app.staff import desk
from tests.app.staff.test_lists import LEVELS, number, put
from tests.application import api_client
from tests.notifications.working import work_off
from workflows.catalogue.destinations import FORMS
from workflows.vocabulary import Level, Module, Role

URL = "/staff/lists/placement/papers/export"
DONE = "可以下载"


def rows(content: bytes) -> list[list[Any]]:
    """Return the rows of a file with one tab, its head first."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


@pytest.fixture
def school(app: Flask) -> Any:
    return builders.make_school()


@pytest.mark.rule("R-VIEW-1", http="allowed")
@pytest.mark.parametrize("name", ["signings", "papers", "endings", "destinations", "archive", "household"])
def test_a_list_is_handed_out_as_it_is_shown(app: Flask, school: Any, name: str) -> None:
    first, second = builders.make_graduate(school, name="欧阳娜"), builders.make_graduate(school)
    put(name, first)
    put(name, second)
    put(name, builders.make_graduate(school), draft=True)
    put(name, builders.make_graduate(builders.make_school("10284")))
    module = name if name in (Module.ARCHIVE, Module.HOUSEHOLD) else "placement"
    client = desk.client(app, Role.SCHOOL, school, **LEVELS)
    url = f"/staff/lists/{module}/{name}/export"
    head, *found = rows(client.post(url).data)
    column = head.index("考生号" if module == name else "学号")
    assert "身份证号" in head and "操作" not in head
    assert [row[column] for row in found] == [number(name, second), number(name, first)]
    assert found[1][head.index("姓名")] == "欧*" and "*" in found[1][head.index("身份证号")]
    narrowed = rows(client.post(url, data={"name": "欧阳"}).data)[1:]
    assert [row[column] for row in narrowed] == [number(name, first)]


@pytest.mark.rule("R-VIEW-1", http="refused")
def test_nobody_exports_what_they_may_not_read(app: Flask, school: Any) -> None:
    put("papers", builders.make_graduate(school))
    stranger = desk.client(app, Role.SCHOOL, builders.make_school("10284"), **LEVELS)
    assert rows(stranger.post(URL).data)[1:] == []
    nobody = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.NONE))
    assert nobody.post(URL).status_code == 403
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    assert reader.post(URL).status_code == 200
    assert reader.post("/staff/lists/archive/archive/export").status_code == 403
    for wrong in ("placement/archive", "archive/papers", "placement/nonsense", "nonsense/papers"):
        assert desk.client(app, Role.SCHOOL, school, **LEVELS).post(f"/staff/lists/{wrong}/export").status_code == 404
    for role in (Role.OPERATOR, Role.AUDITOR):
        assert desk.client(app, role).post(URL).status_code == 403


FULL = {"full": "yes", "purpose": "报送档案转递名单"}


def taken() -> list[dict[str, Any]]:
    """Return what the history says of files in full."""
    found = db.session.execute(select(History).where(History.action == "export_full").order_by(History.id)).scalars()
    return [
        {name: row.detail[name] for name in ("listing", "wanted", "rows")} | {"chain": row.record_kind} for row in found
    ]


@pytest.mark.rule("R-VIEW-1", "R-AUDIT-1", http="allowed")
def test_who_may_write_takes_a_list_in_full_on_record_with_its_purpose(app: Flask, school: Any) -> None:
    graduate = builders.make_graduate(school, name="欧阳娜")
    put("papers", graduate)
    number = graduate.id_number
    client = desk.client(app, Role.SCHOOL, school)
    head, found = rows(client.post(URL, data=FULL | {"name": "欧阳"}).data)
    assert (found[head.index("姓名")], found[head.index("身份证号")]) == ("欧阳娜", number)
    assert taken() == [{"chain": "staff", "listing": "papers", "wanted": {}, "rows": 1}]
    rows(client.post(URL).data)
    assert len(taken()) == 1 and list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-VIEW-1", "R-ACC-1", http="refused")
def test_nobody_else_does_and_nobody_without_a_purpose(app: Flask, school: Any) -> None:
    put("papers", builders.make_graduate(school))
    for purpose in ("", " 名", "长" * 201):
        answer = desk.client(app, Role.SCHOOL, school).post(URL, data=FULL | {"purpose": purpose})
        assert answer.status_code == 422 and "须填写用途" in answer.text
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    for client in (reader, desk.client(app, Role.PROVINCE)):
        answer = client.post(URL, data=FULL)
        assert answer.status_code == 403 and "不能导出完整姓名" in answer.text
    assert taken() == []


@pytest.mark.usefixtures("long")
def test_a_long_list_in_full_is_made_by_a_worker_for_who_may_still_write(app: Flask, school: Any) -> None:
    for _ in range(2):
        put("papers", builders.make_graduate(school, name="欧阳娜"))
    client, late = desk.client(app, Role.SCHOOL, school), desk.client(app, Role.SCHOOL, school)
    assert client.post(URL, data=FULL).status_code == 303
    work_off()
    export = db.session.execute(select(ListExport.public_id)).scalar_one()
    assert rows(client.get(f"/staff/exports/{export}").data)[1][1] == "欧阳娜"
    assert "完整信息" in client.get("/staff/exports").text and len(taken()) == 1
    late.post(URL, data=FULL)
    db.session.execute(update(Staff).values(placement_level=int(Level.READ)))
    db.session.commit()
    work_off()
    assert client.get(f"/staff/exports/{export}").status_code == 404
    assert "未生成" in late.get("/staff/exports").text


@pytest.mark.rule("R-DEST-1")
def test_the_file_of_destinations_has_the_national_code_and_the_fields_of_the_catalogue(
    app: Flask,
) -> None:
    travel(app, calls.MAY)
    school = builders.make_school()
    for name in ("postgraduate", "own_company"):
        graduate = builders.make_graduate(school)
        calls.submitted(api_client(app, graduate), graduate, name)
    client = desk.client(app, Role.SCHOOL, school)
    head, *found = rows(client.post("/staff/lists/placement/destinations/export").data)
    assert set(head) >= {field.label for form in FORMS.values() for field in form.fields}
    company, study = (dict(zip(head, row, strict=True)) for row in found)
    assert (study["去向代码"], study["录取学校"], study["企业名称"]) == ("801", "示例大学", "--")
    assert company["去向代码"] == "751（未核对）" and company["企业名称"] != "--"


@pytest.mark.rule("R-DEST-1")
def test_what_people_have_filled_in_is_masked_like_their_names_unless_the_file_is_taken_in_full(app: Flask) -> None:
    travel(app, calls.MAY)
    graduate = builders.make_graduate(builders.make_school())
    calls.submitted(api_client(app, graduate), graduate, contact_phone="13912345678", contact_email="hr@example.com")
    client = desk.client(app, Role.SCHOOL, db.session.get_one(School, graduate.roll.school_id))
    address = "/staff/lists/placement/destinations/export"
    masked, whole = (str(rows(client.post(address, data=sent).data)) for sent in ({}, FULL))
    for said in ("13912345678", "hr@example.com"):
        assert said not in masked and said in whole


def test_what_was_typed_is_never_a_formula(app: Flask, school: Any) -> None:
    put("papers", builders.make_graduate(school), title='=HYPERLINK("http://example.com","单位")')
    content = desk.client(app, Role.SCHOOL, school).post(URL).data
    assert '=HYPERLINK("http://example.com","单位")' in rows(content)[1]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in page and b"hyperlink" not in page


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are too long to wait for, and are read one by one."""
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    monkeypatch.setattr(exports, "BATCH", 1)


@pytest.mark.usefixtures("long")
def test_a_long_list_is_made_by_a_worker(app: Flask, school: Any) -> None:
    graduates = [builders.make_graduate(school) for _ in range(3)]
    for graduate in graduates:
        put("papers", graduate)
    client = desk.client(app, Role.SCHOOL, school)
    answer = client.post(URL)
    assert (answer.status_code, answer.location) == (303, "/staff/exports")
    waiting = client.get("/staff/exports")
    assert "正在生成" in waiting.text and DONE not in waiting.text
    export = db.session.execute(select(ListExport.public_id)).scalar_one()
    assert client.get(f"/staff/exports/{export}").status_code == 404
    work_off()
    assert DONE in client.get("/staff/exports").text
    found = rows(client.get(f"/staff/exports/{export}").data)
    assert [row[found[0].index("学号")] for row in found[1:]] == [g.roll.student_number for g in reversed(graduates)]
    colleague = desk.client(app, Role.SCHOOL, school)
    assert colleague.get(f"/staff/exports/{export}").status_code == 404
    assert DONE not in colleague.get("/staff/exports").text


@pytest.mark.usefixtures("long")
def test_who_has_lost_the_level_gets_nothing(app: Flask, school: Any) -> None:
    for _ in range(2):
        put("papers", builders.make_graduate(school))
    early, late = desk.client(app, Role.SCHOOL, school), desk.client(app, Role.SCHOOL, school)
    early.post(URL)
    work_off()
    late.post(URL)
    db.session.execute(update(Staff).values(placement_level=int(Level.NONE)))
    db.session.commit()
    work_off()
    stages = db.session.execute(select(ListExport.stage, ListExport.public_id).order_by(ListExport.id)).all()
    assert [row.stage for row in stages] == ["done", "refused"]
    assert early.get(f"/staff/exports/{stages[0].public_id}").status_code == 404
    assert "未生成" in late.get("/staff/exports").text


@pytest.mark.usefixtures("long")
def test_one_that_is_too_long_is_refused_with_advice(app: Flask, school: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST", 1)
    for _ in range(2):
        put("papers", builders.make_graduate(school))
    page = desk.client(app, Role.SCHOOL, school).post(URL, follow_redirects=True)
    assert "请按届别、院校或状态筛选后分次导出" in page.text
    assert db.session.execute(select(ListExport.id)).all() == []


@pytest.mark.usefixtures("long")
def test_files_go_after_a_week(app: Flask, school: Any) -> None:
    for _ in range(2):
        put("papers", builders.make_graduate(school))
    desk.client(app, Role.SCHOOL, school).post(URL)
    work_off()
    assert sweeper.tidy()["exports"] == 0
    db.session.execute(update(ListExport).values(ended_at=now() - exports.KEPT * 2))
    db.session.commit()
    assert sweeper.tidy()["exports"] == 1
    assert db.session.execute(select(ListExport.id)).all() == []
