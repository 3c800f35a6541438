"""What a graduate sees of the roll and confirms: the fields in their order, and their hash (R-GRAD-1)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app import codes
from app.agreement_fields import EMPTY
from app.crypto import digest, unseal_text
from app.extensions import db
from app.models import Department, RollRecord

_roll = RollRecord.__table__

# Columns whose change asks for a new confirmation. Phone and e-mail belong to the account and are not among them.
SHOWN = (
    "name",
    "gender_code",
    "ethnic_code",
    "id_kind",
    "id_number_blind",
    "political_code",
    "school_id",
    "education_code",
    "degree_level_code",
    "exam_number",
    "training_mode",
    "origin_region",
    "entered_on",
    "graduates_on",
    "student_number",
    "department_id",
    "major",
    "duration_years",
    "archive_moved",
    "household_moved",
)
Words = Callable[[Any], str]


def _coded(table: str) -> Words:
    return lambda code: codes.label(table, code)


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def _department(department: int) -> str:
    return db.session.get_one(Department, department).name


# What the graduate sees, in the order of the page: column, label, and the column's value in words. The number is
# unsealed, and phone and e-mail are read, by who shows them.
FIELDS: dict[str, tuple[str, Words]] = {
    "name": ("姓名", _plain),
    "gender_code": ("性别", lambda code: codes.label("genders", code).removesuffix("性")),
    "ethnic_code": ("民族", _coded("ethnic_groups")),
    "id_number": ("身份证号", _plain),
    "political_code": ("政治面貌", _coded("political_status")),
    "school": ("毕业院校", _plain),
    "education_code": ("学历", _coded("education")),
    "degree_level_code": ("层次", _coded("degree_levels")),
    "exam_number": ("考生号", _plain),
    "training_mode": ("培养方式", _coded("training_modes")),
    "origin_region": ("生源所在地", codes.region_name),
    "entered_on": ("入学时间", _plain),
    "graduates_on": ("毕业时间", _plain),
    "student_number": ("学号", _plain),
    "department_id": ("院系", _department),
    "major": ("专业", _plain),
    "duration_years": ("学制", lambda years: f"{years}年" if years else ""),
    "archive_moved": ("档案是否转入学校", _yes_no),
    "household_moved": ("户口是否转入学校", _yes_no),
    "email": ("电子邮箱", _plain),
    "phone": ("手机号码", _plain),
}
_READ = select(*(_roll.c[name] for name in SHOWN)).where(_roll.c.id == bindparam("row"))
_SET = update(_roll).where(_roll.c.id == bindparam("row")).values(shown_hash=bindparam("hash"))


def shown_hash(values: dict[str, Any]) -> str:
    """Return the hash of what the graduate sees, from roll columns."""
    plain = {name: value.hex() if isinstance(value := values.get(name), bytes) else value for name in SHOWN}
    return digest("roll.shown", {name: value if value is None else str(value) for name, value in plain.items()})


def refresh_shown_hash(conn: Connection, roll_id: int) -> None:
    """Compute the hash anew after the roll has changed."""
    values = dict(conn.execute(_READ, {"row": roll_id}).one()._mapping)
    conn.execute(_SET, {"row": roll_id, "hash": shown_hash(values)})


def differing(conn: Connection, roll_id: int, wanted: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the columns of `wanted` that the roll has otherwise, as it has them and as they are wanted."""
    if not wanted:
        return {}, {}
    now = conn.execute(select(*(_roll.c[name] for name in wanted)).where(_roll.c.id == roll_id)).one()._mapping
    new = {name: value for name, value in wanted.items() if now[name] != value}
    return {name: now[name] for name in new}, new


def old_and_new(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of an edit as the history seals them: “name:old” and “name:new”; numbers sealed already not."""
    sides = (("old", before), ("new", after))
    return {
        f"{name}:{side}": "" if value is None else str(value)
        for side, values in sides
        for name, value in values.items()
        if not isinstance(value, bytes)
    }


def shown_fields(roll: Any, school: str, department: str, phone: str, email: str) -> list[tuple[str, str]]:
    """Return what the confirmation page shows, as (label, value), empty as “--” (R-GRAD-1)."""
    number = unseal_text(roll.id_number_sealed, f"roll_record.id_number:{roll.public_id}")
    elsewhere = {"id_number": number, "school": school, "department_id": department, "email": email, "phone": phone}
    return [
        (label, (elsewhere[name] if name in elsewhere else words(getattr(roll, name))) or EMPTY)
        for name, (label, words) in FIELDS.items()
    ]
