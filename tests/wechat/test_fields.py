"""Typed fields: never too long, never empty, no sign torn apart, no ID or phone number (wechat-sms.md §3)."""

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wechat import fields
from wechat.fields import UnfitError, fit

WHEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HANZI = r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]"
FAMILY = "👨‍👩‍👧‍👦"
# What the platform takes, written down here once more: pattern of a whole value, longest.
TAKEN = {
    "thing": (r"[^\n]+", 20),
    "phrase": (rf"{HANZI}+", 5),
    "character_string": (r"[\x21-\x7e]+", 32),
    "number": (r"-?[0-9]+(\.[0-9]+)?", 32),
    "letter": (r"[A-Za-z]+", 32),
    "symbol": (r"[^\w\s]+", 5),
    "phone_number": (r"[0-9*+()-]+", 17),
    "car_number": (rf"({HANZI}|[A-Za-z0-9-])+", 8),
    "name": (rf"({HANZI}|[A-Za-z·. -])+", 10),
    "amount": (r"[¥￥$€£]?[0-9]{1,10}(\.[0-9]{1,2})?元?", 14),
}
texts = st.text(max_size=60) | st.text(
    alphabet="一二三👨👩👧\u200d\u0301\u20e3🇨🇳🏽é\ud800\n\t 0123456789Xx-元", max_size=60
)


@pytest.mark.parametrize("kind", TAKEN)
@settings(max_examples=50)
@given(text=texts)
@example(text="")
@example(text="  \n ")
@example(text=":\u200c:🏻\u200c::")
@example(text="0 \u200d")
@example(text="\u200d \u200c 0")
@example(text="电话13800138000")
@example(text="1中3中8中0中0中1中3中8中0中0中0")
def test_every_text_fits(kind: str, text: str) -> None:
    pattern, longest = TAKEN[kind]
    value = fit(f"{kind}1", text)
    assert 1 <= len(value) <= longest and re.fullmatch(pattern, value), value
    assert value == value.strip()
    assert all(unicodedata.category(sign) not in ("Cc", "Cs", "Zl", "Zp") for sign in value)
    value.encode()
    assert not re.search(r"\d{11,}", value) and not re.search(r"\d(?:[ -]?\d){10,}", value)
    assert fit(f"{kind}1", value) == value


@given(text=texts, longest=st.integers(4, 20))
@example(text="一二三 \u0301四五六", longest=5)
def test_a_cut_tears_no_sign_apart(text: str, longest: int) -> None:
    text = fields.clean(text)
    short = fields.cut(text, longest)
    assert len(short) <= longest
    if len(text) <= longest:
        assert short == text
        return
    kept = short.removesuffix("…")
    assert short.endswith("…") and text.startswith(kept)
    rest = text[len(kept) :]
    torn = unicodedata.category(rest[0])[0] == "M" or rest[0] == "\u200d" or kept.endswith("\u200d")
    marks = [sign for sign in text[: longest - 1] if unicodedata.category(sign)[0] == "M" or sign == "\u200d"]
    assert not torn or len(marks) >= (longest - 1) // 2 - 1, "only where nearly everything hangs together"


@pytest.mark.parametrize(
    ("name", "value", "fitted"),
    [
        ("thing1", "杭州西湖科技有限公司邀请您签署就业协议书请尽快处理", "杭州西湖科技有限公司邀请您签署就业协议…"),
        ("thing12", "第一行\r\n第二行\t。", "第一行 第二行 。"),
        ("thing1", None, "--"),
        ("thing1", "\u202e\u200b\ufeff", "--"),
        ("thing1", "一二三四五六七八九十一二三四五六七八e\u0301尾巴很长", "一二三四五六七八九十一二三四五六七八…"),
        ("thing1", "一二三四五六七八九十一二三四五六七🇨🇳尾巴", "一二三四五六七八九十一二三四五六七🇨🇳…"),
        ("thing1", "一二三四五六七八九十一二三四五六" + FAMILY, "一二三四五六七八九十一二三四五六…"),
        ("thing1", "联系电话13800138000", "联系电话138****8000"),
        ("thing1", "证件11010820040101123X", "证件1****X"),
        ("thing1", "号码138-0013-8000。", "号码138****8000。"),
        ("thing1", "２０２６届１３８００１３８０００", "２０２６届１３８****８０００"),
        ("thing1", WHEN, "2026年11月20日 17:00"),
        ("time2", WHEN, "2026年11月20日 17:00"),
        ("date2", WHEN, "2026年11月20日 17:00"),
        ("time2", "2026年11月20日~2026年12月1日", "2026年11月20日~2026年12月1日"),
        ("time2", "17:00", "17:00"),
        ("character_string3", WHEN, "2026-11-20T17:00"),
        ("character_string3", "编号：JY-2027-000001", "JY-2027-000001"),
        ("phrase4", "已通过", "已通过"),
        ("phrase4", "材料与实际不符", "材料与实际"),
        ("phrase4", "OK", "暂无"),
        ("amount5", "¥6000.50元", "¥6000.50元"),
        ("amount5", "面议", "0元"),
        ("number6", "12.5", "12.5"),
        ("number6", "12 人", "0"),
        ("letter7", "A级", "A"),
        ("symbol8", "好！！", "！！"),
        ("phone_number9", "0571-88990011", "0****1"),
        ("phone_number9", "400-800-1234", "400-800-1234"),
        ("car_number10", "浙A·12345", "浙A12345"),
        ("name11", "欧阳·娜娜1", "欧阳·娜娜"),
    ],
)
def test_values_of_each_kind(name: str, value: str | datetime | None, fitted: str) -> None:
    assert fit(name, value) == fitted


def test_a_const_is_one_of_the_approved_words() -> None:
    assert fit("const1", " 已通过\n", ("已通过", "已退回")) == "已通过"
    for value in ("通过", "", None):
        with pytest.raises(UnfitError, match="const1"):
            fit("const1", value, ("已通过", "已退回"))


@pytest.mark.parametrize("value", [None, "", "明天下午", "25", "2026-11-20"])
def test_nothing_stands_for_a_moment(value: str | None) -> None:
    for name in ("time1", "date1"):
        with pytest.raises(UnfitError, match=name):
            fit(name, value)


@pytest.mark.parametrize("name", ["thing", "thing123", "first", "remark1", "", "1", "thing1x", "Thing1"])
def test_a_field_of_no_kind_is_refused(name: str) -> None:
    assert fields.kind_of(name) is None
    with pytest.raises(UnfitError):
        fit(name, "x")
