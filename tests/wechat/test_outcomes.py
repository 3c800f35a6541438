"""The truth table of codes: every line of it, written by hand from the platform's documents, not from our table."""

from datetime import timedelta

import pytest

from wechat import outcomes
from workflows.sending import AmbiguousError, LaterError, PausedError, RefusedError, SendError, UnreachableError

LATER = [("-1", None), ("unreachable", None), ("http_301", None), ("http_404", None), ("43108", 2)]
AMBIGUOUS = ["no_answer", "garbled", "http_500", "http_502", "http_503", "http_504", "http_204"]
PAUSED = ["40001", "40014", "42001", "40013", "40125", "40164", "48001", "48004", "50002", "not_configured"]
REFUSED = ["41001", "47001", "40033", "43002", "47003", "41030", "40029", "40163", "40226", "failed:system failed"]
UNREACHABLE = [
    ("40003", "invalid"),
    ("43004", "left"),
    ("50005", "left"),
    ("43101", "no_grant"),
    ("failed:user block", "blocked"),
]
UNKNOWN = ["1", "40002", "45047", "61451", "99999", ""]


@pytest.mark.parametrize(("code", "seconds"), LATER)
def test_what_has_not_gone_out_is_tried_again(code: str, seconds: int | None) -> None:
    error = outcomes.failure(code)
    assert type(error) is LaterError and error.code == code
    assert error.wait == (timedelta(seconds=seconds) if seconds else None)


@pytest.mark.parametrize("code", AMBIGUOUS)
def test_a_lost_answer_says_nothing_about_the_effect(code: str) -> None:
    assert type(outcomes.failure(code)) is AmbiguousError and outcomes.failure(code).code == code


@pytest.mark.parametrize("code", PAUSED)
def test_tokens_configuration_and_bans_pause_the_channel(code: str) -> None:
    error = outcomes.failure(code)
    assert type(error) is PausedError and error.code == code
    assert (error.template, error.until_midnight, error.wait) == (False, False, None)


def test_limits_and_a_wrong_template_pause_in_their_own_ways() -> None:
    day, minute, template = (outcomes.failure(code) for code in ("45009", "45011", "40037"))
    assert all(type(error) is PausedError for error in (day, minute, template))
    assert (day.template, day.until_midnight, day.wait) == (False, True, None)
    assert (minute.template, minute.until_midnight, minute.wait) == (False, False, timedelta(seconds=60))
    assert (template.template, template.until_midnight, template.wait) == (True, False, timedelta(seconds=60))


@pytest.mark.parametrize("code", ["40013", "40125", "40164", "48001", "48004", "50002", "not_configured"])
def test_nobody_waits_for_a_wrong_setting_or_a_ban(code: str) -> None:
    assert not outcomes.worth_waiting(code, 1)


def test_a_wrong_template_is_waited_for_once_and_what_passes_by_itself_always() -> None:
    assert [outcomes.worth_waiting("40037", pauses) for pauses in (1, 2, 3)] == [True, False, False]
    for code in ("40001", "40014", "42001", "45009", "45011", "unreachable", "http_502", "isv.AMOUNT_NOT_ENOUGH"):
        assert outcomes.worth_waiting(code, 9)


@pytest.mark.parametrize(("code", "mark"), UNREACHABLE)
def test_who_cannot_be_reached_is_marked(code: str, mark: str) -> None:
    error = outcomes.failure(code)
    assert type(error) is UnreachableError and (error.code, error.mark) == (code, mark)


@pytest.mark.parametrize("code", REFUSED + UNKNOWN)
def test_our_mistakes_and_unknown_codes_are_permanent(code: str) -> None:
    assert type(outcomes.failure(code)) is RefusedError and outcomes.failure(code).code == code


def test_every_line_of_the_table_is_tested_here() -> None:
    tested = {code for code, *_ in LATER + UNREACHABLE} | {*AMBIGUOUS, *PAUSED, *REFUSED, "45009", "45011", "40037"}
    lines = {f"{code[:6]}xx" if code.startswith("http_") else code for code in tested}
    assert lines == set(outcomes.TABLE)


def test_the_field_at_fault_stands_behind_the_code() -> None:
    error = outcomes.failure("47003", "thing2")
    assert isinstance(error, SendError) and str(error) == error.code == "47003:thing2"
