"""修改邀请 and 撤回邀请, before the graduate has answered (R-INV-1, R-ON-4)."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import access, actions, as_cases, ledgers
from app.employers import blueprint, terms_form, words
from app.employers.invitations import Own, own
from app.employers.menu import employer
from app.errors import STATUS
from app.terms import Change, differences
from app.writing import rollback, write
from workflows.case import Refusal, Refused, Request
from workflows.engine import decide
from workflows.vocabulary import Action, Code

_SAME = Refusal(Code.NOTHING_CHANGED, "内容和应约截止时间都没有变化，无需修改。", "请更改后再提交，或返回邀请详情。")


@blueprint.get("/invitations/<public_id>/correct")
@access.policy("employer")
def correct(public_id: str) -> Any:
    """Show the form with the terms in force."""
    mine = own(public_id)
    form = terms_form.filled(mine.terms, mine.row.deadline_at, mine.row.version)
    return _form(mine, form, refusal=mine.refusal(Action.CORRECT))


def _form(mine: Own, form: Any, **values: Any) -> str:
    values.setdefault("refusal", None)
    return render_template(
        "employers/terms.html",
        target=mine.target,
        form=form,
        groups=terms_form.GROUPS,
        title="修改邀请",
        back=url_for("employers.invitation", public_id=mine.row.public_id),
        **values,
    )


@blueprint.post("/invitations/<public_id>/correct")
@access.policy("employer")
def correct_now(public_id: str) -> Any:
    """Check the form, show old → new, and once that is confirmed correct the invitation."""
    mine = own(public_id)
    form, step = terms_form.sent(employer()), request.form.get("step")
    if step == "edit":
        return _form(mine, form)
    cleaned, deadline = form.clean(employer()), form.deadline()
    if form.complaints() or deadline is None:
        return _form(mine, form), 422
    if (form.deadline_at.data or "").strip() == terms_form.local(mine.row.deadline_at):
        deadline = mine.row.deadline_at  # the control knows minutes only; untouched means unchanged
    changed = differences(mine.terms, cleaned.values, mine.row.deadline_at, deadline)
    wanted = Request(version=_version(form), deadline_at=deadline)
    if refusal := _refusal(mine, wanted) or (None if changed else _SAME):
        return _form(mine, form, refusal=terms_form.blame_refusal(form, refusal)), STATUS[refusal.code]
    if step != "confirm":
        return _preview(mine, form, cleaned.values, changed, deadline)
    return _store(mine, form, cleaned.values, wanted)


def _version(form: Any) -> int | None:
    text = (form.version.data or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _refusal(mine: Own, wanted: Request) -> Refusal | None:
    try:
        decide(
            ledgers.FLOWS[mine.row.kind],
            Action.CORRECT,
            as_cases.placement(mine.row),
            access.actor(),
            mine.facts,
            wanted,
        )
    except Refused as refused:
        return refused.refusal
    return None


def _preview(mine: Own, form: Any, terms: dict[str, Any], changed: list[Change], deadline: Any) -> str:
    return render_template(
        "employers/preview.html",
        target=mine.target,
        typed=form.typed(),
        blocks=words.blocks(terms),
        changed=changed,
        deadline=deadline,
        title="确认修改",
        button="确认修改并通知毕业生",
    )


def _store(mine: Own, form: Any, terms: dict[str, Any], wanted: Request) -> Any:
    actor, row = access.actor(), mine.row
    rollback()
    try:
        write(lambda: actions.step(row.id, row.roll_record_id, Action.CORRECT, actor, wanted, terms))
    except Refused as refused:
        refusal = terms_form.blame_refusal(form, refused.refusal)
        return _form(mine, form, refusal=refusal), STATUS[refusal.code]
    flash("邀请已修改，毕业生会收到新的提醒。", "success")
    return redirect(url_for("employers.invitation", public_id=row.public_id), 303)


@blueprint.get("/invitations/<public_id>/withdraw")
@access.policy("employer")
def withdraw(public_id: str) -> Any:
    """Ask once more before withdrawing."""
    mine = own(public_id)
    return render_template("employers/withdraw.html", mine=mine, refusal=mine.refusal(Action.WITHDRAW))


@blueprint.post("/invitations/<public_id>/withdraw")
@access.policy("employer")
def withdraw_now(public_id: str) -> Any:
    """Withdraw the invitation."""
    mine, actor = own(public_id), access.actor()
    row = mine.row
    rollback()
    try:
        write(lambda: actions.step(row.id, row.roll_record_id, Action.WITHDRAW, actor, Request()))
    except Refused as refused:
        page = render_template("employers/withdraw.html", mine=mine, refusal=refused.refusal)
        return page, STATUS[refused.refusal.code]
    flash("邀请已撤回，毕业生会收到通知。", "success")
    return redirect(url_for("employers.invitation", public_id=row.public_id), 303)
