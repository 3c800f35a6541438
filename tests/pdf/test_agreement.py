"""The rendered agreement says exactly what its facts say."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pdf import fonts
from pdf.agreement import EMPTY, WATERMARK, GraduatePart, render
from pdf.samples import SAMPLES, long_supplement, preview, rare_names, three_party, two_party
from tests.pdf.reading import pages, squeezed

pytestmark = pytest.mark.needs("pdftotext")
EVERY_SAMPLE = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
BOXES = ("用人单位负责人（签字）", "用人单位（盖章）", "毕业生（签字）", "学校负责人（签字）")


@pytest.mark.rule("R-PDF-1")
@EVERY_SAMPLE
def test_every_fact_is_printed_in_order(sample, pdf_text):
    agreement = sample()
    text = squeezed(pdf_text(render(agreement), "-raw"))
    start = text.index(squeezed(next(agreement.values())[1]))
    for slot, value in agreement.values():
        found = text.find(squeezed(value), start)
        assert found >= 0, f"{slot} is not printed after the value before it"
        start = found + len(squeezed(value))
    assert squeezed(agreement.supplement or EMPTY) in text[start:]


@pytest.mark.rule("R-PDF-1")
@EVERY_SAMPLE
def test_the_form_carries_title_labels_clauses_boxes_and_footer(sample, pdf_text):
    agreement = sample()
    text = squeezed(pdf_text(render(agreement), "-raw"))
    labels = [label for label, _ in agreement.terms]
    fixed = ["全国普通高等学校毕业生就业协议书", "甲方用人单位", "乙方毕业生", "组织机构代码", "单位类别", "注册地址"]
    footer = [agreement.platform_name + agreement.platform_address, "甲方盖章前请扫码验证协议内容！"]
    for expected in [*fixed, *labels, *BOXES, *footer, agreement.clauses.preamble]:
        assert expected in text
    for article in agreement.clauses.articles:
        assert article in text
    assert text.count("年月日") == 5 + 3 * (pages(render(agreement)) - 1)


@pytest.mark.rule("R-PDF-1")
def test_the_school_is_a_party_or_certifies(pdf_text):
    three, two = (squeezed(pdf_text(render(sample()), "-raw")) for sample in (three_party, two_party))
    assert "丙方学校" in three and "学校（盖章）" in three and "鉴证意见" not in three
    assert "丙方" not in two and "学校鉴证意见（盖章）" in two


@pytest.mark.rule("R-PDF-1")
def test_empty_values_print_dashes(pdf_text):
    plain = three_party()
    bare = replace(
        plain, graduate=GraduatePart("张明远", phone="  "), terms=(("试用期", None), ("违约金", "")), supplement=" \n"
    )
    assert [value for _, value in bare.values()].count(EMPTY) == 12 + 2
    assert pdf_text(render(bare), "-raw").split().count(EMPTY) == 12 + 2 + 1


@pytest.mark.rule("R-PDF-2")
def test_number_and_page_stand_on_every_page(pdf_text):
    agreement = long_supplement()
    assert len(agreement.supplement) == 1000
    document = render(agreement)
    assert pages(document) == 2
    for number in (1, 2):
        text = pdf_text(document, "-f", str(number), "-l", str(number))
        assert text.count(agreement.number) == 2
        assert squeezed(f"第 {number} 页　共 2 页") in squeezed(text)
    assert pages(render(three_party())) == pages(render(two_party())) == pages(render(rare_names())) == 1


@pytest.mark.rule("R-PDF-1")
def test_what_no_cell_can_hold_goes_whole_to_a_further_page(pdf_text):
    plain = three_party()
    name = "某某" * 150 + "公司"
    agreement = replace(
        plain, employer=replace(plain.employer, name=name), terms=(("实际工作地点", "北京市海淀区" * 60),)
    )
    document = render(agreement)
    overleaf = squeezed(pdf_text(document, "-raw", "-f", "2"))
    assert pages(document) == 2
    assert overleaf.index("【甲方用人单位单位名称】" + name) < overleaf.index(
        "【约定事项实际工作地点】" + "北京市海淀区" * 60
    )
    assert squeezed(pdf_text(document, "-raw", "-l", "1")).count("（全文见附页）") == 2


def test_clauses_too_long_for_the_page_go_to_further_pages_whole(pdf_text):
    plain = three_party()
    articles = tuple(f"第{number}项。" + "甲方与乙方应当遵守本项约定。" * 40 for number in range(30))
    document = render(replace(plain, clauses=replace(plain.clauses, articles=articles)))
    first, overleaf = (squeezed(pdf_text(document, "-raw", *part)) for part in (("-l", "1"), ("-f", "2")))
    assert pages(document) > 5 and "条款载于附页" in first
    assert all(f"第{number}项。" in overleaf for number in range(30)) and "三十、第29项。" in overleaf
    assert overleaf.count("遵") == 30 * 40 + plain.clauses.preamble.count("遵")


@pytest.mark.rule("R-QR-1")
def test_a_preview_has_a_watermark_and_neither_number_nor_code(pdf_text):
    text = squeezed(pdf_text(render(preview()), "-raw"))
    assert squeezed(WATERMARK) in text and "协议书编号" not in text and "二维码" in text
    final = squeezed(pdf_text(render(three_party()), "-raw"))
    assert squeezed(WATERMARK) not in final and "7K3M-9QZX-4TB8-W2HF" in final


@pytest.mark.parametrize("lacking", ["number", "code", "verification_url"])
def test_number_code_and_address_come_together(lacking):
    with pytest.raises(ValueError, match="together"):
        replace(three_party(), **{lacking: None})


def test_the_kind_and_the_school_agree():
    with pytest.raises(ValueError, match="school"):
        replace(three_party(), school=None)
    with pytest.raises(ValueError, match="school"):
        replace(three_party(), agreement_kind="two_party")


RARE = [
    "𬱖",
    "䶮",
    "喆",
    "堃",
    "翀",
    "龘",
    "𠮷",
    "阿卜杜拉·买买提·吐尔逊",
    "迪丽热巴·迪力木拉提",
    "欧阳娜娜",
    "𬭎𬭛",
    "Ólafur Müller",
]


@pytest.mark.needs("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf")
@pytest.mark.parametrize("name", RARE)
def test_rare_and_minority_names_come_back_as_they_were(name, pdf_text):
    plain = three_party()
    document = render(replace(plain, graduate=replace(plain.graduate, name=name)))
    assert squeezed(name) in squeezed(pdf_text(document, "-raw"))


@pytest.mark.parametrize("where", ["graduate", "employer", "terms", "supplement"])
def test_a_character_without_a_glyph_is_refused_by_name(where):
    plain, bad = three_party(), "王\U0003abcd小\ue000明"
    changed = {
        "graduate": {"graduate": replace(plain.graduate, name=bad)},
        "employer": {"employer": replace(plain.employer, address=bad)},
        "terms": {"terms": (("试用期", bad),)},
        "supplement": {"supplement": bad},
    }[where]
    with pytest.raises(fonts.UnprintableError) as refused:
        render(replace(plain, **changed))
    assert refused.value.characters == "\U0003abcd\ue000"
    assert "U+3ABCD" in str(refused.value) and "U+E000" in str(refused.value)


def test_a_clause_that_the_form_cannot_draw_is_refused():
    plain = three_party()
    with pytest.raises(fonts.UnprintableError):
        render(replace(plain, clauses=replace(plain.clauses, preamble="甲\ue000乙")))


@EVERY_SAMPLE
def test_equal_facts_give_equal_bytes(sample):
    assert render(sample()) == render(sample())


def test_equal_facts_give_equal_bytes_in_another_process():
    code = "import sys; from pdf.samples import rare_names, render; sys.stdout.buffer.write(render(rare_names()))"
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
        assert run.stdout == render(rare_names())


def test_other_facts_give_other_bytes():
    plain = three_party()
    moved = replace(plain, created_at=datetime(2026, 6, 19, tzinfo=UTC))
    renamed = replace(plain, graduate=replace(plain.graduate, name="张明运"))
    assert len({render(plain), render(moved), render(renamed)}) == 3


def test_the_document_names_itself(pdf_text, tmp_path):
    path = tmp_path / "named.pdf"
    path.write_bytes(render(three_party()))
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, check=True, text=True).stdout
    assert "全国普通高等学校毕业生就业协议书" in told and "全国高校毕业生网上签约系统" in told
    assert "A4" in told and "2026" in told
