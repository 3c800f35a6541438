"""Destinations at an employer: by agreement, contract or other engagement, in the army, in projects (R-DEST-1)."""

from workflows.catalogue import checks, fields
from workflows.catalogue.entry import DestinationType, Group, Proof
from workflows.catalogue.fields import labelled, optional
from workflows.catalogue.forms import (
    CONTACT,
    CONTACT_IF_ANY,
    EMPLOYED,
    EMPLOYER,
    HOUSEHOLD,
    INTERNSHIP,
    PLAUSIBLE_START,
    POSITION,
    SIGNED,
    form,
    project,
    section,
)

# Universities, institutes and the other public institutions that run research projects.
RESEARCH_EMPLOYERS = frozenset({"20", "21", "23", "29"})

AGREEMENT = DestinationType(
    "agreement",
    "签就业协议形式就业",
    Group.EMPLOYED,
    (
        form(
            "recruitment_letter",
            "公招接收函",
            "10",
            section(
                "单位信息",
                fields.EMPLOYER_NAME,
                optional(fields.CREDIT_CODE),
                fields.EMPLOYER_KIND,
                optional(fields.INDUSTRY),
                fields.REGION,
                optional(fields.ADDRESS),
            ),
            section("职位信息", fields.POSITION_CATEGORY, optional(fields.POSITION), fields.SIGNED_ON),
            CONTACT,
            HOUSEHOLD,
            proofs=(Proof("letter", "接收函或录用函", hint="由有人事权的单位或主管部门盖章"),),
            checked=(checks.code_fits_kind, *SIGNED),
        ),
        form(
            "sergeant",
            "士官",
            "10",
            section(
                "部队信息",
                labelled(fields.EMPLOYER_NAME, "单位名称（部队）"),
                fields.REGION,
                optional(fields.POSITION),
                fields.SIGNED_ON,
            ),
            CONTACT_IF_ANY,
            proofs=(Proof("agreement", "士官或文职人员协议书"),),
            checked=SIGNED,
        ),
        form(
            "medical_residency",
            "医学规培",
            "10",
            section(
                "培训信息",
                labelled(fields.EMPLOYER_NAME, "培训单位名称"),
                optional(fields.CREDIT_CODE),
                labelled(fields.REGION, "培训单位所在地（省市区）"),
                optional(fields.POSITION),
                fields.SIGNED_ON,
            ),
            CONTACT_IF_ANY,
            HOUSEHOLD,
            proofs=(Proof("residency", "规培协议或录取名单"),),
            checked=SIGNED,
        ),
        form(
            "international_organisation",
            "国际组织任职",
            "10",
            section(
                "任职信息",
                labelled(fields.EMPLOYER_NAME, "组织名称"),
                fields.COUNTRY,
                optional(fields.POSITION),
                labelled(fields.STARTS_ON, "任职开始日期"),
            ),
            proofs=(Proof("appointment", "聘书或录用通知（offer）"),),
            checked=(PLAUSIBLE_START,),
        ),
        form(
            "work_abroad",
            "出国出境工作",
            "10",
            section(
                "单位信息",
                fields.EMPLOYER_NAME,
                fields.COUNTRY,
                optional(fields.POSITION),
                labelled(fields.STARTS_ON, "工作开始日期"),
            ),
            proofs=(Proof("acceptance", "境外单位接收证明或工作签证"),),
            checked=(checks.abroad, PLAUSIBLE_START),
        ),
    ),
    also_called=("签就业协议书就业", "公务员", "文职", "规培"),
)

CONTRACT = DestinationType(
    "labour_contract",
    "签劳动合同形式就业",
    Group.EMPLOYED,
    (
        form(
            "labour_contract",
            "签劳动合同形式就业",
            "11",
            EMPLOYER,
            POSITION,
            section("合同信息", fields.SIGNED_ON, fields.STARTS_ON, fields.ENDS_ON, optional(fields.PAY)),
            CONTACT,
            HOUSEHOLD,
            proofs=(Proof("contract", "劳动合同", hint="盖章单位须与单位名称一致"),),
            checked=EMPLOYED,
        ),
    ),
    also_called=("其他形式就业", "劳动合同"),
)

OTHER_EMPLOYMENT = DestinationType(
    "other_employment",
    "其他录用形式就业",
    Group.EMPLOYED,
    (
        form(
            "other_employment",
            "其他录用形式就业（聘用证明）",
            "12",
            EMPLOYER,
            POSITION,
            section("收入与证明", fields.PAY, fields.PROOF_KIND, fields.SIGNED_ON),
            CONTACT,
            HOUSEHOLD,
            proofs=(Proof("employment", "聘用证明、收入证明或工资流水", hint=INTERNSHIP),),
            checked=(*EMPLOYED, checks.pays_the_minimum),
        ),
    ),
    also_called=("其他形式就业", "聘用证明"),
)

ASSISTANT = DestinationType(
    "research_assistant",
    "科研助理/管理助理",
    Group.EMPLOYED,
    (
        form(
            "research_assistant",
            "科研助理/管理助理",
            "271",
            EMPLOYER,
            POSITION,
            section("聘用信息", fields.PAY, fields.SIGNED_ON, fields.STARTS_ON, fields.ENDS_ON),
            CONTACT,
            HOUSEHOLD,
            proofs=(Proof("employment", "聘用材料", hint=INTERNSHIP),),
            checked=(
                *EMPLOYED,
                checks.pays_the_minimum,
                checks.employed_by(
                    RESEARCH_EMPLOYERS, "科研助理/管理助理的单位应为高校、科研院所等事业单位，请核对单位性质。"
                ),
            ),
        ),
    ),
    also_called=("其他形式就业", "科研助理", "管理助理"),
)

CONSCRIPTION = DestinationType(
    "conscription",
    "应征义务兵",
    Group.EMPLOYED,
    (
        form(
            "conscription",
            "应征义务兵",
            "46",
            section("入伍信息", fields.ENLISTED_BY, fields.ENLISTED_ON),
            proofs=(Proof("enlistment", "预定兵通知书或入伍通知书", hint="由征兵办公室盖章"),),
            checked=(PLAUSIBLE_START,),
        ),
    ),
    also_called=("参军", "入伍"),
)

NATIONAL_PROJECT = DestinationType(
    "national_project",
    "国家基层项目",
    Group.EMPLOYED,
    (
        project("special_post_teacher", "特岗教师", "501"),
        project("three_supports", "三支一扶", "502"),
        project("western_volunteer", "西部计划", "503"),
    ),
    also_called=("基层项目",),
)

LOCAL_PROJECT = DestinationType(
    "local_project",
    "地方基层项目",
    Group.EMPLOYED,
    (
        project("local_special_post_teacher", "地方特岗教师", "511"),
        project("selected_official", "地方选调生", "512"),
        project("farming_extension", "农技特岗", "513"),
        project("village_doctor", "乡村医生", "514"),
        project("village_teacher", "乡村教师", "515"),
        project("other_local_project", "其他地方基层项目", "519"),
    ),
    also_called=("基层项目", "选调生"),
)
