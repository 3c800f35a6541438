"""Provinces, schools, their departments and their settings."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Chained, Public, UtcDateTime


class Province(Chained, db.Model):
    """A province as a tenant of the platform."""

    __tablename__ = "province"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    name: Mapped[str] = mapped_column(String(60))


class ProvinceModule(db.Model):
    """A module that a province has opened; the row is never removed (R-PROV-1)."""

    __tablename__ = "province_module"

    province_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    module: Mapped[str] = mapped_column(String(20), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[int] = mapped_column(BigId)


class AgreementChoice(db.Model):
    """Which agreement a province uses from a cohort on (R-PROV-2)."""

    __tablename__ = "agreement_choice"

    province_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    from_cohort: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(12))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FunctionSuspension(db.Model):
    """A function that the operator has suspended, in a province or everywhere (province code ""; R-PROV-3)."""

    __tablename__ = "function_suspension"

    function: Mapped[str] = mapped_column(String(12), primary_key=True)
    province_code: Mapped[str] = mapped_column(String(6), primary_key=True, default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    by_staff: Mapped[int] = mapped_column(BigId)
    reason: Mapped[str] = mapped_column(Text, default="")


class School(Public, Chained, db.Model):
    """A school: from the Ministry's list, with the settings it completed itself (R-SCH-1, R-SCH-2, R-ON-6).

    With `sms_fallback` whoever WeChat does not reach gets a text message (R-MSG-2).
    """

    __tablename__ = "school"

    code: Mapped[str] = mapped_column(String(5), unique=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    province_code: Mapped[str] = mapped_column(String(6), index=True)
    city: Mapped[str] = mapped_column(String(40), default="")
    authority: Mapped[str] = mapped_column(String(60), default="")
    contact: Mapped[str] = mapped_column(String(40), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(6), default="")
    department_review: Mapped[bool] = mapped_column(Boolean, default=False)
    binding_notice: Mapped[bool] = mapped_column(Boolean, default=False)
    sms_fallback: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    settings_completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    archive_completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    household_completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer, default=0)


class SchoolFunction(db.Model):
    """Switch, opening and closing time and notice of one function of a school for one cohort (R-SCH-3)."""

    __tablename__ = "school_function"

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), primary_key=True)
    function: Mapped[str] = mapped_column(String(12), primary_key=True)
    cohort: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notice: Mapped[str] = mapped_column(Text, default="")


class Department(Public, db.Model):
    """A department (院系) of a school."""

    __tablename__ = "department"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(String(80))
