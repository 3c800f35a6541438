"""Files as people send them and as attackers build them; every one is made here, byte by byte or by a library."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
from fpdf import FPDF
from justmytype_intl_cjk import __file__ as fonts
from PIL import Image, ImageDraw, ImageFont

FONT = next(Path(fonts).parent.rglob("NotoSansSC*.ttf"))
WORDS = "根据贵校毕业生就业推荐经我单位考核同意录用该同学到岗工作请于报到期限内携带相关材料办理入职手续特此函告人事部"
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def letter(seed: int = 1, name: str = "李明", width: int = 1240) -> Image.Image:
    """A sheet of paper with a letter that no other seed gives, and a round seal."""
    chance = random.Random(seed)
    sheet = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(FONT), 34)
    draw.text(
        (420 + chance.randrange(-60, 60), 150), "录用通知书", font=ImageFont.truetype(str(FONT), 60), fill="black"
    )
    draw.text((150, 320), f"{name}同学：", font=font, fill="black")
    lines = chance.randrange(6, 18)
    for line in range(lines):
        words = "".join(chance.choice(WORDS) for _ in range(chance.randrange(8, 27)))
        draw.text((150, 400 + 60 * line), words, font=font, fill="black")
    draw.ellipse((760, 420 + 60 * lines, 1010, 670 + 60 * lines), outline="red", width=9)
    return sheet.resize((width, round(width * 1754 / 1240)))


def photo(seed: int = 1, size: tuple[int, int] = (4000, 3000)) -> bytes:
    """A photo of 12 megapixels as a phone takes it: lying on its side, with a description and a place."""
    sheet = letter(seed).rotate(90, expand=True).resize((size[0] * 9 // 10, size[1] * 9 // 10))
    table = Image.effect_noise((size[0] // 4, size[1] // 4), 24).resize(size).convert("RGB")
    table.paste(sheet, (size[0] // 20, size[1] // 20))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret place"
    return encoded(table, exif=exif, quality=92)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb(width: int, height: int, *more: bytes) -> bytes:
    """A PNG of one colour: tiny as a file, huge once it is decoded."""
    packer, row = zlib.compressobj(9), b"\0" * (1 + (width + 7) // 8)
    pixels = b"".join([packer.compress(row * 1000) for _ in range(height // 1000)]) + packer.flush()
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A PNG with a hundred packed comments of a megabyte each."""
    comment = _chunk(b"zTXt", b"note\0\0" + zlib.compress(b"x" * 1024 * 1024, 9))
    return bomb(1000, 1000, *[comment] * 100)


def animation(kind: str) -> bytes:
    frames = [letter(number, width=300) for number in range(3)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("index.html", HTML)
    return buffer.getvalue()


def pdf(pages: int = 2, text: str = "录用通知书：示例云帆软件（北京）有限公司同意录用李明同学，请按期报到。") -> bytes:
    document = FPDF()
    document.add_font("sc", fname=str(FONT))
    document.set_font("sc", size=14)
    for number in range(pages):
        document.add_page()
        document.multi_cell(0, 9, f"{text}（{number + 1}）\n" * 3)
    return bytes(document.output())


def plain_pdf(pages: int) -> bytes:
    """Empty pages without any font: quick also for a thousand of them."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        return saved(document)


def saved(document: pikepdf.Pdf, **options: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer, **options)
    return buffer.getvalue()


def scripted_pdf() -> bytes:
    """A PDF that runs scripts when it is opened and when a page is shown, and brings a program along."""
    script = {"/S": pikepdf.Name.JavaScript, "/JS": pikepdf.String("app.alert('hello')")}
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.Root.OpenAction = pikepdf.Dictionary(script)
        document.pages[0].obj.AA = pikepdf.Dictionary({"/O": pikepdf.Dictionary(script)})
        link = {"/Type": pikepdf.Name.Annot, "/Subtype": pikepdf.Name.Link, "/Rect": [0, 0, 100, 100]}
        link["/A"] = pikepdf.Dictionary({"/S": pikepdf.Name.Launch, "/F": pikepdf.String("cmd.exe")})
        document.pages[0].obj.Annots = pikepdf.Array([pikepdf.Dictionary(link)])
        document.attachments["evil.exe"] = b"MZ evil program"
        return saved(document)


def sealed_pdf() -> bytes:
    """A PDF whose red seal is the appearance of an annotation, as electronic seals are."""
    with pikepdf.open(io.BytesIO(pdf(1))) as document:
        seal = document.make_stream(b"1 0 0 rg 0 0 100 100 re f", Type=pikepdf.Name.XObject)
        seal.Subtype, seal.BBox = pikepdf.Name.Form, pikepdf.Array([0, 0, 100, 100])
        stamp = {"/Type": pikepdf.Name.Annot, "/Subtype": pikepdf.Name.Stamp, "/Rect": [300, 100, 400, 200], "/F": 4}
        stamp["/AP"] = pikepdf.Dictionary({"/N": seal})
        document.pages[0].obj.Annots = pikepdf.Array([pikepdf.Dictionary(stamp)])
        return saved(document)


def locked_pdf(user: str) -> bytes:
    """An encrypted PDF; with an empty `user` anybody can open it, but not do everything with it."""
    with pikepdf.open(io.BytesIO(pdf(1))) as document:
        return saved(document, encryption=pikepdf.Encryption(owner="owner", user=user))


def nested_pdf() -> bytes:
    """A PDF whose page draws a form that draws a form twice, and so on: 2 to the 28th drawings."""
    with pikepdf.new() as document:
        document.add_blank_page()
        inner = document.make_stream(
            b"0 0 9 9 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9]
        )
        for _ in range(28):
            outer = document.make_stream(
                b"/X Do /X Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9]
            )
            outer.Resources = pikepdf.Dictionary({"/XObject": pikepdf.Dictionary({"/X": inner})})
            inner = outer
        page = document.pages[0].obj
        page.Resources = pikepdf.Dictionary({"/XObject": pikepdf.Dictionary({"/X": inner})})
        page.Contents = document.make_stream(b"/X Do")
        return saved(document)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

# What is sent -> (how it is made, how it is named, a part of the sentence; "" where it is accepted).
SAMPLES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a photo of 12 megapixels": (photo, "录用通知.jpg", ""),
    "a PDF": (pdf, "录用通知.pdf", ""),
    "a JPEG that is a ZIP too": (lambda: encoded(letter()) + archive(), "a.jpg", ""),
    "a PDF that is HTML too": (lambda: pdf() + HTML, "a.pdf", ""),
    "HTML before a PDF": (lambda: HTML + b"\n" + pdf(), "a.pdf", ""),
    "a PDF with scripts and an attachment": (scripted_pdf, "a.pdf", ""),
    "a JPEG in CMYK": (lambda: encoded(letter().convert("CMYK")), "a.jpg", ""),
    "a PNG one can see through": (lambda: encoded(letter().convert("RGBA"), "PNG"), "a.png", ""),
    "a PNG of 16 bits": (lambda: encoded(Image.new("I;16", (400, 400), 30000), "PNG"), "a.png", ""),
    "a JPEG named as a PDF": (lambda: encoded(letter()), "a.pdf", ""),
    "a bomb of 3600 megapixels": (lambda: bomb(60000, 60000), "a.png", "60000 × 60000 像素），最多 5000 万像素"),
    "a bomb in the comments": (text_bomb, "a.png", "已损坏"),
    "HTML named .jpg": (lambda: HTML, "a.jpg", "这是网页文件，只支持 JPG、PNG 图片和 PDF 文件"),
    "an SVG": (lambda: SVG, "a.png", "这是 SVG 图片，只支持"),
    "a PDF of 1,000 pages": (lambda: plain_pdf(1000), "a.pdf", "有 1,000 页，最多 20 页"),
    "a PDF without pages": (lambda: plain_pdf(0), "a.pdf", "已损坏"),
    "a PDF with a password": (lambda: locked_pdf("secret"), "a.pdf", "设有密码或限制"),
    "a PDF with restrictions": (lambda: locked_pdf(""), "a.pdf", "设有密码或限制"),
    "half a JPEG": (lambda: cut(photo()), "a.jpg", "不完整或已损坏"),
    "half a PDF": (lambda: cut(pdf()), "a.pdf", "不完整或已损坏"),
    "an animated PNG": (lambda: animation("PNG"), "a.png", "图片是动图"),
    "an animated GIF": (lambda: animation("GIF"), "a.jpg", "这是 GIF 图片，只支持"),
    "a HEIC photo": (lambda: b"\0\0\0\x18ftypheic" + bytes(100), "a.jpg", "这是 HEIC 照片，只支持"),
    "a Word document": (archive, "a.pdf", "这是压缩包或 Office 文档，只支持"),
    "noise": (lambda: random.Random(1).randbytes(5000), "a.jpg", "这是无法识别的文件，只支持"),
    "noise after the head of a JPEG": (lambda: b"\xff\xd8\xff" + random.Random(1).randbytes(5000), "a.jpg", "已损坏"),
    "noise after the head of a PDF": (
        lambda: b"%PDF-1.7\n" + random.Random(1).randbytes(5000) + b"%%EOF",
        "a.pdf",
        "已损坏",
    ),
    "a dot": (lambda: encoded(Image.new("RGB", (5, 5))), "a.jpg", "尺寸过小（5 × 5 像素）"),
    "a PDF that never ends": (nested_pdf, "a.pdf", "过于复杂"),
}
