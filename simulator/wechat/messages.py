"""Template messages of the official account, subscribe messages of the mini-program, the events that follow."""

import time
from collections.abc import Mapping
from typing import Any

from simulator.books import text
from simulator.settings import MINI, OFFICIAL, Account, Template
from simulator.wechat import events, fields, people
from simulator.wechat.calls import Call, Refusal, Result, bare, call
from simulator.world import World

SUCCESS, BLOCKED, FAILED = "success", "failed:user block", "failed: system failed"
DEDUPE = 600.0  # seconds for which a client_msg_id is remembered
NUMBERS = 3_140_000_000_000_000_000  # beyond what a JavaScript number can hold
HANDLING = 0.02  # seconds; a second subscribe message to the same person within them is refused

_SAME = (
    "SELECT number FROM message WHERE channel = 'template' AND receiver = ? AND client_id = ? AND at > ?"
    " ORDER BY id DESC LIMIT 1"
)
_ADD = (
    "INSERT INTO message (channel, receiver, template_id, client_id, content, at, outcome, settled_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_SPEND = "UPDATE consent SET count = count - 1 WHERE openid = ? AND template_id = ? AND count > 0"


def template_of(account: Account, wanted: object) -> Template:
    """Return a template of the account; raises Refusal."""
    found = next((each for each in account.templates if each.id == wanted), None)
    if found is None:
        raise Refusal(40037)
    return found


def _check_data(template: Template, data: Any) -> None:
    if wrong := fields.problem(template, data):
        raise Refusal(47003, f"argument invalid! {wrong}")


def _check_jump(made: Call) -> None:
    jump = made.body.get("miniprogram")
    if isinstance(jump, Mapping) and jump.get("appid") != made.world.settings.accounts[MINI].appid:
        raise Refusal(40013)


def _add(world: World, channel: str, body: Mapping[str, Any], outcome: str) -> int:
    now, kept = world.clock.now(), {key: value for key, value in body.items() if key != "touser"}
    client_id = str(body.get("client_msg_id") or "")
    with world.books.writing():
        added = world.books.add(
            _ADD, channel, body["touser"], body["template_id"], client_id, text(kept), now, outcome, now
        )
        world.books.write("UPDATE message SET number = ? WHERE id = ?", str(NUMBERS + added), added)
    return NUMBERS + added


def _outcome(world: World, channel: str, receiver: str, blocked: bool) -> str:
    return BLOCKED if blocked else world.outcomes.next(channel, receiver) or SUCCESS


@call("/cgi-bin/message/template/send", only=OFFICIAL)
def send_template(made: Call) -> Result:
    """Accept a template message and push the event that says whether it arrived; a client_msg_id counts once."""
    world, body = made.world, made.body
    person = people.known(world, OFFICIAL, body.get("touser"))
    template = template_of(made.account, body.get("template_id"))
    if not person["follows"]:
        raise Refusal(43004)
    _check_data(template, body.get("data"))
    _check_jump(made)
    client_id, now = body.get("client_msg_id") or "", world.clock.now()
    with world.books.writing():
        same = world.books.row(_SAME, person["openid"], client_id, now - DEDUPE) if client_id else None
        if same:
            return {"msgid": int(same["number"])}
        outcome = _outcome(world, "template", person["openid"], bool(person["blocked"]))
        number = _add(world, "template", body, outcome)
    event = events.event(made.account, person["openid"], now, "TEMPLATESENDJOBFINISH", MsgID=number, Status=outcome)
    world.pushes.add(OFFICIAL, event)
    return {"msgid": number}


class _Alone:
    """Lets one subscribe message at a time through to a person; raises Refusal for the second."""

    def __init__(self, world: World, openid: str) -> None:
        self.world, self.openid = world, openid

    def __enter__(self) -> None:
        with self.world.lock:
            if self.openid in self.world.in_flight:
                raise Refusal(43108)
            self.world.in_flight.add(self.openid)

    def __exit__(self, *_: object) -> None:
        with self.world.lock:
            self.world.in_flight.discard(self.openid)


def _check_page(made: Call) -> None:
    page = str(made.body.get("page") or "").split("?")[0]
    if page.startswith("/") or page in made.world.missing_pages:
        raise Refusal(41030)


@call("/cgi-bin/message/subscribe/send", only=MINI)
def send_subscribe(made: Call) -> Result:
    """Accept a subscribe message for one grant of its receiver, and push the event that says whether it arrived."""
    world, body = made.world, made.body
    person = people.known(world, MINI, body.get("touser"))
    template = template_of(made.account, body.get("template_id"))
    with _Alone(world, person["openid"]):
        time.sleep(HANDLING)
        _check_page(made)
        _check_data(template, body.get("data"))
        with world.books.writing():
            if not world.books.write(_SPEND, person["openid"], template.id):
                raise Refusal(43101)
            outcome = _outcome(world, "subscribe", person["openid"], bool(person["blocked"]))
            number = _add(world, "subscribe", body, outcome)
    told = {"TemplateId": template.id, "MsgID": str(number), "ErrorCode": "0" if outcome == SUCCESS else "1"}
    sent = told | {"ErrorStatus": outcome}
    now = world.clock.now()
    world.pushes.add(MINI, events.event(made.account, person["openid"], now, "subscribe_msg_sent_event", List=sent))
    return {"msgid": number}


def _listed(template: Template) -> dict[str, str]:
    lines = [f"{label}：{{{{{name}.DATA}}}}" for label, name in template.fields.items()]
    return {"title": template.key, "content": "\n".join(lines), "example": ""}


@call("/cgi-bin/template/get_all_private_template", "GET", only=OFFICIAL)
def official_templates(made: Call) -> Result:
    """List the official account's templates."""
    return bare({"template_list": [{"template_id": each.id} | _listed(each) for each in made.account.templates]})


@call("/wxaapi/newtmpl/gettemplate", "GET", only=MINI)
def mini_templates(made: Call) -> Result:
    """List the mini-program's templates."""
    return {"data": [{"priTmplId": each.id, "type": 2} | _listed(each) for each in made.account.templates]}
