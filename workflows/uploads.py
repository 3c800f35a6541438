"""Uploaded files as the rules see them: how many, of which purpose, and whether they have been checked (R-OFF-1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from workflows.case import Refusal
from workflows.vocabulary import Code

MOST = 9  # files of one purpose on one record
LIMIT = 10 * 1024 * 1024  # bytes of one file
PAGES = 20
PIXELS = 50_000_000
LEAST_SIDE = 50  # pixels
NAME_LIMIT = 80
FLOOD_SPAN = timedelta(hours=1)
KINDS = "只支持 JPG、PNG 图片和 PDF 文件"


class FileState(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


STATE_LABEL = {
    FileState.WAITING: "正在检查",
    FileState.ACCEPTED: "检查通过",
    FileState.REFUSED: "未通过检查",
}


class Problem(StrEnum):
    """Why a file is refused by its check."""

    EMPTY = "empty"
    KIND = "kind"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    MOVING = "moving"
    ENCRYPTED = "encrypted"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_LARGE = "too_large"
    TOO_COMPLEX = "too_complex"
    LOST = "lost"


# What the owner of the file reads; `{found}` is what the check found.
SENTENCE: dict[Problem, str] = {
    Problem.EMPTY: "文件是空的，请重新选择文件。",
    Problem.KIND: f"这是{{found}}，{KINDS}，请转换或重新拍照后上传。",
    Problem.DAMAGED: "文件不完整或已损坏，无法打开，请重新拍照或导出后上传。",
    Problem.TOO_MANY_PIXELS: f"图片尺寸过大（{{found}}），最多 {PIXELS // 10_000} 万像素，请缩小后上传。",
    Problem.TOO_SMALL: "图片尺寸过小（{found}），看不清内容，请重新拍照后上传。",
    Problem.MOVING: "图片是动图，请上传静态的 JPG、PNG 图片。",
    Problem.ENCRYPTED: "PDF 文件设有密码或限制，平台无法检查，请去掉密码后上传。",
    Problem.TOO_MANY_PAGES: f"PDF 文件有 {{found}} 页，最多 {PAGES} 页，请只上传需要的页。",
    Problem.TOO_LARGE: "文件展开后过大，请压缩或重新导出后上传。",
    Problem.TOO_COMPLEX: "文件内容过于复杂，无法检查，请重新拍照或另存后上传。",
    Problem.LOST: "文件没有保存成功，请重新上传。",
}


def sentence(problem: Problem, found: str = "") -> str:
    """Return what the owner reads about a refused file."""
    return SENTENCE[problem].format(found=found)


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file of a record that has not been removed."""

    purpose: str
    state: FileState
    position: int = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a record asks for: purpose, what it is called, how many files of it."""

    purpose: str
    label: str
    least: int = 1
    most: int = MOST


def _of(files: Iterable[FileFact], purpose: str) -> list[FileFact]:
    return [file for file in files if file.purpose == purpose]


def ready(files: Iterable[FileFact]) -> bool:
    """Say whether every file has passed its check."""
    return all(file.state == FileState.ACCEPTED for file in files)


def refuse_number(files: Sequence[FileFact], wanted: Wanted) -> Refusal | None:
    """Refuse a record with too few or too many files of one purpose."""
    count = len(_of(files, wanted.purpose))
    if count < wanted.least:
        message = f"请上传{wanted.label}（至少 {wanted.least} 份）。"
        return Refusal(Code.PROOF_MISSING, message, "上传后再提交。", fields={wanted.purpose: message})
    if count > wanted.most:
        message = f"{wanted.label}最多 {wanted.most} 份，现有 {count} 份。"
        return Refusal(Code.FILE_LIMIT, message, "请删除多余的文件后再提交。", fields={wanted.purpose: message})
    return None


def refuse_files(files: Sequence[FileFact], wanted: Iterable[Wanted]) -> Refusal | None:
    """Refuse to hand in a record whose files are missing, refused or not yet checked; in this order."""
    named = {one.purpose: one for one in wanted}
    for one in named.values():
        if refusal := refuse_number(files, one):
            return refusal
    mine = [file for file in files if file.purpose in named]
    if bad := next((file for file in mine if file.state == FileState.REFUSED), None):
        message = f"{named[bad.purpose].label}中有文件未通过检查。"
        fields = {bad.purpose: message}
        return Refusal(Code.FILE_REFUSED, message, "请删除该文件并重新上传后再提交。", fields=fields)
    if any(file.state == FileState.WAITING for file in mine):
        return Refusal(Code.FILE_CHECKING, "材料正在检查，请稍候再提交。", "通常只需几秒钟，稍后刷新即可。")
    return None


def refuse_another(files: Sequence[FileFact], purpose: str, most: int = MOST) -> Refusal | None:
    """Refuse one more file where a purpose has as many as it may have."""
    if len(_of(files, purpose)) < most:
        return None
    message = f"此处最多上传 {most} 份文件。"
    return Refusal(Code.FILE_LIMIT, message, "请先删除不需要的文件，再上传新的。", fields={"file": message})


def free_position(files: Iterable[FileFact], purpose: str) -> int:
    """Return the first free place of a purpose, from 1."""
    taken = {file.position for file in _of(files, purpose)}
    return next(number for number in range(1, len(taken) + 2) if number not in taken)


def clean_name(name: str) -> str:
    """Return a file's name as it is shown: without folders and control characters, at most 80 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in last if char.isprintable() and char not in '<>"|?*:').strip(" .")
    if len(shown) <= NAME_LIMIT:
        return shown or "未命名文件"
    stem, dot, ending = shown.rpartition(".")
    ending = dot + ending if dot and len(ending) <= 8 else ""
    return (stem or shown)[: NAME_LIMIT - len(ending)] + ending
