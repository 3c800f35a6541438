"""Alembic's environment: runs the migrations on the application's own database."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

database = current_app.extensions["migrate"].db


class DanglingError(RuntimeError):
    """A migration would have left rows that refer to nothing; everything was rolled back."""


def _foreign_keys(connection: Connection, on: bool) -> None:
    """Switch SQLite's foreign keys outside any transaction: a table that others refer to could not be copied else."""
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def _refuse_dangling(connection: Connection) -> None:
    """Raise DanglingError where a row refers to nothing; asked while the foreign keys are off."""
    if connection.dialect.name == "sqlite" and (found := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise DanglingError(f"rows of {sorted({row[0] for row in found})} refer to nothing")


def run() -> None:
    """Run the migrations in one transaction (SQLite alters tables by copying them)."""
    with database.engine.connect().execution_options(immediate=True) as connection:
        _foreign_keys(connection, on=False)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            _refuse_dangling(connection)
        connection.commit()
        _foreign_keys(connection, on=True)


run()
