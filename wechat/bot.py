"""The official account answers: a graduate's own state, the way to bind, the right door for everybody else (R-BOT-1).

Nothing here calls the platform: what is answered is a passive reply to what was pushed. No identity number and no
phone number stands in any answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Connection

from app import as_cases, facts
from app.api import records
from wechat import binding, bot_words, scenes
from wechat.bot_words import Wish
from wechat.scenes import ScanResult
from wechat.seen import Seen
from workflows import labels
from workflows.calendar import say
from workflows.vocabulary import Kind, State
from workflows.windows import FUNCTION_TITLE

SHOWN = 8  # records of a cohort, the newest first

SCANNED = {
    ScanResult.NOTED: bot_words.SCANNED,
    ScanResult.AGAIN: bot_words.SCANNED,
    ScanResult.TAKEN: bot_words.SCANNED_TAKEN,
    ScanResult.USED: bot_words.SCANNED_USED,
    ScanResult.EXPIRED: bot_words.SCANNED_EXPIRED,
    ScanResult.UNKNOWN: bot_words.SCANNED_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever wrote or tapped, and when, inside the transaction of the push."""

    conn: Connection
    seen: Seen
    at: datetime


def welcome(asker: Asker, token: str = "") -> str:
    """Greet a new follower; who came by a graduate's code hears what became of the scan (`token`)."""
    greeting = bot_words.WELCOME.format(platform=current_app.config["PLATFORM_NAME"])
    if token:
        return f"{greeting}\n{scanned(asker, token)}"
    return bot_words.WELCOME_BACK if asker.seen.account_id else f"{greeting}\n{_way_to_bind(asker)}"


def scanned(asker: Asker, token: str) -> str:
    """Note the scan of a graduate's code and say what is next."""
    return SCANNED[scenes.scan(asker.conn, token, asker.seen.id, asker.at)]


def reply_to(asker: Asker, text: str) -> str:
    """Answer what somebody has typed."""
    wish = bot_words.wish_of(text)
    return answer(asker, wish) if wish else bot_words.FALLBACK


def clicked(asker: Asker, key: str) -> str:
    """Answer a tap on a menu button, by its key."""
    wishes = {wish.value: wish for wish in (Wish.PROGRESS, Wish.INVITATIONS, Wish.HELP)}
    return answer(asker, wishes.get(key, Wish.HELP))


def answer(asker: Asker, wish: Wish) -> str:
    """Answer a wish; who is not bound is shown the way to be, where the answer would be the graduate's own."""
    if wish in _FOR_ALL:
        return _FOR_ALL[wish].format(**(_room() if wish == Wish.HELP else _doors()))
    if asker.seen.account_id is None:
        return bot_words.NOT_BOUND if wish in (Wish.UNBIND, Wish.UNBIND_NOW) else _way_to_bind(asker)
    return bot_words.cut(_FOR_BOUND[wish](asker, asker.seen.account_id))


def _public_url() -> str:
    return str(current_app.config["PUBLIC_URL"]).rstrip("/")


def _room() -> dict[str, str]:
    return {"graduates": f"{_public_url()}/m/"}


def _doors() -> dict[str, str]:
    return {name: _public_url() + url_for(f"{name}.sign_in") for name in ("employers", "staff")}


def _way_to_bind(asker: Asker) -> str:
    token = scenes.scene_for_wechat_user(asker.conn, asker.seen.id, asker.at)
    return bot_words.BIND.format(link=f"{_room()['graduates']}#/bind?token={token}")


def _bound(asker: Asker, account_id: int) -> str:
    return bot_words.BOUND


def _ask_to_unbind(asker: Asker, account_id: int) -> str:
    return bot_words.UNBIND_ASK


def _unbind(asker: Asker, account_id: int) -> str:
    """Unbind at once: the words of the confirmation say by themselves what is wanted, whatever came before."""
    binding.unbind(asker.conn, account_id, asker.at)
    return bot_words.UNBOUND


def _progress(asker: Asker, account_id: int) -> str:
    own = records.own(account_id)
    if not own:
        return bot_words.NO_RECORD
    view = facts.read(asker.conn, own[0].id)
    head = bot_words.RECORD.format(cohort=own[0].cohort, school=own[0].school)
    if not view.roll.confirmed_hash:
        return "\n".join([head, *_unconfirmed(view)])
    lines = _lines(view)
    more = [bot_words.MORE.format(count=len(lines) - SHOWN)] if len(lines) > SHOWN else []
    shown = lines[:SHOWN] or [bot_words.NOTHING_YET]
    return "\n".join([head, *shown, *more, bot_words.SEE_MORE.format(**_room())])


def _unconfirmed(view: facts.View) -> list[str]:
    """Say what is to be done first; the invitations themselves are not told before (R-ON-1)."""
    waiting = len(_waiting(view))
    told = [bot_words.WAITING.format(count=waiting)] if waiting else []
    return [bot_words.CONFIRM_FIRST.format(**_room()), *told]


def _lines(view: facts.View) -> list[str]:
    """Return a line per placement, the newest first, with the state of its ending where there is one (R-LABEL-1)."""
    ends = {row.placement_id: labels.state_label(as_cases.termination(row)) for row in view.terminations if row.state}
    return [_line(view, row, ends.get(row.id)) for row in reversed(view.placements)]


def _line(view: facts.View, row: Any, ending: str | None) -> str:
    label = facts.shown_label(row, view.now) + (f"（{ending}）" if ending else "")
    return f"· {FUNCTION_TITLE[Kind(row.kind)]}　{row.title}：{label}"


def _waiting(view: facts.View) -> list[Any]:
    return [
        row
        for row in view.placements
        if row.kind == Kind.ONLINE and row.state == State.INVITED and row.deadline_at > view.now
    ]


def _invitations(asker: Asker, account_id: int) -> str:
    own = records.own(account_id)
    if not own:
        return bot_words.NO_RECORD
    view = facts.read(asker.conn, own[0].id)
    waiting = _waiting(view)
    if not view.roll.confirmed_hash:
        return "\n".join(_unconfirmed(view))
    if not waiting:
        return bot_words.NO_INVITATIONS
    listed = [bot_words.INVITATION.format(title=row.title, deadline=say(row.deadline_at)) for row in waiting[:SHOWN]]
    more = [bot_words.MORE.format(count=len(waiting) - SHOWN)] if len(waiting) > SHOWN else []
    head = bot_words.INVITATIONS.format(count=len(waiting))
    return "\n".join([head, *listed, *more, bot_words.ANSWER_THERE.format(**_room())])


_FOR_ALL = {Wish.HELP: bot_words.HELP, Wish.EMPLOYER: bot_words.EMPLOYER, Wish.STAFF: bot_words.STAFF}
_FOR_BOUND: dict[Wish, Callable[[Asker, int], str]] = {
    Wish.PROGRESS: _progress,
    Wish.INVITATIONS: _invitations,
    Wish.UNBIND: _ask_to_unbind,
    Wish.UNBIND_NOW: _unbind,
    Wish.BIND: _bound,
}
