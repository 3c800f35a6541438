"""What counts as the same code, and as the same value of a field: without a database."""

from typing import Any

import pytest

from app import comparison, verification
from app.comparison import MATCH, MISMATCH

CODE = "10AB0123456789XY"
NUMBER = "202611141411210001"
FACTS: dict[str, Any] = {
    "employer": {"name": "示例云帆软件（北京）有限公司", "credit_code": "91110000600037341L"},
    "graduate": {"name": "阿卜杜拉·买买提", "id_number": "11010819990101121X", "school": "中国石油大学（北京）"},
    "job": {
        "职位名称": "软件工程师",
        "转正起薪": "10000元/月",
        "试用起薪": "8000.50元/月",
        "违约金": "",
        "试用期": "3个月",
    }
    | {"报到期限": "2027-07-15", "是否解决户档": "签约单位接收"},
    "supplement": "甲方提供集体宿舍。\n三年内不得调岗。",
}


@pytest.mark.rule("R-QR-1")
@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        " 10AB-0123-4567-89XY ",
        "10ab 0123\t4567 89xy",
        "IOAB0123456789XY",
        "loab0i23456789xy",
        "10AB–0123—4567‑89XY",
        "１０ＡＢ０１２３４５６７８９ＸＹ",
    ],
)
def test_a_code_is_forgiven_what_people_mistype(typed: str) -> None:
    assert verification.clean_code(typed) == CODE


@pytest.mark.parametrize("typed", ["", " ", CODE[:-1], CODE + "0", "U" + CODE[1:], CODE[:-1] + "*", "١" * 16, CODE * 9])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert verification.clean_code(typed) == ""


@pytest.mark.rule("R-QR-1")
@pytest.mark.parametrize(
    ("name", "same", "other"),
    [
        ("number", "202611 1414 1121 0001", "202611141411210002"),
        ("employer", "示例云帆软件(北京)有限公司", "示例云帆软件（上海）有限公司"),
        ("credit_code", "91110000600037341l", "911100006000373411"),
        ("school", "中国石油大学 (北京)", "中国石油大学"),
        ("position", "软件 工程师", "硬件工程师"),
        ("pay", "10,000 元", "1000"),
        ("pay", "１００００", "10000.5元/月"),
        ("probation_pay", "8000.5", "80005"),
        ("penalty", "无", "100"),
        ("penalty", "——", "0"),
        ("probation", "3", "三十"),
        ("report_by", "2027年7月15日", "2027-07-16"),
        ("household_archive", "签约单位接收", "不接收"),
        ("supplement", "甲方提供集体宿舍。三年内不得调岗。", "甲方提供集体宿舍。三年内可以调岗。"),
    ],
)
def test_a_field_is_the_same_whatever_a_keyboard_changes(name: str, same: str, other: str) -> None:
    assert comparison.field(FACTS, NUMBER, name, same) == MATCH
    assert comparison.field(FACTS, NUMBER, name, other) == MISMATCH


def test_every_field_of_the_list_can_be_compared() -> None:
    for name in comparison.FIELDS:
        assert comparison.field(FACTS, NUMBER, name, "对不上的内容7") == MISMATCH


@pytest.mark.rule("R-QR-1")
@pytest.mark.parametrize(
    ("name", "tail", "said"),
    [
        ("阿卜杜拉·买买提", "01121X", MATCH),
        ("阿卜杜拉•买买提", "０１１２１x", MATCH),
        ("阿卜杜拉", "01121X", MISMATCH),
        ("阿卜杜拉·买买提", "011211", MISMATCH),
        ("阿卜杜拉·买买提", "1121X", MISMATCH),
        ("阿卜杜拉·买买提", "101121X", MISMATCH),
        ("阿卜杜拉·买买提", "", MISMATCH),
    ],
)
def test_a_person_is_the_same_by_name_and_six_characters(name: str, tail: str, said: str) -> None:
    assert comparison.person(FACTS, name, tail) == said
