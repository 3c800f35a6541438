"""Chinese line breaking and fitting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdf.form import numbered
from pdf.typography import HALF_AT_END, NEVER_ENDS_A_LINE, NEVER_STARTS_A_LINE, fit, paragraphs, set_paragraph

TEXT = st.text("甲乙丙方应当按照约定，。、；：（）《》“”！？…—ab1 9.@-", min_size=1, max_size=200)


def em(character: str) -> float:
    return 0.5 if character < "\u0100" else 1.0


def wide(text: str) -> float:
    return sum(map(em, text)) - (em(text[-1]) / 2 if text[-1] in HALF_AT_END else 0)


@given(TEXT, st.integers(4, 40), st.sampled_from([0, 2]))
def test_nothing_is_lost_and_every_line_fits(text, measure, indent):
    lines = set_paragraph(text, measure, em, indent)
    assert "".join(line.text for line in lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert not line.text or wide(line.text) + line.indent <= measure + 1e-6
    assert [line.indent for line in lines] == [indent] + [0] * (len(lines) - 1)


@given(
    st.lists(
        st.sampled_from(["甲方", "应当", "按照", "约定", "，", "。", "《办法》", "（试行）", "“特岗”"]),
        min_size=8,
        max_size=60,
    )
)
def test_punctuation_stands_where_it_may(words):
    text = "本协议" + "".join(
        word for before, word in zip(["", *words], words, strict=False) if not (before in "，。" and word in "，。")
    )
    for line in set_paragraph(text, 12, em):
        assert line.text[0] not in NEVER_STARTS_A_LINE or line.start == 0
        assert line.text[-1] not in NEVER_ENDS_A_LINE or line.last


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("甲乙丙丁戊，己庚", ["甲乙丙丁戊，", "己庚"]),  # the comma's empty half hangs over the edge
        ("甲乙丙丁戊己，庚", ["甲乙丙丁戊", "己，庚"]),  # no room even for half: the character before goes along
        ("甲乙丙丁《戊己》", ["甲乙丙丁", "《戊己》"]),
        ("甲乙丙丁（戊）己", ["甲乙丙丁", "（戊）己"]),
        ("电话ab1234号", ["电话ab1234", "号"]),
        ("月薪8,000元整", ["月薪8,000元", "整"]),
        ("abcdefghijklmnop", ["abcdefghijk", "lmnop"]),  # a word longer than the line must break somewhere
    ],
)
def test_breaks(text, lines):
    assert [line.text for line in set_paragraph(text, 5.5, em)] == lines


def test_a_full_line_is_spread_to_the_measure_and_a_last_line_is_not():
    first, last = set_paragraph("甲乙丙丁戊己庚辛壬《癸》", 10, em, indent=0)
    assert first.text == "甲乙丙丁戊己庚辛壬" and first.width + first.spread(10) * 8 == pytest.approx(10)
    assert last.spread(10) == 0


def test_fit_takes_the_largest_size_that_fits_or_none():
    assert fit("短", 60, 6.5, (9.5, 7.5), em)[0] == 9.5
    size, lines = fit("字" * 40, 60, 6.5, (9.5, 7.5), em)
    assert size == 7.5 and len(lines) == 2
    assert fit("字" * 60, 60, 6.5, (9.5, 7.5), em) is None


def test_paragraphs_drop_blank_lines_and_tabs():
    assert paragraphs(" 甲\t乙 \r\n\r\n丙\n") == ["甲 乙", "丙"]


def test_articles_are_numbered_in_chinese():
    marks = [article.split("、")[0] for article in numbered(["x"] * 99)]
    assert [marks[n - 1] for n in (1, 9, 10, 11, 19, 20, 21, 99)] == [
        "一",
        "九",
        "十",
        "十一",
        "十九",
        "二十",
        "二十一",
        "九十九",
    ]
    assert len(set(marks)) == 99
