"""Hints before submission and in review: shown where they should be, silent where not, never in the way (R-PROOF-1)."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageFilter
from sqlalchemy import select, update

from app import hints, masking
from app.extensions import db
from app.models import File, Placement, School
from tests import builders, endings
from tests.app.api.calls import API, travel
from tests.app.api.proofs import EMPLOYER, MAY, about, begin, sent, submit
from tests.application import ApiClient, api_client
from tests.builders import TERMS
from tests.inspection import samples
from tests.notifications.working import work_off
from workflows.vocabulary import Kind, Subject

AUTUMN = datetime(2026, 11, 21, 2, tzinfo=UTC)  # agreements may be signed
SOUND = samples.encoded(samples.letter(1))


@pytest.fixture
def school(app: Flask) -> School:
    travel(app, MAY)
    return builders.make_school()


def blurred() -> bytes:
    return samples.encoded(samples.letter(1).filter(ImageFilter.GaussianBlur(5)))


def recompressed() -> bytes:
    return samples.encoded(samples.letter(1).resize((900, 1273)), quality=60)


def shown(client: ApiClient, record: str) -> dict[str, str | None]:
    return {hint["name"]: hint["file"] for hint in about(client, record)["hints"]}


@pytest.mark.rule("R-PROOF-1", http="refused")
def test_a_sound_record_gets_no_hint(client: ApiClient) -> None:
    """The refused case of a hint: it does not show."""
    page = begin(client)
    assert sent(client, page["id"], SOUND)["state"] == "accepted"
    assert sent(client, page["id"], samples.pdf(), name="合同.pdf")["state"] == "accepted"
    assert about(client, page["id"])["hints"] == []
    assert submit(client, page).json["state"] == "review"


@pytest.mark.rule("R-PROOF-1", http="allowed")
@pytest.mark.parametrize(
    ("name", "content", "typed"),
    [
        ("blur", blurred, {}),
        ("size", lambda: samples.encoded(samples.letter(1, width=500)), {}),
        ("employer_name", lambda: samples.pdf(text="某某连锁超市向李明同学发出录用通知书，望按期到店报到。"), {}),
        ("pay", lambda: SOUND, {"pay_fen": "1000"}),
        ("pay", lambda: SOUND, {"pay_fen": "800000"}),
    ],
)
def test_a_hint_shows_and_does_not_block(client: ApiClient, name: str, content: Any, typed: dict[str, str]) -> None:
    page = begin(client, **typed)
    file = sent(client, page["id"], content())
    assert file["state"] == "accepted"
    found = shown(client, page["id"])
    assert found == {name: None if name == "pay" else file["id"]}
    assert submit(client, page).json["state"] == "review"


@pytest.mark.rule("R-PROOF-1", http="allowed")
def test_a_credit_code_of_another_kind_of_employer_is_hinted_at(client: ApiClient) -> None:
    """A destination's form refuses a plain contradiction itself; the form of an agreement does not."""
    travel(client.application, AUTUMN)
    own = api_client(client.application, builders.make_graduate(builders.make_school()))
    typed = {name: value for name, value in builders.TERMS.items() if isinstance(value, str)}
    for kind, found in (("10", {"credit_code": None}), ("31", {})):
        page = own.post(f"{API}/offline-signings", json={"form": typed | {"employer_kind": kind}}).json
        assert shown(own, page["id"]) == found
        body = {"version": page["version"], "declaration": page["declaration"]["version"]}
        submitted = own.post(f"{API}/offline-signings/{page['id']}/submit", json=body)
        assert submitted.json["state"] == "agreement_review", submitted.json
        own.post(f"{API}/offline-signings/{page['id']}/take-back", json={})


@pytest.mark.rule("R-PROOF-1", http="allowed")
def test_the_picture_of_another_graduate_is_hinted_at_whatever_was_done_to_it(
    app: Flask, school: School, client: ApiClient
) -> None:
    first = begin(client)
    sent(client, first["id"], SOUND)
    other = api_client(app, builders.make_graduate(school))
    for content in (SOUND, recompressed()):
        page = begin(other)
        file = sent(other, page["id"], content)
        assert shown(other, page["id"]) == {"same_picture": file["id"]}
        (hint,) = about(other, page["id"])["hints"]
        assert "李明" not in hint["sentence"] and "另一名毕业生" in hint["sentence"]
    assert submit(other, page).json["state"] == "review"


@pytest.mark.rule("R-PROOF-1")
def test_the_platforms_word_about_a_picture_is_a_hint_and_no_verdict(app: Flask, client: ApiClient) -> None:
    page = begin(client)
    file = sent(client, page["id"], SOUND)
    for verdict, hinted in (("pass", {}), ("review", {}), ("risky", {"content": file["id"]})):
        db.session.execute(update(File).where(File.public_id == file["id"]).values(verdict=verdict))
        db.session.commit()
        assert shown(client, page["id"]) == hinted
    assert submit(client, page).json["state"] == "review"


@pytest.mark.rule("R-PROOF-1", http="refused")
def test_ones_own_picture_and_a_different_one_are_not_hinted_at(app: Flask, school: School, client: ApiClient) -> None:
    first = begin(client)
    sent(client, first["id"], SOUND)
    again = begin(client)
    sent(client, again["id"], SOUND)
    assert shown(client, again["id"]) == {}
    other = api_client(app, builders.make_graduate(school))
    page = begin(other)
    for content in (
        samples.encoded(samples.letter(2)),
        samples.pdf(text=f"{EMPLOYER['employer_name']}同意录用王芳同学，请王芳同学按期到公司报到。"),
    ):
        sent(other, page["id"], content)
    assert shown(other, page["id"]) == {}


@pytest.mark.rule("R-PROOF-1")
def test_letters_of_one_template_are_told_apart_by_what_they_say(app: Flask, school: School, client: ApiClient) -> None:
    words = f"{EMPLOYER['employer_name']}同意录用%s同学，请于七月十五日前到公司人事部报到，逾期视为放弃。"
    sent(client, begin(client)["id"], samples.pdf(text=words % "李明"))
    other = api_client(app, builders.make_graduate(school))
    page = begin(other)
    sent(other, page["id"], samples.pdf(text=words % "李名"))
    assert shown(other, page["id"]) == {}
    sent(other, page["id"], samples.pdf(text=words % "李明"))
    assert list(shown(other, page["id"])) == ["same_picture"]


@pytest.mark.rule("R-PROOF-1")
def test_a_reviewer_reads_the_same_hints(app: Flask, client: ApiClient) -> None:
    page = begin(client, pay_fen="1000")
    file = sent(client, page["id"], blurred(), name="合同扫描.jpg")
    row = db.session.execute(select(Placement).where(Placement.public_id == page["id"])).scalar_one()
    seen = hints.of_record(db.session.connection(), Subject.PLACEMENT, row)
    assert [(one.hint.name, one.about) for one in seen] == [("pay", "填写内容"), ("blur", "合同扫描.jpg")]
    assert {one.hint.sentence for one in seen} == {hint["sentence"] for hint in about(client, page["id"])["hints"]}
    drawn = app.jinja_env.get_template("staff/_hints.html").module.hints(seen)
    assert "核对提示（2）" in drawn and "仅供参考" in drawn and "合同扫描.jpg" in drawn
    assert app.jinja_env.get_template("staff/_hints.html").module.hints([]).strip() == ""
    assert file["id"] not in drawn and masking.name("李明") == "李*"


LETTER = "经双方协商一致，%s与李明同学解除就业协议，特此证明，双方再无其他争议。"


@pytest.mark.rule("R-PROOF-1", http="allowed")
@pytest.mark.parametrize(("employer", "hinted"), [("某某连锁超市", ["employer_name"]), (TERMS["employer_name"], [])])
def test_the_letter_that_ends_an_agreement_names_its_employer(
    app: Flask, school: School, employer: str, hinted: list[str]
) -> None:
    graduate = builders.make_graduate(school)
    request = endings.begin(graduate, endings.make_agreement(graduate, Kind.OFFLINE))
    client, about_it = api_client(app, graduate), {"subject": "termination", "record": request.public_id}
    letter = {"purpose": "termination_letter", "file": (io.BytesIO(samples.pdf(text=LETTER % employer)), "解约函.pdf")}
    answer = client.post(f"{API}/files", data=about_it | letter, content_type="multipart/form-data")
    assert answer.status_code == 201, answer.json
    work_off()
    shown_with_it = client.get(f"{API}/files", query_string=about_it).json
    assert [hint["name"] for hint in shown_with_it["hints"]] == hinted


def test_a_plain_surface_is_like_nothing(app: Flask, school: School, client: ApiClient) -> None:
    """Two blank sheets say nothing about each other; that they are blank is seen by their sharpness."""
    blank = samples.encoded(Image.new("RGB", (1240, 1754), "white"))
    sent(client, begin(client)["id"], blank)
    other = api_client(app, builders.make_graduate(school))
    page = begin(other)
    sent(other, page["id"], blank)
    assert list(shown(other, page["id"])) == ["blur"]
