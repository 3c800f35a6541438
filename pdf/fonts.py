"""The fonts of the agreement: two weights of Noto Sans SC, built once into a cache, and fallbacks for rare names."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import justmytype_intl_cjk  # type: ignore[import-untyped]
import uharfbuzz as hb  # type: ignore[import-untyped]

REGULAR, BOLD = 400, 700
LAYOUT_CHARACTERS = frozenset("\n\r\t")
FALLBACKS = (
    "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf",
    "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",
)
# Blank glyphs that are not spaces: they would print as nothing and let two different names look alike.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DROPPED_FROM_INSTANCE = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "VORG", "vhea", "vmtx", "DSIG")
_DROPPED_FROM_SUBSET = (*_DROPPED_FROM_INSTANCE, "OS/2", "name", "post")


class UnprintableError(ValueError):
    """Text holds characters that no font can draw; `characters` names them."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        named = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in characters)
        super().__init__(f"这些字符无法印在协议书上，请更换后重试：{named}")


def _tags(names: Iterable[str]) -> list[int]:
    return [int.from_bytes(name.ljust(4).encode(), "big") for name in names]


class Face:
    """One font file: what it covers, how wide its characters are, and subsets of it.

    The file is memory-mapped: workers share it, and keeping it costs little.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._face = hb.Face(hb.Blob.from_file_path(str(path)))
        self._font = hb.Font(self._face)
        self._advances: dict[str, float] = {}

    def has(self, character: str) -> bool:
        """Whether the font draws the character: it has a glyph that is visible, or an ordinary space."""
        return bool(self._font.get_nominal_glyph(ord(character))) and _visible(character)

    def advance(self, character: str) -> float:
        """Width of a character in em."""
        try:
            return self._advances[character]
        except KeyError:
            glyph = self._font.get_nominal_glyph(ord(character)) or 0
            width = self._advances[character] = float(self._font.get_glyph_h_advance(glyph) / self._face.upem)
            return width

    def subset(self, characters: Iterable[str]) -> bytes:
        """A TrueType file with just these characters, hints and layout tables left out."""
        wanted = hb.SubsetInput()
        wanted.unicode_set.update([ord(character) for character in characters])
        wanted.drop_table_tag_set.update(_tags(_DROPPED_FROM_SUBSET))
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
        return bytes(hb.subset(self._face, wanted).blob.data)

    def save_subset(self, characters: Iterable[str], path: Path) -> None:
        """Write a subset that a desktop program or fpdf2 can open: like `subset`, with names and metrics kept."""
        wanted = hb.SubsetInput()
        wanted.unicode_set.update([ord(character) for character in characters])
        path.write_bytes(bytes(hb.subset(self._face, wanted).blob.data))


def _visible(character: str) -> bool:
    return character not in _INVISIBLE and unicodedata.category(character) not in _INVISIBLE_CATEGORIES


def cache_folder() -> Path:
    """Where built fonts are kept: PDF_FONT_CACHE, else `fonts` in VAR_DIR, which is `var` by default."""
    configured = os.environ.get("PDF_FONT_CACHE")
    return Path(configured) if configured else Path(os.environ.get("VAR_DIR") or "var") / "fonts"


def instance_file(weight: int) -> Path:
    """Path of Noto Sans SC at one weight, built on first use; concurrent builders are harmless (atomic rename)."""
    target = cache_folder() / f"NotoSansSC-{weight}-{_source().stat().st_size}-{hb.__version__}.ttf"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
            part.write(_pinned(weight))
        os.chmod(part.name, 0o644)
        os.replace(part.name, target)
    return target


def _source() -> Path:
    return Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"


def _pinned(weight: int) -> bytes:
    face = hb.Face(hb.Blob.from_file_path(str(_source())))
    wanted = hb.SubsetInput()
    wanted.keep_everything()
    wanted.pin_axis_location(face, "wght", weight)
    wanted.drop_table_tag_set.update(_tags(_DROPPED_FROM_INSTANCE))
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    return bytes(hb.subset(face, wanted).blob.data)


@lru_cache(maxsize=4)
def face(weight: int) -> Face:
    """Noto Sans SC at a weight, loaded once per process."""
    return Face(instance_file(weight))


@lru_cache(maxsize=1)
def chain() -> tuple[Face, ...]:
    """Fonts in the order in which a character is looked for: Noto Sans SC, PDF_FONT_FALLBACKS, Debian's."""
    paths = (*os.environ.get("PDF_FONT_FALLBACKS", "").split(os.pathsep), *FALLBACKS)
    return (face(REGULAR), *(Face(Path(path)) for path in paths if path and Path(path).is_file()))


@lru_cache(maxsize=1 << 15)
def _find(character: str) -> Face | None:
    return next((candidate for candidate in chain() if candidate.has(character)), None)


def face_of(character: str) -> Face:
    """The first font of the chain that has the character; UnprintableError when none has."""
    found = _find(character)
    if found is None:
        raise UnprintableError(character)
    return found


@lru_cache(maxsize=1 << 15)
def advance(character: str) -> float:
    """Width in em of a character as it will be printed; UnprintableError when no font has it."""
    return face_of(character).advance(character)


def unprintable(text: str) -> str:
    """Characters of the text that no font has, each once, in order; line breaks and tabs are layout and pass."""
    return "".join(c for c in dict.fromkeys(text) if c not in LAYOUT_CHARACTERS and _find(c) is None)


def require_printable(text: str) -> None:
    """Raise UnprintableError naming every character of the text that no font has."""
    if missing := unprintable(text):
        raise UnprintableError(missing)
