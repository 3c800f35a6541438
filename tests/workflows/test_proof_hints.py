"""Each hint has a threshold, a sample that it speaks about and one that it is silent about (R-PROOF-1)."""

from dataclasses import replace

import pytest

from workflows.proof_hints import ALIKE, HIGHEST_PAY_FEN, LOOKS, SHARP, SHORT_SIDE, HintFacts, ProofFile, hints

NAME = "示例云帆软件（北京）有限公司"
TEXT = f"录用通知书 李明同学：{NAME}同意录用你为软件工程师，请于七月十五日前到公司报到。"
GOOD = ProofFile("f1", "letter", 1, True, 1240, 1754, 800.0)
SCAN = replace(GOOD, is_picture=False, width=595, height=842)
FACTS = HintFacts((GOOD,), NAME, "91110000600037341L", "39", 800000, 254000)


def about(facts: HintFacts) -> list[str]:
    return [hint.name for hint in hints(facts)]


def with_file(**changes: object) -> HintFacts:
    return replace(FACTS, files=(replace(GOOD, **changes),))


pytestmark = pytest.mark.rule("R-PROOF-1")

# name of the hint -> (what it speaks about, what it just does not speak about).
PAIRS: list[tuple[str, HintFacts, HintFacts]] = [
    ("employer_name", with_file(text=TEXT.replace(NAME, "另外一家商贸集团")), with_file(text=TEXT)),
    (
        "employer_name",
        replace(with_file(text=TEXT), employer_name="上海某某置业顾问有限公司"),
        replace(with_file(text=TEXT), employer_name="示例云帆软件(北京)有限公司"),  # brackets of the other width
    ),
    ("employer_name", with_file(text="公司" * 15), with_file(text="公司" * 14)),  # too little text to judge
    ("credit_code", replace(FACTS, employer_kind="10"), replace(FACTS, employer_kind="31")),
    ("credit_code", replace(FACTS, credit_code="12100000000000000X"), replace(FACTS, credit_code="")),
    ("pay", replace(FACTS, pay_fen=253999), replace(FACTS, pay_fen=254000)),
    ("pay", replace(FACTS, pay_fen=HIGHEST_PAY_FEN + 1), replace(FACTS, pay_fen=HIGHEST_PAY_FEN)),
    (
        "pay",
        replace(FACTS, pay_fen=1, minimum_wage_fen=2),
        replace(FACTS, pay_fen=1, minimum_wage_fen=None),  # no figure is kept for the province
    ),
    ("blur", with_file(blur=SHARP - 0.1), with_file(blur=SHARP)),
    ("blur", with_file(blur=1.0), with_file(blur=1.0, text=TEXT)),  # text is legible however it is drawn
    ("size", with_file(width=SHORT_SIDE - 1), with_file(width=SHORT_SIDE)),
    ("size", with_file(width=300), replace(FACTS, files=(replace(SCAN, width=300),))),  # points, not pixels
    ("same_picture", with_file(alike=ALIKE), with_file(alike=ALIKE + 1)),
    ("same_picture", with_file(alike=0), with_file(alike=None)),
    ("content", with_file(verdict="risky"), with_file(verdict="review")),
    ("content", with_file(verdict="risky"), with_file(verdict="")),
]


def test_a_sound_record_gets_no_hint() -> None:
    assert about(FACTS) == [] and about(HintFacts()) == []
    assert about(replace(FACTS, files=(replace(SCAN, text=TEXT),))) == []


@pytest.mark.parametrize(("name", "speaks", "silent"), PAIRS)
def test_a_hint_speaks_at_its_threshold_and_not_before(name: str, speaks: HintFacts, silent: HintFacts) -> None:
    assert about(speaks) == [name]
    assert about(silent) == []


def test_every_look_has_its_samples_its_title_and_its_threshold() -> None:
    assert [look.name for look in LOOKS] == list(dict.fromkeys(name for name, _, _ in PAIRS))
    assert all(look.title and look.threshold for look in LOOKS)


def test_a_hint_is_one_sentence_that_forbids_nothing() -> None:
    for name, speaks, _ in PAIRS:
        (hint,) = hints(speaks)
        assert hint.sentence.endswith("。") and any(word in hint.sentence for word in ("请", "建议")), name
        assert not any(word in hint.sentence for word in ("不能", "禁止", "拒绝", "必须"))


def test_hints_about_files_name_the_file_and_hints_about_the_form_do_not() -> None:
    named = {name: {hint.file for hint in hints(speaks)} for name, speaks, _ in PAIRS}
    assert named["blur"] == named["size"] == named["same_picture"] == named["employer_name"] == {"f1"}
    assert named["pay"] == named["credit_code"] == {""}
