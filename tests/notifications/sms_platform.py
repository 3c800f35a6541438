"""A text message platform of the test's own: answers as it is told, call by call, and remembers what it was asked."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = Callable[[socket.socket], None]


def says(body: Any, status: int = 200, headers: str = "") -> Answer:
    """Answer with a body, as JSON unless it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(content)}\r\n{headers}Connection: close\r\n\r\n"
    return lambda connection: connection.sendall(head.encode() + content)


def code(name: str, message: str = "", **more: Any) -> Answer:
    """Answer as the platform does a call that came through: HTTP 200 and a code."""
    return says({"Code": name, "Message": message, "RequestId": "r", **more})


def details(*rows: dict[str, Any]) -> Answer:
    """Answer QuerySendDetails with these rows."""
    return code("OK", SmsSendDetailDTOs={"SmsSendDetailDTO": list(rows)}, TotalCount=str(len(rows)))


def half(connection: socket.socket) -> None:
    """Break off in the middle of an answer."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n{"Code":"OK",')


def reset(connection: socket.socket) -> None:
    """Cut the connection after the request has been read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Hang:
    """Says nothing until the test is over."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        """Wait."""
        self.over.wait(20)


class Platform:
    """Listens on a port of its own; `answers` are used up one by one, the last one stays."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[Answer] = [code("OK", BizId="900619746936498440^0")]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def will(self, *answers: Answer) -> None:
        """Answer so from now on."""
        self.answers = list(answers)

    def stop(self) -> None:
        """Listen no more."""
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._one(connection)

    def _one(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(65536) or b"\r\n\r\n"
        lines = request.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        query = dict(parse_qsl(urlsplit(lines[0].split(" ")[1]).query, keep_blank_values=True))
        self.asked.append(query | {"action": headers["x-acs-action"]})
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer(connection)
