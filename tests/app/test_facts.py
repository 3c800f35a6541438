"""The facts that the rules get are the graduate's own: kind of agreement and clauses of the own province (R-PROV-2)."""

from flask import Flask

from app import facts, texts
from app.clock import now
from app.extensions import db
from app.models import LegalText
from tests import builders
from workflows.vocabulary import AgreementKind


def test_clauses_and_kind_are_those_of_the_own_province(app: Flask) -> None:
    three = builders.make_graduate(builders.make_school("11414"))
    two = builders.make_graduate(builders.make_school("10848", kind=AgreementKind.TWO_PARTY))
    old = texts.current("clauses.two_party")
    assert old is not None
    newer = LegalText(kind=old.kind, version="2027-1", body=old.body, sha256="f" * 64, published_at=now())
    db.session.add(newer)
    db.session.commit()

    read = {}
    for graduate in (three, two):
        view = facts.read(db.session.connection(), graduate.roll.id)
        found = facts.signing_facts(view, None, None)
        read[view.roll.agreement_kind] = (found.clauses, found.text_hashes["clauses"] == "f" * 64)
    assert read == {"three_party": (old.version, False), "two_party": ("2027-1", True)}
