"""What the operator keeps for destinations: minimum wages and national codes; rows are added, never changed."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, UtcDateTime


class MinimumWage(db.Model):
    """The minimum wage of a province, fen a month, from a day until the next one (R-DEST-4).

    Of two rows for one day the later holds. `set_by` is the operator's id, None for a figure that came with the
    product; `confirmed` is false until somebody has compared it with the province's announcement.
    """

    __tablename__ = "minimum_wage"
    __table_args__ = (Index("ix_minimum_wage_province", "province_code", "valid_from"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    province_code: Mapped[str] = mapped_column(String(6))
    fen: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date] = mapped_column(Date)
    confirmed: Mapped[bool] = mapped_column(Boolean)
    set_by: Mapped[int | None] = mapped_column(BigId)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DestinationCode(db.Model):
    """The national code of a destination form between two days, where it is not the catalogue's own (R-DEST-1).

    Days are inclusive, `valid_to` None is open; of two rows for one day the later holds.
    """

    __tablename__ = "destination_code"
    __table_args__ = (Index("ix_destination_code_form", "form", "valid_from"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    form: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(60))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    confirmed: Mapped[bool] = mapped_column(Boolean)
    set_by: Mapped[int] = mapped_column(BigId)
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
