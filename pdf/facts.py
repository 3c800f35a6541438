"""From what the application keeps to what the page says: a snapshot becomes an Agreement (R-PDF-1, R-INV-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app import snapshots
from pdf.agreement import Agreement, Clauses, EmployerPart, GraduatePart, SchoolPart

TERM_LABELS = tuple(snapshots.job_part({}))  # in the order of the form; a stored snapshot sorts its keys


@dataclass(frozen=True, slots=True)
class Issue:
    """What an issued document has and a preview has not: agreement number, verification code, the page's address."""

    number: str
    code: str
    address: str


def verification_url(public_url: str, code: str) -> str:
    """Return the address of an agreement's public page; in upper case its QR symbol is smaller (R-QR-1)."""
    return f"{public_url.rstrip('/')}/v/{code}".upper()


def agreement(
    snapshot: Mapping[str, Any],
    clauses: Clauses,
    issue: Issue | None,
    created_at: datetime,
    platform_name: str,
    public_url: str,
) -> Agreement:
    """Return the agreement that a snapshot describes; without `issue` it is a preview."""
    kind = snapshot["agreement_kind"]
    return Agreement(
        agreement_kind=kind,
        number=issue.number if issue else None,
        code=issue.code if issue else None,
        verification_url=issue.address if issue else None,
        employer=_employer(snapshot["employer"]),
        graduate=_graduate(snapshot["graduate"]),
        school=SchoolPart(**snapshot["school"]) if kind == "three_party" else None,
        terms=tuple((label, snapshot["job"][label]) for label in TERM_LABELS),
        clauses=clauses,
        supplement=snapshot["supplement"],
        created_at=created_at,
        platform_name=platform_name,
        platform_address=public_url,
    )


def _employer(part: Mapping[str, str]) -> EmployerPart:
    phones = [part["contact_mobile"], part["contact_phone"]]
    return EmployerPart(
        name=part["name"],
        credit_code=part["credit_code"],
        kind=part["kind"],
        industry=part["industry"],
        address=part["address"],
        contact_name=part["contact_name"],
        contact_phone=" / ".join(phone for phone in phones if phone),
        contact_email=part["contact_email"],
    )


def _graduate(part: Mapping[str, str]) -> GraduatePart:
    return GraduatePart(
        name=part["name"],
        gender=part["gender"],
        ethnic_group=part["ethnic_group"],
        id_number=part["id_number"],
        political_status=part["political_status"],
        school=part["school"],
        education=part["education"],
        graduation_date=date.fromisoformat(part["graduates_on"]) if part["graduates_on"] else None,
        department=part["department"],
        major=part["major"],
        degree_level=part["degree_level"],
        phone=part["phone"],
        email=part["email"],
    )
