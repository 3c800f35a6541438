"""The QR symbol is read from the page by readers that are not ours."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from pdf import qr
from pdf.agreement import render
from pdf.samples import CODE, preview, three_party, two_party
from tests.pdf.reading import picture

URL = f"HTTPS://QY.EXAMPLE.EDU.CN/V/{CODE}"
LONGEST = f"HTTPS://{'A' * (60 - 8 - 3 - 16)}/V/{CODE}"


def zbar(image: Image.Image, tmp_path) -> str:
    path = tmp_path / "page.png"
    image.save(path)
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path], capture_output=True, text=True
    )
    return read.stdout.strip()


@pytest.mark.rule("R-QR-1")
@pytest.mark.needs("zbarimg")
@pytest.mark.parametrize("blur", [0.0, 0.8, 1.2])
@pytest.mark.parametrize("sample", [three_party, two_party])
def test_two_readers_read_the_page_at_100_dpi_also_blurred(sample, blur, tmp_path):
    page = picture(render(sample())).filter(ImageFilter.GaussianBlur(blur))
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [URL]
    assert zbar(page, tmp_path) == URL


@pytest.mark.rule("R-QR-1")
@pytest.mark.parametrize("dots_per_inch", [100, 150, 300])
def test_the_better_reader_reads_it_from_a_poor_picture(dots_per_inch):
    page = picture(render(three_party()), dots_per_inch).filter(ImageFilter.GaussianBlur(1.5)).rotate(4, fillcolor=255)
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [URL]


@pytest.mark.rule("R-QR-1")
@pytest.mark.needs("zbarimg")
def test_the_longest_address_is_read_too(tmp_path):
    page = picture(render(replace(three_party(), verification_url=LONGEST))).filter(ImageFilter.GaussianBlur(1.0))
    assert len(LONGEST) == 60
    assert [found.text for found in zxingcpp.read_barcodes(page)] == [LONGEST] == [zbar(page, tmp_path)]


@pytest.mark.rule("R-QR-1")
@pytest.mark.needs("zbarimg")
def test_a_preview_has_no_symbol(tmp_path):
    page = picture(render(preview()), 200)
    assert zxingcpp.read_barcodes(page) == [] and zbar(page, tmp_path) == ""


def test_the_symbol_is_version_3_for_any_permitted_address():
    for url in (URL, URL.lower(), LONGEST, "HTTPS://A.CN/V/" + CODE):
        assert len(qr.modules(url)) == 29
    assert qr.modules(URL.lower()) == qr.modules(URL)
    assert qr.modules(URL) != qr.modules(URL[:-1] + "0")


@pytest.mark.parametrize("url", [LONGEST + "X", "https://例子.cn/v/x", "https://a.cn/v?x=1", ""])
def test_other_addresses_are_refused(url):
    with pytest.raises(ValueError, match="address"):
        qr.modules(url)


def test_a_code_is_grouped_by_fours():
    assert qr.grouped(CODE) == "7K3M-9QZX-4TB8-W2HF"
