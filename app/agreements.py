"""Agreement numbers and verification codes, assigned in the transaction of the final approval (R-PDF-2, R-QR-1)."""

import logging
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Date, bindparam, insert, text

from app.models import Document
from app.models.types import new_public_id
from workflows.calendar import beijing_day
from workflows.case import Refusal, Refused
from workflows.vocabulary import Code, Kind

log = logging.getLogger(__name__)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
CODE_LENGTH = 16
KIND_DIGIT = {Kind.ONLINE: "1", Kind.OFFLINE: "2"}
LAST_OF_A_DAY = 9999

_COUNT = text(
    "INSERT INTO agreement_counter (school_code, kind_digit, day, last) VALUES (:school, :kind, :day, 1)"
    " ON CONFLICT (school_code, kind_digit, day) DO UPDATE SET last = agreement_counter.last + 1 RETURNING last"
).bindparams(bindparam("day", type_=Date()))
_ADD_DOCUMENT = insert(Document.__table__)


def new_code() -> str:
    """Return a fresh verification code: 80 random bits as 16 characters of Crockford's base 32."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def next_number(conn: Connection, kind: Kind, school_code: str, now: datetime) -> str:
    """Assign the next agreement number: year, kind, school, month and day, sequence (R-PDF-2).

    The counter's row stays locked until the commit; a rolled-back number is a gap, never a double. The 10,000th of a
    day is refused with an alarm: raises Refused.
    """
    day, digit = beijing_day(now), KIND_DIGIT[kind]
    last = conn.execute(_COUNT, {"school": school_code, "kind": digit, "day": day}).scalar_one()
    if last > LAST_OF_A_DAY:
        log.critical("agreement numbers of the day are exhausted", extra={"school_code": school_code})
        message = "学校今日的协议书编号已用完，暂不能通过审核。"
        raise Refused(Refusal(Code.NUMBERS_EXHAUSTED, message, "请于明日再审核；平台已收到告警。"))
    return f"{day:%Y}{digit}{school_code}{day:%m%d}{last:04d}"


def issue(conn: Connection, placement: Any, number: str, clauses_version: str, now: datetime) -> None:
    """Insert the document row: from now on the verification code answers, and the worker makes the file (R-QR-1)."""
    row = {
        "public_id": new_public_id(),
        "placement_id": placement.id,
        "version": 1,
        "code": new_code(),
        "number": number,
        "clauses_version": clauses_version,
        "issued_at": now,
    }
    conn.execute(_ADD_DOCUMENT, row)
