"""The stand-in refuses what an original would refuse: unsigned, out of order, invalid, read-only."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator import checks
from simulator.faults import Fault
from tests.simulator.conftest import CONTENT, REPORT, TRANSFER, Caller

ROOT = Path(__file__).resolve().parents[2]
KEY = {name: REPORT[name] for name in ("school_code", "student_number", "cohort")}


def held(caller: Caller, kind: str = "placement") -> dict[str, object]:
    records = caller.call("GET", "/api/v1/records/11414/2023000001/2027").json["records"]
    return next((record for record in records if record["kind"] == kind), {})


@pytest.mark.parametrize(
    ("replaced", "code"),
    [
        ({"key_id": "somebody"}, "unknown_key"),
        ({"secret": "another"}, "wrong_signature"),
        ({"sent": json.dumps(REPORT | {"cohort": 2028})}, "wrong_signature"),
        ({"timestamp": str(int(time.time()) - 3600)}, "clock_skew"),
        ({"timestamp": str(int(time.time()) + 3600)}, "clock_skew"),
        ({"timestamp": "yesterday"}, "clock_skew"),
        ({"nonce": "short"}, "replayed_nonce"),
    ],
)
def test_a_call_that_is_not_believed_changes_nothing(caller: Caller, replaced: dict[str, str], code: str):
    answer = caller.call("POST", "/api/v1/reports", json.dumps(REPORT).encode(), **replaced)
    assert (answer.status_code, answer.json["code"]) == (401, code)
    assert held(caller) == {}


def test_a_nonce_is_good_once(caller: Caller):
    body = json.dumps(REPORT).encode()
    assert caller.call("POST", "/api/v1/reports", body, nonce="the-same-nonce-twice").status_code == 200
    answer = caller.call("POST", "/api/v1/reports", body, nonce="the-same-nonce-twice")
    assert (answer.status_code, answer.json["code"]) == (401, "replayed_nonce")


def test_the_query_is_signed_too(caller: Caller):
    assert caller.call("GET", "/api/v1/changes?after=0&limit=5").status_code == 200


def test_reports_are_taken_in_order_and_once(caller: Caller):
    assert caller.report(sequence=2).json == {"code": "gap", "expected": 1}
    assert caller.report().json == {"sequence": 1, "kept_own": False}
    assert caller.report().json == {"sequence": 1, "kept_own": False}
    other = caller.report(content=CONTENT | {"position": "会计"})
    assert (other.status_code, other.json) == (409, {"code": "different_repeat", "expected": 2})
    assert caller.report(sequence=2, content=CONTENT | {"position": "会计"}).status_code == 200
    assert held(caller)["content"]["position"] == "会计" and held(caller)["sequence"] == 2


def test_an_ending_takes_the_content_s_place(caller: Caller):
    caller.report()
    ended = {"record": CONTENT["record"], "ended_on": "2026-12-01", "ending": "terminated", "mark": "forced"}
    assert caller.report(sequence=2, status="ended", content=ended).status_code == 200
    assert (held(caller)["status"], held(caller)["content"]) == ("ended", ended)
    assert caller.report(sequence=3, status="none", content={}).status_code == 200


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"school_code": "1141"}, "school_code"),
        ({"student_number": ""}, "student_number"),
        ({"sequence": 0}, "sequence"),
        ({"sequence": True}, "sequence"),
        ({"changed_at": "2026-11-20T09:00:00"}, "changed_at"),
        ({"kind": "salary"}, "kind"),
        ({"surplus": 1}, "surplus"),
        ({"content": CONTENT | {"destination_code": "99"}}, "destination_code"),
        ({"content": CONTENT | {"employer_kind_code": "98"}}, "employer_kind_code"),
        ({"content": CONTENT | {"credit_code": "911100009100000000"}}, "credit_code"),
        ({"content": CONTENT | {"region_code": "990000"}}, "region_code"),
        ({"content": CONTENT | {"approved_on": "2026-11-31"}}, "approved_on"),
        ({"content": CONTENT | {"phone": "19900001111"}}, "phone"),
        ({"content": {name: value for name, value in CONTENT.items() if name != "employer_name"}}, "employer_name"),
        ({"content": {"channel": "destination", "record": CONTENT["record"], "form": "x"}}, "destination_code"),
        ({"kind": "archive", "content": {name: TRANSFER[name] for name in ("type_code", "region_code")}}, "address"),
        ({"kind": "archive", "content": TRANSFER | {"type_code": "none"}}, "type_code"),
        ({"status": "ended", "content": {"record": CONTENT["record"]}}, "ended_on"),
    ],
)
def test_what_is_missing_or_wrong_is_named(caller: Caller, changed: dict[str, object], field: str):
    answer = caller.report(**changed)
    assert answer.status_code == 422 and field in answer.json["fields"]


def test_credit_codes_are_checked_to_their_last_character():
    good = ("91110000600037341L", "12100000400000624D")
    assert [checks.credit_code(code) for code in good] == [True, True]
    assert not checks.credit_code("911100006000373410") and not checks.credit_code("9111000060003734IL")


def test_pages_end_and_follow_one_another(caller: Caller):
    for serial in range(7):
        caller.report(student_number=f"20230000{serial:02d}")
    seen, after = [], ""
    while after is not None:
        page = caller.call("GET", f"/api/v1/records?cohort=2027&school_code=11414&limit=3&after={after}").json
        seen += [record["student_number"] for record in page["records"]]
        after = page["next"]
    assert seen == [f"20230000{serial:02d}" for serial in range(7)]
    assert caller.call("GET", "/api/v1/schools?cohort=2027").json == {"school_codes": ["11414"]}


def test_placements_are_read_only_and_archive_data_come_out_in_the_feed(caller: Caller):
    edit = KEY | {"kind": "placement", "content": CONTENT}
    assert caller.client.post("/console/edits", json=edit).status_code == 403
    assert caller.client.post("/console/edits", json=KEY | {"kind": "archive", "content": {}}).status_code == 422
    good = KEY | {"kind": "archive", "content": TRANSFER, "edited_at": "2026-11-20T10:00:00+00:00"}
    assert caller.client.post("/console/edits", json=good).status_code == 200
    changes = caller.call("GET", "/api/v1/changes?after=0&limit=5").json["changes"]
    assert [(change["kind"], change["content"]) for change in changes] == [("archive", TRANSFER)]
    assert caller.call("GET", f"/api/v1/changes?after={changes[0]['id']}&limit=5").json["changes"] == []


def test_the_later_of_a_report_and_an_edit_stays(caller: Caller):
    edit = KEY | {"kind": "archive", "content": TRANSFER, "edited_at": "2026-11-20T10:00:00+00:00"}
    caller.client.post("/console/edits", json=edit)
    earlier = caller.report(
        kind="archive", content=TRANSFER | {"address": "旧"}, changed_at="2026-11-20T17:59:59+08:00"
    )
    assert earlier.json == {"sequence": 1, "kept_own": True} and held(caller, "archive")["content"] == TRANSFER
    later = TRANSFER | {"address": "新"}
    answer = caller.report(kind="archive", content=later, changed_at="2026-11-20T18:00:01+08:00", sequence=2)
    assert answer.json == {"sequence": 2, "kept_own": False} and held(caller, "archive")["content"] == later


def test_faults_do_what_their_names_say(caller: Caller):
    def switch(fault: Fault, **more: object) -> None:
        caller.client.post("/console/faults", json={"fault": fault, "times": 1} | more)

    for serial, (fault, status, stored) in enumerate(
        [
            (Fault.DOWN, 503, False),
            (Fault.FAILED, 500, False),
            (Fault.LOST, 500, True),
            (Fault.GARBLED, 200, True),
            (Fault.TRUNCATED, 200, True),
            (Fault.TWICE, 200, True),
        ]
    ):
        switch(fault)
        answer = caller.report(student_number=f"s{serial}")
        assert answer.status_code == status, fault
        records = caller.call("GET", f"/api/v1/records/11414/s{serial}/2027").json["records"]
        assert len(records) == stored, fault
    began = time.monotonic()
    switch(Fault.SLOW, seconds=0.2)
    assert caller.report().status_code == 200 and time.monotonic() - began >= 0.2


def test_people_can_look_and_edit(caller: Caller):
    caller.report()
    page = caller.client.get("/employment").text
    assert "2023000001" in page and "就业管理系统（模拟）" in page
    form = {name: str(value) for name, value in KEY.items()} | TRANSFER | {"kind": "household"}
    assert "已保存" in caller.client.post("/edit", data=form).text
    assert "未保存" in caller.client.post("/edit", data=form | {"region_code": "990000"}).text
    assert held(caller, "household")["content"] == TRANSFER


@pytest.mark.parametrize(
    ("address", "environment", "words"),
    [("127.0.0.1", "production", "refuses production"), ("0.0.0.0", "development", "this machine only")],
)
def test_it_starts_neither_in_production_nor_for_the_network(
    tmp_path: Path, address: str, environment: str, words: str
):
    with socket.socket() as listener:
        listener.bind((address, 0))
        listener.listen()
        command = [sys.executable, "-m", "simulator", "--fd", str(listener.fileno()), "--store", str(tmp_path / "x.db")]
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"APP_ENV": environment},
            pass_fds=(listener.fileno(),),
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert ended.returncode == 2 and words in ended.stderr
