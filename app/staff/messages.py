"""提醒送达: which alerts reached whom and how, and whom the school has to call (R-MSG-2)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Select, select
from wtforms import TextAreaField

from app import access, masking, message_reports, unmasking
from app.errors import STATUS
from app.extensions import db
from app.models import Department, Message, RollRecord, Staff
from app.paging import counted, in_words, page_of
from app.staff import blueprint, cases, listing
from app.staff.forms import Form
from app.staff.searching import asked, narrowed
from app.writing import rollback, write
from workflows import message_words
from workflows.calendar import say
from workflows.case import Actor, Refusal, Refused
from workflows.vocabulary import REVIEWERS, Level, Module

QUEUES = {"listed": "待电话通知", "all": "全部"}
PHONE = "联系电话"


class CallForm(Form):
    """What came of a call."""

    note = TextAreaField("通话情况", render_kw={"maxlength": message_reports.NOTE_LIMIT, "rows": 3})


def _of_tenant(actor: Actor) -> Select[Any]:
    return message_reports.ROWS.where(access.scope(actor, Message))


def _narrowed(query: Select[Any], wanted: dict[str, str]) -> Select[Any]:
    query = narrowed(query, {"student_number": wanted["student_number"]} if "student_number" in wanted else {})
    if name := wanted.get("name"):
        query = query.where(message_reports.PERSON.contains(name, autoescape=True))
    if department := wanted.get("department"):
        query = query.where(Department.public_id == department)
    if wanted.get("state") in message_words.MESSAGE_STATE:
        query = query.where(Message.state == wanted["state"])
    return query


@blueprint.get("/messages")
@access.policy("staff", *REVIEWERS, level=Level.READ, module=access.ANY)
def messages() -> Any:
    """List what the school has to call about, the oldest first, or every message, the newest first."""
    queue, wanted = request.args.get("queue", "listed"), asked("name", "student_number", "department", "state")
    queue = queue if queue in QUEUES else "listed"
    if queue == "listed":
        wanted.pop("state", None)
    rows = _of_tenant(access.actor())
    waiting = rows.where(Message.state == "listed")
    page = page_of(_narrowed(waiting if queue == "listed" else rows, wanted), Message, (Message.id,), queue == "all")
    return render_template(
        "staff/messages.html",
        rows=[_listed(row) for row in page.rows],
        page=page,
        wanted=wanted,
        queue=queue,
        queues=QUEUES,
        waiting=in_words(counted(waiting, Message.id)),
        departments=listing.departments(),
        states=message_words.MESSAGE_STATE,
    )


def _listed(row: Any) -> dict[str, Any]:
    to_call = row.state == "listed" and access.level_in(row.module) >= Level.WRITE
    return message_reports.listed(row) | {"to_call": to_call}


def _page(message: Message, form: CallForm, full: bool = False, refusal: Refusal | None = None) -> tuple[str, int]:
    if refusal:
        form.blame(refusal.fields)
    roll_id = message.roll_record_id
    person = db.session.get_one(RollRecord, roll_id) if roll_id is not None else None
    letter, phone = message_reports.letter_of(message), message_reports.phone_of(message)
    to_person = message.recipient_kind == "account"
    page = render_template(
        "staff/message.html",
        message=message,
        title=letter["title"],
        person=person,
        linked=access.level_in(Module.PLACEMENT) >= Level.READ,
        may_write=access.level_in(message.module) >= Level.WRITE,
        name=person.name if person else message_reports.name_of(message),
        reader="毕业生本人" if to_person else letter["reader"],
        phone=phone if full else masking.phone(phone),
        full=full,
        label=message_words.MESSAGE_STATE[message.state],
        how=message_words.CHANNEL.get(message.channel or "", ""),
        proof=message_words.PROOF.get(message.proof or "", ""),
        why=message_words.reason(message.error),
        ways=message_reports.ways(message),
        called_by=_name(message.called_by),
        form=form,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
    )
    return page, STATUS[refusal.code] if refusal else 200


def _name(staff_id: int | None) -> str:
    return db.session.execute(select(Staff.name).where(Staff.id == staff_id)).scalar_one_or_none() or ""


@blueprint.get("/messages/<public_id>")
@access.policy("staff", *REVIEWERS, level=Level.READ, module=access.ANY)
def message(public_id: str) -> Any:
    """Show one message: by which ways it went, what each came to, and the call where there is one to make."""
    return _page(access.load(Message, public_id, access.actor()), CallForm(formdata=None))


@blueprint.post("/messages/<public_id>/unmask")
@access.policy("staff", *REVIEWERS, level=Level.READ, module=access.ANY)
def message_unmask(public_id: str) -> Any:
    """Show the number to call in full, and write down who looked."""
    actor = access.actor()
    found: Message = access.load(Message, public_id, actor)
    record = message_reports.record_of(found)
    write(lambda: unmasking.note_person(actor, record, [PHONE]))
    return _page(access.load(Message, public_id, actor), CallForm(formdata=None), full=True)


@blueprint.post("/messages/<public_id>/called")
@access.policy("staff", *REVIEWERS, level=Level.WRITE, module=access.ANY)
def message_called(public_id: str) -> Any:
    """已电话告知: write down that the graduate was told by telephone."""
    actor, form = access.actor(), CallForm()
    found: Message = access.load(Message, public_id, actor)
    access.require(found.module, Level.WRITE)
    try:
        write(lambda: message_reports.told_by_call(actor, found, form.note.data or ""))
    except Refused as refused:
        rollback()
        return _page(access.load(Message, public_id, actor), form, refusal=refused.refusal)
    flash("已记录电话告知。", "success")
    return redirect(url_for("staff.messages"), 303)
