"""A real web server and a real worker: whatever is uploaded, the web process stays small (must-show 5)."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import psutil
import pytest

from app.extensions import db
from deploy.children import ROOT, dying_with_parent
from tests import application, builders
from tests.app.api.calls import API, travel
from tests.app.api.proofs import EMPLOYER, MAY
from tests.inspection import samples
from tests.inspection.samples import SAMPLES
from tests.servers import Databases, Redis

pytestmark = pytest.mark.e2e

MOST = 300 * 1024  # kB of resident memory, at any time
GROWTH = 40 * 1024  # kB that ten megabytes at a time may add
LARGE = b"\xff\xd8\xff" + bytes(10 * 1024 * 1024 - 3)


@dataclass
class Server:
    """A running web server with a graduate's token and the draft of a destination."""

    port: int
    web: subprocess.Popen[bytes]
    token: str
    record: str

    def peaks(self) -> list[int]:
        """Return the greatest resident memory that each of its processes ever had, in kB."""
        family = [psutil.Process(self.web.pid), *psutil.Process(self.web.pid).children(recursive=True)]
        statuses = [Path(f"/proc/{one.pid}/status").read_text() for one in family]
        return [int(line.split()[1]) for text in statuses for line in text.splitlines() if line.startswith("VmHWM")]

    def call(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": token_hex(16)}
        headers |= {"Content-Type": content_type} if content_type else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, f"{API}{path}", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            connection.close()

    def send(self, content: bytes, name: str) -> tuple[int, dict[str, Any]]:
        """Send a file as a form."""
        mark = token_hex(16)
        fields = {"subject": "placement", "record": self.record, "purpose": "contract"}
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name_}"\r\n\r\n{value}\r\n'
            for name_, value in fields.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.call("POST", "/files", body, f"multipart/form-data; boundary={mark}")


@pytest.fixture
def server(template_url: str, databases: Databases, tmp_path: Path, redis_server: Redis) -> Iterator[Server]:
    url = databases.copy(template_url)
    app = application.build(url, tmp_path)
    travel(app, MAY)
    with app.app_context():
        client = application.api_client(app, builders.make_graduate(builders.make_school()))
        record = client.post(f"{API}/destinations", json={"form": EMPLOYER}).json["id"]
        db.session.remove()
        db.engine.dispose()
    env = {name: value for name, value in os.environ.items() if name != "FAULT_POINT"}
    env |= {"APP_ENV": "test", "DATABASE_URL": url, "VAR_DIR": str(tmp_path), "REDIS_URL": redis_server.url}
    env |= {"CLOCK_OFFSET_SECONDS": str((MAY - datetime.now(UTC)).total_seconds())}
    with socket.socket() as listener, (tmp_path / "server.log").open("wb") as log:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        fd = listener.fileno()
        web = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{fd}", "--workers", "2"]
        commands = [[*web, "--no-control-socket"], [sys.executable, "-m", "notifications.worker"]]
        started = [
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
                pass_fds=(fd,),
                preexec_fn=dying_with_parent(os.getpid()),
            )
            for command in commands
        ]
        yield Server(listener.getsockname()[1], started[0], client.token, record)
    for program in started:
        program.terminate()
        program.wait(30)
    databases.drop(url)


def checked(server: Server, file: str, seconds: float = 60) -> dict[str, Any]:
    """Wait until the worker has checked a file."""
    deadline = time.monotonic() + seconds
    while (seen := server.call("GET", f"/files/{file}")[1])["state"] == "waiting":
        assert time.monotonic() < deadline, "the check never came"
        time.sleep(0.1)
    return seen


SENT = (
    "a photo of 12 megapixels",
    "a PDF",
    "a JPEG that is a ZIP too",
    "a bomb of 3600 megapixels",
    "HTML named .jpg",
    "a PDF of 1,000 pages",
)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_the_web_process_stays_small_whatever_is_uploaded(server: Server) -> None:
    assert server.call("GET", "/me")[0] == 200
    for name in SENT:
        make, file_name, part = SAMPLES[name]
        status, file = server.send(make(), file_name.encode("ascii", "replace").decode())
        assert status == 201, file
        seen = checked(server, file["id"])
        assert part in (seen["sentence"] or "") and bool(part) == (seen["state"] == "refused"), (name, seen)
        assert server.call("DELETE", f"/files/{file['id']}")[0] == 200
    before = max(server.peaks())

    with ThreadPoolExecutor(6) as senders:
        answers = list(senders.map(lambda number: server.send(LARGE, f"{number}.jpg"), range(12)))
        too_large = list(senders.map(lambda number: server.send(LARGE + bytes(2**20), f"{number}.jpg"), range(3)))

    assert sorted({status for status, _ in answers}) == [201, 422]  # nine are taken, the others are one too many
    assert [status for status, _ in answers].count(201) == 9
    assert {(status, answer["code"]) for status, answer in too_large} == {(413, "file_too_large")}
    peaks = server.peaks()
    assert len(peaks) == 3 and max(peaks) <= MOST, peaks
    assert max(peaks) - before <= GROWTH, (before, peaks)


def test_the_samples_would_not_fit_into_so_small_a_process() -> None:
    """The control: decoded in this process, the photo alone takes more than the web process may grow."""
    code = (
        "import sys; from PIL import Image;"
        "peak = lambda: int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]); before = peak();"
        "Image.open(sys.stdin.buffer).convert('RGB').rotate(90, expand=True).load();"
        "print(peak() - before)"
    )
    ran = subprocess.run([sys.executable, "-c", code], input=samples.photo(), capture_output=True, check=True)
    assert int(ran.stdout) > GROWTH
