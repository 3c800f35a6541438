"""通道状态: what rests and why, what was refused, dead letters, today's text messages; and letting things go on."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app import access, channel_states
from app.clock import now
from app.errors import STATUS
from app.staff import blueprint, cases
from app.staff.typed import clean
from app.writing import rollback, write
from workflows import message_words
from workflows.calendar import say
from workflows.case import Refusal, Refused
from workflows.vocabulary import Role

LARGEST = 2**63 - 1


def _page(refusal: Refusal | None = None) -> tuple[str, int]:
    at = now()
    letters, buried = channel_states.dead_letters()
    page = render_template(
        "staff/channels.html",
        pauses=[(row, message_words.CHANNEL.get(row.channel, row.channel)) for row in channel_states.pauses()],
        letters=[(row, channel_states.age(row.created_at, at)) for row in letters],
        buried=buried,
        refused=[(row, message_words.CHANNEL.get(row.channel, row.channel)) for row in channel_states.refused()],
        shown=channel_states.LETTERS_SHOWN,
        spent=channel_states.spent(),
        reason=message_words.reason,
        at=at,
        refusal=cases.said(refusal) if refusal else None,
        say=say,
    )
    return page, STATUS[refusal.code] if refusal else 200


@blueprint.get("/channels")
@access.policy("staff", Role.OPERATOR)
def channels() -> Any:
    """Show pauses, the day's text messages, what the platforms have refused, and dead letters."""
    return _page()


@blueprint.post("/channels/resume")
@access.policy("staff", Role.OPERATOR)
def channels_resume() -> Any:
    """立即恢复: let a channel, or one template of it, be tried at once."""
    channel, template = (clean(request.form.get(name, ""))[:20] for name in ("channel", "template"))
    actor = access.actor()
    try:
        write(lambda: channel_states.resume(actor, channel, template))
    except Refused as refused:
        rollback()
        return _page(refused.refusal)
    flash("已恢复，下一条消息将试用该通道。", "success")
    return redirect(url_for("staff.channels"), 303)


@blueprint.post("/channels/replay")
@access.policy("staff", Role.OPERATOR)
def channels_replay() -> Any:
    """重新处理: make a dead letter due again."""
    row, actor = request.form.get("row", 0, type=int), access.actor()
    try:
        write(lambda: channel_states.replay(actor, row if 0 < row <= LARGEST else 0))
    except Refused as refused:
        rollback()
        return _page(refused.refusal)
    flash("已重新放入待办，稍后自动处理。", "success")
    return redirect(url_for("staff.channels"), 303)
