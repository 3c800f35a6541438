"""档案信息管理, 户口信息管理: the tenant's transfers, their review and correction (R-TRF-1, R-VIEW-1)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import ColumnElement, or_

from app import access, actions, as_cases, bodies, facts, forms, graduate_snapshots, levels, transfer_facts
from app.clock import now
from app.corrections import differences
from app.errors import STATUS, NotFound
from app.extensions import db
from app.ledgers import TRANSFER
from app.lists.definitions import TRANSFERS
from app.models import RollRecord, Transfer
from app.staff import agreement_blocks, blueprint, cases, listing, queues, timeline
from app.staff.correction_form import correction_form, regions, typed
from app.staff.forms import ReviewForm
from app.terms import in_words
from app.writing import write
from workflows import labels, transfer
from workflows.calendar import say
from workflows.case import Actor, Refusal, Refused, Request
from workflows.engine import available
from workflows.form_fields import as_typed
from workflows.platform_settings import MODULE_TITLE
from workflows.transfer_form import FIELDS, TITLE
from workflows.vocabulary import REVIEWERS, Action, Level, Module, Role, State, Step, Subject

SEERS = (Role.DEPARTMENT, Role.SCHOOL, Role.PROVINCE)
WAITING = "waiting"
DECISIONS = {"approve": Action.APPROVE, "return": Action.RETURN, "reject": Action.REJECT}


def load(module: str, public_id: str) -> Transfer:
    """Return a transfer of the caller's tenant; raises NotFound for any other id, another module, and drafts."""
    row: Transfer = access.load(Transfer, public_id, access.actor())
    if row.kind != module or row.submitted_at is None or row.state == State.DRAFT:
        raise NotFound
    return row


def _registration(module: str) -> Module:
    if module == Module.PLACEMENT:
        raise NotFound
    return Module(module)


def waits(actor: Actor, module: Module) -> ColumnElement[bool]:
    """Return the condition of what waits for this reviewer; a school's also what nobody of a department can decide."""
    review = Transfer.state == State.REVIEW.value
    if actor.role == Role.DEPARTMENT:
        return review & (Transfer.review_step == Step.DEPARTMENT.value)
    orphaned = levels.orphaned(module)
    own = Transfer.review_step == Step.SCHOOL.value
    return review & or_(own, (Transfer.review_step == Step.DEPARTMENT.value) & orphaned)


@blueprint.get("/transfers/<module>")
@access.policy("staff", *SEERS, level=Level.READ, module=None)
def transfers(module: str) -> Any:
    """List what waits for this reviewer, the oldest first, what was given up lately, or all, the newest first."""
    actor, registration = access.actor(), _registration(module)
    waiting = [
        listing.Waiting(WAITING, queues.TITLE[queues.OWN], waits(actor, registration)),
        listing.Waiting(queues.GIVEN_UP, queues.TITLE[queues.GIVEN_UP], queues.given_up(Transfer)),
    ]

    def opened(public_id: str) -> str:
        return url_for("staff.transfer_case", module=module, public_id=public_id)

    return listing.page(TRANSFERS[registration], opened, waiting if actor.role in REVIEWERS else ())


def _show(row: Transfer, form: Any, refusal: Refusal | None = None) -> tuple[str, int]:
    actor, module = access.actor(), Module(row.kind)
    view = facts.read(db.session.connection(), row.roll_record_id)
    read = view.record(Subject.TRANSFER, row.id)
    case, body = as_cases.transfer(read), bodies.unseal(Subject.TRANSFER, read)
    if refusal:
        form.blame(refusal.fields)
    form.version.data, form.version.raw_data = read.version, None
    options = available(transfer.FLOW, case, actor, TRANSFER.facts(view, read, actor, None))
    content = [(f.label, in_words(f, body.get(f.name))) for f in FIELDS[module]]
    roll = db.session.get_one(RollRecord, read.roll_record_id)
    page = render_template(
        "staff/transfer.html",
        module=module,
        title=MODULE_TITLE[module],
        word=TITLE[module],
        row=read,
        case=case,
        name=roll.name,
        label=labels.state_label(case),
        block=agreement_blocks.Block(TITLE[module], content),
        changes=_roll_changes(view, read),
        flagged=transfer_facts.flagged(view, read),
        moments=timeline.moments(read.roll_record_id, Subject.TRANSFER.value, read.id, case),
        options={option.action.value: option for option in options},
        form=form,
        refusal=cases.said(refusal) if refusal else None,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _roll_changes(view: facts.View, row: Any) -> list[tuple[str, str, str]]:
    """List what the roll says otherwise than when a transfer under review was handed in (R-GRAD-10)."""
    under_review = row.state == State.REVIEW
    return graduate_snapshots.changed(view.conn, Subject.TRANSFER, row.id, view.roll_id) if under_review else []


@blueprint.get("/transfers/<module>/<public_id>")
@access.policy("staff", *SEERS, level=Level.READ, module=None)
def transfer_case(module: str, public_id: str) -> Any:
    """Show one transfer."""
    return _show(load(module, public_id), ReviewForm(formdata=None))


@blueprint.post("/transfers/<module>/<public_id>/<any(approve, return, reject):decision>")
@access.policy("staff", *REVIEWERS, level=Level.WRITE, module=None)
def transfer_decide(module: str, public_id: str, decision: str) -> Any:
    """Approve, return or reject the version that was judged (R-REV-1)."""
    row, form, action = load(module, public_id), ReviewForm(), DECISIONS[decision]
    wanted = Request(version=form.version.data, reason=form.reason_of(action))
    case = as_cases.transfer(row)
    if refusal := _step(row, action, wanted):
        return _show(load(module, public_id), form, form.about(action, refusal))
    flash(f"{labels.action_label(action, case)}：{TITLE[Module(module)]}（{say(now())}）。", "success")
    return redirect(url_for("staff.transfers", module=module), 303)


def _step(row: Transfer, action: Action, wanted: Request, terms: dict[str, Any] | None = None) -> Refusal | None:
    record, roll, actor = row.id, row.roll_record_id, access.actor()
    try:
        write(lambda: actions.step(record, roll, action, actor, wanted, terms, Subject.TRANSFER))
    except Refused as refused:
        return refused.refusal
    return None


@blueprint.route("/transfers/<module>/<public_id>/correct", methods=["GET", "POST"])
@access.policy("staff", Role.SCHOOL, level=Level.WRITE, module=None)
def transfer_correct(module: str, public_id: str) -> Any:
    """Change an approved transfer: in force at once, told to the graduate old → new (R-DIFF-1, R-SYNC-1)."""
    row = load(module, public_id)
    old, fields = bodies.unseal(Subject.TRANSFER, row), FIELDS[Module(module)]
    if request.method == "GET":
        data = {f.name: as_typed(f, old.get(f.name)) for f in fields} | {"version": row.version}
        return _correct_page(row, correction_form(fields, (), data))
    form = correction_form(fields, (), None)
    sent = typed(form)
    cleaned = forms.FORMS[Subject.TRANSFER, module](sent)
    changed = tuple(change.field for change in differences(fields, old, old | cleaned.values))
    wanted = Request(form.version.data, form.reason.data, errors=cleaned.errors, changed=changed)
    if refusal := _step(row, Action.CORRECT, wanted, cleaned.values | {forms.TYPED: sent}):
        return _correct_page(load(module, public_id), form, refusal)
    flash("已修改，立即生效；毕业生会收到提醒，并看到修改前后的内容。", "success")
    return redirect(url_for("staff.transfer_case", module=module, public_id=public_id), 303)


def _correct_page(row: Transfer, form: Any, refusal: Refusal | None = None) -> tuple[str, int]:
    if refusal:
        form.blame(refusal.fields)
    form.version.raw_data = None
    page = render_template(
        "staff/transfer_correct.html",
        row=row,
        word=TITLE[Module(row.kind)],
        fields=FIELDS[Module(row.kind)],
        form=form,
        regions=regions(form),
        refusal=cases.said(refusal) if refusal else None,
    )
    return page, STATUS[refusal.code] if refusal else 200
