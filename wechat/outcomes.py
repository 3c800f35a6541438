"""What is to be done about each code of the platform: a table, and the exceptions made of its rows (R-MSG-2).

Besides the platform's own codes it has words for what happens on the way: `unreachable` (nothing went out),
`no_answer` and `garbled` (the answer was lost), `http_5xx` and its like (something in between has answered). Whatever
stands in no row is permanent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from workflows.sending import AmbiguousError, LaterError, PausedError, RefusedError, SendError, UnreachableError

UNREACHABLE, NO_ANSWER, GARBLED = "unreachable", "no_answer", "garbled"
USER_BLOCK, SYSTEM_FAILED = "failed:user block", "failed:system failed"  # of a finish event, not of an answer
STALE = frozenset({"40001", "40014", "42001"})  # the access token is no more


class Do(StrEnum):
    """What is to be done."""

    LATER = "later"
    AMBIGUOUS = "ambiguous"
    PAUSE = "pause"
    OTHER_CHANNEL = "other_channel"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row: what is to be done, and how; `mark` is what becomes of the reader's WeChat.

    `waited`: how many pauses in a row messages wait for, where those are short; then they take the next channel at
    once (None: as long as pauses are short).
    """

    do: Do
    wait: timedelta | None = None
    mark: str = ""
    template: bool = False
    until_midnight: bool = False
    waited: int | None = None


LATER, AMBIGUOUS, PAUSE, REFUSE = (Outcome(do) for do in (Do.LATER, Do.AMBIGUOUS, Do.PAUSE, Do.REFUSE))
BROKEN = Outcome(Do.PAUSE, waited=0)

TABLE: dict[str, Outcome] = {
    # The platform or the way to it: once more, as the back-off says. What a gateway says may come after the effect.
    "-1": LATER,
    UNREACHABLE: LATER,
    "http_3xx": LATER,
    "http_4xx": LATER,
    NO_ANSWER: AMBIGUOUS,
    GARBLED: AMBIGUOUS,
    "http_2xx": AMBIGUOUS,
    "http_5xx": AMBIGUOUS,
    # The token: the client has refreshed it and tried again before this counts.
    "40001": PAUSE,
    "40014": PAUSE,
    "42001": PAUSE,
    # Configuration, or a ban: nobody waits for somebody to mend it.
    "40013": BROKEN,
    "40125": BROKEN,
    "40164": BROKEN,
    "48001": BROKEN,
    "48004": BROKEN,
    "50002": BROKEN,
    "not_configured": BROKEN,
    # We have made a mistake.
    "41001": REFUSE,
    "47001": REFUSE,
    "40033": REFUSE,
    "43002": REFUSE,
    # The reader cannot be reached this way.
    "40003": Outcome(Do.OTHER_CHANNEL, mark="invalid"),
    "43004": Outcome(Do.OTHER_CHANNEL, mark="left"),
    "50005": Outcome(Do.OTHER_CHANNEL, mark="left"),
    "43101": Outcome(Do.OTHER_CHANNEL, mark="no_grant"),
    USER_BLOCK: Outcome(Do.OTHER_CHANNEL, mark="blocked"),
    SYSTEM_FAILED: REFUSE,
    # Too much at once.
    "43108": Outcome(Do.LATER, wait=timedelta(seconds=2)),
    "45009": Outcome(Do.PAUSE, until_midnight=True),
    "45011": Outcome(Do.PAUSE, wait=timedelta(seconds=60)),
    # The template: whoever comes after 60 s is the one try; when that fails, too, nobody waits any more.
    "40037": Outcome(Do.PAUSE, template=True, wait=timedelta(seconds=60), waited=1),
    # What was sent: the field is named behind the code; a page is left out by `sending` before this counts.
    "47003": REFUSE,
    "41030": REFUSE,
    # Signing in: `logins` says what the person is to do.
    "40029": REFUSE,
    "40163": REFUSE,
    "40226": REFUSE,
}

_MAKE: dict[Do, Callable[[str, Outcome], SendError]] = {
    Do.LATER: lambda code, row: LaterError(code, row.wait),
    Do.AMBIGUOUS: lambda code, row: AmbiguousError(code),
    Do.PAUSE: lambda code, row: PausedError(code, row.template, row.until_midnight, row.wait),
    Do.OTHER_CHANNEL: lambda code, row: UnreachableError(code, row.mark),
    Do.REFUSE: lambda code, row: RefusedError(code),
}


def worth_waiting(code: str, pauses: int) -> bool:
    """Say whether messages wait for a channel that rests because of `code`, `pauses` times in a row by now."""
    waited = TABLE.get(code.partition(":")[0], REFUSE).waited
    return waited is None or pauses <= waited


def of_status(status: int) -> str:
    """Return the word for an HTTP status other than 200."""
    return f"http_{status}"


def failure(code: str, detail: str = "") -> SendError:
    """Return the exception for a code of the platform or a word of ours; `detail` is put behind the code."""
    key = f"{code[:6]}xx" if code.startswith("http_") else code
    row = TABLE.get(key, REFUSE)
    return _MAKE[row.do](f"{code}:{detail}" if detail else code, row)
