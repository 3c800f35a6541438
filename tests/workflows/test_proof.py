"""Binding an openid to a person: a verified phone is never enough (R-STEP-1)."""

import itertools

import pytest

from tests.workflows.cases import assert_speaks
from workflows.proof import Evidence, refuse_binding
from workflows.vocabulary import Code


@pytest.mark.rule("R-STEP-1")
def test_a_phone_binds_with_a_second_fact_only_and_a_password_alone() -> None:
    for password, phone, tail, student in itertools.product((False, True), repeat=4):
        refusal = refuse_binding(Evidence(password, phone, tail, student))
        assert (refusal is None) == (password or (phone and (tail or student)))


@pytest.mark.rule("R-STEP-1")
def test_the_refusal_does_not_tell_which_fact_failed() -> None:
    refusals = {refuse_binding(Evidence(phone=phone)) is None for phone in (False, True)}
    assert refusals == {False}
    refusal = refuse_binding(Evidence(phone=True))
    assert refusal == refuse_binding(Evidence()) == refuse_binding(Evidence(identity_tail=True))
    assert refusal is not None and refusal.code == Code.NO_MATCH
    assert_speaks(refusal)
