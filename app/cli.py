"""Commands of the application itself: `flask reference`, `flask demo`, `flask history`."""

import json
import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import history, reference_rows
from app.extensions import db

reference = AppGroup("reference", help="Code tables, schools, legal texts.")
demo = AppGroup("demo", help="Made-up people and employers, never in production.")
chain = AppGroup("history", help="The hash-chained history.")


@reference.command("load")
def load_reference() -> None:
    """Load the reference files; may be repeated."""
    for name, count in reference_rows.load().items():
        click.echo(f"{name}: +{count}")


def _refuse_in_production() -> None:
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("demo data is refused in production")


@demo.command("load")
def load_demo() -> None:
    """Load the demo province, schools, graduates, employers and staff; may be repeated."""
    _refuse_in_production()
    from app.demo import loader

    click.echo(json.dumps(loader.load()))


@demo.command("accounts")
def demo_accounts() -> None:
    """Print the demo accounts as JSON lines."""
    _refuse_in_production()
    from app.demo import cast

    for account in cast.accounts():
        click.echo(json.dumps(account, ensure_ascii=False))


@chain.command("verify")
def verify_history() -> None:
    """Check every chain; name the first altered row of each broken one; exit status 1 if there is any (R-AUDIT-1)."""
    broken = list(history.verify(db.session.connection()))
    for kind, record, seq in broken:
        click.echo(f"broken: {kind} {record} at {seq}")
    click.echo("history is intact" if not broken else f"{len(broken)} broken chains")
    sys.exit(1 if broken else 0)


def install(app: Flask) -> None:
    """Register the commands."""
    for group in (reference, demo, chain):
        app.cli.add_command(group)
