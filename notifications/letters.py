"""A message to one reader, and the templates that its words come from."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.extensions import db
from app.models import Account
from notifications.topics import Audience, Channel


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one reader: title, body, and the channels over which it goes. `reader` names the person."""

    recipient_kind: str
    recipient_id: int
    reader: str
    title: str
    body: str
    topic: str
    placement_id: int | None
    channels: tuple[Channel, ...]


@lru_cache(maxsize=1)
def _templates() -> Environment:
    loader = PackageLoader("notifications", "templates")
    return Environment(loader=loader, undefined=StrictUndefined, autoescape=select_autoescape(["html"]))


def words_of(template: str, words: dict[str, Any]) -> tuple[str, str]:
    """Return title and body of a template, filled in; raises UndefinedError for a word that is not given."""
    text = _templates().get_template(f"{template}.txt").render(words)
    title, _, body = text.partition("\n")
    return title, body.strip()


def reader_of(audience: Audience, roll: Any, employer: Any) -> tuple[int, str] | None:
    """Return id and name of who reads a letter about a graduate's record; None where there is nobody."""
    if audience == Audience.EMPLOYER:
        return (employer.id, f"用人单位 {employer.name}"[:80]) if employer else None
    account = db.session.get(Account, roll.account_id) if roll.account_id else None
    return (account.id, f"毕业生 {account.name}"[:80]) if account else None
