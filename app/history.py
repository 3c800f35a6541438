"""The hash chain of a record's history: append under the record's lock, verify from the first row (R-AUDIT-1)."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, bindparam, insert, select, union, update

from app.crypto import canonical, seal_text, unseal_text
from app.models import Account, Employer, History, HistoryValue, Province, RollRecord, School, Staff
from workflows.case import Actor

RECORDS = {
    "roll_record": RollRecord.__table__,
    "employer": Employer.__table__,
    "school": School.__table__,
    "province": Province.__table__,
    "staff": Staff.__table__,
    "account": Account.__table__,
}

# FOR NO KEY UPDATE: it excludes itself, but not the checks of foreign keys that point here (they would deadlock).
_LOCK = {
    kind: select(t.c.chain_seq, t.c.chain_head, t.c.chain_salt)
    .where(t.c.id == bindparam("record"))
    .with_for_update(key_share=True)
    for kind, t in RECORDS.items()
}
_MOVE = {
    kind: update(t)
    .where(t.c.id == bindparam("record"))
    .values(chain_seq=bindparam("seq"), chain_head=bindparam("head"))
    for kind, t in RECORDS.items()
}
_ADD = insert(History.__table__).inline()
UNSEALABLE = (InvalidTag, LookupError, ValueError)  # moved or altered; an unknown key version; no text
_ADD_VALUE = insert(HistoryValue.__table__)


def row_hash(prev: bytes, row: Mapping[str, Any]) -> bytes:
    """Return SHA-256 over the previous hash and the canonical JSON of the row's content."""
    names = (
        "record_kind",
        "record_id",
        "seq",
        "actor_role",
        "actor_id",
        "subject_kind",
        "subject_id",
        "action",
        "detail",
    )
    content = {name: row[name] for name in names} | {"at": row["at"].astimezone(UTC).isoformat()}
    return hashlib.sha256(prev + canonical(content).encode()).digest()


@dataclass(slots=True)
class Chain:
    """A locked record's chain; rows are collected and written at once."""

    conn: Connection
    kind: str
    record: int
    seq: int
    head: bytes
    salt: bytes
    rows: list[dict[str, Any]] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)

    def commit_to(self, name: str, value: str) -> str:
        """Return the commitment to a value: HMAC under this record's salt."""
        return hmac.digest(self.salt, f"{name}\0{value}".encode(), "sha256").hex()

    def add(
        self,
        at: datetime,
        actor: Actor,
        subject: tuple[str, int],
        action: str,
        detail: Mapping[str, Any],
        personal: Mapping[str, str] | None = None,
    ) -> None:
        """Append a step; `personal` values are sealed apart, and only their commitments stand in the row."""
        personal = personal or {}
        self.seq += 1
        content = dict(detail)
        if personal:
            content["commit"] = {name: self.commit_to(name, value) for name, value in personal.items()}
        row: dict[str, Any] = {
            "record_kind": self.kind,
            "record_id": self.record,
            "seq": self.seq,
            "at": at,
            "actor_role": actor.role.value,
            "actor_id": actor.id,
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "action": action,
            "detail": content,
        }
        row |= {"prev": self.head, "hash": row_hash(self.head, row)}
        self.head = row["hash"]
        self.rows.append(row)
        for name, value in personal.items():
            sealed = seal_text(value, value_bound(self.kind, self.record, self.seq, name))
            key = {"record_kind": self.kind, "record_id": self.record, "seq": self.seq, "field": name}
            self.values.append(key | {"value_sealed": sealed})

    def write(self) -> None:
        """Insert the collected rows and move the record's head."""
        if not self.rows:
            return
        self.conn.execute(_ADD, self.rows)
        if self.values:
            self.conn.execute(_ADD_VALUE, self.values)
        self.conn.execute(_MOVE[self.kind], {"record": self.record, "seq": self.seq, "head": self.head})
        self.rows, self.values = [], []


def value_bound(kind: str, record: int, seq: int, name: str) -> str:
    """Name the row that a sealed history value is bound to."""
    return f"history_value:{kind}:{record}:{seq}:{name}"


def lock(conn: Connection, kind: str, record: int) -> Chain:
    """Lock a record until the end of the transaction and return its chain; raises LookupError when there is none."""
    row = conn.execute(_LOCK[kind], {"record": record}).one_or_none()
    if row is None:
        raise LookupError(kind)
    return Chain(conn, kind, record, row.chain_seq, bytes(row.chain_head), bytes(row.chain_salt))


def verify(conn: Connection) -> Iterator[tuple[str, int, int]]:
    """Yield (record kind, record id, seq) of the first row of every chain that is not what it was (R-AUDIT-1).

    That is a row altered, missing or surplus, or one whose sealed value, where it has not been purged, is not the one
    that the row is committed to. seq is 0 for a chain or sealed values whose record does not exist.
    """
    for kind, table in RECORDS.items():
        for record in conn.execute(select(table.c.id, table.c.chain_seq, table.c.chain_head, table.c.chain_salt)):
            chain = Chain(conn, kind, record.id, record.chain_seq, bytes(record.chain_head), bytes(record.chain_salt))
            broken = first_break(chain)
            if broken is not None:
                yield kind, record.id, broken
    yield from _without_record(conn)


def first_break_of(conn: Connection, kind: str, record: int) -> int | None:
    """Return the seq of the first row of one record's chain that is not what it was, None for an intact one."""
    table = RECORDS[kind]
    salted = select(table.c.chain_seq, table.c.chain_head, table.c.chain_salt).where(table.c.id == record)
    row = conn.execute(salted).one()
    return first_break(Chain(conn, kind, record, row.chain_seq, bytes(row.chain_head), bytes(row.chain_salt)))


_ROWS = (
    select(History.__table__)
    .where(History.record_kind == bindparam("kind"), History.record_id == bindparam("record"))
    .order_by(History.seq)
)
_VALUES = (
    select(HistoryValue.seq, HistoryValue.field, HistoryValue.value_sealed)
    .where(HistoryValue.record_kind == bindparam("kind"), HistoryValue.record_id == bindparam("record"))
    .order_by(HistoryValue.seq)
)


def _without_record(conn: Connection) -> Iterator[tuple[str, int, int]]:
    named = [select(table.record_kind, table.record_id) for table in (History, HistoryValue)]
    chains = {(row.record_kind, row.record_id) for row in conn.execute(union(*named))}
    for kind, table in RECORDS.items():
        chains -= {(kind, record) for record in conn.execute(select(table.c.id)).scalars()}
    for kind, record in sorted(chains):
        yield kind, record, 0


def first_break(chain: Chain) -> int | None:
    """Return the seq of the first row of a chain that is not what it was, None for an intact one (R-AUDIT-1)."""
    prev, expected = bytes(32), 1
    which = {"kind": chain.kind, "record": chain.record}
    values = chain.conn.execute(_VALUES, which).all()
    for row in chain.conn.execute(_ROWS, which).mappings():
        own = [value for value in values if value.seq == expected]
        intact = (
            row["seq"] == expected and bytes(row["prev"]) == prev and bytes(row["hash"]) == row_hash(prev, dict(row))
        )
        if not intact or not all(_as_committed(chain, row["detail"], value) for value in own):
            return expected
        prev, expected = bytes(row["hash"]), expected + 1
    if (expected - 1, prev) != (chain.seq, chain.head):
        return expected
    return next((value.seq for value in values if not 1 <= value.seq < expected), None)


def _as_committed(chain: Chain, detail: Mapping[str, Any], value: Any) -> bool:
    """Say whether a sealed value opens in its place and is what its row is committed to."""
    try:
        text = unseal_text(bytes(value.value_sealed), value_bound(chain.kind, chain.record, value.seq, value.field))
    except UNSEALABLE:
        return False
    committed = str(detail.get("commit", {}).get(value.field, ""))
    return hmac.compare_digest(chain.commit_to(value.field, text), committed)
