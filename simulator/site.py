"""Everything on the far side in one program: the employment management system, WeChat, SMS, strings and pages."""

from functools import partial
from pathlib import Path

from flask import Flask

from simulator import control, employment_system, pages
from simulator.settings import MINI, OFFICIAL, Settings
from simulator.sms import api as sms
from simulator.sms import receipts
from simulator.wechat import calls, codes, content, events, menus, messages, people, tokens
from simulator.world import World

# Importing them has put their addresses on the blueprint of WeChat's API.
ROOMS = (codes, content, menus, messages, people, tokens)


def build(store: Path | str, settings: Settings) -> Flask:
    """Return the far side; `store` is the employment system's file, WeChat's and SMS's lies beside it."""
    app = employment_system.build(store, settings.employment_keys)
    there = World(Path(store).with_suffix(".phones.db"), settings)
    there.pushes.senders = {OFFICIAL: partial(events.send, there), MINI: partial(events.send, there)}
    there.pushes.senders["sms"] = partial(receipts.send, there)
    there.pushes.resume()
    app.extensions["world"] = there
    for room in (calls.api, sms.api, control.strings, pages.pages):
        app.register_blueprint(room)
    return app
