"""The command `flask roll import`: a school's file, on behalf of one of its own staff, carried out on the spot."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.extensions import db
from app.models import RollImport, Staff
from app.rolls import importing, receiving
from app.writing import rollback, write
from workflows.case import Actor, Refused
from workflows.vocabulary import Level, Role

roll = AppGroup("roll", help="Rolls of schools.")
LARGEST = 100 * 1024 * 1024


@roll.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "username", required=True, help="User name of the school's staff member, who must have 读写.")
@click.option("--cohort", type=int, required=True, help="Graduation year.")
def import_roll(file: Path, username: str, cohort: int) -> None:
    """Import a roll from FILE (.xlsx or .csv); faults go to standard output, exit status 1 if there are any."""
    if file.stat().st_size > LARGEST:
        raise click.ClickException("the file is larger than 100 MB")
    staff = db.session.execute(select(Staff).where(Staff.username == username, Staff.active)).scalar_one_or_none()
    if staff is None or staff.role != Role.SCHOOL:
        raise click.ClickException(f"{username} is no school's account")
    actor = Actor(Role.SCHOOL, staff.id, school_id=staff.school_id, level=Level(staff.placement_level))
    rollback()
    try:
        run_id = write(lambda: receiving.put_down(actor, cohort, file.name, file.read_bytes()).id)
    except Refused as refused:
        raise click.ClickException(refused.refusal.message + refused.refusal.next) from None
    importing.carry_out(run_id, lambda: None)
    sys.exit(_report(db.session.get_one(RollImport, run_id, populate_existing=True)))


def _report(run: RollImport) -> int:
    for fault in run.faults:
        click.echo(f"第 {fault['line']} 行 {fault['column']}：{fault['what']}")
    if run.departments:
        click.echo(f"新建立的院系：{'、'.join(run.departments)}")
    if run.problem:
        click.echo(run.problem)
    click.echo(f"新增 {run.added}，更新 {run.changed}，未变 {run.unchanged}，有误 {run.faulty}")
    return 1 if run.problem or run.faulty else 0
