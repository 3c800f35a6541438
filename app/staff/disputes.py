"""异议处理: what graduates object to among the changes by staff, and the school's answer (R-DIFF-1)."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, Select, func, select

from app import access, actions, as_cases, corrections, facts, ledgers, masking
from app.errors import STATUS, NotFound
from app.extensions import db
from app.models import Correction, Department, RollRecord, Transfer
from app.paging import page_of
from app.staff import blueprint, cases, timeline
from app.staff.forms import DisputeForm
from app.staff.searching import asked, narrowed
from app.writing import rollback, write
from workflows import labels
from workflows.calendar import say
from workflows.case import Actor, Case, Refusal, Refused, Request
from workflows.engine import available
from workflows.history_lines import ROLE_WORD
from workflows.vocabulary import Action, Kind, Level, Module, Role, State, Subject

# The states that a dispute can be in, and what each list is called.
SHOWN = {State.OPEN: "待处理", State.UPHELD: "异议成立", State.DISMISSED: "异议不成立"}
DECISIONS = {"uphold": Action.UPHOLD, "dismiss": Action.DISMISS}


_KIND = (
    select(Transfer.kind)
    .where(Correction.subject == Subject.TRANSFER.value, Transfer.id == Correction.subject_id)
    .correlate(Correction)
    .scalar_subquery()
)


def _of_tenant(actor: Actor) -> Select[Any]:
    return (
        select(
            Correction.__table__,
            RollRecord.name,
            RollRecord.student_number,
            Department.name.label("department"),
            _KIND.label("transfer_kind"),
        )
        .join(RollRecord, RollRecord.id == Correction.roll_record_id)
        .join(Department, Department.id == RollRecord.department_id)
        .where(access.scope(actor, Correction), _of_seen_modules())
    )


def _of_seen_modules() -> ColumnElement[bool]:
    """Return the condition of what the caller's levels let it see: a transfer belongs to its own module (R-ACC-1)."""
    module = func.coalesce(_KIND, Module.PLACEMENT.value)
    return module.in_([one.value for one in access.seen_modules()])


def waiting(actor: Actor) -> Select[Any]:
    """Select the disputes that wait for the school's answer, in the modules that the caller sees."""
    open_ones = select(Correction.id).where(Correction.state == State.OPEN.value)
    return open_ones.where(access.scope(actor, Correction), _of_seen_modules())


def _load(public_id: str) -> tuple[Correction, Actor]:
    """Return a change of the caller's school, and the caller with its level in the module of the changed record.

    Raises NotFound for any other id, and for a module that the caller does not see (R-ACC-1).
    """
    actor = access.actor()
    found: Correction = access.load(Correction, public_id, actor)
    actor = replace(actor, level=access.level_in(corrections.module_of(db.session.connection(), found)))
    if actor.level < Level.READ:
        raise NotFound
    return found, actor


@blueprint.get("/disputes")
@access.policy("staff", Role.SCHOOL, level=Level.READ, module=access.ANY)
def disputes() -> Any:
    """List the disputes of a state, those that wait first by default, oldest first."""
    wanted = asked("name", "student_number")
    state = request.args.get("state", "")
    state = state if state in list(SHOWN) else State.OPEN.value
    query = narrowed(_of_tenant(access.actor()), wanted).where(Correction.state == state)
    page = page_of(query, Correction, (Correction.updated_at, Correction.id))
    rows = [_listed(row) for row in page.rows]
    return render_template("staff/disputes.html", rows=rows, page=page, wanted=wanted, states=SHOWN, state=state)


def _listed(row: Any) -> dict[str, Any]:
    changed = corrections.changes_in(row)
    return {
        "id": row.public_id,
        "name": masking.name(row.name),
        "student_number": row.student_number,
        "department": row.department,
        "title": corrections.title_of(row),
        "changed": "、".join(change["label"] for change in changed),
        "at": say(row.updated_at),
        "label": labels.state_label(as_cases.correction(row)),
        "state": row.state,
        "may_write": access.level_in(row.transfer_kind or Module.PLACEMENT) >= Level.WRITE,
    }


def _where(view: facts.View, row: Any) -> tuple[str, str]:
    """Return the address of the record that was changed, and of the page where it can be changed again."""
    if row.subject == Subject.ROLL_RECORD:
        page = url_for("staff.roll_graduate", public_id=view.roll.public_id)
        return page, page
    if row.subject == Subject.TRANSFER:
        moved = view.record(Subject.TRANSFER, row.subject_id)
        named = {"module": moved.kind, "public_id": moved.public_id}
        return url_for("staff.transfer_case", **named), url_for("staff.transfer_correct", **named)
    placed = view.placement(row.subject_id)
    family = "staff.destination" if placed.kind == Kind.DESTINATION else "staff.placement"
    record = url_for(family, public_id=placed.public_id)
    return record, url_for(f"{family}_correct", public_id=placed.public_id)


def _page(public_id: str, form: DisputeForm, refusal: Refusal | None = None) -> tuple[str, int]:
    found, actor = _load(public_id)
    view = facts.read(db.session.connection(), found.roll_record_id)
    row = view.record(Subject.CORRECTION, found.id)
    ledger = ledgers.LEDGERS[Subject.CORRECTION]
    case: Case = ledger.case(row)
    options = available(ledger.flow(row), case, actor, ledger.facts(view, row, actor, None))
    if refusal:
        form.blame(refusal.fields)
    name = db.session.get_one(RollRecord, found.roll_record_id).name
    record, again = _where(view, row)
    page = render_template(
        "staff/dispute.html",
        row=row,
        name=name,
        title=corrections.title_of(row),
        by=ROLE_WORD[Role(row.made_by_role)],
        changed=corrections.changes_in(row),
        label=labels.state_label(case),
        record=record,
        again=again,
        options={option.action.value: option for option in options},
        moments=timeline.moments(view.roll_id, Subject.CORRECTION.value, row.id, case),
        may_write=actor.level >= Level.WRITE,
        form=form,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
    )
    return page, STATUS[refusal.code] if refusal else 200


@blueprint.get("/disputes/<public_id>")
@access.policy("staff", Role.SCHOOL, level=Level.READ, module=access.ANY)
def dispute(public_id: str) -> Any:
    """Show one change, what the graduate objects to, and the school's two answers."""
    return _page(public_id, DisputeForm(formdata=None))


@blueprint.post("/disputes/<public_id>/<any(uphold, dismiss):decision>")
@access.policy("staff", Role.SCHOOL, level=Level.WRITE, module=access.ANY)
def dispute_decide(public_id: str, decision: str) -> Any:
    """Uphold a dispute after having changed the record again, or dismiss it with a reason."""
    form, action = DisputeForm(), DECISIONS[decision]
    found, actor = _load(public_id)
    access.require(corrections.module_of(db.session.connection(), found), Level.WRITE)
    record, roll, wanted = found.id, found.roll_record_id, Request(reason=form.reason.data)
    rollback()
    try:
        write(lambda: actions.step(record, roll, action, actor, wanted, subject=Subject.CORRECTION))
    except Refused as refused:
        return _page(public_id, form, refused.refusal)
    flash(f"已处理：{labels.ACTION_LABEL[action]}，毕业生会收到通知。", "success")
    return redirect(url_for("staff.disputes"), 303)
