"""The command line and its documentation say the same."""

import re
import shlex
from pathlib import Path

import pytest
from rig import cli

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "testing.md"


def documented_calls() -> list[str]:
    """Every whole call that the documentation and the help show."""
    text = DOCUMENT.read_text() + cli.EXAMPLES
    calls = re.findall(r"^ *scripts/odoo_server (.*)$", text, re.MULTILINE)
    return [re.split(r" {3,}| < | +#", call)[0] for call in calls]


@pytest.mark.parametrize("call", documented_calls())
def test_documented_call_is_understood(call: str) -> None:
    assert callable(cli.make_parser().parse_args(shlex.split(call)).command)


def test_every_command_is_documented() -> None:
    commands = re.findall(r"^    (\S+)  ", cli.make_parser().format_help(), re.MULTILINE)
    text = DOCUMENT.read_text()
    assert len(commands) >= 13
    assert [name for name in commands if not re.search(rf"`{name}\b", text)] == []


def test_wrong_usage_ends_with_exit_code_2() -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["start", "16"])
    assert caught.value.code == 2
