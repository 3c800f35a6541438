"""The way over HTTPS, as in production: what was sent is told from what was not, and the bounds hold there too."""

import datetime
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app import bounded_http
from tests.wechat.scripted import Platform, raw, reset, says, silence
from wechat import transport
from wechat.transport import NoAnswerError, Transport

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n"


def certificate(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1 with its key; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "far side")])
    now = datetime.datetime.now(datetime.UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    file = folder / "far-side.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def platform(pem: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """A platform behind TLS whose certificate is trusted here."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setattr(bounded_http, "CONNECT", 0.5)
    monkeypatch.setattr(bounded_http, "READ", 0.3)
    monkeypatch.setattr(bounded_http, "LONGEST", 0.9)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    platform = Platform(context)
    yield platform
    platform.close()


def was_sent(way: Transport) -> bool:
    began = time.monotonic()
    with pytest.raises(NoAnswerError) as caught:
        way.exchange("POST", "p?access_token=t", b"{}")
    assert time.monotonic() - began < 2
    assert caught.value.__context__ is None and str(caught.value) == "no answer"
    return caught.value.sent


def test_answers_come_over_one_connection(platform: Platform) -> None:
    platform.answers("/p", says({"a": 1}))
    way = Transport(platform.url)
    for _ in range(3):
        assert way.exchange("POST", "p", b"{}") == (200, b'{"a": 1}')
        assert way.exchange("GET", "p", None) == (200, b'{"a": 1}')
    assert platform.connections == 1


@pytest.mark.parametrize(
    "reply",
    [silence(2), reset, raw(HEAD + b"short"), raw(HEAD + b"x" * 30, pause=0.05), raw(b"HTTP/1.1 200 OK\r\nX: ", 0.05)],
    ids=["silence", "reset", "short", "drops", "headers"],
)
def test_what_goes_wrong_after_the_request_leaves_the_effect_open(platform: Platform, reply: object) -> None:
    platform.answers("/p", reply)
    assert was_sent(Transport(platform.url))


def test_a_certificate_that_is_not_trusted_gets_no_word(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path / "other")))
    assert not was_sent(Transport(platform.url))
    assert platform.asked == []


def test_nor_does_one_that_speaks_no_tls_or_nothing_at_all(platform: Platform) -> None:
    plain = Platform()
    assert not was_sent(Transport(plain.url.replace("http:", "https:")))
    plain.close()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        assert not was_sent(Transport(f"https://127.0.0.1:{mute.getsockname()[1]}"))


def test_nobody_listening_is_nobody(platform: Platform) -> None:
    platform.close()
    assert not was_sent(Transport(platform.url))
    assert not was_sent(Transport("http://127.0.0.1:1"))


def test_an_answer_that_is_too_large_is_none(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LARGEST", 1000)
    way = Transport(platform.url)
    platform.answers("/p", says(b"x" * 5000), says(b"y" * 1000))
    assert way.exchange("GET", "p", None) == (200, b"")
    assert way.exchange("GET", "p", None) == (200, b"y" * 1000)
    assert platform.connections == 2
