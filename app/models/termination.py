"""Requests to end an agreement, online or offline, and what became of them (R-TO-1…4, R-TOFF-1…4)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.placement import any_of
from app.models.types import BigId, Public, UtcDateTime
from workflows.vocabulary import OPEN_TERMINATION, TERMINATION_STATES

_OPEN = ", ".join(f"'{state.value}'" for state in sorted(OPEN_TERMINATION))


class Termination(Public, db.Model):
    """One request to end one placement. `open_key` is the placement's id while the request is open, and unique.

    `kind` is the placement's; `asked_by` the role that asked; `mark` says how it ended where not by mutual consent.
    The sealed body holds what was written: reason, explanation, how it was checked with the employer.
    """

    __tablename__ = "termination"
    __table_args__ = (
        CheckConstraint(any_of(TERMINATION_STATES), name="kind_state"),
        CheckConstraint(
            f"(state IN ({_OPEN}) AND open_key IS NOT NULL AND open_key = placement_id)"
            f" OR (state NOT IN ({_OPEN}) AND open_key IS NULL)",
            name="open_key",
        ),
        Index("ix_termination_review", "school_id", "state", "review_step"),
        Index("ix_termination_list", "school_id", "id"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(20))
    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), index=True)
    roll_record_id: Mapped[int] = mapped_column(ForeignKey("roll_record.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    open_key: Mapped[int | None] = mapped_column(BigId, unique=True)
    asked_by: Mapped[str] = mapped_column(String(12))
    reason_code: Mapped[str | None] = mapped_column(String(20))
    mark: Mapped[str | None] = mapped_column(String(12))
    agreement_kind: Mapped[str | None] = mapped_column(String(12))
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    body_digest: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, default=1)
    review_path: Mapped[str] = mapped_column(String(40), default="")
    review_step: Mapped[str | None] = mapped_column(String(12))
    reviewed_by: Mapped[int | None] = mapped_column(BigId)
    rejected_by: Mapped[str | None] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
