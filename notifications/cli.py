"""Commands for the dead letters: `flask outbox dead`, `flask outbox replay ID`."""

import json

import click
from flask.cli import AppGroup

from notifications import outbox

outbox_commands = AppGroup("outbox", help="What leaves the process after a commit: the dead letters.")


@outbox_commands.command("dead")
def dead() -> None:
    """Print the dead letters, one JSON object a line."""
    for row in outbox.dead():
        shown = {"id": row.id, "event": row.event, "attempts": row.attempts, "error": row.error}
        click.echo(json.dumps(shown | {"created_at": row.created_at.isoformat()}))


@outbox_commands.command("replay")
@click.argument("row", metavar="ID", type=int)
def replay(row: int) -> None:
    """Make a dead letter due again; exit status 1 when there is no such dead letter."""
    if not outbox.replay(row):
        raise click.ClickException(f"no dead letter {row}")
    click.echo(f"{row} is due again")
