"""`kam`: the command line. This file has the group and the common options; `failing.py` says how it ends."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn, TypeVar

import click

from kam_connector import __version__, settings, stopping
from kam_connector.cli.failing import ended, tell_patience
from kam_connector.cli.speech import language, speak
from kam_connector.languages import LANGUAGES, Language, find_language
from kam_connector.runs import logs

C = TypeVar("C", bound=click.Command)

COLLECT_RARELY = (100_000, 50, 50)
"""Thresholds of the cyclic garbage collector: queries are built from trees of small objects that live until they are
run, and looking through them again and again took a tenth of a reading command's time."""

COMMANDS = {
    "init": "init",
    "doctor": "doctor",
    "demo": "demo",
    "run": "night",
    "status": "status",
    "verify": "ledger",
    "backup": "backup",
    "restore": "backup",
    "schedule": "schedule",
    "erp": "server",
    "sync": "sync",
    "tiers": "tiers",
    "explain": "explain",
    "warnings": "warnings",
    "ageing": "ageing",
    "collections": "collections",
    "complaints": "complaints",
    "incentives": "incentives",
    "targets": "targets",
    "card": "card",
    "focus": "focus",
    "policy": "policy",
    "writeback": "writeback",
    "addon": "addon",
}
"""Command to the file in this package that has it; a file is loaded when its command is asked for."""


class _Nouns(click.Group):
    """The commands, loaded one by one: `kam status` does not wait for pandas."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The language is known before anything is said, also where an option is wrong."""
        speak(_asked_language(self, ctx, args))
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        return super().get_help(ctx) if language() == "en" else click.Group.get_help(_told(self, ctx), ctx)

    def get_usage(self, ctx: click.Context) -> str:
        return super().get_usage(ctx) if language() == "en" else click.Group.get_usage(_told(self, ctx), ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kam_connector.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command if language() == "en" else _told(command)


def _told(command: C, context: click.Context | None = None) -> C:
    """The command, and the context that shows it, in the person's language."""
    from kam_connector.cli.helping import in_language  # only a reader of Chinese waits for it

    return in_language(command, language(), context)


def _asked_language(group: click.Group, ctx: click.Context, args: list[str]) -> Language:
    """What `--lang`, KAM_LANG, kam.toml or the locale says, in this order."""
    try:
        asked, _, _ = group.make_parser(ctx).parse_args(list(args))
    except click.ClickException:
        asked = {}
    chosen = asked.get("lang") or os.environ.get("KAM_LANG")
    if isinstance(chosen, str) and chosen:
        return find_language(chosen)
    home = asked.get("home")
    return settings.find_language(settings.home_folder(home if isinstance(home, str) else None), asked.get("erp"))


@click.group(cls=_Nouns, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="kam")
@click.option("--home", type=click.Path(), envvar="KAM_HOME", help="Folder of kam.toml and the local files.")
@click.option("--erp", help="Name of the [erp.<name>] section, where kam.toml has several.")
@click.option("--lang", type=click.Choice(LANGUAGES), envvar="KAM_LANG", help="Language of talk, tables and reports.")
@click.option("--verbose", is_flag=True, help="Say on stderr what is written to the log, and more.")
@click.pass_context
def kam(context: click.Context, home: str | None, erp: str | None, lang: str | None, verbose: bool) -> None:
    """Key-account tiering, complaints, incentives and collections beside an Odoo.

    \b
    First steps:  kam init, kam doctor, kam run
    Try it out:   kam demo
    """
    context.obj = {"home": home, "erp": erp, "lang": lang}
    logs.speak_log(verbose=verbose)


def main() -> NoReturn:
    """Runs `kam` as a process and leaves with the documented exit code (DESIGN section 4)."""
    os.umask(0o077)
    gc.set_threshold(*COLLECT_RARELY)
    stopping.install(tell_patience)
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """The exit code of `kam` with these words; no traceback for what is foreseen."""
    try:
        return ended(lambda: kam.main(list(words), prog_name="kam", standalone_mode=False))
    finally:
        logs.end_logs()
