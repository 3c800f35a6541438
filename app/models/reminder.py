"""Reminders that have been given, so that nobody is reminded twice of the same thing."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, UtcDateTime


class Reminder(db.Model):
    """One reminder: of what (`kind`), about which row, and for which occasion: a mark and its deadline, or a day."""

    __tablename__ = "reminder"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    record_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    occasion: Mapped[str] = mapped_column(String(50), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
