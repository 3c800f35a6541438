"""The letter of authorisation of a signing officer (网签授权书): one page of fixed wording (R-EMP-1); pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pdf import fonts
from pdf.filling import fill_cells, fill_line
from pdf.form import DATE_BLANK, LEFT, WIDTH, Box, Plan, Text, baseline, text_width
from pdf.overlay import Layer, ValueFonts, write
from pdf.sheet import draw
from pdf.typography import MM_PER_POINT, set_paragraph

TITLE = "网签授权书"
BODY_SIZE, BODY_LEADING = 10.5, 1.75
LABEL, CELL = 38.0, 8.4
SCOPE = (
    "兹授权上表所列人员担任本单位网签负责人，代表本单位在{platform}（以下简称“平台”）办理下列事项：",
    "一、查找应届毕业生，发起、修改、撤回签约邀请，确认就业协议书内容；",
    "二、发起解约，回应毕业生的解约申请，协助毕业生回传协议书；",
    "三、接收平台发给本单位的通知，维护本单位的联系信息。",
    "网签负责人在授权期内办理的上述事项，由本单位承担相应的法律责任。本授权自平台审核通过之日起生效，至本单位书面撤销、"
    "或新的网签授权书审核通过之日终止。",
    "本单位承诺：所填信息和提交的材料真实、有效；已告知网签负责人，其身份信息仅用于平台核验本授权。",
)
CARDS = ("网签负责人身份证复印件（人像面）", "网签负责人身份证复印件（国徽面）")
PASTE = "粘 贴 处"
ROWS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("单位名称", "employer"),),
    (("统一社会信用代码", "credit_code"),),
    (("网签负责人姓名", "officer"), ("手机号码", "mobile")),
    (("证件类型", "id_kind"), ("证件号码", "id_number")),
)
CARD_WIDTH, CARD_HEIGHT = 85.6, 54.0  # ISO/IEC 7810 ID-1
NOTE = "请以 A4 纸打印，粘贴身份证复印件，由网签负责人签字、加盖单位公章后拍照或扫描上传；涂改无效。"


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What the letter says: organisation, officer with masked numbers, the letter's own number, platform."""

    employer: str
    credit_code: str
    officer: str
    mobile: str
    id_kind: str
    id_number: str
    number: str
    platform_name: str
    created_at: datetime


@lru_cache(maxsize=2)
def _plan(platform: str) -> Plan:
    plan = Plan()
    plan.centred(Box(LEFT, 16.0, WIDTH, 12.0), 22.0, TITLE, bold=True)
    plan.slots["number"] = Box(LEFT, 29.0, WIDTH, 5.0)
    y = _table(plan, 37.0)
    y = _scope(plan, y + 5.0, platform)
    y = _cards(plan, y + 4.0)
    _signatures(plan, y + 5.0)
    plan.texts.append(Text(LEFT, baseline(287.0, 8.2), 8.2, NOTE))
    return plan


def _table(plan: Plan, y: float) -> float:
    top = y
    for row in ROWS:
        value = WIDTH / len(row) - LABEL
        for place, (label, slot) in enumerate(row):
            cell = Box(LEFT + place * (LABEL + value), y, LABEL, CELL)
            plan.tinted.append(cell)
            plan.centred(cell, 9.6, label)
            plan.ruled += [(cell, 0.15), (Box(cell.x + LABEL, y, value, CELL), 0.15)]
            plan.slots[slot] = Box(cell.x + LABEL + 2.0, y, value - 4.0, CELL)
            plan.names[slot] = label
        y += CELL
    plan.ruled.append((Box(LEFT, top, WIDTH, y - top), 0.4))
    return y


def _scope(plan: Plan, y: float, platform: str) -> float:
    em = BODY_SIZE * MM_PER_POINT
    lead, measure = em * BODY_LEADING, WIDTH / em
    for text in SCOPE:
        for line in set_paragraph(text.format(platform=platform), measure, fonts.advance, indent=2):
            place = Text(
                LEFT + line.indent * em,
                baseline(y + lead / 2, BODY_SIZE),
                BODY_SIZE,
                line.text,
                spacing=line.spread(measure),
            )
            plan.texts.append(place)
            y += lead
    return y


def _cards(plan: Plan, y: float) -> float:
    gap = WIDTH - 2 * CARD_WIDTH
    for place, label in enumerate(CARDS):
        box = Box(LEFT + place * (CARD_WIDTH + gap), y, CARD_WIDTH, CARD_HEIGHT)
        plan.ruled.append((box, 0.2))
        plan.centred(box, 9.0, label, offset=-2.6)
        plan.centred(box, 9.0, PASTE, offset=3.2)
    return y + CARD_HEIGHT


def _signatures(plan: Plan, y: float) -> None:
    half, height = WIDTH / 2, 280.0 - y
    left, right = Box(LEFT, y, half, height), Box(LEFT + half, y, half, height)
    upper = Box(LEFT, y, half, height / 2)
    plan.ruled += [(left, 0.3), (right, 0.3), (upper, 0.15)]
    _sign(plan, upper, "网签负责人（签字）")
    _sign(plan, Box(LEFT, y + height / 2, half, height / 2), "法定代表人或负责人（签字或盖章）")
    _sign(plan, right, "授权单位（盖公章）")


def _sign(plan: Plan, box: Box, label: str) -> None:
    plan.texts.append(Text(box.x + 3.0, baseline(box.y + 5.0, 9.6), 9.6, label))
    date = box.x + box.width - 5.0 - text_width(DATE_BLANK, 9.6)
    plan.texts.append(Text(date, baseline(box.y + box.height - 4.6, 9.6), 9.6, DATE_BLANK))


@lru_cache(maxsize=2)
def _blank(platform: str) -> bytes:
    return draw((_plan(platform), Plan()))  # the second page is what the first layer leaves over, and goes


def render(letter: Authorisation) -> bytes:
    """Draw the letter as one A4 page; equal facts give equal bytes. Raises UnprintableError."""
    values = {slot: getattr(letter, slot) or "--" for row in ROWS for _, slot in row}
    fonts.require_printable("".join(values.values()))
    value_fonts, plan = ValueFonts(), _plan(letter.platform_name)
    layer = Layer(value_fonts)
    fill_cells(layer, plan, values)
    fill_line(layer, plan.slots["number"], 9.5, f"授权书编号：{letter.number}")
    sheet = _blank(letter.platform_name)
    return write(sheet, [layer], value_fonts, TITLE, letter.platform_name, letter.created_at)
