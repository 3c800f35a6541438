"""All rows of the application, one file per aggregate."""

from app.models.correction import Correction
from app.models.destination import DestinationCode, MinimumWage
from app.models.employer import BankCheck, Employer, EmployerUser, GraduateSearch, WarningMark
from app.models.file import File, FileTicket, PictureBand
from app.models.graduate import Account, Enrolment, GraduateSnapshot, RollRecord
from app.models.history import History, HistoryValue
from app.models.list_export import ListExport
from app.models.message import ChannelPause, Message, SmsDay, SmsReceipt, SmsSent
from app.models.outbox import Alert, Delivery, Outbox
from app.models.placement import (
    AgreementCounter,
    Document,
    Placement,
    PlacementSnapshot,
    PlacementTerms,
    Verification,
)
from app.models.reference import CodeEntry, LegalText, Region
from app.models.reminder import Reminder
from app.models.report import Report, ReportFeed
from app.models.roll_import import RollImport
from app.models.roll_request import RollRequest
from app.models.school import (
    AgreementChoice,
    Department,
    FunctionSuspension,
    Province,
    ProvinceModule,
    School,
    SchoolFunction,
)
from app.models.sent_code import SentCode
from app.models.session import DownloadTicket, IdempotencyKey, Session
from app.models.staff import Staff
from app.models.statistic import Statistic, StatisticDelta
from app.models.termination import Termination
from app.models.transfer import Transfer
from app.models.upload_link import UploadLink
from app.models.wechat import SubscribeGrant, WechatInbox, WechatScene, WechatToken, WechatUser

__all__ = [
    "Account",
    "AgreementChoice",
    "AgreementCounter",
    "Alert",
    "BankCheck",
    "ChannelPause",
    "CodeEntry",
    "Correction",
    "Delivery",
    "Department",
    "DestinationCode",
    "Document",
    "DownloadTicket",
    "Employer",
    "EmployerUser",
    "Enrolment",
    "File",
    "FileTicket",
    "FunctionSuspension",
    "GraduateSearch",
    "GraduateSnapshot",
    "History",
    "HistoryValue",
    "IdempotencyKey",
    "LegalText",
    "ListExport",
    "Message",
    "MinimumWage",
    "Outbox",
    "PictureBand",
    "Placement",
    "PlacementSnapshot",
    "PlacementTerms",
    "Province",
    "ProvinceModule",
    "Region",
    "Reminder",
    "Report",
    "ReportFeed",
    "RollImport",
    "RollRecord",
    "RollRequest",
    "School",
    "SchoolFunction",
    "SentCode",
    "Session",
    "SmsDay",
    "SmsReceipt",
    "SmsSent",
    "Staff",
    "Statistic",
    "StatisticDelta",
    "SubscribeGrant",
    "Termination",
    "Transfer",
    "UploadLink",
    "Verification",
    "WarningMark",
    "WechatInbox",
    "WechatScene",
    "WechatToken",
    "WechatUser",
]
