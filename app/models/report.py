"""Reports to the employment management system, and how far its own changes have been taken in (R-SYNC-1)."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import Public, UtcDateTime


class Report(Public, db.Model):
    """What a line of the far side is to hold from `changed_at` on; written in the transaction of the change.

    `line` is school code/student number/cohort/kind as the far side counts it. States: waiting, sent, refused (the far
    side would not have it: the graduate's line stands still); taken (it came from there, `sequence` is NULL), unmatched
    (came from there and fits nothing here). `sealed` is status and content, `mark` their keyed digest. `letters` counts
    the outbox rows made for it, `tries` the tries that came to nothing.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("line", "sequence"),
        Index("ix_report_roll_record_id_state", "roll_record_id", "state"),
        Index("ix_report_state", "state"),
    )

    roll_record_id: Mapped[int | None] = mapped_column(ForeignKey("roll_record.id"))
    kind: Mapped[str] = mapped_column(String(12))
    line: Mapped[str] = mapped_column(String(60))
    sequence: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    mark: Mapped[str] = mapped_column(String(64))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    letters: Mapped[int] = mapped_column(Integer, default=0)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(String(60))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReportFeed(db.Model):
    """How far a feed of the far side has been read; `next_at` lets one worker at a time read it."""

    __tablename__ = "report_feed"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
