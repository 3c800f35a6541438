"""The only writer of requests about the roll: asked, then granted or refused by the school (R-GRAD-2).

Like `app.actions`: lock the asker's account, read the clock and the facts, let the rules decide, write all at once.
What is granted changes the roll in the same transaction, by the roll's own write path.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from app import accounts, actions, codes, history, joining, outgoing, printable, texts
from app.clock import now
from app.crypto import digest, seal_json, seal_text, unseal_json
from app.extensions import db
from app.models import Account, Department, Enrolment, RollRecord, RollRequest, School
from app.models.types import new_public_id
from app.rolls.enrolling import enrol
from app.rolls.expected import expected
from workflows.case import Actor, Case, Decision, Refusal, Refused, Request
from workflows.engine import decide
from workflows.identity import gender_code, same_name
from workflows.roll_request import FLOW, RequestFacts, RequestKind, read
from workflows.vocabulary import Action, Code, State, Subject

_request, _roll = RollRequest.__table__, RollRecord.__table__
# The fields whose values are codes of a table.
CODED = {
    "ethnic_code": "ethnic_groups",
    "political_code": "political_status",
    "education_code": "education",
    "training_mode": "training_modes",
    "gender_code": "genders",
}
UNSTATED = "9"  # GB/T 2261
Typed = dict[str, str]


def body_of(request: Any) -> dict[str, Any]:
    """Return what was asked for: `fields` as they were typed, by the roll's column, and a `note`."""
    body: dict[str, Any] = unseal_json(bytes(request.body_sealed), _bound(request.public_id))
    return body


def _bound(public_id: str) -> str:
    return f"roll_request.body:{public_id}"


def shown(name: str, typed: str) -> str:
    """Return what was typed into a field in words, where it was a code."""
    if name == "origin_region":
        return codes.region_name(typed) or typed
    return codes.label(CODED[name], typed) if name in CODED else typed


def case_of(request: Any) -> Case:
    """Return a request as the rules see it."""
    return Case(State(request.state), version=request.version, subject=Subject.ROLL_REQUEST)


def open_kinds(account_id: int) -> set[str]:
    """Return the kinds of which a person has an open request."""
    mine = select(RollRequest.kind).where(RollRequest.account_id == account_id, RollRequest.open_key.is_not(None))
    return set(db.session.execute(mine).scalars())


# --- asking -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person sends along: fields as typed, by the roll's column, a note, and the tick's version (R-BTN-2)."""

    fields: Typed
    note: str
    declaration: str | None


def declaration() -> str:
    """Return the version of 数据真实无误 in force; "" where none was published."""
    text = texts.current("declaration")
    return text.version if text else ""


def ask(actor: Actor, kind: RequestKind, school: School, cohort: int, asked: Asked, roll_id: int | None = None) -> str:
    """Put a request down and return its public id; `roll_id` is the record to be corrected. Raises Refused."""
    conn = db.session.connection()
    chain, at = history.lock(conn, "account", actor.id), now()
    facts = RequestFacts(at, kind, kind.value in open_kinds(actor.id), declaration())
    values, errors = read(kind, asked.fields, expected(school, cohort))
    wanted = Request(declaration=asked.declaration, errors=errors | _unprintable(values))
    decision = decide(FLOW, Action.ASK, Case(None, subject=Subject.ROLL_REQUEST), actor, facts, wanted)
    public_id, body = new_public_id(), {"fields": asked.fields, "note": asked.note}
    row = {
        "public_id": public_id,
        "kind": kind.value,
        "state": decision.state.value,
        "account_id": actor.id,
        "school_id": school.id,
        "cohort": cohort,
        "roll_record_id": roll_id,
        "open_key": f"{kind}:{actor.id}",
        "body_sealed": seal_json(body, _bound(public_id)),
        "body_digest": digest("roll_request", body),
        "version": 1,
        "created_at": at,
    }
    request_id = conn.execute(insert(_request).returning(_request.c.id), row).scalar_one()
    detail = {**decision.detail, "to": decision.state.value, "body_digest": row["body_digest"]}
    chain.add(at, actor, (Subject.ROLL_REQUEST.value, request_id), decision.action.value, detail)
    chain.write()
    return public_id


def _unprintable(values: dict[str, Any]) -> dict[str, str]:
    """Return a sentence for every text that the agreement could not print (R-PDF-1)."""
    texts = {name: values[name] for name in ("name", "major", "department") if name in values}
    bad = {name: printable.unprintable(text) for name, text in texts.items()}
    return {name: f"含有协议书字体无法打印的字符“{chars}”，请更换。" for name, chars in bad.items() if chars}


# --- deciding -----------------------------------------------------------------------------------------------------


def step(request_id: int, account_id: int, action: Action, actor: Actor, asked: Request) -> None:
    """Grant or refuse a request; what is granted is written onto the roll. Raises Refused, and then nothing is."""
    conn = db.session.connection()
    chain, at = history.lock(conn, "account", account_id), now()
    row = conn.execute(select(_request).where(_request.c.id == request_id)).one()
    facts = RequestFacts(at, RequestKind(row.kind))
    decision = decide(FLOW, action, case_of(row), actor, facts, asked)
    columns: dict[str, Any] = {**decision.columns, "state": decision.state.value, "open_key": None}
    if decision.action == Action.GRANT:
        columns["roll_record_id"] = _write_roll(actor, row)
    conn.execute(update(_request).where(_request.c.id == row.id).values({**columns, "version": row.version + 1}))
    _note(chain, at, actor, row, decision)
    for event in decision.events:
        outgoing.emit(conn, event, row.public_id, at, {"request": row.id}, columns.get("roll_record_id"))


def _note(chain: history.Chain, at: Any, actor: Actor, row: Row[Any], decision: Decision) -> None:
    detail = {**decision.detail, "from": row.state, "to": decision.state.value}
    personal = {"reason": decision.columns["reason"]} if decision.columns.get("reason") else {}
    chain.add(at, actor, (Subject.ROLL_REQUEST.value, row.id), decision.action.value, detail, personal)
    chain.write()


def _write_roll(actor: Actor, row: Row[Any]) -> int:
    """Write what a request asks for onto the roll and return the record's id."""
    school = db.session.get_one(School, row.school_id)
    kind = RequestKind(row.kind)
    values, errors = read(kind, body_of(row)["fields"], expected(school, row.cohort))
    if errors:
        message = "申请中的内容已不符合要求，不能通过。"
        raise Refused(Refusal(Code.FORM_INCOMPLETE, message, "请不予通过，并说明需要更正的内容。", fields=errors))
    if name := values.pop("department", None):
        values["department_id"] = _department(row.school_id, name)
    if kind == RequestKind.UPDATE:
        actions.roll_step(row.roll_record_id, Action.EDIT, actor, Request(), values)
        return int(row.roll_record_id)
    return _import(actor, row, school, values)


def department_of(school: int, name: str) -> int | None:
    """Return the id of a school's department; None where the school has none of this name yet."""
    found = select(Department.id).where(Department.school_id == school, Department.name == name)
    known: int | None = db.session.execute(found).scalar_one_or_none()
    return known


def _department(school: int, name: str) -> int:
    """Return the department; one that is named for the first time is added, as an import of the roll does."""
    known = department_of(school, name)
    if known is not None:
        return known
    added = Department(school_id=school, name=name)
    db.session.add(added)
    db.session.flush()
    return added.id


def _import(actor: Actor, row: Row[Any], school: School, values: dict[str, Any]) -> int:
    """Put the asker on the roll: the record that is theirs is corrected, else one is added; then it is joined."""
    account = db.session.get_one(Account, row.account_id)
    there = match(row, account, values["student_number"])
    if there is None:
        number = accounts.id_number_of(account)
        own: dict[str, Any] = {
            "name": account.name,
            "id_kind": account.id_kind,
            "id_number": number,
            "gender_code": _gender(account),
        }
        own |= {"school_id": school.id, "cohort": row.cohort, "archive_moved": None, "household_moved": None}
        own |= {"entered_on": None, "exam_number": "", "duration_years": "", "origin_region": ""}
        record_id = next(iter(enrol(actor, [own | values]).values()))
    else:
        _refuse_taken(there, account)
        record_id = there.id
        _correct(actor, there, account, values)
    _enrol_account(account, school.code, values["degree_level_code"])
    joining.join(db.session.get_one(RollRecord, record_id, populate_existing=True), account)
    return int(record_id)


def _gender(account: Account) -> str:
    """Return the gender that the identity number carries, else “not stated”: the school corrects it by file."""
    return gender_code(account.id_kind, accounts.id_number_of(account)) or UNSTATED


def match(request: Any, account: Account, student_number: str) -> Row[Any] | None:
    """Return the record that a granted import corrects: the asker's by identity, else by student number; None for none.

    `request` has at least `school_id` and `cohort`.
    """
    conn = db.session.connection()
    here = select(_roll).where(_roll.c.school_id == request.school_id, _roll.c.cohort == request.cohort)
    for clause in (_roll.c.id_number_blind == account.id_number_blind, _roll.c.student_number == student_number):
        found = conn.execute(here.where(clause).order_by(_roll.c.id)).first()
        if found is not None:
            return found
    return None


def _refuse_taken(found: Row[Any], account: Account) -> None:
    if found.account_id is not None:
        message = "该毕业生已在本届名单中并已关联账号。"
        raise Refused(Refusal(Code.TAKEN, message, "请核对学号；如为本人重复申请，请不予通过并说明。"))
    if found.state == State.OFF_ROLL:
        message = "该毕业生已移出名单。"
        raise Refused(Refusal(Code.WRONG_STATE, message, "请先在名单页恢复到名单，再通过申请。"))
    if found.id_number_blind != account.id_number_blind and not same_name(found.name, account.name):
        message = "该学号在名单中属于另一名毕业生，姓名和证件号码都与申请人不同。"
        raise Refused(Refusal(Code.TAKEN, message, "请核对学号，不予通过并请申请人更正；名单有误的，请先更正名单。"))


def _correct(actor: Actor, there: Row[Any], account: Account, values: dict[str, Any]) -> None:
    wanted = values | {"name": account.name}
    if there.id_number_blind != account.id_number_blind:
        number = accounts.id_number_of(account)
        wanted |= {
            "id_kind": account.id_kind,
            "id_number_sealed": seal_text(number, f"roll_record.id_number:{there.public_id}"),
            "id_number_blind": account.id_number_blind,
        }
    if any(there._mapping[name] != value for name, value in wanted.items()):
        actions.roll_step(there.id, Action.EDIT, actor, Request(), wanted)


def _enrol_account(account: Account, school_code: str, level: str) -> None:
    known = db.session.execute(
        select(Enrolment.id).where(
            Enrolment.account_id == account.id,
            Enrolment.school_code == school_code,
            Enrolment.degree_level_code == level,
        )
    ).first()
    if known is None:
        db.session.add(Enrolment(account_id=account.id, school_code=school_code, degree_level_code=level))
        db.session.flush()
