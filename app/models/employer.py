"""Employers, their users, and the searches they made for graduates."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Chained, Public, UtcDateTime


class Employer(Public, Chained, db.Model):
    """A registered employer; only `verified` ones may invite (R-EMP-1). Address and contact prefill the invitation."""

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


class EmployerUser(Public, db.Model):
    """A person who acts for an employer: the named, authorised signing officer (网签负责人)."""

    __tablename__ = "employer_user"

    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class GraduateSearch(db.Model):
    """A search for a graduate: a hit is shown to the graduate, misses lock the employer for the day (R-ON-1)."""

    __tablename__ = "graduate_search"
    __table_args__ = (Index("ix_graduate_search_misses", "employer_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    employer_user_id: Mapped[int] = mapped_column(BigId)
    roll_record_id: Mapped[int | None] = mapped_column(ForeignKey("roll_record.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
