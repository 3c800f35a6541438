"""The history as the auditor reads it: every row, one chain with its proof; nothing is written (R-AUDIT-1)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from app import history, masking
from app.crypto import unseal_text
from app.errors import NotFound
from app.extensions import db
from app.models import Account, Employer, History, HistoryValue, Province, RollRecord, School, Staff
from workflows.calendar import beijing_midnight
from workflows.vocabulary import STAFF, Role

SIZE = 20
_DIGITS = re.compile(r"\d[\d\- ]{4,}[\dXx]")  # a number somebody wrote into a reason is nobody's business here


@dataclass(frozen=True, slots=True)
class Chained:
    """A kind of record with a chain: its model, what names it in an address, what it is called without giving away."""

    model: type[Any]
    key: Any
    title: Callable[[Any], str]


def _by_name(row: Any) -> str:
    return str(row.name)


def _by_masked_name(row: Any) -> str:
    return masking.name(row.name)


CHAINS: dict[str, Chained] = {
    "roll_record": Chained(RollRecord, RollRecord.public_id, lambda row: f"{masking.name(row.name)} {row.cohort}届"),
    "employer": Chained(Employer, Employer.public_id, _by_name),
    "school": Chained(School, School.code, _by_name),
    "province": Chained(Province, Province.code, _by_name),
    "staff": Chained(Staff, Staff.public_id, _by_masked_name),
    "account": Chained(Account, Account.public_id, _by_masked_name),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed by; "" and None for everything. `record` is what names it in an address."""

    kind: str = ""
    action: str = ""
    role: str = ""
    record: str = ""
    first: date | None = None
    last: date | None = None


def rows(wanted: Wanted, before: int | None) -> tuple[list[Row[Any]], int | None]:
    """Return a page of history rows, the newest first, and the id to go on from, None at the end: one statement."""
    query: Select[Any] = select(History.__table__)
    for column, value in (
        (History.record_kind, wanted.kind),
        (History.action, wanted.action),
        (History.actor_role, wanted.role),
    ):
        query = query.where(column == value) if value else query
    if wanted.record:
        found = [(kind, row.id) for kind in CHAINS if (row := find(kind, wanted.record)) is not None]
        kind, record = found[0] if found else ("", 0)
        query = query.where(History.record_kind == kind, History.record_id == record)
    if wanted.first:
        query = query.where(History.at >= beijing_midnight(wanted.first))
    if wanted.last:
        query = query.where(History.at < beijing_midnight(wanted.last + timedelta(days=1)))
    if before:
        query = query.where(History.id < before)
    found_rows = list(db.session.execute(query.order_by(History.id.desc()).limit(SIZE + 1)))
    return found_rows[:SIZE], found_rows[SIZE - 1].id if len(found_rows) > SIZE else None


def find(kind: str, key: str) -> Any | None:
    """Return the record that an address names."""
    chained = CHAINS[kind]
    return db.session.execute(select(chained.model).where(chained.key == key)).scalar_one_or_none()


def titles(found: list[Row[Any]]) -> dict[tuple[str, int], tuple[str, str]]:
    """Return (key, title) of the records of some rows: a statement for each kind."""
    named: dict[tuple[str, int], tuple[str, str]] = {}
    for kind, chained in CHAINS.items():
        ids = {row.record_id for row in found if row.record_kind == kind}
        if ids:
            for record in db.session.execute(select(chained.model).where(chained.model.id.in_(ids))).scalars():
                named[kind, record.id] = (str(getattr(record, chained.key.key)), chained.title(record))
    return named


def staff_names(found: list[Row[Any]]) -> dict[int, str]:
    """Return the masked names of the staff who acted."""
    ids = {row.actor_id for row in found if Role(row.actor_role) in STAFF}
    names = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {row.id: masking.name(row.name) for row in names}


_CHAIN = (
    select(History.__table__)
    .where(History.record_kind == bindparam("kind"), History.record_id == bindparam("record"))
    .order_by(History.seq)
)
_VALUES = select(HistoryValue.__table__).where(
    HistoryValue.record_kind == bindparam("kind"), HistoryValue.record_id == bindparam("record")
)


def chain(kind: str, key: str) -> tuple[Any, list[Row[Any]], int | None]:
    """Return a record, its whole chain and the seq of the first row that is not what it was (None: intact).

    Raises NotFound for a record that does not exist.
    """
    if kind not in CHAINS or (record := find(kind, key)) is None:
        raise NotFound
    conn = db.session.connection()
    found = list(conn.execute(_CHAIN, {"kind": kind, "record": record.id}))
    return record, found, history.first_break_of(conn, kind, record.id)


def reasons(kind: str, record: int) -> dict[int, str]:
    """Return why each step was taken, by seq, numbers masked; one that does not open is left out: the chain says so."""
    told = {}
    for row in db.session.execute(_VALUES, {"kind": kind, "record": record}):
        if row.field == "reason":
            try:
                text = unseal_text(bytes(row.value_sealed), history.value_bound(kind, record, row.seq, "reason"))
            except history.UNSEALABLE:
                continue
            told[row.seq] = _DIGITS.sub(lambda found: masking.phone(found[0]), text)
    return told
