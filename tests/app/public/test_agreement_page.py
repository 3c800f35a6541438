"""The page behind the QR code: what it says, what it never says, what it says of each state."""

import html
import io
import re
from datetime import date, timedelta

import pytest
from flask import Flask

from app import verification
from app.clock import now
from tests.app.public import agreements
from tests.app.public.agreements import looks, visitor
from workflows.calendar import beijing_day
from workflows.verification import WORDS, PageState
from workflows.vocabulary import Kind, State


def text_of(page: str) -> str:
    """Return what a person reads."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.rule("R-QR-1", http="allowed")
def test_the_page_says_what_the_agreement_says(app: Flask) -> None:
    issued = agreements.issue(supplement="甲方提供集体宿舍。\n乙方<b>按时</b>报到。", penalty_fen=500000)
    answer = visitor(app).get(issued.page)
    facts, page = agreements.facts_of(issued), text_of(answer.text)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    shown = [issued.document.number, facts["employer"]["name"], facts["employer"]["credit_code"]]
    shown += [facts["school"]["name"], facts["graduate"]["department"], facts["graduate"]["graduates_on"]]
    shown += [f"{label} {value or '--'}" for label, value in facts["job"].items()]
    shown += ["甲方提供集体宿舍。 乙方<b>按时</b>报到。", "有效", "Effective", "127.0.0.1:8000"]
    assert [one for one in shown if one not in page] == []
    assert list(facts["job"]) == re.findall(
        r'<th scope="row">([^<]+)</th>', answer.text.split("工作约定")[1].split("</table>")[0]
    )


@pytest.mark.rule("R-QR-1", http="allowed")
def test_people_appear_by_masked_names_and_numbers_only(app: Flask) -> None:
    issued = agreements.issue(contact_name="欧阳演示", contact_mobile="19955554444", contact_email="hr@canary.example")
    graduate, page = agreements.facts_of(issued)["graduate"], visitor(app).get(issued.page).text
    hidden = [graduate["name"], graduate["id_number"], graduate["phone"], graduate["email"], graduate["student_number"]]
    hidden += [graduate["id_number"][-6:], graduate["name"][1:], "欧阳", "19955554444", "hr@canary.example"]
    assert [one for one in hidden if one in page] == []
    assert "阿*" in page and "欧*" in page and "199****4444" in page
    number = graduate["id_number"]
    assert f"{number[0]}{'*' * 16}{number[-1]}" in page


SAID = (
    (Kind.ONLINE, State.EFFECTIVE, PageState.EFFECTIVE),
    (Kind.ONLINE, State.TERMINATED, PageState.TERMINATED),
    (Kind.OFFLINE, State.AGREEMENT_APPROVED, PageState.AWAITING_SEAL),
    (Kind.OFFLINE, State.CANCELLED, PageState.VOID),
    (Kind.ONLINE, State.ACCEPTED, PageState.UNKNOWN),
)


@pytest.mark.rule("R-QR-1", http="allowed")
def test_the_page_says_the_state_of_this_moment(app: Flask) -> None:
    issued, client = agreements.issue(), visitor(app)
    for kind, state, said in SAID:
        agreements.put(issued, kind, state)
        page, words = client.get(issued.page).text, WORDS[said]
        assert f'<p class="check-word">{words.label}' in page
        assert f'class="check-state check-{words.tone}"' in page
        assert words.meaning in page


@pytest.mark.rule("R-QR-1", http="allowed")
def test_an_older_version_says_that_it_is_replaced(app: Flask) -> None:
    issued = agreements.issue()
    assert "是，第 1 版，没有更新的版本。" in visitor(app).get(issued.page).text
    newer = agreements.add_version(issued)
    old, new = visitor(app).get(issued.page).text, visitor(app).get(f"/v/{newer.code}").text
    assert "已被替换" in old and "否，这是第 1 版，已有更新的版本。" in old
    assert "有效" in new and "是，第 2 版，没有更新的版本。" in new and "已被替换" not in new


def test_the_time_of_the_check_is_the_databases_in_beijing(app: Flask) -> None:
    issued = agreements.issue()
    offset = float(app.config["CLOCK_OFFSET_SECONDS"])
    app.config["CLOCK_OFFSET_SECONDS"] = offset + 86400
    page = visitor(app).get(issued.page).text
    app.config["CLOCK_OFFSET_SECONDS"] = offset
    shown = re.search(r"(\d{4}-\d{2}-\d{2}) \d{2}:\d{2}:\d{2}（北京时间）", page)[1]
    assert date.fromisoformat(shown) == beijing_day(now()) + timedelta(days=1)


def test_the_code_is_forgiven_case_and_dashes_and_the_address_its_case(app: Flask) -> None:
    issued = agreements.issue()
    code = issued.document.code
    for path in (
        f"/V/{code}",
        f"/v/{code.lower()}",
        f"/V/{verification.grouped(code)}",
        f"/v/%20{code[:5]}%20{code[5:]}",
    ):
        answer = visitor(app).get(path)
        assert answer.status_code == 200 and issued.document.number in answer.text


@pytest.mark.rule("R-QR-1", http="refused")
def test_every_miss_gets_the_same_answer_and_is_written_down(app: Flask) -> None:
    issued = agreements.issue()
    last = "0" if issued.document.code[-1] != "0" else "2"
    misses = ["0000000000000000", issued.document.code[:-1] + last, "nope", issued.document.number, "U" * 16, "ß" * 90]
    misses += [issued.placement.public_id, issued.document.code + "0", "%00", "A" * 2000]
    answers = [visitor(app).get(f"/v/{code}") for code in misses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "未找到" in answers[0].text and "Not found" in answers[0].text
    assert looks() == [("open", "miss", False)] * len(misses)


@pytest.mark.rule("R-QR-1", http="refused")
def test_a_miss_is_the_same_for_every_question(app: Flask) -> None:
    client = visitor(app)
    shown = client.get("/v/0000000000000000")
    asked = [
        client.post("/v/0000000000000000/compare", data={"check": "number", "value": "2"}),
        client.post("/v/0000000000000000/compare", data={}),
        client.post("/v/0000000000000000/file", data={"file": (io.BytesIO(b"x"), "a.pdf")}),
    ]
    assert [(answer.status_code, answer.text) for answer in asked] == [(404, shown.text)] * 3
    assert looks() == [("open", "miss", False), ("compare", "miss", False)] + [
        ("open", "miss", False), ("upload", "miss", False)
    ]  # fmt: skip


def test_a_typed_code_leads_to_the_page_and_a_wrong_one_says_what_a_code_is(app: Flask) -> None:
    issued, client = agreements.issue(), visitor(app)
    typed = "-".join(issued.document.code[i : i + 4] for i in range(0, 16, 4)).lower()
    answer = client.get("/v/", query_string={"code": typed})
    assert (answer.status_code, answer.location) == (303, f"/v/{issued.document.code}")
    wrong = client.get("/v/", query_string={"code": "12<345"})
    assert wrong.status_code == 422 and "查验码应为 16 位" in wrong.text and 'value="12&lt;345"' in wrong.text
    assert client.get("/v/").status_code == 200
    assert looks() == []
