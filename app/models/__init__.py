"""All rows of the application, one file per aggregate."""

from app.models.employer import Employer, EmployerUser, GraduateSearch
from app.models.file import File, FileTicket, PictureBand
from app.models.graduate import Account, Enrolment, RollRecord
from app.models.history import History, HistoryValue
from app.models.outbox import Alert, Delivery, DemoMessage, Outbox
from app.models.placement import (
    AgreementCounter,
    Document,
    Placement,
    PlacementSnapshot,
    PlacementTerms,
    Verification,
)
from app.models.reference import CodeEntry, LegalText, Region
from app.models.school import AgreementChoice, Department, Province, ProvinceModule, School, SchoolFunction
from app.models.session import DownloadTicket, IdempotencyKey, Session
from app.models.staff import Staff

__all__ = [
    "Account",
    "AgreementChoice",
    "AgreementCounter",
    "Alert",
    "CodeEntry",
    "Delivery",
    "DemoMessage",
    "Department",
    "Document",
    "DownloadTicket",
    "Employer",
    "EmployerUser",
    "Enrolment",
    "File",
    "FileTicket",
    "GraduateSearch",
    "History",
    "HistoryValue",
    "IdempotencyKey",
    "LegalText",
    "Outbox",
    "PictureBand",
    "Placement",
    "PlacementSnapshot",
    "PlacementTerms",
    "Province",
    "ProvinceModule",
    "Region",
    "RollRecord",
    "School",
    "SchoolFunction",
    "Session",
    "Staff",
    "Verification",
]
