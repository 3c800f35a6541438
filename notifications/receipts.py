"""Receipts of text messages: kept as they come, matched to the sends they speak of, asked for where none comes.

A receipt may come before our own commit knows the number of the send: it waits in `sms_receipt`, and whoever has
committed looks for it; so each side looks after its own commit, and one of them finds the other.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app import following
from app.clock import now
from app.extensions import db
from app.models import Delivery, Message, SmsReceipt
from app.people import blind_phone
from app.writing import rollback, write
from notifications.channels import upsert
from notifications.sms_outcomes import plain

log = logging.getLogger(__name__)

_BIZ_ID = re.compile(r"[!-~]{1,64}")
_PHONE = re.compile(r"(?:(?:\+|00)?86)?(\d{5,15})")
_OUT_ID = re.compile(r"[0-9a-f]{20}")

_receipt, _delivery, _message = SmsReceipt.__table__, Delivery.__table__, Message.__table__
_FOUND = select(_receipt.c.delivered, _receipt.c.code).where(
    _receipt.c.biz_id == bindparam("biz"), _receipt.c.phone_blind == bindparam("phone")
)
_BY_BIZ_ID = select(_delivery.c.id).where(_delivery.c.channel == "sms", _delivery.c.provider_id == bindparam("biz"))
_BY_OUT_ID = (
    select(_delivery.c.id)
    .join(_message, _message.c.id == _delivery.c.message_id)
    .where(_message.c.public_id == bindparam("out"), _delivery.c.channel == "sms", _delivery.c.state == "sending")
)
# What came before our own commit, and was missed by both sides: of the last hours only, for older ones are settled.
_MISSED = (
    select(_delivery.c.id, _receipt.c.biz_id, _receipt.c.phone_blind)
    .join(_receipt, _receipt.c.biz_id == _delivery.c.provider_id)
    .where(_receipt.c.reported_at > bindparam("since"), _delivery.c.channel == "sms", _delivery.c.state == "accepted")
    .limit(bindparam("most"))
)
LOOKED_BACK = timedelta(hours=2)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the operator says became of a text message; `out_id` is the message's public id where it came along."""

    biz_id: str
    phone_blind: bytes
    delivered: bool
    code: str
    out_id: str | None


def read(item: Any) -> Receipt | None:
    """Return one item of a push, None for one that cannot be read."""
    if not isinstance(item, dict):
        return None
    biz_id, phone, out_id = (str(item.get(name) or "") for name in ("biz_id", "phone_number", "out_id"))
    number, success = _PHONE.fullmatch(phone), item.get("success")
    said = success if isinstance(success, bool) else {"true": True, "false": False}.get(str(success).lower())
    if not _BIZ_ID.fullmatch(biz_id) or number is None or said is None:
        return None
    out = out_id if _OUT_ID.fullmatch(out_id) else None
    return Receipt(biz_id, blind_phone(number[1]), said, plain(item.get("err_code")), out)


def take_in(items: Iterable[Any]) -> int:
    """Keep the receipts of a push, then let each count; return how many were unreadable. Repeating changes nothing."""
    read_ones = [read(item) for item in items]
    good = [one for one in read_ones if one]
    if good:
        write(lambda: _keep(good))
    for one in good:
        write(partial(_settle, one))
    if bad := len(read_ones) - len(good):
        log.warning("receipts that cannot be read", extra={"count": bad})
    return len(read_ones) - len(good)


def match(conn: Connection, biz_id: str, phone_blind: bytes, delivery_id: int) -> bool:
    """Let a receipt that has come already count for a delivery; call it after the commit that records `biz_id`.

    Runs inside a write. Returns whether there was one that settled it.
    """
    found = conn.execute(_FOUND, {"biz": biz_id, "phone": phone_blind}).one_or_none()
    if found is None:
        return False
    return following.settle(conn, delivery_id, None if found.delivered else found.code or "not_delivered", now())


def match_kept() -> int:
    """Let receipts count that lie here while their delivery waits for one; return how many did. A duty of the sweeper.

    Where there is none, the ladder asks the platform (`sms.look_up`).
    """
    missed = db.session.execute(_MISSED, {"since": now() - LOOKED_BACK, "most": AT_ONCE}).all()
    rollback()
    return sum(write(partial(_match_missed, row)) for row in missed)


def _match_missed(row: Any) -> bool:
    return match(db.session.connection(), row.biz_id, bytes(row.phone_blind), row.id)


def _keep(receipts: list[Receipt]) -> None:
    """Keep one row per send and number, in one order, so that two pushes do not lock each other out."""
    at = now()
    for one in sorted(receipts, key=lambda receipt: (receipt.biz_id, receipt.phone_blind)):
        db.session.execute(_kept(one, at))


def _kept(one: Receipt, at: datetime) -> Any:
    """Return the statement: what was delivered stays so, whatever is said later."""
    row = {"biz_id": one.biz_id, "phone_blind": one.phone_blind}
    said = {"delivered": one.delivered, "code": one.code, "reported_at": at}
    return (
        upsert(_receipt)
        .values(row | said)
        .on_conflict_do_update(index_elements=list(row), set_=said, where=_receipt.c.delivered.is_(False))
    )


def _settle(one: Receipt) -> None:
    conn = db.session.connection()
    delivery_id = conn.execute(_BY_BIZ_ID, {"biz": one.biz_id}).scalars().first()
    if delivery_id is not None:
        match(conn, one.biz_id, one.phone_blind, delivery_id)
    elif one.out_id and one.delivered:
        _prove_lost(conn, one.out_id)


def _prove_lost(conn: Connection, out_id: str) -> None:
    """Let a delivered receipt speak for an attempt whose answer was lost; a failed one may be of an earlier attempt."""
    delivery_id = conn.execute(_BY_OUT_ID, {"out": out_id}).scalars().first()
    if delivery_id is not None:
        following.settle(conn, delivery_id, None, now())
