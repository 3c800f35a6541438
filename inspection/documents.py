"""PDF documents: every page decoded, annotations drawn into the page, and the pages alone carried into a new file."""

from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from pypdfium2 import raw

from inspection.findings import Kept, ProblemFound
from inspection.measures import MEASURED, blur, picture_hash
from workflows.uploads import PAGES, Problem

MOST_TEXT = 20_000  # characters
LARGEST = 20 * 1024 * 1024  # bytes of the new file
TAIL = 64 * 1024  # bytes in which the end of the file must be marked
# What a page is made of. Actions, annotations, attachments, metadata, thumbnails and everything else stay behind, and
# so does whatever hung on the old document: scripts, forms, embedded files, the outline.
_OF_A_PAGE = {"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Group", "/UserUnit"}


def inspect(source: Path, target: Path) -> Kept:
    """Write a PDF anew to `target`; raises ProblemFound, or whatever a damaged file leads the decoder to."""
    _refuse_cut_short(source)
    document = _opened(source)
    try:
        text = _drawn_flat(document)
        first = document[0]
        width, height = first.get_size()
        picture = first.render(scale=MEASURED / max(width, height, 1)).to_pil().convert("L")
        between = target.with_suffix(".flat")
        document.save(between)
    finally:
        document.close()
    pages = _carried_over(between, target)
    between.unlink()
    size = (max(1, round(width)), max(1, round(height)))
    return Kept("application/pdf", pages, *size, picture_hash(picture), blur(picture), text)


def _refuse_cut_short(source: Path) -> None:
    with source.open("rb") as file:
        file.seek(max(0, source.stat().st_size - TAIL))
        if b"%%EOF" not in file.read():
            raise ProblemFound(Problem.DAMAGED)


def _opened(source: Path) -> Any:
    try:
        document = pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
        raise ProblemFound(Problem.ENCRYPTED if locked else Problem.DAMAGED) from None
    if raw.FPDF_GetSecurityHandlerRevision(document.raw) >= 0:
        raise ProblemFound(Problem.ENCRYPTED)
    if len(document) > PAGES:
        raise ProblemFound(Problem.TOO_MANY_PAGES, f"{len(document):,}")
    return document


def _drawn_flat(document: Any) -> str:
    """Draw what stands on each page's annotations (seals among them) into the page; return the document's text."""
    texts = []
    for number in range(len(document)):
        page = document[number]
        texts.append(page.get_textpage().get_text_bounded())
        if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_FAIL:
            raise ProblemFound(Problem.DAMAGED)
        page.close()
    return "\n".join(texts)[:MOST_TEXT]


def _carried_over(source: Path, target: Path) -> int:
    with pikepdf.open(source) as old, pikepdf.new() as new:
        for page in old.pages:
            new.pages.append(page)
        for page in new.pages:
            for name in set(page.obj.keys()) - _OF_A_PAGE:
                del page.obj[name]
        new.remove_unreferenced_resources()
        new.save(target, deterministic_id=True)
        pages = len(new.pages)
    if target.stat().st_size > LARGEST:
        raise ProblemFound(Problem.TOO_LARGE)
    return pages
