"""Hints about proofs and the form beside them: shown before submission and in review, never a verdict (R-PROOF-1).

Each hint has a name, a threshold and a sentence; a list of functions makes them. Nothing is read off pictures: what a
document says is known only where a PDF has text of its own.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from workflows import codes
from workflows.catalogue.checks import PREFIXES, credit_code_fits

LEAST_TEXT = 30  # characters below which a PDF counts as a picture
NAME_SHARE = 0.7  # of the pairs of neighbouring characters of the employer's name
HIGHEST_PAY_FEN = 100_000_00  # a month; more is a slip of the keyboard more often than not
SHARP = 25.0  # variance of the Laplacian at a longer side of 1000 pixels; a sharp page of text has several hundred
SHORT_SIDE = 600  # pixels; an A4 page at 72 dpi has 595
ALIKE = 10  # of 256 bits
RISKY = "risky"  # of the words pass, review, risky: "review" is for a person to look at, and one does here


@dataclass(frozen=True, slots=True)
class ProofFile:
    """An accepted file: pixels of a picture (points of a PDF's first page), a PDF's text, sharpness, nearest other.

    `alike` is in how many of 256 bits the nearest file of another graduate differs, None where none is near; `verdict`
    what WeChat's content check said of a picture, "" where it was not asked or has not answered.
    """

    file: str
    purpose: str
    position: int
    is_picture: bool
    width: int
    height: int
    blur: float
    text: str = ""
    alike: int | None = None
    verdict: str = ""

    @property
    def says(self) -> str:
        """The text that can be compared; "" where there is none to speak of."""
        said = plain(self.text)
        return said if len(said) >= LEAST_TEXT else ""


@dataclass(frozen=True, slots=True)
class HintFacts:
    """What hints look at: the form's claims ("" or None where it has none), the files, the local minimum wage."""

    files: tuple[ProofFile, ...] = ()
    employer_name: str = ""
    credit_code: str = ""
    employer_kind: str = ""
    pay_fen: int | None = None
    minimum_wage_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to look at again: its name, a sentence, and the file it is about ("" for the form)."""

    name: str
    sentence: str
    file: str = ""


def plain(text: str) -> str:
    """Return a text as it is compared: one form of each character, letters and digits only."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def name_share(name: str, text: str) -> float:
    """Return which share of the pairs of neighbouring characters of a name stand in a text; 1 where it has none."""
    wanted, said = plain(name), plain(text)
    pairs = {wanted[start : start + 2] for start in range(len(wanted) - 1)}
    return sum(pair in said for pair in pairs) / len(pairs) if pairs else 1.0


def _employer_named(facts: HintFacts) -> Iterator[Hint]:
    for file in facts.files:
        if facts.employer_name and file.says and name_share(facts.employer_name, file.says) < NAME_SHARE:
            said = f"材料的文字中没有找到单位名称“{facts.employer_name}”，请核对材料与填写的单位是否一致。"
            yield Hint("employer_name", said, file.file)


def _code_fits_kind(facts: HintFacts) -> Iterator[Hint]:
    code = facts.credit_code
    if code and facts.employer_kind in PREFIXES and not credit_code_fits(code, facts.employer_kind):
        holder = "".join(codes.credit_code_holder(code)) if codes.credit_code_valid(code) else "未知"
        said = f"统一社会信用代码以 {code[:2]} 开头（{holder}），与所选的单位性质可能不符，请核对这两项。"
        yield Hint("credit_code", said)


def _pay_is_plausible(facts: HintFacts) -> Iterator[Hint]:
    pay, least = facts.pay_fen, facts.minimum_wage_fen
    if pay is None:
        return
    if least is not None and pay < least:
        said = f"填写的薪酬 {pay / 100:.2f} 元/月低于当地最低工资标准 {least / 100:.2f} 元/月，请核对。"
        yield Hint("pay", said)
    if pay > HIGHEST_PAY_FEN:
        yield Hint("pay", f"填写的薪酬 {pay / 100:.2f} 元/月明显偏高，请核对单位是否为“元/月”。")


def _sharp_enough(facts: HintFacts) -> Iterator[Hint]:
    for file in facts.files:
        if not file.says and file.blur < SHARP:
            yield Hint("blur", "图片可能不够清晰，请确认文字和印章可以辨认，必要时重新拍摄。", file.file)


def _large_enough(facts: HintFacts) -> Iterator[Hint]:
    for file in facts.files:
        if file.is_picture and min(file.width, file.height) < SHORT_SIDE:
            said = f"图片尺寸偏小（{file.width} × {file.height} 像素），放大后可能看不清，建议上传原图。"
            yield Hint("size", said, file.file)


def _not_used_by_another(facts: HintFacts) -> Iterator[Hint]:
    for file in facts.files:
        if file.alike is not None and file.alike <= ALIKE:
            said = "该材料与另一名毕业生上传的材料几乎相同，请核对是否误传（单位统一模板的图片也可能相似）。"
            yield Hint("same_picture", said, file.file)


def _not_risky(facts: HintFacts) -> Iterator[Hint]:
    for file in facts.files:
        if file.verdict == RISKY:
            said = "微信内容安全检测提示该图片可能含有不适宜的内容，请核对图片是否传错。"
            yield Hint("content", said, file.file)


@dataclass(frozen=True, slots=True)
class Look:
    """One entry of the list: name, what it compares, the threshold in words, and the function that looks."""

    name: str
    title: str
    threshold: str
    find: Callable[[HintFacts], Iterator[Hint]]


LOOKS: tuple[Look, ...] = (
    Look("employer_name", "材料上的单位名称", f"相邻两字相同的比例低于 {NAME_SHARE:.0%}", _employer_named),
    Look("credit_code", "信用代码与单位性质", "代码前两位不属于该性质", _code_fits_kind),
    Look("pay", "薪酬", f"低于当地最低工资，或高于 {HIGHEST_PAY_FEN // 100} 元/月", _pay_is_plausible),
    Look("blur", "清晰度", f"拉普拉斯方差低于 {SHARP:.0f}", _sharp_enough),
    Look("size", "图片尺寸", f"短边小于 {SHORT_SIDE} 像素", _large_enough),
    Look("same_picture", "与他人材料相同", f"256 位特征相差不超过 {ALIKE} 位", _not_used_by_another),
    Look("content", "图片内容安全", f"微信检测结果为 {RISKY}（仅在启用图片检测时）", _not_risky),
)


def hints(facts: HintFacts) -> tuple[Hint, ...]:
    """Return every hint, in the order of the list; they forbid nothing."""
    return tuple(hint for look in LOOKS for hint in look.find(facts))
