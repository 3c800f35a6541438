"""Column types and mixins shared by the models."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

BigId = BigInteger().with_variant(Integer, "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn what the database gives into an aware UTC moment."""
        if value is None:
            return None
        if isinstance(value, str):  # SQLite's own functions answer with text
            value = datetime.fromisoformat(value)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_public_id() -> str:
    """Return an opaque id for addresses: 80 random bits, 20 characters."""
    return secrets.token_hex(10)


class Public:
    """A row that has an address: internal number and opaque public id."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20), unique=True, default=new_public_id)


class Chained:
    """A record whose history is a hash chain: how long it is, its head, and the salt of its commitments (R-AUDIT-1)."""

    chain_seq: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    chain_head: Mapped[bytes] = mapped_column(LargeBinary(32), default=bytes(32))
    chain_salt: Mapped[bytes] = mapped_column(LargeBinary(16), default=lambda: secrets.token_bytes(16))
