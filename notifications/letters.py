"""A letter to one reader, and the templates that its words come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app import masking
from app.extensions import db
from app.models import Account
from notifications.topics import Audience, Notice
from workflows.vocabulary import Module


@dataclass(frozen=True, slots=True)
class About:
    """What a letter is about: the record's name, the page of the mini-program that shows it, school and module."""

    name: str = ""
    page: str = ""
    school_id: int | None = None
    roll_record_id: int | None = None
    placement_id: int | None = None
    module: Module = Module.PLACEMENT


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one reader: title and body as the app shows them, and what the ways out of the house need.

    `reader` names the person. `phone` is that of a reader who is a number alone, `params` are the variables of the
    text message, `worthless_at` is when nobody needs it any more.
    """

    notice: Notice
    recipient_id: int
    reader: str
    title: str
    body: str
    topic: str
    about: About = About()
    phone: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    worthless_at: datetime | None = None

    @property
    def recipient_kind(self) -> str:
        """Return the kind of reader: account, employer, staff or phone."""
        return self.notice.audience.value


@lru_cache(maxsize=1)
def _templates() -> Environment:
    loader = PackageLoader("notifications", "templates")
    return Environment(loader=loader, undefined=StrictUndefined, autoescape=select_autoescape(["html"]))


def words_of(template: str, words: dict[str, Any]) -> tuple[str, str]:
    """Return title and body of a template, filled in; raises UndefinedError for a word that is not given."""
    text = _templates().get_template(f"{template}.txt").render(words)
    title, _, body = text.partition("\n")
    return title, body.strip()


def letter(
    notice: Notice, reader: tuple[int, str], topic: str, words: dict[str, Any], about: About | None = None, **of: Any
) -> Letter:
    """Return the letter of a notice to a reader (id, name), its words filled in; `of` are further fields of it."""
    title, body = words_of(notice.template, words)
    return Letter(notice, reader[0], reader[1][:80], title, body, topic, about or About(), **of)


def to_phone(
    notice: Notice, row_id: int, phone: str, topic: str, words: dict[str, Any], params: Mapping[str, str], **of: Any
) -> Letter:
    """Return the letter to a number alone; `row_id` is the row that the number stands in."""
    reader = (row_id, f"手机 {masking.phone(phone)}")
    return letter(notice, reader, topic, words, phone=phone, params=params, **of)


def reader_of(audience: Audience, roll: Any, employer: Any) -> tuple[int, str] | None:
    """Return id and name of who reads a letter about a graduate's record; None where there is nobody."""
    if audience == Audience.EMPLOYER:
        return (employer.id, f"用人单位 {employer.name}"[:80]) if employer else None
    account = db.session.get(Account, roll.account_id) if roll.account_id else None
    return owner(account) if account else None


def owner(account: Account) -> tuple[int, str]:
    """Return an account as a reader."""
    return account.id, f"毕业生 {account.name}"[:80]
