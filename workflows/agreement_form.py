"""The agreement form (R-OFF-1) as a table: fields, labels, limits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.form_fields import Cleaned, Field, FieldType, KnownCode, Unprintable, clean_fields

__all__ = [
    "BY_NAME",
    "FIELDS",
    "OPTIONAL_ONLINE",
    "SECTIONS",
    "SUPPLEMENT_LIMIT",
    "Cleaned",
    "Field",
    "changes",
    "clean",
]

SUPPLEMENT_LIMIT = 1000

# R-OFF-1, in the order of the form. 联系人邮箱 is optional where an employer invites (R-ON-1).
FIELDS: tuple[Field, ...] = (
    Field("employer_name", "单位名称", FieldType.LINE, limit=100),
    Field("credit_code", "统一社会信用代码", FieldType.CREDIT_CODE),
    Field("employer_kind", "单位性质", FieldType.CHOICE, table="employer_kinds"),
    Field("industry", "单位行业", FieldType.CHOICE, table="industries"),
    Field("region_code", "通讯地址（省市区）", FieldType.CHOICE, table="regions"),
    Field("address", "通讯地址（详细）", FieldType.LINE, limit=120),
    Field("position_category", "职位类别", FieldType.CHOICE, table="position_categories"),
    Field("position", "职位名称", FieldType.LINE, limit=50),
    Field("contact_name", "单位联系人", FieldType.LINE, limit=30),
    Field("contact_mobile", "联系人手机", FieldType.MOBILE),
    Field("contact_phone", "联系人电话", FieldType.PHONE, required=False),
    Field("contact_email", "联系人邮箱", FieldType.EMAIL),
    Field("household_archive", "单位是否解决户档", FieldType.CHOICE, table="household_archive"),
    Field("probation_months", "试用期", FieldType.MONTHS, required=False, hint="月，0 至 12"),
    Field("probation_pay_fen", "试用起薪", FieldType.MONEY, required=False, hint="元/月"),
    Field("pay_fen", "转正起薪", FieldType.MONEY, required=False, hint="元/月"),
    Field("penalty_fen", "违约金", FieldType.MONEY, required=False, hint="元"),
    Field("report_place", "报到地点", FieldType.LINE, required=False, limit=100),
    Field("report_by", "报到期限", FieldType.DAY, required=False),
    Field("work_place", "实际工作地点", FieldType.LINE, required=False, limit=100),
    Field("supplement", "协议补充内容", FieldType.PARAGRAPHS, required=False, limit=SUPPLEMENT_LIMIT),
)
# What is grouped on a page under a heading, in the order of the table.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("单位信息", ("employer_name", "credit_code", "employer_kind", "industry", "region_code", "address")),
    ("岗位", ("position_category", "position")),
    ("单位联系人", ("contact_name", "contact_mobile", "contact_phone", "contact_email")),
    ("户档与待遇", ("household_archive", "probation_months", "probation_pay_fen", "pay_fen", "penalty_fen")),
    ("报到与工作地点", ("report_place", "report_by", "work_place")),
    ("协议补充内容", ("supplement",)),
)
BY_NAME = {f.name: f for f in FIELDS}
OPTIONAL_ONLINE = frozenset({"contact_email"})


def clean(raw: Mapping[str, Any], online: bool, known: KnownCode, unprintable: Unprintable) -> Cleaned:
    """Check a filled-in form field by field (R-OFF-1, R-ON-1); the arguments are those of `clean_fields`."""
    fields = [replace(f, required=False) if online and f.name in OPTIONAL_ONLINE else f for f in FIELDS]
    return clean_fields(fields, raw, known, unprintable)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """List the fields that differ as (name, old, new), in the order of the form (R-INV-1)."""
    return [(f.name, old.get(f.name), new.get(f.name)) for f in FIELDS if old.get(f.name) != new.get(f.name)]
