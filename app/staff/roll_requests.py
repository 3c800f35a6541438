"""信息导入与更新申请: what graduates ask to be written on the roll, and the school's answers (R-GRAD-2)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Select, select

from app import access, accounts, masking, roll_requests, shown_roll
from app.errors import STATUS
from app.extensions import db
from app.models import Account, Department, RollRecord, RollRequest, School
from app.paging import page_of
from app.staff import blueprint, cases
from app.staff.forms import DecisionForm
from app.writing import write
from workflows import labels, roll_request
from workflows.calendar import say
from workflows.case import Refusal, Refused, Request
from workflows.identity import IDENTITY_LABELS, IdentityKind
from workflows.roll_request import RequestKind
from workflows.vocabulary import Action, Level, Role, State

QUEUES = {"asked": "待处理", "decided": "已处理"}
Change = tuple[str, str, str]  # label, what the roll says, what is asked for


def _of_tenant(queue: str) -> Select[Any]:
    mine = (
        select(RollRequest.public_id, RollRequest.kind, RollRequest.cohort, RollRequest.state, RollRequest.created_at)
        .add_columns(Account.name, RollRequest.version)
        .join(Account, Account.id == RollRequest.account_id)
        .where(access.scope(access.actor(), RollRequest))
    )
    is_open = RollRequest.state == State.ASKED.value
    return mine.where(is_open if queue == "asked" else ~is_open)


@blueprint.get("/roll/requests")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def roll_requests_list() -> Any:
    """List the requests that wait, or those that have been decided."""
    queue = request.args.get("queue", "asked")
    queue = queue if queue in QUEUES else "asked"
    page = page_of(_of_tenant(queue), RollRequest, (RollRequest.created_at, RollRequest.id), queue == "decided")
    rows = [_listed(row) for row in page.rows]
    return render_template("staff/roll_requests.html", rows=rows, page=page, queue=queue, queues=QUEUES)


def _listed(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "title": roll_request.TITLE[RequestKind(row.kind)],
        "name": masking.name(row.name),
        "cohort": row.cohort,
        "asked": say(row.created_at),
        "label": labels.state_label(roll_requests.case_of(row)),
    }


def _page(asked: RollRequest, form: DecisionForm, refusal: Refusal | None = None) -> tuple[str, int]:
    if refusal:
        form.blame(refusal.fields)
    form.version.data, form.version.raw_data = asked.version, None
    kind, account = RequestKind(asked.kind), db.session.get_one(Account, asked.account_id)
    body = roll_requests.body_of(asked)
    page = render_template(
        "staff/roll_request.html",
        asked=asked,
        title=roll_request.TITLE[kind],
        person=_person(account),
        changes=_changes(asked, kind, account, body["fields"]),
        note=body["note"],
        new_department=_new_department(asked, body["fields"]),
        label=labels.state_label(roll_requests.case_of(asked)),
        form=form,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _new_department(asked: RollRequest, typed: dict[str, str]) -> str:
    """Return the department that granting would add to the school, or ""."""
    name = typed.get("department", "").strip()
    return name if name and roll_requests.department_of(asked.school_id, name) is None else ""


def _person(account: Account) -> list[tuple[str, str]]:
    kind = IDENTITY_LABELS[IdentityKind(account.id_kind)]
    number = masking.id_number(accounts.id_number_of(account))
    return [("姓名", account.name), ("证件类型", kind), ("证件号码", number)]


def _changes(asked: RollRequest, kind: RequestKind, account: Account, typed: dict[str, str]) -> list[Change]:
    """List what the roll says now and what is asked for, as (label, now, wanted).

    An import has nothing now, unless there is a record that granting it would give to the asker.
    """
    record = _record(asked, kind, account, typed)
    now = _on_roll(record) if record else {}
    columns = roll_request.fields_of(kind).items()
    shown = roll_requests.shown
    listed = [
        (column.label, now.get(name, "--"), shown(name, typed[name])) for name, column in columns if typed.get(name)
    ]
    return _identity(record, account) + listed if record and kind == RequestKind.IMPORT else listed


def _record(asked: RollRequest, kind: RequestKind, account: Account, typed: dict[str, str]) -> RollRecord | None:
    if kind == RequestKind.UPDATE or asked.roll_record_id:
        return db.session.get(RollRecord, asked.roll_record_id)
    found = roll_requests.match(asked, account, typed.get("student_number", "").strip())
    return db.session.get(RollRecord, found.id) if found else None


def _identity(record: RollRecord, account: Account) -> list[Change]:
    """Return whose record it is on the roll, and to whom granting the import would give it."""
    number = masking.id_number(dict(shown_roll.shown_fields(record, "", "", "", ""))["身份证号"])
    asker = masking.id_number(accounts.id_number_of(account))
    return [("姓名", record.name, account.name), ("证件号码", number, asker)]


def _on_roll(record: RollRecord) -> dict[str, str]:
    department = db.session.get_one(Department, record.department_id).name
    school = db.session.get_one(School, record.school_id).name
    shown = dict(shown_roll.shown_fields(record, school, department, "", ""))
    return {name: shown[label] for name, label in SHOWN_AS.items()}


# What the confirmation page calls the columns that a request may name.
SHOWN_AS = {
    "name": "姓名",
    "gender_code": "性别",
    "ethnic_code": "民族",
    "political_code": "政治面貌",
    "education_code": "学历",
    "exam_number": "考生号",
    "origin_region": "生源所在地",
    "entered_on": "入学时间",
    "graduates_on": "毕业时间",
    "student_number": "学号",
    "department": "院系",
    "major": "专业",
    "duration_years": "学制",
    "archive_moved": "档案是否转入学校",
    "household_moved": "户口是否转入学校",
}


@blueprint.get("/roll/requests/<public_id>")
@access.policy("staff", Role.SCHOOL, level=Level.READ)
def roll_requests_one(public_id: str) -> Any:
    """Show what is asked for, old → new."""
    asked: RollRequest = access.load(RollRequest, public_id, access.actor())
    return _page(asked, DecisionForm(formdata=None))


@blueprint.post("/roll/requests/<public_id>/grant")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def roll_requests_grant(public_id: str) -> Any:
    """Write what is asked for onto the roll."""
    return _decide(public_id, Action.GRANT, "申请已通过，名单已更新，毕业生会收到通知。")


@blueprint.post("/roll/requests/<public_id>/refuse")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def roll_requests_refuse(public_id: str) -> Any:
    """Refuse, with a reason."""
    return _decide(public_id, Action.REJECT, "申请未通过，原因会告知毕业生。")


def _decide(public_id: str, action: Action, done: str) -> Any:
    actor, form = access.actor(), DecisionForm()
    asked: RollRequest = access.load(RollRequest, public_id, actor)
    wanted = Request(version=form.version.data, reason=form.reason.data)
    try:
        write(lambda: roll_requests.step(asked.id, asked.account_id, action, actor, wanted))
    except Refused as refused:
        return _page(access.load(RollRequest, public_id, actor), form, refused.refusal)
    flash(done, "success")
    return redirect(url_for("staff.roll_requests_list"), 303)
