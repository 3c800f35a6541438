"""Accounts of 新职业网 from a file: every wrong line is named, importing twice changes nothing (R-EMP-2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.low_level import Type
from sqlalchemy import select

from app import codes, employer_registration
from app.extensions import db
from app.models import EmployerUser
from app.rolls.tables import TableError, open_table
from app.writing import write
from workflows.case import Refused
from workflows.employer_form import ACCOUNT, OFFICER, ORGANISATION
from workflows.form_fields import Field

FIELDS: tuple[Field, ...] = (*ORGANISATION, OFFICER[0], *ACCOUNT)
PASSWORD = "密码散列"  # noqa: S105 - the heading of a column
HEADINGS = (*(f.label for f in FIELDS), PASSWORD)
HEAVIEST = 64 * 1024  # KiB that checking one password may take


@dataclass(slots=True)
class Outcome:
    """What an import came to: accounts added, accounts that were there already, (line, sentence) of each wrong line."""

    added: int = 0
    present: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)


def carry_out(content: bytes) -> Outcome:
    """Import a CSV or XLSX file, a transaction for each line; raises TableError for what is no table of accounts."""
    table = open_table(content, HEADINGS)
    if missing := [heading for heading in HEADINGS if heading not in table.headings]:
        raise TableError(f"缺少列：{'、'.join(missing)}。")
    outcome = Outcome()
    for number, cells in table.lines:
        raw = {f.name: "" if cell is None else str(cell).strip() for f, cell in zip(FIELDS, cells, strict=False)}
        _line(outcome, number, raw, str(cells[-1] or "").strip())
    return outcome


def _line(outcome: Outcome, number: int, raw: dict[str, str], password_hash: str) -> None:
    coded = raw | {f.name: _code(f, raw[f.name]) for f in FIELDS if f.table}
    cleaned = employer_registration.clean(coded, FIELDS)
    faults = [*cleaned.errors.values(), *_password_faults(password_hash)]
    if not faults and _present(cleaned.values):
        outcome.present += 1
        return
    faults = faults or list(_taken(cleaned.values))
    try:
        if not faults:
            write(partial(employer_registration.import_account, cleaned.values, password_hash))
            outcome.added += 1
    except Refused as refused:
        faults = [refused.refusal.message]
    outcome.errors += [(number, fault) for fault in faults]


def _code(f: Field, typed: str) -> str:
    """Return the code of what was typed, which may be the code itself or its word."""
    return next((code for code, word in codes.table(f.table).items() if word == typed), typed)


def _password_faults(password_hash: str) -> Iterator[str]:
    try:
        parameters = extract_parameters(password_hash)
    except InvalidHashError:
        yield f"{PASSWORD}不是 argon2id 格式。"
        return
    if parameters.type != Type.ID or parameters.memory_cost > HEAVIEST:
        yield f"{PASSWORD}不是 argon2id 格式，或所需内存超过 64 MiB。"


def _present(values: dict[str, Any]) -> bool:
    """Say whether this very account is there already, whatever has become of it."""
    employer = employer_registration.find(values["credit_code"])
    wanted = select(EmployerUser.id).where(EmployerUser.username == values["username"])
    return employer is not None and bool(
        db.session.execute(wanted.where(EmployerUser.employer_id == employer.id)).first()
    )


def _taken(values: dict[str, Any]) -> Iterator[str]:
    if employer_registration.find(values["credit_code"]):
        yield "该统一社会信用代码已在平台注册，未导入。"
    if employer_registration.username_taken(values["username"]):
        yield "该用户名已被使用，未导入。"
