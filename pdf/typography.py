"""Chinese line breaking (禁则处理), justification and fitting of text into boxes; arithmetic over character widths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

MM_PER_POINT = 25.4 / 72
NEVER_STARTS_A_LINE = frozenset("，。、；：？！）》〉」』】〕］｝”’…—～·・‧%‰℃,.;:?!)]}>々ー")
NEVER_ENDS_A_LINE = frozenset("（《〈「『【〔［｛“‘￥¥$([{<№")
# These glyphs fill only the left half of their square: at a line's end the right half may hang over the edge.
HALF_AT_END = frozenset("，。、；：！？）》〉」』】〕］｝")
LEADING = 1.2

Advance = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Line:
    """One set line: text, natural width and indent in em, where in its paragraph it starts, whether it ends it."""

    text: str
    width: float = 0.0
    indent: float = 0.0
    start: int = 0
    last: bool = True

    def spread(self, measure: float) -> float:
        """Space in em to add after each character so that the line fills `measure`; 0 for last lines and poor ones."""
        gaps = len(self.text) - 1
        if self.last or gaps < 1:
            return 0.0
        extra = (measure - self.indent - self.width) / gaps
        return extra if abs(extra) < 0.2 else 0.0


def _in_word(character: str) -> bool:
    return "!" <= character <= "~" or "À" <= character <= "ɏ"


def _breakable(before: str, after: str) -> bool:
    if after in NEVER_STARTS_A_LINE or before in NEVER_ENDS_A_LINE:
        return False
    return not (_in_word(before) and _in_word(after))


def _cut(text: str, start: int, room: float, advance: Advance) -> int:
    """Index after the last character of the line that begins at `start`."""
    used, best, end = 0.0, 0, start
    while end < len(text):
        width = advance(text[end])
        if used + (width / 2 if text[end] in HALF_AT_END else width) > room + 1e-6:
            break
        used += width
        end += 1
        if end == len(text) or _breakable(text[end - 1], text[end]):
            best = end
    return best or max(end, start + 1)


def _paragraph(text: str, measure: float, indent: float, advance: Advance) -> Iterator[Line]:
    start = 0
    while start < len(text):
        end = _cut(text, start, measure - indent, advance)
        piece = text[start:end].rstrip(" ")
        width = sum(map(advance, piece))
        if piece and piece[-1] in HALF_AT_END:
            width -= advance(piece[-1]) / 2
        yield Line(piece, width, indent, start, last=end >= len(text))
        start, indent = end, 0.0
        while start < len(text) and text[start] == " ":
            start += 1


def set_paragraph(text: str, measure: float, advance: Advance, indent: float = 0.0) -> list[Line]:
    """Break one paragraph into lines at most `measure` em wide, the first shorter by `indent` em."""
    return list(_paragraph(text, measure, indent, advance)) or [Line("")]


def paragraphs(text: str) -> list[str]:
    """The text's paragraphs: line breaks of any kind divide, tabs become spaces, empty ones vanish."""
    return [part for part in (line.replace("\t", " ").strip() for line in text.splitlines()) if part]


def fit(
    text: str, width: float, height: float, sizes: tuple[float, ...], advance: Advance
) -> tuple[float, list[Line]] | None:
    """The largest of `sizes` (points) at which the text fits a box in mm, with its lines; None if none does."""
    flat = " ".join(paragraphs(text))
    for size in sizes:
        em = size * MM_PER_POINT
        lines = set_paragraph(flat, width / em, advance)
        if len(lines) * em * LEADING <= height and all(line.width * em <= width + 0.01 for line in lines):
            return size, lines
    return None
