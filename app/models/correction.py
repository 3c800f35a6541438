"""Changes that staff made to a graduate's records, shown old → new, to accept or to dispute (R-DIFF-1)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime
from workflows.vocabulary import STATES_OF, Subject

_STATES = ", ".join(f"'{state.value}'" for state in STATES_OF[Subject.CORRECTION])


class Correction(Public, db.Model):
    """One change by staff: in force from the moment it was made. The sealed body holds the fields, old and new.

    `subject` and `subject_id` name the record that was changed; `reason` is the staff member's, `dispute` the
    graduate's, `answer` the school's to the dispute.
    """

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_correction_subject", "subject", "subject_id"),
        Index("ix_correction_open", "school_id", "state"),
    )

    state: Mapped[str] = mapped_column(String(20))
    roll_record_id: Mapped[int] = mapped_column(ForeignKey("roll_record.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int] = mapped_column(BigId)
    subject_version: Mapped[int] = mapped_column(Integer)
    made_by_role: Mapped[str] = mapped_column(String(12))
    made_by: Mapped[int] = mapped_column(BigId)
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    body_digest: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    dispute: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
