"""What the platform pushed, once each: the row under its own key and the effect in one transaction (P4).

A duplicate finds the row and gets the same stored reply. What cannot be carried out is kept all the same, as failed:
the platform would only say it again. Proofs of sends that have not committed yet wait here, `unmatched`.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, select, update
from sqlalchemy.dialects.postgresql import insert as upsert  # SQLite understands the same words
from sqlalchemy.exc import OperationalError

from app.clock import now
from app.crypto import seal_text, unseal_text
from app.extensions import db
from app.models import Delivery, WechatInbox
from app.writing import rollback, write
from wechat import events, picture_check
from wechat.events import CHANNEL, Done
from wechat.pushed import Push, UnreadableError, parse, text_key
from wechat.replies import text_reply
from wechat.templates import PLATFORM_OF

log = logging.getLogger(__name__)

PATIENCE = timedelta(days=1)  # how long a proof waits for its send
BATCH = 500
LONGEST_ERROR = 60
NO_SUCH_SEND = "no_such_send"  # a proof that no send has answered to

_inbox, _delivery = WechatInbox.__table__, Delivery.__table__
_ADD = upsert(_inbox).on_conflict_do_nothing().returning(_inbox.c.id)
_STORED = select(_inbox.c.reply_sealed).where(_inbox.c.platform == bindparam("of"), _inbox.c.key == bindparam("hash"))
_END = (
    update(_inbox)
    .where(_inbox.c.id == bindparam("row"))
    .values(
        {name: bindparam(f"new_{name}") for name in ("state", "reply_sealed", "message_number", "outcome", "error")}
        | {"done_at": bindparam("new_done_at")}
    )
)
_MATCH = (
    update(_inbox)
    .where(
        _inbox.c.platform == bindparam("of"),
        _inbox.c.message_number == bindparam("given"),
        _inbox.c.state == "unmatched",
    )
    .values({"state": "done", "done_at": bindparam("at")})
    .returning(_inbox.c.id, _inbox.c.outcome)
)
_LEFT = (
    select(_inbox.c.platform, _inbox.c.message_number, _delivery.c.id.label("delivery_id"))
    .join(
        _delivery,
        and_(
            _delivery.c.channel == case(CHANNEL, value=_inbox.c.platform),
            _delivery.c.number == _inbox.c.message_number,
        ),
    )
    .where(_inbox.c.state == "unmatched")
    .order_by(_inbox.c.id)
    .limit(BATCH)
)
_GIVE_UP = (
    update(_inbox)
    .where(_inbox.c.state == "unmatched", _inbox.c.received_at < bindparam("before"))
    .values({"state": "failed", "error": NO_SUCH_SEND, "done_at": bindparam("at")})
    .returning(_inbox.c.id)
)


def take(platform: str, text: str, arrived_at: datetime | None = None) -> str:
    """Take in what came from the platform and return the reply's XML, "" for none; runs inside a write.

    What cannot be read is kept as failed; several proofs in one push become a row each. Raises OperationalError.
    """
    try:
        keyed = [(part.key, part) for part in Push(platform, parse(text), text, arrived_at).parts()]
    except UnreadableError as error:
        return _keep_unreadable(platform, text, error.code)
    return "".join(_take(part) for _, part in sorted(keyed, key=lambda one: one[0]))


def _take(push: Push) -> str:
    conn, at = db.session.connection(), now()
    row = _add(conn, push.platform, push.key, push.kind, push.text, at)
    return _stored(conn, push) if row is None else carry_out(conn, row, push, at)


def carry_out(conn: Connection, row: int, push: Push, at: datetime) -> str:
    """Do what a push asks for, and note at its row how that went; return the reply's XML, "" for none."""
    try:
        with db.session.begin_nested():
            done = events.carry_out(conn, push, at)
    except OperationalError:  # busy: nothing is kept, and the platform says it again
        raise
    except UnreadableError as error:
        return _failed(conn, row, error.code, at)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is kept and acknowledged
        return _failed(conn, row, type(error).__name__, at)
    reply = text_reply(push.payload, done.words, at) if done.words else ""
    end(conn, row, "done" if done.matched else "unmatched", at, done=done, reply=_seal(push, reply))
    return reply


def _keep_unreadable(platform: str, text: str, code: str) -> str:
    conn, at = db.session.connection(), now()
    row = _add(conn, platform, text_key(text), "unreadable", text, at)
    return _failed(conn, row, code, at) if row is not None else ""


def _add(conn: Connection, platform: str, key: bytes, kind: str, text: str, at: datetime) -> int | None:
    """Insert the row; None for a duplicate, once whoever was first has committed."""
    text = text.encode("utf-8", "replace").decode()
    sealed = seal_text(text, body_bound(platform, key))
    row = {"platform": platform, "key": key, "kind": kind, "body_sealed": sealed, "state": "received"}
    return conn.execute(_ADD, row | {"received_at": at}).scalar_one_or_none()


def body_bound(platform: str, key: bytes) -> str:
    """Name the row that a push's sealed text is bound to."""
    return f"wechat_inbox.body:{platform}:{key.hex()}"


def _reply_bound(push: Push) -> str:
    return f"wechat_inbox.reply:{push.platform}:{push.key.hex()}"


def _seal(push: Push, reply: str) -> bytes | None:
    return seal_text(reply, _reply_bound(push)) if reply else None


def _stored(conn: Connection, push: Push) -> str:
    sealed = conn.execute(_STORED, {"of": push.platform, "hash": push.key}).scalar_one()
    return unseal_text(sealed, _reply_bound(push)) if sealed else ""


def end(conn: Connection, row: int, state: str, at: datetime, **about: Any) -> None:
    """Write down how a push ended: `about` has what came of it (done), the sealed reply, the error."""
    done: Done = about.get("done") or Done()
    ended = {"state": state, "reply_sealed": about.get("reply"), "message_number": done.number}
    ended |= {"outcome": done.outcome, "error": about.get("error"), "done_at": None if state == "unmatched" else at}
    conn.execute(_END, {"row": row} | {f"new_{name}": value for name, value in ended.items()})


def _failed(conn: Connection, row: int, code: str, at: datetime) -> str:
    end(conn, row, "failed", at, error=code[:LONGEST_ERROR])
    log.error("a push of the platform could not be carried out", extra={"inbox_id": row, "code": code})
    return ""


# --- proofs that came before their send ---------------------------------------------------------------------------


def match(conn: Connection, channel: str, number: int, delivery_id: int) -> bool:
    """Settle a delivery by a proof that came before its number was on record; say whether there was one.

    To be called where the number is recorded, best right after that has committed: a proof that came between the two
    is found by `match_leftovers`. Channels: wechat, subscribe. Runs inside a write.
    """
    at = now()
    found = conn.execute(_MATCH, {"of": PLATFORM_OF[channel], "given": number, "at": at}).all()
    for row in sorted(found):
        events.settle(conn, delivery_id, row.outcome, at)
    return bool(found)


def match_leftovers() -> int:
    """Match what `match` missed, a batch a round, and give up what no send has answered to in a day; for the sweeper.

    Returns how many deliveries and pictures were settled.
    """
    left = db.session.execute(_LEFT).all()
    rollback()
    settled = sum(write(partial(_match_one, row)) for row in left)
    at = now()
    rollback()
    settled += write(partial(picture_check.match_early, at))
    for row in write(partial(_give_up, at)):
        log.error("no send answers to a proof", extra={"inbox_id": row})
    return settled


def _match_one(row: Any) -> bool:
    channel = CHANNEL[row.platform]
    return match(db.session.connection(), channel, row.message_number, row.delivery_id)


def _give_up(at: datetime) -> list[int]:
    conn = db.session.connection()
    return list(conn.execute(_GIVE_UP, {"before": at - PATIENCE, "at": at}).scalars())
