"""Commands for reports to the employment management system: `flask report list`, `flask report reconcile`."""

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.extensions import db
from app.models import Outbox, Report
from app.reports import UNSENT
from notifications import employment_system, reconcile, report_feed
from notifications.outbox import FailedError
from workflows.vocabulary import Event

report_commands = AppGroup("report", help="Reports to the employment management system.")

_OPEN = select(Report.__table__).where(Report.state.in_((*UNSENT, "unmatched"))).order_by(Report.id)


def _outbox_row(report: Any) -> Any:
    key = f"{Event.REPORT_DUE.value}:{report.public_id}:{report.letters}"
    return db.session.execute(select(Outbox.id, Outbox.state).where(Outbox.key == key)).one_or_none()


@report_commands.command("list")
def list_open() -> None:
    """Print what has not been stored over there, and what came from there and fits nothing, one JSON object a line.

    `outbox_id` with state dead stands in the dead letters: `flask outbox replay ID` sends it again.
    """
    for report in db.session.execute(_OPEN).all():
        row = _outbox_row(report)
        shown = {name: getattr(report, name) for name in ("id", "line", "sequence", "state", "tries", "error")}
        shown |= {"created_at": report.created_at.isoformat()}
        shown |= {"outbox_id": row.id, "outbox_state": row.state} if row else {}
        click.echo(json.dumps(shown, ensure_ascii=False))


@report_commands.command("reconcile")
@click.option("--mend", is_flag=True, help="send again in order what differs, or take over what is newer there")
@click.option("--cohort", type=int, help="one graduation year (default: all)")
def compare(mend: bool, cohort: int | None) -> None:
    """Compare both sides; print each difference; exit status 1 when one is left as it is."""
    left = 0
    try:
        if not employment_system.current().connected:
            raise click.ClickException("EMPLOYMENT_SYSTEM_URL is not set")
        report_feed.read_changes()
        for found in reconcile.differences(cohort):
            mended = mend and reconcile.mend(found)
            left += not mended
            shown = {"line": found.line, "problem": found.problem, "fields": list(found.fields), "mended": mended}
            click.echo(json.dumps(shown, ensure_ascii=False))
    except FailedError as error:
        raise click.ClickException(f"the employment management system does not answer: {error.code}") from None
    click.echo("both sides agree" if not left else f"{left} differences are left")
    sys.exit(1 if left else 0)
