"""`kam policy`: the numbers that the company has decided on."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from kam_connector import policy as policies
from kam_connector import settings
from kam_connector.cli.options import answers, finish
from kam_connector.cli.speech import talk
from kam_connector.errors import SettingsError, StorageError
from kam_connector.findings import Finding
from kam_connector.runs.result import Result, Row


@click.group()
def policy() -> None:
    """Policy files: copy the shipped ones, check your own."""


@policy.command()
def init() -> int:
    """Copy the shipped policies beside kam.toml, to be edited there.

    \b
    Example:
      kam policy init
    """
    folder = _folder()
    if folder.exists():
        raise SettingsError(
            "{folder} is there already.", next_step="Edit its files, then run `kam policy check`.", folder=folder
        )
    try:
        shutil.copytree(policies.DEFAULTS, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    except OSError as error:
        raise StorageError(
            "{folder} cannot be written: {error}.", next_step="Mend its rights or space.", folder=folder, error=error
        ) from error
    talk("Written: {folder}. Edit, then run `kam policy check`.", folder=folder)
    return 0


@policy.command()
@answers
def check(output_format: str) -> int:
    """Read all policy files; name file, line and key of every mistake, and what plans probably do not mean.

    \b
    Example:
      kam policy check
    """
    folder = _folder()
    flaws = policies.check(folder if folder.is_dir() else None)
    rows: list[Row] = [{"flaw": flaw.text} for flaw in flaws]
    if not rows:
        loaded = policies.load(folder if folder.is_dir() else None)
        rows = [
            {
                "kind": version.kind,
                "code": version.code,
                "valid_from": version.valid_from.isoformat(),
                "valid_to": version.valid_to.isoformat() if version.valid_to else None,
                "file": version.file,
            }
            for version in loaded.versions
        ]
    advice = policies.advise(folder if folder.is_dir() else None)
    findings = tuple(Finding("warning", "policy", flaw.file, flaw.text) for flaw in advice)
    answer = Result("policy check", rows=rows, totals={"mistakes": len(flaws)}, findings=findings)
    code = finish(answer, output_format)
    return 2 if flaws else code


def _folder() -> Path:
    chosen = click.get_current_context().obj or {}
    return settings.home_folder(chosen.get("home")) / "policy"
