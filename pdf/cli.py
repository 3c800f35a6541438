"""Commands of this room: `flask agreement verify FILE` checks a sealed agreement without any network or database."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from pdf.seal import SealCheck, check, load_certificate

agreement_commands = AppGroup("agreement", help="Check sealed agreements.")


@agreement_commands.command("verify", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--certificate",
    envvar="SEAL_CERT_FILE",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The platform's seal certificate (PEM); SEAL_CERT_FILE by default.",
)
def verify(file: Path, certificate: Path) -> None:
    """Say whether FILE is, byte for byte, an agreement that the platform issued; exit status 1 if not (R-QR-1)."""
    try:
        expected = load_certificate(certificate)
    except ValueError as error:
        raise click.BadParameter("no certificate in PEM form in this file", param_hint="--certificate") from error
    found = check(file.read_bytes(), expected)
    for line in described(found):
        click.echo(line)
    if not found.genuine:
        raise click.exceptions.Exit(1)


def described(found: SealCheck) -> list[str]:
    """What a check found, in Chinese: the verdict, then each answer on a line of its own."""
    if found.signer is None:
        return ["验证未通过：文件中没有可识别的平台电子印章，或者印章已被破坏。"]
    verdict = "验证通过：文件由平台签发，签发后没有任何改动。" if found.genuine else "验证未通过：请勿据此文件盖章。"
    return [
        verdict,
        f"  签章人　　　{found.signer}",
        f"  内容完整　　{'是' if found.intact else '否，文件内容已被改动'}",
        f"  覆盖全文　　{'是' if found.covers_whole_file else '否，签章之后又添加了内容'}",
        f"  平台证书　　{'是' if found.trusted else '否，签章所用的不是平台证书'}",
    ]
