"""What an agreement prints, from roll, account, school and terms; stored once, at acceptance (R-INV-1, R-PDF-1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, LargeBinary, and_, bindparam, insert, select, text

from app import codes, printable
from app.crypto import digest, seal_json, unseal_json, unseal_text
from app.models import Account, Department, LegalText, Placement, PlacementSnapshot, PlacementTerms, RollRecord, School
from app.models.types import UtcDateTime
from workflows.case import Refusal, Refused
from workflows.vocabulary import AgreementKind, Code, State

_TERMS = (
    select(PlacementTerms.version, PlacementTerms.body_sealed, PlacementTerms.digest)
    .where(PlacementTerms.placement_id == bindparam("placement"), PlacementTerms.version <= bindparam("version"))
    .order_by(PlacementTerms.version.desc())
    .limit(1)
)
_ROLL_TERMS = (
    select(Placement.id, Placement.public_id, Placement.terms_version, PlacementTerms.body_sealed)
    .join(
        PlacementTerms,
        and_(PlacementTerms.placement_id == Placement.id, PlacementTerms.version == Placement.terms_version),
    )
    .where(Placement.roll_record_id == bindparam("roll"))
)
_ADD_TERMS = insert(PlacementTerms.__table__)
# A resubmission takes the snapshot anew (R-REV-1).
_PUT_SNAPSHOT = text(
    "INSERT INTO placement_snapshot (placement_id, body_sealed, digest, at)"
    " VALUES (:placement_id, :body_sealed, :digest, :at) ON CONFLICT (placement_id)"
    " DO UPDATE SET body_sealed = excluded.body_sealed, digest = excluded.digest, at = excluded.at"
).bindparams(bindparam("body_sealed", type_=LargeBinary()), bindparam("at", type_=UtcDateTime()))
_SNAPSHOT = select(PlacementSnapshot.body_sealed).where(PlacementSnapshot.placement_id == bindparam("placement"))
_newest_clauses = (
    select(LegalText.version)
    .where(LegalText.kind == bindparam("clauses"))
    .order_by(LegalText.published_at.desc())
    .limit(1)
    .scalar_subquery()
)
_roll, _account, _school, _terms = (m.__table__ for m in (RollRecord, Account, School, PlacementTerms))
_OF_ROLL = (
    "public_id",
    "name",
    "gender_code",
    "ethnic_code",
    "id_kind",
    "id_number_sealed",
    "political_code",
    "education_code",
    "degree_level_code",
    "graduates_on",
    "major",
    "student_number",
    "training_mode",
)
_PRINTED = (
    select(
        *(_roll.c[name] for name in _OF_ROLL),
        _terms.c.body_sealed,
        _terms.c.digest,
        _account.c.public_id.label("account_public_id"),
        _account.c.phone_sealed,
        _account.c.email_sealed,
        Department.name.label("department"),
        _school.c.name.label("school"),
        _school.c.contact,
        _school.c.phone.label("school_phone"),
        _school.c.address.label("school_address"),
        _school.c.postcode,
        _newest_clauses.label("clauses_version"),
    )
    .select_from(_roll)
    .join(_school, _school.c.id == _roll.c.school_id)
    .join(Department.__table__, Department.id == _roll.c.department_id)
    .outerjoin(_account, _account.c.id == _roll.c.account_id)
    .outerjoin(
        _terms,
        and_(_terms.c.placement_id == bindparam("placement"), _terms.c.version == bindparam("terms_version")),
    )
    .where(_roll.c.id == bindparam("roll"))
)


def terms_bound(placement: str, version: int) -> str:
    """Name the row that sealed terms are bound to; `placement` is the public id."""
    return f"placement_terms.body:{placement}:{version}"


def store_terms(conn: Connection, placement: Any, version: int, terms: dict[str, Any], at: datetime) -> str:
    """Insert the terms of a new version and return their digest. `placement` has `.id` and `.public_id`."""
    body = seal_json(terms, terms_bound(placement.public_id, version))
    mark = digest("terms", terms)
    row = {"placement_id": placement.id, "version": version, "body_sealed": body, "digest": mark, "at": at}
    conn.execute(_ADD_TERMS, row)
    return mark


def terms_at(conn: Connection, placement: Any, version: int | None = None) -> dict[str, Any]:
    """Return the terms in force at a version of the placement (default: now); {} where there were none."""
    wanted = placement.version if version is None else version
    row = conn.execute(_TERMS, {"placement": placement.id, "version": wanted}).one_or_none()
    return unseal_json(row.body_sealed, terms_bound(placement.public_id, row.version)) if row else {}


def terms_by_placement(conn: Connection, roll_id: int) -> dict[int, dict[str, Any]]:
    """Return the terms in force of all a graduate's placements that have some: one statement, by placement id."""
    return {row.id: open_terms(row) for row in conn.execute(_ROLL_TERMS, {"roll": roll_id})}


def open_terms(row: Any) -> dict[str, Any]:
    """Return the terms that stand sealed in a row with `public_id`, `terms_version` and `body_sealed`."""
    terms: dict[str, Any] = unseal_json(row.body_sealed, terms_bound(row.public_id, row.terms_version))
    return terms


def graduate_part(row: Any) -> dict[str, Any]:
    """Return a graduate's printed data from a roll row joined with account, department and school."""
    phone = unseal_text(row.phone_sealed, f"account.phone:{row.account_public_id}") if row.phone_sealed else ""
    email = unseal_text(row.email_sealed, f"account.email:{row.account_public_id}") if row.email_sealed else ""
    return {
        "name": row.name,
        "gender": codes.label("genders", row.gender_code).removesuffix("性"),
        "ethnic_group": codes.label("ethnic_groups", row.ethnic_code),
        "id_kind": row.id_kind,
        "id_number": unseal_text(row.id_number_sealed, f"roll_record.id_number:{row.public_id}"),
        "political_status": codes.label("political_status", row.political_code),
        "school": row.school,
        "education": codes.label("education", row.education_code),
        "degree_level": codes.label("degree_levels", row.degree_level_code),
        "graduates_on": row.graduates_on.isoformat() if row.graduates_on else "",
        "department": row.department,
        "major": row.major,
        "student_number": row.student_number,
        "training_mode": codes.label("training_modes", row.training_mode),
        "phone": phone,
        "email": email,
    }


def employer_part(terms: dict[str, Any]) -> dict[str, Any]:
    """Return an employer's printed data from the terms."""
    return {
        "name": terms.get("employer_name") or "",
        "credit_code": terms.get("credit_code") or "",
        "kind": codes.label("employer_kinds", terms.get("employer_kind")),
        "industry": codes.label("industries", terms.get("industry")),
        "address": codes.region_name(terms.get("region_code")) + (terms.get("address") or ""),
        "contact_name": terms.get("contact_name") or "",
        "contact_mobile": terms.get("contact_mobile") or "",
        "contact_phone": terms.get("contact_phone") or "",
        "contact_email": terms.get("contact_email") or "",
    }


def yuan(fen: int | None, unit: str) -> str:
    """Return an amount in yuan with its unit, "" for none."""
    if fen is None:
        return ""
    return f"{fen // 100}{unit}" if fen % 100 == 0 else f"{fen / 100:.2f}{unit}"


def job_part(terms: dict[str, Any]) -> dict[str, str]:
    """Return the terms of the job as labelled text, in the order of the form; "" for what was left empty."""
    probation = terms.get("probation_months")
    return {
        "职位类别": codes.label("position_categories", terms.get("position_category")),
        "职位名称": terms.get("position") or "",
        "是否解决户档": codes.label("household_archive", terms.get("household_archive")),
        "试用期": "" if probation is None else f"{probation}个月" if probation else "无",
        "试用起薪": yuan(terms.get("probation_pay_fen"), "元/月"),
        "转正起薪": yuan(terms.get("pay_fen"), "元/月"),
        "违约金": yuan(terms.get("penalty_fen"), "元"),
        "报到地点": terms.get("report_place") or "",
        "报到期限": terms.get("report_by") or "",
        "实际工作地点": terms.get("work_place") or "",
    }


_EDITED = frozenset({State.DRAFT, State.AGREEMENT_RETURNED, State.RETURNED})
_APPROVED = frozenset({State.EFFECTIVE, State.TERMINATED})
JOB_LABELS = tuple(job_part({}))  # in the order of the form; sealed JSON sorts its keys


def compose(conn: Connection, placement: Any) -> dict[str, Any]:
    """Return what the agreement would print now; `placement` is a row or anything with its columns."""
    return _gather(conn, placement)[0]


def _gather(conn: Connection, placement: Any) -> tuple[dict[str, Any], str]:
    """Return what the agreement would print now and the digest of the terms: one statement."""
    wanted = {"placement": placement.id, "terms_version": placement.terms_version, "roll": placement.roll_record_id}
    row = conn.execute(_PRINTED, wanted | {"clauses": f"clauses.{placement.agreement_kind}"}).one()
    bound = terms_bound(placement.public_id, placement.terms_version)
    terms = unseal_json(row.body_sealed, bound) if row.body_sealed else {}
    school = {"name": row.school, "contact": row.contact, "phone": row.school_phone}
    school |= {"address": row.school_address, "postcode": row.postcode}
    body = {
        "agreement_kind": placement.agreement_kind or AgreementKind.THREE_PARTY.value,
        "clauses_version": row.clauses_version,
        "graduate": graduate_part(row),
        "school": school,
    }
    return body | _terms_part(terms), row.digest or ""


def _terms_part(terms: dict[str, Any]) -> dict[str, Any]:
    return {
        "employer": employer_part(terms),
        "job": job_part(terms),
        "supplement": terms.get("supplement") or "",
    }


def _refuse_unprintable(body: dict[str, Any]) -> None:
    """Refuse what no font could print: checked where it enters, but a font may have gone since (R-PDF-1)."""
    bad = printable.unprintable("".join([*body["graduate"].values(), *body["school"].values()]))
    if bad:
        message = f"个人或学校信息含有协议书无法打印的字符“{bad}”，暂不能办理。"
        raise Refused(Refusal(Code.UNPRINTABLE, message, "请联系学校就业部门更正后再办理。"))


def store(conn: Connection, placement: Any, at: datetime) -> tuple[str, str]:
    """Take the snapshot of a placement; return its digest and that of the terms (R-INV-1). Raises Refused."""
    body, terms_mark = _gather(conn, placement)
    _refuse_unprintable(body)
    mark = digest("snapshot", body)
    sealed = seal_json(body, f"placement_snapshot.body:{placement.public_id}")
    conn.execute(_PUT_SNAPSHOT, {"placement_id": placement.id, "body_sealed": sealed, "digest": mark, "at": at})
    return mark, terms_mark


def stored(conn: Connection, placement: Any) -> dict[str, Any] | None:
    """Return the snapshot taken at acceptance, or None before it."""
    row = conn.execute(_SNAPSHOT, {"placement": placement.id}).one_or_none()
    if row is None:
        return None
    body: dict[str, Any] = unseal_json(row.body_sealed, f"placement_snapshot.body:{placement.public_id}")
    return body | {"job": {label: body["job"][label] for label in JOB_LABELS}}


def agreement_of(conn: Connection, placement: Any) -> dict[str, Any]:
    """Return what the agreement prints: the snapshot once there is one, else, or while it is edited, today's data."""
    if placement.state in _EDITED:
        return compose(conn, placement)
    return stored(conn, placement) or compose(conn, placement)


def in_force(conn: Connection, placement: Any, printed: dict[str, Any]) -> dict[str, Any]:
    """Return what an agreement prints, with what the school has corrected in its data since (R-EDIT-1).

    Only what has been approved is corrected: of anything else newer terms are a draft of the graduate's.
    """
    if placement.state not in _APPROVED:
        return printed
    return printed | _terms_part(terms_at(conn, placement))
