"""What holds the project together: rules are proven or pending, states have words, refusals say what to do next."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workflows import diagrams, labels
from workflows.flows import FLOWS
from workflows.vocabulary import HOLDING, STATES, STATES_OF, TERMINATION_STATES, Action, State, Subject

ROOT = Path(__file__).resolve().parent.parent


# --- rules --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One rule id in one `pytest.mark.rule(…)`; `http` is "allowed", "refused" or None for a test without the web."""

    rule: str
    http: str | None
    where: str


def rule_book() -> set[str]:
    """Return the ids of all rules of docs/rules.md; a rule stands there once."""
    ids = re.findall(r"^- \*\*(R-[A-Z]+-\d+)\*\*", (ROOT / "docs" / "rules.md").read_text("utf-8"), re.MULTILINE)
    assert len(ids) == len(set(ids)) > 80
    return set(ids)


def pending() -> dict[str, str]:
    return tomllib.loads((ROOT / "tests" / "rules_pending.toml").read_text("utf-8"))


def marks_in(source: str, where: str) -> Iterator[Mark]:
    """Find every `pytest.mark.rule(…)` of a test module, also in parameters and on whole modules."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
            http = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
            for argument in node.args:
                yield Mark(ast.literal_eval(argument), http.get("http"), f"{where}:{node.lineno}")


@cache
def marks() -> list[Mark]:
    """Return the marks of every test module."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [mark for path in files for mark in marks_in(path.read_text("utf-8"), str(path.relative_to(ROOT)))]


def test_marks_are_found_wherever_pytest_takes_them() -> None:
    source = (
        'pytestmark = pytest.mark.rule("R-A-1")\n'
        '@pytest.mark.rule("R-B-1", "R-B-2", http="refused")\n'
        '@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("R-C-1"))])\n'
        "def test_it(x): assert x\n"
    )
    found = {(mark.rule, mark.http) for mark in marks_in(source, "x.py")}
    assert found == {("R-A-1", None), ("R-B-1", "refused"), ("R-B-2", "refused"), ("R-C-1", None)}


def test_no_test_names_a_rule_that_is_not_in_the_book() -> None:
    assert [mark for mark in marks() if mark.rule not in rule_book()] == []
    assert set(pending()) <= rule_book()


def shown_by_http(rule: str) -> bool:
    return {"allowed", "refused"} <= {mark.http for mark in marks() if mark.rule == rule}


def test_every_rule_is_proven_or_pending() -> None:
    proven = {mark.rule for mark in marks()}
    assert sorted(rule_book() - proven - set(pending())) == [], "neither proven nor pending"


def test_the_pending_list_shrinks_as_rules_are_proven() -> None:
    """A pending rule may be proven in part; with an allowed and a refused case through HTTP it is pending no more."""
    proven = [rule for rule in pending() if shown_by_http(rule)]
    assert proven == [], "take it off the pending list, or leave out http= where only a part of it is proven"


def test_what_is_pending_says_why() -> None:
    assert [rule for rule, why in pending().items() if not why.startswith("comes with ")] == []


def test_every_proven_rule_is_shown_allowed_and_refused_through_http() -> None:
    marked = marks()
    assert {mark.http for mark in marked} <= {None, "allowed", "refused"}
    shown = {(mark.rule, mark.http) for mark in marked}
    wanted = {(rule, http) for rule in rule_book() - set(pending()) for http in ("allowed", "refused")}
    missing = sorted(f"{rule} {http}" for rule, http in wanted - shown)
    assert missing == [], f"{len(missing)} tests through HTTP are missing: {', '.join(missing)}"


# --- pure workflows -----------------------------------------------------------------------------------------------


def pure_modules() -> dict[str, ast.Module]:
    return {path.name: ast.parse(path.read_text("utf-8")) for path in sorted((ROOT / "workflows").glob("*.py"))}


def test_every_state_and_action_has_a_word() -> None:
    kinds = {(kind, state) for kind, states in STATES.items() for state in states}
    assert set(labels.STATE_LABEL) == kinds
    assert {of: set(words) for of, words in labels.LABELS_OF.items()} == {
        **{of: set(states) for of, states in STATES_OF.items()},
        Subject.TERMINATION: {state for states in TERMINATION_STATES.values() for state in states},
    }
    assert {state for _, state in kinds}.union(*labels.LABELS_OF.values()) == set(State)
    assert set(labels.ACTION_LABEL) == set(Action)


def test_what_holds_the_slot_is_a_state_of_its_kind() -> None:
    assert set(HOLDING) == set(STATES)
    assert all(holding <= set(STATES[kind]) for kind, holding in HOLDING.items())


def test_every_flow_stays_within_its_states() -> None:
    for flow in FLOWS:
        reached = {target for row in flow.transitions for target in row.targets}
        named = reached | {source for row in flow.transitions for source in row.sources if source}
        every = (*STATES.values(), *TERMINATION_STATES.values(), *STATES_OF.values())
        assert any(named <= set(states) for states in every)


def test_every_refusal_of_the_rules_says_what_to_do_next() -> None:
    """R-WHY-1: a code, a sentence and a next step, on every `Refusal(…)` there is."""
    short = [
        f"{name}:{node.lineno}"
        for name, tree in pure_modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Refusal" and len(node.args) < 3
    ]
    assert short == []


def test_the_rules_have_no_clock() -> None:
    """Time comes with the facts: nothing asks for now or today, and no moment is without a zone."""
    clocks = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"}
    asked = [
        f"{name}:{node.lineno}"
        for name, tree in pure_modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in clocks
        and ast.unparse(node.func.value) in ("datetime", "date", "time", "datetime.datetime", "datetime.date")
    ]
    assert asked == []


def test_the_rules_name_the_rules_they_carry_out() -> None:
    """Every rule id in a docstring or comment of the pure modules is one of the book."""
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "workflows").glob("*.py"))
    assert set(re.findall(r"R-[A-Z]+-\d+", text)) <= rule_book()


def test_the_book_gives_no_path_outside_the_project() -> None:
    documents = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "workflows").glob("*.md")]
    assert [str(path) for path in documents if "../" in path.read_text("utf-8")] == []


def glossary_rows() -> set[tuple[str, ...]]:
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    return {tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines if line.startswith("|")}


def test_the_glossary_has_every_action_and_state_of_the_flows_in_force() -> None:
    rows = glossary_rows()
    for kind, states in STATES.items():
        for state in states:
            holds = "yes" if state in HOLDING[kind] else "no"
            assert (f"`{state}`", labels.STATE_LABEL[kind, state], holds) in rows
    for subject, words in labels.LABELS_OF.items():
        for state, label in words.items():
            assert (subject.replace("_", " "), f"`{state}`", label) in rows
    for action in Action:
        assert [row for row in rows if row[:2] == (f"`{action}`", labels.ACTION_LABEL[action])]
    for role, name in diagrams.ROLE_NAME.items():
        assert [row for row in rows if len(row) == 3 and row[1] == role and name in row[0]]
