"""A program that fails tells what, why and what next."""

from pathlib import Path

import pytest
from rig import processes
from rig.errors import RigError


def test_output_comes_back() -> None:
    assert processes.run(["echo", "one"], what="x") == "one\n"


def test_failure_names_exit_code_last_words_and_next_step() -> None:
    with pytest.raises(RigError) as caught:
        processes.run(["sh", "-c", "echo the reason; exit 3"], what="It failed.", next_step="try again")
    assert "It failed." in str(caught.value)
    assert "exit code 3" in str(caught.value)
    assert "| the reason" in str(caught.value)
    assert str(caught.value).endswith("next: try again")


def test_missing_program_is_a_plain_failure() -> None:
    with pytest.raises(RigError, match="no-such-program could not be started"):
        processes.run(["no-such-program"], what="It failed.")


def test_log_keeps_command_and_output(tmp_path: Path) -> None:
    processes.run(["echo", "one"], what="x", log=tmp_path / "l.log")
    assert (tmp_path / "l.log").read_text() == "$ echo one\none\n"


def test_standard_input_reaches_the_program_whole() -> None:
    assert processes.run(["wc", "-c"], what="x", stdin="é" * 200_000).strip() == "400000"
