"""微信提醒 on the graduate's page in Chromium, with a WeChat that scans: bound, parted, bound by the bot's link."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect, sync_playwright
from werkzeug.serving import make_server

from simulator.__main__ import Quiet
from tests import builders
from tests.builders import PASSWORD, Graduate
from tests.e2e.test_pages import ARGUMENTS, OLD_PHONE
from tests.far_side import FarSide
from wechat import client

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def graduate(app: Flask) -> Graduate:
    return builders.make_graduate(builders.make_school())


@pytest.fixture
def far(app: Flask, tmp_path: Path) -> Iterator[FarSide]:
    side = FarSide(tmp_path)
    side.connect_phones(app)
    client.install(app)
    yield side
    side.close()


@pytest.fixture
def address(app: Flask, far: FarSide) -> Iterator[str]:
    """The application behind a port, and known to itself by it."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    app.config["PUBLIC_URL"] = f"http://127.0.0.1:{server.port}"
    yield app.config["PUBLIC_URL"]
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone(chromium: str, address: str) -> Iterator[Page]:
    """A small phone; an error in a script, or a picture that the content policy forbids, fails the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page, errors = browser.new_context(viewport=OLD_PHONE, base_url=address, locale="zh-CN").new_page(), []
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        yield page
        browser.close()
    assert errors == []


def sign_in(page: Page, graduate: Graduate) -> None:
    page.get_by_label("手机号/身份证号/邮箱").fill(graduate.phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def as_it_fits(page: Page) -> None:
    """Hold the page to the width of the phone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= OLD_PHONE["width"]


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_a_graduate_binds_by_a_code_and_parts_again(
    phone: Page, far: FarSide, graduate: Graduate, tmp_path: Path
) -> None:
    person = far.person(phone=graduate.phone, follows=False)
    phone.goto("/m/#/sign-in")
    sign_in(phone, graduate)
    expect(phone.get_by_role("heading", name="毕业去向登记与网签")).to_be_visible()
    phone.get_by_role("link", name="我的信息").click()
    card = phone.get_by_role("region", name="微信提醒")
    expect(card).to_contain_text("您还没有绑定微信")
    phone.screenshot(path=tmp_path / "1-not-bound.png", full_page=True)

    card.get_by_role("button", name="绑定微信").click()
    picture = card.get_by_role("img", name="绑定微信的二维码")
    expect(picture).to_be_visible()
    assert picture.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") > 100
    as_it_fits(phone)
    phone.screenshot(path=tmp_path / "2-code.png", full_page=True)
    ticket = re.search(r"ticket=([\w-]+)", str(picture.get_attribute("src")))
    assert ticket
    far.act(person, "scan", ticket=ticket[1])
    expect(card).to_contain_text("请确认这是您本人的微信", timeout=10_000)
    as_it_fits(phone)
    phone.screenshot(path=tmp_path / "3-scanned.png", full_page=True)

    card.get_by_role("button", name="确认绑定").click()
    expect(card).to_contain_text("签约邀请和审核结果会通过微信提醒您")
    expect(card).to_contain_text("公众号")
    phone.screenshot(path=tmp_path / "4-bound.png", full_page=True)
    card.get_by_role("button", name="解除绑定").click()
    expect(card).to_contain_text("您还没有绑定微信")


@pytest.mark.rule("R-BOT-1", http="allowed")
def test_the_bots_link_leads_through_the_sign_in_and_keeps_its_token_to_itself(
    phone: Page, far: FarSide, graduate: Graduate, address: str, tmp_path: Path
) -> None:
    person = far.person(phone=graduate.phone)
    said = far.act(person, "text", content="绑定")["reply"]["Content"]
    link = re.search(rf"{re.escape(address)}/m/#/bind\?token=[\w-]+", said)
    assert link, said
    phone.goto(link[0])
    expect(phone.get_by_text("登录后即可绑定微信")).to_be_visible()
    assert "token" not in phone.url
    sign_in(phone, graduate)
    expect(phone.get_by_role("heading", name="绑定微信")).to_be_visible()
    as_it_fits(phone)
    phone.screenshot(path=tmp_path / "5-link.png", full_page=True)
    phone.get_by_role("button", name="确认绑定").click()
    expect(phone.get_by_role("heading", name="微信已绑定")).to_be_visible()
    phone.goto("/m/#/home")
    phone.goto(link[0])
    phone.get_by_role("button", name="确认绑定").click()
    expect(phone.get_by_role("alert")).to_contain_text("绑定链接无效或已失效")
