"""Reading PDFs back with programs that are not ours: poppler, pdfium, and QR readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
from PIL import Image

MM = 25.4 / 72


@dataclass(frozen=True)
class Ink:
    """A printed character and the box of its ink in mm from the page's top left."""

    character: str
    left: float
    top: float
    right: float
    bottom: float


def squeezed(text: str) -> str:
    """The text without white space, as line breaks inside cells do not matter."""
    return "".join(text.split())


def pages(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def picture(pdf: bytes, dots_per_inch: int = 100, page: int = 0) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[page].render(scale=dots_per_inch / 72).to_pil().convert("L")


def ink(pdf: bytes, page: int = 0) -> Iterator[Ink]:
    """Every visible character of a page; those written at an angle (the watermark) are left out."""
    text = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    for index in range(text.count_chars()):
        character = text.get_text_range(index, 1)
        left, bottom, right, top = text.get_charbox(index)
        if character.strip() and top - bottom < 40:
            yield Ink(character, left * MM, 297 - top * MM, right * MM, 297 - bottom * MM)
