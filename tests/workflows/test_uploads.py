"""How many files, of which purpose, checked or not: what a record needs before it can be handed in."""

import pytest

from workflows.uploads import (
    MOST,
    FileFact,
    FileState,
    Wanted,
    clean_name,
    free_position,
    ready,
    refuse_another,
    refuse_files,
)
from workflows.vocabulary import Code

LETTER = Wanted("letter", "解约函")
EXTRA = Wanted("extra", "补充材料", least=0, most=2)


def files(*states: str, purpose: str = "letter") -> list[FileFact]:
    return [FileFact(purpose, FileState(state), number) for number, state in enumerate(states, 1)]


@pytest.mark.rule("R-OFF-1")
@pytest.mark.parametrize(
    ("there", "code", "said"),
    [
        (files(), Code.PROOF_MISSING, "请上传解约函（至少 1 份）"),
        (files("accepted", purpose="extra"), Code.PROOF_MISSING, "请上传解约函"),
        (files(*["accepted"] * (MOST + 1)), Code.FILE_LIMIT, "解约函最多 9 份，现有 10 份"),
        (files("accepted") + files(*["accepted"] * 3, purpose="extra"), Code.FILE_LIMIT, "补充材料最多 2 份"),
        (files("accepted", "refused"), Code.FILE_REFUSED, "解约函中有文件未通过检查"),
        (files("waiting", "refused"), Code.FILE_REFUSED, "解约函中有文件未通过检查"),
        (files("waiting"), Code.FILE_CHECKING, "材料正在检查，请稍候再提交"),
        (files("accepted") + files("waiting", purpose="extra"), Code.FILE_CHECKING, "材料正在检查"),
        (files("accepted"), None, ""),
        (files(*["accepted"] * MOST), None, ""),
        (files("accepted") + files("refused", purpose="unasked"), None, ""),
    ],
)
def test_what_stands_in_the_way_of_handing_in(there: list[FileFact], code: Code | None, said: str) -> None:
    refusal = refuse_files(there, [LETTER, EXTRA])
    assert (refusal and refusal.code) == code
    assert refusal is None or (said in refusal.message and refusal.next)


def test_a_refusal_names_the_purpose_as_its_field() -> None:
    for there in (files(), files("refused")):
        refusal = refuse_files(there, [LETTER])
        assert refusal and set(refusal.fields) == {"letter"}


@pytest.mark.rule("R-OFF-1")
def test_the_tenth_file_of_a_purpose_is_refused() -> None:
    assert refuse_another(files(*["waiting"] * 8), "letter") is None
    refusal = refuse_another(files(*["waiting"] * 9), "letter")
    assert refusal and refusal.code == Code.FILE_LIMIT and "最多上传 9 份" in refusal.message
    assert refuse_another(files(*["waiting"] * 9), "extra") is None


def test_a_place_that_has_become_free_is_taken_again() -> None:
    there = [FileFact("letter", FileState.ACCEPTED, number) for number in (1, 3)]
    assert free_position(there, "letter") == 2
    assert free_position([], "letter") == 1 and free_position(there, "extra") == 1


def test_ready_is_who_has_passed_every_check() -> None:
    assert ready([]) and ready(files("accepted", "accepted"))
    assert not ready(files("accepted", "waiting")) and not ready(files("refused"))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("录用通知.jpg", "录用通知.jpg"),
        ("C:\\Users\\li\\通知.pdf", "通知.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\nc\u202egpj.exe", "abcgpj.exe"),
        ('<img src=x onerror="1">.png', "img src=x onerror=1.png"),
        (" . ", "未命名文件"),
        ("", "未命名文件"),
        ("长" * 200 + ".pdf", "长" * 76 + ".pdf"),
        ("长" * 200, "长" * 80),
    ],
)
def test_a_name_is_shown_without_what_could_mislead(sent: str, shown: str) -> None:
    assert clean_name(sent) == shown
