"""A browser for people who read Chinese: it follows links, fills in fields and presses buttons by their words."""

import io
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urljoin

from flask import Flask
from lxml import html

from app import auth
from tests.app.staff.desk import DeskClient
from tests.application import open_session

Typed = Mapping[str, Any]


def squeezed(text: str) -> str:
    """Return a text without blanks and line breaks."""
    return re.sub(r"\s+", "", text)


class Browser:
    """A window with one page in it; `door` is whose session the cookie is of."""

    def __init__(self, app: Flask, door: str = "", principal_id: int = 0) -> None:
        self.client = DeskClient(app, app.response_class)
        if door:
            self.client.set_cookie(auth.cookie_name(door), open_session(door, principal_id))
        self.status, self.body, self.address, self.tree = 0, b"", "/", None

    @property
    def words(self) -> str:
        """What the page's body says, without blanks."""
        return squeezed(self.tree.find("body").text_content())

    def opens(self, address: str) -> "Browser":
        return self._take(self.client.get(urljoin(self.address, address)), address)

    def sees(self, *texts: str) -> "Browser":
        """Assert that the page says all of this."""
        assert self.status == 200, f"{self.status}: {self.words}"
        assert [text for text in texts if squeezed(text) not in self.words] == [], self.words
        return self

    def sees_not(self, *texts: str) -> None:
        """Assert that the page says none of this."""
        assert [text for text in texts if squeezed(text) in self.words] == [], self.words

    def is_told(self, *texts: str) -> "Browser":
        """Assert that what was pressed was refused, with these words."""
        assert self.status in (403, 409, 422), f"{self.status}: {self.words}"
        assert [text for text in texts if squeezed(text) not in self.words] == [], self.words
        return self

    @property
    def buttons(self) -> list[str]:
        """The words of all buttons that can be pressed."""
        return [squeezed(one.text_content()) for one in self.tree.iter("button") if one.get("disabled") is None]

    @property
    def links(self) -> list[str]:
        """The words of all links."""
        return [squeezed(_visible(one)) for one in self.tree.iter("a")]

    def follows(self, words: str, row: str = "") -> "Browser":
        """Click the link that reads so; `row` is a text of the line of the table it stands in."""
        wanted = squeezed(words)
        links = [one for one in self.tree.iter("a") if squeezed(_visible(one)) == wanted and _in_row(one, row)]
        assert links, f"no link {words} {row}: {self.links}"
        return self.opens(links[0].get("href"))

    def chooses(self, words: str) -> "Browser":
        """Follow a link of the menu or of the page whose words begin so: a badge with a count may follow."""
        links = [one for one in self.tree.iter("a") if squeezed(one.text_content()).startswith(squeezed(words))]
        assert links, f"no link {words}: {self.links}"
        return self.opens(links[0].get("href"))

    def presses(self, words: str, typed: Typed | None = None, among: str = "") -> "Browser":
        """Press the button that reads so, after typing into its form; `among` is a field that the form has.

        A button that opens a dialogue or unfolds a form is followed into it. What is typed is named by the field's
        label, or by the beginning of it.
        """
        wanted, tree = squeezed(words), self.tree
        found = [
            one for one in tree.iter("button") if wanted in (squeezed(_visible(one)), squeezed(one.text_content()))
        ]
        found = [one for one in found if one.get("disabled") is None]
        assert found, f"no button {words}: {self.buttons} in {self.words}"
        if among:
            found = [one for one in found if _labelled(_form(tree, one), among) is not None]
        button, form = found[0], _form(tree, found[0])
        values, files = _values(form), {}
        if button.get("type") != "button" and button.get("name"):
            values[button.get("name")] = [button.get("value") or ""]
        for label, value in (typed or {}).items():
            field = _field(form, label)
            if isinstance(value, tuple):
                files[field.get("name")] = [(io.BytesIO(value[0]), value[1])]
            else:
                values[field.get("name")] = _written(field, value)
        return self._send(form, values, files)

    def _send(self, form: Any, values: dict[str, list[str]], files: dict[str, Any]) -> "Browser":
        address = urljoin(self.address, form.get("action") or self.address)
        if (form.get("method") or "get").lower() == "get":
            return self.opens(f"{address.partition('?')[0]}?{urlencode(values, doseq=True)}")
        return self._take(self.client.post(address, data=values | files), address)

    def _take(self, answer: Any, address: str) -> "Browser":
        self.address = urljoin(self.address, address)
        for _ in range(5):
            if answer.status_code not in (302, 303):
                break
            self.address = urljoin(self.address, answer.location)
            answer = self.client.get(self.address)
        self.status, self.body = answer.status_code, answer.get_data()
        self.tree = html.fromstring(self.body) if answer.mimetype == "text/html" else None
        return self


def _visible(element: Any) -> str:
    """Return an element's words without those for screen readers alone."""
    hidden = element.xpath(".//*[contains(@class, 'visually-hidden') or contains(@class, 'badge')]")
    text = element.text_content()
    for one in hidden:
        text = text.replace(one.text_content(), "", 1)
    return text


def _in_row(element: Any, text: str) -> bool:
    if not text:
        return True
    rows = element.xpath("ancestor::tr") or element.xpath("ancestor::li | ancestor::*[contains(@class, 'card')]")
    return any(squeezed(text) in squeezed(one.text_content()) for one in rows)


def _form(tree: Any, button: Any) -> Any:
    """Return the form that a button sends, or that it opens."""
    target = button.get("data-bs-target")
    if target:
        inside = tree.xpath(f"//*[@id='{target[1:]}']//form")
        assert inside, f"{target} holds no form"
        return inside[0]
    own = button.xpath("ancestor::form")
    assert own, "a button outside of every form"
    return own[0]


def _labels(form: Any) -> list[tuple[str, Any]]:
    """Return a form's fields with their labels."""
    by_id = {one.get("id"): one for one in form.iter("input", "select", "textarea")}
    return [
        (squeezed(label.text_content()), by_id[label.get("for")])
        for label in form.iter("label")
        if label.get("for") in by_id
    ]


def _labelled(form: Any, words: str) -> Any:
    wanted = squeezed(words)
    labels = _labels(form)
    exact = [field for text, field in labels if text.removesuffix("*") == wanted]
    return next(iter(exact or [field for text, field in labels if text.startswith(wanted)]), None)


def _field(form: Any, words: str) -> Any:
    """Return a field by its label, or by its name."""
    named = next((one for one in form.iter("input", "select", "textarea") if one.get("name") == words), None)
    field = _labelled(form, words) if named is None else named
    assert field is not None, f"no field {words}: {[text for text, _ in _labels(form)]}"
    return field


def _values(form: Any) -> dict[str, list[str]]:
    """Return what a form would send as it stands."""
    values: dict[str, list[str]] = {}
    for one in form.iter("input", "select", "textarea"):
        name, kind = one.get("name"), one.get("type", "text")
        if not name or one.get("disabled") is not None or kind in ("submit", "button", "file"):
            continue
        if kind in ("checkbox", "radio") and one.get("checked") is None:
            continue
        values.setdefault(name, []).append(_value(one))
    return values


def _value(field: Any) -> str:
    if field.tag == "select":
        options = field.findall(".//option")
        chosen = [one for one in options if one.get("selected") is not None] or options[:1]
        return chosen[0].get("value", "") if chosen else ""
    return (field.text or "").removeprefix("\n") if field.tag == "textarea" else field.get("value", "")


def _written(field: Any, value: Any) -> list[str]:
    """Return what a field sends for what a person writes, ticks (True, False) or picks by its words."""
    if field.get("type") == "radio" and isinstance(value, str):
        return [value]
    if field.get("type") in ("checkbox", "radio"):
        return [field.get("value", "on")] if value else []
    if field.tag == "select":
        offered = {squeezed(one.text_content()): one.get("value") for one in field.findall(".//option")}
        return [offered.get(squeezed(value), value)]
    return [value]
