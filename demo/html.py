"""Reading a page as a browser does without a script: its text, its links, its forms."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_UNREAD = frozenset({"script", "style", "title"})


@dataclass
class Form:
    """A form with what it would send as it stands; `options` are the choices of its selects: (value, text)."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def choose(self, name: str, text: str) -> str:
        """Return the value of the option that reads `text`; raises LookupError."""
        for value, shown in self.options[name]:
            if shown == text:
                return value
        raise LookupError(f"{name} offers no {text}")


class Document(HTMLParser):
    """A parsed page; `text` has its blanks collapsed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self._texts: list[str] = []
        self._form: Form | None = None
        self._select = self._textarea = ""
        self._option: tuple[str, bool] | None = None
        self._link: str | None = None
        self._piece: list[str] = []
        self._unread = 0
        self.feed(source)
        self.close()

    @property
    def text(self) -> str:
        """Return what a person reads."""
        return re.sub(r"\s+", " ", " ".join(self._texts)).strip()

    def form(self, action_ends: str = "", having: str = "") -> Form:
        """Return the form whose action ends so and that has this field; raises LookupError."""
        for form in self.forms:
            if form.action.endswith(action_ends) and (not having or having in {*form.values, *form.files}):
                return form
        raise LookupError(f"no form {action_ends} {having}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        about = {name: value or "" for name, value in attrs}
        self._unread += tag in _UNREAD
        if tag == "form":
            self._form = Form(about.get("action", ""), about.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a":
            self._link, self._piece = about.get("href", ""), []
        elif self._form and "disabled" not in about:
            self._open_field(tag, about)

    def _open_field(self, tag: str, about: dict[str, str]) -> None:
        if self._form is None:
            return
        name = about.get("name", "")
        if tag == "input" and name:
            self._input(self._form, name, about)
        elif tag == "select" and name:
            self._select = name
            self._form.options[name] = []
        elif tag == "option" and self._select:
            self._option, self._piece = (about.get("value", ""), "selected" in about), []
        elif tag == "textarea" and name:
            self._textarea, self._piece = name, []

    @staticmethod
    def _input(form: Form, name: str, about: dict[str, str]) -> None:
        kind = about.get("type", "text")
        if kind == "file":
            form.files.append(name)
        elif kind not in ("submit", "button", "reset", "image") and (
            kind not in ("checkbox", "radio") or "checked" in about
        ):
            form.values[name] = about.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        self._unread -= tag in _UNREAD
        said = "".join(self._piece)
        if tag == "form":
            self._form = None
        elif tag == "a" and self._link is not None:
            self.links.append((re.sub(r"\s+", " ", said).strip(), self._link))
            self._link = None
        elif self._form and tag == "option" and self._option and self._select:
            self._close_option(self._form, re.sub(r"\s+", " ", said).strip())
        elif tag == "select":
            self._select = ""
        elif self._form and tag == "textarea" and self._textarea:
            self._form.values[self._textarea] = said.removeprefix("\n")
            self._textarea = ""

    def _close_option(self, form: Form, text: str) -> None:
        value, chosen = self._option or ("", False)
        form.options[self._select].append((value, text))
        if chosen or self._select not in form.values:
            form.values[self._select] = value
        self._option = None

    def handle_data(self, data: str) -> None:
        """Take in text."""
        self._piece.append(data)
        if not self._unread and not self._textarea and not self._option:
            self._texts.append(data)
