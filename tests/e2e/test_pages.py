"""The pages that anybody sees, on a site started as a user starts it: in Chromium, and by the demo's own walk."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from demo import pages, paper
from demo.walk import Accounts, who_plays
from demo.web import Graduate, Site
from tests.e2e.launched import ROOT, Launched, environment, until

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
ARGUMENTS += ["--disable-background-networking", "--disable-component-update"]
PHONE, OLD_PHONE = {"width": 390, "height": 844}, {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    launched = Launched(tmp_path_factory.mktemp("site") / "var").wait_until_up()
    yield launched
    launched.interrupt(signal.SIGTERM)
    for process in launched.survivors():
        process.kill()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser: Browser, site: Launched) -> Iterator[Page]:
    """A phone at the site; an error in a script, or anything the content policy forbids, fails the test."""
    context = browser.new_context(viewport=PHONE, base_url=site.address, locale="zh-CN", accept_downloads=True)
    page, errors = context.new_page(), []
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert errors == []


def invited(site: Launched) -> tuple[Accounts, str]:
    """Let the demo's employer invite the next free graduate, on its own pages."""
    accounts, employer = who_plays(site.address, None), Site(site.address)
    pages.sign_in(employer, accounts["employer"])
    return accounts, pages.invite(employer, pages.find(employer, accounts["graduate"]))


def approved(site: Launched, accounts: Accounts, placement: str) -> None:
    for role in ("department", "school"):
        staff = Site(site.address)
        pages.sign_in(staff, accounts[role])
        pages.approve(staff, placement)


def corrected(site: Launched, accounts: Accounts, placement: str, **values: str) -> None:
    """Let the employer correct its invitation."""
    employer = Site(site.address)
    pages.sign_in(employer, accounts["employer"])
    page = employer.get(f"/employer/invitations/{placement}/correct")
    form = page.page.form(having="position")
    preview = employer.submit(page, form, **values, step="preview")
    employer.submit(preview, preview.page.form(having="position"), step="confirm")


def sign_in(page: Page, account: dict[str, str]) -> None:
    page.goto("/m/")
    page.get_by_label("手机号/身份证号/邮箱").fill(account["username"])
    page.get_by_label("密码").fill(account["password"])
    page.get_by_role("button", name="登录").click()


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the side."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_graduate_confirms_reads_accepts_and_downloads(site: Launched, phone: Page) -> None:
    accounts, placement = invited(site)
    graduate = accounts["graduate"]
    sign_in(phone, graduate | {"password": "wrong"})
    expect(phone.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    sign_in(phone, graduate)
    expect(phone.get_by_role("heading", name="核对信息")).to_be_focused()
    expect(phone.locator("#page")).to_contain_text(graduate["id_number"])
    assert fits(phone)
    phone.get_by_role("button", name="信息确认无误，进入系统").click()

    expect(phone.get_by_role("heading", name="毕业去向登记与网签")).to_be_focused()
    # The demo's clock is the real one: which of the three are open depends on the season, why not is always said.
    for title in ("未签就业协议 申请签约", "已签就业协议 登记信息", "无需就业协议 去向登记"):
        button = phone.get_by_role("button", name=title)
        expect(button).to_be_disabled()
        expect(button).to_have_accessible_description(re.compile("请在毕业生小程序中填写并提交|将于.*开放|已于.*关闭"))
    assert fits(phone)
    phone.locator(f"a[href='#/invitation/{placement}']").click()
    expect(phone.locator("#page")).to_contain_text(pages.POSITION)
    assert fits(phone)
    phone.get_by_role("button", name="接受").click()
    expect(phone.get_by_role("alert")).to_contain_text("请先阅读并勾选")
    expect(phone.get_by_label("数据真实无误")).to_be_focused()
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="接受").click()
    expect(phone.locator(".headline")).to_have_text("签约审核中（待院系审核）")
    expect(phone.get_by_role("button", name="接受")).to_have_count(0)
    download = phone.get_by_role("button", name="下载协议书")
    expect(download).to_be_disabled()

    approved(site, accounts, placement)
    phone.reload()
    expect(phone.locator(".headline")).to_have_text("签约审核通过")
    with phone.expect_download(timeout=60_000) as got:
        download.click()
    assert Path(got.value.path()).read_bytes().startswith(b"%PDF-")
    phone.get_by_role("link", name="消息").click()
    assert until(lambda: phone.reload() and phone.locator("a.item").count() >= 2, 30)
    phone.get_by_role("button", name="退出").click()
    expect(phone.get_by_role("heading", name="学生用户登录")).to_be_visible()
    assert phone.evaluate("sessionStorage.length") == 0


def test_what_the_employer_changes_meanwhile_is_shown_before_it_can_be_accepted(site: Launched, phone: Page) -> None:
    accounts, placement = invited(site)
    sign_in(phone, accounts["graduate"])
    phone.get_by_role("button", name="信息确认无误，进入系统").click()
    phone.locator(f"a[href='#/invitation/{placement}']").click()
    expect(phone.get_by_label("数据真实无误")).to_be_visible()
    corrected(site, accounts, placement, pay_fen="12345")
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="接受").click()
    warning = phone.get_by_role("alert")
    expect(warning).to_contain_text("10000元/月 → 12345元/月")
    expect(phone.get_by_label("数据真实无误")).not_to_be_checked()
    expect(phone.locator(".headline")).to_have_text("待毕业生回应")
    phone.get_by_text("拒绝", exact=True).click()
    phone.get_by_label("拒绝原因").fill("与面谈不一致")
    phone.get_by_role("button", name="确认拒绝").click()
    expect(phone.locator(".headline")).to_have_text("学生已拒绝签约 签约失败")
    expect(phone.locator("#page")).to_contain_text("原因：与面谈不一致")


def test_a_lost_answer_is_asked_for_again_and_a_proof_is_asked_for_in_a_dialog(site: Launched, phone: Page) -> None:
    accounts, placement = invited(site)
    keys: list[str] = []

    def first_wants_proof_then_one_answer_is_lost(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            refusal = {"code": "proof_required", "message": "请再次验证身份。", "detail": {}}
            route.fulfill(status=403, json=refusal)
        elif len(keys) == 2:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.route("**/accept", first_wants_proof_then_one_answer_is_lost)
    sign_in(phone, accounts["graduate"])
    phone.get_by_role("button", name="信息确认无误，进入系统").click()
    phone.locator(f"a[href='#/invitation/{placement}']").click()
    phone.get_by_label("数据真实无误").wait_for()
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="接受").click()
    dialog = phone.get_by_role("dialog", name="请确认是您本人")
    expect(dialog.get_by_label("密码")).to_be_focused()
    dialog.get_by_label("密码").fill("wrong")
    dialog.get_by_role("button", name="确认").click()
    expect(dialog.get_by_role("alert")).to_contain_text("密码不正确")
    dialog.get_by_label("密码").fill(accounts["graduate"]["password"])
    dialog.get_by_role("button", name="确认").click()
    expect(phone.locator(".headline")).to_have_text("签约审核中（待院系审核）")
    assert len(keys) == 3 and keys[1] == keys[2]
    graduate = Graduate(site.address)
    graduate.sign_in(accounts["graduate"]["username"], accounts["graduate"]["password"])
    history = graduate.call("GET", f"/invitations/{placement}")["history"]
    assert len(history) == 2


def test_the_demo_walks_twice_and_leaves_its_papers(site: Launched, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo.walk", "--address", site.address]
    for _ in range(2):
        walked = subprocess.run(
            command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=180
        )
        assert walked.returncode == 0, walked.stdout + walked.stderr
        assert walked.stdout.count(" s\n") >= 17
    assert (tmp_path / "demo/agreement.pdf").read_bytes().startswith(b"%PDF-")
    assert (tmp_path / "demo/agreement.png").read_bytes().startswith(b"\x89PNG")


def test_the_demo_fails_where_a_step_does_not_hold(site: Launched, tmp_path: Path) -> None:
    accounts = who_plays(site.address, None)
    accounts["employer"]["password"] = "wrong"
    lines = [json.dumps({"role": role} | account) for role, account in accounts.items()]
    (tmp_path / "accounts").write_text("\n".join(lines))
    command = [sys.executable, "-m", "demo.walk", "--address", site.address]
    more = environment(tmp_path, DEMO_ACCOUNTS=str(tmp_path / "accounts"))
    walked = subprocess.run(command, cwd=ROOT, env=more, capture_output=True, text=True, timeout=60)
    assert walked.returncode == 1
    assert walked.stdout.splitlines()[-1].startswith("   2  the employer signs in") and "FAILED" in walked.stdout


@pytest.fixture
def printed(site: Launched) -> tuple[Accounts, str]:
    """An effective agreement: who plays in it, and its placement's id."""
    accounts, placement = invited(site)
    graduate = Graduate(site.address)
    graduate.sign_in(accounts["graduate"]["username"], accounts["graduate"]["password"])
    record = graduate.call("GET", "/me")["records"][0]["id"]
    shown = graduate.call("GET", f"/records/{record}")["shown_version"]
    graduate.call("POST", f"/records/{record}/confirmation", {"shown_version": shown})
    read = graduate.call("GET", f"/invitations/{placement}")
    ticks = {"declaration": read["declaration"]["version"], "notice": read["binding_notice"]["version"]}
    ticks |= {"clauses": read["clauses"]["version"]}
    graduate.call("POST", f"/invitations/{placement}/accept", {"version": read["version"]} | ticks)
    approved(site, accounts, placement)
    return accounts, placement


def changed_by_the_school(site: Launched, accounts: Accounts, placement: str) -> None:
    """Let the school correct the effective agreement."""
    school = Site(site.address)
    pages.sign_in(school, accounts["school"])
    page = school.get(f"/staff/placements/{placement}/correct")
    form = page.page.form(having="contact_name")
    told = school.submit(page, form, contact_name="演示新联系人", reason="单位更换了联系人", step="preview")
    school.submit(told, told.page.form(having="contact_name"), step="save")


@pytest.mark.rule("R-DIFF-1", "R-MSG-1")
def test_a_change_by_the_school_is_read_old_and_new_and_disputed(
    site: Launched, phone: Page, printed: tuple[Accounts, str]
) -> None:
    accounts, placement = printed
    changed_by_the_school(site, accounts, placement)
    sign_in(phone, accounts["graduate"])
    phone.get_by_role("link", name="消息").click()
    alert = phone.locator("a.item[href^='#/correction/']")
    assert until(lambda: phone.reload() and alert.count() == 1, 30)
    alert.click()
    expect(phone.get_by_role("heading", name="信息修改")).to_be_focused()
    expect(phone.locator("#page")).to_contain_text("单位更换了联系人")
    expect(phone.locator("ins")).to_have_text("演示新联系人")
    expect(phone.locator("del")).not_to_be_empty()
    assert fits(phone)
    phone.get_by_text("有异议", exact=True).click()
    phone.get_by_role("button", name="提交异议").click()
    expect(phone.get_by_role("alert")).to_contain_text("异议内容")
    phone.get_by_label("请说明哪里不符").fill("联系人没有更换")
    assert fits(phone)
    phone.get_by_role("button", name="提交异议").click()
    expect(phone.locator(".headline")).to_have_text("异议待学校处理")
    expect(phone.locator("#page")).to_contain_text("联系人没有更换")
    expect(phone.get_by_text("您的意见")).to_have_count(0)


def test_an_old_phone_without_javascript_reads_compares_and_checks(
    site: Launched, browser: Browser, printed: tuple[Accounts, str], tmp_path: Path
) -> None:
    accounts, placement = printed
    pdf = downloaded(site, accounts, placement)
    code = code_of(pdf, tmp_path)
    context = browser.new_context(viewport=OLD_PHONE, java_script_enabled=False, base_url=site.address)
    page = context.new_page()
    page.goto("/v/")
    page.get_by_label("查验码").fill("-".join(code[i : i + 4] for i in range(0, 16, 4)).lower())
    page.get_by_role("button", name="查验").click()
    expect(page.locator(".check-state .check-word")).to_have_text("有效 Effective")
    assert page.locator("body").bounding_box()["width"] <= OLD_PHONE["width"]
    name = accounts["graduate"]["name"]
    assert f"{name[0]}*" in page.content() and name not in page.content()
    page.get_by_label("姓名").fill(name)
    page.get_by_label("证件号码后六位").fill(accounts["graduate"]["id_number"][-6:])
    page.get_by_role("button", name="核对", exact=True).nth(1).click()
    expect(page.locator(".check-result")).to_contain_text("填写的内容与平台存档一致")
    (tmp_path / "paper.pdf").write_bytes(pdf)
    page.get_by_label("协议书文件").set_input_files(tmp_path / "paper.pdf")
    page.get_by_role("button", name="核对文件").click()
    expect(page.locator(".check-result")).to_contain_text("与平台存档完全一致")
    context.close()


def downloaded(site: Launched, accounts: Accounts, placement: str) -> bytes:
    graduate = Graduate(site.address)
    graduate.sign_in(accounts["graduate"]["username"], accounts["graduate"]["password"])
    path, wanted = f"/placements/{placement}/downloads", {"what": "agreement"}
    assert until(lambda: graduate.ask("POST", path, wanted).status == 201)
    return Site(site.address).get(graduate.call("POST", path, wanted)["url"]).content


def code_of(pdf: bytes, folder: Path) -> str:
    paper.draw(pdf, folder / "paper.png")
    return paper.read_code(folder / "paper.png")[0].rsplit("/", 1)[-1]
