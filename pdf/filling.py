"""Writing values into the slots of the first page, and finding what has no room there."""

from __future__ import annotations

from pdf import fonts
from pdf.flow import Passage
from pdf.form import Box, Plan, baseline, text_width
from pdf.overlay import Layer
from pdf.typography import LEADING, MM_PER_POINT, fit, paragraphs, set_paragraph

VALUE_SIZES = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
SUPPLEMENT_SIZES = (9.5, 9.0, 8.5)
SUPPLEMENT_LEADING = 1.4
INDENT = 2.0
ELSEWHERE = "（全文见附页）"
SUPPLEMENT = "协议补充内容"
MOVED = "补充内容共{count}字，全文载于附页，与本页具有同等效力。"


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
    """Write the supplement, paragraphs indented by two characters; one too long goes whole to a continuation page."""
    for size in SUPPLEMENT_SIZES:
        if _supplement_fits(layer, box, size, text):
            return []
    note = MOVED.format(count=len("".join(text.split())))
    _supplement_fits(layer, box, SUPPLEMENT_SIZES[0], note)
    return [Passage(SUPPLEMENT, tuple(paragraphs(text)))]


def _supplement_fits(layer: Layer, box: Box, size: float, text: str) -> bool:
    """Write the text if the box has room for it at this size."""
    em = size * MM_PER_POINT
    lead, measure = em * SUPPLEMENT_LEADING, box.width / em
    indent = INDENT if len(text) > 2 else 0.0
    lines = [line for part in paragraphs(text) for line in set_paragraph(part, measure, fonts.advance, indent)]
    if len(lines) * lead > box.height:
        return False
    for number, line in enumerate(lines):
        y = baseline(box.y + (number + 0.5) * lead, size)
        layer.text(box.x + line.indent * em, y, size, line.text, line.spread(measure))
    return True
