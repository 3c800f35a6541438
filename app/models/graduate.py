"""Graduates: the person's account, its enrolments, and the record on a school's roll."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Chained, Public, UtcDateTime


class Account(Public, Chained, db.Model):
    """A person's 学信网-style account. Sealed columns are bound to `public_id`; blind indexes find them."""

    __tablename__ = "account"

    name: Mapped[str] = mapped_column(String(120))
    id_kind: Mapped[str] = mapped_column(String(20))
    id_number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_blind: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    phone_blind: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_blind: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Enrolment(db.Model):
    """What 学信网 knows of a person's studies: compared with the school's roll at the first sign-in (R-GRAD-1)."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("account_id", "school_code", "degree_level_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    school_code: Mapped[str] = mapped_column(String(5))
    degree_level_code: Mapped[str] = mapped_column(String(10))


class GraduateSnapshot(db.Model):
    """What the roll said of the graduate when a record without an agreement of ours was handed in last (R-GRAD-10)."""

    __tablename__ = "graduate_snapshot"

    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    record_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RollRecord(Public, Chained, db.Model):
    """A graduate on a school's roll for one cohort: the record that every action on the graduate locks (R-ROLL-1).

    `shown_hash` is the hash of what the graduate sees; `confirmed_hash` the one that was confirmed (R-GRAD-1).
    `paper_state` is where the graduate's paper agreement is (R-SCH-4).
    """

    __tablename__ = "roll_record"
    __table_args__ = (
        UniqueConstraint("school_id", "cohort", "student_number"),
        Index("ix_roll_record_department_id_cohort", "department_id", "cohort"),
        Index("ix_roll_record_school_id_name", "school_id", "name"),
        # Found by its beginning, in any collation.
        Index(
            "ix_roll_record_student_number",
            "student_number",
            postgresql_ops={"student_number": "varchar_pattern_ops"},
        ),
    )

    state: Mapped[str] = mapped_column(String(12), default="on_roll")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))
    cohort: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(120))
    id_kind: Mapped[str] = mapped_column(String(20))
    id_number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_blind: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    gender_code: Mapped[str] = mapped_column(String(2))
    ethnic_code: Mapped[str] = mapped_column(String(4))
    political_code: Mapped[str] = mapped_column(String(4))
    education_code: Mapped[str] = mapped_column(String(4))
    degree_level_code: Mapped[str] = mapped_column(String(10))
    training_mode: Mapped[str] = mapped_column(String(2))
    major: Mapped[str] = mapped_column(String(80))
    student_number: Mapped[str] = mapped_column(String(30))
    exam_number: Mapped[str] = mapped_column(String(20), default="")
    duration_years: Mapped[str] = mapped_column(String(4), default="")
    entered_on: Mapped[date | None] = mapped_column(Date)
    graduates_on: Mapped[date | None] = mapped_column(Date)
    origin_region: Mapped[str] = mapped_column(String(6), default="")
    archive_moved: Mapped[bool | None] = mapped_column(Boolean)
    household_moved: Mapped[bool | None] = mapped_column(Boolean)
    shown_hash: Mapped[str] = mapped_column(String(64), default="")
    confirmed_hash: Mapped[str] = mapped_column(String(64), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=0)
    paper_state: Mapped[str] = mapped_column(String(8), default="none", server_default="none")
