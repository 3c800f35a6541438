"""The blank form as a PDF of two pages (first page, continuation page), drawn by fpdf2 once per form and then kept."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from fpdf import FPDF

from pdf import fonts
from pdf.form import Plan, Template, Text, continuation_plan, main_plan

TINT = 244


@dataclass(frozen=True, slots=True)
class Sheet:
    """A blank form: its PDF bytes and where the values go on each of its two pages."""

    pdf: bytes
    main: Plan
    continuation: Plan


@lru_cache(maxsize=8)
def blank(template: Template) -> Sheet:
    """Draw the blank form of a template; UnprintableError when its own text holds a character the main font lacks."""
    main, continuation = main_plan(template), continuation_plan(template)
    return Sheet(draw((main, continuation)), main, continuation)


def draw(plans: Sequence[Plan]) -> bytes:
    """Draw a page for each plan; UnprintableError when a fixed text holds a character the main font lacks."""
    drawn = FPDF(unit="mm", format="A4")
    drawn.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    drawn.set_auto_page_break(False)
    with tempfile.TemporaryDirectory() as folder:
        texts = [text for plan in plans for text in plan.texts]
        _add_font(drawn, "", [text for text in texts if not text.bold], Path(folder))
        _add_font(drawn, "B", [text for text in texts if text.bold], Path(folder))
        for plan in plans:
            drawn.add_page()
            _draw(drawn, plan)
        return bytes(drawn.output())


def _add_font(drawn: FPDF, style: str, texts: list[Text], folder: Path) -> None:
    """Give fpdf2 a font of just the form's characters: opening the whole of it takes a hundred times as long."""
    source = fonts.face(fonts.BOLD if style else fonts.REGULAR)
    characters = "".join(sorted({character for text in texts for character in text.text}))
    missing = "".join(character for character in characters if not source.has(character))
    if missing:
        raise fonts.UnprintableError(missing)
    path = folder / f"form{style}.ttf"
    source.save_subset(characters, path)
    drawn.add_font("form", style, path)


def _draw(drawn: FPDF, plan: Plan) -> None:
    drawn.set_fill_color(TINT)
    for box in plan.tinted:
        drawn.rect(box.x, box.y, box.width, box.height, style="F")
    drawn.set_draw_color(60)
    for box, width in plan.ruled:
        drawn.set_line_width(width)
        drawn.rect(box.x, box.y, box.width, box.height)
    for text in plan.texts:
        drawn.set_font("form", "B" if text.bold else "", text.size)
        drawn.set_char_spacing(text.spacing * text.size)
        drawn.text(text.x, text.y, text.text)
