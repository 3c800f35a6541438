"""Every destination type: what is required, what is refused and how, who sees it, what it is reported as."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.workflows.catalogue.examples import (
    ANHUI,
    BEIJING,
    COMPANY,
    COMPLETE,
    PROOFS,
    STANDARDS,
    TODAY,
    UNIVERSITY,
    UNKNOWN,
    filled,
)
from workflows.catalogue import checks
from workflows.catalogue.cleaning import clean
from workflows.catalogue.codes import CODES, code_on
from workflows.catalogue.destinations import FORMS, TYPE_OF, TYPES, VISIBLE, forms_for, types_for
from workflows.catalogue.entry import GROUP_LABEL, Group, NationalCode
from workflows.uploads import FileFact, FileState, refuse_files

# R-DEST-1, in the words and the order of S1 §9.
LABELS = [
    "签就业协议形式就业",
    "签劳动合同形式就业",
    "其他录用形式就业",
    "科研助理/管理助理",
    "应征义务兵",
    "国家基层项目",
    "地方基层项目",
    "自主创业",
    "自由职业",
    "升学",
    "出国出境深造",
    "定向/委培毕业去向补充登记",
    "待就业",
    "不就业拟升学",
    "其他暂不就业",
]
SUBKINDS = {
    "签就业协议形式就业": ["公招接收函", "士官", "医学规培", "国际组织任职", "出国出境工作"],
    "升学": ["专升本", "第二学士学位", "研究生"],
    "国家基层项目": ["特岗教师", "三支一扶", "西部计划"],
    "自主创业": ["创立公司（含个体工商户）", "创业载体（孵化机构）", "电子商务创业"],
}


def errors(name: str, **changed: str | None) -> dict[str, str]:
    return clean(FORMS[name], COMPLETE[name] | changed, STANDARDS).errors


def uploaded(*purposes: str) -> list[FileFact]:
    return [FileFact(purpose, FileState.ACCEPTED) for purpose in purposes]


@pytest.mark.rule("R-DEST-1")
def test_the_types_are_those_of_the_guide_in_its_order() -> None:
    assert [t.label for t in TYPES] == LABELS
    assert {t.label: [f.label for f in t.forms] for t in TYPES if t.label in SUBKINDS} == SUBKINDS
    assert len(FORMS) == sum(len(t.forms) for t in TYPES) == len(COMPLETE) == len(PROOFS)
    assert all(name.isidentifier() and len(name) <= 40 for name in FORMS)
    assert set(GROUP_LABEL) == set(Group) == {t.group for t in TYPES}


@pytest.mark.rule("R-DEST-1")
@pytest.mark.parametrize("name", FORMS)
def test_a_complete_form_is_accepted_with_and_without_what_is_optional(name: str) -> None:
    form = FORMS[name]
    cleaned = clean(form, COMPLETE[name], STANDARDS)
    assert cleaned.errors == {}
    assert {f for f, value in cleaned.values.items() if value is not None} == set(COMPLETE[name])
    whole = clean(form, filled(name), STANDARDS)
    assert whole.errors == {} and None not in whole.values.values()
    assert set(whole.values) == {f.name for f in form.fields}


@pytest.mark.rule("R-DEST-1", "R-WHY-1")
@pytest.mark.parametrize(("name", "missing"), [(name, f) for name, whole in COMPLETE.items() for f in whole])
@pytest.mark.parametrize("empty", ["", None])
def test_every_required_field_left_empty_is_named(name: str, missing: str, empty: str | None) -> None:
    label = next(f.label for f in FORMS[name].fields if f.name == missing)
    assert errors(name, **{missing: empty}) == {missing: f"请填写{label}。"}


@pytest.mark.rule("R-DEST-1", "R-WHY-1")
@pytest.mark.parametrize("name", FORMS)
def test_every_proof_missing_is_named(name: str) -> None:
    wanted = [proof.wanted for proof in FORMS[name].proofs]
    assert tuple(one.label for one in wanted) == PROOFS[name]
    whole = [one.purpose for one in wanted]
    assert refuse_files(uploaded(*whole), wanted) is None
    for one in wanted:
        refusal = refuse_files(uploaded(*(p for p in whole if p != one.purpose)), wanted)
        assert refusal and refusal.message == f"请上传{one.label}（至少 1 份）。"
        refusal = refuse_files(uploaded(*whole, *[one.purpose] * 9), wanted)
        assert refusal and refusal.message == f"{one.label}最多 9 份，现有 10 份。"


WRONG = [
    (
        "labour_contract",
        "credit_code",
        "91110000600037341X",
        "统一社会信用代码：统一社会信用代码的校验位不对，请逐位核对。",
    ),
    ("labour_contract", "employer_name", "字" * 101, "单位名称最多 100 字，现有 101 字。"),
    ("labour_contract", "employer_kind", "77", "单位性质请从列表中选择。"),
    ("labour_contract", "industry", "77", "单位行业请从列表中选择。"),
    ("labour_contract", "region_code", "110000", "单位所在地（省市区）请从列表中选择。"),
    ("labour_contract", "position_category", "77", "职位类别请从列表中选择。"),
    ("labour_contract", "position", "一\n二", "职位名称只能填写一行。"),
    ("labour_contract", "address", "\x00", "单位地址（详细）含有无法显示的控制字符，请重新填写。"),
    (
        "labour_contract",
        "contact_phone",
        "1",
        "联系人电话：电话号码请填写区号和号码，例如 010-62510000，或填写 11 位手机号码。",
    ),
    ("labour_contract", "contact_email", "hr", "联系人邮箱：电子邮箱格式不对，例如 name@example.com。"),
    ("labour_contract", "household_archive", "?", "单位是否解决户档请从列表中选择。"),
    ("labour_contract", "pay_fen", "一万", "月收入请填写金额（元），最多两位小数，例如 6000。"),
    ("labour_contract", "signed_on", "1.5.2027", "签约日期请填写日期，例如 2027-07-15。"),
    ("labour_contract", "signed_on", "2027-05-21", "签约日期不能晚于今天。"),
    ("labour_contract", "signed_on", "2020-05-21", "签约日期的年份不合常理，请核对。"),
    ("labour_contract", "starts_on", "2207-07-01", "开始日期的年份不合常理，请核对。"),
    (
        "own_company",
        "credit_code",
        UNIVERSITY,
        "统一社会信用代码以 12 开头（机构编制事业单位），与所选的单位性质不符，请核对这两项。",
    ),
    ("work_abroad", "country", "CN", "国家（地区）请选择境外的国家或地区。"),
    ("study_abroad", "country", "XX", "留学国家（地区）请从列表中选择。"),
    ("study_abroad", "school_name_original", "x" * 201, "留学院校外文名称最多 200 字，现有 201 字。"),
    ("online_shop", "web_address", "shop.example.com", "网店网址请填写完整网址，以 http:// 或 https:// 开头。"),
    ("online_shop", "web_address", "https://[x", "网店网址请填写完整网址，以 http:// 或 https:// 开头。"),
    ("online_shop", "web_address", "ftp://a.b/c", "网店网址请填写完整网址，以 http:// 或 https:// 开头。"),
    ("online_shop", "web_address", "https://a.b/c d", "网店网址请填写完整网址，以 http:// 或 https:// 开头。"),
    ("freelance", "work_kind", "internship", "工作类型请从列表中选择。"),
    ("freelance", "description", "字" * 301, "工作内容最多 300 字，现有 301 字。"),
    (
        "research_assistant",
        "employer_kind",
        "99",
        "科研助理/管理助理的单位应为高校、科研院所等事业单位，请核对单位性质。",
    ),
    ("commissioned", "remark", "字" * 201, "补充说明最多 200 字，现有 201 字。"),
]


@pytest.mark.rule("R-DEST-1", "R-WHY-1")
@pytest.mark.parametrize(("name", "field", "text", "sentence"), WRONG)
def test_a_wrong_value_names_its_field(name: str, field: str, text: str, sentence: str) -> None:
    cleaned = clean(FORMS[name], COMPLETE[name] | {field: text}, STANDARDS)
    assert cleaned.errors == {field: sentence}
    assert field not in cleaned.values


@pytest.mark.rule("R-DEST-1")
def test_a_contract_ends_after_it_begins() -> None:
    days = {"starts_on": "2027-07-01", "ends_on": "2027-06-30"}
    assert errors("labour_contract", **days) == {"ends_on": "结束日期不能早于开始日期。"}
    assert errors("labour_contract", **days | {"ends_on": "2027-07-01"}) == {}


@pytest.mark.rule("R-DEST-4")
@pytest.mark.parametrize("name", ["other_employment", "research_assistant", "freelance"])
@pytest.mark.parametrize(
    ("region", "pay", "said"),
    [
        (BEIJING, "2420", None),
        (BEIJING, "2419.99", "月收入 2419.99 元低于当地最低工资标准 2420.00 元/月，不能按此去向登记，请核实。"),
        (ANHUI, "1780", None),
        (ANHUI, "1779", "月收入 1779.00 元低于当地最低工资标准 1780.00 元/月，不能按此去向登记，请核实。"),
        (UNKNOWN, "1", None),
    ],
)
def test_three_types_pay_at_least_the_minimum_wage_of_the_place(
    name: str, region: str, pay: str, said: str | None
) -> None:
    assert errors(name, region_code=region, pay_fen=pay) == ({"pay_fen": said} if said else {})


@pytest.mark.rule("R-DEST-4")
def test_other_types_have_no_wage_floor_and_freelance_alone_wants_two_looks() -> None:
    assert {n for n, form in FORMS.items() if checks.pays_the_minimum in form.checks} == {
        "other_employment",
        "research_assistant",
        "freelance",
    }
    assert errors("labour_contract", pay_fen="1") == {}
    assert {n for n, form in FORMS.items() if form.two_looks} == {"freelance"}


@pytest.mark.rule("R-DEST-4")
@pytest.mark.parametrize("named", ["internship", "实习证明"])
def test_an_internship_paper_is_no_proof(named: str) -> None:
    assert errors("other_employment", proof_kind=named) == {"proof_kind": "证明材料种类请从列表中选择。"}
    for name in ("other_employment", "research_assistant", "freelance"):
        assert [proof.hint for proof in FORMS[name].proofs] == ["实习证明不能作为证明材料"]


@pytest.mark.rule("R-DEST-1")
@pytest.mark.parametrize(
    ("kind", "code", "fits"),
    [
        ("10", UNIVERSITY, True),
        ("10", COMPANY, False),
        ("21", UNIVERSITY, True),
        ("21", "52110000600037341L", True),
        ("31", COMPANY, True),
        ("31", UNIVERSITY, False),
        ("33", COMPANY, False),
        ("33", "92110000600037341L", True),
        ("39", "31110000600037341L", True),
        ("40", "A1110000600037341L", True),
        ("40", COMPANY, False),
        ("55", "N2110000600037341L", True),
        ("99", COMPANY, True),
        ("99", UNIVERSITY, True),
    ],
)
def test_the_beginning_of_a_credit_code_against_the_kind_of_employer(kind: str, code: str, fits: bool) -> None:
    assert checks.credit_code_fits(code, kind) is fits


@pytest.mark.rule("R-GRAD-4")
def test_training_modes_see_their_types() -> None:
    special, every = {"定向/委培毕业去向补充登记"}, set(LABELS)
    seen = {mode: {t.label for t in types_for(mode)} for mode in ("1", "21", "22", "3", "41", "42", "5", "2", "")}
    assert seen == {
        "1": every - special,
        "21": special,
        "22": every,
        "3": every - special,
        "41": special,
        "42": every,
        "5": every - special,
        "2": set(),
        "": set(),
    }
    assert set(VISIBLE) == {"1", "21", "22", "3", "41", "42", "5"}
    assert forms_for("41") == {"commissioned"}
    assert "commissioned" not in forms_for("3") and "commissioned" in forms_for("42")


@pytest.mark.rule("R-DEST-1")
def test_national_codes_by_hand() -> None:
    got = {name: form.code.code if form.code else None for name, form in FORMS.items()}
    assert {got[f.name] for f in TYPE_OF["sergeant"].forms} == {"10"}
    assert (got["labour_contract"], got["other_employment"], got["research_assistant"]) == ("11", "12", "271")
    assert (got["conscription"], got["three_supports"], got["western_volunteer"]) == ("46", "502", "503")
    assert (got["selected_official"], got["other_local_project"], got["freelance"]) == ("512", "519", "76")
    assert (got["postgraduate"], got["second_bachelor"], got["undergraduate_transfer"]) == ("801", "802", "803")
    assert (got["study_abroad"], got["planning_study"], got["commissioned"]) == ("85", "71", None)
    assert {code for code in got.values() if code} == set(CODES)
    doubted = {code.code for code in CODES.values() if not code.confirmed}
    first = {"501", "511", "513", "514", "515", "701", "702", "703", "704", "705"}
    assert doubted == first | {"721", "722", "751", "752", "753", "803"}


@pytest.mark.rule("R-DEST-1")
def test_the_code_of_the_first_group_is_the_operators_to_change_with_dates() -> None:
    form, new_year = FORMS["recruitment_letter"], date(2027, 1, 1)
    change = NationalCode("12", "其他录用形式就业", True, new_year, new_year + timedelta(days=364))
    assert code_on(form, TODAY) == CODES["10"]
    assert code_on(form, TODAY, [change]) == change
    assert code_on(form, new_year - timedelta(days=1), [change]) == CODES["10"]
    assert code_on(form, date(2028, 1, 1), [change]) == CODES["10"]
    again = replace(change, code="10", valid_from=new_year)
    assert code_on(form, TODAY, [change, again]) == again, "of two for one day the later holds"
    assert code_on(FORMS["commissioned"], TODAY) is None
    assert code_on(FORMS["postgraduate"], date(2020, 12, 31)) is None
