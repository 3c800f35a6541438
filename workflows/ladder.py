"""The ladder between WeChat and SMS: what is to be done next for one message, given what is known (R-MSG-1, R-MSG-2).

Channels in order: the official account's template message, the mini-program's subscribe message, SMS, and last the
school's call list. Accepted is not told: a channel counts once its finish event or receipt says so.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from workflows.calendar import BEIJING, beijing_day, beijing_midnight
from workflows.ladder_terms import (
    AT_ANY_HOUR,
    BY_WECHAT,
    GIVE_UP,
    URGENT,
    Ask,
    Channel,
    Dead,
    Facts,
    Group,
    ListForCall,
    Move,
    Standing,
    Step,
    Told,
    Tried,
    TryChannel,
    WaitUntil,
)

BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600))
TRIES = 5
PATIENCE = {
    Channel.WECHAT: timedelta(minutes=30),
    Channel.SUBSCRIBE: timedelta(minutes=30),
    Channel.SMS: timedelta(hours=24),
}
REPEATED_WITHIN = timedelta(minutes=9)  # of the first attempt: the platform tells doubles apart for ten minutes
PROVEN_WITHIN = timedelta(minutes=15)
ASKED_AFTER = timedelta(minutes=1)  # what the operator knows of a text message whose answer was lost
ASKED_ENOUGH = 2
RECEIPT_AFTER = timedelta(minutes=15)  # an accepted text message is asked after, then at twice the time, and so on
RECEIPT_ASKED = 7
SHORT_PAUSE = timedelta(minutes=5)
NIGHT, MORNING = 22, 8  # Beijing hours


def next_step(facts: Facts) -> Step:
    """Return what is to be done for a message now."""
    if told := _told(facts):
        return told
    for move in _moves(facts):
        if not isinstance(move, WaitUntil):
            return move
    waits = [move for move in _moves(facts) if isinstance(move, WaitUntil)]
    if waits:
        return min(waits, key=lambda wait: wait.at)
    proven = [channel for channel in reversed(Channel) if _stands(facts, channel) == Standing.PROVEN]
    if proven:
        return Told(proven[0])
    return ListForCall(_why(facts)) if facts.group in URGENT or facts.carries else Dead(_why(facts))


def back_off(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts that failed for now: 5 s, 30 s, 2 min, 10 min."""
    return BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]


def exhausted(channel: Channel, tried: Tried) -> bool:
    """Say whether a channel that is due has had its tries or its time: five, or 30 minutes on WeChat (R-MSG-2)."""
    if tried.attempts >= TRIES:
        return True
    end = tried.first_at + PATIENCE[channel] if tried.first_at else None
    return end is not None and tried.again_at is not None and tried.again_at >= end


def awake(at: datetime, group: Group) -> datetime:
    """Return the first moment from `at` on at which a text message may go out: not from 22:00 to 8:00 in Beijing."""
    local = at.astimezone(BEIJING)
    if group in AT_ANY_HOUR or MORNING <= local.hour < NIGHT:
        return at
    day = beijing_day(at) + timedelta(days=1 if local.hour >= NIGHT else 0)
    return beijing_midnight(day) + timedelta(hours=MORNING)


def _stands(facts: Facts, channel: Channel) -> Standing | None:
    tried = facts.tried.get(channel)
    return tried.state if tried else None


def _told(facts: Facts) -> Told | None:
    """One proof is enough, but that a change wants its text message beside WeChat, whatever WeChat says."""
    if facts.group == Group.CHANGE:
        return None
    return next((Told(c) for c in Channel if _stands(facts, c) == Standing.PROVEN), None)


def _moves(facts: Facts) -> Iterator[Move]:
    """Yield what each branch does next: the ladder, and for a change WeChat and the text message side by side."""
    wechat = (Channel.WECHAT, Channel.SUBSCRIBE)
    if facts.group == Group.CHANGE:
        branches: tuple[tuple[Channel, ...], ...] = (wechat, (Channel.SMS,))
    elif facts.group in BY_WECHAT:
        branches = ((*wechat, Channel.SMS) if facts.fallback else wechat,)
    else:
        branches = ((Channel.SMS,),)
    for branch in branches:
        if move := _climb(facts, branch):
            yield move


def _climb(facts: Facts, branch: tuple[Channel, ...]) -> Move | None:
    """Return what the first channel that has something to do does; one that rests for long lets the next one go.

    What is under way comes first: no channel is tried while another may still turn out to have told the reader.
    """
    if any(_stands(facts, channel) == Standing.PROVEN for channel in branch):
        return None
    under_way = [c for c in reversed(branch) if _stands(facts, c) in (Standing.ACCEPTED, Standing.SENDING)]
    for channel in under_way:
        if move := _on(facts, channel):
            return move
    resting: list[WaitUntil] = []
    for channel in branch:
        move = _on(facts, channel)
        if isinstance(move, WaitUntil) and move.why == "paused" and not _worth_waiting(facts, move):
            resting.append(move)
        elif isinstance(move, WaitUntil) and resting:
            return min([*resting, move], key=lambda wait: wait.at)
        elif move:
            return move
    return min(resting, key=lambda wait: wait.at) if resting else None


def _on(facts: Facts, channel: Channel) -> Move | None:
    return _on_sms(facts) if channel == Channel.SMS else _on_wechat(facts, channel)


def _worth_waiting(facts: Facts, wait: WaitUntil) -> bool:
    """A short pause is waited for, as long as the channel's patience lasts; SMS is the last one anyway.

    Not a wrong setting or a ban, however short: somebody has to mend that, and the reader is told meanwhile.
    """
    if wait.channel == Channel.SMS:
        return True
    if wait.channel in facts.broken:
        return False
    return wait.at <= min(facts.now + SHORT_PAUSE, facts.opened_at + PATIENCE[wait.channel])


def _on_wechat(facts: Facts, channel: Channel) -> Move | None:
    tried = facts.tried.get(channel) or Tried(Standing.DUE)
    reachable = facts.follows if channel == Channel.WECHAT else facts.grants > 0
    if tried.state == Standing.FAILED:
        return None
    if tried.state in (Standing.ACCEPTED, Standing.SENDING):
        again = _repeat(facts, tried) if channel == Channel.WECHAT and reachable else None
        return again or _until_event(facts, channel, tried)
    if not reachable or exhausted(channel, tried):
        return None
    if channel in facts.closed:
        return TryChannel(channel)
    return _attempt(facts, channel, tried.again_at or facts.now)


def _repeat(facts: Facts, tried: Tried) -> Move | None:
    """An answer that was lost is asked for again under the same id, as long as the platform tells doubles apart."""
    if tried.state != Standing.SENDING or tried.attempts >= TRIES or not tried.first_at or not tried.tried_at:
        return None
    end = tried.first_at + REPEATED_WITHIN
    at = tried.again_at or tried.tried_at + back_off(tried.attempts)
    at = max(at, facts.paused.get(Channel.WECHAT, at))
    if max(at, facts.now) >= min(end, facts.last_start):
        return None
    return TryChannel(Channel.WECHAT) if at <= facts.now else WaitUntil(at, "answer_lost", Channel.WECHAT)


def _until_event(facts: Facts, channel: Channel, tried: Tried) -> Move | None:
    """The finish event decides; where none has come in a quarter of an hour, the next channel does."""
    end = (tried.tried_at or facts.opened_at) + PROVEN_WITHIN
    return WaitUntil(end, "no_event", channel) if facts.now < end else None


def _attempt(facts: Facts, channel: Channel, at: datetime) -> Move | None:
    """Try at a moment, or when the channel's rest is over; None where that is too late."""
    why = "back_off" if at > facts.now else "paused"
    at = max(at, facts.now, facts.paused.get(channel, at))
    if at >= facts.last_start:
        return None
    return TryChannel(channel) if at <= facts.now else WaitUntil(at, why, channel)


def _on_sms(facts: Facts) -> Move | None:
    tried = facts.tried.get(Channel.SMS) or Tried(Standing.DUE)
    if tried.state == Standing.FAILED:
        return None
    if tried.state == Standing.DUE and Channel.SMS in facts.closed:
        return TryChannel(Channel.SMS)
    if tried.state == Standing.ACCEPTED:
        return _ask(facts, tried, RECEIPT_AFTER * 2**tried.asked, RECEIPT_ASKED)
    if tried.state == Standing.SENDING and tried.asked < ASKED_ENOUGH:
        return _ask(facts, tried, ASKED_AFTER * (tried.asked + 1), ASKED_ENOUGH)
    if exhausted(Channel.SMS, tried):
        return None
    at = max(tried.again_at or facts.now, facts.now)
    morning = awake(max(at, facts.paused.get(Channel.SMS, at)), facts.group)
    if morning > max(at, facts.paused.get(Channel.SMS, at)):
        return WaitUntil(morning, "quiet_hours", Channel.SMS) if morning < facts.last_start else None
    return _attempt(facts, Channel.SMS, at)


def _ask(facts: Facts, tried: Tried, after: timedelta, enough: int) -> Move | None:
    """Ask so long after the attempt; None where that has been done often enough, or for a day."""
    sent_at = tried.tried_at or facts.opened_at
    at = max(sent_at + after, tried.again_at or sent_at)
    if tried.asked >= enough or at >= sent_at + GIVE_UP:
        return None
    return Ask() if at <= facts.now else WaitUntil(at, "no_receipt", Channel.SMS)


def _why(facts: Facts) -> str:
    """Return the code of the last channel that was tried."""
    codes = [tried.error or _silent(tried) for channel in reversed(Channel) if (tried := facts.tried.get(channel))]
    return codes[0] if codes else "no_channel"


def _silent(tried: Tried) -> str:
    return "not_proven" if tried.state in (Standing.ACCEPTED, Standing.SENDING) else "too_late"
