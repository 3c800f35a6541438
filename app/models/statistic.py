"""Summary rows of the statistics, and the deltas that wait to be folded into them (R-STAT-1)."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, UtcDateTime


class Counted:
    """How many graduates of one place count as one thing (`measure`); "" and 0 where a place is not so fine."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cohort: Mapped[int] = mapped_column(Integer)
    province_code: Mapped[str] = mapped_column(String(6), default="")
    school_id: Mapped[int] = mapped_column(BigId, default=0)
    department_id: Mapped[int] = mapped_column(BigId, default=0)
    major: Mapped[str] = mapped_column(String(80), default="")
    measure: Mapped[str] = mapped_column(String(60))
    amount: Mapped[int] = mapped_column(BigInteger)


class Statistic(Counted, db.Model):
    """A sum: `level` is nation, province, school, department or major."""

    __tablename__ = "statistic"

    __table_args__ = (
        UniqueConstraint(
            "cohort",
            "level",
            "province_code",
            "measure",
            "school_id",
            "department_id",
            "major",
            name="uq_statistic_place",
        ),
        Index("ix_statistic_school", "cohort", "level", "school_id"),
    )

    level: Mapped[str] = mapped_column(String(12))


class StatisticDelta(Counted, db.Model):
    """A change that is not yet in the sums: written with what caused it, so that no sum is a hot row."""

    __tablename__ = "statistic_delta"

    at: Mapped[datetime] = mapped_column(UtcDateTime)
