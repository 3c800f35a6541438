"""信息导入 and 信息更新: asked by the graduate, also by one who is on no roll yet (R-GRAD-2)."""

from typing import Any

from sqlalchemy import select

from app import access, codes, roll_requests, texts
from app.api.roll_request_schemas import RollFormAnswer, RollRequestAnswer, RollRequestInput, RollRequestQuery
from app.api.room import KEY, Room, answer, invalid, once
from app.clock import now
from app.extensions import db
from app.models import RollRecord, RollRequest, School
from workflows import labels, roll_request
from workflows.calendar import current_cohort
from workflows.case import Actor, Refusal, Refused
from workflows.roll_request import RequestKind
from workflows.vocabulary import Code

blueprint = Room("roll_requests", __name__, url_prefix="/roll-requests", description="信息导入与更新申请")

COHORTS_AROUND = 1
YES_NO = [{"code": "是", "label": "是"}, {"code": "否", "label": "否"}]


def public(request: RollRequest) -> dict[str, Any]:
    """Return a request as its asker sees it."""
    kind, body = RequestKind(request.kind), roll_requests.body_of(request)
    shown = [
        {"label": column.label, "value": roll_requests.shown(name, body["fields"][name])}
        for name, column in roll_request.fields_of(kind).items()
        if body["fields"].get(name)
    ]
    return {
        "id": request.public_id,
        "kind": kind.value,
        "title": roll_request.TITLE[kind],
        "school": db.session.get_one(School, request.school_id).name,
        "cohort": request.cohort,
        "state": request.state,
        "label": labels.state_label(roll_requests.case_of(request)),
        "reason": request.reason,
        "note": body["note"],
        "created_at": request.created_at.isoformat(),
        "decided_at": request.decided_at.isoformat() if request.decided_at else None,
        "fields": shown,
    }


@blueprint.get("")
@blueprint.response(200, RollRequestAnswer(many=True))
@access.policy("graduate")
def requests() -> Any:
    """Return the person's requests, the newest first."""
    mine = select(RollRequest).where(access.scope(access.actor(), RollRequest)).order_by(RollRequest.id.desc())
    return answer([public(one) for one in db.session.execute(mine).scalars()])


@blueprint.get("/form")
@blueprint.arguments(RollRequestQuery, location="query")
@blueprint.response(200, RollFormAnswer)
@access.policy("graduate")
def form(query: dict[str, Any]) -> Any:
    """Return what a request of a kind may say."""
    kind, cohort = RequestKind(query["kind"]), current_cohort(now())
    fields = [
        {
            "name": name,
            "label": column.label,
            "required": kind == RequestKind.IMPORT and name in roll_request.REQUIRED,
            "choices": _choices(name),
        }
        for name, column in roll_request.fields_of(kind).items()
    ]
    is_open = kind.value in roll_requests.open_kinds(access.actor().id)
    cohorts = list(range(cohort - COHORTS_AROUND, cohort + COHORTS_AROUND + 1))
    shown = {"kind": kind.value, "title": roll_request.TITLE[kind], "open": is_open}
    declaration = texts.public(texts.current("declaration"))
    return answer(shown | {"cohorts": cohorts, "fields": fields, "declaration": declaration})


def _choices(name: str) -> list[dict[str, str]]:
    if name in ("archive_moved", "household_moved"):
        return YES_NO
    table = roll_requests.CODED.get(name)
    return [{"code": code, "label": label} for code, label in codes.choices(table)] if table else []


@blueprint.post("")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(RollRequestInput)
@blueprint.response(200, RollRequestAnswer)
@access.policy("graduate")
def ask(body: dict[str, Any]) -> Any:
    """Ask the school to put the person on its roll, or to correct what it says there; one open request of a kind."""
    actor, kind = access.actor(), RequestKind(body["kind"])

    def work() -> dict[str, Any]:
        school, cohort, roll_id = _about(actor, kind, body)
        asked = roll_requests.Asked(body["fields"], body["note"], body["declaration"])
        public_id = roll_requests.ask(actor, kind, school, cohort, asked, roll_id)
        made = select(RollRequest).where(RollRequest.public_id == public_id)
        return public(db.session.execute(made).scalar_one())

    return once(work)


def _about(actor: Actor, kind: RequestKind, body: dict[str, Any]) -> tuple[School, int, int | None]:
    """Return school, cohort and, for an update, the record; raises NotFound for a record that is not the person's."""
    if kind == RequestKind.UPDATE:
        if "record" not in body:
            raise invalid({"record": "请选择要更新的毕业生记录。"})
        roll: RollRecord = access.load(RollRecord, body["record"], actor)
        return db.session.get_one(School, roll.school_id), roll.cohort, roll.id
    wanted = select(School).where(School.code == body.get("school_code", ""))
    school, cohort = db.session.execute(wanted).scalar_one_or_none(), body.get("cohort", 0)
    if school is None:
        raise invalid({"school_code": "请从列表中选择毕业院校。"})
    if abs(cohort - current_cohort(now())) > COHORTS_AROUND:
        raise invalid({"cohort": "请选择届别。"})
    _refuse_on_roll(actor, school, cohort)
    return school, cohort, None


def _refuse_on_roll(actor: Actor, school: School, cohort: int) -> None:
    own = access.scope(actor, RollRecord)
    there = select(RollRecord.id).where(own, RollRecord.school_id == school.id, RollRecord.cohort == cohort)
    if db.session.execute(there).first() is not None:
        message = f"您已在{school.name}{cohort}届毕业生名单中。"
        raise Refused(Refusal(Code.TAKEN, message, "信息有误的，请使用“信息更新”。"))
