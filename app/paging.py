"""Pages of a list that stay put while rows come and go: cut at a row, not at a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Row, Select, func, literal, select, tuple_

from app import access
from app.extensions import db

SIZE = 20
COUNTED = 1000  # rows; how many there are beyond that costs more than it is worth


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, the public ids to go on from (None at an end), and how many rows there are in all, in words.

    `total` is “1000+” beyond a thousand.
    """

    rows: list[Row[Any]]
    before: str | None
    after: str | None
    total: str


def counted(query: Select[Any], column: Any, most: int = COUNTED) -> int:
    """Return how many rows a query has, at most `most` and one; `column` is any of theirs. One statement."""
    some = query.with_only_columns(column, maintain_column_froms=True).order_by(None).limit(most + 1).subquery()
    return int(db.session.execute(select(func.count()).select_from(some)).scalar_one())


def in_words(total: int) -> str:
    """Return a number of rows as a page says it."""
    return str(total) if total <= COUNTED else f"{COUNTED}+"


def page_of(query: Select[Any], model: type[Any], order: tuple[Any, ...], newest_first: bool = False) -> Page:
    """Return the page of `query` that the address asks for with `after` or `before`: two statements, or three.

    `order` are columns of `model`, the last one unique; every row has `.public_id`. A foreign cursor raises NotFound.
    """
    asked: Mapping[str, str] = request.args
    backwards = "before" in asked
    total = counted(query, model.id)
    falling = newest_first != backwards
    if cursor := asked.get("before") or asked.get("after"):
        query = query.where(_beyond(cursor, model, order, falling))
    columns = [column.desc() if falling else column.asc() for column in order]
    found = list(db.session.execute(query.order_by(*columns).limit(SIZE + 1)))
    more, rows = len(found) > SIZE, found[:SIZE]
    if backwards:
        rows.reverse()
    before = more if backwards else bool(cursor)
    after = True if backwards else more
    return Page(
        rows,
        rows[0].public_id if rows and before else None,
        rows[-1].public_id if rows and after else None,
        in_words(total),
    )


def _beyond(cursor: str, model: type[Any], order: tuple[Any, ...], falling: bool) -> Any:
    row = access.load(model, cursor, access.actor())
    here = tuple_(*(literal(getattr(row, column.key), column.type) for column in order))
    columns = tuple_(*order)
    return columns < here if falling else columns > here
