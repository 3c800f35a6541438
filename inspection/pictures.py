"""Photos and scans: decoded whole, turned upright, and written anew, so that nothing but the picture is left."""

import warnings
from pathlib import Path

from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin

from inspection.findings import Kept, ProblemFound
from inspection.measures import blur, picture_hash
from workflows.uploads import LEAST_SIDE, LIMIT, PIXELS, Problem

KEPT_PIXELS = 16_000_000  # a sheet of paper at 400 dpi; more is scaled down
QUALITY = 85
FORMATS = tuple(plugin.format for plugin in (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile))  # loaded so
MEDIA_TYPE = {"JPEG": "image/jpeg", "PNG": "image/png"}
_SEEN_THROUGH = ("RGBA", "LA", "PA", "La", "RGBa")

Image.MAX_IMAGE_PIXELS = None  # the size is checked here, before a pixel is decoded
warnings.simplefilter("ignore")


def inspect(source: Path, target: Path) -> Kept:
    """Write a JPEG or PNG anew to `target`; raises ProblemFound, or whatever a damaged file leads the decoder to."""
    with Image.open(source, formats=FORMATS) as image:
        kind = "JPEG" if image.format == "MPO" else str(image.format)  # phones store a second picture behind the first
        _refuse(image, kind)
        upright = _upright(image)
    flat = _flat(upright)
    _save(flat, target, kind)
    if kind == "PNG" and target.stat().st_size > LIMIT:  # a photo, which PNG cannot make small
        kind = "JPEG"
        _save(flat, target, kind)
    return Kept(MEDIA_TYPE[kind], 1, flat.width, flat.height, picture_hash(flat), blur(flat))


def _save(image: Image.Image, target: Path, kind: str) -> None:
    image.save(target, format=kind, **({"quality": QUALITY} if kind == "JPEG" else {}))


def _refuse(image: Image.Image, kind: str) -> None:
    size = f"{image.width} × {image.height} 像素"
    if image.width * image.height > PIXELS:
        raise ProblemFound(Problem.TOO_MANY_PIXELS, size)
    if min(image.size) < LEAST_SIDE:
        raise ProblemFound(Problem.TOO_SMALL, size)
    if kind == "PNG" and getattr(image, "is_animated", False):
        raise ProblemFound(Problem.MOVING)


def _upright(image: Image.Image) -> Image.Image:
    """Return the decoded picture, turned as its camera says, at no more than KEPT_PIXELS."""
    share = (KEPT_PIXELS / (image.width * image.height)) ** 0.5
    wanted = (int(image.width * share), int(image.height * share))
    if share < 1:
        image.draft(None, wanted)
    image.load()
    turned = ImageOps.exif_transpose(image)
    if share < 1 and turned.width * turned.height > KEPT_PIXELS:
        turned = _flat(turned)
        turned.thumbnail((max(wanted),) * 2)
    return turned


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture in grey or RGB on white paper, without anything that came with it."""
    if image.mode in _SEEN_THROUGH or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    if image.mode.startswith("I"):
        image = image.point(lambda level: level / 256)  # 16 bits a pixel
    flat = image.convert("L" if image.mode in ("1", "L", "I", "I;16") else "RGB")
    bare = Image.new(flat.mode, flat.size)
    bare.paste(flat)
    return bare
