"""A stranger's part of the walk: follow the QR code, read the page, compare, check the file."""

import re
import urllib.parse

from demo.web import Answer, Site, Unexpected

_CODE = re.compile(r"/V/[0-9A-Z]{16}")


def follow(site: Site, said: list[str]) -> Answer:
    """Open the page that the one QR symbol leads to, at the walk's own address whatever host it names."""
    if len(said) != 1:
        raise Unexpected(f"there are {len(said)} QR symbols on the page")
    path = urllib.parse.urlsplit(said[0]).path
    if not _CODE.fullmatch(path):
        raise Unexpected(f"the QR symbol says {said[0]}")
    return site.get(path)


def must_say(page: Answer, *shown: str) -> None:
    """Raise Unexpected unless the page says all of this."""
    missing = [text for text in shown if text not in page.page.text]
    if missing:
        raise Unexpected(f"the page does not say {', '.join(missing)}")


def must_hide(page: Answer, *hidden: str) -> None:
    """Raise Unexpected if the page says any of this."""
    if any(text in page.content.decode() for text in hidden):
        raise Unexpected("the page shows what it must hide")


def compare_person(site: Site, page: Answer, name: str, tail: str) -> None:
    """Compare the graduate by name and the last six of the number, first rightly, then wrongly."""
    form = next(form for form in page.page.forms if form.values.get("check") == "person")
    must_say(site.submit(page, form, name=name, tail=tail), "填写的内容与平台存档一致")
    wrong = f"{(int(tail[0]) + 1) % 10}{tail[1:]}"
    must_say(site.submit(page, form, name=name, tail=wrong), "不一致")


def check_file(site: Site, page: Answer, pdf: bytes) -> None:
    """Upload the file as it is, and with one byte changed."""
    form = page.page.form(having="file")
    must_say(site.upload(page, form, "file", pdf), "与平台存档完全一致")
    changed = bytearray(pdf)
    changed[len(pdf) // 2] ^= 1
    must_say(site.upload(page, form, "file", bytes(changed)), "不一致", "与平台存档的协议书不同")
