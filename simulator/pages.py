"""The pages of the far side: home, phone screens, text messages by number, scanning a code, opening a link."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from simulator import control, phones
from simulator.settings import MINI, OFFICIAL
from simulator.wechat import actions, people
from simulator.world import world

pages = Blueprint("pages", __name__, template_folder="templates")
pages.add_app_template_filter(phones.linked, "linked")
pages.add_app_template_filter(phones.shown_at, "shown_at")


@pages.get("/")
def home() -> str:
    """Lead to everything that can be looked at."""
    return render_template("home.html", people=control.everybody(), numbers=phones.numbers(world()))


@pages.get("/phones")
def first_phone() -> ResponseReturnValue:
    """Show the first person's phone, or ask for a first person."""
    everybody = control.everybody()
    if everybody:
        return redirect(url_for("pages.phone", person=everybody[0]["id"]))
    return render_template("phone.html", everybody=[], person=None)


@pages.post("/phones")
def new_person() -> ResponseReturnValue:
    """Add a person with a WeChat."""
    name, number = request.form.get("name", "").strip(), request.form.get("phone", "").strip()
    made = people.create(world(), name or "微信用户", number)
    return redirect(url_for("pages.phone", person=made["id"]), 303)


@pages.get("/phones/<int:person>")
def phone(person: int) -> str:
    """Show a person's phone: chat, service notices, text messages."""
    return _phone(person)


def _phone(person: int, **more: Any) -> str:
    there = world()
    official, mini = people.find(there, person, OFFICIAL), people.find(there, person, MINI)
    if official is None or mini is None:
        abort(404)
    seen = {
        "chat": phones.chat(there, official["openid"]),
        "menu": phones.menu(there),
        "notices": phones.notices(there, mini["openid"]),
        "inbox": phones.inbox(there, official["phone"]),
        "grants": phones.grants(there, mini["openid"]),
    }
    return render_template("phone.html", everybody=control.everybody(), person=official, mini=mini, **seen, **more)


@pages.post("/phones/<int:person>/<action>")
def act(person: int, action: str) -> ResponseReturnValue:
    """Do what a button of the phone says; codes of the mini-program are shown on the page."""
    given: dict[str, Any] = request.form.to_dict()
    if action == "consent":
        given = {"templates": [given["template"]], "agreed": given.get("agreed") == "1"}
    if action == "block":
        given = {"on": given.get("on") == "1"}
    try:
        done = control.act_for(person, action, given)
    except (actions.Impossible, control.Wrong, KeyError):
        abort(400)
    if action in ("login-code", "phone-code"):
        return _phone(person, code=done["code"], code_kind=action)
    return redirect(url_for("pages.phone", person=person), 303)


@pages.get("/sms")
def sms() -> str:
    """Show the text messages of every number, or of one."""
    there, number = world(), request.args.get("number", "")
    found = phones.numbers(there)
    number = number or (found[0]["number"] if found else "")
    return render_template("sms.html", numbers=found, number=number, inbox=phones.inbox(there, number))


@pages.get("/q/<ticket>")
def code(ticket: str) -> str:
    """Ask who scans the code of a ticket."""
    row = world().books.row("SELECT * FROM qr WHERE ticket = ?", ticket)
    if row is None:
        abort(404)
    return render_template(
        "scan.html", ticket=ticket, over=row["expires_at"] <= world().clock.now(), people=control.everybody()
    )


@pages.get("/open/<value>")
def opened(value: str) -> str:
    """Say which page of the mini-program a link or code opens."""
    row = world().books.row("SELECT * FROM link WHERE value = ?", value)
    if row is None:
        abort(404)
    return render_template("open.html", link=row["body"], over=row["expires_at"] <= world().clock.now())
