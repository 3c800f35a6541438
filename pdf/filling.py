"""Writing values into the slots of the first page, and finding what has no room there."""

from __future__ import annotations

from pdf import fonts
from pdf.flow import Passage
from pdf.form import Box, Plan, baseline, text_width
from pdf.overlay import Layer
from pdf.typography import LEADING, MM_PER_POINT, Line, fit, paragraphs, set_paragraph

VALUE_SIZES = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
SUPPLEMENT_SIZES = (9.5, 9.0, 8.5)
SUPPLEMENT_LEADING = 1.4
EMPTY_INDENT, INDENT = 0.0, 2.0
ELSEWHERE = "（全文见附页）"
TURN_OVER = "（转附页）"
SUPPLEMENT_GOES_ON = "协议补充内容（接首页）"


def _set(paragraph: str, measure: float, indent: float) -> list[Line]:
    return set_paragraph(paragraph, measure, fonts.advance, indent)


def fill_line(layer: Layer, box: Box, size: float, text: str) -> None:
    """Write one line in the middle of a box."""
    x = box.x + (box.width - text_width(text, size)) / 2
    layer.text(x, baseline(box.y + box.height / 2, size), size, text)


def fill_cells(layer: Layer, plan: Plan, values: dict[str, str]) -> list[Passage]:
    """Write each value (slot → text) as large as its cell allows; answers those that must go to a continuation page."""
    overflow = []
    for slot, value in values.items():
        box = plan.slots[slot]
        fitted = fit(value, box.width, box.height, VALUE_SIZES, fonts.advance)
        if fitted is None:
            overflow.append(Passage(plan.names[slot], tuple(paragraphs(value))))
            fitted = fit(ELSEWHERE, box.width, box.height, VALUE_SIZES, fonts.advance)
        size, lines = fitted or (VALUE_SIZES[-1], [])
        lead = size * MM_PER_POINT * LEADING
        top = box.y + (box.height - lead * len(lines)) / 2
        for number, line in enumerate(lines):
            layer.text(box.x, baseline(top + lead * (number + 0.5), size), size, line.text)
    return overflow


def fill_supplement(layer: Layer, box: Box, text: str) -> list[Passage]:
    """Write the supplement, its paragraphs indented by two characters; answers what must go to a continuation page."""
    parts = paragraphs(text)
    indent = INDENT if len(text) > 2 else EMPTY_INDENT
    for size in SUPPLEMENT_SIZES:
        em = size * MM_PER_POINT
        lead, measure = em * SUPPLEMENT_LEADING, box.width / em
        room = int(box.height / lead + 0.01)
        lines = [(place, line) for place, part in enumerate(parts) for line in _set(part, measure, indent)]
        if len(lines) <= room:
            break
    kept = lines if len(lines) <= room else lines[: room - 1]
    for number, (_, line) in enumerate(kept):
        y = baseline(box.y + (number + 0.5) * lead, size)
        layer.text(box.x + line.indent * em, y, size, line.text, line.spread(measure))
    if len(kept) == len(lines):
        return []
    x = box.x + box.width - text_width(TURN_OVER, size)
    layer.text(x, baseline(box.y + (room - 0.5) * lead, size), size, TURN_OVER)
    place, line = lines[len(kept)]
    rest = (parts[place][line.start :], *parts[place + 1 :])
    return [Passage(SUPPLEMENT_GOES_ON, rest, broken=line.start > 0)]
