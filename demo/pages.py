"""The parts of employer and reviewers in the walk: their own pages, their own forms."""

from datetime import date, timedelta
from typing import Any

from demo.web import Answer, Site, Unexpected

POSITION = "软件工程师"
SUPPLEMENT = "甲方提供集体宿舍，并按月发放交通补贴。\n乙方到岗后三个月内，甲方协助办理落户手续。"


def sign_in(site: Site, account: dict[str, str]) -> Answer:
    """Enter by the account's own door."""
    page = site.get(account["address"])
    form = page.page.form(having="password")
    entered = site.submit(page, form, username=account["username"], password=account["password"])
    if "/sign-in" in entered.url:
        raise Unexpected("the sign-in page came back")
    return entered


def find(site: Site, graduate: dict[str, str]) -> Answer:
    """Find the graduate by name and ID number and return the page with the hit."""
    page = site.get("/employer/search")
    form = page.page.form(having="id_number")
    return site.submit(page, form, name=graduate["name"], id_kind="resident_id", id_number=graduate["id_number"])


def invite(site: Site, found: Answer) -> str:
    """Fill in the form, check the preview, send the invitation and return its id."""
    address = next((href for text, href in found.page.links if text == "发起签约邀请"), None)
    if address is None:
        raise Unexpected(f"there is no button to invite: {found.page.text[:300]}")
    page = site.get(address)
    form = page.page.form(having="position")
    preview = site.submit(page, form, **_terms(form), step="preview")
    if POSITION not in preview.page.text:
        raise Unexpected("the preview does not show the position")
    sent = site.submit(preview, preview.page.form(having="position"), confirmed="yes", step="confirm")
    if "签约邀请已发出" not in sent.page.text:
        raise Unexpected(f"the invitation was not sent: {sent.page.text[:300]}")
    return sent.url.rstrip("/").rsplit("/", 1)[-1]


def _terms(form: Any) -> dict[str, str]:
    begins = date.today() + timedelta(days=240)  # noqa: DTZ011 - a day in the far future, whatever the zone
    return {
        "position_category": form.choose("position_category", "工程技术人员"),
        "position": POSITION,
        "household_archive": form.choose("household_archive", "签约单位接收"),
        "probation_months": "3",
        "probation_pay_fen": "8000",
        "pay_fen": "10000",
        "report_by": begins.isoformat(),
        "work_place": "北京市海淀区",
        "supplement": SUPPLEMENT,
    }


def approve(site: Site, placement: str) -> None:
    """Open the case in the review queue, read it and approve the step that waits."""
    queue = site.get("/staff/review")
    address = next((href for _, href in queue.page.links if href.endswith(placement)), None)
    if address is None:
        raise Unexpected("the case is not in the review queue")
    case = site.get(address)
    if POSITION not in case.page.text:
        raise Unexpected("the case does not show the position")
    site.submit(case, case.page.form("/approve"))
