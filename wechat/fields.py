"""Fits a value into a typed field of a message template: too long is an error over there, so we cut (47003).

Nothing that leaves is empty, has control characters, or holds an ID number or a whole phone number.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import masking
from workflows.calendar import BEIJING, say

ELLIPSIS = "…"
NAME = re.compile(r"([a-z_]+?)[0-9]{1,2}")
_RUN = re.compile(r"\d(?:[\s-]?\d){10,}[Xx]?")  # a phone or ID number, also with gaps
_HANZI = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
_MOMENT = r"[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日(?: [0-9]{1,2}:[0-9]{2})?"
_JOINERS = "\u200c\u200d"
_SKIN = ("\U0001f3fb", "\U0001f3ff")
_FLAG = ("\U0001f1e6", "\U0001f1ff")


class UnfitError(ValueError):
    """A value that no cutting makes right for its field, such as a word that is none of the approved ones."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field takes: `longest` characters, after `taken` away (a pattern of what it cannot hold); `empty` if none.

    `whole` is what the result must be, for kinds that cannot be cut; `ends` whether a cut shows.
    """

    longest: int
    taken: str = ""
    empty: str = "--"
    whole: str = ""
    ends: str = ""


# Of the platform's documents, 模板消息 and 订阅消息 参数值内容限制.
KINDS: dict[str, Kind] = {
    "thing": Kind(20, ends=ELLIPSIS),
    "phrase": Kind(5, taken=f"[^{_HANZI}]", empty="暂无"),
    "character_string": Kind(32, taken=r"[^\x21-\x7e]"),
    "number": Kind(32, empty="0", whole=r"-?[0-9]+(?:\.[0-9]+)?"),
    "letter": Kind(32, taken="[^A-Za-z]", empty="NA"),
    "symbol": Kind(5, taken=r"[\w\s]"),
    "phone_number": Kind(17, taken=r"[^0-9*+()-]"),
    "car_number": Kind(8, taken=f"[^A-Za-z0-9{_HANZI}-]"),
    "name": Kind(10, taken=f"[^{_HANZI}A-Za-z·. -]", empty="无"),
    "amount": Kind(14, empty="0元", whole=r"[¥￥$€£]?[0-9]{1,10}(?:\.[0-9]{1,2})?元?"),
    "time": Kind(36, whole=rf"(?:{_MOMENT}|[0-9]{{1,2}}:[0-9]{{2}})(?:~(?:{_MOMENT}|[0-9]{{1,2}}:[0-9]{{2}}))?"),
    "date": Kind(36, whole=rf"{_MOMENT}(?:~{_MOMENT})?"),
    "const": Kind(20),
}
MUST = frozenset({"time", "date", "const"})  # nothing stands for nothing here


def kind_of(name: str) -> str | None:
    """Return the kind of a field such as thing1; None for a name that the platform does not know."""
    found = NAME.fullmatch(name)
    return found[1] if found and found[1] in KINDS else None


def fit(name: str, value: str | datetime | None, approved: Sequence[str] = ()) -> str:
    """Return the value as the field `name` (thing1, time2, …) takes it; `approved` are the values of a const.

    Raises UnfitError for a moment or an approved word that is none, and for a field of no known kind.
    """
    word = kind_of(name)
    if word is None:
        raise UnfitError(name)
    kind, text = KINDS[word], masked(clean(_written(word, value)))
    if word == "const":
        return _one_of(approved, text, name)
    if kind.whole:
        return _whole(kind, text, name, word in MUST)
    if kind.taken:
        text = masked(clean(re.sub(kind.taken, "", text)))  # what is left may have moved together
    return cut(text, kind.longest, kind.ends) or kind.empty


def clean(text: str) -> str:
    """Return a text in one line: no control, format or lone half characters, one space between words."""
    kept = (" " if c.isspace() else c for c in text if c.isspace() or c in _JOINERS or not _is_unseen(c))
    return _collapsed("".join(kept)).strip(f" {_JOINERS}")


def masked(text: str) -> str:
    """Return a text without runs of 11 digits and more, which are phone and ID numbers: the last guard."""
    return _RUN.sub(_hidden, text)


def cut(text: str, longest: int, ends: str = ELLIPSIS) -> str:
    """Return a text of at most `longest` code points, with `ends` where it was cut, between two whole signs."""
    if len(text) <= longest:
        return text
    end = longest - len(ends)
    whole = next((at for at in range(end, 0, -1) if not _belong_together(text, at)), end)
    return text[:whole].rstrip(f" {_JOINERS}") + ends


def _written(word: str, value: str | datetime | None) -> str:
    if not isinstance(value, datetime):
        return value or ""
    if word == "character_string":
        return f"{value.astimezone(BEIJING):%Y-%m-%dT%H:%M}"
    return say(value)


def _one_of(approved: Sequence[str], text: str, name: str) -> str:
    if text not in approved:
        raise UnfitError(name)
    return text


def _whole(kind: Kind, text: str, name: str, must: bool) -> str:
    if len(text) <= kind.longest and re.fullmatch(kind.whole, text):
        return text
    if must:
        raise UnfitError(name)
    return kind.empty


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co")


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _hidden(found: re.Match[str]) -> str:
    digits = "".join(sign for sign in found[0] if sign.isalnum())
    return masking.phone(digits) if len(digits) == 11 else f"{digits[:1]}****{digits[-1:]}"


def _belong_together(text: str, at: int) -> bool:
    """Say whether a cut at `at` would part a sign from its marks, joined signs, or the halves of a flag."""
    before, after = text[at - 1], text[at]
    if after in _JOINERS or before in _JOINERS or unicodedata.category(after)[0] == "M":
        return True
    return _SKIN[0] <= after <= _SKIN[1] or (_FLAG[0] <= after <= _FLAG[1] and _is_half_flag(text[:at]))


def _is_half_flag(text: str) -> bool:
    halves = len(text) - len(text.rstrip("".join(map(chr, range(ord(_FLAG[0]), ord(_FLAG[1]) + 1)))))
    return halves % 2 == 1
