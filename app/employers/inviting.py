"""发起签约邀请: the form, the preview of what the agreement will say, the sending (R-ON-1, R-ON-4)."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import access, actions, facts, searching
from app.clock import now
from app.employers import blueprint, terms_form, words
from app.employers.menu import employer
from app.employers.search import about, invite_facts, may_invite
from app.errors import STATUS
from app.extensions import db
from app.writing import rollback, write
from workflows import online_signing
from workflows.case import Case, Refusal, Refused, Request
from workflows.engine import decide
from workflows.vocabulary import Action

USUAL_ANSWER_TIME = timedelta(days=7)
CONFIRM_FIRST = "请核对以上内容，并勾选“以上内容真实无误”。"


@blueprint.get("/graduates/<public_id>/invite")
@access.policy("employer")
def invite(public_id: str) -> Any:
    """Show the form, prefilled from the employer's verified data."""
    target = searching.found(access.actor(), public_id)[0]
    view = facts.read(db.session.connection(), target.id)
    deadline = min(view.now + USUAL_ANSWER_TIME, facts.window(view).closes_at)
    option = may_invite(target.id)
    return _form(target, terms_form.filled(terms_form.prefill(employer()), deadline), refusal=option.refusal)


def _form(target: Any, form: Any, **values: Any) -> str:
    values.setdefault("refusal", None)
    return render_template(
        "employers/terms.html",
        target=about(target),
        form=form,
        groups=terms_form.GROUPS,
        title="发起签约邀请",
        back=url_for("employers.found", public_id=target.public_id),
        **values,
    )


@blueprint.post("/graduates/<public_id>/invite")
@access.policy("employer")
def invite_now(public_id: str) -> Any:
    """Check the form, show the preview, and once that is confirmed send the invitation."""
    target = searching.found(access.actor(), public_id)[0]
    form, step = terms_form.sent(employer()), request.form.get("step")
    if step == "edit":
        return _form(target, form)
    cleaned, deadline = form.clean(employer()), form.deadline()
    if form.complaints() or deadline is None:
        return _form(target, form), 422
    if refusal := searching.refuse_stale(target, now()) or _refusal(target.id, deadline):
        return _form(target, form, refusal=terms_form.blame_refusal(form, refusal)), STATUS[refusal.code]
    if step != "confirm" or request.form.get("confirmed") != "yes":
        return _preview(target, form, cleaned.values, deadline, step)
    return _send(target, form, cleaned.values, deadline)


def _refusal(roll_id: int, deadline: datetime) -> Refusal | None:
    """Ask the rules without writing, so that the preview is not shown for nothing."""
    try:
        request_ = Request(deadline_at=deadline)
        decide(online_signing.FLOW, Action.INVITE, Case(None), access.actor(), invite_facts(roll_id), request_)
    except Refused as refused:
        return refused.refusal
    return None


def _preview(target: Any, form: Any, terms: dict[str, Any], deadline: datetime, step: str | None) -> Any:
    unconfirmed = CONFIRM_FIRST if step == "confirm" else ""
    page = render_template(
        "employers/preview.html",
        target=about(target),
        typed=form.typed(),
        blocks=words.blocks(terms),
        deadline=deadline,
        unconfirmed=unconfirmed,
        title="确认签约邀请",
        button="确认并发出邀请",
    )
    return page, 422 if unconfirmed else 200


def _send(target: Any, form: Any, terms: dict[str, Any], deadline: datetime) -> Any:
    actor = access.actor()
    rollback()  # ends the reading; what counts is read again under the lock
    try:
        done = write(lambda: actions.invite(target.id, actor, terms, Request(deadline_at=deadline)))
    except Refused as refused:
        refusal = terms_form.blame_refusal(form, refused.refusal)
        return _form(target, form, refusal=refusal), STATUS[refusal.code]
    flash("签约邀请已发出，毕业生会收到提醒。", "success")
    return redirect(url_for("employers.invitation", public_id=done.public_id), 303)
