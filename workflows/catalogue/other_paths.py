"""Destinations on a path of one's own: enterprise, free-lance, study, 定向/委培, nothing yet (R-DEST-1)."""

from workflows.catalogue import checks, fields
from workflows.catalogue.entry import DestinationType, Group, Proof
from workflows.catalogue.fields import labelled, optional
from workflows.catalogue.forms import (
    CONTACT_IF_ANY,
    HOUSEHOLD,
    INTERNSHIP,
    NOT_IN_FUTURE,
    PLAUSIBLE_START,
    admission,
    enterprise,
    form,
    section,
    waiting,
)

FOUNDER = DestinationType(
    "founder",
    "自主创业",
    Group.FOUNDER,
    (
        enterprise(
            "own_company",
            "创立公司（含个体工商户）",
            "751",
            "企业名称",
            proofs=(Proof("licence", "营业执照", hint="毕业生须为法定代表人、经营者或股东"),),
            coded=True,
        ),
        enterprise(
            "incubator",
            "创业载体（孵化机构）",
            "752",
            "项目或企业名称",
            proofs=(Proof("incubation", "与孵化机构签订的孵化协议"),),
        ),
        enterprise(
            "online_shop",
            "电子商务创业",
            "753",
            "网店名称",
            fields.SHOP_ADDRESS,
            proofs=(Proof("screenshot", "网店首页截图"), Proof("income", "网店收入流水")),
        ),
    ),
    also_called=("创业", "网店"),
)

FREELANCE = DestinationType(
    "freelance",
    "自由职业",
    Group.FREELANCE,
    (
        form(
            "freelance",
            "自由职业",
            "76",
            section(
                "工作信息",
                fields.WORK_KIND,
                fields.DESCRIPTION,
                labelled(fields.REGION, "工作所在地（省市区）"),
                labelled(fields.PAY, "月均收入"),
            ),
            proofs=(Proof("statement", "本人签字的自由职业说明", hint=INTERNSHIP),),
            checked=(checks.pays_the_minimum,),
            two_looks=True,
        ),
    ),
    also_called=("灵活就业",),
)

FURTHER_STUDY = DestinationType(
    "further_study",
    "升学",
    Group.FURTHER_STUDY,
    (
        admission("undergraduate_transfer", "专升本", "803"),
        admission("second_bachelor", "第二学士学位", "802"),
        admission("postgraduate", "研究生", "801"),
    ),
    also_called=("考研", "第二学位", "录取"),
)

STUDY_ABROAD = DestinationType(
    "study_abroad",
    "出国出境深造",
    Group.FURTHER_STUDY,
    (
        form(
            "study_abroad",
            "出国出境深造",
            "85",
            section(
                "留学信息",
                labelled(fields.COUNTRY, "留学国家（地区）"),
                fields.FOREIGN_SCHOOL,
                fields.FOREIGN_SCHOOL_ORIGINAL,
                fields.FOREIGN_MAJOR,
                fields.FOREIGN_MAJOR_ORIGINAL,
                fields.ENROLLED_ON,
            ),
            proofs=(Proof("offer", "录取通知（offer）或学习签证"),),
            checked=(checks.abroad, PLAUSIBLE_START),
        ),
    ),
    also_called=("升学", "出国", "留学", "境外留学"),
)

# What it is reported as is not published: the code is the operator's to set.
_COMMISSIONED = form(
    "commissioned",
    "定向/委培毕业去向补充登记",
    None,
    section(
        "定向/委培单位",
        labelled(fields.EMPLOYER_NAME, "定向/委培单位"),
        optional(fields.CREDIT_CODE),
        optional(fields.EMPLOYER_KIND),
        optional(fields.INDUSTRY),
        optional(fields.REGION),
        optional(fields.ADDRESS),
        optional(fields.POSITION_CATEGORY),
        fields.SIGNED_ON,
    ),
    CONTACT_IF_ANY,
    HOUSEHOLD,
    proofs=(Proof("commission", "定向或委培协议"),),
    # Such agreements are made before the studies begin, so that an old one is nothing unusual.
    checked=(checks.code_fits_kind, NOT_IN_FUTURE),
)
COMMISSIONED = DestinationType(
    "commissioned", "定向/委培毕业去向补充登记", Group.COMMISSIONED, (_COMMISSIONED,), also_called=("定向", "委培")
)

JOB_SEEKING = DestinationType(
    "job_seeking",
    "待就业",
    Group.NOT_EMPLOYED,
    (
        waiting("seeking", "求职中", "701"),
        waiting("signing", "签约中", "702"),
        waiting("public_examination", "拟参加公招考试", "703"),
        waiting("planning_enterprise", "拟创业", "704"),
        waiting("planning_enlistment", "拟应征入伍", "705"),
    ),
    also_called=("未就业",),
)
PLANNING_STUDY = DestinationType(
    "planning_study",
    "不就业拟升学",
    Group.NOT_EMPLOYED,
    (waiting("planning_study", "不就业拟升学", "71"),),
    also_called=("未就业", "考研"),
)
NOT_SEEKING = DestinationType(
    "not_seeking",
    "其他暂不就业",
    Group.NOT_EMPLOYED,
    (waiting("planning_abroad", "拟出国出境", "721"), waiting("not_seeking", "暂不就业", "722")),
    also_called=("未就业",),
)
