"""The fields that an agreement prints, with their labels, for pages that show it (R-PDF-1, R-ON-8)."""

from collections.abc import Mapping
from typing import Any

EMPTY = "--"
EMPLOYER = {
    "name": "单位名称",
    "credit_code": "组织机构代码",
    "kind": "单位性质",
    "industry": "单位类别",
    "address": "注册地址",
    "contact_name": "联系人",
    "contact_mobile": "联系人手机",
    "contact_phone": "联系人电话",
    "contact_email": "联系人邮箱",
}
# 单位信息 on the page of a graduate's own signing reads as the form does (R-ON-8), not as the paper (R-PDF-1).
EMPLOYER_AS_FILLED_IN = EMPLOYER | {
    "credit_code": "统一社会信用代码",
    "industry": "单位行业",
    "address": "通讯地址",
    "contact_name": "单位联系人",
}
JOB_AS_FILLED_IN = {"是否解决户档": "单位是否解决户档"}
GRADUATE = {
    "name": "姓名",
    "gender": "性别",
    "ethnic_group": "民族",
    "id_number": "身份证号",
    "political_status": "政治面貌",
    "school": "毕业院校",
    "education": "学历",
    "degree_level": "层次",
    "graduates_on": "毕业日期",
    "department": "院系",
    "major": "专业",
    "student_number": "学号",
    "training_mode": "培养方式",
    "phone": "手机号码",
    "email": "电子邮箱",
}
SCHOOL = {
    "name": "学校名称",
    "contact": "联系人",
    "phone": "联系电话",
    "address": "联系地址",
    "postcode": "邮编",
}


def pairs(part: Mapping[str, Any], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return a part of an agreement as (label, value), empty as “--”."""
    return [(label, str(part.get(name) or "") or EMPTY) for name, label in labels.items()]
