"""Upload links: made with the step that sends one, found by their token, opened by the last four digits (R-OFF-5)."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Row, bindparam, insert, select, text, update

from app.clock import now
from app.crypto import keyring, seal_json, seal_text, token_hash, unseal_json, unseal_text
from app.extensions import db
from app.models import Placement, UploadLink
from app.models.types import new_public_id
from workflows import sent_codes, upload_links
from workflows.vocabulary import State

_link, _placement = UploadLink.__table__, Placement.__table__
_SENT = select(_link.c.sent_at).where(_link.c.phone_blind == bindparam("phone"), _link.c.sent_at > bindparam("since"))
_REPLACE = (
    update(_link).where(_link.c.live_key == bindparam("placement")).values({"live_key": None, "letter_sealed": None})
)
_ADD = insert(_link).returning(_link.c.id)
_FOUND = select(
    _link,
    _placement.c.state,
    _placement.c.roll_record_id,
    _placement.c.public_id.label("placement_public_id"),
).join(_placement, _placement.c.id == _link.c.placement_id)
_BY_TOKEN = _FOUND.where(_link.c.token_hash == bindparam("token"))
_BY_ID = _FOUND.where(_link.c.id == bindparam("row"))
_OF_PLACEMENT = _FOUND.where(_link.c.live_key == bindparam("placement"))
_LOCKED = _BY_TOKEN.with_for_update(of=_link)
_MISSED = update(_link).where(_link.c.id == bindparam("row")).values(tries=_link.c.tries + 1)
_OPENED = (
    update(_link).where(_link.c.id == bindparam("row")).values(tries=0, opened_at=bindparam("at"), letter_sealed=None)
)


TOKEN_BYTES = 16  # 32 characters: a variable of a text message has at most 35; none of them ends an address early


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that is still to go out: number and address."""

    phone: str
    address: str

    @property
    def token(self) -> str:
        """Return the address's last part, which alone is a variable of the text message."""
        return self.address.rpartition("/")[2]


def _phone_blind(phone: str) -> bytes:
    return keyring().blind("upload_link.phone", phone)


def phone_bound(public_id: str) -> str:
    """Name the row that a link's sealed number is bound to."""
    return f"upload_link.phone:{public_id}"


def _letter_bound(public_id: str) -> str:
    return f"upload_link.letter:{public_id}"


def next_allowed(conn: Connection, phone: str, at: datetime) -> datetime | None:
    """Return when the next link may go to a number, whoever's agreement it is about; None: now (P10)."""
    since = at - sent_codes.LONGEST
    sent = conn.execute(_SENT, {"phone": _phone_blind(phone), "since": since}).scalars().all()
    return sent_codes.next_allowed(sent, at)


def lock_number(conn: Connection, phone: str) -> None:
    """Let messages to one number be counted one after the other; SQLite's write lock does it for all."""
    if conn.dialect.name == "postgresql":
        number = int.from_bytes(_phone_blind(phone)[:8], signed=True)
        conn.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def add(conn: Connection, placement_id: int, phone: str, at: datetime) -> int:
    """Insert a new link in place of the one before and return its id; the message goes out after the commit."""
    token, public_id = secrets.token_hex(TOKEN_BYTES), new_public_id()
    conn.execute(_REPLACE, {"placement": placement_id})
    row = {
        "public_id": public_id,
        "placement_id": placement_id,
        "live_key": placement_id,
        "token_hash": token_hash(token),
        "phone_blind": _phone_blind(phone),
        "phone_sealed": seal_text(phone, phone_bound(public_id)),
        "letter_sealed": seal_json({"phone": phone, "token": token}, _letter_bound(public_id)),
        "tries": 0,
        "sent_at": at,
        "expires_at": at + lasts(),
    }
    link_id: int = conn.execute(_ADD, row).scalar_one()
    return link_id


def lasts() -> timedelta:
    """Return how long a link holds, from the settings."""
    return timedelta(days=float(current_app.config["UPLOAD_LINK_DAYS"]))


def open_letter(link: Any) -> Sent | None:
    """Return the message of a link that is still to go out, or None where it has gone or the link is replaced."""
    if link.letter_sealed is None:
        return None
    letter = unseal_json(bytes(link.letter_sealed), _letter_bound(link.public_id))
    return Sent(letter["phone"], f"{str(current_app.config['PUBLIC_URL']).rstrip('/')}/u/{letter['token']}")


def phone_of(link: Any) -> str:
    """Return the number that a link was sent to."""
    return unseal_text(bytes(link.phone_sealed), phone_bound(link.public_id))


def _alive(row: Row[Any] | None, at: datetime) -> Row[Any] | None:
    held = row is not None and upload_links.holds(
        State(row.state), row.live_key is not None, row.tries, row.expires_at, at
    )
    return row if held else None


def find(token: str) -> Row[Any] | None:
    """Return the link of a token with the state of its agreement; None for one that is unknown, dead or over."""
    row = db.session.execute(_BY_TOKEN, {"token": token_hash(token)}).one_or_none()
    return _alive(row, now())


def by_id(link_id: int) -> Row[Any] | None:
    """Return a link that still leads somewhere, by its id: whoever has opened it comes back so."""
    return _alive(db.session.execute(_BY_ID, {"row": link_id}).one_or_none(), now())


def of_placement(conn: Connection, placement_id: int, at: datetime) -> Row[Any] | None:
    """Return the link of an agreement that still leads somewhere."""
    return _alive(conn.execute(_OF_PLACEMENT, {"placement": placement_id}).one_or_none(), at)


def attempt(token: str, tail: str) -> Row[Any] | None:
    """Try the last four digits and count the try; return the opened link, None for wrong digits or a dead link.

    Runs inside a write. After five wrong tries the link is dead.
    """
    conn = db.session.connection()
    row = _alive(conn.execute(_LOCKED, {"token": token_hash(token)}).one_or_none(), now())
    if row is None:
        return None
    right = hmac.compare_digest(phone_of(row)[-upload_links.TAIL :].encode(), tail.encode("utf-8", "replace"))
    if not right:
        conn.execute(_MISSED, {"row": row.id})
        return None
    conn.execute(_OPENED, {"row": row.id, "at": now()})
    return row
