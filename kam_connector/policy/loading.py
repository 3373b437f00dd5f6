"""From a folder of TOML files to a checked policy, or to a message that says what to mend where."""

from __future__ import annotations

from pathlib import Path

from kam_connector.errors import PolicyError
from kam_connector.policy.crosschecks import find_advice, find_cross_flaws
from kam_connector.policy.files import KINDS, PolicyFile, read_file
from kam_connector.policy.flaws import Flaw
from kam_connector.policy.versions import Policy
from kam_connector.texts import Lines, Text

DEFAULTS = Path(__file__).parent / "defaults"
PLANS_FOLDER = "incentives"
SHOWN = 10
"""So many flaws stand in one message; `kam policy check` lists them all."""


def load(folder: Path | None = None) -> Policy:
    """The policy of that folder; without one, and for kinds that it lacks, the shipped defaults.

    The shipped plans are used only where the folder has neither plans nor a sub-folder `incentives`: an empty
    sub-folder means that no plan pays. Errors: `PolicyError` naming file, key, line, value and what is allowed.
    """
    files, flaws = _read(folder)
    if flaws:
        raise refusal(flaws)
    return Policy(tuple(files))


def check(folder: Path | None = None) -> list[Flaw]:
    """Everything that is wrong with the policy of that folder, by file and line."""
    return _read(folder)[1]


def advise(folder: Path | None = None) -> list[Flaw]:
    """What a correct policy of that folder says and is probably not meant, by file and line."""
    files, flaws = _read(folder)
    return [] if flaws else sorted(find_advice(files), key=lambda flaw: (flaw.file, flaw.line or 0))


def refusal(flaws: list[Flaw]) -> PolicyError:
    """The error that names the first of these flaws."""
    shown = [flaw.text for flaw in flaws[:SHOWN]]
    if len(flaws) > SHOWN:
        shown.append(Text("... and {count} more.", {"count": len(flaws) - SHOWN}))
    return PolicyError(Lines(shown), next_step="Check with `kam policy check`.")


def _read(folder: Path | None) -> tuple[list[PolicyFile], list[Flaw]]:
    if folder is not None and not folder.is_dir():
        raise PolicyError(
            "The policy folder {folder} is not there.", next_step="Make it with `kam policy init`.", folder=folder
        )
    files, flaws = _read_folder(folder) if folder else ([], [])
    if all(any(file.name == flaw.file for file in files) for flaw in flaws):  # else a whole kind may be missing
        files += _defaults_for(folder, {file.kind for file in files})
        flaws += find_cross_flaws(files)
    return files, sorted(flaws, key=lambda flaw: (flaw.file, flaw.line or 0))


def _read_folder(folder: Path) -> tuple[list[PolicyFile], list[Flaw]]:
    files: list[PolicyFile] = []
    flaws: list[Flaw] = []
    for path in sorted(folder.rglob("*.toml")):
        file, found = read_file(folder, path)
        files += [file] if file else []
        flaws += found
    return files, flaws


def _defaults_for(folder: Path | None, present: set[str]) -> list[PolicyFile]:
    wanted = {kind.name for kind in KINDS} - present
    if folder and (folder / PLANS_FOLDER).is_dir():
        wanted.discard("incentives")
    files, flaws = _read_folder(DEFAULTS)
    if flaws:
        raise AssertionError(f"The shipped policy is wrong: {flaws[0].sentence}")
    return [file for file in files if file.kind in wanted]
