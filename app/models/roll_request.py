"""Requests of graduates to be put on a roll, or to have it corrected (R-GRAD-2)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime
from workflows.vocabulary import STATES_OF, Subject

_STATES = ", ".join(f"'{state.value}'" for state in STATES_OF[Subject.ROLL_REQUEST])


class RollRequest(Public, db.Model):
    """信息导入 or 信息更新: what a person asks a school to write on its roll.

    `open_key` (kind:account) is unique while it is open. `roll_record_id` is the record to be corrected, or the one
    that the granted import put on the roll. The sealed body holds what was asked for, by column, and a note.
    """

    __tablename__ = "roll_request"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("kind IN ('import', 'update')", name="kind"),
        CheckConstraint(
            "(state = 'asked' AND open_key IS NOT NULL) OR (state <> 'asked' AND open_key IS NULL)", name="open_key"
        ),
        Index("ix_roll_request_school_id_state_id", "school_id", "state", "id"),
    )

    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    cohort: Mapped[int] = mapped_column(Integer)
    roll_record_id: Mapped[int | None] = mapped_column(ForeignKey("roll_record.id"))
    open_key: Mapped[str | None] = mapped_column(String(40), unique=True)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    body_digest: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer, default=1)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
