"""The agreement form: which fields there are, what each takes, what it answers to anything else."""

from collections.abc import Mapping
from typing import Any

import pytest

from workflows import agreement_form
from workflows.agreement_form import BY_NAME, FIELDS, changes, clean

COMPLETE: Mapping[str, str] = {
    "employer_name": "合肥某科技有限公司",
    "credit_code": "91110000600037341L",
    "employer_kind": "39",
    "industry": "I",
    "region_code": "340104",
    "address": "高新区某路 1 号",
    "position_category": "13",
    "position": "软件工程师",
    "contact_name": "李经理",
    "contact_mobile": "13812345678",
    "contact_email": "hr@example.com",
    "household_archive": "1",
}
FILLED: Mapping[str, str] = COMPLETE | {
    "contact_phone": "010-62510000",
    "probation_months": "6",
    "probation_pay_fen": "6000",
    "pay_fen": "8000.5",
    "penalty_fen": "0",
    "report_place": "合肥",
    "report_by": "2027-07-15",
    "work_place": "合肥高新区",
    "supplement": "第一条\n第二条",
}


def check(raw: Mapping[str, Any], online: bool = True, bad: str = "") -> agreement_form.Cleaned:
    """Clean with a code table that knows every code but `?`, and a font without the characters of `bad`."""
    return clean(
        raw,
        online,
        known=lambda table, code: table in TABLES.values() and code != "?",
        unprintable=lambda text: "".join(char for char in text if char in bad),
    )


TABLES = {
    "employer_kind": "employer_kinds",
    "industry": "industries",
    "region_code": "regions",
    "position_category": "position_categories",
    "household_archive": "household_archive",
}
OPTIONAL = [
    "contact_phone",
    "probation_months",
    "probation_pay_fen",
    "pay_fen",
    "penalty_fen",
    "report_place",
    "report_by",
    "work_place",
    "supplement",
]


@pytest.mark.rule("R-ON-1", "R-ON-8")
def test_the_form_has_the_fields_of_the_rule_book_in_their_order() -> None:
    assert [(f.name, f.label) for f in FIELDS] == [
        ("employer_name", "单位名称"),
        ("credit_code", "统一社会信用代码"),
        ("employer_kind", "单位性质"),
        ("industry", "单位行业"),
        ("region_code", "通讯地址（省市区）"),
        ("address", "通讯地址（详细）"),
        ("position_category", "职位类别"),
        ("position", "职位名称"),
        ("contact_name", "单位联系人"),
        ("contact_mobile", "联系人手机"),
        ("contact_phone", "联系人电话"),
        ("contact_email", "联系人邮箱"),
        ("household_archive", "单位是否解决户档"),
        ("probation_months", "试用期"),
        ("probation_pay_fen", "试用起薪"),
        ("pay_fen", "转正起薪"),
        ("penalty_fen", "违约金"),
        ("report_place", "报到地点"),
        ("report_by", "报到期限"),
        ("work_place", "实际工作地点"),
        ("supplement", "协议补充内容"),
    ]
    assert {f.name: f.table for f in FIELDS if f.table} == TABLES
    assert set(BY_NAME) == {f.name for f in FIELDS}
    assert all(BY_NAME[f.name] is f for f in FIELDS)


@pytest.mark.rule("R-ON-1")
def test_a_form_filled_in_wholly_is_cleaned() -> None:
    cleaned = check(FILLED)
    assert cleaned.errors == {}
    assert cleaned.values == FILLED | {
        "probation_months": 6,
        "probation_pay_fen": 600000,
        "pay_fen": 800050,
        "penalty_fen": 0,
    }


@pytest.mark.rule("R-ON-1")
def test_what_may_stay_empty_is_none() -> None:
    assert {f.name for f in FIELDS if not f.required} == set(OPTIONAL)
    assert check(COMPLETE).values == {**COMPLETE, **dict.fromkeys(OPTIONAL)}
    assert check({**COMPLETE, "unheard_of": "x"}) == check(COMPLETE)


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("name", COMPLETE)
@pytest.mark.parametrize("empty", [None, "", "  \n"])
def test_a_required_field_left_empty_is_named(name: str, empty: str | None) -> None:
    offline = check(dict(COMPLETE) | {name: empty}, online=False)
    assert offline.errors == {name: f"请填写{BY_NAME[name].label}。"}
    assert name not in offline.values
    online = check(dict(COMPLETE) | {name: empty})
    if name == "contact_email":
        assert (online.errors, online.values[name]) == ({}, None)
    else:
        assert online.errors == offline.errors


LIMITS = {
    "employer_name": 100,
    "address": 120,
    "position": 50,
    "contact_name": 30,
    "report_place": 100,
    "work_place": 100,
    "supplement": 1000,
}


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_texts_have_a_greatest_length(name: str, limit: int) -> None:
    assert check(dict(COMPLETE) | {name: f" {'字' * limit} "}).values[name] == "字" * limit
    label = BY_NAME[name].label
    assert check(dict(COMPLETE) | {name: "字" * (limit + 1)}).errors == {
        name: f"{label}最多 {limit} 字，现有 {limit + 1} 字。"
    }


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("name", [name for name in LIMITS if name != "supplement"])
@pytest.mark.parametrize("broken", ["一\n二", "一\r二", "一\r\n二"])
def test_a_line_is_one_line(name: str, broken: str) -> None:
    assert check(dict(COMPLETE) | {name: broken}).errors == {name: f"{BY_NAME[name].label}只能填写一行。"}


@pytest.mark.rule("R-ON-1")
def test_the_supplement_keeps_its_paragraphs() -> None:
    assert check({**COMPLETE, "supplement": "一\r\n二\r三\n四\t五"}).values["supplement"] == "一\n二\n三\n四\t五"


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x1f", "\x7f"])
@pytest.mark.parametrize("name", ["supplement", "position"])
def test_control_characters_are_refused(name: str, char: str) -> None:
    label = BY_NAME[name].label
    assert check(dict(COMPLETE) | {name: f"一{char}二"}).errors == {
        name: f"{label}含有无法显示的控制字符，请重新填写。"
    }
    assert check(dict(COMPLETE) | {name: "一 二~"}).errors == {}


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("name", LIMITS)
def test_text_that_was_garbled_on_its_way_is_refused(name: str) -> None:
    """The fonts have a picture for U+FFFD: the agreement would print it."""
    said = f"{BY_NAME[name].label}含有乱码“\ufffd”，请重新填写。"
    assert check(dict(COMPLETE) | {name: "锟\ufffd斤"}).errors == {name: said}
    assert check(dict(COMPLETE) | {name: "锟斤"}).errors == {}


WRONG = [
    ("credit_code", "91110000600037341X", "统一社会信用代码：统一社会信用代码的校验位不对，请逐位核对。"),
    ("contact_mobile", "12345", "联系人手机：手机号码应为 11 位数字，以 13 至 19 开头，请核对。"),
    ("contact_email", "hr", "联系人邮箱：电子邮箱格式不对，例如 name@example.com。"),
    (
        "contact_phone",
        "1",
        "联系人电话：电话号码请填写区号和号码，例如 010-62510000，或填写 11 位手机号码。",
    ),
    *(
        ("probation_months", text, "试用期请填写 0 至 12 的整数（月）。")
        for text in ("13", "-1", "1.5", "x", "012", "²")
    ),
    *(
        (name, text, f"{label}请填写金额（元），最多两位小数，例如 6000。")
        for name, label in (("probation_pay_fen", "试用起薪"), ("pay_fen", "转正起薪"), ("penalty_fen", "违约金"))
        for text in ("-1", "1.234", "1.", ".5", "一万", "1,000", "1e3", "10000000.01", "1000000000", "６０００")
    ),
    *(
        ("report_by", text, "报到期限请填写日期，例如 2027-07-15。")
        for text in ("2027-02-29", "15.7.2027", "tomorrow", "2027/07/15")
    ),
]


@pytest.mark.rule("R-ON-1", "R-WHY-1")
@pytest.mark.parametrize(("name", "text", "error"), WRONG)
def test_a_wrong_value_names_its_field(name: str, text: str, error: str) -> None:
    cleaned = check(dict(FILLED) | {name: text})
    assert cleaned.errors == {name: error}
    assert name not in cleaned.values


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("probation_months", "0", 0),
        ("probation_months", "12", 12),
        ("probation_months", 3, 3),
        ("pay_fen", "10000000", 1_000_000_000),
        ("pay_fen", "0.01", 1),
        ("pay_fen", "0.1", 10),
        ("pay_fen", 6000, 600_000),
        ("credit_code", "9111 0000 6000 3734 1l", "91110000600037341L"),
        ("contact_mobile", "+86 138-1234-5678", "13812345678"),
        ("contact_email", "HR@Example.COM", "HR@example.com"),
        ("report_by", "2028-02-29", "2028-02-29"),
    ],
)
def test_values_come_back_in_their_stored_form(name: str, text: object, value: object) -> None:
    assert check(dict(FILLED) | {name: text}).values[name] == value


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("name", [f.name for f in FIELDS])
@pytest.mark.parametrize("wrong", [True, False, 1.5, ["x"], {"x": 1}, b"x"])
def test_a_wrong_type_is_no_text(name: str, wrong: object) -> None:
    assert check(dict(FILLED) | {name: wrong}).errors == {name: f"{BY_NAME[name].label}的格式不对，请填写文字。"}


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("name", TABLES)
def test_a_code_that_no_table_has_is_refused(name: str) -> None:
    assert check(dict(COMPLETE) | {name: "?"}).errors == {name: f"{BY_NAME[name].label}请从列表中选择。"}


@pytest.mark.rule("R-ON-1")
@pytest.mark.parametrize("name", [*LIMITS])
def test_a_character_that_no_font_has_is_refused_where_it_enters(name: str) -> None:
    assert check(dict(COMPLETE) | {name: "张\U0003fffd三"}, bad="\U0003fffd").errors == {
        name: f"{BY_NAME[name].label}含有协议书字体无法打印的字符“\U0003fffd”，请更换后再提交。"
    }
    assert check(dict(COMPLETE) | {name: "张三"}, bad="\U0003fffd").errors == {}


@pytest.mark.rule("R-ON-1")
def test_every_wrong_field_is_named_at_once() -> None:
    wrong = dict(FILLED) | {"pay_fen": "x", "credit_code": "x", "position": ""}
    assert set(check(wrong).errors) == {"pay_fen", "credit_code", "position"}


@pytest.mark.rule("R-INV-1")
def test_changes_are_told_old_to_new_in_the_order_of_the_form() -> None:
    old, new = check(FILLED).values, check(dict(FILLED) | {"pay_fen": "9000", "position": "测试工程师"}).values
    assert changes(old, new) == [("position", "软件工程师", "测试工程师"), ("pay_fen", 800050, 900000)]
    assert changes(old, old) == []
    assert changes({}, {"supplement": "一", "unheard_of": 1}) == [("supplement", None, "一")]
    assert changes({"supplement": "一"}, {}) == [("supplement", "一", None)]
