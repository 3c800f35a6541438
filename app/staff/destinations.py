"""去向登记管理: the tenant's destinations, one destination, and the decisions on it (R-DEST-2, R-REV-1, R-VIEW-1)."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Select, select

from app import (
    access,
    actions,
    agreement_fields,
    as_cases,
    codes,
    corrections,
    destination_content,
    facts,
    hints,
    ledgers,
    masking,
    proofs,
    snapshots,
    uploads,
    warnings,
)
from app.clock import now
from app.crypto import unseal_text
from app.errors import STATUS, NotFound
from app.extensions import db
from app.models import Department, Placement, RollRecord, School
from app.paging import page_of
from app.staff import agreement_blocks, blueprint, cases, queues, timeline
from app.staff.forms import ReviewForm
from app.staff.searching import asked, narrowed
from app.writing import write
from workflows import labels
from workflows.calendar import say
from workflows.case import Actor, Case, Refusal, Refused, Request
from workflows.engine import available
from workflows.vocabulary import REVIEWERS, STATES, Action, Kind, Level, Role, Subject

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
ALL = "all"
EMPTY = agreement_fields.EMPTY
DECISIONS = {"approve": Action.APPROVE, "return": Action.RETURN, "reject": Action.REJECT}
_STATES = [(s.value, labels.state_label(Case(s, Kind.DESTINATION))) for s in STATES[Kind.DESTINATION]]


def load(public_id: str) -> Placement:
    """Return a destination of the caller's tenant; raises NotFound for any other id."""
    placement: Placement = access.load(Placement, public_id, access.actor())
    if placement.kind != Kind.DESTINATION:
        raise NotFound
    return placement


def _of_tenant(actor: Actor) -> Select[Any]:
    return (
        select(
            Placement.__table__,
            RollRecord.public_id.label("roll"),
            RollRecord.name,
            RollRecord.student_number,
            RollRecord.major,
            RollRecord.education_code,
            RollRecord.id_number_sealed,
            School.name.label("school"),
            Department.name.label("department"),
        )
        .join(RollRecord, RollRecord.id == Placement.roll_record_id)
        .join(School, School.id == Placement.school_id)
        .join(Department, Department.id == RollRecord.department_id)
        .where(access.scope(actor, Placement), Placement.kind == Kind.DESTINATION.value)
    )


def _tabs(actor: Actor) -> list[tuple[str, str, int | None]]:
    if actor.role not in REVIEWERS:
        return []
    counted = queues.counts(actor, Kind.DESTINATION)
    return [(one.queue, one.title, one.count) for one in counted] + [(ALL, "全部", None)]


@blueprint.get("/destinations")
@access.policy("staff", *SEERS, level=Level.READ)
def destinations() -> Any:
    """List what waits for this reviewer, oldest first, or all destinations of the tenant, newest first."""
    actor = access.actor()
    tabs = _tabs(actor)
    asked_for = request.args.get("queue", tabs[0][0] if tabs else ALL)
    queue = asked_for if asked_for in [name for name, _, _ in tabs] else ALL
    query = _of_tenant(actor)
    if queue != ALL:
        query = query.where(*queues.waits(queue, actor, Kind.DESTINATION))
    wanted, state = asked("name", "student_number", "employer"), request.args.get("state", "")
    query = narrowed(query, wanted)
    if queue == ALL and state in dict(_STATES):
        query = query.where(Placement.state == state)
    order = (Placement.id,) if queue == ALL else (Placement.submitted_at, Placement.id)
    page = page_of(query, Placement, order, newest_first=queue == ALL)
    return render_template(
        "staff/destinations.html",
        tabs=tabs,
        queue=queue,
        rows=[_listed(row) for row in page.rows],
        page=page,
        wanted=wanted,
        states=_STATES,
        state=state,
    )


def _listed(row: Any) -> dict[str, str]:
    number = unseal_text(row.id_number_sealed, f"roll_record.id_number:{row.roll}")
    return {
        "id": row.public_id,
        "name": masking.name(row.name),
        "school": row.school,
        "department": row.department,
        "major": row.major,
        "education": codes.label("education", row.education_code),
        "id_number": masking.id_number(number),
        "type": destination_content.type_name(row.type_code) or EMPTY,
        "title": row.title,
        "student_number": row.student_number or EMPTY,
        "submitted": say(row.submitted_at) if row.submitted_at else EMPTY,
        "label": facts.shown_label(row, row.updated_at),
        "state": row.state,
    }


def show(placement: Placement, form: Any, refusal: Refusal | None = None) -> tuple[str, int]:
    """Return the page of a destination with content, proofs, hints, history and the buttons of this reviewer."""
    conn, actor = db.session.connection(), access.actor()
    view = facts.read(conn, placement.roll_record_id)
    row = view.placement(placement.id)
    case = as_cases.placement(row)
    if refusal:
        form.blame(refusal.fields)
    form.version.data, form.version.raw_data = row.version, None
    graduate = agreement_blocks.masked(snapshots.compose(conn, row)["graduate"])
    content = destination_content.blocks(snapshots.terms_at(conn, row))
    wanted = proofs.wanted(Subject.PLACEMENT, row)
    found = replace(ledgers.placement_facts(view, row, actor))
    page = render_template(
        "staff/destination.html",
        placement=row,
        case=case,
        label=facts.shown_label(row, view.now),
        graduate=agreement_blocks.Block("毕业生", agreement_fields.pairs(graduate, agreement_fields.GRADUATE)),
        name=graduate["name"],
        blocks=[agreement_blocks.Block(title, pairs) for title, pairs in content],
        corrections=corrections.of_record(view, Subject.PLACEMENT, row.id),
        files=uploads.listed(conn, Subject.PLACEMENT.value, row.id),
        titles={one.purpose: one.label for one in wanted},
        hints=hints.of_record(conn, Subject.PLACEMENT, row),
        warnings=warnings.warnings_for(conn, row.credit_code, row.school_id),
        moments=timeline.moments(row.roll_record_id, "placement", row.id, case),
        options={o.action.value: o for o in available(ledgers.FLOWS[row.kind], case, actor, found)},
        form=form,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
    )
    return page, STATUS[refusal.code] if refusal else 200


@blueprint.get("/destinations/<public_id>")
@access.policy("staff", *SEERS, level=Level.READ)
def destination(public_id: str) -> Any:
    """Show one destination."""
    return show(load(public_id), ReviewForm(formdata=None))


@blueprint.post("/destinations/<public_id>/<any(approve, return, reject):decision>")
@access.policy("staff", *REVIEWERS, level=Level.WRITE)
def destination_decide(public_id: str, decision: str) -> Any:
    """Approve, return or reject the version that was judged (R-REV-1)."""
    actor, form, action = access.actor(), ReviewForm(), DECISIONS[decision]
    placement = load(public_id)
    record, roll, title, case = placement.id, placement.roll_record_id, placement.title, as_cases.placement(placement)
    wanted = Request(version=form.version.data, reason=form.reason_of(action))
    try:
        write(lambda: actions.step(record, roll, action, actor, wanted))
    except Refused as refused:
        return show(load(public_id), form, form.about(action, refused.refusal))
    flash(f"{labels.action_label(action, case)}：{title}（{say(now())}）。", "success")
    return redirect(url_for("staff.destinations"), 303)
