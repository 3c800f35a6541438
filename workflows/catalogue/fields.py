"""The fields of the destination forms; those of the agreement form are taken over as they are (R-OFF-1)."""

from dataclasses import replace

from workflows.agreement_form import BY_NAME
from workflows.form_fields import Field, FieldType

EMPLOYER_NAME = BY_NAME["employer_name"]
CREDIT_CODE = BY_NAME["credit_code"]
EMPLOYER_KIND = BY_NAME["employer_kind"]
INDUSTRY = BY_NAME["industry"]
REGION = replace(BY_NAME["region_code"], label="单位所在地（省市区）")
ADDRESS = replace(BY_NAME["address"], label="单位地址（详细）")
POSITION_CATEGORY = BY_NAME["position_category"]
POSITION = BY_NAME["position"]
CONTACT_NAME = BY_NAME["contact_name"]
# The tables ask for one telephone: a mobile number will do as well.
CONTACT_PHONE = replace(BY_NAME["contact_phone"], required=True, hint="手机，或区号和号码")
CONTACT_EMAIL = replace(BY_NAME["contact_email"], required=False)
HOUSEHOLD_ARCHIVE = replace(BY_NAME["household_archive"], required=False)
PAY = replace(BY_NAME["pay_fen"], label="月收入", required=True)

COUNTRY = Field("country", "国家（地区）", FieldType.CHOICE, table="countries")
SIGNED_ON = Field("signed_on", "签约日期", FieldType.DAY, required=False)
STARTS_ON = Field("starts_on", "合同开始日期", FieldType.DAY, required=False)
ENDS_ON = Field("ends_on", "合同结束日期", FieldType.DAY, required=False, hint="无固定期限的不填")
SERVES_FROM = Field("starts_on", "服务开始日期", FieldType.DAY, required=False)
SERVES_TO = Field("ends_on", "服务结束日期", FieldType.DAY, required=False)
ENLISTED_BY = Field("conscription_office", "征兵办名称", FieldType.LINE, required=False, limit=60)
ENLISTED_ON = Field("starts_on", "入伍日期", FieldType.DAY, required=False)
SCHOOL_NAME = Field("school_name", "录取学校", FieldType.LINE, hint="招生单位全称，研究所也可")
MAJOR = Field("major", "录取专业", FieldType.LINE, required=False, limit=60)
FOREIGN_SCHOOL = Field("school_name", "留学院校中文名称", FieldType.LINE)
FOREIGN_SCHOOL_ORIGINAL = Field("school_name_original", "留学院校外文名称", FieldType.LINE, limit=200)
FOREIGN_MAJOR = Field("major", "留学专业中文名称", FieldType.LINE, limit=60)
FOREIGN_MAJOR_ORIGINAL = Field("major_original", "留学专业外文名称", FieldType.LINE, limit=200)
ENROLLED_ON = Field("starts_on", "入学日期", FieldType.DAY, required=False)
SHOP_ADDRESS = Field("web_address", "网店网址", FieldType.WEB_ADDRESS, limit=300)
DESCRIPTION = Field("description", "工作内容", FieldType.PARAGRAPHS, limit=300)
REMARK = Field("remark", "补充说明", FieldType.PARAGRAPHS, required=False, limit=200)

# The words of the ministry's definition of free-lance work; the codes are ours.
WORK_KIND = Field(
    "work_kind",
    "工作类型",
    FieldType.CHOICE,
    options=(
        ("writing", "作家、自由撰稿人"),
        ("translation", "翻译工作者"),
        ("brokerage", "中介服务工作者"),
        ("art", "艺术工作者"),
        ("online_marketing", "互联网营销工作者"),
        ("media", "全媒体运营工作者"),
        ("esports", "电子竞技工作者"),
        ("other", "其他"),
    ),
)
# R-DEST-4: an internship paper is no proof, so it cannot be named as one.
PROOF_KIND = Field(
    "proof_kind",
    "证明材料种类",
    FieldType.CHOICE,
    hint="实习证明不能作为证明材料",
    options=(("employment", "聘用证明"), ("income", "收入证明"), ("payroll", "工资流水")),
)


def optional(f: Field) -> Field:
    """Return the field as one that may be left empty."""
    return replace(f, required=False)


def labelled(f: Field, label: str) -> Field:
    """Return the field under another label."""
    return replace(f, label=label)
