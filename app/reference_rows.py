"""Loads the reference files into the database; loading again changes only what has changed."""

import hashlib
import json
from datetime import date, datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from app import codes
from app.clock import now
from app.crypto import canonical
from app.extensions import db
from app.models import CodeEntry, LegalText, MinimumWage, Province, Region, School
from app.reference import TABLES, rows

OWN_ROWS = {"regions", "schools", "minimum_wages"}  # tables that are more than codes and labels
PLAIN = {"code", "label", "valid_from", "valid_to", "confirmed"}


def _regions() -> int:
    known = set(db.session.execute(select(Region.code)).scalars())
    new = [row for row in rows("regions") if row["code"] not in known]
    db.session.add_all(
        Region(code=r["code"], name=r["label"], level=int(r["level"]), parent_code=r["parent_code"] or None)
        for r in new
    )
    return len(new)


def _provinces() -> int:
    known = set(db.session.execute(select(Province.code)).scalars())
    new = [row for row in rows("regions") if row["level"] == "1" and row["code"] not in known]
    db.session.add_all(Province(code=row["code"], name=row["label"]) for row in new)
    return len(new)


def _schools() -> int:
    known = {school.code: school for school in db.session.execute(select(School)).scalars()}
    for row in rows("schools"):
        school = known.get(row["code"]) or School(code=row["code"])
        school.name, school.province_code = row["label"], row["province_code"]
        school.city, school.authority = row["city"], row["competent_department"]
        db.session.add(school)
    return len(rows("schools")) - len(known)


def _codes() -> int:
    known = {(entry.table, entry.code): entry for entry in db.session.execute(select(CodeEntry)).scalars()}
    count = 0
    for table in TABLES.keys() - OWN_ROWS:
        for position, row in enumerate(rows(table)):
            if (table, row["code"]) not in known:
                count += 1
                db.session.add(_code(table, position, row))
    return count


def _code(table: str, position: int, row: dict[str, str]) -> CodeEntry:
    return CodeEntry(
        table=table,
        code=row["code"],
        label=row["label"],
        position=position,
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        confirmed=row["confirmed"] == "yes",
        extra={name: value for name, value in row.items() if name not in PLAIN},
    )


def _minimum_wages(at: datetime) -> int:
    known = set(db.session.execute(select(MinimumWage.province_code, MinimumWage.valid_from)).tuples())
    count = 0
    for row in rows("minimum_wages"):
        valid_from = date.fromisoformat(row["valid_from"])
        if (row["code"], valid_from) not in known:
            count += 1
            fen, confirmed = int(row["monthly_yuan"]) * 100, row["confirmed"] == "yes"
            wage = {"province_code": row["code"], "fen": fen, "valid_from": valid_from, "confirmed": confirmed}
            db.session.add(MinimumWage(**wage, set_at=at))
    return count


def _texts() -> dict[str, dict[str, Any]]:
    notices = json.loads((files("app.reference") / "notices.json").read_text(encoding="utf-8"))
    clauses = json.loads((files("app.reference") / "clauses.json").read_text(encoding="utf-8"))
    for kind in ("two_party", "three_party"):
        notices[f"clauses.{kind}"] = {"version": clauses["version"], **clauses[kind]}
    return dict(notices)


def _legal_texts(at: datetime) -> int:
    count = 0
    for kind, text in _texts().items():
        body = {name: value for name, value in text.items() if name != "version"}
        if db.session.get(LegalText, (kind, text["version"])) is None:
            sha = hashlib.sha256(canonical(body).encode()).hexdigest()
            db.session.add(LegalText(kind=kind, version=text["version"], body=body, sha256=sha, published_at=at))
            count += 1
    return count


def load() -> dict[str, int]:
    """Load every table; return how many rows each gained. Entries that the operator has changed stay as they are."""
    counts = {
        "regions": _regions(),
        "provinces": _provinces(),
        "schools": _schools(),
        "codes": _codes(),
        "legal_texts": _legal_texts(now()),
        "minimum_wages": _minimum_wages(now()),
    }
    db.session.commit()
    codes.forget()
    return counts
