"""`flask agreement verify FILE` tells a genuine file from any other, offline."""

from __future__ import annotations

import socket

import pytest
from click.testing import CliRunner

from pdf.agreement import render
from pdf.cli import agreement_commands
from pdf.samples import three_party
from pdf.seal import DEMO_CERTIFICATE, Seal


@pytest.fixture
def folder(tmp_path):
    """A folder with a genuine file and what could be passed off as one."""
    seal, document = Seal.self_made(tmp_path), render(three_party())
    sealed = seal.seal(document)
    (tmp_path / "genuine.pdf").write_bytes(sealed)
    (tmp_path / "changed.pdf").write_bytes(sealed[:60_000] + bytes([sealed[60_000] ^ 1]) + sealed[60_001:])
    (tmp_path / "added.pdf").write_bytes(sealed + b"\n")
    (tmp_path / "unsealed.pdf").write_bytes(document)
    (tmp_path / "other.pdf").write_bytes(Seal.self_made(tmp_path / "other").seal(document))
    (tmp_path / "word.pdf").write_bytes(b"PK\3\4")
    return tmp_path


@pytest.fixture
def verify(folder, monkeypatch):
    def run(name: str, **environment: str):
        monkeypatch.setattr(socket.socket, "connect", _no_network)
        environment = {"SEAL_CERT_FILE": str(folder / DEMO_CERTIFICATE)} | environment
        return CliRunner().invoke(agreement_commands, ["verify", str(folder / name)], env=environment)

    return run


def _no_network(*_: object, **__: object) -> None:
    raise AssertionError("the check must not use the network")


@pytest.mark.rule("R-QR-1")
def test_a_genuine_file_passes(verify):
    result = verify("genuine.pdf")
    assert result.exit_code == 0 and result.output.startswith("验证通过") and "否" not in result.output


@pytest.mark.rule("R-QR-1")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("changed.pdf", "内容完整　　否"),
        ("added.pdf", "覆盖全文　　否"),
        ("other.pdf", "平台证书　　否"),
        ("unsealed.pdf", "没有可识别的平台电子印章"),
        ("word.pdf", "没有可识别的平台电子印章"),
    ],
)
def test_any_other_file_fails_and_says_why(verify, name, reason):
    result = verify(name)
    assert result.exit_code == 1 and result.output.startswith("验证未通过") and reason in result.output


def test_a_missing_or_wrong_certificate_is_a_usage_error(verify, folder):
    assert verify("genuine.pdf", SEAL_CERT_FILE="").exit_code == 2
    wrong = verify("genuine.pdf", SEAL_CERT_FILE=str(folder / "word.pdf"))
    assert wrong.exit_code == 2 and "certificate" in wrong.output
