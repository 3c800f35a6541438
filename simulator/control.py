"""The far side's strings, pulled by tests over HTTP (simulator/README.md lists every address with an example).

Under /control: people and what they do, messages that were accepted, chat, calls that were counted, faults, the clock,
how pushes behave, what becomes of the next messages, tokens, quotas, content. Everything is JSON; a wrong value is a
400 with {"code": …}.
"""

from dataclasses import fields
from typing import Any

from flask import Blueprint, Response, jsonify, request

from simulator.pushing import Manner
from simulator.sms import receipts, sending
from simulator.troubles import Trouble
from simulator.wechat import actions, events, messages, people, tokens
from simulator.world import world

strings = Blueprint("control", __name__, url_prefix="/control")

OUTCOMES = {"success": messages.SUCCESS, "user_block": messages.BLOCKED, "system_failed": messages.FAILED}
DELIVERED = {messages.SUCCESS, sending.DELIVERED}
MANNER = {each.name for each in fields(Manner)} - {"chance"}


class Wrong(Exception):
    """A value that cannot be understood."""


@strings.errorhandler(Wrong)
@strings.errorhandler(KeyError)
@strings.errorhandler(TypeError)
@strings.errorhandler(ValueError)
@strings.errorhandler(actions.Impossible)
def wrong(problem: Exception) -> tuple[Response, int]:
    """Answer 400 with what was wrong."""
    return jsonify({"code": str(problem) or type(problem).__name__}), 400


def said() -> dict[str, Any]:
    """Return the JSON of the request, {} for none."""
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def template_id(account: str, named: str) -> str:
    """Return a template's id from its key or id."""
    known = world().settings.accounts[account].templates
    return next((each.id for each in known if named in (each.key, each.id)), named)


@strings.post("/people")
def add_person() -> Response:
    """Add a person: name, phone, unionid (false: none)."""
    given = said()
    made = people.create(world(), str(given.get("name", "")), str(given.get("phone", "")), given.get("unionid", True))
    return jsonify(made)


@strings.get("/people")
def list_people() -> Response:
    """List everybody, with both openids."""
    return jsonify({"people": everybody()})


def everybody() -> list[dict[str, Any]]:
    """Return everybody with openids, whether they follow and whether they block."""
    statement = (
        "SELECT person.id, person.name, person.unionid, person.phone, a.openid AS official, b.openid AS mini,"
        " a.follows, a.blocked FROM person JOIN wechat a ON a.person = person.id AND a.account = 'official'"
        " JOIN wechat b ON b.person = person.id AND b.account = 'mini' ORDER BY person.id"
    )
    return world().books.rows(statement)


def act_for(person: int, action: str, given: dict[str, Any]) -> Any:
    """Let a person do something; raises Impossible, Wrong, KeyError."""
    there = world()
    match action:
        case "follow":
            return actions.follow(there, person, given.get("scene", ""))
        case "unfollow":
            return actions.unfollow(there, person)
        case "text":
            return actions.write(there, person, given["content"])
        case "message":
            return actions.send(there, person, given["kind"], given.get("fields", {}))
        case "click":
            return actions.tap(there, person, given["key"], given.get("kind", "CLICK"))
        case "scan":
            if "ticket" in given:
                return actions.scan(there, person, given["ticket"])
            return actions.scan_scene(there, person, given["scene"])
        case "block":
            actions.block(there, person, given.get("on", True))
            return {}
        case _:
            return _in_mini_program(person, action, given)


def _in_mini_program(person: int, action: str, given: dict[str, Any]) -> Any:
    there = world()
    match action:
        case "consent":
            asked = [template_id("mini", each) for each in given["templates"]]
            return actions.consent(there, person, asked, given.get("agreed", True))
        case "change-consent":
            return actions.change_consent(there, person, template_id("mini", given["template"]))
        case "login-code":
            return {"code": actions.login_code(there, person)}
        case "phone-code":
            return {"code": actions.phone_code(there, person)}
    raise Wrong("unknown_action")


@strings.post("/people/<int:person>/<action>")
def act(person: int, action: str) -> Response:
    """Let a person do something; what reaches the platform is answered with its reply."""
    return jsonify(act_for(person, action, said()))


@strings.get("/messages")
def list_messages() -> Response:
    """List accepted messages, oldest first, by channel, receiver, client_id, number; delivered=1: what arrived."""
    names = [name for name in ("channel", "receiver", "client_id", "number") if name in request.args]
    where = " AND ".join(f"{name} = ?" for name in names) or "1 = 1"
    rows = world().books.rows(
        f"SELECT * FROM message WHERE {where} ORDER BY id",  # noqa: S608 - names from the tuple above
        *(request.args[name] for name in names),
    )
    shown = [row | {"delivered": row["outcome"] in DELIVERED} for row in rows]
    only = request.args.get("delivered")
    return jsonify({"messages": [row for row in shown if only is None or row["delivered"] == (only == "1")]})


@strings.get("/chat/<openid>")
def chat(openid: str) -> Response:
    """List the lines of a user's chat with the official account."""
    lines = world().books.rows("SELECT sender, body, at FROM chat WHERE openid = ? ORDER BY id", openid)
    return jsonify({"lines": lines})


@strings.get("/calls")
def calls() -> Response:
    """List how often each path (or SMS action) was answered with which code."""
    return jsonify({"calls": world().books.rows("SELECT account, path, code, count FROM tally ORDER BY path, code")})


@strings.route("/faults", methods=["GET", "POST", "DELETE"])
def faults() -> Response:
    """List, add or clear troubles: fault (name or list), path, code, times, seconds, rate, seed."""
    troubles = world().troubles
    if request.method == "DELETE":
        troubles.clear()
    elif request.method == "POST":
        given = said()
        named = given.pop("fault")
        given["code"] = str(given.get("code", -1))
        troubles.add(Trouble([named] if isinstance(named, str) else list(named), **given))
    return jsonify({"faults": troubles.listed()})


@strings.route("/clock", methods=["GET", "POST"])
def clock() -> Response:
    """Tell the far side's time, or move it on by `shift` seconds."""
    there = world().clock
    if request.method == "POST":
        there.shift(float(said()["shift"]))
    return jsonify({"now": there.now(), "offset": there.offset})


@strings.route("/outcomes", methods=["POST", "DELETE"])
def outcomes() -> Response:
    """Say what becomes of the next messages: channel (template, subscribe, sms, picture), outcome, times, receiver."""
    given, told = said(), world().outcomes
    if request.method == "DELETE":
        told.forget()
    else:
        outcome = str(given["outcome"])
        named = OUTCOMES.get(outcome, outcome) if given["channel"] != "sms" else outcome
        told.tell(given["channel"], named, int(given.get("times", 1)), given.get("receiver", ""))
    return jsonify({})


@strings.post("/sms/report")
def report() -> Response:
    """Let the operator speak of a text message that was left waiting: biz_id, outcome (DELIVERED or its code)."""
    given, there = said(), world()
    statement = "UPDATE message SET outcome = ?, settled_at = ? WHERE channel = 'sms' AND number = ?"
    there.books.write(statement, given["outcome"], there.clock.now(), given["biz_id"])
    receipts.queue(there, sending.accepted(there, given["biz_id"]))
    return jsonify({})


@strings.route("/pushes", methods=["GET", "POST", "DELETE"])
def pushes() -> Response:
    """List pushes, or say how those of a target (official, mini, sms) behave; DELETE: well again."""
    queue, given = world().pushes, said()
    if request.method == "DELETE":
        for name, old in queue.manners.items():
            queue.manners[name] = Manner(form=old.form)
    elif request.method == "POST":
        manner = queue.manners[given.pop("target")]
        if set(given) - MANNER:
            raise Wrong(f"unknown: {', '.join(set(given) - MANNER)}")
        for name, value in given.items():
            setattr(manner, name, value)
        manner.chance.seed(manner.seed)
    return jsonify({"pushes": world().books.rows("SELECT * FROM push ORDER BY id")})


@strings.post("/pushes/release")
def release() -> Response:
    """Send what is held, oldest first, or newest first."""
    return jsonify({"sent": world().pushes.release(said().get("newest_first", False))})


@strings.post("/pushes/settle")
def settle() -> Response:
    """Wait until nothing is due or under way, for at most so many seconds."""
    return jsonify({"quiet": world().pushes.quiet(float(said().get("seconds", 10)))})


@strings.post("/pushes/verify")
def verify() -> Response:
    """Ask an account's address for an echo."""
    return jsonify({"echoed": events.verify(world(), said()["account"])})


@strings.post("/tokens/revoke")
def revoke() -> Response:
    """Let an account's tokens be good no longer."""
    tokens.revoke(world(), said()["account"])
    return jsonify({})


@strings.post("/settings")
def change() -> Response:
    """Change what is given: public_url, quotas {path: calls a day}, risky [words], missing_pages [paths]."""
    given, there = said(), world()
    there.pushes.public_url = given.get("public_url", there.pushes.public_url).rstrip("/")
    there.quotas |= given.get("quotas", {})
    there.risky = set(given.get("risky", there.risky))
    there.missing_pages = set(given.get("missing_pages", there.missing_pages))
    return jsonify({})
