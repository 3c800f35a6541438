"""Pouring text that the first page has no room for onto continuation pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdf import fonts
from pdf.form import Box, baseline
from pdf.overlay import Layer, ValueFonts
from pdf.typography import MM_PER_POINT, Line, set_paragraph

SIZE = 10.0
LEADING = 1.6
INDENT = 2.0


@dataclass(frozen=True, slots=True)
class Passage:
    """Text for a continuation page: a heading and paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


def pour(passages: Sequence[Passage], box: Box, value_fonts: ValueFonts) -> list[Layer]:
    """Set passages one after another into as many continuation pages as they need; none for no passages."""
    em = SIZE * MM_PER_POINT
    measure, lead = box.width / em, em * LEADING
    room = int(box.height / lead)
    layers: list[Layer] = []
    for number, line in enumerate(_keep_headings(list(_lines(passages, measure)), room)):
        place = number % room
        if place == 0:
            layers.append(Layer(value_fonts, continuation=True))
        y = baseline(box.y + (place + 0.5) * lead, SIZE)
        layers[-1].text(box.x + line.indent * em, y, SIZE, line.text, line.spread(measure))
    return layers


def _lines(passages: Sequence[Passage], measure: float) -> Iterator[Line]:
    for passage in passages:
        yield Line(f"【{passage.heading}】")
        for paragraph in passage.paragraphs:
            yield from set_paragraph(paragraph, measure, fonts.advance, INDENT)
        yield Line("")


def _keep_headings(lines: list[Line], room: int) -> list[Line]:
    """The lines without the last blank, and with blanks so that no heading stands alone at the foot of a page."""
    kept: list[Line] = []
    for line in lines[:-1]:
        if line.text.startswith("【") and not line.indent and len(kept) % room == room - 1:
            kept.append(Line(""))
        kept.append(line)
    return kept
