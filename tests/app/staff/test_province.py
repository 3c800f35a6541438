"""功能设置: opening modules for good, the agreement's kind, and how far the schools are."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app import settings
from app.extensions import db
from app.models import ProvinceModule
from tests import builders
from tests.app.staff import desk
from workflows.calendar import current_cohort
from workflows.vocabulary import AgreementKind, Level, Role

COHORT = current_cohort(datetime.now(UTC))
TWO, THREE = AgreementKind.TWO_PARTY, AgreementKind.THREE_PARTY
ALL = {"archive_level": int(Level.WRITE), "household_level": int(Level.WRITE)}


def opened() -> set[str]:
    return set(db.session.execute(select(ProvinceModule.module)).scalars())


def choices() -> dict[int, AgreementKind]:
    db.session.expire_all()
    return settings.agreement_choices("110000")


@pytest.mark.rule("R-PROV-1", http="allowed")
@pytest.mark.rule("R-PROV-2", http="allowed")
def test_a_province_opens_the_first_module_with_its_agreement(app: Flask) -> None:
    client = desk.client(app, Role.PROVINCE, **ALL)
    before = client.get("/staff/functions")
    assert "一旦开启，不可再关闭。" in desk.words(before)
    assert [a for a in desk.buttons(before) if a.endswith("/open")] == [
        f"/staff/functions/{module}/open" for module in ("placement", "archive", "household")
    ]
    answer = client.post("/staff/functions/placement/open", data={"agreement_kind": "two_party"})
    assert (answer.status_code, answer.location) == (303, "/staff/functions")
    assert opened() == {"placement"} and choices() == {COHORT: TWO}
    after = client.get("/staff/functions")
    assert f"自{COHORT}届起：两方协议（院校鉴证）" in desk.words(after) and "不可关闭" in desk.words(after)
    assert "/staff/functions/placement/open" not in desk.buttons(after)
    school = desk.client(app, Role.SCHOOL, builders.make_school(complete=False, kind=None))
    assert "尚未开启" not in desk.words(school.get("/staff/settings"))


@pytest.mark.rule("R-PROV-1", http="allowed")
def test_the_modules_are_opened_separately(app: Flask) -> None:
    client = desk.client(app, Role.PROVINCE, **ALL)
    assert client.post("/staff/functions/archive/open").status_code == 303
    assert opened() == {"archive"} and choices() == {}


@pytest.mark.rule("R-ACC-1", http="refused")
@pytest.mark.rule("R-PROV-1", http="refused")
@pytest.mark.parametrize("level", [Level.NONE, Level.READ])
def test_a_module_is_opened_by_who_has_the_right_level_in_it(app: Flask, level: Level) -> None:
    client = desk.client(app, Role.PROVINCE, archive_level=int(level))
    assert client.post("/staff/functions/archive/open").status_code == 403
    assert opened() == set()
    page = client.get("/staff/functions")
    assert ("档案信息登记" in desk.words(page)) == (level == Level.READ)
    assert "户口信息登记" not in desk.words(page)
    assert [a for a in desk.buttons(page) if a.endswith("/open")] == ["/staff/functions/placement/open"]


@pytest.mark.rule("R-ACC-1", http="allowed")
def test_who_has_one_module_alone_opens_that_one(app: Flask) -> None:
    builders.make_province(kind=THREE)
    client = desk.client(app, Role.PROVINCE, placement_level=int(Level.NONE), household_level=int(Level.WRITE))
    assert "功能设置" in desk.words(client.get("/staff/"))
    page = client.get("/staff/functions")
    assert "就业协议书类型" not in desk.words(page) and "毕业去向登记与网签" not in desk.words(page)
    assert client.post("/staff/functions/placement/open", data={"agreement_kind": "two_party"}).status_code == 403
    assert client.post("/staff/functions/agreement", data={}).status_code == 403
    assert client.post("/staff/functions/household/open").status_code == 303
    assert opened() == {"placement", "household"}
    builders.make_school()
    assert "1所已完成签约设置" in desk.words(client.get("/staff/schools"))


@pytest.mark.rule("R-PROV-1", http="refused")
def test_an_open_module_stays_open_as_it_is(app: Flask) -> None:
    builders.make_province(kind=THREE)
    client = desk.client(app, Role.PROVINCE)
    client.post("/staff/functions/placement/open", data={"agreement_kind": "two_party"})
    assert opened() == {"placement"} and choices() == {COHORT: THREE}
    assert client.post("/staff/functions/placement/close").status_code == 404
    assert client.post("/staff/functions/nonsense/open").status_code == 404
    assert client.delete("/staff/functions/placement/open").status_code == 405


@pytest.mark.rule("R-PROV-2", http="refused")
@pytest.mark.parametrize("kind", ["", "four_party"])
def test_the_first_module_wants_the_agreements_kind(app: Flask, kind: str) -> None:
    answer = desk.client(app, Role.PROVINCE).post("/staff/functions/placement/open", data={"agreement_kind": kind})
    assert answer.status_code == 422
    assert "开启本模块须同时选择本省的就业协议书类型：两方协议或三方协议。" in desk.words(answer)
    assert opened() == set()


@pytest.mark.rule("R-PROV-2", http="allowed")
def test_the_kind_changes_for_a_coming_cohort(app: Flask) -> None:
    builders.make_province(kind=THREE)
    client = desk.client(app, Role.PROVINCE)
    answer = client.post("/staff/functions/agreement", data={"agreement_kind": "two_party", "from_cohort": COHORT + 1})
    assert answer.status_code == 303 and choices() == {COHORT: THREE, COHORT + 1: TWO}
    text = desk.words(client.get("/staff/functions"))
    assert f"自{COHORT}届起：三方协议（院校审核）自{COHORT + 1}届起：两方协议（院校鉴证）" in text


@pytest.mark.rule("R-PROV-2", http="refused")
@pytest.mark.parametrize("cohort", [COHORT, COHORT - 1, COHORT + 4, "x", ""])
def test_the_kind_of_a_cohort_under_way_stays(app: Flask, cohort: object) -> None:
    builders.make_province(kind=THREE)
    client = desk.client(app, Role.PROVINCE)
    answer = client.post("/staff/functions/agreement", data={"agreement_kind": "two_party", "from_cohort": cohort})
    assert answer.status_code == 422 and 'id="from_cohort-error"' in answer.text
    assert choices() == {COHORT: THREE}


@pytest.mark.rule("R-PROV-2", http="refused")
def test_the_kind_cannot_be_chosen_before_the_module_is_open(app: Flask) -> None:
    client = desk.client(app, Role.PROVINCE)
    answer = client.post("/staff/functions/agreement", data={"agreement_kind": "two_party", "from_cohort": COHORT + 1})
    assert answer.status_code == 403 and choices() == {}


@pytest.mark.rule("R-PROV-1", http="refused")
def test_only_the_province_itself_with_write_permission_opens(app: Flask) -> None:
    school = builders.make_school(kind=None, complete=False)
    reader = desk.client(app, Role.PROVINCE, placement_level=int(Level.READ))
    assert desk.buttons(reader.get("/staff/functions")) == ["/staff/sign-out"]
    for client in (reader, desk.client(app, Role.SCHOOL, school), desk.client(app, Role.OPERATOR)):
        answer = client.post("/staff/functions/placement/open", data={"agreement_kind": "three_party"})
        assert answer.status_code == 403
        assert client.post("/staff/functions/agreement", data={"agreement_kind": "two_party"}).status_code == 403
    assert opened() == set()


def test_another_provinces_switch_is_its_own(app: Flask) -> None:
    jiangsu = desk.client(app, Role.PROVINCE, province_code="320000")
    jiangsu.post("/staff/functions/placement/open", data={"agreement_kind": "two_party"})
    assert choices() == {} and settings.agreement_choices("320000") == {COHORT: TWO}


def test_the_schools_of_the_province_and_how_far_they_are(app: Flask) -> None:
    builders.make_school("11414")
    client = desk.client(app, Role.PROVINCE)
    first = desk.words(client.get("/staff/schools"))
    assert "1所已完成签约设置。" in first and "北京大学" in first and "南京大学" not in first
    done = desk.words(client.get("/staff/schools?complete=yes"))
    assert "中国石油大学（北京）" in done and "北京大学" not in done and "共1条" in done
    assert "中国石油大学（北京）" not in desk.words(client.get("/staff/schools?complete=no&name=石油"))
    assert desk.client(app, Role.SCHOOL, builders.make_school()).get("/staff/schools").status_code == 403


def test_the_pages_of_schools_follow_on(app: Flask) -> None:
    client = desk.client(app, Role.PROVINCE)
    page, seen, turns = client.get("/staff/schools"), [], 0
    while True:
        codes = [part[:5] for part in page.text.split('data-label="院校代码" class="code">')[1:]]
        assert not set(codes) & set(seen)
        seen += codes
        onward = [part.partition('"')[0] for part in page.text.split('href="') if "after=" in part.partition('"')[0]]
        if not onward:
            break
        page, turns = client.get(onward[0].replace("&amp;", "&")), turns + 1
    assert seen == sorted(seen) and f"本省共{len(seen)}所高校" in desk.words(page) and turns >= 4
