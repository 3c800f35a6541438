"""Files of lists that are too long to be made while somebody waits (R-VIEW-1)."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import Public, UtcDateTime


class ListExport(Public, db.Model):
    """A list that a staff member asked for as a file. Stages: waiting, done, refused.

    `listing` names the list, `wanted` what it was narrowed by; `full`: people are named in full, which stands in the
    asker's history with its purpose. `file_sha256` is the stored file, which is sealed.
    """

    __tablename__ = "list_export"
    __table_args__ = (Index("ix_list_export_staff_id_id", "staff_id", "id"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    listing: Mapped[str] = mapped_column(String(20))
    wanted: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    full: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    stage: Mapped[str] = mapped_column(String(8), default="waiting")
    rows: Mapped[int] = mapped_column(Integer, default=0)
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
