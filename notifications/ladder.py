"""A message climbs the ladder: its outbox row is claimed, takes one step after the other, and is put back or ended.

The attempt is on record before the call, its outcome after it, and no transaction is open while another house is being
asked. So a worker may die anywhere, and the next one goes on from the rows (docs/decisions/0008).
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, func, update

from app import following
from app.clock import now
from app.extensions import db
from app.faultpoints import point
from app.models import Delivery, Message
from app.writing import write
from notifications import attempt_outcomes, attempts, ladder_facts, merging, outbox, receipts
from notifications.attempts import Call, Outcome
from notifications.ladder_facts import Journey
from notifications.outbox import Claimed, LostLeaseError
from wechat import inbox
from workflows.ladder import next_step
from workflows.ladder_terms import Ask, Channel, Dead, ListForCall, Step, Told, TryChannel, WaitUntil
from workflows.sending import Accepted

log = logging.getLogger(__name__)

MOST_STEPS = 20  # of one visit; more would be a circle
PROOF = {Channel.WECHAT: "finish_event", Channel.SUBSCRIBE: "finish_event", Channel.SMS: "receipt"}

_message, _delivery = Message.__table__, Delivery.__table__
_END = (
    update(_message)
    .where(_message.c.id == bindparam("row"), _message.c.state == "open")
    .values(
        state=bindparam("to"),
        channel=bindparam("by"),
        proof=bindparam("shown"),
        error=bindparam("why"),
        ended_at=bindparam("at"),
    )
)
_NOT_NEEDED = (
    update(_delivery)
    .where(_delivery.c.message_id == bindparam("row"), _delivery.c.state == "due")
    .values(state="failed", error=func.coalesce(_delivery.c.error, "not_needed"))
)


def carry_out(claimed: Claimed) -> list[int]:
    """Take a message's steps as far as they can be taken now; the row is put back, done or dead afterwards.

    Returns the row's id where a proof lay here already, so that it can be ended at once. Raises LostLeaseError.
    """
    visit = Visit(claimed)
    call = write(visit.look)
    while call:
        point("message.after_attempt")
        outcome = _make(call)
        point("message.after_effect")
        done, call = call, _record(visit, call, outcome)
        point("message.after_record")
        if _match(done, outcome):
            visit.settled = True
    if visit.dead:
        log.critical("outbox row is dead", extra={"outbox_id": claimed.id, "event": claimed.event, "code": visit.dead})
    return [claimed.id] if visit.settled else []


def _make(call: Call) -> Outcome:
    try:
        return call.go()
    except Exception as error:  # noqa: BLE001 - whatever came of it is written down, as a code
        return error


def _record(visit: "Visit", call: Call, outcome: Outcome) -> Call | None:
    """Write down what came of a call, and return the next one; raises LostLeaseError.

    Also where it took longer than the lease: by itself then, for what the platform has taken is known by its number
    alone. Not where another attempt has been begun since; whoever has the row now goes on by what stands here.
    """
    try:
        return write(partial(visit.look, call, outcome))
    except LostLeaseError:
        if not call.asks and write(partial(visit.note_late, call, outcome)):
            log.warning("an attempt took longer than its lease", extra={"outbox_id": visit.claimed.id})
            _match(call, outcome)
        raise


def _match(call: Call, outcome: Outcome) -> bool:
    """Look for the proof that came before the commit which has just recorded the send's number."""
    if not isinstance(outcome, Accepted):
        return False
    if call.channel == Channel.SMS and outcome.provider_id:
        match: Callable[[], bool] = partial(_match_receipt, outcome.provider_id, call)
    elif call.channel != Channel.SMS and outcome.number is not None:
        match = partial(_match_event, outcome.number, call)
    else:
        return False
    return write(match)


def _match_receipt(biz_id: str, call: Call) -> bool:
    return receipts.match(db.session.connection(), biz_id, call.phone_blind, call.delivery_id)


def _match_event(number: int, call: Call) -> bool:
    return inbox.match(db.session.connection(), call.channel.value, number, call.delivery_id)


class Visit:
    """One worker's visit to a message: what it has read, and how the visit ended."""

    def __init__(self, claimed: Claimed):
        self.claimed = claimed
        self.journey: Journey | None = None
        self.settled = False
        self.dead = ""

    def look(self, call: Call | None = None, outcome: Outcome = None) -> Call | None:
        """Write down the outcome of the last call, decide, and act on it: one transaction.

        Returns the next call to make, its attempt on record; None once the row is put back or ended. Rows are locked
        in one order: deliveries, the reader's, the outbox row.
        """
        conn, at = db.session.connection(), now()
        if self.journey is None:
            self.journey = ladder_facts.read(conn, self.claimed)
        if self.journey is None:
            outbox.done(self.claimed, at)
            return None
        if call:
            attempt_outcomes.note(conn, self.journey, call, outcome, at)
        return self._step(conn, self.journey, at)

    def note_late(self, call: Call, outcome: Outcome) -> bool:
        """Write down the outcome of a call without the claim, and wake the message; False where it is out of date."""
        conn, at, journey = db.session.connection(), now(), self.journey
        if journey is None or not attempt_outcomes.is_latest(conn, call):
            return False
        attempt_outcomes.note(conn, journey, call, outcome, at)
        following.wake(conn, journey.message.id, at)
        return True

    def _step(self, conn: Connection, journey: Journey, at: datetime) -> Call | None:
        for _ in range(MOST_STEPS):
            step: Step | Call | None = next_step(ladder_facts.facts(conn, journey, at))
            if isinstance(step, TryChannel):
                step = attempts.begin(conn, journey, step.channel, at)
            elif isinstance(step, Ask):
                step = attempts.ask(journey)
            if step is None:
                continue  # something has changed: what was about to be tried cannot be
            return self._act(conn, journey, step, at)
        raise RuntimeError("a message goes round in circles")

    def _act(self, conn: Connection, journey: Journey, step: Step | Call, at: datetime) -> Call | None:
        if isinstance(step, Call):
            outbox.hold(self.claimed, at)
            return step
        if isinstance(step, WaitUntil):
            until = merging.stand_by(conn, journey, step, at)
            outbox.postpone_until(self.claimed, step.why, until)
        elif isinstance(step, Told | ListForCall | Dead):
            self._end(conn, journey, step, at)
        return None

    def _end(self, conn: Connection, journey: Journey, step: Told | ListForCall | Dead, at: datetime) -> None:
        row: dict[str, Any] = {"row": journey.message.id, "at": at, "by": None, "shown": None, "why": None}
        if any(one.state == "due" for one in journey.deliveries.values()):
            conn.execute(_NOT_NEEDED, {"row": journey.message.id})
        match step:
            case Told(channel):
                conn.execute(_END, row | {"to": "told", "by": channel.value, "shown": PROOF[channel]})
            case ListForCall(why) if journey.on_a_call_list:
                conn.execute(_END, row | {"to": "listed", "why": why})
            case ListForCall(why) | Dead(why):
                self.dead = why
                outbox.give_up(self.claimed, why)
                return
        outbox.done(self.claimed, at)
