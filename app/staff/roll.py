"""毕业生名单: the list, one graduate, and what a school may change there (R-GRAD-9, R-COH-1)."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import Select, func, select

from app import access, actions, as_cases, codes, facts, masking, shown_roll
from app.errors import STATUS, NotFound
from app.extensions import db
from app.models import Department, RollRecord, RollRequest, School
from app.paging import page_of
from app.staff import blueprint, cases, timeline
from app.staff.forms import RollForm
from app.staff.searching import asked, asked_cohort, narrowed
from app.staff.tenant import tenant
from app.writing import write
from workflows import labels, paper_agreement, roll_record
from workflows.case import Actor, Option, Refusal, Refused, Request
from workflows.engine import available
from workflows.vocabulary import REVIEWERS, Action, Kind, Level, PaperState, Role, State, Subject

TOLD = (Action.SET_TRAINING_MODE, Action.MOVE_COHORT, Action.TAKE_OFF_ROLL, Action.PUT_ON_ROLL)
CHANGES = (*TOLD, *paper_agreement.MOVES)

_ASKED = select(func.count(RollRequest.id)).where(RollRequest.state == State.ASKED.value)


def _of_tenant(actor: Actor) -> Select[Any]:
    return (
        select(
            RollRecord.public_id,
            RollRecord.name,
            RollRecord.student_number,
            RollRecord.major,
            RollRecord.education_code,
            RollRecord.training_mode,
            RollRecord.cohort,
            RollRecord.state,
            RollRecord.confirmed_at,
            Department.name.label("department"),
        )
        .join(Department, Department.id == RollRecord.department_id)
        .where(access.scope(actor, RollRecord))
    )


@blueprint.get("/roll")
@access.policy("staff", *REVIEWERS, level=Level.READ)
def roll() -> Any:
    """List the graduates of a cohort by student number."""
    wanted = asked("name", "student_number")
    cohort = asked_cohort() or tenant().cohort
    query = narrowed(_of_tenant(access.actor()), wanted).where(RollRecord.cohort == cohort)
    page = page_of(query, RollRecord, (RollRecord.student_number, RollRecord.id))
    around = range(tenant().cohort + 1, tenant().cohort - 4, -1)
    cohorts = sorted({*around, cohort}, reverse=True)
    rows = [_listed(row) for row in page.rows]
    waiting = db.session.execute(_ASKED.where(access.scope(access.actor(), RollRequest))).scalar_one()
    return render_template(
        "staff/roll.html", waiting=waiting, rows=rows, page=page, wanted=wanted, cohort=cohort, cohorts=cohorts
    )


def _listed(row: Any) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": masking.name(row.name),
        "student_number": row.student_number,
        "department": row.department,
        "major": row.major,
        "education": codes.label("education", row.education_code),
        "training_mode": codes.label("training_modes", row.training_mode),
        "confirmed": "已确认" if row.confirmed_at else "未确认",
        "state": labels.LABELS_OF[Subject.ROLL_RECORD][State(row.state)],
        "on_roll": row.state == State.ON_ROLL,
    }


def _page(public_id: str, form: RollForm | None = None, refusal: Refusal | None = None) -> tuple[str, int]:
    actor = access.actor()
    record: RollRecord = access.load(RollRecord, public_id, actor)
    view = facts.read(db.session.connection(), record.id)
    page = render_template(
        "staff/graduate.html",
        record=record,
        fields=_fields(record),
        placements=[_placement(row, view) for row in view.placements if not cases.hidden(row)],
        options=_options(view, actor),
        pair=roll_record.QUALIFIED.get(record.training_mode) or roll_record.UNQUALIFIED.get(record.training_mode),
        mode_label=lambda code: codes.label("training_modes", code),
        years=[y for y in range(tenant().cohort - 5, tenant().cohort + 6) if y != record.cohort],
        moments=timeline.moments(record.id, "roll_record", record.id, as_cases.roll(view)),
        form=form or RollForm(formdata=None),
        failed=form.action.data if form else None,
        refusal=cases.said(refusal) if refusal else None,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _options(view: facts.View, actor: Actor) -> list[Option]:
    """Return the buttons: an edit comes by file or by a granted request, and has none."""
    options = available(roll_record.FLOW, as_cases.roll(view), actor, facts.roll_facts(view))
    return [option for option in options if option.action in CHANGES]


def _fields(record: RollRecord) -> list[tuple[str, str]]:
    """Return what the roll says, identity number masked, without the account's contacts."""
    joined = select(School.name, Department.name).join(Department, Department.school_id == School.id)
    names = joined.where(School.id == record.school_id, Department.id == record.department_id)
    school, department = db.session.execute(names).one()
    pairs = shown_roll.shown_fields(record, school, department, "", "")
    hidden = {"身份证号": masking.id_number}
    kept = [(label, hidden.get(label, str)(value)) for label, value in pairs if label not in ("电子邮箱", "手机号码")]
    paper = labels.PAPER_LABEL[PaperState(record.paper_state)]
    return [*kept, ("届别", f"{record.cohort}届"), ("纸质协议书", paper)]


def _placement(row: Any, view: facts.View) -> dict[str, Any]:
    family = "staff.destination" if row.kind == Kind.DESTINATION else "staff.placement"
    return {
        "address": url_for(family, public_id=row.public_id),
        "title": row.title,
        "label": facts.shown_label(row, view.now),
        "holds": row.live_key is not None,
    }


@blueprint.get("/roll/<public_id>")
@access.policy("staff", *REVIEWERS, level=Level.READ)
def roll_graduate(public_id: str) -> Any:
    """Show one graduate with what the school may change."""
    return _page(public_id)


@blueprint.post("/roll/<public_id>")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE)
def roll_change(public_id: str) -> Any:
    """Change the right to sign, the cohort, or the place on the roll, with a reason."""
    actor, form = access.actor(), RollForm()
    record = access.load(RollRecord, public_id, actor)
    action = next((known for known in CHANGES if known == form.action.data), None)
    if action is None:
        raise NotFound
    wanted = Request(reason=form.reason.data, value=(form.value.data or "").strip() or None)
    try:
        write(lambda: actions.roll_step(record.id, action, actor, wanted))
    except Refused as refused:
        form.blame(_named(refused.refusal))
        return _page(public_id, form, refused.refusal)
    told = "，毕业生会收到通知" if action in TOLD else ""
    flash(f"{labels.ACTION_LABEL[action]}：已完成{told}。", "success")
    return redirect(url_for("staff.roll_graduate", public_id=public_id), 303)


def _named(refusal: Refusal) -> dict[str, str]:
    """Return the sentences by the names of the form's fields: every new value is typed into the same one."""
    return {name if name == "reason" else "value": sentence for name, sentence in refusal.fields.items()}
