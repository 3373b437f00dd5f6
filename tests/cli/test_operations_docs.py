"""docs/operations.md is true: its commands parse, its exit codes are the ones that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from kam_connector import errors
from kam_connector.cli import failing
from kam_connector.cli.main import kam
from kam_connector.runs.several import GRAVEST_FIRST

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [
    line.partition("#")[0].strip() for block in BLOCKS for line in block.splitlines() if line.startswith("kam ")
]


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_parses(line: str) -> None:
    words = shlex.split(line)[1:]
    context = click.Context(kam, info_name="kam")
    command: click.Command = kam
    while isinstance(command, click.Group):
        rest = list(words)
        context = command.make_context(context.info_name, rest, resilient_parsing=True)
        name, found, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert found is not None, name
        command = found
    command.make_context(command.name, words)


def codes_of(kind: type[errors.KamError]) -> set[int]:
    return {kind.exit_code}.union(*(codes_of(below) for below in kind.__subclasses__()))


def test_the_page_has_every_exit_code() -> None:
    table = re.findall(r"^\| ([\d, ]+) \|", PAGE, re.MULTILINE)
    told = {int(code) for row in table for code in row.split(",")}
    assert told == {0, 1, failing.STORAGE, failing.DEFECT, 130, 143} | codes_of(errors.KamError)


def test_the_page_has_the_order_of_gravity() -> None:
    assert ", ".join(map(str, GRAVEST_FIRST)) in PAGE
    assert codes_of(errors.KamError) <= set(GRAVEST_FIRST)
