"""What waits for a reviewer, over every kind of record: the counts of the home page and the way to each (R-REV-1)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select

from app import access, auth
from app.extensions import db
from app.models import Message, RollRecord, RollRequest, School, Termination, Transfer
from app.staff import disputes, queues, terminations, transfers
from app.staff.tenant import tenant
from workflows import message_words
from workflows.case import Actor
from workflows.platform_settings import MODULE_TITLE
from workflows.vocabulary import Kind, Level, Module, Role, State

MODULES = (Module.ARCHIVE, Module.HOUSEHOLD)


@dataclass(frozen=True, slots=True)
class Card:
    """What waits in one place: what it is called, where it is worked off, how many cases there are."""

    title: str
    address: str
    count: int


def cards(actor: Actor) -> list[Card]:
    """Return what waits for this reviewer in the modules that the account may read, in one statement."""
    found = [*_placements(actor), *_transfers(actor), *_asked(actor), *_calls(actor)]
    if not found:
        return []
    counted = [select(func.count()).select_from(rows.subquery()).scalar_subquery() for _, _, rows in found]
    numbers = db.session.execute(select(*counted)).one()
    return [Card(title, address, number) for (title, address, _), number in zip(found, numbers, strict=True)]


_Pile = tuple[str, str, Select[Any]]  # title, address, the cases


def _placements(actor: Actor) -> Iterator[_Pile]:
    if auth.level_in(Module.PLACEMENT) < Level.READ:
        return
    for endpoint, what, rows, certified in _PLACES:
        for name in queues.names(actor):
            title = f"{what}{queues.TITLE[name]}"
            yield tenant().worded(title) if certified else title, url_for(endpoint, queue=name), rows(name, actor)


def _transfers(actor: Actor) -> Iterator[_Pile]:
    for module in MODULES:
        if auth.level_in(module) >= Level.READ:
            title, address = f"{MODULE_TITLE[module]} {queues.TITLE[queues.OWN]}", "staff.transfers"
            rows = _seen(Transfer, actor).where(Transfer.kind == module.value, transfers.waits(actor, module))
            yield title, url_for(address, module=module.value), rows


def _asked(actor: Actor) -> Iterator[_Pile]:
    """What graduates ask of their school besides reviews: objections, and changes of the roll (R-DIFF-1, R-GRAD-2)."""
    if actor.role != Role.SCHOOL:
        return
    if access.seen_modules():
        yield "待处理异议", url_for("staff.disputes"), disputes.waiting(actor)
    if access.level_in(Module.PLACEMENT) >= Level.READ:
        asked = select(RollRequest.id).where(RollRequest.state == State.ASKED.value)
        yield "信息导入与更新申请", url_for("staff.roll_requests_list"), asked.where(access.scope(actor, RollRequest))


def _calls(actor: Actor) -> Iterator[_Pile]:
    """Whom no channel has reached, and somebody has to call (R-MSG-2)."""
    if access.seen_modules():
        rows = select(Message.id).where(access.scope(actor, Message), Message.state == "listed")
        yield message_words.MESSAGE_STATE["listed"], url_for("staff.messages"), rows


def _seen(model: Any, actor: Actor) -> Select[Any]:
    joined = select(model.id).join(RollRecord, RollRecord.id == model.roll_record_id)
    return joined.join(School, School.id == model.school_id).where(access.scope(actor, model))


def _endings(name: str, actor: Actor) -> Select[Any]:
    return _seen(Termination, actor).where(terminations.waits(name, actor))


# Where the cases of the first module are worked off: the page, the word before the queue's title, its cases, and
# whether a two-party province certifies them (R-PROV-2).
_PLACES: tuple[tuple[str, str, Callable[[str, Actor], Select[Any]], bool], ...] = (
    ("staff.review_queue", "", queues.waiting, True),
    ("staff.destinations", "去向登记 ", partial(queues.waiting, what=Kind.DESTINATION), False),
    ("staff.terminations_list", "解约 ", _endings, True),
)
