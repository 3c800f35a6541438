"""Documents of the flows, read off their tables: `python -m workflows.diagrams docs/workflows`."""

import sys
from collections.abc import Iterable
from pathlib import Path

from workflows.case import Case
from workflows.engine import Flow, Transition
from workflows.flows import FLOWS
from workflows.labels import state_label
from workflows.vocabulary import Action, Role, State

ROLE_NAME = {
    Role.GRADUATE: "毕业生",
    Role.EMPLOYER: "用人单位",
    Role.DEPARTMENT: "院系",
    Role.SCHOOL: "学校",
    Role.PROVINCE: "省级",
    Role.OPERATOR: "平台管理员",
    Role.AUDITOR: "审计",
    Role.LINK_HOLDER: "用人单位（短信链接）",
    Role.PLATFORM: "系统",
}
NEW = "（新建）"


def _name(state: State | None, flow: Flow) -> str:
    return state_label(Case(state, flow.kind, subject=flow.subject)) if state else NEW


def _words(action: Action, flow: Flow) -> str:
    return flow.action_label(action, Case(None, flow.kind, subject=flow.subject), None)


def _in_order(states: Iterable[State | None]) -> list[State | None]:
    order: list[State | None] = [None, *State]
    return sorted(states, key=order.index)


def _who(row: Transition) -> str:
    return "、".join(name for role, name in ROLE_NAME.items() if role in row.roles)


def mermaid(flow: Flow) -> str:
    """Draw a flow as a Mermaid state diagram with Chinese labels."""
    states = {state for row in flow.transitions for state in (*row.sources, *row.targets)}
    lines = ["stateDiagram-v2"]
    lines += [f"    {state.value} : {_name(state, flow)}" for state in _in_order(states) if state]
    for row in flow.transitions:
        words = f"{_words(row.action, flow)}（{_who(row)}）"
        for source in _in_order(row.sources):
            start = source.value if source else "[*]"
            lines += [f"    {start} --> {target.value} : {words}" for target in row.targets]
    lines += [f"    {before.value} --> {after.value} : {when}" for before, after, when in flow.by_time]
    return "\n".join(lines) + "\n"


def table(flow: Flow) -> str:
    """Write a flow as a Markdown table: action, who, from, to."""
    lines = ["| 操作 | 由谁 | 原状态 | 新状态 |", "|---|---|---|---|"]
    for row in flow.transitions:
        before = "、".join(_name(state, flow) for state in _in_order(row.sources))
        after = "、".join(_name(state, flow) for state in _in_order(row.targets))
        lines.append(f"| {_words(row.action, flow)} | {_who(row)} | {before} | {after} |")
    for source, target, when in flow.by_time:
        lines.append(f"| {when} | 时间 | {_name(source, flow)} | {_name(target, flow)} |")
    return "\n".join(lines) + "\n"


def document(flow: Flow) -> str:
    """Write the whole document of a flow: title, diagram, table."""
    note = "本文件由 `python -m workflows.diagrams docs/workflows` 生成，请勿手工修改。未列出的操作一律拒绝。"
    return f"# {flow.title}\n\n{note}\n\n```mermaid\n{mermaid(flow)}```\n\n{table(flow)}"


def documents() -> dict[str, str]:
    """Return the documents of all flows by file name."""
    return {f"{flow.name}.md": document(flow) for flow in FLOWS}


def main(folder: Path) -> None:
    """Write every document into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
