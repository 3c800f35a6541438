"""Channels that rest: a row that says why and until when, a probe when the time has come, an alarm at the start."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select, update

from app.models import ChannelPause
from notifications.channels import upsert
from wechat import outcomes
from workflows.calendar import beijing_day, beijing_midnight
from workflows.ladder_terms import Channel
from workflows.sending import PausedError

log = logging.getLogger(__name__)

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=1)
PROBED_FOR = timedelta(seconds=30)  # while one message tries the channel the others go on waiting
WHOLE = ""  # the template that stands for all of a channel
FAILURES = 10  # in a row, of one worker, after which a channel that gives no answer rests

_pause = ChannelPause.__table__
_ALL = select(_pause.c.channel, _pause.c.template, _pause.c.until, _pause.c.reason, _pause.c.strikes)
_one = (_pause.c.channel == bindparam("of"), _pause.c.template == bindparam("name"))
_PROBE = update(_pause).where(*_one, _pause.c.until <= bindparam("at")).values(until=bindparam("later"))
_END = delete(_pause).where(*_one)
_STRIKES = select(_pause.c.strikes, _pause.c.until).where(*_one).with_for_update()
_LONGER = (
    update(_pause).where(*_one).values(reason=bindparam("why"), until=bindparam("later"), strikes=_pause.c.strikes + 1)
)


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when something rests, and whether waiting for it is of any use: not where somebody has to mend it."""

    until: datetime
    worth_waiting: bool


Pauses = Mapping[tuple[str, str], Rest]
_silent: dict[Channel, int] = {}  # failures in a row of this worker, by channel


def read(conn: Connection) -> Pauses:
    """Return until when what rests: by channel and template; a moment that has passed waits for its probe."""
    return {
        (row.channel, row.template): Rest(row.until, outcomes.worth_waiting(row.reason, row.strikes))
        for row in conn.execute(_ALL)
    }


def until(pauses: Pauses, channel: Channel, template: str, at: datetime) -> datetime | None:
    """Return until when a template of a channel rests; None where it may be tried."""
    return max((rest.until for rest in _resting(pauses, channel, template, at)), default=None)


def broken(pauses: Pauses, channel: Channel, template: str, at: datetime) -> bool:
    """Say whether a template of a channel rests for a fault that waiting does not cure."""
    return any(not rest.worth_waiting for rest in _resting(pauses, channel, template, at))


def _resting(pauses: Pauses, channel: Channel, template: str, at: datetime) -> Iterator[Rest]:
    for key in ((channel.value, WHOLE), (channel.value, template)):
        if key in pauses and pauses[key].until > at:
            yield pauses[key]


def probed(conn: Connection, pauses: Pauses, channel: Channel, template: str, at: datetime) -> tuple[str, ...] | None:
    """Take upon one message to try what has rested long enough; return what of it: templates, "" for all of them.

    () where nothing rests; None where another message tries it already.
    """
    names = tuple(name for name in (WHOLE, template) if (channel.value, name) in pauses)
    for name in names:
        given = {"of": channel.value, "name": name, "at": at, "later": at + PROBED_FOR}
        if conn.execute(_PROBE, given).rowcount != 1:
            return None
    return names


def end(conn: Connection, channel: Channel, names: tuple[str, ...]) -> None:
    """Let a channel go on: its probe has come through."""
    for name in names:
        conn.execute(_END, {"of": channel.value, "name": name})
        log.info("a channel goes on", extra={"channel": channel.value, "template": name})


def start(
    conn: Connection, channel: Channel, template: str, error: PausedError, at: datetime, probing: tuple[str, ...] = ()
) -> None:
    """Let a channel, or a template of it, rest; a probe that failed doubles the time, 5 minutes up to an hour.

    Only the start is an alarm. What comes from a message that was on its way already changes nothing.
    """
    name = template if error.template else WHOLE
    row = {"channel": channel.value, "template": name, "reason": error.code[:60], "since": at, "strikes": 1}
    new = upsert(_pause).values(row | {"until": _end_of(error, 1, at)}).on_conflict_do_nothing()
    if conn.execute(new.returning(_pause.c.channel)).first():
        log.critical("a channel rests", extra={"channel": channel.value, "template": name, "code": error.code})
        return
    known = conn.execute(_STRIKES, {"of": channel.value, "name": name}).one()
    if name in probing or known.until <= at:
        later = _end_of(error, known.strikes + 1, at)
        conn.execute(_LONGER, {"of": channel.value, "name": name, "why": error.code[:60], "later": later})


def _end_of(error: PausedError, strikes: int, at: datetime) -> datetime:
    if error.until_midnight:
        return beijing_midnight(beijing_day(at) + timedelta(days=1))
    rest: timedelta = (error.wait or SHORTEST) * 2 ** (strikes - 1)
    return at + min(rest, LONGEST)


def note(channel: Channel, silent: bool) -> bool:
    """Count answers that did not come, in a row; say whether the channel has been silent for too long."""
    _silent[channel] = _silent.get(channel, 0) + 1 if silent else 0
    return _silent[channel] >= FAILURES
