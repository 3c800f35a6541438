"""The documents of the flows are current and say in Chinese who does what."""

from dataclasses import replace
from pathlib import Path

import pytest

from workflows import destination, diagrams, online_signing
from workflows.case import Decision
from workflows.diagrams import FLOWS, ROLE_NAME, document, documents, main, mermaid, table
from workflows.engine import Flow, Transition
from workflows.vocabulary import Action, Role, State

FOLDER = Path(__file__).parents[2] / "docs" / "workflows"


def test_the_files_are_current() -> None:
    """Where this fails: `python -m workflows.diagrams docs/workflows`."""
    assert {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()} == documents()


def test_every_flow_of_the_package_has_a_document() -> None:
    root = Path(diagrams.__file__).parent
    with_flow = {path.stem for path in root.glob("*.py") if "\nFLOW = " in path.read_text("utf-8")}
    assert {flow.name for flow in FLOWS} == with_flow


def test_they_are_written_where_one_says(tmp_path: Path) -> None:
    for _ in range(2):
        main(tmp_path / "some" / "where")
    assert {path.name: path.read_text("utf-8") for path in (tmp_path / "some" / "where").iterdir()} == documents()


def test_everyone_has_a_name() -> None:
    assert set(ROLE_NAME) == set(Role)


def _only_void() -> Flow:
    """Return a flow of one transition, made here so that the expectation can be written out."""
    row = Transition(
        Action.VOID,
        frozenset({State.APPROVED}),
        frozenset({Role.PLATFORM}),
        (State.VOIDED,),
        lambda case, actor, facts, request: Decision(Action.VOID, State.VOIDED),
    )
    return replace(destination.FLOW, transitions=(row,))


def test_a_small_flow_is_drawn_and_tabled() -> None:
    flow = _only_void()
    assert mermaid(flow) == (
        "stateDiagram-v2\n    approved : 去向审核通过\n    voided : 已作废\n    approved --> voided : 作废（系统）\n"
    )
    assert table(flow) == (
        "| 操作 | 由谁 | 原状态 | 新状态 |\n|---|---|---|---|\n| 作废 | 系统 | 去向审核通过 | 已作废 |\n"
    )
    text = document(flow)
    assert text.startswith("# 去向登记\n\n本文件由 `python -m workflows.diagrams docs/workflows` 生成，")
    assert text.endswith(f"未列出的操作一律拒绝。\n\n```mermaid\n{mermaid(flow)}```\n\n{table(flow)}")


def test_several_sources_targets_and_roles_are_all_drawn() -> None:
    lines = mermaid(online_signing.FLOW).splitlines()
    assert lines[1] == "    invited : 待毕业生回应"
    assert "    [*] --> invited : 发起签约邀请（用人单位）" in lines
    assert "    invited --> withdrawn : 撤回邀请（用人单位、系统）" in lines
    assert "    accepted --> accepted : 审核通过（院系、学校）" in lines
    assert "    accepted --> effective : 审核通过（院系、学校）" in lines
    rows = table(online_signing.FLOW).splitlines()
    assert "| 审核通过 | 院系、学校 | 签约审核中 | 签约审核中、签约审核通过 |" in rows
    assert "| 发起签约邀请 | 用人单位 | （新建） | 待毕业生回应 |" in rows


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_transition_is_in_both(flow: Flow) -> None:
    arrows = [line for line in mermaid(flow).splitlines() if "-->" in line]
    assert len(arrows) == sum(len(t.sources) * len(t.targets) for t in flow.transitions) + len(flow.by_time)
    assert len(table(flow).splitlines()) == 2 + len(flow.transitions) + len(flow.by_time)


@pytest.mark.rule("R-ON-2")
def test_what_time_alone_does_is_drawn_too() -> None:
    assert "    invited --> expired : 到应约截止时间仍未回应" in mermaid(online_signing.FLOW)
    row = "| 到应约截止时间仍未回应 | 时间 | 待毕业生回应 | 签约邀请逾期未回应 签约失败 |"
    assert row in table(online_signing.FLOW).splitlines()
