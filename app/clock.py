"""The one clock: the database's time, plus an offset that production refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.extensions import db
from app.models.types import UtcDateTime


class database_clock(FunctionElement[datetime]):  # noqa: N801 - reads like an SQL function
    """The database's clock at the moment the row is read, not the start of the transaction."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(database_clock)
def _postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return "clock_timestamp()"


@compiles(database_clock, "sqlite")
def _sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f', 'now')"


def shifted(moment: datetime) -> datetime:
    """Add the configured offset to a moment read from the database."""
    offset = float(current_app.config["CLOCK_OFFSET_SECONDS"])
    return moment + timedelta(seconds=offset) if offset else moment


_NOW = select(database_clock())


def now() -> datetime:
    """Return the database's time, aware UTC."""
    return shifted(db.session.execute(_NOW).scalar_one())


def wall() -> datetime:
    """Return this machine's time, aware UTC: for logs and caches, never for a rule."""
    return datetime.now(UTC)
