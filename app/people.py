"""Adding accounts, roll records and employers: sealed columns, blind indexes and the link between person and roll."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import counting, printable, shown_roll
from app.crypto import keyring, seal_json, seal_text, unseal_json
from app.extensions import db
from app.joining import join
from app.models import Account, Employer, Enrolment, RollRecord, School
from app.models.types import new_public_id
from workflows.identity import clean_id_number, clean_name, same_name

log = logging.getLogger(__name__)
NEAR = 50  # records looked at to say which key of a mismatch failed


def blind_id(kind: str, number: str) -> bytes:
    """Return the blind index of an identity number; kinds do not mix."""
    return keyring().blind(f"id_number:{kind}", number)


def blind_phone(phone: str) -> bytes:
    """Return the blind index of a phone number."""
    return keyring().blind("phone", phone)


def blind_email(email: str) -> bytes:
    """Return the blind index of an e-mail address; case does not count."""
    return keyring().blind("email", email.lower())


def add_account(
    name: str,
    id_kind: str,
    id_number: str,
    phone: str,
    email: str | None,
    password_hash: str,
    enrolments: Iterable[tuple[str, str]],
    at: datetime,
) -> Account:
    """Add a person's account; `enrolments` are (school code, degree level code).

    Raises IdentityError, UnprintableTextError (R-PDF-1).
    """
    printable.require(姓名=name, 电子邮箱=email or "")
    number, public_id = clean_id_number(id_kind, id_number), new_public_id()
    account = Account(
        public_id=public_id,
        name=clean_name(name),
        id_kind=id_kind,
        id_number_sealed=seal_text(number, f"account.id_number:{public_id}"),
        id_number_blind=blind_id(id_kind, number),
        phone_sealed=seal_text(phone, f"account.phone:{public_id}"),
        phone_blind=blind_phone(phone),
        email_sealed=seal_text(email, f"account.email:{public_id}") if email else None,
        email_blind=blind_email(email) if email else None,
        password_hash=password_hash,
        created_at=at,
    )
    db.session.add(account)
    db.session.flush()
    pairs = dict.fromkeys(enrolments)
    for code, level in pairs:
        db.session.add(Enrolment(account_id=account.id, school_code=code, degree_level_code=level))
    db.session.flush()
    return account


def add_roll_record(id_kind: str, id_number: str, values: Mapping[str, Any]) -> RollRecord:
    """Add a graduate to a school's roll; `values` are the plain columns (R-ROLL-1).

    Raises IdentityError, UnprintableTextError (R-PDF-1).
    """
    printable.require(姓名=values["name"], 专业=values["major"])
    number, public_id = clean_id_number(id_kind, id_number), new_public_id()
    columns = dict(values) | {"name": clean_name(values["name"])}
    record = RollRecord(
        public_id=public_id,
        id_kind=id_kind,
        id_number_sealed=seal_text(number, f"roll_record.id_number:{public_id}"),
        id_number_blind=blind_id(id_kind, number),
        **columns,
    )
    record.shown_hash = shown_roll.shown_hash({name: getattr(record, name) for name in shown_roll.SHOWN})
    db.session.add(record)
    counting.arrived(db.session.connection(), [columns])
    return record


def unlinked(account: Account) -> list[RollRecord]:
    """Return the roll records that are this person's and belong to no account yet (R-GRAD-1).

    Name, identity number, school and degree level must all agree with the person's enrolment.
    """
    enrolled = {
        (row.school_code, row.degree_level_code)
        for row in db.session.execute(select(Enrolment).where(Enrolment.account_id == account.id)).scalars()
    }
    free = (
        select(RollRecord, School.code)
        .join(School, School.id == RollRecord.school_id)
        .where(RollRecord.id_number_blind == account.id_number_blind, RollRecord.account_id.is_(None))
        .order_by(RollRecord.id)
    )
    return [
        record
        for record, school_code in db.session.execute(free)
        if (school_code, record.degree_level_code) in enrolled and same_name(record.name, account.name)
    ]


def link(account: Account) -> int:
    """Join an account to the roll records that are this person's, and return how many are new (R-GRAD-1)."""
    joined = sum(join(record, account) for record in unlinked(account))
    if joined:
        log.info("account joined to the roll", extra={"account": account.public_id, "records": joined})
    return joined


def mismatch(account: Account) -> list[str]:
    """Name the keys by which a person fails on every roll, never the roll's values (R-GRAD-1).

    The keys are 姓名 身份证号 毕业院校 学历层次; of several records that come near, the nearest decides. The
    person's own, of other cohorts, are no near miss (R-GRAD-2).
    """
    enrolled = [
        (row.school_code, row.degree_level_code)
        for row in db.session.execute(select(Enrolment).where(Enrolment.account_id == account.id)).scalars()
    ]
    schools, levels = {code for code, _ in enrolled}, {level for _, level in enrolled}
    near = select(RollRecord, School.code).join(School, School.id == RollRecord.school_id).limit(NEAR)
    same_number = near.where(RollRecord.id_number_blind == account.id_number_blind)
    at_school = RollRecord.school_id.in_(select(School.id).where(School.code.in_(schools)))
    namesake = near.where(at_school, RollRecord.name == account.name, RollRecord.account_id.is_(None))
    found = {record: code for nearby in (same_number, namesake) for record, code in db.session.execute(nearby)}
    failing = [
        [
            *(["姓名"] if not same_name(record.name, account.name) else []),
            *(["身份证号"] if record.id_number_blind != account.id_number_blind else []),
            *(["毕业院校"] if code not in schools else []),
            *(["学历层次"] if not _level_agrees(code, record.degree_level_code, enrolled, levels) else []),
        ]
        for record, code in found.items()
        if record.account_id != account.id
    ]
    return min(failing, key=len, default=["姓名", "身份证号"])


def _level_agrees(code: str, level: str, enrolled: list[tuple[str, str]], levels: set[str]) -> bool:
    """Compare the degree level at the same school, or anywhere when the school itself does not agree."""
    at_school = {enrolled_level for school, enrolled_level in enrolled if school == code}
    return level in (at_school or levels)


def add_employer(values: Mapping[str, Any], contact: Mapping[str, str]) -> Employer:
    """Add an employer; `contact` has mobile, phone and email, which are sealed."""
    public_id = new_public_id()
    sealed = seal_json(dict(contact), f"employer.contact:{public_id}")
    employer = Employer(public_id=public_id, contact_sealed=sealed, **values)
    db.session.add(employer)
    return employer


def employer_contact(employer: Employer) -> dict[str, str]:
    """Return an employer's mobile, phone and email."""
    contact: dict[str, str] = unseal_json(employer.contact_sealed, f"employer.contact:{employer.public_id}")
    return contact
