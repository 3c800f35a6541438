"""Registrations of where the archive and the household go (R-TRF-1)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime
from workflows.vocabulary import OPEN_TRANSFER, STATES_OF, Module, Subject


def _listed(values: object) -> str:
    return ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]


_OPEN = _listed(sorted(OPEN_TRANSFER))


class Transfer(Public, db.Model):
    """An archive or household transfer of one graduate.

    `open_key` (kind:roll record) is unique among those under review, `live_key` among those in force. `placement_id` is
    the placement it was prefilled from; it stays when that placement ends. The sealed body holds type, address,
    receiving body, contact, phone, postcode; `remote_at` is when the employment management system last changed it.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_listed((Module.ARCHIVE, Module.HOUSEHOLD))})", name="kind"),
        CheckConstraint(f"state IN ({_listed(STATES_OF[Subject.TRANSFER])})", name="state"),
        CheckConstraint(
            f"(state IN ({_OPEN}) AND open_key IS NOT NULL) OR (state NOT IN ({_OPEN}) AND open_key IS NULL)",
            name="open_key",
        ),
        CheckConstraint(
            "(state = 'approved' AND live_key IS NOT NULL) OR (state <> 'approved' AND live_key IS NULL)",
            name="live_key",
        ),
        Index("ix_transfer_review", "school_id", "kind", "state", "review_step"),
        Index("ix_transfer_list", "school_id", "kind", "id"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(20))
    roll_record_id: Mapped[int] = mapped_column(ForeignKey("roll_record.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    cohort: Mapped[int] = mapped_column(Integer)
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placement.id"))
    open_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    live_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    type_code: Mapped[str | None] = mapped_column(String(40))
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
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    remote_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
