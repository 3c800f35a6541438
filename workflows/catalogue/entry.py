"""What an entry of the catalogue consists of: national code, proof, heading, form, destination type (R-DEST-1)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.form_fields import Field, KnownCode
from workflows.uploads import MOST, Wanted


class Group(StrEnum):
    """The groups in which destinations are counted."""

    EMPLOYED = "employed"
    FOUNDER = "founder"
    FREELANCE = "freelance"
    FURTHER_STUDY = "further_study"
    COMMISSIONED = "commissioned"
    NOT_EMPLOYED = "not_employed"


GROUP_LABEL = {
    Group.EMPLOYED: "单位就业",
    Group.FOUNDER: "自主创业",
    Group.FREELANCE: "自由职业",
    Group.FURTHER_STUDY: "升学",
    Group.COMMISSIONED: "定向/委培",
    Group.NOT_EMPLOYED: "未就业",
}


@dataclass(frozen=True, slots=True)
class NationalCode:
    """A code of the national list of destinations; days inclusive, None open.

    `confirmed` is false where the code is known by pattern only: exports warn about it.
    """

    code: str
    label: str
    confirmed: bool
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that is to be uploaded, as `least` to `most` files."""

    name: str
    label: str
    least: int = 1
    most: int = MOST
    hint: str = ""

    @property
    def wanted(self) -> Wanted:
        """What the rules of uploads ask for; the proof's name is the purpose of its files."""
        return Wanted(self.name, self.label, self.least, self.most)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a form and the fields under it."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Standards:
    """What a form is checked against, read once: code tables, minimum wages, the day in Beijing.

    `known(table, code)` says whether a code may be chosen; `minimum_wage(region code)` returns fen a month, None where
    no figure is kept for the province.
    """

    known: KnownCode
    minimum_wage: Callable[[str], int | None]
    today: date


# Looks at the values that are right by themselves and returns what is wrong between them, by field, in Chinese.
Check = Callable[[dict[str, Any], Standards], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Form:
    """One form: a sub-kind of a destination type, or the type itself where it has none.

    `code` is the default national code, None where the national list has none. `two_looks`: two people look at it even
    where departments do not review (R-DEST-4).
    """

    name: str
    label: str
    code: NationalCode | None
    sections: tuple[Section, ...]
    proofs: tuple[Proof, ...] = ()
    checks: tuple[Check, ...] = ()
    two_looks: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields in the order of the form."""
        return tuple(f for section in self.sections for f in section.fields)


@dataclass(frozen=True, slots=True)
class DestinationType:
    """A destination type as the guides name it, its forms, and other names it is searched by (R-GRAD-3)."""

    name: str
    label: str
    group: Group
    forms: tuple[Form, ...]
    also_called: tuple[str, ...] = ()
