"""The seal: accepted by poppler and by us, and any changed or added byte shows."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdf.agreement import render
from pdf.samples import three_party
from pdf.seal import DEMO_CERTIFICATE, DEMO_KEY, DEMO_NAME, NOT_SEALED, Seal, SealCheck, check, load_certificate

STEP = (
    131  # every so manieth byte of the file is changed in turn; a prime, so that all columns of all structures are hit
)
GENUINE = SealCheck(intact=True, signer=DEMO_NAME, covers_whole_file=True, trusted=True)


@pytest.fixture(scope="module")
def seal(tmp_path_factory) -> Seal:
    return Seal.self_made(tmp_path_factory.mktemp("seal"))


@pytest.fixture(scope="module")
def document() -> bytes:
    return render(three_party())


@pytest.fixture(scope="module")
def sealed(seal, document) -> bytes:
    return seal.seal(document)


def flipped(content: bytes, place: int, mask: int = 1) -> bytes:
    changed = bytearray(content)
    changed[place] ^= mask
    return bytes(changed)


def signature_span(sealed: bytes) -> tuple[int, int]:
    start = sealed.index(b"/Contents <") + len(b"/Contents ")
    return start, sealed.index(b">", start) + 1


def pdfsig(content: bytes, tmp_path: Path) -> str:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False).stdout


@pytest.mark.rule("R-QR-1")
def test_a_sealed_file_is_genuine_and_begins_with_the_unsealed(seal, document, sealed):
    assert check(sealed, seal.certificate) == GENUINE and GENUINE.genuine
    assert sealed.startswith(document)


@pytest.mark.rule("R-QR-1")
@pytest.mark.needs("pdfsig")
def test_poppler_accepts_the_seal_and_refuses_a_changed_byte(sealed, tmp_path):
    told = pdfsig(sealed, tmp_path)
    assert "Signature is Valid." in told and "Total document signed" in told and "ETSI.CAdES.detached" in told
    # bytes of content that a reader still opens as a PDF: inside the streams of the fonts and of the text
    start = sealed.index(b"stream") + 40
    for place in range(start, start + 40_000, 4001):
        assert "Signature is Valid." not in pdfsig(flipped(sealed, place), tmp_path), place


@pytest.mark.rule("R-QR-1")
def test_every_changed_byte_is_refused(seal, sealed):
    accepted = [n for n in range(0, len(sealed), STEP) if check(flipped(sealed, n), seal.certificate).genuine]
    assert accepted == []


@pytest.mark.rule("R-QR-1")
def test_every_changed_byte_of_the_signature_itself_is_refused(seal, sealed):
    start, end = signature_span(sealed)
    places = [*range(start, end, 17), end - 2, end - 1]
    assert [n for n in places for mask in (1, 0x20) if check(flipped(sealed, n, mask), seal.certificate).genuine] == []


@pytest.mark.rule("R-QR-1")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(addition=st.binary(min_size=1, max_size=64))
def test_whatever_is_appended_is_refused(seal, sealed, addition):
    assert not check(sealed + addition, seal.certificate).genuine


@pytest.mark.rule("R-QR-1")
@pytest.mark.parametrize("addition", [b"\n", b" ", b"%%EOF\n", b"\0" * 100])
def test_a_small_addition_is_refused(seal, sealed, addition):
    assert not check(sealed + addition, seal.certificate).genuine


@pytest.mark.rule("R-QR-1")
def test_a_later_revision_is_refused(seal, sealed):
    from io import BytesIO

    from pyhanko.pdf_utils.generic import NameObject, TextStringObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer, result = IncrementalPdfFileWriter(BytesIO(sealed)), BytesIO()
    writer.root[NameObject("/Lang")] = TextStringObject("en")
    writer.update_root()
    writer.write(result)
    found = check(result.getvalue(), seal.certificate)
    assert result.getvalue().startswith(sealed) and not found.covers_whole_file and not found.genuine


@pytest.mark.rule("R-QR-1")
def test_a_second_seal_of_another_is_refused(seal, sealed, tmp_path):
    other = Seal.self_made(tmp_path)
    assert not check(other.seal(render(three_party())), seal.certificate).trusted
    assert not check(sealed, other.certificate).genuine


@pytest.mark.parametrize("content", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF", b"\0" * 5000])
def test_what_is_no_sealed_pdf_is_answered_not_raised(seal, content):
    assert check(content, seal.certificate) == NOT_SEALED


def test_an_unsealed_or_cut_file_is_not_sealed(seal, document, sealed):
    assert check(document, seal.certificate) == NOT_SEALED
    assert not check(sealed[:-1], seal.certificate).genuine
    assert not check(sealed[: len(document)], seal.certificate).genuine


def test_the_self_made_seal_is_private_and_stays_the_same(tmp_path):
    first, second = Seal.self_made(tmp_path), Seal.self_made(tmp_path)
    assert first.certificate == second.certificate == load_certificate(tmp_path / DEMO_CERTIFICATE)
    assert stat.S_IMODE((tmp_path / DEMO_KEY).stat().st_mode) == 0o600
    assert b"PRIVATE" not in (tmp_path / DEMO_CERTIFICATE).read_bytes()


def test_concurrent_makers_get_one_seal(tmp_path):
    code = (
        "import sys; from pathlib import Path; from pdf.seal import Seal;"
        "print(Seal.self_made(Path(sys.argv[1])).certificate.serial_number)"
    )
    makers = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        for _ in range(4)
    ]
    assert len({maker.communicate()[0] for maker in makers}) == 1
    assert {path.name for path in tmp_path.iterdir()} == {DEMO_KEY, DEMO_CERTIFICATE}


def test_a_seal_loads_from_files_with_its_passphrase(tmp_path, document):
    made = Seal.self_made(tmp_path)
    key = serialization.load_pem_private_key((tmp_path / DEMO_KEY).read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"opensesame"),
        )
    )
    loaded = Seal.from_files(locked, tmp_path / DEMO_CERTIFICATE, "opensesame")
    assert check(loaded.seal(document), made.certificate).genuine
    for wrong in ("guess", None):
        with pytest.raises((ValueError, TypeError)):
            Seal.from_files(locked, tmp_path / DEMO_CERTIFICATE, wrong)


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)])
def test_a_key_of_another_kind_is_refused(key, tmp_path):
    Seal.self_made(tmp_path)
    path = tmp_path / "other.pem"
    form = serialization.PrivateFormat.PKCS8
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    with pytest.raises(ValueError, match="P-256"):
        Seal.from_files(path, tmp_path / DEMO_CERTIFICATE)


def test_a_key_that_is_not_the_certificates_is_refused(tmp_path):
    certificate = Seal.self_made(tmp_path / "one").certificate
    with pytest.raises(ValueError, match="belong together"):
        Seal(ec.generate_private_key(ec.SECP256R1()), certificate)
