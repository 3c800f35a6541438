"""Endings as every door uses them: begin one, take a step, and what it says in words (R-TO-1…4, R-TOFF-1…4)."""

from dataclasses import replace
from typing import Any

from app import actions, as_cases, bodies, codes, forms
from app.facts import View
from app.termination_facts import BEGIN, columns_for, in_force
from workflows import labels
from workflows.case import Actor, Case, Option, Refusal, Request
from workflows.labels import MARK_LABEL
from workflows.termination import CHECKED_FIELDS, HOW
from workflows.vocabulary import Action, Mark, Role, Step, Subject

EMPTY = "--"
SIDE = {Role.GRADUATE: "毕业生", Role.EMPLOYER: "用人单位"}
STEP_TITLE = {Step.DEPARTMENT: "院系", Step.SCHOOL: "学校"}
SUBJECT = Subject.TERMINATION


def refuse_beginning(view: View, placement: Any, actor: Actor) -> Refusal | None:
    """Return why the ending of an agreement cannot begin, or None."""
    return actions.refuse_new(view, BEGIN[placement.kind], actor, columns_for(placement), SUBJECT)


def buttons(view: View, placement: Any, actor: Actor) -> list[Option]:
    """Return 申请解约 for an agreement in force, allowed or with the reason why not (R-WHY-1); else nothing."""
    if not in_force(placement):
        return []
    refusal, case = refuse_beginning(view, placement, actor), Case(None, subject=SUBJECT)
    return [Option(Action.ASK, labels.action_label(Action.ASK, case), refusal is None, refusal)]


def begin(placement: Any, actor: Actor, action: Action, typed: dict[str, Any], request: Request) -> actions.Done:
    """Ask the other side (ASK), or begin the draft of a request to the school (START); raises Refused."""
    terms = forms.draft(SUBJECT, placement.kind, typed)
    if action == Action.ASK:
        cleaned = forms.FORMS[SUBJECT, placement.kind](typed)
        terms |= cleaned.values
        request = replace(request, errors=cleaned.errors)
    columns = columns_for(placement)
    return actions.create(placement.roll_record_id, action, actor, request, columns, terms, SUBJECT)


def step(row: Any, action: Action, actor: Actor, request: Request, terms: dict[str, Any] | None = None) -> actions.Done:
    """Take a step on a request; raises Refused."""
    return actions.step(row.id, row.roll_record_id, action, actor, request, terms, SUBJECT)


def label(row: Any) -> str:
    """Return the label of a request, with the verb of its province (R-LABEL-1, R-PROV-2)."""
    return labels.state_label(as_cases.termination(row))


def mark(row: Any) -> str:
    """Return 强制解约 or 学生单方面解约 where it ended so, else ""."""
    return MARK_LABEL[Mark(row.mark)] if row.mark else ""


def content(row: Any) -> list[tuple[str, str]]:
    """Return what was asked for as (label, value)."""
    body = bodies.unseal(SUBJECT, row)
    typed = body.get(forms.TYPED, {})
    reason = body.get("reason_code") or typed.get("reason_code")
    return [
        ("申请方", SIDE[Role(row.asked_by)]),
        ("解约原因", codes.label("termination_reasons", reason) or EMPTY),
        ("解约说明", body.get("explanation") or typed.get("explanation") or EMPTY),
    ]


def typed_of(row: Any) -> dict[str, Any]:
    """Return what was typed into the form, right or wrong."""
    typed: dict[str, Any] = bodies.unseal(SUBJECT, row).get(forms.TYPED, {})
    return typed


def checks(row: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return how each reviewer checked with the employer, as (who, [(label, value)]) (R-TOFF-2)."""
    body = bodies.unseal(SUBJECT, row)
    found = []
    for name, title in STEP_TITLE.items():
        said = body.get(f"checked_{name}")
        if said:
            shown = said | {"how": dict(HOW).get(said["how"], said["how"])}
            found.append((title, [(f.label, shown[f.name]) for f in CHECKED_FIELDS]))
    return found


def last_check(row: Any) -> dict[str, str]:
    """Return what the step before wrote about the talk with the employer, to begin with; {} for none."""
    said: dict[str, str] = bodies.unseal(SUBJECT, row).get(f"checked_{Step.DEPARTMENT}", {})
    return said
