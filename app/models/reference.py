"""Reference rows: regions, code tables and versioned legal texts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.models.types import UtcDateTime


class Region(db.Model):
    """A region of GB/T 2260: level 1 province, 2 prefecture, 3 county."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[int]
    parent_code: Mapped[str | None] = mapped_column(String(6), index=True)


class CodeEntry(db.Model):
    """One entry of a code table; `confirmed` is false where the code is known by pattern only."""

    __tablename__ = "code_entry"

    table: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)
    valid_from: Mapped[str] = mapped_column(String(10), default="")
    valid_to: Mapped[str] = mapped_column(String(10), default="")
    confirmed: Mapped[bool] = mapped_column(Boolean, default=True)
    extra: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class LegalText(db.Model):
    """A text that people agree to, by kind and version: clauses, declaration, notices (R-BTN-2, R-ON-6, R-PDF-1)."""

    __tablename__ = "legal_text"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    remark: Mapped[str] = mapped_column(Text, default="")
