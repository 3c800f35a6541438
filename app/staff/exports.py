"""导出: a list as a file, at once or from a worker, and the files that are ready (R-VIEW-1)."""

from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from app import access, auth, spreadsheet
from app.clock import now
from app.errors import STATUS, NotFound
from app.extensions import db
from app.lists import exports
from app.lists.definitions import LISTS
from app.models import ListExport
from app.staff import blueprint, listing
from app.writing import rollback, write
from workflows.calendar import say
from workflows.case import Actor, Refusal, Refused
from workflows.vocabulary import Level, Role

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
SHOWN = 20
STAGE = {"waiting": "正在生成", "done": "可以下载", "refused": "未生成：账号没有相应权限"}


@blueprint.post("/lists/<module>/<name>/export")
@access.policy("staff", *SEERS, level=Level.READ, module=None)
def list_export(module: str, name: str) -> Any:
    """Hand out a list as it is narrowed; a long one is made by a worker. One in full has a purpose, on record."""
    wanted_list = LISTS.get(name)
    if wanted_list is None or wanted_list.module != module:
        raise NotFound
    actor, wanted, at = access.actor(), listing.wanted(wanted_list), now()
    rollback()  # reading must not hold the transaction that every write begins with
    rows, purpose = exports.length(wanted_list, actor, wanted, at), (request.form.get("purpose") or "").strip()
    order = exports.Order(wanted_list, wanted, full="full" in request.form)
    rollback()
    if order.full and (refusal := exports.refuse_full(actor, purpose)):
        return _refused(refusal)
    if rows > exports.AT_ONCE:
        return _left_to_a_worker(actor, order, rows, purpose)
    if order.full:
        write(lambda: exports.note_full(actor, order, rows, purpose))
    return spreadsheet.answer(f"{wanted_list.title} {at:%Y%m%d}", [exports.sheet(order, actor, at)])


def _left_to_a_worker(actor: Actor, order: exports.Order, rows: int, purpose: str) -> Any:
    def work() -> None:
        exports.ask(actor, order, rows)
        if order.full:
            exports.note_full(actor, order, rows, purpose)

    try:
        write(work)
    except Refused as refused:
        flash(f"{refused.refusal.message}{refused.refusal.next}", "danger")
    else:
        flash(f"共 {rows} 条记录，正在生成文件，完成后可在本页下载。", "success")
    return redirect(url_for("staff.list_exports"), 303)


def _refused(refusal: Refusal) -> Any:
    flash(f"{refusal.message}{refusal.next}", "danger")
    return _files(), STATUS[refusal.code]


@blueprint.get("/exports")
@access.policy("staff", *SEERS)
def list_exports() -> Any:
    """Show the caller's latest files."""
    return _files()


def _files() -> str:
    mine = select(ListExport).where(access.scope(access.actor(), ListExport)).order_by(ListExport.id.desc())
    rows = db.session.execute(mine.limit(SHOWN)).scalars().all()
    titles = {name: one.title for name, one in LISTS.items()}
    return render_template("staff/exports.html", rows=rows, titles=titles, stage=STAGE, say=say)


@blueprint.get("/exports/<public_id>")
@access.policy("staff", *SEERS)
def list_export_file(public_id: str) -> Any:
    """Hand out a file that is ready, to whoever asked for it and may still read the list."""
    row: ListExport = access.load(ListExport, public_id, access.actor())
    wanted_list = LISTS[row.listing]
    if row.stage != "done" or auth.level_in(wanted_list.module) < (Level.WRITE if row.full else Level.READ):
        raise NotFound
    named = quote(f"{wanted_list.title} {row.created_at:%Y%m%d}.xlsx")
    kept = {"Content-Disposition": f"attachment; filename*=UTF-8''{named}", "Cache-Control": "no-store"}
    return Response(exports.content(row), mimetype=spreadsheet.XLSX, headers=kept)
