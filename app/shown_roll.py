"""What a graduate sees of the roll and confirms: the fields in their order, and their hash (R-GRAD-1)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app import codes
from app.crypto import digest, unseal_text
from app.models import RollRecord

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


def _yes_no(value: bool | None) -> str:
    return "--" if value is None else "是" if value else "否"


def shown_fields(roll: Any, school: str, department: str, phone: str, email: str) -> list[tuple[str, str]]:
    """Return what the confirmation page shows, as (label, value), empty as “--” (R-GRAD-1)."""
    number = unseal_text(roll.id_number_sealed, f"roll_record.id_number:{roll.public_id}")
    pairs = [
        ("姓名", roll.name),
        ("性别", codes.label("genders", roll.gender_code).removesuffix("性")),
        ("民族", codes.label("ethnic_groups", roll.ethnic_code)),
        ("身份证号", number),
        ("政治面貌", codes.label("political_status", roll.political_code)),
        ("毕业院校", school),
        ("学历", codes.label("education", roll.education_code)),
        ("层次", codes.label("degree_levels", roll.degree_level_code)),
        ("考生号", roll.exam_number),
        ("培养方式", codes.label("training_modes", roll.training_mode)),
        ("生源所在地", codes.region_name(roll.origin_region)),
        ("入学时间", roll.entered_on.isoformat() if roll.entered_on else ""),
        ("毕业时间", roll.graduates_on.isoformat() if roll.graduates_on else ""),
        ("学号", roll.student_number),
        ("院系", department),
        ("专业", roll.major),
        ("学制", f"{roll.duration_years}年" if roll.duration_years else ""),
        ("档案是否转入学校", _yes_no(roll.archive_moved)),
        ("户口是否转入学校", _yes_no(roll.household_moved)),
        ("电子邮箱", email),
        ("手机号码", phone),
    ]
    return [(label, value or "--") for label, value in pairs]
