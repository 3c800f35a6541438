"""Parts that several forms share: headings, proofs, checks, and the constructors of families of forms."""

from workflows.catalogue import checks, fields
from workflows.catalogue.codes import CODES
from workflows.catalogue.entry import Check, Form, Proof, Section
from workflows.form_fields import Field

INTERNSHIP = "实习证明不能作为证明材料"
REMARK = Section("补充说明", (fields.REMARK,))
HOUSEHOLD = Section("户档", (fields.HOUSEHOLD_ARCHIVE,))
CONTACT = Section("联系人", (fields.CONTACT_NAME, fields.CONTACT_PHONE, fields.CONTACT_EMAIL))
CONTACT_IF_ANY = Section(
    "联系人", (fields.optional(fields.CONTACT_NAME), fields.optional(fields.CONTACT_PHONE), fields.CONTACT_EMAIL)
)
EMPLOYER = Section(
    "单位信息",
    (
        fields.EMPLOYER_NAME,
        fields.CREDIT_CODE,
        fields.EMPLOYER_KIND,
        fields.INDUSTRY,
        fields.REGION,
        fields.ADDRESS,
    ),
)
POSITION = Section("职位信息", (fields.POSITION_CATEGORY, fields.POSITION))

PLAUSIBLE_START = checks.plausible("starts_on", "开始日期")
NOT_IN_FUTURE = checks.not_later_than_today("signed_on", "签约日期")
SIGNED = (checks.plausible("signed_on", "签约日期"), NOT_IN_FUTURE)
TERM = checks.in_order("starts_on", "ends_on", "结束日期不能早于开始日期。")
EMPLOYED: tuple[Check, ...] = (checks.code_fits_kind, *SIGNED, PLAUSIBLE_START, TERM)


def section(title: str, *listed: Field) -> Section:
    """Return a heading with these fields."""
    return Section(title, listed)


def form(
    name: str,
    label: str,
    code: str | None,
    *sections: Section,
    proofs: tuple[Proof, ...] = (),
    checked: tuple[Check, ...] = (),
    two_looks: bool = False,
) -> Form:
    """Return a form that ends with the remark."""
    national = CODES[code] if code else None
    return Form(name, label, national, (*sections, REMARK), proofs, checked, two_looks)


def project(name: str, label: str, code: str) -> Form:
    """Return the form of a grass-roots project, national or local."""
    place = (fields.labelled(fields.EMPLOYER_NAME, "服务单位名称"), fields.labelled(fields.REGION, "服务单位所在地"))
    more = (fields.optional(fields.ADDRESS), fields.optional(fields.POSITION), fields.SERVES_FROM, fields.SERVES_TO)
    proof = Proof("service", "录取通知或服务协议")
    return form(
        name,
        label,
        code,
        section("服务信息", *place, *more),
        CONTACT,
        HOUSEHOLD,
        proofs=(proof,),
        checked=(PLAUSIBLE_START, TERM),
    )


def admission(name: str, label: str, code: str) -> Form:
    """Return the form of further study in the country."""
    return form(
        name,
        label,
        code,
        section("录取信息", fields.SCHOOL_NAME, fields.MAJOR, fields.ENROLLED_ON),
        proofs=(Proof("admission", "录取通知书、调档函或拟录取名单"),),
        checked=(PLAUSIBLE_START,),
    )


def enterprise(
    name: str, label: str, code: str, called: str, *more: Field, proofs: tuple[Proof, ...], coded: bool = False
) -> Form:
    """Return the form of an enterprise of one's own; `coded` where its credit code is required."""
    credit_code = fields.CREDIT_CODE if coded else fields.optional(fields.CREDIT_CODE)
    listed = (
        fields.labelled(fields.EMPLOYER_NAME, called),
        credit_code,
        fields.EMPLOYER_KIND,
        fields.optional(fields.INDUSTRY),
        fields.labelled(fields.REGION, "所在地（省市区）"),
        fields.labelled(fields.optional(fields.ADDRESS), "详细地址"),
        *more,
    )
    return form(name, label, code, section("创业信息", *listed), proofs=proofs, checked=(checks.code_fits_kind,))


def waiting(name: str, label: str, code: str) -> Form:
    """Return the form of a destination without any field but the remark, and without proofs."""
    return form(name, label, code)
