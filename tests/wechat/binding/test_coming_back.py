"""A mini-program openid that a message could not reach takes messages again as soon as its owner is seen (R-BOT-1)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.clock import now
from app.extensions import db
from app.models import WechatUser
from app.writing import write
from tests.builders import Graduate
from tests.far_side import FarSide
from tests.wechat.binding.graduates import Person, bound, user, wx_login

MARKED = pytest.mark.parametrize("state", ["invalid", "left"])


def mark(person: Person, state: str, ago: timedelta = timedelta(minutes=5)) -> None:
    """Let an attempt have marked somebody's mini-program openid."""
    marked = update(WechatUser).where(WechatUser.openid == person["mini"]).values(state=state, state_at=now() - ago)
    write(lambda: db.session.execute(marked))


@MARKED
def test_signing_in_brings_back(app: Flask, far: FarSide, graduate: Graduate, person: Person, state: str) -> None:
    bound(app, far, person, graduate)
    mark(person, state)
    assert wx_login(app, far, person).status_code == 201
    assert user(person["mini"]).state == "unknown"


@MARKED
def test_a_consent_brings_back(app: Flask, far: FarSide, graduate: Graduate, person: Person, state: str) -> None:
    bound(app, far, person, graduate)
    mark(person, state)
    far.act(person, "consent", templates=["review"])
    far.control("pushes/settle", seconds=5)
    assert user(person["mini"]).state == "unknown"


def test_what_happened_before_the_mark_does_not(app: Flask, far: FarSide, graduate: Graduate, person: Person) -> None:
    bound(app, far, person, graduate)
    mark(person, "invalid", ago=timedelta(minutes=-5))
    far.act(person, "consent", templates=["review"])
    far.control("pushes/settle", seconds=5)
    assert user(person["mini"]).state == "invalid"
