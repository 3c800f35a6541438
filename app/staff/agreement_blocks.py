"""What the agreement prints, as blocks of labelled values for a page (R-PDF-1)."""

from dataclasses import dataclass
from typing import Any

from app import masking
from workflows.vocabulary import AgreementKind

EMPTY = "--"
MASKED = {"id_number": masking.id_number, "phone": masking.phone, "email": masking.email}

EMPLOYER = (
    ("name", "单位名称"),
    ("credit_code", "组织机构代码"),
    ("kind", "单位性质"),
    ("industry", "单位类别"),
    ("address", "注册地址"),
    ("contact_name", "联系人"),
    ("contact_mobile", "联系人手机"),
    ("contact_phone", "联系人电话"),
    ("contact_email", "联系人邮箱"),
)
GRADUATE = (
    ("name", "姓名"),
    ("gender", "性别"),
    ("ethnic_group", "民族"),
    ("id_number", "身份证号"),
    ("political_status", "政治面貌"),
    ("school", "毕业院校"),
    ("education", "学历"),
    ("degree_level", "层次"),
    ("graduates_on", "毕业日期"),
    ("department", "院系"),
    ("major", "专业"),
    ("student_number", "学号"),
    ("training_mode", "培养方式"),
    ("phone", "手机号码"),
    ("email", "电子邮箱"),
)
SCHOOL = (
    ("name", "学校名称"),
    ("contact", "联系人"),
    ("phone", "联系电话"),
    ("address", "联系地址"),
    ("postcode", "邮编"),
)
COMPARED = {name: label for name, label in GRADUATE if name not in MASKED}


@dataclass(frozen=True, slots=True)
class Block:
    """A titled frame: (label, value) pairs, and text in full width below them."""

    title: str
    pairs: list[tuple[str, str]]
    text: str = ""


def _pairs(part: dict[str, Any], fields: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(label, str(part.get(name) or "") or EMPTY) for name, label in fields]


def masked(graduate: dict[str, Any]) -> dict[str, Any]:
    """Return a graduate's part with identity number, phone and e-mail masked."""
    return graduate | {name: mask(graduate.get(name) or "") for name, mask in MASKED.items()}


def blocks(body: dict[str, Any], full: bool) -> list[Block]:
    """Return the blocks of an agreement; `full` shows identity number, phone and e-mail unmasked."""
    graduate = body["graduate"] if full else masked(body["graduate"])
    three_party = body["agreement_kind"] == AgreementKind.THREE_PARTY
    job = [(label, value or EMPTY) for label, value in body["job"].items()]
    return [
        Block("甲方 用人单位", _pairs(body["employer"], EMPLOYER)),
        Block("乙方 毕业生", _pairs(graduate, GRADUATE)),
        Block("丙方 学校" if three_party else "鉴证学校", _pairs(body["school"], SCHOOL)),
        Block("约定事项", job, body["supplement"] or EMPTY),
    ]


def changes(then: dict[str, Any], today: dict[str, Any]) -> list[tuple[str, str, str]]:
    """List what the roll says otherwise today than at acceptance, as (label, old, new); contacts are left out."""
    pairs = ((label, str(then.get(name) or EMPTY), str(today.get(name) or EMPTY)) for name, label in COMPARED.items())
    return [(label, old, new) for label, old, new in pairs if old != new]
