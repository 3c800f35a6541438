"""S1 §1 毕业生登录 and §2 核对基本信息: sign in, compare, confirm, or have it put right (S0 第一步…第三步, S4)."""

import pytest

from app.models import School
from tests.app.api.test_sign_in import make_person
from tests.application import api_client
from tests.builders import PASSWORD
from tests.guides.browser import Browser
from tests.guides.conftest import Place
from tests.guides.walkers import API, EmployerWalker, GraduateWalker

BUTTON = "信息确认无误，进入系统"
# S0 第三步, S1 图 3
SHOWN = [
    "生源所在地",
    "入学时间",
    "毕业时间",
    "学号",
    "院系",
    "专业",
    "学制",
    "档案是否转入学校",
    "户口是否转入学校",
    "电子邮箱",
    "手机号码",
]
NUMBER = "11010519491231002X"


@pytest.fixture
def graduate(place: Place) -> GraduateWalker:
    return place.graduate(confirmed=False)


@pytest.mark.rule("R-ENTRY-1", http="allowed")
def test_1_the_entry_offers_the_three_doors(place: Place) -> None:
    Browser(place.app).opens("/").sees("学生登录", "单位登录", "学校登录")


@pytest.mark.rule("R-GRAD-6", http="allowed")
def test_1_signed_in_with_phone_number_or_mail(place: Place, graduate: GraduateWalker) -> None:
    visitor = api_client(place.app, None)
    for name in (graduate.person.phone, graduate.id_number):
        answer = visitor.post(f"{API}/sessions", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 201 and answer.json["name"] == graduate.name
    wrong = visitor.post(f"{API}/sessions", json={"username": graduate.id_number, "password": "wrong-password"})
    assert wrong.status_code == 401


@pytest.mark.rule("R-GRAD-1", http="allowed")
@pytest.mark.rule("R-GRAD-1", http="refused")
def test_2_nothing_works_before_the_data_are_confirmed(
    place: Place, graduate: GraduateWalker, employer: EmployerWalker
) -> None:
    employer.invites(graduate)
    for address in ("home", "destinations/types", "offline-signings/form"):
        assert graduate.refused_to_read(address).code == "confirm_first"
    assert BUTTON in graduate.refused_to_read("home").message
    # 核对基本信息是否正确
    shown = {one["label"]: one["value"] for one in graduate.own_data()["fields"]}
    assert [label for label in SHOWN if label not in shown] == [], list(shown)
    assert (shown["档案是否转入学校"], shown["户口是否转入学校"]) == ("是", "否")
    # 若信息无误，则点击“信息确认无误，进入系统”
    graduate.confirms()
    assert [card["title"] for card in graduate.home["invitations"]] == [employer.name]
    graduate.presses("接受")


@pytest.mark.rule("R-GRAD-2", http="allowed")
def test_2_wrong_data_are_put_right_by_the_school_and_confirmed_again(place: Place, graduate: GraduateWalker) -> None:
    graduate.confirms()
    # S4: 如毕业生民族、政治面貌、生源地等信息有误 … 选择“信息更新”，向学校就创中心反馈修改
    record = graduate.person.roll.public_id
    body = {"kind": "update", "record": record, "fields": {"political_code": "01"}, "note": "已转为党员"}
    body["declaration"] = graduate.asks("roll-requests/form?kind=update")["declaration"]["version"]
    asked = graduate.posts("roll-requests", body)
    assert (asked["title"], asked["label"]) == ("信息更新", "待学校处理")
    desk = place.school_desk.goes_to("毕业生名单")
    desk.follows("信息申请").follows("查看", row="信息更新").sees("已转为党员", "中共党员")
    desk.presses("通过并更新名单")
    assert graduate.asks("roll-requests")[0]["label"] == "学校已通过"
    graduate.reads_of("信息更新申请已通过")
    # confirmed anew before the next start
    assert graduate.is_told_when_beginning("未签就业协议 申请签约").code == "confirm_first"
    shown = {one["label"]: one["value"] for one in graduate.own_data()["fields"]}
    assert shown["政治面貌"].startswith("中共党员")
    graduate.confirms()
    graduate.begins("未签就业协议 申请签约")


@pytest.mark.rule("R-GRAD-2", http="refused")
@pytest.mark.rule("R-ROLL-1", http="refused")
def test_2_who_is_not_on_the_roll_asks_to_be_put_there(place: Place) -> None:
    account = make_person("王小明", "resident_id", NUMBER, _code(place.school))
    visitor = api_client(place.app, None)
    signed_in = visitor.post(f"{API}/sessions", json={"username": NUMBER, "password": PASSWORD}).json
    visitor.token = signed_in["token"]
    me = visitor.get(f"{API}/me").json
    assert (me["records"], bool(me["mismatch"])) == ([], True), account
    home = visitor.get(f"{API}/home")
    assert (home.status_code, home.json["code"]) == (403, "not_on_roll")
    # S4: 如显示非应届毕业生或信息不存在 … 选择“信息导入”，填写相关信息
    form = visitor.get(f"{API}/roll-requests/form?kind=import").json
    assert form["title"] == "信息导入"
    fields = {"student_number": "2023000777", "department": place.department.name, "major": "石油工程"}
    fields |= {"education_code": "31", "ethnic_code": "01", "political_code": "03"}
    fields |= {"graduates_on": "2027-06-30", "training_mode": "1"}
    body = {"kind": "import", "school_code": _code(place.school), "cohort": 2027, "fields": fields, "note": ""}
    body["declaration"] = form["declaration"]["version"]
    assert visitor.post(f"{API}/roll-requests", json=body).json["label"] == "待学校处理"
    again = visitor.post(f"{API}/roll-requests", json=body)
    assert again.status_code == 409
    place.school_desk.goes_to("毕业生名单").follows("信息申请").follows("查看", row="信息导入")
    place.school_desk.presses("通过并更新名单")
    assert [one["cohort"] for one in visitor.get(f"{API}/me").json["records"]] == [2027]


def _code(school: School) -> str:
    return str(school.code)
