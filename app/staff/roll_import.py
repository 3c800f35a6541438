"""导入名单: a school's file is taken in, a worker reads it, and the page shows how far it is (R-ROLL-1)."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_wtf.file import FileField
from sqlalchemy import select
from wtforms import SelectField

from app import access
from app.errors import STATUS, ApiError
from app.extensions import db
from app.incoming import Part, takes_files
from app.models import RollImport
from app.rolls import receiving, template
from app.staff import blueprint, cases
from app.staff.forms import Form
from app.staff.tenant import tenant
from app.writing import rollback, write
from workflows.calendar import say
from workflows.case import Refusal, Refused
from workflows.roll_file import NOT_TAKEN
from workflows.vocabulary import Code, Level, Role

SHOWN = 20
STAGE = {"waiting": "等待处理", "reading": "正在导入", "done": "导入完成", "refused": "未导入"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportForm(Form):
    """The file and the cohort that it is for."""

    cohort = SelectField("届别", coerce=int)
    file = FileField("名单文件")


def _form(**values: Any) -> ImportForm:
    form = ImportForm(**values)
    form.cohort.choices = [(year, f"{year}届") for year in range(tenant().cohort + 1, tenant().cohort - 5, -1)]
    return form


def _page(form: ImportForm | None = None, refusal: Refusal | None = None) -> tuple[str, int]:
    form = form or _form(formdata=None, data={"cohort": tenant().cohort})
    if refusal:
        form.blame(refusal.fields)
    mine = select(RollImport).where(access.scope(access.actor(), RollImport)).order_by(RollImport.id.desc())
    runs = db.session.execute(mine.limit(SHOWN)).scalars().all()
    page = render_template(
        "staff/roll_import.html",
        form=form,
        runs=runs,
        stage=STAGE,
        not_taken=NOT_TAKEN,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
    )
    return page, STATUS[refusal.code] if refusal else 200


@blueprint.get("/roll/import")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def roll_import() -> Any:
    """Show the form and the latest imports."""
    return _page()


@blueprint.get("/roll/import/template")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def roll_import_template() -> Any:
    """Hand out the empty table."""
    named = {"Content-Disposition": "attachment; filename*=UTF-8''%E6%AF%95%E4%B8%9A%E7%94%9F%E5%90%8D%E5%8D%95.xlsx"}
    return Response(template.make(), mimetype=XLSX, headers=named)


@blueprint.post("/roll/import")
@takes_files()
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def roll_import_send() -> Any:
    """Take a file in; it is read by a worker."""
    actor, form = access.actor(), _form()
    rollback()  # a slow upload must not hold the transaction that every write begins with
    sent = request.files.get("file")
    try:
        content = _content(sent)
        if form.cohort.data is None:
            message = "请选择届别。"
            raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "请重新选择。", fields={"cohort": message}))
        cohort, name = form.cohort.data, (sent.filename if sent else "") or ""
        public_id = write(lambda: receiving.receive(actor, cohort, name, content))
    except Refused as refused:
        return _page(form, refused.refusal)
    return redirect(url_for("staff.roll_import_one", public_id=public_id), 303)


def _content(sent: Any) -> bytes:
    if sent is None or not sent.filename:
        message = "请选择要导入的名单文件。"
        raise Refused(Refusal(Code.NO_SUCH_VALUE, message, "支持 .xlsx 和 .csv。", fields={"file": message}))
    if isinstance(sent.stream, Part) and sent.stream.too_large:
        raise ApiError(413, "file_too_large", "文件超过 10 MB，请删去不需要的列或拆分后重新上传。")
    return bytes(sent.stream.read())


@blueprint.get("/roll/import/<public_id>")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def roll_import_one(public_id: str) -> Any:
    """Show how far an import is and what came of it; asked for by htmx, the changing part alone."""
    run: RollImport = access.load(RollImport, public_id, access.actor())
    name = "staff/_import_report.html" if "HX-Request" in request.headers else "staff/roll_import_one.html"
    return render_template(name, run=run, stage=STAGE, under_way=run.stage in receiving.UNDER_WAY, say=say)
