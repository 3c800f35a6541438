"""The agreement's page as others draw it: fpdf2 as in its tutorial, and typst; measured against, never shipped."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from pdf import fonts, qr
from pdf.form import EMPLOYER_ROWS, GRADUATE_ROWS, SCHOOL_ROWS, Box, Plan, baseline, main_plan, numbered, term_rows
from pdf.samples import Agreement

TYPST_PAGE = Path(__file__).with_name("agreement.typ")
Renderer = Callable[[Agreement], bytes]


def naive(bold: bool = True) -> Renderer:
    """fpdf2 as in its tutorial: the fonts are added to each document, the QR code is made by default.

    It is spared all line breaking: it gets our finished lines. Without `bold` it is spared the second weight too.
    """
    from fpdf import FPDF

    plan_of = cache(main_plan)
    files = {"": fonts.instance_file(fonts.REGULAR)} | ({"B": fonts.instance_file(fonts.BOLD)} if bold else {})

    def render(agreement: Agreement) -> bytes:
        drawn = FPDF()
        drawn.set_auto_page_break(False)
        drawn.add_page()
        for style, file in files.items():
            drawn.add_font("noto", style, file)
        plan = plan_of(agreement.template())
        _naive_form(drawn, plan, bold)
        _naive_values(drawn, plan, agreement)
        _naive_symbol(drawn, plan.slots["qr"], agreement.verification_url)
        return bytes(drawn.output())

    return render


def _naive_form(drawn: Any, plan: Plan, bold: bool) -> None:
    drawn.set_fill_color(244)
    for box in plan.tinted:
        drawn.rect(box.x, box.y, box.width, box.height, style="F")
    for box, width in plan.ruled:
        drawn.set_line_width(width)
        drawn.rect(box.x, box.y, box.width, box.height)
    for text in plan.texts:
        drawn.set_font("noto", "B" if text.bold and bold else "", text.size)
        drawn.text(text.x, text.y, text.text)


def _naive_values(drawn: Any, plan: Plan, agreement: Agreement) -> None:
    drawn.set_font("noto", size=9.5)
    values = dict(agreement.values()) | {"number": agreement.number, "code": agreement.code, "page": "第 1 页　共 1 页"}
    for slot, value in values.items():
        box = plan.slots[slot]
        drawn.text(box.x, baseline(box.y + box.height / 2, 9.5), value)
    box = plan.slots["supplement"]
    drawn.set_xy(box.x, box.y)
    drawn.multi_cell(box.width, 4.7, agreement.supplement or "--")


def _naive_symbol(drawn: Any, box: Box, url: str | None) -> None:
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    symbol = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    symbol.add_data(url)
    symbol.make()
    module = box.width / len(symbol.modules)
    drawn.set_fill_color(0)
    for number, row in enumerate(symbol.modules):
        column = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                drawn.rect(box.x + column * module, box.y + number * module, length * module, module, style="F")
            column += length


def typeset() -> Renderer:
    """Typst with its compiler kept from document to document, the same facts and the same QR symbol."""
    import typst

    for weight in (fonts.REGULAR, fonts.BOLD):
        fonts.instance_file(weight)
    compiler = typst.Compiler(TYPST_PAGE, font_paths=[fonts.cache_folder()], ignore_system_fonts=True)

    def render(agreement: Agreement) -> bytes:
        facts = json.dumps(_typst_facts(agreement), ensure_ascii=False)
        return bytes(compiler.compile(format="pdf", sys_inputs={"facts": facts}))

    return render


def _typst_facts(agreement: Agreement) -> dict[str, object]:
    values = dict(agreement.values())
    terms = term_rows([label for label, _ in agreement.terms])
    blocks = zip(("甲方", "乙方", "丙方", "约定"), (EMPLOYER_ROWS, GRADUATE_ROWS, SCHOOL_ROWS, terms), strict=True)
    return {
        "number": agreement.number,
        "code": qr.grouped(agreement.code or ""),
        "symbol": _svg(agreement.verification_url or ""),
        "preamble": agreement.clauses.preamble,
        "articles": numbered(agreement.clauses.articles),
        "supplement": agreement.supplement,
        "platform": f"{agreement.platform_name}　{agreement.platform_address}",
        "blocks": [
            {"name": name, "rows": [[(label, w, values[slot], v) for label, slot, w, v in row] for row in rows]}
            for name, rows in blocks
        ],
    }


def _svg(url: str) -> str:
    rows = qr.modules(url)
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, on in enumerate(row) if on)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}"><path d="{dark}"/></svg>'
