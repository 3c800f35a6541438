"""What provinces and schools may set: modules, the kind of agreement, the school's settings and windows."""

from dataclasses import replace
from datetime import datetime

import pytest

from tests.workflows.cases import ACTORS, NOW, SCHOOL, TICK, refused
from workflows import platform_settings as rules
from workflows.vocabulary import AgreementKind, Code, Level, Module, Role

PROVINCE = ACTORS["province"]
TWO, THREE = AgreementKind.TWO_PARTY, AgreementKind.THREE_PARTY
COMPLETE = {"contact": "王老师", "phone": "0551-63600000", "address": "合肥市某路 1 号", "postcode": "230001"}


@pytest.mark.rule("R-PROV-1", "R-SCH-1")
@pytest.mark.parametrize("role", [Role.PROVINCE, Role.SCHOOL])
@pytest.mark.parametrize("who", sorted(ACTORS))
def test_only_the_tenants_own_account_sets_its_switches(role: Role, who: str) -> None:
    refusal = rules.refuse_setting(ACTORS[who], role)
    if who == role.value:
        assert refusal is None
    elif who == "school_readonly" and role == Role.SCHOOL:
        assert refused(refusal).code == Code.READ_ONLY
    else:
        assert refused(refusal).code == Code.NOT_ALLOWED


@pytest.mark.rule("R-SCH-1", "R-WHY-1")
def test_why_a_setting_cannot_be_changed() -> None:
    foreign = refused(rules.refuse_setting(PROVINCE, Role.SCHOOL))
    assert (foreign.message, foreign.next) == ("您的身份不能修改这项设置。", "请由有权限的用户办理。")
    for level in (Level.NONE, Level.READ):
        reader = refused(rules.refuse_setting(replace(SCHOOL, level=level), Role.SCHOOL))
        assert reader.message == "您的账号对本模块只有查看权限，不能修改设置。"
        assert reader.next == "如需修改，请联系上级管理员。"


@pytest.mark.rule("R-PROV-1")
@pytest.mark.parametrize(
    ("module", "title"),
    [
        (Module.PLACEMENT, "毕业去向登记与网签"),
        (Module.ARCHIVE, "档案信息登记"),
        (Module.HOUSEHOLD, "户口信息登记"),
    ],
)
def test_an_open_module_cannot_be_closed(module: Module, title: str) -> None:
    refusal = refused(rules.refuse_close(module))
    assert (refusal.code, refusal.message) == (Code.WRONG_STATE, f"“{title}”一旦开启，不可再关闭。")
    assert refusal.next == "各校可自行关闭单项功能。"


@pytest.mark.rule("R-PROV-2")
def test_opening_the_first_module_means_choosing_the_agreement() -> None:
    assert rules.refuse_opening(Module.PLACEMENT, TWO) is None
    assert rules.refuse_opening(Module.PLACEMENT, THREE) is None
    assert rules.refuse_opening(Module.ARCHIVE, None) is None
    assert rules.refuse_opening(Module.HOUSEHOLD, None) is None
    refusal = refused(rules.refuse_opening(Module.PLACEMENT, None))
    assert refusal.code == Code.NO_SUCH_VALUE
    assert refusal.message == "开启本模块须同时选择本省的就业协议书类型：两方协议或三方协议。"
    assert refusal.next == "请选择后再开启。"
    assert refusal.fields == {"agreement_kind": refusal.message}


@pytest.mark.rule("R-PROV-2")
@pytest.mark.parametrize(
    ("chosen", "from_cohort", "may"),
    [
        ({}, 2027, True),
        ({}, 2020, True),
        ({2026: TWO}, 2026, False),
        ({2026: TWO}, 2027, False),
        ({2026: TWO}, 2028, True),
        ({2026: TWO}, 2030, True),
        ({2026: TWO}, 2031, False),
    ],
)
def test_another_kind_is_for_a_coming_cohort_only(
    chosen: dict[int, AgreementKind], from_cohort: int, may: bool
) -> None:
    refusal = rules.refuse_kind(chosen, from_cohort, 2027)
    if may:
        assert refusal is None
        return
    assert refused(refusal).code == Code.NO_SUCH_VALUE
    assert refused(refusal).message == "协议书类型只能为之后的届别更改（2028届起，三届以内）。"
    assert refused(refusal).next == "当前届别继续使用已选类型。"
    assert refused(refusal).fields == {"from_cohort": refused(refusal).message}


@pytest.mark.rule("R-SCH-1")
def test_a_complete_school_is_cleaned() -> None:
    raw = COMPLETE | {"phone": " （0551）6360 0000 ", "contact": " 王老师 ", "more": "x"}
    assert rules.clean_school(raw) == (COMPLETE, {})


@pytest.mark.rule("R-SCH-1")
@pytest.mark.parametrize(
    ("field", "label", "limit"),
    [("contact", "学校联系人", 40), ("phone", "联系电话", 30), ("address", "联系地址", 120), ("postcode", "邮编", 6)],
)
def test_a_school_fills_in_every_field(field: str, label: str, limit: int) -> None:
    others = {name: value for name, value in COMPLETE.items() if name != field}
    for missing in ({}, {field: ""}, {field: "  "}):
        assert rules.clean_school(others | missing) == (others, {field: f"请填写{label}。"})
    assert rules.clean_school(others | {field: "1" * (limit + 1)}) == (others, {field: f"{label}最多 {limit} 字。"})


@pytest.mark.rule("R-SCH-1")
def test_the_longest_texts_of_a_school_fit() -> None:
    long = COMPLETE | {"contact": "王" * 40, "address": "路" * 120}
    assert rules.clean_school(long) == (long, {})


@pytest.mark.rule("R-SCH-1")
@pytest.mark.parametrize(("field", "wrong"), [("phone", "12345"), ("postcode", "23000")])
def test_a_schools_numbers_are_checked(field: str, wrong: str) -> None:
    _, errors = rules.clean_school(COMPLETE | {field: wrong})
    assert set(errors) == {field}
    assert errors[field].endswith("。")


@pytest.mark.rule("R-SCH-3")
@pytest.mark.parametrize(("closes_at", "may"), [(NOW - TICK, False), (NOW, False), (NOW + TICK, True)])
def test_a_window_closes_after_it_opens(closes_at: datetime, may: bool) -> None:
    refusal = rules.refuse_window(NOW, closes_at, "")
    if may:
        assert refusal is None
        return
    assert refused(refusal).code == Code.NO_SUCH_VALUE
    assert (refused(refusal).message, refused(refusal).next) == ("关闭时间须晚于开放时间。", "请重新选择时间。")
    assert refused(refusal).fields == {"closes_at": "关闭时间须晚于开放时间。"}


@pytest.mark.rule("R-SCH-3")
def test_a_notice_has_at_most_200_characters() -> None:
    assert rules.refuse_window(NOW, NOW + TICK, "字" * 200) is None
    refusal = refused(rules.refuse_window(NOW, NOW + TICK, "字" * 201))
    assert refusal.code == Code.NO_SUCH_VALUE
    assert (refusal.message, refusal.next) == ("提示最多 200 字，现有 201 字。", "请缩短后再保存。")
    assert refusal.fields == {"notice": refusal.message}


@pytest.mark.rule("R-PROV-2")
def test_both_kinds_of_agreement_have_a_title() -> None:
    assert rules.AGREEMENT_TITLE == {TWO: "两方协议（院校鉴证）", THREE: "三方协议（院校审核）"}
