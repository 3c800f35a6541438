"""Finding a verified employer by name or credit code, for the forms that graduates fill in (R-OFF-1, R-OFF-7)."""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from app.models import Employer
from workflows.vocabulary import State

MOST = 10
SHORTEST = 2  # characters of a name; a code is told by four
_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{4,18}")

_employer = Employer.__table__
_VERIFIED = select(
    _employer.c.name,
    _employer.c.credit_code,
    _employer.c.kind_code,
    _employer.c.industry_code,
    _employer.c.region_code,
    _employer.c.address,
).where(_employer.c.state == State.VERIFIED.value)


def plain(typed: str) -> str:
    """Return what was typed as it is looked for: half-width, without blanks at its ends."""
    return unicodedata.normalize("NFKC", typed).strip()


def as_code(typed: str) -> str:
    """Return the beginning of a credit code, or "" for what is none."""
    code = re.sub(r"[\s\-]", "", plain(typed)).upper()
    return code if _CODE.fullmatch(code) else ""


def find(conn: Connection, typed: str) -> list[Row[Any]]:
    """Return at most ten verified employers: by the beginning of the code, or by name, those that begin so first."""
    name, code = plain(typed), as_code(typed)
    if code and (found := _some(conn, _employer.c.credit_code.startswith(code, autoescape=True))):
        return found
    if len(name) < SHORTEST:
        return []
    found = _some(conn, _employer.c.name.startswith(name, autoescape=True))
    if len(found) == MOST:
        return found
    known = {row.credit_code for row in found}
    more = _some(conn, _employer.c.name.contains(name, autoescape=True))
    return (found + [row for row in more if row.credit_code not in known])[:MOST]


def _some(conn: Connection, condition: ColumnElement[bool]) -> list[Row[Any]]:
    query: Select[Any] = _VERIFIED.where(condition).order_by(_employer.c.name, _employer.c.id).limit(MOST)
    return list(conn.execute(query))
