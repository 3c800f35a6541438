"""Whom the signed-in staff member stands for: own name, tenant, and the verb of the province (R-PROV-2)."""

from dataclasses import dataclass
from typing import cast

from flask import g
from sqlalchemy import bindparam, func, select

from app import access, clock
from app.extensions import db
from app.models import AgreementChoice, Department, Province, School, Staff
from workflows import labels
from workflows.calendar import current_cohort
from workflows.vocabulary import AgreementKind, Role

ROLE_TITLE = {
    Role.DEPARTMENT: "院系用户",
    Role.SCHOOL: "学校用户",
    Role.PROVINCE: "省级用户",
    Role.OPERATOR: "平台",
    Role.AUDITOR: "审计",
}

_province_code = func.coalesce(School.province_code, Staff.province_code)
_KIND = (
    select(AgreementChoice.kind)
    .where(AgreementChoice.province_code == _province_code, AgreementChoice.from_cohort <= bindparam("cohort"))
    .order_by(AgreementChoice.from_cohort.desc())
    .limit(1)
    .correlate(School, Staff)
    .scalar_subquery()
)
_TENANT = (
    select(
        Staff.name,
        School.name.label("school"),
        Department.name.label("department"),
        Province.name.label("province"),
        _KIND.label("kind"),
    )
    .outerjoin(School, School.id == Staff.school_id)
    .outerjoin(Department, Department.id == Staff.department_id)
    .outerjoin(Province, Province.code == _province_code)
    .where(Staff.id == bindparam("staff"))
)


@dataclass(frozen=True, slots=True)
class Tenant:
    """Name of the person and of the tenant, the province's name, today's agreement kind and current cohort."""

    person: str
    name: str
    province: str
    kind: AgreementKind | None
    cohort: int

    @property
    def two_party(self) -> bool:
        """Whether the school certifies instead of reviewing."""
        return self.kind == AgreementKind.TWO_PARTY

    def worded(self, text: str) -> str:
        """Put 鉴证 where this province's signing says so."""
        return labels.certify(text) if self.two_party else text


def tenant() -> Tenant:
    """Return the caller's tenant, read once per request."""
    if "tenant" not in g:
        g.tenant = _read()
    return cast(Tenant, g.tenant)


def _read() -> Tenant:
    actor = access.actor()
    cohort = current_cohort(clock.now())
    row = db.session.execute(_TENANT, {"staff": actor.id, "cohort": cohort}).one()
    names = [row.school, row.department] if row.school else [row.province if actor.role == Role.PROVINCE else None]
    name = " ".join(part for part in names if part) or ROLE_TITLE[actor.role]
    return Tenant(row.name, name, row.province or "", AgreementKind(row.kind) if row.kind else None, cohort)
