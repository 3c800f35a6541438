"""Every kind of file, looked into as the worker does it: accepted or refused with a clear sentence."""

import io
import time
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from notifications import file_checks
from tests.inspection import samples
from tests.inspection.samples import SAMPLES
from workflows.uploads import Problem, sentence


def look(folder: Path, content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return what the look found, and what was kept."""
    source, target = folder / "source", folder / "target"
    source.write_bytes(content)
    found = file_checks.look(source, target)
    return found, target.read_bytes() if target.exists() else b""


def said(found: dict[str, Any]) -> str:
    return sentence(Problem(found["problem"]), found["found"]) if "problem" in found else ""


@pytest.mark.parametrize("name", [name for name in SAMPLES if "never ends" not in name])
def test_a_file_is_accepted_or_refused_with_a_clear_sentence(tmp_path: Path, name: str) -> None:
    make, _, part = SAMPLES[name]
    found, kept = look(tmp_path, make())
    assert part in said(found) and bool(said(found)) == bool(part), found
    assert bool(kept) == (not part)


def test_the_sentence_of_every_problem_is_one_sentence() -> None:
    for problem in Problem:
        text = sentence(problem, "某物")
        assert text.endswith("。") and text.count("。") == 1 and "{" not in text


def test_a_photo_is_turned_upright_and_loses_what_came_with_it(tmp_path: Path) -> None:
    sent = samples.photo()
    assert b"secret place" in sent
    found, kept = look(tmp_path, sent)
    picture = Image.open(io.BytesIO(kept))
    assert (picture.format, picture.size, found["media_type"]) == ("JPEG", (3000, 4000), "image/jpeg")
    assert not picture.getexif() and b"secret" not in kept and len(kept) < len(sent)


def test_a_picture_of_more_pixels_than_needed_is_scaled_down(tmp_path: Path) -> None:
    found, kept = look(tmp_path, samples.photo(size=(8000, 6000)))
    width, height = Image.open(io.BytesIO(kept)).size
    assert (found["width"], found["height"]) == (width, height)
    assert 15_000_000 < width * height <= 16_000_000 and width / height == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize("name", ["a JPEG that is a ZIP too", "a PDF that is HTML too", "HTML before a PDF"])
def test_of_a_polyglot_only_the_picture_or_the_pages_are_left(tmp_path: Path, name: str) -> None:
    _, kept = look(tmp_path, SAMPLES[name][0]())
    assert kept[:4] in (b"\xff\xd8\xff\xe0", b"%PDF")
    for trace in (b"PK\x03\x04", b"index.html", b"<html", b"alert"):
        assert trace not in kept


def test_of_a_scripted_pdf_the_pages_alone_are_left(tmp_path: Path) -> None:
    found, kept = look(tmp_path, samples.scripted_pdf())
    with pikepdf.open(io.BytesIO(kept)) as document:
        assert set(document.Root.keys()) == {"/Type", "/Pages"} and not document.attachments
        assert all({"/AA", "/Annots"}.isdisjoint(page.obj.keys()) for page in document.pages)
        objects = " ".join(repr(one) for one in document.objects)
    assert not any(trace in objects for trace in ("JavaScript", "Launch", "EmbeddedFile", "cmd.exe"))
    assert b"MZ evil" not in kept
    assert found["pages"] == 2 and "示例云帆软件（北京）有限公司" in found["text"]


def test_a_seal_on_an_annotation_is_drawn_into_the_page(tmp_path: Path) -> None:
    def red(content: bytes) -> int:
        picture = pypdfium2.PdfDocument(content)[0].render(scale=0.5, may_draw_forms=False).to_pil().convert("RGB")
        return sum(1 for r, g, b in picture.get_flattened_data() if r > 200 and g < 60 and b < 60)

    sent = samples.sealed_pdf()
    _, kept = look(tmp_path, sent)
    assert red(kept) > 2000
    with pikepdf.open(io.BytesIO(sent)) as document:
        del document.pages[0].obj.Annots
        assert red(samples.saved(document)) == 0  # the control: without the annotation there is no seal


def test_the_same_file_is_kept_as_the_same_bytes(tmp_path: Path) -> None:
    """So a repeated check after a crash stores nothing a second time."""
    for content in (samples.pdf(), samples.encoded(samples.letter())):
        assert look(tmp_path, content)[1] == look(tmp_path, content)[1]


def test_a_file_that_would_take_for_ever_is_ended_by_its_own_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is two seconds here, so that the test need not wait for twenty."""
    (tmp_path / "source").write_bytes(samples.nested_pdf())
    monkeypatch.setattr(file_checks, "INSPECTION", [*file_checks.INSPECTION, "--seconds", "2"])
    began = time.monotonic()
    with pytest.raises(file_checks.CutShortError) as cut:
        file_checks.look(tmp_path / "source", tmp_path / "target")
    assert cut.value.by_itself and time.monotonic() - began < 20


def test_a_look_that_hangs_is_ended_by_the_clock(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(samples.nested_pdf())
    with pytest.raises(file_checks.CutShortError) as cut:
        file_checks.look(tmp_path / "source", tmp_path / "target", patience=0.5)
    assert not cut.value.by_itself


def test_the_look_knows_nothing_of_our_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a decoder could be made to give away is not there."""
    monkeypatch.setenv("SECRET_KEY", "very-secret")
    monkeypatch.setattr(file_checks, "INSPECTION", ["-c", "import os, json; print(json.dumps(dict(os.environ)))"])
    seen = file_checks.look(tmp_path, tmp_path / "target")
    assert "SECRET_KEY" not in seen and "very-secret" not in str(seen)
