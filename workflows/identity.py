"""Who a person is: kinds of identity documents, their numbers, and the comparison of names (R-ID-1)."""

import re
import unicodedata
from datetime import date
from enum import StrEnum

from stdnum.cn import ric
from stdnum.exceptions import ValidationError


class IdentityKind(StrEnum):
    """The documents by which a graduate is known; the number alone never identifies anybody."""

    RESIDENT_ID = "resident_id"
    HMT_RESIDENCE = "hmt_residence"
    HMT_PERMIT = "hmt_permit"
    PASSPORT = "passport"


IDENTITY_LABELS = {
    IdentityKind.RESIDENT_ID: "居民身份证",
    IdentityKind.HMT_RESIDENCE: "港澳台居民居住证",
    IdentityKind.HMT_PERMIT: "港澳居民来往内地通行证或台湾居民来往大陆通行证",
    IdentityKind.PASSPORT: "护照",
}


class IdentityError(ValueError):
    """A number that cannot be right; its text is a Chinese sentence for the person who typed it."""


# The provinces that issue resident ID cards (GB/T 2260), and the three region codes of the residence permits of 2018.
_MAINLAND = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]")
_HMT_REGIONS = ("810000", "820000", "830000")
_EARLIEST_BIRTH = date(1900, 1, 1)


def clean_id_number(kind: IdentityKind | str, text: str, *, today: date | None = None) -> str:
    """Return the number as it is stored and compared: half-width, upper case, without blanks.

    `today` (Beijing date), when given, refuses births after it. Raises IdentityError with a Chinese sentence.
    Source: R-ID-1, GB 11643-1999.
    """
    number = re.sub(r"[\s\-–—]", "", unicodedata.normalize("NFKC", text)).upper()
    if not number:
        raise IdentityError(f"请填写{IDENTITY_LABELS[IdentityKind(kind)]}号码。")
    match IdentityKind(kind):
        case IdentityKind.RESIDENT_ID:
            return _resident_id(number, today)
        case IdentityKind.HMT_RESIDENCE:
            return _hmt_residence(number, today)
        case IdentityKind.HMT_PERMIT:
            return _hmt_permit(number)
        case IdentityKind.PASSPORT:
            return _passport(number)


def _resident_id(number: str, today: date | None) -> str:
    _check_citizen_number(number, "身份证号", today)
    if number.startswith(_HMT_REGIONS):
        raise IdentityError("这是港澳台居民居住证号码，请把证件类型改为“港澳台居民居住证”。")
    if not _MAINLAND.match(number):
        raise IdentityError("身份证号的前两位不是有效的地区代码，请核对。")
    return number


def _hmt_residence(number: str, today: date | None) -> str:
    _check_citizen_number(number, "居住证号码", today)
    if not number.startswith(_HMT_REGIONS):
        raise IdentityError("港澳台居民居住证号码应以 810000、820000 或 830000 开头，请核对。")
    return number


def _check_citizen_number(number: str, what: str, today: date | None) -> None:
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise IdentityError(f"{what}应为 18 位，前 17 位是数字，末位是数字或 X。")
    if ric.calc_check_digit(number) != number[-1]:
        raise IdentityError(f"{what}的校验位不对，请逐位核对。")
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        raise IdentityError(f"{what}中的出生日期不存在，请核对。") from None
    if born < _EARLIEST_BIRTH or (today is not None and born > today):
        raise IdentityError(f"{what}中的出生日期不合理，请核对。")


def _hmt_permit(number: str) -> str:
    if not re.fullmatch(r"[HM]?[0-9]{8}", number):
        raise IdentityError("通行证号码应为 H 或 M 加 8 位数字（港澳），或 8 位数字（台湾），换证次数不用填。")
    return number


def _passport(number: str) -> str:
    if not re.fullmatch(r"(?=.*[0-9])[A-Z0-9]{5,15}", number):
        raise IdentityError("护照号码应为 5 至 15 位字母和数字，请核对。")
    return number


def birth_date(kind: IdentityKind | str, number: str) -> date | None:
    """Return the birth date that a cleaned 18-digit number carries, or None for other documents."""
    if IdentityKind(kind) not in (IdentityKind.RESIDENT_ID, IdentityKind.HMT_RESIDENCE):
        return None
    return ric.get_birth_date(number)


def gender_code(kind: IdentityKind | str, number: str) -> str | None:
    """Return the GB/T 2261 gender ("1" male, "2" female) of a cleaned 18-digit number, or None for other documents."""
    if IdentityKind(kind) not in (IdentityKind.RESIDENT_ID, IdentityKind.HMT_RESIDENCE):
        return None
    return "1" if int(number[16]) % 2 else "2"


# GBK 1.0 gave row FE, columns 50 to A0, the private-use code points U+E815 to U+E864. This is that row in order, in
# today's code points: by GB 18030-2000 (U+E863 = 䶮 among them), its 14 left-overs by GB 18030-2005 and -2022.
_ROW_FE = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋\u9fb4㖞㘚㘎⺌⺗㥮㤘\u9fb5㧏㧟㩳㧐\u9fb6\u9fb7㭎㱮㳠⺧𡗗\u9fb8⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌"
    "\u9fb9䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶\u9fba𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮\u9fbb"
)
# The remaining ten of the 24 that GB 18030-2022 moved (vertical punctuation), and two letters of pinyin.
_VERTICAL = "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
PRIVATE_USE = (
    {0xE815 + i: char for i, char in enumerate(_ROW_FE)}
    | {0xE78D + i: char for i, char in enumerate(_VERTICAL)}
    | {0xE7C7: "ḿ", 0xE7C8: "ǹ"}
)
_DOTS = dict.fromkeys(map(ord, "·・･•‧∙⋅\u2024﹒●⸱⸳ꞏ"), "·")
_TRANSLATION = PRIVATE_USE | _DOTS
_HAN = "\u3007\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_FULL_STOP = re.compile(rf"(?<=[{_HAN}])\s*\.\s*(?=[^\W\d_])|(?<=[^\W\d_])\s*\.\s*(?=[{_HAN}])")
_INNER_BLANK = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])|\s*(·)\s*")


def clean_name(text: str) -> str:
    """Return a name as it is stored and printed: NFKC, one kind of middle dot, no private-use code points of GBK.

    Blanks are trimmed and collapsed, and vanish between Chinese characters and round a middle dot; invisible
    characters and variation selectors go. The case of Latin letters stays. Source: R-ID-1.
    """
    visible = "".join(c for c in text.translate(_TRANSLATION) if not _invisible(c))
    name = " ".join(unicodedata.normalize("NFKC", visible).split())
    name = _FULL_STOP.sub("·", name)
    return unicodedata.normalize("NFKC", _INNER_BLANK.sub(r"\1", name))


def _invisible(char: str) -> bool:
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or (unicodedata.category(char) in ("Cc", "Cf") and not char.isspace())


def same_name(a: str, b: str) -> bool:
    """Tell whether two spellings name the same person: as clean_name, and without regard to case (R-ID-1)."""
    return clean_name(a).casefold() == clean_name(b).casefold()
