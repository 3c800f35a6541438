"""数据统计: each tenant sees its own figures, equal to a recount; nobody sees another's (R-STAT-1)."""

import io
import re
import zipfile
from typing import Any

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from app import counting, recounting
from app.extensions import db
from app.models import Placement
from app.writing import write
from tests import builders
from tests.app.staff import desk
from workflows.vocabulary import Kind, Level, Module, Role, State

CHEMISTRY, GEOLOGY = "化学工程", "地质工程"


class Country:
    """A school with two departments, another one of its province, and one elsewhere, with graduates of every kind."""

    def __init__(self) -> None:
        self.school, self.neighbour = builders.make_school("11414"), builders.make_school("10001")
        self.elsewhere = builders.make_school("10284")
        self.first, self.second = (builders.make_department(self.school, name) for name in ("甲学院", "乙学院"))
        self._graduates(self.school, self.first, CHEMISTRY, [State.EFFECTIVE, State.ACCEPTED, State.INVITED, None])
        self._graduates(self.school, self.first, GEOLOGY, [State.EFFECTIVE])
        self._graduates(self.school, self.second, CHEMISTRY, [None])
        self._graduates(self.neighbour, builders.make_department(self.neighbour), GEOLOGY, [State.EFFECTIVE, None])
        self._graduates(self.elsewhere, builders.make_department(self.elsewhere), GEOLOGY, [State.REVIEW_REJECTED])

    def _graduates(self, school: Any, department: Any, major: str, states: list[State | None]) -> None:
        for state in states:
            graduate = builders.make_graduate(school, department, major=major)
            if state:
                builders.make_placement(state, graduate)

    def sit(self, app: Flask, role: Role, **overrides: Any) -> desk.DeskClient:
        school = self.school if role in (Role.SCHOOL, Role.DEPARTMENT) else None
        return desk.client(app, role, school, self.first if role == Role.DEPARTMENT else None, **overrides)


ADDRESS = dict.fromkeys((Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE), "/staff/statistics") | {
    Role.OPERATOR: "/staff/national-statistics"
}


def sheets(answer: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of a spreadsheet's tabs, without their heads."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    tabs = {name: book.get_sheet_by_name(name).to_python()[1:] for name in book.sheet_names}
    return {name: [tuple(None if cell == "" else cell for cell in row) for row in rows] for name, rows in tabs.items()}


def figures(client: desk.DeskClient, role: Role, module: str = "placement", cohort: str = "") -> Any:
    return sheets(client.get(f"{ADDRESS[role]}/{module}/export?cohort={cohort}"))


# Total, registered, under review, missing and the share of the registered, as they were built above, by hand.
EXPECTED = {
    Role.DEPARTMENT: [
        ("合计", 5, 2, 1, 2, 40),
        (CHEMISTRY, 4, 1, 1, 2, 25),
        (GEOLOGY, 1, 1, 0, 0, 100),
    ],
    Role.SCHOOL: [
        ("合计", None, 6, 2, 1, 3, 33.33),
        ("乙学院", "合计", 1, 0, 0, 1, 0),
        ("乙学院", CHEMISTRY, 1, 0, 0, 1, 0),
        ("甲学院", "合计", 5, 2, 1, 2, 40),
        ("甲学院", CHEMISTRY, 4, 1, 1, 2, 25),
        ("甲学院", GEOLOGY, 1, 1, 0, 0, 100),
    ],
}


@pytest.mark.rule("R-STAT-1", http="allowed")
@pytest.mark.parametrize("folded", [False, True], ids=["waiting", "folded"])
def test_each_role_sees_its_own_figures(app: Flask, folded: bool) -> None:
    country = Country()
    if folded:
        write(counting.fold)
    for role, expected in EXPECTED.items():
        client = country.sit(app, role)
        assert figures(client, role)["毕业去向统计"] == expected
        page = desk.words(client.get(ADDRESS[role]))
        whole = expected[0][-5:]
        assert "总人数{}已登记{}{:.2f}%".format(*whole[:2], whole[4]) in page
        assert ("乙学院" in page) is (role == Role.SCHOOL)
    province = figures(country.sit(app, Role.PROVINCE), Role.PROVINCE)["毕业去向统计"]
    assert province[0] == ("合计", None, None, 8, 3, 1, 4, 37.5)
    by_school = {row[0]: row for row in province[1:]}
    assert by_school["11414"][2:] == ("已完成设置", 6, 2, 1, 3, 33.33)
    assert by_school["10001"][2:] == ("已完成设置", 2, 1, 0, 1, 50)
    assert by_school["10002"][2:] == ("未完成设置", 0, 0, 0, 0, None)
    assert "10284" not in by_school
    nation = figures(country.sit(app, Role.OPERATOR), Role.OPERATOR)["毕业去向统计"]
    assert nation[0] == ("合计", None, 9, 3, 1, 5, 33.33)
    found = {row[0]: row[1:] for row in nation[1:]}
    assert len(found) >= 31
    assert (found["北京市"], found["江苏省"]) == (("已开启", 8, 3, 1, 4, 37.5), ("已开启", 1, 0, 0, 1, 0))
    assert found["上海市"][0] == "未开启"


@pytest.mark.rule("R-STAT-1", http="allowed")
def test_what_is_shown_is_what_a_recount_finds(app: Flask) -> None:
    country = Country()
    write(counting.fold)
    builders.make_placement(State.EFFECTIVE, builders.make_graduate(country.school, country.first))
    truth = recounting.truth(db.session.connection())
    for role, level in ((Role.SCHOOL, "school"), (Role.PROVINCE, "province"), (Role.OPERATOR, "nation")):
        place = {"school": {"school_id": country.school.id}, "province": {"province_code": "110000"}}.get(level, {})
        true = {"total": 0, "registered": 0, "reviewing": 0}
        for key, amount in truth.items():
            named = dict(zip(counting.COLUMNS, key, strict=True))
            if named["level"] == level and named["measure"] in true and place.items() <= named.items():
                true[named["measure"]] += amount
        total, registered, reviewing, missing = figures(country.sit(app, role), role)["毕业去向统计"][0][-5:-1]
        assert (total, registered, reviewing) == tuple(true.values())
        assert total == registered + reviewing + missing


@pytest.mark.rule("R-STAT-1", http="allowed")
def test_the_placement_rate_by_both_formulas(app: Flask) -> None:
    """Agreements are code 10; 待就业 is registered, placed by neither formula; 自由职业 is flexible in 2021."""
    school = builders.make_school()
    for _ in range(2):
        builders.make_placement(State.EFFECTIVE, builders.make_graduate(school))
    for form in ("freelance", "seeking"):
        destination = builders.make_destination(builders.make_graduate(school))
        db.session.get_one(Placement, destination.id).type_code = form
        db.session.commit()
    write(lambda: recounting.rebuild(db.session.connection()))
    client = desk.client(app, Role.SCHOOL, school)
    told = figures(client, Role.SCHOOL)
    assert told["毕业去向统计"][0][-5:] == (4, 4, 0, 0, 100)
    rates = {row[:2]: row[2:] for row in told["毕业去向落实率"]}
    assert rates["2021 年办法", "协议和合同就业率"] == (2, 50)
    assert rates["2021 年办法", "灵活就业率"] == (1, 25)
    assert rates["2021 年办法", "毕业去向落实率"] == (3, 75)
    assert rates["2024 年办法", "单位就业率"] == (2, 50)
    assert rates["2024 年办法", "自由职业率"] == (1, 25)
    assert rates["2024 年办法", "毕业去向落实率"] == (3, 75)
    assert told["去向构成"][0] == ("线上签约", 2, 50)
    page = desk.words(client.get("/staff/statistics"))
    assert "毕业去向落实率（2024年办法）：75.00%" in page


@pytest.mark.rule("R-STAT-1", http="allowed")
def test_archive_and_household_count_apart(app: Flask) -> None:
    school = builders.make_school()
    graduate = builders.make_graduate(school)
    place = counting.Place(
        graduate.roll.cohort, school.province_code, school.id, graduate.roll.department_id, "石油工程"
    )
    write(lambda: counting.write(db.session.connection(), {(place, "archive:registered"): 1}))
    client = desk.client(app, Role.SCHOOL, school, archive_level=int(Level.READ), household_level=int(Level.READ))
    assert figures(client, Role.SCHOOL, "archive")["档案信息统计"][0][-5:] == (1, 1, 0, 0, 100)
    assert figures(client, Role.SCHOOL, "household")["户口信息统计"][0][-5:] == (1, 0, 0, 1, 0)
    assert list(figures(client, Role.SCHOOL, "archive")) == ["档案信息统计"]
    assert "毕业去向落实率" not in client.get("/staff/statistics/archive").text


@pytest.mark.rule("R-STAT-1", http="allowed")
def test_another_cohort_has_figures_of_its_own(app: Flask) -> None:
    school = builders.make_school()
    graduate = builders.make_graduate(school)
    client = desk.client(app, Role.SCHOOL, school)
    assert figures(client, Role.SCHOOL, cohort=str(graduate.roll.cohort - 1))["毕业去向统计"] == [
        ("合计", None, 0, 0, 0, 0, None)
    ]
    page = client.get(f"/staff/statistics?cohort={graduate.roll.cohort - 1}")
    assert "没有毕业生" in page.text


@pytest.mark.rule("R-STAT-1", http="refused")
def test_nobody_sees_the_figures_of_another(app: Flask) -> None:
    """Whatever the address says, the place is the caller's own."""
    country = Country()
    stranger = desk.client(app, Role.SCHOOL, country.elsewhere)
    for more in ("", f"?school_id={country.school.id}", "?province_code=110000&level=nation"):
        page = desk.words(stranger.get(f"/staff/statistics{more}"))
        assert "总人数1已登记0" in page and "甲学院" not in page
    other = desk.client(app, Role.DEPARTMENT, country.school, country.second)
    assert figures(other, Role.DEPARTMENT)["毕业去向统计"][0][-5:] == (1, 0, 0, 1, 0)
    for role in (Role.SCHOOL, Role.DEPARTMENT, Role.PROVINCE):
        assert country.sit(app, role).get("/staff/national-statistics").status_code == 403
    for role in (Role.OPERATOR, Role.AUDITOR):
        assert country.sit(app, role).get("/staff/statistics").status_code == 403


@pytest.mark.rule("R-STAT-1", http="refused")
def test_without_a_level_in_the_module_there_are_no_figures(app: Flask) -> None:
    school = builders.make_school()
    client = desk.client(app, Role.SCHOOL, school, archive_level=int(Level.READ))
    assert client.get("/staff/statistics/archive").status_code == 200
    for page in ("household", "household/export"):
        assert client.get(f"/staff/statistics/{page}").status_code == 403
    assert client.get("/staff/statistics/nonsense").status_code == 404
    menu = client.get("/staff/").text
    assert "档案信息统计" in menu and "户口信息统计" not in menu
    nobody = desk.client(app, Role.SCHOOL, school, placement_level=int(Level.NONE))
    for page in ("", "/placement/export"):
        assert nobody.get(f"/staff/statistics{page}").status_code == 403


@pytest.mark.parametrize("role", list(ADDRESS))
def test_a_page_sends_as_many_statements_for_many_places_as_for_one(app: Flask, role: Role) -> None:
    country = Country()
    client = country.sit(app, role)
    client.get(ADDRESS[role])  # fills the cache of code tables
    with desk.statements() as one:
        client.get(ADDRESS[role])
    for number in range(6):
        builders.make_graduate(country.school, builders.make_department(country.school), major=f"专业{number}")
    with desk.statements() as many:
        assert client.get(ADDRESS[role]).status_code == 200
    assert len(many) == len(one)
    assert len([s for s in many if "statistic" in s]) == 1


def test_formulas_in_names_stay_text(app: Flask) -> None:
    school = builders.make_school()
    builders.make_graduate(school, major="=1+1")
    answer = desk.client(app, Role.SCHOOL, school).get("/staff/statistics/placement/export")
    assert sheets(answer)["毕业去向统计"][2][1] == "=1+1"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert re.search(r"filename\*=UTF-8''%E6%AF%95.*\.xlsx$", answer.headers["Content-Disposition"])


def test_kinds_and_modules_have_words() -> None:
    from app.staff import statistics

    assert set(statistics.TITLE) == set(Module)
    assert set(statistics.CHANNEL) | {Kind.DESTINATION} == set(Kind)
