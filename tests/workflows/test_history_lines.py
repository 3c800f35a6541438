"""What a person reads in a record's history."""

import re
from pathlib import Path

import pytest

from tests.workflows.cases import make_case
from workflows import history_lines
from workflows.history_lines import (
    ATTACH,
    CAUSE,
    DETACH,
    DONE,
    LIMIT_VERIFICATION,
    LINK,
    OF_FILES,
    OPEN_FILE,
    ROLE_WORD,
    SHOWN,
    TELL_BY_CALL,
    UNMASK,
    line,
)
from workflows.vocabulary import Action, AgreementKind, Role, State

ACCEPTED = make_case(State.ACCEPTED)
CERTIFIED = make_case(State.ACCEPTED, agreement_kind=AgreementKind.TWO_PARTY)


def test_every_role_and_action_has_a_word() -> None:
    assert set(ROLE_WORD) == set(Role)
    assert set(DONE) == set(Action)
    assert set(SHOWN) == {*Action, UNMASK, TELL_BY_CALL, LIMIT_VERIFICATION, *OF_FILES}


def test_a_call_is_told() -> None:
    assert line(Role.DEPARTMENT, TELL_BY_CALL, {"message": "x"}, ACCEPTED) == "院系电话告知未送达的提醒"


def test_files_that_come_and_go_are_told() -> None:
    assert line(Role.GRADUATE, ATTACH, {}, ACCEPTED) == "毕业生上传材料"
    assert line(Role.LINK_HOLDER, ATTACH, {}, ACCEPTED) == "用人单位（短信链接）上传材料"
    assert line(Role.GRADUATE, DETACH, {}, ACCEPTED) == "毕业生删除材料"
    assert line(Role.SCHOOL, OPEN_FILE, {}, ACCEPTED) == "学校查看材料"


def test_a_step_says_who_did_what() -> None:
    assert line(Role.EMPLOYER, "invite", {}, ACCEPTED) == "用人单位发起签约邀请"
    assert line(Role.SCHOOL, "approve", {"in_stead": False}, ACCEPTED) == "学校审核通过"


@pytest.mark.rule("R-SCH-2")
def test_a_decision_in_the_departments_stead_is_marked() -> None:
    assert line(Role.SCHOOL, "reject", {"in_stead": True}, ACCEPTED) == "学校（代院系）审核不通过"


@pytest.mark.rule("R-PROV-2")
def test_a_two_party_province_certifies_in_its_history_too() -> None:
    assert line(Role.SCHOOL, "approve", {}, CERTIFIED) == "学校鉴证通过"
    assert line(Role.GRADUATE, "accept", {}, CERTIFIED) == "毕业生接受邀请，提交鉴证"
    assert line(Role.GRADUATE, "accept", {}, ACCEPTED) == "毕业生接受邀请，提交审核"


@pytest.mark.rule("R-ON-7", "R-GRAD-9", "R-COH-1")
@pytest.mark.parametrize(
    ("action", "cause", "text"),
    [
        ("void", "accept", "平台作废（因毕业生接受签约邀请）"),
        ("expire", "invite", "平台记录邀请逾期未回应（因单位重新邀请）"),
        ("withdraw", "training_mode", "平台撤回邀请（因网签资格调整）"),
        ("withdraw", "cohort", "平台撤回邀请（因届别调整）"),
        ("withdraw", "off_roll", "平台撤回邀请（因移出毕业生名单）"),
        ("withdraw", "unheard_of", "平台撤回邀请"),
    ],
)
def test_what_another_step_caused_says_which(action: str, cause: str, text: str) -> None:
    assert line(Role.PLATFORM, action, {"cause": cause}, ACCEPTED) == text


CAUSES = re.compile(r'FollowUp\([^)]*?"([a-z_]+)"|_withdraw_all\(facts, "([a-z_]+)"\)|cause="([a-z_]+)"')


def test_every_cause_of_a_follow_up_has_a_word() -> None:
    """The causes are those that the rules name, no more and no fewer."""
    sources = [path.read_text("utf-8") for path in Path(history_lines.__file__).parent.glob("*.py")]
    named = {word for source in sources for found in CAUSES.findall(source) for word in found if word}
    assert {"accept", "submit", "cohort"} <= named
    assert named <= set(CAUSE)


def test_the_joining_of_a_person_is_a_line_of_the_staffs_alone() -> None:
    assert line(Role.GRADUATE, LINK, {}, ACCEPTED) == "毕业生登录，与毕业生名单关联" and LINK not in SHOWN


def test_a_look_at_what_is_masked_is_a_line_too() -> None:
    assert line(Role.SCHOOL, UNMASK, {}, ACCEPTED) == "学校查看完整证件号与联系方式"
    with pytest.raises(ValueError, match="unheard_of"):
        line(Role.SCHOOL, "unheard_of", {}, ACCEPTED)
