"""Writing values onto a blank form: text in subset fonts, QR symbol and watermark, joined to the form with pikepdf."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
import uharfbuzz as hb  # type: ignore[import-untyped]
from pikepdf import Array, Dictionary, Name

from pdf import fonts, qr
from pdf.form import Box
from pdf.typography import MM_PER_POINT

PAGE_HEIGHT = 297.0
_POINTS = 1 / MM_PER_POINT
_METRICS: dict[str, Any] = {
    "Flags": 4,
    "FontBBox": [-1000, -300, 3000, 1200],
    "ItalicAngle": 0,
    "Ascent": 880,
    "Descent": -120,
    "CapHeight": 733,
    "StemV": 80,
}


class ValueFonts:
    """Hands out a code for every character used in one document and embeds just those characters at the end.

    Codes are given in order of first use, one per character even where two share a glyph, so that copied text is
    what was written.
    """

    def __init__(self) -> None:
        self._codes: dict[fonts.Face, dict[str, int]] = {}

    def runs(self, text: str) -> list[tuple[str, str]]:
        """The text as (font resource name, hexadecimal codes), a new run wherever the font changes."""
        runs: list[tuple[str, str]] = []
        for character in text:
            face = fonts.face_of(character)
            codes = self._codes.setdefault(face, {})
            code = f"{codes.setdefault(character, len(codes) + 1):04X}"
            name = f"/V{list(self._codes).index(face)}"
            if runs and runs[-1][0] == name:
                runs[-1] = (name, runs[-1][1] + code)
            else:
                runs.append((name, code))
        return runs

    def embed(self, document: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
        """Add the fonts to a document; answers resource name → font."""
        return {
            f"/V{number}": document.make_indirect(_font(document, face, codes, number))
            for number, (face, codes) in enumerate(self._codes.items())
        }


def _font(document: pikepdf.Pdf, face: fonts.Face, codes: dict[str, int], number: int) -> Dictionary:
    """A Type 0 font whose codes map to glyphs by a table and to Unicode by a CMap."""
    subset = face.subset(codes)
    opened = hb.Face(hb.Blob(subset))
    glyphs = hb.Font(opened)
    name = Name(f"/VALUES+Values{number}")
    numbers = (glyphs.get_nominal_glyph(ord(character)) or 0 for character in codes)
    table = b"\0\0" + b"".join(number.to_bytes(2, "big") for number in numbers)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        FontFile2=document.make_stream(subset, Length1=len(subset)),
        **_METRICS,
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=name,
        FontDescriptor=document.make_indirect(descriptor),
        CIDSystemInfo=Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0),
        DW=1000,
        W=_widths(face, codes),
        CIDToGIDMap=document.make_stream(table),
    )
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=name,
        Encoding=Name("/Identity-H"),
        DescendantFonts=[document.make_indirect(descendant)],
        ToUnicode=document.make_stream(_to_unicode(codes)),
    )


def _widths(face: fonts.Face, codes: dict[str, int]) -> Array:
    """Widths of the characters that are not one em wide."""
    widths: list[object] = []
    for character, code in codes.items():
        if (width := round(face.advance(character) * 1000)) != 1000:
            widths += [code, [width]]
    return Array(widths)


def _to_unicode(codes: dict[str, int]) -> bytes:
    pairs = [f"<{code:04X}><{character.encode('utf-16-be').hex().upper()}>" for character, code in codes.items()]
    blocks = [pairs[first : first + 100] for first in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        f"1 begincodespacerange <0000><FFFF> endcodespacerange\n{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()


class Layer:
    """What is written on one page: operators under the form (watermark) and over it (values)."""

    def __init__(self, value_fonts: ValueFonts, continuation: bool = False) -> None:
        self.continuation = continuation
        self._fonts = value_fonts
        self._under: list[str] = []
        self._over: list[str] = []

    def text(self, x: float, y: float, size: float, text: str, spacing: float = 0.0) -> None:
        """Write a line: left end and baseline in mm, size in points, extra space after each character in em."""
        if text:
            position = f"1 0 0 1 {x * _POINTS:.2f} {(PAGE_HEIGHT - y) * _POINTS:.2f} Tm"
            self._over.append(f"BT {spacing * size:.3f} Tc {position} {self._show(size, text)} ET")

    def watermark(self, text: str, size: float) -> None:
        """Write grey text at 45° through the middle of the page, under everything else."""
        half = sum(map(fonts.advance, text)) * size / 2
        slope = 0.70710678
        x, y = 105 * _POINTS - half * slope, 148.5 * _POINTS - half * slope
        matrix = f"{slope} {slope} -{slope} {slope} {x:.2f} {y:.2f} Tm"
        self._under.append(f"BT 0.88 g {matrix} {self._show(size, text)} 0 g ET")

    def symbol(self, box: Box, url: str) -> None:
        """Draw the QR symbol of an address in a box."""
        side = box.width * _POINTS
        x, y = box.x * _POINTS, (PAGE_HEIGHT - box.y - box.height) * _POINTS
        self._over.append(f"q {side:.3f} 0 0 {side:.3f} {x:.3f} {y:.3f} cm\n{qr.path(url).decode()} Q")

    def _show(self, size: float, text: str) -> str:
        return " ".join(f"{name} {size:g} Tf <{codes}> Tj" for name, codes in self._fonts.runs(text))

    def contents(self, document: pikepdf.Pdf, form: pikepdf.Object) -> Array:
        """The page's content: what lies under, the form, what lies over."""
        under, over = "\n".join([*self._under, "q"]), "\n".join(["Q", *self._over])
        return Array([document.make_stream(under.encode()), form, document.make_stream(over.encode())])


def write(
    sheet: bytes, layers: Sequence[Layer], value_fonts: ValueFonts, title: str, author: str, created_at: datetime
) -> bytes:
    """Join layers to a blank form: its page 1 for the first, its page 2 for every other. Equal input, equal bytes."""
    with pikepdf.open(BytesIO(sheet)) as document:
        first, further = document.pages[0], document.pages[1]
        for _ in layers[2:]:
            document.pages.append(further)
        if len(layers) == 1:
            del document.pages[1]
        embedded = value_fonts.embed(document)
        forms = {False: first.obj.Contents, True: further.obj.Contents}
        for page, layer in zip(document.pages, layers, strict=True):
            page.obj.Resources.Font = Dictionary({**dict(page.obj.Resources.Font.items()), **embedded})
            page.obj.Contents = layer.contents(document, forms[layer.continuation])
        document.Root.Lang = pikepdf.String("zh-CN")
        document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        document.trailer.Info = document.make_indirect(_information(title, author, created_at))
        result = BytesIO()
        document.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return result.getvalue()


def _information(title: str, author: str, created_at: datetime) -> Dictionary:
    offset = created_at.strftime("%z") or "+0000"
    moment = created_at.strftime("D:%Y%m%d%H%M%S") + f"{offset[:3]}'{offset[3:5]}'"
    return Dictionary(Title=title, Author=author, Producer="graduate-signing", CreationDate=moment, ModDate=moment)
