"""Nothing leaves the page, touches a line or runs into its neighbour, however long the values are."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields, replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdf.agreement import Agreement, render
from pdf.form import BOTTOM, LEFT, RIGHT, TOP, Box, Plan
from pdf.samples import SAMPLES, three_party
from pdf.sheet import blank
from tests.pdf.reading import Ink, ink, pages

WORDS = "中华人民共和国，。、；：（）《》“”工程技术有限公司abcXYZ@-._0123456789·𬱖喆 "


def plans(agreement: Agreement, document: bytes) -> list[Plan]:
    sheet = blank(agreement.template())
    return [sheet.main] + [sheet.continuation] * (pages(document) - 1)


def crossed(mark: Ink, box: Box) -> bool:
    """Whether the character's ink lies across one of the box's four sides."""
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    beside = mark.bottom > top and mark.top < bottom
    under = mark.right > left and mark.left < right
    upright = any(mark.left < x - 0.05 and mark.right > x + 0.05 for x in (left, right))
    level = any(mark.top < y - 0.05 and mark.bottom > y + 0.05 for y in (top, bottom))
    return (beside and upright) or (under and level)


def overlapping(marks: list[Ink], tolerance: float = 0.3) -> list[tuple[Ink, Ink]]:
    """Pairs of characters whose ink shares more than a hair's breadth both ways."""
    shelves: dict[int, list[Ink]] = defaultdict(list)
    for mark in marks:
        for shelf in range(int(mark.top // 5), int(mark.bottom // 5) + 1):
            shelves[shelf].append(mark)
    pairs = (pair for shelf in shelves.values() for pair in combinations(shelf, 2))
    return [
        (a, b)
        for a, b in pairs
        if min(a.right, b.right) - max(a.left, b.left) > tolerance
        and min(a.bottom, b.bottom) - max(a.top, b.top) > tolerance
    ]


def assert_well_set(agreement: Agreement) -> None:
    document = render(agreement)
    for number, plan in enumerate(plans(agreement, document)):
        marks = list(ink(document, number))
        assert marks
        for mark in marks:
            assert mark.left >= LEFT - 0.1 and mark.right <= RIGHT + 0.1, mark
            assert mark.top >= 8 and mark.bottom <= 291, mark
            assert not [box for box, _ in plan.ruled if crossed(mark, box)], mark
        assert overlapping(marks) == []


@pytest.mark.rule("R-PDF-1")
@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "preview"])
def test_samples_are_well_set(name):
    assert_well_set(SAMPLES[name]())


@pytest.mark.rule("R-PDF-1")
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_values_of_any_length_are_well_set(data):
    text = st.integers(0, 130).flatmap(lambda size: st.text(WORDS, min_size=size, max_size=size))
    plain = three_party()
    parts = {}
    for part in ("employer", "graduate", "school"):
        held = getattr(plain, part)
        names = [field.name for field in fields(held) if field.name != "graduation_date"]
        parts[part] = replace(held, **{name: data.draw(text) for name in data.draw(st.sets(st.sampled_from(names)))})
    terms = tuple((label, data.draw(text) if data.draw(st.booleans()) else value) for label, value in plain.terms)
    supplement = data.draw(st.text(WORDS + "\n", max_size=1500))
    assert_well_set(replace(plain, terms=terms, supplement=supplement, **parts))


@pytest.mark.parametrize("count", range(17))
def test_any_number_of_terms_finds_room(count):
    terms = tuple((f"约定事项第{number}", f"按约定{number}") for number in range(count))
    agreement = replace(three_party(), terms=terms)
    assert_well_set(agreement)
    slots = blank(agreement.template()).main.slots
    assert slots["supplement"].height >= 9
    assert pages(render(agreement)) == (1 if count <= 12 else pages(render(agreement)))


@pytest.mark.rule("R-PDF-1")
def test_boxes_for_signature_and_seal_are_ample():
    plan = blank(three_party().template()).main
    heights = sorted({round(box.height, 1) for box, _ in plan.ruled if box.y > 200 and 60 < box.width < 61})
    assert heights == [13.0, 42.0], "a signature, and a round seal of 40 to 42 mm"
    assert max(box.y + box.height for box, _ in plan.ruled) == BOTTOM and min(box.y for box, _ in plan.ruled) == TOP


@pytest.mark.rule("R-QR-1")
def test_the_symbol_has_its_size_and_its_quiet_zone():
    plan = blank(three_party().template()).main
    symbol, module = plan.slots["qr"], plan.slots["qr"].width / 29
    assert 26 <= symbol.width == symbol.height <= 30
    reach = 4 * module
    near = Ink(
        "", symbol.x - reach, symbol.y - reach, symbol.x + symbol.width + reach, symbol.y + symbol.height + reach
    )
    assert 26 <= symbol.width == symbol.height <= 30
    assert not [box for box, _ in plan.ruled if crossed(near, box)]
    marks = [near, *ink(render(three_party()))]
    assert [pair for pair in overlapping(marks, tolerance=0.0) if near in pair] == []


def test_the_check_itself_sees_a_crossed_line_and_an_overlap():
    mark = Ink("字", 9, 9, 12, 12)
    assert (
        crossed(mark, Box(10, 5, 50, 20)) and crossed(mark, Box(5, 10, 50, 20)) and not crossed(mark, Box(5, 5, 50, 20))
    )
    assert overlapping([mark, Ink("字", 11, 9, 14, 12)]) and not overlapping([mark, Ink("字", 12, 9, 15, 12)])
