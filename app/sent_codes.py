"""Codes that are sent to people: asked for, limited per number, tried, used up (R-GRAD-6, P10).

Whether anybody was found makes no difference to what is answered or done, but for the message itself.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, text, update

from app import outgoing
from app.clock import now
from app.crypto import keyring, seal_json, unseal_json
from app.errors import ApiError
from app.extensions import db
from app.models import SentCode
from app.models.types import new_public_id
from workflows import sent_codes as rules
from workflows.calendar import say
from workflows.sent_codes import Purpose
from workflows.vocabulary import Event

_code = SentCode.__table__
_ASKED = select(_code.c.sent_at).where(_code.c.asked_blind == bindparam("asked"), _code.c.sent_at > bindparam("since"))
_SENT = select(_code.c.sent_at).where(_code.c.target_blind == bindparam("target"), _code.c.sent_at > bindparam("since"))
_END = update(_code).where(_code.c.live_key == bindparam("key")).values(live_key=None, letter_sealed=None)
_ADD = insert(_code).returning(_code.c.id)
_LIVE = (
    select(_code.c.id, _code.c.public_id, _code.c.code_hash, _code.c.tries, _code.c.sent_at, _code.c.account_id)
    .where(_code.c.live_key == bindparam("key"))
    .with_for_update()
)
_TRY = update(_code).where(_code.c.id == bindparam("row")).values(tries=_code.c.tries + 1)
_USE = (
    update(_code)
    .where(_code.c.id == bindparam("row"), _code.c.live_key.is_not(None))
    .values(live_key=None, letter_sealed=None, used_at=bindparam("at"))
)
WRONG = "验证码不正确或已失效，请核对后重试，或重新获取。"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a code goes to: a number and the account it belongs to, where there is one."""

    phone: str
    account_id: int | None = None


class TooSoonError(ApiError):
    """The next code may only be asked for later."""

    def __init__(self, until: datetime):
        message = "获取验证码太频繁，请稍后再试。"
        detail = {"next": f"请在{say(until)}之后重试。", "until": {"at": until.isoformat(), "text": say(until)}}
        super().__init__(429, "too_many", message, detail)


class WrongCodeError(ApiError):
    """No such code, or no longer: which of the two is never told."""

    def __init__(self) -> None:
        super().__init__(422, "wrong_code", WRONG, {"fields": {"code": WRONG}})


def blind(asked: str) -> bytes:
    """Return the blind index under which codes for a name, as it was typed, are counted."""
    return keyring().blind("sent_code.asked", asked)


def _live_key(purpose: Purpose, asked: bytes) -> bytes:
    return keyring().blind(f"sent_code.live:{purpose}", asked.hex())


def _hash(public_id: str, digits: str) -> bytes:
    return keyring().blind(f"sent_code.code:{public_id}", digits)


def _letter_bound(public_id: str) -> str:
    return f"sent_code.letter:{public_id}"


def ask(purpose: Purpose, asked: str, target: Target | None) -> None:
    """Put a code down and send it to `target` after the commit; with None nobody gets one. Runs inside a write.

    `asked` is what was typed, cleaned: its limit is told (TooSoonError). The limit of the number itself keeps silent,
    for it would tell that two names are one person's. An earlier code for the same purpose holds no more.
    """
    own, reached = blind(asked), blind(target.phone) if target else blind(f"nobody:{asked}")
    _lock(own, reached)
    at = now()
    since = at - rules.LONGEST
    if until := rules.next_allowed(db.session.execute(_ASKED, {"asked": own, "since": since}).scalars().all(), at):
        raise TooSoonError(until)
    sent = db.session.execute(_SENT, {"target": reached, "since": since}).scalars().all()
    goes_out = target is not None and rules.next_allowed(sent, at) is None
    row = _row(purpose, own, at) | {"account_id": target.account_id if target else None}
    digits = f"{secrets.randbelow(10**rules.DIGITS):0{rules.DIGITS}}"
    letter = {"phone": target.phone, "code": digits} if target and goes_out else {"phone": "", "code": ""}
    row |= {"target_blind": reached if goes_out else None, "code_hash": _hash(row["public_id"], digits)}
    row |= {"letter_sealed": seal_json(letter, _letter_bound(row["public_id"]))}
    if target and not goes_out:
        row["live_key"] = None  # the code before it goes on holding
    db.session.execute(_END, {"key": row["live_key"]})
    code_id = db.session.execute(_ADD, row).scalar_one()
    outgoing.emit(db.session.connection(), Event.CODE_SENT, row["public_id"], at, {"code": code_id})


def _row(purpose: Purpose, asked: bytes, at: datetime) -> dict[str, Any]:
    live = _live_key(purpose, asked)
    return {
        "public_id": new_public_id(),
        "purpose": purpose.value,
        "asked_blind": asked,
        "live_key": live,
        "tries": 0,
        "sent_at": at,
    }


def _lock(*numbers: bytes) -> None:
    """Let codes for one number be asked for one after the other; SQLite's write lock does it for all."""
    if db.engine.dialect.name == "postgresql":
        for number in sorted(int.from_bytes(one[:8], signed=True) for one in set(numbers)):
            db.session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def open_letter(sent: SentCode) -> tuple[str, str] | None:
    """Return number and code of a message that is still to go out, or None where there is none."""
    if sent.letter_sealed is None:
        return None
    letter = unseal_json(sent.letter_sealed, _letter_bound(sent.public_id))
    return (letter["phone"], letter["code"]) if letter["phone"] else None


@dataclass(frozen=True, slots=True)
class Proven:
    """A code that was right: its row, to be used up with what it is used for, and the account it was sent to."""

    row: int
    account_id: int | None


def attempt(purpose: Purpose, asked: str, digits: str) -> Proven | None:
    """Try a code and count the try, right or wrong; runs inside a write of its own, before what it is used for."""
    found = db.session.execute(_LIVE, {"key": _live_key(purpose, blind(asked))}).one_or_none()
    if found is None or not rules.holds(found.sent_at, found.tries, now()):
        return None
    db.session.execute(_TRY, {"row": found.id})
    right = hmac.compare_digest(bytes(found.code_hash), _hash(found.public_id, digits))
    return Proven(found.id, found.account_id) if right else None


def use(proven: Proven) -> None:
    """Use a code up, inside the write of what it is used for; raises WrongCodeError when that has been done before."""
    used = db.session.connection().execute(_USE, {"row": proven.row, "at": now()})
    if used.rowcount != 1:
        raise WrongCodeError
