"""Complete examples of every destination form, as a graduate would type them, and the standards they are held to."""

from datetime import date
from typing import Any

from workflows.catalogue.destinations import FORMS
from workflows.catalogue.entry import Standards
from workflows.form_fields import Field

TODAY = date(2027, 5, 20)
BEIJING, ANHUI, UNKNOWN = "110108", "340104", "710000"
WAGES = {"11": 242_000, "34": 178_000}  # fen a month
COMPANY, UNIVERSITY, SHOP = "91110000600037341L", "12100000400000624D", "92110108MA01234567"

# What the tests' code tables hold.
TABLES: dict[str, dict[str, str]] = {
    "employer_kinds": {"10": "机关", "21": "高等教育单位", "31": "国有企业", "39": "其他企业", "99": "其他"},
    "industries": {"34": "信息传输、软件和信息技术服务业", "42": "教育"},
    "regions": {BEIJING: "海淀区", ANHUI: "蜀山区", UNKNOWN: "台湾省"},
    "position_categories": {"11": "科学研究人员", "13": "工程技术人员"},
    "household_archive": {"employer": "签约单位接收", "none": "不接收"},
    "countries": {"CN": "中国", "CH": "瑞士", "HK": "中国香港"},
}

STANDARDS = Standards(
    known=lambda table, code: code in TABLES[table],
    minimum_wage=lambda region: WAGES.get(region[:2]),
    today=TODAY,
)

_EMPLOYER = {
    "employer_name": "示例云帆软件（北京）有限公司",
    "credit_code": COMPANY,
    "employer_kind": "39",
    "industry": "34",
    "region_code": BEIJING,
    "address": "示例大街1号",
    "position_category": "13",
    "position": "软件工程师",
}
_CONTACT = {"contact_name": "演示甲", "contact_phone": "010-62510000"}
_EMPLOYED = _EMPLOYER | _CONTACT
_PROJECT = {"employer_name": "示例县第一中学", "region_code": ANHUI} | _CONTACT
_NAMED = {"employer_name": "示例组织"}
_ENTERPRISE = {"employer_name": "示例工作室", "employer_kind": "99", "region_code": BEIJING}
_PROJECTS = (
    *("special_post_teacher", "three_supports", "western_volunteer", "local_special_post_teacher"),
    *("selected_official", "farming_extension", "village_doctor", "village_teacher", "other_local_project"),
)
_STUDIES = ("undergraduate_transfer", "second_bachelor", "postgraduate")
_WAITING = (
    *("seeking", "signing", "public_examination", "planning_enterprise", "planning_enlistment", "planning_study"),
    *("planning_abroad", "not_seeking"),
)

# By form: the required fields and nothing else, written by hand from the table of required fields.
COMPLETE: dict[str, dict[str, str]] = {
    "recruitment_letter": {
        "employer_name": "示例市教育局",
        "employer_kind": "10",
        "region_code": BEIJING,
        "position_category": "13",
    }
    | _CONTACT,
    "sergeant": {"employer_name": "示例部队", "region_code": ANHUI},
    "medical_residency": {"employer_name": "示例医院", "region_code": ANHUI},
    "international_organisation": _NAMED | {"country": "CH"},
    "work_abroad": _NAMED | {"country": "HK"},
    "labour_contract": _EMPLOYED,
    "other_employment": _EMPLOYED | {"pay_fen": "2420", "proof_kind": "income"},
    "research_assistant": _EMPLOYED
    | {"employer_name": "示例大学", "credit_code": UNIVERSITY, "employer_kind": "21", "pay_fen": "5000"},
    "conscription": {},
    "own_company": _ENTERPRISE | {"credit_code": COMPANY, "employer_kind": "39"},
    "incubator": _ENTERPRISE,
    "online_shop": _ENTERPRISE | {"web_address": "https://shop.example.com/1"},
    "freelance": {"work_kind": "writing", "description": "撰稿", "region_code": ANHUI, "pay_fen": "1780"},
    "study_abroad": {
        "country": "CH",
        "school_name": "示例理工大学",
        "school_name_original": "Example Institute of Technology",
        "major": "计算机科学",
        "major_original": "Computer Science",
    },
    "commissioned": {"employer_name": "示例县教育局"},
}
COMPLETE |= {name: dict(_PROJECT) for name in _PROJECTS}
COMPLETE |= {name: {"school_name": "示例大学"} for name in _STUDIES}
COMPLETE |= {name: {} for name in _WAITING}

# By form: the proofs that must be there, as the table has them.
PROOFS: dict[str, tuple[str, ...]] = {
    "recruitment_letter": ("接收函或录用函",),
    "sergeant": ("士官或文职人员协议书",),
    "medical_residency": ("规培协议或录取名单",),
    "international_organisation": ("聘书或录用通知（offer）",),
    "work_abroad": ("境外单位接收证明或工作签证",),
    "labour_contract": ("劳动合同",),
    "other_employment": ("聘用证明、收入证明或工资流水",),
    "research_assistant": ("聘用材料",),
    "conscription": ("预定兵通知书或入伍通知书",),
    "own_company": ("营业执照",),
    "incubator": ("与孵化机构签订的孵化协议",),
    "online_shop": ("网店首页截图", "网店收入流水"),
    "freelance": ("本人签字的自由职业说明",),
    "study_abroad": ("录取通知（offer）或学习签证",),
    "commissioned": ("定向或委培协议",),
}
PROOFS |= dict.fromkeys(_PROJECTS, ("录取通知或服务协议",))
PROOFS |= dict.fromkeys(_STUDIES, ("录取通知书、调档函或拟录取名单",))
PROOFS |= dict.fromkeys(_WAITING, ())

# A right value for every field that may be left empty, by name.
OPTIONAL: dict[str, str] = {
    "credit_code": COMPANY,
    "employer_kind": "39",
    "industry": "34",
    "region_code": BEIJING,
    "address": "示例大街1号",
    "position_category": "13",
    "position": "工程师",
    "contact_name": "演示甲",
    "contact_phone": "19900001111",
    "contact_email": "hr@example.com",
    "household_archive": "none",
    "pay_fen": "8000.50",
    "signed_on": "2027-05-01",
    "starts_on": "2027-07-01",
    "ends_on": "2030-06-30",
    "conscription_office": "示例区征兵办公室",
    "major": "法学",
    "remark": "无",
}


def choices(table: str) -> list[tuple[str, str]]:
    """Return a code table as the application gives it to the schema."""
    return list(TABLES[table].items())


def filled(name: str) -> dict[str, Any]:
    """Return the example of a form with every optional field filled in too."""
    fields: tuple[Field, ...] = FORMS[name].fields
    whole = {f.name: OPTIONAL[f.name] for f in fields if not f.required} | COMPLETE[name]
    if name in ("recruitment_letter", "research_assistant"):
        whole["credit_code"] = UNIVERSITY
    return whole
