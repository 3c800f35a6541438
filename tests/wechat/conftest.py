"""The application with a scripted WeChat to talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import config
from app.crypto import Keyring
from app.extensions import db
from app.models import WechatToken
from app.writing import tune_sqlite
from tests.wechat.scripted import Platform


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """No more of the application than a call needs: settings, keys, one table; tests of tokens use the whole one."""
    app = Flask("bare")
    app.config.update(config.load({"APP_ENV": "test", "DATABASE_URL": f"sqlite:///{tmp_path}/bare.db"}))
    app.extensions["keyring"] = Keyring(app.config["FIELD_KEYS"], app.config["INDEX_KEY"])
    db.init_app(app)
    with app.app_context():
        tune_sqlite(db.engine)
        WechatToken.__table__.create(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def platform(bare: Flask) -> Iterator[Platform]:
    """A scripted platform, to which a bare application's accounts are connected."""
    yield from _connected(bare)


@pytest.fixture
def whole_platform(app: Flask) -> Iterator[Platform]:
    """A scripted platform, to which the whole application's accounts are connected."""
    yield from _connected(app)


def _connected(app: Flask) -> Iterator[Platform]:
    platform = Platform()
    platform.connect(app)
    yield platform
    platform.close()
