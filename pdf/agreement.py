"""The employment agreement: its facts as plain values, and rendering them to a PDF (R-PDF-1, R-PDF-2, R-QR-1); pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime

from pdf import fonts, qr
from pdf.filling import fill_cells, fill_line, fill_supplement
from pdf.flow import Passage, pour
from pdf.form import TITLE, AgreementKind, Plan, Template, numbered
from pdf.overlay import Layer, ValueFonts, write
from pdf.sheet import blank
from pdf.typography import paragraphs

EMPTY = "--"
WATERMARK = "预览 · 未生效"
WATERMARK_SIZE = 72.0
NO_SYMBOL = "审核通过后生成验证二维码"


@dataclass(frozen=True, slots=True)
class EmployerPart:
    """甲方; `kind` is the employer's nature (单位性质), `industry` prints as 单位类别."""

    name: str
    credit_code: str | None = None
    kind: str | None = None
    industry: str | None = None
    address: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None


@dataclass(frozen=True, slots=True)
class GraduatePart:
    """乙方; every value is the text to print, but for the day of graduation."""

    name: str
    gender: str | None = None
    ethnic_group: str | None = None
    id_number: str | None = None
    political_status: str | None = None
    school: str | None = None
    education: str | None = None
    graduation_date: date | None = None
    department: str | None = None
    major: str | None = None
    degree_level: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class SchoolPart:
    """丙方 of a three-party agreement."""

    name: str
    contact: str | None = None
    phone: str | None = None
    address: str | None = None
    postcode: str | None = None


@dataclass(frozen=True, slots=True)
class Clauses:
    """A set of clauses as the operator published it under a version; the articles come without their numbers."""

    version: str
    preamble: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that the page says.

    `number`, `code` (16 characters of Crockford's base 32) and `verification_url` (at most 60 characters) come
    together; all three are None in a preview. `terms` are (label, value) in the order in which they print, two a row.
    """

    agreement_kind: AgreementKind
    number: str | None
    code: str | None
    verification_url: str | None
    employer: EmployerPart
    graduate: GraduatePart
    school: SchoolPart | None
    terms: tuple[tuple[str, str | None], ...]
    clauses: Clauses
    supplement: str | None
    created_at: datetime
    platform_name: str
    platform_address: str

    def __post_init__(self) -> None:
        if (self.school is None) != (self.agreement_kind == "two_party"):
            raise ValueError("a three-party agreement names the school, a two-party agreement does not")
        if len({self.number is None, self.code is None, self.verification_url is None}) > 1:
            raise ValueError("number, code and verification address come together")

    def template(self) -> Template:
        """The blank form that this agreement is printed on."""
        labels = tuple(label for label, _ in self.terms)
        clauses = self.clauses
        return Template(
            self.agreement_kind, clauses.preamble, clauses.articles, labels, self.platform_name, self.platform_address
        )  # fmt: skip

    def values(self) -> Iterator[tuple[str, str]]:
        """(slot, text) of every cell, in printing order; an empty value is “--”."""
        for party in ("employer", "graduate", "school"):
            part = getattr(self, party)
            if part is not None:
                yield from ((f"{party}.{field.name}", _printed(getattr(part, field.name))) for field in fields(part))
        yield from ((f"terms.{place}", _printed(value)) for place, (_, value) in enumerate(self.terms))


def _printed(value: str | date | None) -> str:
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return value.strip() or EMPTY if value else EMPTY


def render(agreement: Agreement) -> bytes:
    """Draw the agreement as an A4 PDF: one page, or more when values or supplement are too long for it (R-PDF-1).

    Equal facts give equal bytes. Without a number it is a preview: a watermark, no number, no QR symbol (R-QR-1).
    Raises UnprintableError naming every character that no font has.
    """
    values = dict(agreement.values())
    supplement = "\n".join(paragraphs(agreement.supplement or "")) or EMPTY
    fonts.require_printable("".join([*values.values(), supplement, agreement.number or ""]))
    sheet, value_fonts = blank(agreement.template()), ValueFonts()
    first = Layer(value_fonts)
    overflow = _clauses_passage(agreement.clauses) if sheet.main.clauses_elsewhere else []
    overflow += fill_cells(first, sheet.main, values)
    overflow += fill_supplement(first, sheet.main.slots["supplement"], supplement)
    layers = [first, *pour(overflow, sheet.continuation.slots["continuation"], value_fonts)]
    for place, layer in enumerate(layers, start=1):
        _identify(agreement, layer, sheet.continuation if layer.continuation else sheet.main, place, len(layers))
    _verification(agreement, first, sheet.main)
    return write(sheet.pdf, layers, value_fonts, TITLE, agreement.platform_name, agreement.created_at)


def _clauses_passage(clauses: Clauses) -> list[Passage]:
    return [Passage("协议条款", (clauses.preamble, *numbered(clauses.articles)))]


def _identify(agreement: Agreement, layer: Layer, plan: Plan, place: int, total: int) -> None:
    """Write the number at the top, number and page at the foot; a preview gets its watermark instead of the number."""
    if agreement.number is None:
        layer.watermark(WATERMARK, WATERMARK_SIZE)
    else:
        fill_line(layer, plan.slots["number"], 10.0, f"协议书编号：{agreement.number}")
    named = f"协议书编号 {agreement.number}　" if agreement.number and total > 1 else ""
    fill_line(layer, plan.slots["page"], 8.0, f"{named}第 {place} 页　共 {total} 页")


def _verification(agreement: Agreement, layer: Layer, plan: Plan) -> None:
    """Draw the QR symbol with the code under it, or say why there is none yet."""
    if agreement.code is None or agreement.verification_url is None:
        fill_line(layer, plan.slots["qr"], 8.6, NO_SYMBOL)
        return
    layer.symbol(plan.slots["qr"], agreement.verification_url)
    fill_line(layer, plan.slots["code"], 9.0, qr.grouped(agreement.code))
