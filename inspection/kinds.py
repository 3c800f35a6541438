"""Which decoder a file is given to, by how it begins, never by its name; the decoder decides whether it is one."""

import re
from pathlib import Path

from inspection import documents, pictures
from inspection.findings import Kept, ProblemFound
from workflows.uploads import Problem

HEAD = 1024  # bytes

# What other files are called, so that the owner knows what to convert.
OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), name)
    for pattern, name in (
        (rb"GIF8", " GIF 图片"),
        (rb"RIFF....WEBP", " WEBP 图片"),
        (rb"....ftyp(?:hei|hev|mif|avif)", " HEIC 照片"),
        (rb"....ftyp", "视频"),
        (rb"BM", " BMP 图片"),
        (rb"(?:II\*\0|MM\0\*)", " TIFF 图片"),
        (rb"PK\x03\x04", "压缩包或 Office 文档"),
        (rb"(?:Rar!|7z\xbc\xaf)", "压缩包"),
        (rb"\xd0\xcf\x11\xe0", " Office 文档"),
        (rb"MZ", "程序"),
        (rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml.*)?(?:<!--.*)?<(?:!doctype\s+)?svg", " SVG 图片"),
        (rb".*<(?:!doctype\s+html|html|script|body)", "网页文件"),
    )
)


def inspect(source: Path, target: Path) -> Kept:
    """Decode a file and write what is kept of it to `target`; raises ProblemFound."""
    with source.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise ProblemFound(Problem.EMPTY)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return pictures.inspect(source, target)
    if b"%PDF-" in head:
        return documents.inspect(source, target)
    raise ProblemFound(Problem.KIND, next((name for pattern, name in OTHERS if pattern.match(head)), "无法识别的文件"))
