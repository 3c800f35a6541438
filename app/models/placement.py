"""The one table of all four channels, with its terms, its snapshot and its document (architecture.md §4)."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import BigId, Public, UtcDateTime
from workflows.vocabulary import HOLDING, OPEN_TO_EMPLOYER, STATES, Kind, State


def any_of(states_by_kind: Mapping[Kind, tuple[State, ...]]) -> str:
    """Return the SQL condition that `kind` and `state` are one of these pairs."""
    parts = []
    for kind, states in states_by_kind.items():
        listed = ", ".join(f"'{state.value}'" for state in states)
        parts.append(f"(kind = '{kind.value}' AND state IN ({listed}))")
    return " OR ".join(parts)


_HOLDS = any_of({kind: tuple(sorted(states)) for kind, states in HOLDING.items()})
_OPEN = any_of({Kind.ONLINE: tuple(sorted(OPEN_TO_EMPLOYER))})


class Placement(Public, db.Model):
    """A placement of any kind; an invitation is a placement (online, invited).

    `live_key` is the roll record's id while the placement holds the slot, else NULL, and unique (R-GRAD-5); `open_key`
    does the same for “one open invitation per employer and graduate” (R-ON-4). `version` grows with every step.
    `credit_code` is that of the terms, `type_code` the type of a destination; `reviewed_by` the staff member who
    decided the last step; `online_known`: the graduate went on although the employer could sign online (R-OFF-7);
    `uploaded_by` the side whose stamped image was handed in (R-OFF-5); `verifiable_until` when the graduate lets the
    verification of the agreement end (R-VER-1).
    """

    __tablename__ = "placement"
    __table_args__ = (
        CheckConstraint(any_of(STATES), name="kind_state"),
        CheckConstraint(
            f"(({_HOLDS}) AND live_key IS NOT NULL AND live_key = roll_record_id)"
            f" OR (NOT ({_HOLDS}) AND live_key IS NULL)",
            name="live_key",
        ),
        CheckConstraint(
            f"(({_OPEN}) AND open_key IS NOT NULL) OR (NOT ({_OPEN}) AND open_key IS NULL)", name="open_key"
        ),
        Index("ix_placement_employer_id_created_at", "employer_id", "created_at"),
        Index("ix_placement_review", "school_id", "state", "review_step"),
        Index("ix_placement_due", "state", "deadline_at"),
        Index("ix_placement_list", "school_id", "id"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(20))
    roll_record_id: Mapped[int] = mapped_column(ForeignKey("roll_record.id"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    cohort: Mapped[int] = mapped_column(Integer)
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    credit_code: Mapped[str | None] = mapped_column(String(18), index=True)
    type_code: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    live_key: Mapped[int | None] = mapped_column(BigId, unique=True)
    open_key: Mapped[str | None] = mapped_column(String(44), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    terms_version: Mapped[int] = mapped_column(Integer, default=0)
    agreement_kind: Mapped[str | None] = mapped_column(String(12))
    deadline_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_path: Mapped[str] = mapped_column(String(40), default="")
    review_step: Mapped[str | None] = mapped_column(String(12))
    rejected_by: Mapped[str | None] = mapped_column(String(12))
    withdrawn_by: Mapped[str | None] = mapped_column(String(12))
    reviewed_by: Mapped[int | None] = mapped_column(BigId)
    online_known: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    reason: Mapped[str | None] = mapped_column(Text)
    agreement_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    uploaded_by: Mapped[str | None] = mapped_column(String(12))
    verifiable_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PlacementTerms(db.Model):
    """The terms of a placement from one version on: a sealed JSON document and its keyed digest (R-INV-1)."""

    __tablename__ = "placement_terms"

    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PlacementSnapshot(db.Model):
    """Graduate, employer, school and terms as they were at acceptance: what the agreement prints (R-INV-1)."""

    __tablename__ = "placement_snapshot"

    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AgreementCounter(db.Model):
    """The day's sequence per school and kind (R-PDF-2)."""

    __tablename__ = "agreement_counter"

    school_code: Mapped[str] = mapped_column(String(5), primary_key=True)
    kind_digit: Mapped[str] = mapped_column(String(1), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class Document(Public, db.Model):
    """An agreement document: its verification code exists from approval on, its file when the worker has made it.

    `body_sha256` is the unsealed file, reproducible from the facts; `file_sha256` the sealed one, handed out (P5).
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("placement_id", "version"),)

    placement_id: Mapped[int] = mapped_column(ForeignKey("placement.id"))
    version: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    number: Mapped[str] = mapped_column(String(20), index=True)
    clauses_version: Mapped[str] = mapped_column(String(20))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    body_sha256: Mapped[str | None] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size: Mapped[int | None] = mapped_column(Integer)
    stored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Verification(db.Model):
    """One look at an agreement's public page; shown to the graduate (R-QR-1, R-VER-1)."""

    __tablename__ = "verification"
    __table_args__ = (
        Index("ix_verification_document_id_at", "document_id", "at"),
        Index("ix_verification_visitor_at", "visitor", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    kind: Mapped[str] = mapped_column(String(12))  # open, compare, upload
    outcome: Mapped[str] = mapped_column(String(16))
    visitor: Mapped[bytes] = mapped_column(LargeBinary(16))  # keyed hash of the address, changes daily
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
