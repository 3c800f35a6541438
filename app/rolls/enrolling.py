"""Many graduates put on the roll at once: rows, their histories and their chains in three statements (R-ROLL-1)."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update

from app import counting, people, shown_roll
from app.clock import now
from app.crypto import seal_text
from app.extensions import db
from app.history import row_hash
from app.models import History, RollRecord
from app.models.types import new_public_id
from workflows.case import Actor
from workflows.history_lines import ENROL
from workflows.vocabulary import State

_roll = RollRecord.__table__
_ADD = insert(_roll).returning(_roll.c.id, _roll.c.public_id)
_ADD_HISTORY = insert(History.__table__).inline()
_MOVE = (
    update(_roll)
    .where(_roll.c.id == bindparam("record"))
    .values(chain_seq=bindparam("seq"), chain_head=bindparam("head"))
)
_EMPTY = bytes(32)


def enrol(actor: Actor, graduates: list[dict[str, Any]]) -> dict[str, int]:
    """Add records, each with the columns of the roll, id_kind and a cleaned id_number; return ids by public id."""
    if not graduates:
        return {}
    conn, at = db.session.connection(), now()
    rows = [_row(dict(graduate)) for graduate in graduates]
    ids = {added.public_id: added.id for added in conn.execute(_ADD, rows)}
    first = [_first_step(record, actor, at) for record in ids.values()]
    conn.execute(_ADD_HISTORY, first)
    counting.arrived(conn, rows)
    conn.execute(_MOVE, [{"record": step["record_id"], "seq": 1, "head": step["hash"]} for step in first])
    return ids


def _row(columns: dict[str, Any]) -> dict[str, Any]:
    number, public_id = columns.pop("id_number"), new_public_id()
    columns |= {
        "public_id": public_id,
        "state": State.ON_ROLL.value,
        "id_number_sealed": seal_text(number, f"roll_record.id_number:{public_id}"),
        "id_number_blind": people.blind_id(columns["id_kind"], number),
        "confirmed_hash": "",
        "version": 0,
        "chain_seq": 0,
        "chain_head": _EMPTY,
        "chain_salt": secrets.token_bytes(16),
    }
    return columns | {"shown_hash": shown_roll.shown_hash(columns)}


def _first_step(record: int, actor: Actor, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "record_kind": "roll_record",
        "record_id": record,
        "seq": 1,
        "at": at,
        "actor_role": actor.role.value,
        "actor_id": actor.id,
        "subject_kind": "roll_record",
        "subject_id": record,
        "action": ENROL,
        "detail": {},
        "prev": _EMPTY,
    }
    return row | {"hash": row_hash(_EMPTY, row)}
