"""Imports of rolls from files: how far each is and what came of it (R-ROLL-1)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime


class RollImport(Public, db.Model):
    """One file that a school's staff member handed in. Stages: waiting, reading, done, refused.

    `file_sha256` names the stored file, which is sealed, until the import has ended. `total` and `read` count lines of
    the file; `faults` are the first ones as line, column and sentence, `faulty` is how many lines have one. `problem`
    says why the whole file was refused.
    """

    __tablename__ = "roll_import"
    __table_args__ = (Index("ix_roll_import_school_id_id", "school_id", "id"),)

    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    staff_id: Mapped[int] = mapped_column(BigId)
    cohort: Mapped[int] = mapped_column(Integer)
    file_name: Mapped[str] = mapped_column(String(120))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    stage: Mapped[str] = mapped_column(String(8), default="waiting")
    total: Mapped[int] = mapped_column(Integer, default=0)
    read: Mapped[int] = mapped_column(Integer, default=0)
    added: Mapped[int] = mapped_column(Integer, default=0)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    unchanged: Mapped[int] = mapped_column(Integer, default=0)
    faulty: Mapped[int] = mapped_column(Integer, default=0)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    departments: Mapped[list[str]] = mapped_column(JSON, default=list)
    ignored: Mapped[list[str]] = mapped_column(JSON, default=list)
    problem: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
