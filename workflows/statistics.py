"""What is counted of a graduate, and the placement rate by the ministry's two formulas (R-STAT-1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.vocabulary import Kind, Module, State

S = State

TOTAL, REGISTERED, REVIEWING = "total", "registered", "reviewing"
OUTCOME = "outcome:"  # + channel of an agreement, or the type of a destination

_REGISTERED = frozenset({S.EFFECTIVE, S.APPROVED})
_REVIEWING = frozenset({S.ACCEPTED, S.AGREEMENT_REVIEW, S.SIGNING_REVIEW, S.REVIEW})


@dataclass(frozen=True, slots=True)
class Held:
    """The placement that holds a graduate's slot: kind, state, and the type of a destination."""

    kind: Kind
    state: State
    type_code: str = ""


def placement_measures(held: Held | None) -> frozenset[str]:
    """Return what a graduate counts as: 已登记 with its outcome, 审核中, or neither (未登记); disjoint (R-STAT-1)."""
    if held is None:
        return frozenset()
    if held.state in _REGISTERED:
        outcome = held.type_code if held.kind == Kind.DESTINATION else held.kind.value
        return frozenset({REGISTERED, OUTCOME + outcome})
    return frozenset({REVIEWING} if held.state in _REVIEWING else ())


def transfer_measures(module: Module, states: Iterable[State]) -> frozenset[str]:
    """Return what a graduate counts as in archive or household registration, by the states of its transfers."""
    found = set(states)
    if S.APPROVED in found:
        return frozenset({f"{module}:{REGISTERED}"})
    return frozenset({f"{module}:{REVIEWING}"} if S.REVIEW in found else ())


class Formula(StrEnum):
    """The ministry's notices on 毕业去向落实率: 教学厅函〔2021〕19号 and 教就业厅函〔2024〕11号."""

    OF_2021 = "2021"
    OF_2024 = "2024"


class Part(StrEnum):
    """The parts that the formulas add up; Chinese in `PART_TITLE`."""

    CONTRACT = "contract"
    EMPLOYED = "employed"
    BUSINESS = "business"
    FREELANCE = "freelance"
    FLEXIBLE = "flexible"
    STUDY = "study"


PART_TITLE: dict[tuple[Formula, Part], str] = {
    (Formula.OF_2021, Part.CONTRACT): "协议和合同就业率",
    (Formula.OF_2021, Part.BUSINESS): "创业率",
    (Formula.OF_2021, Part.FLEXIBLE): "灵活就业率",
    (Formula.OF_2021, Part.STUDY): "升学率",
    (Formula.OF_2024, Part.EMPLOYED): "单位就业率",
    (Formula.OF_2024, Part.BUSINESS): "自主创业率",
    (Formula.OF_2024, Part.FREELANCE): "自由职业率",
    (Formula.OF_2024, Part.STUDY): "升学率",
}

# Beginnings of the national codes that fall under each part. The 2021 notice does not list them: that 其他录用 (12) and
# 自由职业 (76) are 灵活就业 there is the usual reading.
_WORK = ("10", "11", "27", "46", "50", "51")
MEMBERS: dict[Formula, dict[Part, tuple[str, ...]]] = {
    Formula.OF_2021: {
        Part.CONTRACT: _WORK,
        Part.BUSINESS: ("75",),
        Part.FLEXIBLE: ("12", "76"),
        Part.STUDY: ("80", "85"),
    },
    Formula.OF_2024: {
        Part.EMPLOYED: ("10", "11", "12", *_WORK[2:]),
        Part.BUSINESS: ("75",),
        Part.FREELANCE: ("76",),
        Part.STUDY: ("80", "85"),
    },
}


def part_of(formula: Formula, code: str) -> Part | None:
    """Return the part under which a national code falls; None for the unemployed and the unknown."""
    for part, beginnings in MEMBERS[formula].items():
        if code.startswith(beginnings):
            return part
    return None


def placed(formula: Formula, by_code: Mapping[str, int]) -> dict[Part, int]:
    """Return how many graduates fall under each part; `by_code` counts them by national code."""
    counts = dict.fromkeys(MEMBERS[formula], 0)
    for code, amount in by_code.items():
        if part := part_of(formula, code):
            counts[part] += amount
    return counts


def rate(amount: int, total: int) -> float | None:
    """Return a share in per cent, to two digits; None where there is nobody."""
    return round(amount * 100 / total, 2) if total else None
