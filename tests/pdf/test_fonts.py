"""Which characters can be printed, and how the fonts come to be."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import uharfbuzz as hb

from pdf import fonts

HANZI = "".join(Path(__file__).with_name("tongyong-guifan-hanzi-8105.txt").read_text(encoding="utf-8").split())


def test_every_character_of_the_national_table_is_printable():
    assert len(HANZI) == len(set(HANZI)) == 8105
    assert fonts.unprintable(HANZI) == ""
    assert all(fonts.face_of(character) is fonts.face(fonts.REGULAR) for character in HANZI), "all in one design"


@pytest.mark.parametrize(
    "text", ["阿卜杜拉·买买提", "喆堃翀䶮", "（2026）8,000元/月", "“引号”‘单’——……《书》", "ａＢ１㎡℃①½×", "a\nb\tc\r\n"]
)
def test_ordinary_text_is_printable(text):
    assert fonts.unprintable(text) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王\ue000小\ue000明\U0003abcd", "\ue000\U0003abcd"),
        ("张\u200b三\u202e", "\u200b\u202e"),  # zero width space, right-to-left override
        ("李\u3164四", "\u3164"),  # a filler that looks like nothing
        ("\x00\x07\u2028", "\x00\x07\u2028"),
        ("ئۇيغۇر", "ئۇيغر"),  # Uyghur letters need shaping and have no glyph
        ("\ud800", "\ud800"),
    ],
)
def test_what_no_font_draws_is_named_once_and_in_order(text, expected):
    assert fonts.unprintable(text) == expected
    with pytest.raises(fonts.UnprintableError) as refused:
        fonts.require_printable(text)
    assert refused.value.characters == expected


def test_the_instances_are_static_and_of_their_weight():
    regular, bold = (hb.Face(hb.Blob.from_file_path(str(fonts.instance_file(weight)))) for weight in (400, 700))
    assert not regular.has_var_data and not bold.has_var_data
    width = [
        hb.Font(face).get_glyph_extents(hb.Font(face).get_nominal_glyph(ord("一"))).height for face in (regular, bold)
    ]
    assert abs(width[1]) > abs(width[0]) * 1.3, "the bold stroke is thicker"


def test_concurrent_builders_leave_one_whole_file(tmp_path):
    code = "from pdf import fonts; print(len(fonts.instance_file(400).read_bytes()))"
    environment = {"PDF_FONT_CACHE": str(tmp_path / "fonts"), "PATH": ""}
    builders = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        for _ in range(3)
    ]
    sizes = {int(builder.communicate()[0]) for builder in builders}
    (left,) = (tmp_path / "fonts").iterdir()
    assert sizes == {left.stat().st_size} and left.suffix == ".ttf"


def test_built_fonts_lie_in_the_programs_folder_unless_told_otherwise(monkeypatch, tmp_path):
    for name in ("PDF_FONT_CACHE", "VAR_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert fonts.cache_folder() == Path("var/fonts")
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert fonts.cache_folder() == tmp_path / "fonts"
    monkeypatch.setenv("PDF_FONT_CACHE", str(tmp_path / "elsewhere"))
    assert fonts.cache_folder() == tmp_path / "elsewhere"


HANAMIN = Path("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf")


def refused_by_chain(configured: str) -> str:
    """What a process without Debian's fonts refuses of a common, a rare and a private character."""
    code = r"from pdf import fonts; fonts.FALLBACKS = (); print(ascii(fonts.unprintable('喆\U0002a700\ue000')))"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PDF_FONT_FALLBACKS": configured, "PATH": ""},
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return run.stdout.decode().strip()


@pytest.mark.parametrize("configured", ["", "/nowhere/missing.ttf"])
def test_without_a_fallback_what_it_would_have_drawn_is_refused(configured):
    assert refused_by_chain(configured) == r"'\U0002a700\ue000'"


@pytest.mark.needs(str(HANAMIN))
def test_a_configured_fallback_is_used():
    assert refused_by_chain(f"/nowhere/missing.ttf:{HANAMIN}") == r"'\ue000'"


@pytest.mark.needs(str(HANAMIN))
def test_the_fallback_chain_draws_plane_two():
    assert fonts.unprintable("\U0002a700\U00020bb7𬱖") == ""
    assert fonts.face_of("\U0002a700").path.name.startswith("HanaMin")
    assert fonts.advance("\U0002a700") == 1.0


def test_two_characters_of_one_glyph_keep_their_own_code():
    from pdf.overlay import ValueFonts

    runs = ValueFonts().runs("\u00b7\u00b5\u03bc\u00b7")
    codes = "".join(code for _, code in runs)
    assert [codes[n : n + 4] for n in range(0, len(codes), 4)] == ["0001", "0002", "0003", "0001"]
