"""The geometry of the fixed form (R-PDF-1): frames, labels, clauses and slots for values; pure, in mm from top left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pdf import fonts
from pdf.typography import MM_PER_POINT, Line, fit, set_paragraph

AgreementKind = Literal["two_party", "three_party"]
TITLE = "全国普通高等学校毕业生就业协议书"
SCAN_FIRST = "甲方盖章前请扫码验证协议内容！"
DATE_BLANK = "年　　月　　日"

LEFT, RIGHT, TOP, BOTTOM = 14.0, 196.0, 28.5, 281.5
WIDTH = RIGHT - LEFT
SIDE_WIDTH = 14.0
ROW = 6.5
SIGN_HEIGHT, SEAL_HEIGHT = 13.0, 42.0
QR_SIDE = 29.5
CONFIRM_HEIGHT = 40.0
PADDING = 1.4
CLAUSE_SIZES = (8.8, 8.6, 8.4, 8.2, 8.0, 7.8, 7.6, 7.4)
CLAUSE_LEADING = 1.38
SHORTEST_SUPPLEMENT = 11.6
COLUMN_GAP = 7.0
CLAUSES_ELSEWHERE = "本协议的条款载于附页，与本页具有同等效力。"
TERMS = ("约定", "事项")
NUMERALS = "〇一二三四五六七八九"

# A row is (label, slot, width of the label cell, width of the value cell); the widths of a row sum to 168, and the
# cells of all blocks stand on the same verticals.
Row = tuple[tuple[str, str, float, float], ...]
EMPLOYER_ROWS: tuple[Row, ...] = (
    (("单位名称", "employer.name", 22, 84), ("组织机构代码", "employer.credit_code", 22, 40)),
    (("单位性质", "employer.kind", 22, 62), ("单位类别", "employer.industry", 22, 62)),
    (("注册地址", "employer.address", 22, 146),),
    (
        ("联系人", "employer.contact_name", 22, 22),
        ("电话", "employer.contact_phone", 12, 28),
        ("电子邮箱", "employer.contact_email", 22, 62),
    ),
)
GRADUATE_ROWS: tuple[Row, ...] = (
    (("姓名", "graduate.name", 22, 62), ("性别", "graduate.gender", 22, 22), ("民族", "graduate.ethnic_group", 12, 28)),
    (
        ("身份证号", "graduate.id_number", 22, 62),
        ("政治面貌", "graduate.political_status", 22, 22),
        ("电话", "graduate.phone", 12, 28),
    ),
    (("毕业院校", "graduate.school", 22, 84), ("毕业日期", "graduate.graduation_date", 22, 40)),
    (("院系", "graduate.department", 22, 62), ("专业", "graduate.major", 22, 62)),
    (
        ("学历", "graduate.education", 22, 22),
        ("层次", "graduate.degree_level", 12, 28),
        ("电子邮箱", "graduate.email", 22, 62),
    ),
)
SCHOOL_ROWS: tuple[Row, ...] = (
    (("学校名称", "school.name", 22, 62), ("联系人", "school.contact", 22, 22), ("电话", "school.phone", 12, 28)),
    (("联系地址", "school.address", 22, 106), ("邮编", "school.postcode", 12, 28)),
)
TERM_LABEL, TERM_VALUE = 22.0, 62.0


@dataclass(frozen=True, slots=True)
class Template:
    """Everything that two agreements must share to be printed on the same form."""

    kind: AgreementKind
    preamble: str
    articles: tuple[str, ...]
    term_labels: tuple[str, ...]
    platform_name: str
    platform_address: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in mm: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Text:
    """A line of fixed text: left end and baseline in mm, size in points, extra space after each character in em."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False
    spacing: float = 0.0


@dataclass(slots=True)
class Plan:
    """One page: ruled boxes with line width in mm, tinted boxes, fixed texts, slots for values and their full names."""

    ruled: list[tuple[Box, float]] = field(default_factory=list)
    tinted: list[Box] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    slots: dict[str, Box] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    clauses_elsewhere: bool = False

    def centred(self, box: Box, size: float, text: str, bold: bool = False, offset: float = 0.0) -> None:
        """Put a line in the middle of a box, `offset` mm below its centre."""
        x = box.x + (box.width - text_width(text, size)) / 2
        self.texts.append(Text(x, baseline(box.y + box.height / 2 + offset, size), size, text, bold))


def text_width(text: str, size: float) -> float:
    """Width in mm of a text at a size in points."""
    return sum(map(fonts.advance, text)) * size * MM_PER_POINT


def baseline(centre: float, size: float) -> float:
    """Baseline in mm of a line of Chinese characters centred on a height."""
    return centre + 0.37 * size * MM_PER_POINT


def numeral(number: int) -> str:
    """1–99 in Chinese, as articles are numbered."""
    tens, ones = divmod(number, 10)
    return ("", "十", *(f"{ten}十" for ten in NUMERALS[2:]))[tens] + (NUMERALS[ones] if ones else "")


def numbered(articles: Sequence[str]) -> list[str]:
    """The articles with their Chinese numbers in front."""
    return [f"{numeral(number)}、{article}" for number, article in enumerate(articles, start=1)]


def main_plan(template: Template) -> Plan:
    """Lay out the first page; the supplement takes the height that parties, terms, clauses and signatures leave."""
    plan = Plan()
    _heading(plan, Box(LEFT, 10.0, WIDTH, 10.0), TITLE, 19.0)
    y = _block(plan, TOP, ("甲方", "用人单位"), EMPLOYER_ROWS)
    y = _block(plan, y, ("乙方", "毕业生"), GRADUATE_ROWS)
    if template.kind == "three_party":
        y = _block(plan, y, ("丙方", "学校"), SCHOOL_ROWS)
    y = _block(plan, y, TERMS, term_rows(template.term_labels))
    signatures = BOTTOM - SIGN_HEIGHT - SEAL_HEIGHT
    y = _clauses(plan, y, signatures - SHORTEST_SUPPLEMENT, template)
    _supplement(plan, Box(LEFT, y, WIDTH, signatures - y))
    _signatures(plan, signatures, template.kind)
    plan.ruled.append((Box(LEFT, TOP, WIDTH, BOTTOM - TOP), 0.5))
    _footer(plan, template)
    return plan


def continuation_plan(template: Template) -> Plan:
    """Lay out a further page: heading, room for text, boxes in which the parties confirm the page, footer."""
    plan = Plan()
    _heading(plan, Box(LEFT, 10.0, WIDTH, 10.0), f"{TITLE}（附页）", 16.0)
    confirm = BOTTOM - CONFIRM_HEIGHT
    plan.slots["continuation"] = Box(LEFT + 6, TOP + 5, WIDTH - 12, confirm - TOP - 10)
    third = "丙方（盖章）" if template.kind == "three_party" else "学校鉴证（盖章）"
    for box, label in zip(_thirds(confirm, CONFIRM_HEIGHT), ("甲方（盖章）", "乙方（签字）", third), strict=True):
        _signature_box(plan, box, label)
    plan.ruled.append((Box(LEFT, TOP, WIDTH, BOTTOM - TOP), 0.5))
    _footer(plan, template)
    return plan


def _heading(plan: Plan, box: Box, title: str, size: float) -> None:
    plan.centred(box, size, title, bold=True)
    plan.slots["number"] = Box(LEFT, box.y + box.height + 1.4, WIDTH, 5.0)


def _block(plan: Plan, y: float, name: tuple[str, str], rows: Sequence[Row]) -> float:
    """A party's or the terms' block: name at the side, rows of cells; answers the height below it."""
    if not rows:
        return y
    block = Box(LEFT, y, WIDTH, ROW * len(rows))
    side = Box(LEFT, y, SIDE_WIDTH, block.height)
    plan.tinted.append(side)
    if len(rows) == 1:
        plan.centred(side, 8.6, "".join(name), bold=True)
    else:
        party = name != TERMS
        plan.centred(side, 10.0 if party else 9.0, name[0], bold=True, offset=-2.3)
        plan.centred(side, 8.0 if party else 9.0, name[1], bold=not party, offset=2.3)
    for row in rows:
        _row(plan, y, row)
        plan.names |= {slot: f"{''.join(name)}　{label}" for label, slot, _, _ in row}
        y += ROW
    plan.ruled.append((Box(LEFT + SIDE_WIDTH, block.y, WIDTH - SIDE_WIDTH, block.height), 0.15))
    plan.ruled.append((block, 0.3))
    return y


def _row(plan: Plan, y: float, row: Row) -> None:
    x = LEFT + SIDE_WIDTH
    for label, slot, label_width, value_width in row:
        cell = Box(x, y, label_width, ROW)
        plan.tinted.append(cell)
        plan.ruled += [(cell, 0.15), (Box(x + label_width, y, value_width, ROW), 0.15)]
        _label(plan, cell, label)
        inner = Box(x + label_width + PADDING, y, value_width - 2 * PADDING, ROW)
        plan.slots[slot] = inner
        x += label_width + value_width


def _label(plan: Plan, cell: Box, label: str) -> None:
    """A label centred in its cell, in two lines if it is long; ValueError if it is too long for that."""
    found = fit(label, cell.width - 1.6, cell.height - 0.4, (8.6, 8.0, 7.4, 7.0, 6.5), fonts.advance)
    if found is None:
        raise ValueError(f"the label {label!r} does not fit its cell")
    size, lines = found
    lead = size * MM_PER_POINT * 1.15
    for number, line in enumerate(lines):
        plan.centred(cell, size, line.text, offset=(number - (len(lines) - 1) / 2) * lead)


def term_rows(labels: Sequence[str]) -> list[Row]:
    """Two terms a row; the last of an odd number spans it."""
    rows: list[Row] = []
    for first in range(0, len(labels), 2):
        pair = labels[first : first + 2]
        wide = TERM_VALUE if len(pair) == 2 else TERM_VALUE * 2 + TERM_LABEL
        rows.append(tuple((label, f"terms.{first + place}", TERM_LABEL, wide) for place, label in enumerate(pair)))
    return rows


def _clauses(plan: Plan, y: float, limit: float, template: Template) -> float:
    """The clauses at the largest size that leaves room below; if none does, a line that sends the reader overleaf."""
    for size in CLAUSE_SIZES:
        height = _set_clauses(None, y, size, template)
        if y + height <= limit:
            _set_clauses(plan, y, size, template)
            break
    else:
        plan.clauses_elsewhere = True
        height = 9.0
        plan.centred(Box(LEFT, y, WIDTH, height), 9.0, CLAUSES_ELSEWHERE)
    plan.ruled.append((Box(LEFT, y, WIDTH, height), 0.3))
    return y + height


def _set_clauses(plan: Plan | None, y: float, size: float, template: Template) -> float:
    """Set preamble and articles (in two columns); answers the height. With no plan it only measures."""
    em = size * MM_PER_POINT
    lead, inner = em * CLAUSE_LEADING, WIDTH - 8.0
    column = (inner - COLUMN_GAP) / 2
    opening = set_paragraph(template.preamble, inner / em, fonts.advance, indent=2)
    articles = [set_paragraph(text, column / em, fonts.advance, indent=2) for text in numbered(template.articles)]
    lines = [line for article in articles for line in article]
    half = _column_break(lines)
    if plan is not None:
        _set_lines(plan, LEFT + 4, y + 2, size, inner, opening)
        below = y + 2 + len(opening) * lead + 0.8
        _set_lines(plan, LEFT + 4, below, size, column, lines[:half], heads=True)
        _set_lines(plan, LEFT + 4 + column + COLUMN_GAP, below, size, column, lines[half:], heads=True)
    return 2 + (len(opening) + max(half, len(lines) - half)) * lead + 0.8 + 1.6


def _column_break(lines: Sequence[Line]) -> int:
    """How many lines the left column takes: half of them, or up to two more or fewer where an article begins there."""
    half = (len(lines) + 1) // 2
    for distance in (0, 1, -1, 2, -2):
        if 0 < half + distance < len(lines) and lines[half + distance].start == 0:
            return half + distance
    return half


def _set_lines(
    plan: Plan, x: float, y: float, size: float, width: float, lines: Iterable[Line], heads: bool = False
) -> None:
    em = size * MM_PER_POINT
    for number, line in enumerate(lines):
        spacing = line.spread(width / em)
        start = x + line.indent * em
        base = baseline(y + (number + 0.5) * em * CLAUSE_LEADING, size)
        head = line.text.find("。") if heads and line.start == 0 else -1
        cut = head + 1 if 0 < head <= 14 else 0
        for piece, bold in ((line.text[:cut], True), (line.text[cut:], False)):
            if piece:
                plan.texts.append(Text(start, base, size, piece, bold, spacing))
                start += (sum(map(fonts.advance, piece)) + spacing * len(piece)) * em


def _supplement(plan: Plan, box: Box) -> None:
    side = Box(box.x, box.y, SIDE_WIDTH, box.height)
    plan.tinted.append(side)
    plan.centred(side, 9.0, "补充", bold=True, offset=-2.1)
    plan.centred(side, 9.0, "内容", bold=True, offset=2.1)
    plan.ruled += [(side, 0.15), (box, 0.3)]
    plan.slots["supplement"] = Box(box.x + SIDE_WIDTH + 2, box.y + 1, box.width - SIDE_WIDTH - 4, box.height - 2)


def _thirds(y: float, height: float) -> list[Box]:
    third = WIDTH / 3
    return [Box(LEFT + place * third, y, third, height) for place in range(3)]


def _signature_box(plan: Plan, box: Box, label: str) -> None:
    plan.ruled.append((box, 0.3))
    plan.texts.append(Text(box.x + 2, baseline(box.y + 3.6, 8.6), 8.6, label))
    date = box.x + box.width - 4 - text_width(DATE_BLANK, 8.6)
    plan.texts.append(Text(date, baseline(box.y + box.height - 3.2, 8.6), 8.6, DATE_BLANK))


def _signatures(plan: Plan, y: float, kind: AgreementKind) -> None:
    upper, lower = _thirds(y, SIGN_HEIGHT), _thirds(y + SIGN_HEIGHT, SEAL_HEIGHT)
    for box, label in zip(upper, ("用人单位负责人（签字）", "毕业生（签字）", "学校负责人（签字）"), strict=True):
        _signature_box(plan, box, label)
    _signature_box(plan, lower[0], "用人单位（盖章）")
    _signature_box(plan, lower[2], "学校（盖章）" if kind == "three_party" else "学校鉴证意见（盖章）")
    middle = lower[1]
    plan.ruled.append((middle, 0.3))
    plan.slots["qr"] = Box(middle.x + (middle.width - QR_SIDE) / 2, middle.y + 4.4, QR_SIDE, QR_SIDE)
    plan.slots["code"] = Box(middle.x, middle.y + QR_SIDE + 7.8, middle.width, 4.6)


def _footer(plan: Plan, template: Template) -> None:
    y = baseline(BOTTOM + 3.6, 8.0)
    plan.texts.append(Text(LEFT, y, 8.0, f"{template.platform_name}　{template.platform_address}"))
    x = RIGHT - text_width(SCAN_FIRST[:-1], 8.6) - text_width(SCAN_FIRST[-1], 8.6) / 2
    plan.texts.append(Text(x, y, 8.6, SCAN_FIRST, bold=True))
    plan.slots["page"] = Box(LEFT, BOTTOM + 6.0, WIDTH, 4.0)
