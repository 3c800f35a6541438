"""What a stranger may read of an agreement: everything it says about the job, people only by masked names (R-QR-1)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from app import agreement_fields, masking
from app.agreement_fields import EMPTY
from workflows.vocabulary import AgreementKind

EMPLOYER = ("name", "credit_code", "kind", "industry", "address", "contact_name", "contact_mobile")
GRADUATE = (
    "name",
    "id_number",
    "phone",
    "school",
    "department",
    "major",
    "education",
    "degree_level",
    "graduates_on",
)
PERSON = {
    "contact_name": masking.name,
    "contact_mobile": masking.phone,
    "id_number": masking.id_number,
    "phone": masking.phone,
}


class Section(NamedTuple):
    """A block of the page: its heading, its English line, rows of label and value."""

    heading: str
    english: str
    rows: list[tuple[str, str]]


def _rows(
    part: Mapping[str, str],
    shown: Iterable[str],
    labels: Mapping[str, str],
    masks: Mapping[str, Callable[[str], str]] = PERSON,
) -> list[tuple[str, str]]:
    """Return the shown values, masked where they are a person's, under the labels that the paper has too."""
    masked = {name: masks.get(name, str)(part[name]) for name in shown}
    return agreement_fields.pairs(masked, {name: labels[name] for name in shown})


def sections(facts: Mapping[str, Any]) -> list[Section]:
    """Return the blocks of the page from the agreement's snapshot; empty values read “--”."""
    school = _rows(facts["school"], ["name"], agreement_fields.SCHOOL)
    three = facts["agreement_kind"] == AgreementKind.THREE_PARTY
    graduate = _rows(facts["graduate"], GRADUATE, agreement_fields.GRADUATE, PERSON | {"name": masking.name})
    return [
        Section("甲方　用人单位", "Party A: Employer", _rows(facts["employer"], EMPLOYER, agreement_fields.EMPLOYER)),
        Section("乙方　毕业生", "Party B: Graduate", graduate),
        Section("丙方　学校", "Party C: School", school) if three else Section("鉴证学校", "Certified by", school),
        Section("工作约定", "Terms of the job", [(label, value or EMPTY) for label, value in facts["job"].items()]),
    ]
