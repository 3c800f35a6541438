"""The agreement on paper: the PDF's first page as a picture, and what its QR symbol says."""

from pathlib import Path

import pypdfium2
import zxingcpp
from PIL import Image

DOTS_PER_INCH = 150


def draw(pdf: bytes, target: Path) -> None:
    """Write the first page of a PDF as a PNG."""
    document = pypdfium2.PdfDocument(pdf)
    document[0].render(scale=DOTS_PER_INCH / 72).to_pil().save(target)


def read_code(picture: Path) -> list[str]:
    """Return what the QR symbols in a picture say."""
    with Image.open(picture) as image:
        found = zxingcpp.read_barcodes(image)
    return [one.text for one in found if one.format == zxingcpp.BarcodeFormat.QRCode]
