"""The letter of authorisation: one page that says who, for whom and for what, the same each time (R-EMP-1)."""

from dataclasses import replace

import pypdfium2
import pytest

from pdf import letters, samples
from pdf.fonts import UnprintableError


def text(letter: letters.Authorisation) -> str:
    document = pypdfium2.PdfDocument(letters.render(letter))
    assert len(document) == 1
    return "".join(document[0].get_textpage().get_text_range().split())


@pytest.mark.rule("R-EMP-1")
def test_it_names_employer_officer_scope_and_where_to_stamp() -> None:
    letter = samples.authorisation()
    said = text(letter)
    for word in (
        letters.TITLE,
        letter.employer,
        letter.credit_code,
        letter.officer,
        letter.id_number,
        letter.number,
        letter.platform_name,
        "发起、修改、撤回签约邀请",
        "授权单位（盖公章）",
        "网签负责人（签字）",
        "身份证复印件（人像面）",
    ):
        assert word.replace(" ", "") in said, word
    assert said.count("年月日") == 3


def test_equal_facts_give_equal_bytes() -> None:
    assert letters.render(samples.authorisation()) == letters.render(samples.authorisation())


def test_long_and_rare_names_stay_on_the_page() -> None:
    long = "新疆维吾尔自治区巴音郭楞蒙古自治州和静县巴音布鲁克草原生态保护与牧业技术推广服务中心（综合管理办公室）"
    letter = replace(samples.authorisation(), employer=long, officer="𬱖䶮·喆堃")
    said = text(letter)
    assert long in said and "𬱖䶮·喆堃" in said


def test_what_no_font_has_is_refused() -> None:
    with pytest.raises(UnprintableError):
        letters.render(replace(samples.authorisation(), officer="\U0003fffd"))
