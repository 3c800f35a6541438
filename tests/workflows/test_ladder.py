"""The ladder: its truth table, written by hand, and what holds whatever happens (R-MSG-1, R-MSG-2)."""

import csv
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows import ladder
from workflows.calendar import BEIJING
from workflows.ladder import next_step
from workflows.ladder_terms import (
    URGENT,
    Ask,
    Channel,
    Dead,
    Facts,
    Group,
    ListForCall,
    Standing,
    Step,
    Told,
    Tried,
    TryChannel,
    WaitUntil,
)

TABLE = Path(__file__).resolve().parent.parent / "truth" / "ladder.csv"
READER = {
    "follows": {"follows": True},
    "grants": {"grants": 1},
    "no_fallback": {"fallback": False},
    "carries": {"carries": True},
    "unbound": {},
    "left": {},
}


def minutes(text: str) -> timedelta:
    return timedelta(minutes=float(text))


def tried(cell: str, now: datetime) -> Tried | None:
    """Read `accepted@14 tries=2 first=15 again=0.1 asked=1` (minutes ago; again: from now on) or `failed:code`."""
    if not cell:
        return None
    state, *rest = cell.split()
    if state.startswith("failed:"):
        return Tried(Standing.FAILED, 1, now, now, error=state.partition(":")[2])
    name, _, ago = state.partition("@")
    words = dict(word.split("=") for word in rest)
    at = now - minutes(ago)
    first = now - minutes(words["first"]) if "first" in words else at
    again = now + minutes(words["again"]) if "again" in words else None
    return Tried(Standing(name), int(words.get("tries", 1)), first, at, again, int(words.get("asked", 0)))


def facts(row: dict[str, str]) -> Facts:
    hour, minute = row["clock"].split(":")
    now = datetime(2026, 11, 20, int(hour), int(minute), tzinfo=BEIJING).astimezone(UTC)
    known = {name: value for word in row["reader"].split() if word in READER for name, value in READER[word].items()}
    opened = now - minutes(row["age"])
    worthless = re.search(r"worthless=(\S+)", row["reader"])
    cells = {channel: tried(row[channel.value], now) for channel in Channel}
    closed, broken = (
        frozenset(Channel(word.partition("=")[2]) for word in row["reader"].split() if word.startswith(f"{name}="))
        for name in ("closed", "broken")
    )
    return Facts(
        now,
        opened,
        Group(row["group"]),
        worthless_at=opened + minutes(worthless[1]) if worthless else None,
        paused={Channel(c): now + minutes(m) for c, m in (word.split("=") for word in row["paused"].split())},
        tried={channel: cell for channel, cell in cells.items() if cell},
        closed=closed,
        broken=broken,
        **known,
    )


def said(step: Step, now: datetime) -> str:
    match step:
        case TryChannel(channel):
            return f"try {channel}"
        case Ask():
            return "ask"
        case WaitUntil(at, why, channel):
            return f"wait {(at - now).total_seconds() / 60:.3g} {why} {channel}"
        case Told(channel):
            return f"told {channel}"
        case ListForCall(why):
            return f"list {why}"
        case Dead(why):
            return f"dead {why}"
    raise AssertionError(step)


def rows() -> list[dict[str, str]]:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


@pytest.mark.rule("R-MSG-1", "R-MSG-2")
@pytest.mark.parametrize("row", rows(), ids=lambda row: ",".join(row.values()))
def test_the_truth_table(row: dict[str, str]) -> None:
    given_facts = facts(row)
    assert said(next_step(given_facts), given_facts.now) == row["step"]


def test_the_morning_comes_at_eight_in_beijing() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=BEIJING)
    assert ladder.awake(late, Group.REVIEW) == datetime(2027, 1, 1, 8, tzinfo=BEIJING)
    early = datetime(2027, 1, 1, 0, 0, tzinfo=BEIJING)
    assert ladder.awake(early, Group.REVIEW) == datetime(2027, 1, 1, 8, tzinfo=BEIJING)
    assert ladder.awake(late, Group.CODE) == late
    day = datetime(2027, 1, 1, 8, tzinfo=BEIJING)
    assert ladder.awake(day, Group.REVIEW) == day


def test_the_back_off_grows_to_ten_minutes_and_stays() -> None:
    assert [ladder.back_off(n).total_seconds() for n in (0, 1, 2, 3, 4, 9)] == [5, 5, 30, 120, 600, 600]


# --- a world in which anything may happen -------------------------------------------------------------------------


@dataclass
class World:
    """A message, its reader and the far sides; what was done on the way is noted."""

    facts: Facts
    reached: dict[Channel, bool] = field(default_factory=dict)  # whether the reader has got it by this channel
    attempts: list[tuple[Channel, bool]] = field(default_factory=list)  # and whether one under way might still count
    end: Step | None = None

    def at(self, moment: datetime) -> None:
        self.facts = replace(self.facts, now=moment)

    def put(self, channel: Channel, **values: object) -> None:
        known = self.facts.tried.get(channel) or Tried(Standing.DUE)
        self.facts = replace(self.facts, tried={**self.facts.tried, channel: replace(known, **values)})

    def under_way(self, channel: Channel) -> bool:
        """Whether another channel may still turn out to have told the reader, in the time that is given to it."""
        for other, known in self.facts.tried.items():
            waited = self.facts.now - (known.tried_at or self.facts.now)
            patience = ladder.PROVEN_WITHIN if other != Channel.SMS else timedelta(hours=16)
            pending = known.state in (Standing.ACCEPTED, Standing.SENDING)
            if other != channel and pending and waited < patience and known.asked < ladder.RECEIPT_ASKED:
                return True
        return False


FATES = st.sampled_from(
    ["accepted", "accepted", "lost_after", "lost_before", "later", "later_long", "refused", "proven_early"]
)
HEARD = st.sampled_from(["proven", "failed", "silence"])
MOST_PAUSES = 60


@pytest.mark.rule("R-MSG-2")
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_nobody_is_told_by_two_and_nobody_is_left_untold_unseen(data: st.DataObject) -> None:
    group = data.draw(st.sampled_from(Group))
    start = datetime(2026, 11, 20, data.draw(st.integers(0, 23)), tzinfo=UTC)
    worthless = start + timedelta(minutes=10) if group == Group.CODE else None
    follows, grants, fallback = data.draw(st.booleans()), data.draw(st.integers(0, 1)), data.draw(st.booleans())
    world = World(Facts(start, start, group, worthless, follows, grants, fallback))
    for number in range(200):
        if world.end is not None:
            break
        _pause(world, data, may=number < MOST_PAUSES)
        _take(world, next_step(world.facts), data)
    assert world.end is not None, "it goes round for ever"
    assert world.facts.now - start <= timedelta(hours=49)
    if isinstance(world.end, Told):
        assert world.reached.get(world.end.channel), "told, and nothing got through"
        assert world.facts.tried[world.end.channel].state == Standing.PROVEN
    elif group in URGENT:
        assert isinstance(world.end, ListForCall)
    else:
        assert isinstance(world.end, Dead)
    if group == Group.CHANGE:
        assert (
            Channel.SMS in {channel for channel, _ in world.attempts}
            or Channel.SMS in world.facts.paused
            or (world.facts.now >= world.facts.last_start)
        )
    else:
        assert not [channel for channel, doubled in world.attempts if doubled], "two at once"


def _pause(world: World, data: st.DataObject, may: bool) -> None:
    """Let a channel rest by chance; for ever would only show that a day has 1,440 pauses of a minute."""
    now = world.facts.now
    paused = {channel: until for channel, until in world.facts.paused.items() if until > now}
    if may and data.draw(st.integers(0, 5)) == 0:
        paused[data.draw(st.sampled_from(Channel))] = now + timedelta(minutes=data.draw(st.sampled_from([1, 5, 60])))
    world.facts = replace(world.facts, paused=paused)


def _take(world: World, step: Step, data: st.DataObject) -> None:
    now = world.facts.now
    match step:
        case WaitUntil(at, _, channel):
            assert at > now
            world.at(at)
            known = world.facts.tried.get(channel)
            if known and known.state in (Standing.ACCEPTED, Standing.SENDING):
                _hear(world, channel, data)
        case Ask():
            known = world.facts.tried[Channel.SMS]
            if data.draw(st.booleans()):
                _hear(world, Channel.SMS, data)
            elif world.reached.get(Channel.SMS) and known.state == Standing.SENDING:
                world.put(Channel.SMS, state=Standing.ACCEPTED, asked=0)
            if world.facts.tried[Channel.SMS] == known:
                world.put(Channel.SMS, asked=known.asked + 1)
        case TryChannel(channel):
            assert channel not in world.facts.paused
            world.attempts.append((channel, world.under_way(channel)))
            _attempt(world, channel, data.draw(FATES))
        case _:
            world.end = step


def _attempt(world: World, channel: Channel, fate: str) -> None:
    now, known = world.facts.now, world.facts.tried.get(channel) or Tried(Standing.DUE)
    attempts = known.attempts + 1
    unsure = known.state == Standing.SENDING and channel != Channel.SMS
    world.put(channel, state=Standing.SENDING, attempts=attempts, first_at=known.first_at or now, tried_at=now, asked=0)
    if fate in ("accepted", "lost_after", "proven_early"):
        world.reached[channel] = True
    if fate == "accepted":
        world.put(channel, state=Standing.ACCEPTED)
    elif fate == "proven_early":
        world.put(channel, state=Standing.PROVEN)
    elif fate == "refused":
        world.put(channel, state=Standing.FAILED, error="47003")
    elif fate.startswith("later"):
        wait = timedelta(hours=1) if fate == "later_long" else ladder.back_off(attempts)
        world.put(channel, again_at=now + wait, **({} if unsure else {"state": Standing.DUE}))


def _hear(world: World, channel: Channel, data: st.DataObject) -> None:
    heard = data.draw(HEARD)
    if heard == "proven" and world.reached.get(channel):
        world.put(channel, state=Standing.PROVEN)
    elif heard == "failed":
        world.put(channel, state=Standing.FAILED, error="failed:user block")
