"""Troubles on request for the vendors' calls: the next few or some by chance, per path, before or after the effect."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response

from simulator.faults import cut_off, sign_in_page, truncated

# With "_after" the effect has happened and only the answer is lost; without it nothing has happened.
AFTER = "_after"
KINDS = ("errcode", "slow", "hang", "reset", "bad_gateway", "html", "truncated", "twice")
NAMES = KINDS + tuple(kind + AFTER for kind in KINDS)
LONGEST = 60.0  # seconds that a hanging call hangs, unless told otherwise

Answer = Callable[[], Response]
Refuse = Callable[[str], Response]


@dataclass
class Trouble:
    """What goes wrong with calls whose path begins with `path`, `times` calls (None: until cleared) or a share."""

    names: Sequence[str]
    path: str = ""
    code: str = "-1"
    times: int | None = None
    seconds: float = LONGEST
    rate: float = 1.0
    seed: int = 0
    met: int = 0
    chance: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.names or set(self.names) - set(NAMES):
            raise ValueError(f"fault must be of {', '.join(NAMES)}")
        self.chance = random.Random(self.seed)  # noqa: S311 - repeatable, not secret

    def shown(self) -> dict[str, Any]:
        """Return what a test is told of it."""
        names = ("names", "path", "code", "times", "seconds", "rate", "seed", "met")
        return {name: getattr(self, name) for name in names}


class Troubles:
    """The troubles that are on; the first that fits a call is taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: list[Trouble] = []
        self._calm = threading.Event()

    def add(self, trouble: Trouble) -> None:
        """Switch a trouble on."""
        with self._lock:
            self._on.append(trouble)
            self._calm.clear()

    def clear(self) -> None:
        """Switch all off, and let go of every call that hangs."""
        with self._lock:
            self._on.clear()
            self._calm.set()

    def listed(self) -> list[dict[str, Any]]:
        """Return the troubles that are on."""
        with self._lock:
            return [trouble.shown() for trouble in self._on]

    def _next(self, path: str) -> tuple[str, Trouble] | None:
        with self._lock:
            for trouble in self._on:
                if path.startswith(trouble.path) and trouble.times != 0 and trouble.chance.random() < trouble.rate:
                    trouble.met += 1
                    trouble.times = None if trouble.times is None else trouble.times - 1
                    return trouble.chance.choice(trouble.names), trouble
        return None

    def around(self, path: str, answer: Answer, refuse: Refuse) -> Response:
        """Answer a call by way of the trouble that it meets; `refuse` makes the vendor's own error of a code."""
        met = self._next(path)
        if met is None:
            return answer()
        name, trouble = met
        if name == "slow":
            self._calm.wait(trouble.seconds)
            return answer()
        kind = name.removesuffix(AFTER)
        if kind == "twice":
            answer()
        given = answer() if name.endswith(AFTER) or kind in ("truncated", "twice") else None
        if kind in ("slow", "hang"):
            self._calm.wait(trouble.seconds)
        return _spoilt(kind, trouble, given, refuse)


def _spoilt(kind: str, trouble: Trouble, given: Response | None, refuse: Refuse) -> Response:
    if kind == "errcode":
        return refuse(trouble.code)
    if kind == "bad_gateway":
        return Response("<html><h1>502 Bad Gateway</h1></html>", status=502, mimetype="text/html")
    if kind == "html":
        return sign_in_page()
    if given is not None and kind in ("slow", "twice"):
        return given
    return truncated(given) if given is not None and kind == "truncated" else cut_off()
