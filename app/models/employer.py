"""Employers, their signing officers, the transfers that verify an account, warning marks, searches for graduates."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Chained, Public, UtcDateTime

_ACTING = text("state = 'approved'")
_LIVE = text("lifted_at IS NULL")


class Employer(Public, Chained, db.Model):
    """A registered employer; only `verified` ones may invite (R-EMP-1). Address and contact prefill the invitation.

    `proof` says how the organisation was checked: licence, transfer or imported. `reason` is why it is suspended.
    """

    __tablename__ = "employer"

    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    kind_code: Mapped[str] = mapped_column(String(4))
    industry_code: Mapped[str] = mapped_column(String(4))
    region_code: Mapped[str] = mapped_column(String(6))
    address: Mapped[str] = mapped_column(String(200))
    contact_name: Mapped[str] = mapped_column(String(60))
    contact_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # phone, mobile and e-mail as sealed JSON
    state: Mapped[str] = mapped_column(String(12), default="pending")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    proof: Mapped[str | None] = mapped_column(String(12))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class EmployerUser(Public, db.Model):
    """A person who acts, or asks to act, for an employer: the named, authorised signing officer (网签负责人).

    `state` is that of the letter of authorisation; at most one letter of an employer is approved (R-EMP-3).
    `form_sealed` is what was typed about the organisation (where it is not verified yet) and about the person.
    """

    __tablename__ = "employer_user"
    __table_args__ = (
        Index(
            "uq_employer_user_acting",
            "employer_id",
            unique=True,
            postgresql_where=_ACTING,
            sqlite_where=_ACTING,
        ),
        Index("ix_employer_user_waiting", "state", "submitted_at"),
    )

    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    state: Mapped[str] = mapped_column(String(12), default="approved", server_default="approved")
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    form_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None] = mapped_column(BigId)
    reason: Mapped[str | None] = mapped_column(Text)


class BankCheck(Public, db.Model):
    """A small transfer to an employer's account, of a random amount it has to name (R-EMP-1); `tries` were wrong.

    It proves what the officer who asked for it says, and nobody else's registration of the same employer. `reason` is
    why the operator could not make it.
    """

    __tablename__ = "bank_check"

    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("employer_user.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    bank: Mapped[str] = mapped_column(String(80))
    account_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    amount_sealed: Mapped[bytes] = mapped_column(LargeBinary)  # fen, 1 to 99
    tries: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class WarningMark(Public, db.Model):
    """A school's mark on an employer, registered or not (R-WARN-1); lifted marks are kept.

    `live_key` is school, credit code and kind while the mark stands, and unique: nobody marks twice for the same.
    """

    __tablename__ = "warning_mark"
    __table_args__ = (
        Index("ix_warning_mark_live", "credit_code", postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index("ix_warning_mark_school", "school_id", "marked_at", "id"),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    credit_code: Mapped[str] = mapped_column(String(18))
    employer_name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    live_key: Mapped[str | None] = mapped_column(String(60), unique=True)
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    marked_by: Mapped[int] = mapped_column(BigId)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[int | None] = mapped_column(BigId)
    lift_reason: Mapped[str | None] = mapped_column(Text)


class GraduateSearch(db.Model):
    """A search for a graduate: a hit is shown to the graduate, misses lock the employer for the day (R-ON-1)."""

    __tablename__ = "graduate_search"
    __table_args__ = (Index("ix_graduate_search_misses", "employer_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    employer_user_id: Mapped[int] = mapped_column(BigId)
    roll_record_id: Mapped[int | None] = mapped_column(ForeignKey("roll_record.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
