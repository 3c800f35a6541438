"""Commands for the two accounts: `flask wechat` menu, check, followers, entrance, inbox replay."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click
from flask.cli import AppGroup

from app.clock import now
from wechat import client, followers, inbox_replay, links, menu, templates
from workflows.sending import SendError

wechat_commands = AppGroup(
    "wechat", help="The official account and the mini-program: menu, check of the settings, ways in."
)

LISTED = {  # where an account's own templates are read, and what their id is called there
    "official": ("cgi-bin/template/get_all_private_template", "template_list", "template_id"),
    "mini": ("wxaapi/newtmpl/gettemplate", "data", "priTmplId"),
}


@wechat_commands.command("menu")
def put_menu() -> None:
    """Set the menu of the official account, unless it is right already."""
    try:
        click.echo("the menu is set" if menu.put() else "the menu was right already")
    except SendError as error:
        raise click.ClickException(f"WeChat answers {error.code}") from None


@wechat_commands.command("check")
def check() -> None:
    """Ask the platform about our settings, one JSON object a line; exit status 1 when something is wrong."""
    wrong = 0
    for account, what, problem in _findings():
        wrong += bool(problem)
        click.echo(json.dumps({"account": account, "what": what, "problem": problem}))
    if wrong:
        raise click.ClickException(f"{wrong} of the settings are wrong")


@wechat_commands.command("followers")
def ask_for_followers() -> None:
    """Ask who follows the official account, for everybody whose openid we hold; workers do it every night."""
    if not client.has("official"):
        raise click.ClickException("there is no official account")
    click.echo(f"asked about {followers.repair(now())}")


@wechat_commands.group("inbox")
def inbox_commands() -> None:
    """What the platform has pushed to us."""


@inbox_commands.command("replay")
def replay_inbox() -> None:
    """Carry out again the events that failed, once what was wrong is mended; exit status 1 when some still fail."""
    done, failed = inbox_replay.replay()
    click.echo(f"carried out {done}")
    if failed:
        raise click.ClickException(f"{failed} still fail")


@wechat_commands.command("entrance")
@click.argument("picture", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--page", default=menu.HOME, show_default=True, help="The mini-program's page that opens.")
@click.option("--scene", default="from=poster", show_default=True, help="What the page is told: up to 32 letters.")
def make_entrance(picture: Path, page: str, scene: str) -> None:
    """Make a way into the mini-program: write its code to PICTURE, for posters, and print a link, for 30 days."""
    try:
        picture.write_bytes(links.mini_code(scene, page))
        click.echo(links.url_link(page, scene))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--scene") from None
    except SendError as error:
        raise click.ClickException(f"WeChat answers {error.code}") from None


def _findings() -> Iterator[tuple[str, str, str]]:
    """Yield account, what was looked at, and what is wrong with it ("" for nothing)."""
    for platform in client.PLATFORMS:
        if not client.has(platform):
            yield platform, "appid", "not_configured"
            continue
        token = _tried(partial(_has_token, platform))
        yield platform, "token", token
        if not token:
            yield from _templates(platform)
    if client.has("official"):
        yield "official", "menu", _tried(lambda: "" if menu.current() == menu.wanted() else "differs")


def _has_token(platform: str) -> str:
    return "" if client.account(platform).access_token else "no_token"


def _templates(platform: str) -> Iterator[tuple[str, str, str]]:
    known: dict[str, str] = {}
    problem = _tried(partial(_learn, platform, known))
    for group in templates.GROUPS:
        template = templates.find(platform, group)
        if template is None:
            yield platform, group, "no_template"
        elif problem:
            yield platform, group, problem
        elif template.id not in known:
            yield platform, group, "unknown_template"
        else:
            missing = [name for name in template.fields.values() if f"{{{{{name}.DATA}}}}" not in known[template.id]]
            yield platform, group, f"no_field {','.join(missing)}" if missing else ""


def _learn(platform: str, known: dict[str, str]) -> str:
    """Read the contents of the account's templates by id; raises SendError."""
    path, listed, named = LISTED[platform]
    rows = client.account(platform).call(path)[listed]
    known.update({str(row[named]): str(row.get("content", "")) for row in rows})
    return ""


def _tried(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except SendError as error:
        return error.code
