"""Commands of the application itself: `flask reference`, `flask demo`, `flask history`."""

import json
import sys
from typing import IO, Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import counting, employer_import, history, recounting, reference_rows
from app.extensions import db
from app.rolls.commands import roll
from app.rolls.tables import TableError
from app.writing import write

reference = AppGroup("reference", help="Code tables, schools, legal texts.")
demo = AppGroup("demo", help="Made-up people and employers, never in production.")
chain = AppGroup("history", help="The hash-chained history.")
statistics = AppGroup("statistics", help="Sums over graduates and their recount.")
employers = AppGroup("employers", help="Accounts of employers.")


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


@click.command("steps")
@click.argument("commands", nargs=-1, required=True)
@click.pass_context
def steps(context: click.Context, commands: tuple[str, ...]) -> None:
    """Run several commands one after the other in one process: `flask steps "db upgrade" "reference load"`."""
    flask = context.find_root()
    for words in commands:
        flask.command.main(words.split(), obj=flask.obj, standalone_mode=False)
        db.session.remove()


@chain.command("verify")
def verify_history() -> None:
    """Check every chain; name the first altered row of each broken one; exit status 1 if there is any (R-AUDIT-1)."""
    broken = list(history.verify(db.session.connection()))
    for kind, record, seq in broken:
        click.echo(f"broken: {kind} {record} at {seq}")
    click.echo("history is intact" if not broken else f"{len(broken)} broken chains")
    sys.exit(1 if broken else 0)


@employers.command("import")
@click.argument("file", type=click.File("rb"))
def import_employers(file: IO[bytes]) -> None:
    """Import accounts of 新职业网 (CSV or XLSX); name every wrong line; exit status 1 if there is any (R-EMP-2)."""
    try:
        outcome = employer_import.carry_out(file.read())
    except TableError as error:
        raise click.ClickException(str(error)) from None
    for number, sentence in outcome.errors:
        click.echo(f"第 {number} 行：{sentence}")
    click.echo(f"新增 {outcome.added}，已有 {outcome.present}，错误 {len({line for line, _ in outcome.errors})} 行")
    sys.exit(1 if outcome.errors else 0)


@statistics.command("recount")
@click.option("--mend", is_flag=True, help="Correct what is wrong.")
def recount(mend: bool) -> None:
    """Compare every figure with a recount of everybody; exit status 1 if any is wrong and not mended (R-STAT-1)."""
    wrong = write(lambda: recounting.mend(db.session.connection())) if mend else _wrong_figures()
    for key, have, true in wrong:
        click.echo(f"{' '.join(str(part) or '-' for part in key)}: {have}, should be {true}")
    click.echo("the statistics are right" if not wrong else f"{len(wrong)} wrong figures{', mended' if mend else ''}")
    sys.exit(1 if wrong and not mend else 0)


def _wrong_figures() -> list[tuple[tuple[Any, ...], int, int]]:
    db.session.rollback()
    return recounting.differences(db.session.connection())


@statistics.command("fold")
def fold() -> None:
    """Move the waiting deltas into the sums now; the sweeper does it every second."""
    folded = 0
    while taken := write(counting.fold):
        folded += taken
    click.echo(f"folded {folded}")


def install(app: Flask) -> None:
    """Register the commands."""
    for command in (reference, demo, chain, statistics, employers, roll, steps):
        app.cli.add_command(command)
