"""签约设置: what a school must fill in, its choices, its windows; closed as long as the province is."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app import history
from app.crypto import unseal_text
from app.extensions import db
from app.models import Department, History, HistoryValue, School, SchoolFunction
from tests import builders
from tests.app.staff import desk
from tests.application import ApiClient, api_client
from workflows.calendar import current_cohort
from workflows.case import Refused
from workflows.vocabulary import Code, Level, Module, Role

FILLED = {"contact": "赵老师", "phone": "010-89733002", "address": "北京市昌平区府学路18号", "postcode": "102249"}
FILLED |= {"sms_fallback": "y"}


def fresh(school: School) -> School:
    return db.session.get(School, school.id, populate_existing=True)


def save(client: desk.DeskClient, school: School, **changes: object):
    return client.post("/staff/settings", data=FILLED | {"version": fresh(school).version} | changes)


@pytest.mark.rule("R-SCH-1", http="allowed")
def test_once_the_settings_are_complete_its_graduates_can_be_invited(app: Flask) -> None:
    school = builders.make_school(complete=False)
    client = desk.client(app, Role.SCHOOL, school)
    graduate = builders.make_graduate(school)
    db.session.expunge_all()
    with pytest.raises(Refused) as refused:
        builders.make_invitation(graduate)
    assert refused.value.refusal.code == Code.SETTINGS_MISSING
    assert "尚未完成签约设置" in desk.words(client.get("/staff/settings"))
    answer = save(client, school, department_review="y", binding_notice="y")
    assert (answer.status_code, answer.location) == (303, "/staff/settings")
    assert "签约设置已保存。" in desk.words(client.get("/staff/settings"))
    stored = fresh(school)
    assert (stored.contact, stored.department_review, stored.binding_notice) == ("赵老师", True, True)
    assert stored.settings_completed_at is not None
    assert builders.make_invitation(graduate).state == "invited"
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-SCH-1", http="refused")
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("contact", " ", "请填写学校联系人。"),
        ("phone", "12", None),
        ("address", "长" * 121, "联系地址最多120字。"),
        ("postcode", "1022", None),
        ("contact", "赵\U00013000", "学校联系人含有协议书字体无法打印的字符"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_stored(
    app: Flask, name: str, value: str, sentence: str | None
) -> None:
    school = builders.make_school(complete=False)
    answer = save(desk.client(app, Role.SCHOOL, school), school, **{name: value})
    assert answer.status_code == 422 and f'id="{name}-error"' in answer.text
    if sentence:
        assert sentence in desk.words(answer)
    assert fresh(school).settings_completed_at is None


@pytest.mark.rule("R-PROV-1", http="refused")
@pytest.mark.rule("R-SCH-1", http="refused")
def test_while_the_province_is_closed_no_school_can_use_the_module(app: Flask) -> None:
    school = builders.make_school(kind=None, complete=False)
    client = desk.client(app, Role.SCHOOL, school)
    for address in ("/staff/settings", "/staff/settings/windows"):
        page = client.get(address)
        assert "北京市省级就业部门尚未开启“毕业去向登记与网签”模块。" in desk.words(page)
        assert desk.buttons(page) == ["/staff/sign-out"]
    answer = save(client, school)
    assert answer.status_code == 403
    assert "本省尚未开启“毕业去向登记与网签”模块。" in desk.words(answer)
    assert fresh(school).settings_completed_at is None


def archive_only(app: Flask, school: School, level: Level = Level.WRITE) -> desk.DeskClient:
    return desk.client(app, Role.SCHOOL, school, placement_level=int(Level.NONE), archive_level=int(level))


def open_archive(app: Flask) -> None:
    office = desk.client(app, Role.PROVINCE, archive_level=int(Level.WRITE))
    assert office.post("/staff/functions/archive/open").status_code == 303


def closed(person: ApiClient) -> dict[str, str | None]:
    """Return by module why it is closed to a graduate, or None where it is open."""
    read = person.get("/api/v1/modules").json["modules"]
    return {one["module"]: None if one["allowed"] else one["refusal"]["code"] for one in read}


@pytest.mark.rule("R-PROV-1", http="allowed")
@pytest.mark.rule("R-SCH-1", http="allowed")
def test_a_province_that_opens_the_archives_alone_can_use_them(app: Flask) -> None:
    school = builders.make_school(kind=None, complete=False)
    graduate, client = builders.make_graduate(school), archive_only(app, school)
    assert "尚未开启“档案信息登记”模块。" in desk.words(client.get("/staff/settings"))
    assert save(client, school).status_code == 403
    open_archive(app)
    page = client.get("/staff/settings")
    assert "本校毕业生不能使用“档案信息登记”。" in desk.words(page) and ">保存</button>" in page.text
    assert "功能开放时间" not in page.text and "签约设置" in desk.words(client.get("/staff/"))
    person = api_client(app, graduate)
    assert closed(person) == dict.fromkeys(Module, Code.MODULE_CLOSED) | {"archive": Code.SETTINGS_MISSING}
    assert save(client, school, binding_notice="y").status_code == 303
    assert "不能使用" not in desk.words(client.get("/staff/settings"))
    assert closed(person) == dict.fromkeys(Module, Code.MODULE_CLOSED) | {"archive": None}
    stored = fresh(school)
    assert (stored.settings_completed_at, stored.household_completed_at, stored.binding_notice) == (None, None, False)
    assert person.post("/api/v1/transfers", json={"module": "archive", "form": {}}).status_code == 200


@pytest.mark.rule("R-SCH-1", http="refused")
def test_settings_are_complete_for_the_modules_of_who_saved_them(app: Flask) -> None:
    school = builders.make_school(complete=False)
    open_archive(app)
    first = desk.client(app, Role.SCHOOL, school)
    assert "本校毕业生不能使用“毕业去向登记与网签”。" in desk.words(first.get("/staff/settings"))
    assert save(first, school).status_code == 303
    person = api_client(app, builders.make_graduate(school))
    answer = person.post("/api/v1/transfers", json={"module": "archive", "form": {}})
    assert (answer.status_code, answer.json["code"]) == (403, Code.SETTINGS_MISSING)
    assert save(archive_only(app, school, Level.READ), school).status_code == 403
    assert fresh(school).archive_completed_at is None
    assert save(archive_only(app, school), school, address="北京市海淀区示例路1号").status_code == 303
    assert fresh(school).archive_completed_at is not None and fresh(school).address == "北京市海淀区示例路1号"
    assert person.post("/api/v1/transfers", json={"module": "archive", "form": {}}).status_code == 200


@pytest.mark.rule("R-SCH-1", http="refused")
def test_only_the_school_itself_with_write_permission_may_set(app: Flask) -> None:
    school = builders.make_school()
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    page = reader.get("/staff/settings")
    assert (
        page.status_code == 200 and desk.buttons(page)[1:] == ["/staff/settings"] and ">保存</button>" not in page.text
    )
    assert save(reader, school).status_code == 403
    others = [
        desk.client(app, Role.DEPARTMENT, school, builders.make_department(school)),
        desk.client(app, Role.PROVINCE),
    ]
    for client in others:
        assert client.get("/staff/settings").status_code == 403
        assert save(client, school).status_code == 403
        assert save_window(client, current_cohort(datetime.now(UTC))).status_code == 403
    assert fresh(school).contact == "王老师"
    foreign = builders.make_school("10011")
    save(desk.client(app, Role.SCHOOL, foreign), foreign)
    assert (fresh(school).contact, fresh(foreign).contact) == ("王老师", "赵老师")


@pytest.mark.rule("R-SCH-2", http="allowed")
def test_the_setting_fixes_the_path_of_later_submissions_alone(app: Flask) -> None:
    office = desk.office(app)
    department, client = office.department.id, office.sit(Role.SCHOOL)
    save(client, office.school, department_review="y")
    school, place = fresh(office.school), db.session.get(Department, department)
    later = desk.Office(app, school, place, builders.make_graduate(school, place))
    assert (office.now().review_path, later.now().review_path) == ("school", "department,school")


def test_settings_changed_by_somebody_else_are_not_overwritten(app: Flask) -> None:
    school = builders.make_school()
    client = desk.client(app, Role.SCHOOL, school)
    seen = fresh(school).version
    assert save(client, school, version=seen).status_code == 303
    for version in (seen, "", "x"):
        answer = save(client, school, version=version, contact="钱老师")
        assert answer.status_code == 409 and "设置已被他人修改" in desk.words(answer)
    assert fresh(school).contact == "赵老师"


def test_the_binding_notice_is_shown_with_its_text(app: Flask) -> None:
    client = desk.client(app, Role.SCHOOL, builders.make_school())
    assert "网签与纸质三方协议同等效力。" in desk.words(client.get("/staff/settings"))


def save_window(client: desk.DeskClient, cohort: int, function: str = "online", **changes: str):
    typed = {
        "enabled": "y",
        "opens_at": f"{cohort - 1}-10-20T08:00",
        "closes_at": f"{cohort}-08-31T18:30",
        "notice": "",
    }
    version = changes.pop("version", None) or re.search(
        r'name="version" value="(\d+)"', client.get("/staff/settings/windows").text + 'name="version" value="0"'
    ).group(1)
    named = {f"{function}-{name}": value for name, value in (typed | changes).items() if value is not None}
    named["version"] = version
    return client.post(f"/staff/settings/windows/{cohort}/{function}", data=named)


def window(school: School, cohort: int, function: str = "online") -> SchoolFunction | None:
    db.session.expire_all()
    return db.session.get(SchoolFunction, (school.id, function, cohort))


@pytest.mark.rule("R-SCH-3", http="allowed")
def test_windows_are_set_per_function_and_cohort_in_beijing_time(app: Flask) -> None:
    school = builders.make_school()
    client, cohort = desk.client(app, Role.SCHOOL, school), current_cohort(datetime.now(UTC))
    page = client.get("/staff/settings/windows")
    assert f'value="{cohort - 1}-10-15T00:00"' in page.text and f'value="{cohort}-09-01T00:00"' in page.text
    assert f'value="{cohort}-05-01T00:00"' in page.text and f'value="{cohort}-07-01T00:00"' in page.text
    for year in (cohort, cohort + 1):
        answer = save_window(client, year, notice="我校毕业生三方协议均已发放，无须使用此功能")
        assert answer.location == f"/staff/settings/windows?cohort={year}#online"
        stored = window(school, year)
        assert stored.opens_at == datetime(year - 1, 10, 20, 0, 0, tzinfo=UTC)
        assert stored.closes_at == datetime(year, 8, 31, 10, 30, tzinfo=UTC)
    again = client.get(f"/staff/settings/windows?cohort={cohort + 1}")
    assert f'value="{cohort}-10-20T08:00"' in again.text and "无须使用此功能" in again.text
    assert window(school, cohort, "paper") is None


@pytest.mark.rule("R-SCH-3", http="allowed")
def test_a_function_switched_off_refuses_starting_with_the_schools_notice(app: Flask) -> None:
    school, cohort = builders.make_school(), current_cohort(datetime.now(UTC))
    client, graduate = desk.client(app, Role.SCHOOL, school), builders.make_graduate(school)
    save_window(client, cohort, enabled=None, notice="我校暂不使用网签。")
    with pytest.raises(Refused) as refused:
        builders.make_invitation(graduate)
    assert (refused.value.refusal.code, refused.value.refusal.message) == (Code.FUNCTION_OFF, "我校暂不使用网签。")


@pytest.mark.rule("R-SCH-3", http="refused")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"closes_at": "2020-01-01T00:00"}, "关闭时间须晚于开放时间。"),
        ({"notice": "长" * 201}, "提示最多200字，现有201字。"),
        ({"opens_at": ""}, "请填写开放时间。"),
        ({"closes_at": "明天"}, "日期"),
    ],
)
def test_a_window_that_cannot_be_is_refused(app: Flask, changes: dict[str, str], sentence: str) -> None:
    school, cohort = builders.make_school(), current_cohort(datetime.now(UTC))
    answer = save_window(desk.client(app, Role.SCHOOL, school), cohort, **changes)
    assert answer.status_code == 422 and sentence in desk.words(answer)
    assert window(school, cohort) is None


def test_other_cohorts_and_functions_are_not_found(app: Flask) -> None:
    school, cohort = builders.make_school(), current_cohort(datetime.now(UTC))
    client = desk.client(app, Role.SCHOOL, school)
    assert save_window(client, cohort - 1).status_code == 404
    assert save_window(client, cohort + 2).status_code == 404
    assert save_window(client, cohort, "nonsense").status_code == 404
    reader = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ))
    assert reader.get("/staff/settings/windows").status_code == 200
    assert save_window(reader, cohort).status_code == 403
    assert db.session.execute(select(History).where(History.action == "save_function")).first() is None


def steps(action: str) -> list[History]:
    db.session.expire_all()
    found = select(History).where(History.action == action, History.record_kind == "school").order_by(History.seq)
    return list(db.session.execute(found).scalars())


@pytest.mark.rule("R-MSG-2", http="allowed")
def test_a_school_does_without_text_messages_in_place_of_wechat(app: Flask) -> None:
    school = builders.make_school()
    client = desk.client(app, Role.SCHOOL, school)
    assert "短信补发" in desk.words(client.get("/staff/settings")) and fresh(school).sms_fallback
    assert save(client, school, sms_fallback="").status_code == 303
    assert not fresh(school).sms_fallback
    assert steps("save_settings")[-1].detail["sms_fallback"] == [True, False]
    assert save(client, school).status_code == 303
    assert fresh(school).sms_fallback
    assert steps("save_settings")[-1].detail["sms_fallback"] == [False, True]


@pytest.mark.rule("R-MSG-2", http="refused")
def test_only_who_may_change_settings_switches_text_messages_off(app: Flask) -> None:
    school = builders.make_school()
    for client in (
        desk.client(app, Role.SCHOOL, school, placement_level=int(Level.READ)),
        desk.client(app, Role.DEPARTMENT, school, builders.make_department(school)),
    ):
        assert save(client, school, sms_fallback="").status_code == 403
    assert fresh(school).sms_fallback


@pytest.mark.rule("R-AUDIT-1", http="allowed")
def test_the_history_of_settings_holds_no_persons_data_in_clear(app: Flask) -> None:
    school = builders.make_school()
    save(desk.client(app, Role.SCHOOL, school), school, department_review="y")
    row = steps("save_settings")[-1]
    commitments = row.detail.pop("commit")
    assert row.detail == {"changed": ["contact", "department_review", "phone"], "department_review": [False, True]}
    assert set(commitments) == {"contact.old", "contact.new", "phone.old", "phone.new"}
    kept = db.session.execute(select(HistoryValue).where(HistoryValue.seq == row.seq)).scalars()
    opened = {
        value.field: unseal_text(value.value_sealed, history.value_bound("school", school.id, row.seq, value.field))
        for value in kept
    }
    assert opened == {
        "contact.old": "王老师",
        "contact.new": "赵老师",
        "phone.old": "010-89733001",
        "phone.new": "010-89733002",
    }
    db.session.rollback()
    assert list(history.verify(db.session.connection())) == []


@pytest.mark.rule("R-SCH-3", "R-AUDIT-1", http="allowed")
def test_the_history_of_a_window_says_what_was_and_what_is(app: Flask) -> None:
    school, cohort = builders.make_school(), current_cohort(datetime.now(UTC))
    client = desk.client(app, Role.SCHOOL, school)
    save_window(client, cohort)
    save_window(client, cohort, enabled=None, notice="我校暂不使用网签。")
    first, second = steps("save_function")
    times = {"opens_at": [f"{cohort - 1}-10-14T16:00:00+00:00", f"{cohort - 1}-10-20T00:00:00+00:00"]}
    times["closes_at"] = [f"{cohort}-08-31T16:00:00+00:00", f"{cohort}-08-31T10:30:00+00:00"]
    assert first.detail == {"function": "online", "cohort": cohort, "changed": times}
    assert second.detail["changed"] == {"enabled": [True, False], "notice": ["", "我校暂不使用网签。"]}


@pytest.mark.rule("R-SCH-3", http="refused")
def test_a_window_changed_by_somebody_else_is_not_overwritten(app: Flask) -> None:
    school, cohort = builders.make_school(), current_cohort(datetime.now(UTC))
    client, seen = desk.client(app, Role.SCHOOL, school), str(fresh(school).version)
    assert save_window(client, cohort, notice="先到的提示", version=seen).status_code == 303
    for version in (seen, "x", "-1"):
        answer = save_window(client, cohort, notice="后到的提示", version=version)
        assert answer.status_code == 409 and "设置已被他人修改" in desk.words(answer)
    assert window(school, cohort).notice == "先到的提示"
