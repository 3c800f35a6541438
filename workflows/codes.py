"""Numbers that organisations and contacts are known by: credit codes, telephones, e-mail addresses, postcodes."""

import re
import unicodedata

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


class CodeError(ValueError):
    """A code that cannot be right; its text is a Chinese sentence for the person who typed it."""


# First character (the registering department) and what its second character stands for, GB 32100-2015. Departments have
# added kinds since, so an unlisted second character is no reason to refuse a code.
CREDIT_CODE_KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "1": ("机构编制", {"1": "机关", "2": "事业单位", "3": "编办直接管理机构编制的群众团体", "9": "其他"}),
    "2": ("外交", {"1": "外国常驻新闻机构", "9": "其他"}),
    "3": (
        "司法行政",
        {
            "1": "律师执业机构",
            "2": "公证处",
            "3": "基层法律服务所",
            "4": "司法鉴定机构",
            "5": "仲裁委员会",
            "9": "其他",
        },
    ),
    "4": ("文化", {"1": "外国在华文化中心", "9": "其他"}),
    "5": ("民政", {"1": "社会团体", "2": "民办非企业单位", "3": "基金会", "9": "其他"}),
    "6": (
        "旅游",
        {"1": "外国旅游部门常驻代表机构", "2": "港澳台地区旅游部门常驻内地(大陆)代表机构", "9": "其他"},
    ),
    "7": ("宗教", {"1": "宗教活动场所", "2": "宗教院校", "9": "其他"}),
    "8": ("工会", {"1": "基层工会", "9": "其他"}),
    "9": ("工商", {"1": "企业", "2": "个体工商户", "3": "农民专业合作社"}),
    "A": ("中央军委改革和编制办公室", {"1": "军队事业单位", "9": "其他"}),
    "N": ("农业", {"1": "组级集体经济组织", "2": "村级集体经济组织", "3": "乡镇级集体经济组织"}),
    "Y": ("其他", {"1": "其他"}),
}


def credit_code_check_character(first17: str) -> str:
    """Return the 18th character for 17 characters of the code's alphabet (GB 32100-2015)."""
    total = sum(weight * _ALPHABET.index(char) for weight, char in zip(_WEIGHTS, first17, strict=True))
    return _ALPHABET[-total % 31]


def clean_credit_code(text: str) -> str:
    """Return a unified social credit code, half-width and upper case; raise CodeError (Chinese) when it cannot be one.

    Source: GB 32100-2015, R-OFF-1.
    """
    code = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not re.fullmatch(r"[0-9A-Z]{18}", code):
        raise CodeError("统一社会信用代码应为 18 位数字或大写字母，请核对。")
    if re.search(r"[IOSVZ]", code):
        raise CodeError("统一社会信用代码不含字母 I、O、S、V、Z，请看看是否与数字 1、0、5、2 混淆。")
    if code[-1] != credit_code_check_character(code[:-1]):
        raise CodeError("统一社会信用代码的校验位不对，请逐位核对。")
    if code[0] not in CREDIT_CODE_KINDS or not re.fullmatch(r"[1-9A-Z][0-9]{6}", code[1:8]):
        raise CodeError("统一社会信用代码的前 8 位不符合编码规则，请核对。")
    return code


def credit_code_valid(code: str) -> bool:
    """Tell whether the text is a possible credit code in its stored form (GB 32100-2015)."""
    try:
        return clean_credit_code(code) == code
    except CodeError:
        return False


def credit_code_holder(code: str) -> tuple[str, str]:
    """Return (registering department, kind of organisation) of a valid code; "" for an unlisted kind."""
    department, kinds = CREDIT_CODE_KINDS[code[0]]
    return department, kinds.get(code[1], "")


def _plain(text: str) -> str:
    return re.sub(r"[\s\-–—()]", "", unicodedata.normalize("NFKC", text))


def clean_mobile(text: str) -> str:
    """Return a mainland mobile number as 11 digits, without country code; raise CodeError (Chinese) otherwise."""
    number = re.sub(r"^(?:\+86|0086|86(?=1[3-9][0-9]{9}$))", "", _plain(text))
    if not re.fullmatch(r"1[3-9][0-9]{9}", number):
        raise CodeError("手机号码应为 11 位数字，以 13 至 19 开头，请核对。")
    return number


def mobile_valid(number: str) -> bool:
    """Tell whether the text is a mainland mobile number in its stored form (11 digits)."""
    return re.fullmatch(r"1[3-9][0-9]{9}", number) is not None


_LANDLINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})-?([2-9][0-9]{2,3})-?([0-9]{4})(?:-([0-9]{1,6}))?")


def clean_phone(text: str) -> str:
    """Return a telephone number: mobile, 400/800 number, or area code-number with an optional -extension.

    Raises CodeError (Chinese). A landline comes back as 010-62510000 or 010-62510000-801.
    """
    number = re.sub(r"转|分机|[–—]", "-", re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", text)))
    number = re.sub(r"^(?:\+|00)86-?(?=1[3-9])", "", number)
    number = re.sub(r"^(?:\+|00)86-?0?", "0", number)
    digits = number.replace("-", "")
    if mobile_valid(digits) or re.fullmatch(r"[48]00[0-9]{7}", digits):
        return digits
    landline = _LANDLINE.fullmatch(number)
    if not landline:
        raise CodeError("电话号码请填写区号和号码，例如 010-62510000，或填写 11 位手机号码。")
    area, head, tail, extension = landline.groups()
    return "-".join(filter(None, (area, head + tail, extension)))


_EMAIL_WORD = r"[A-Za-z0-9_%+'\-]+"
_EMAIL_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_EMAIL_WORD}(?:\.{_EMAIL_WORD})*@(?:{_EMAIL_LABEL}\.)+[A-Za-z]{{2,63}}")


def clean_email(text: str) -> str:
    """Return an e-mail address with its domain in lower case; raise CodeError (Chinese) when it is none.

    At most 254 characters, 64 before the @.
    """
    address = unicodedata.normalize("NFKC", text).strip()
    local, _, domain = address.rpartition("@")
    if len(address) > 254 or len(local) > 64 or not _EMAIL.fullmatch(address):
        raise CodeError("电子邮箱格式不对，例如 name@example.com。")
    return f"{local}@{domain.lower()}"


def clean_postcode(text: str) -> str:
    """Return a postcode of six digits (999077 and 999078 stand for Hong Kong and Macao); raise CodeError (Chinese)."""
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-8][0-9]{5}|99907[78]", code) or code == "000000":
        raise CodeError("邮政编码应为 6 位数字，请核对。")
    return code
