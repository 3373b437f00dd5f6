"""A tiers file or an incentive plan that is tried before it is put in force."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kam_connector.errors import PolicyError
from kam_connector.policy.crosschecks import find_cross_flaws
from kam_connector.policy.files import PolicyFile, read_file
from kam_connector.policy.flaws import Flaw
from kam_connector.policy.loading import refusal
from kam_connector.policy.plans import Plan
from kam_connector.policy.tiering import TierPolicy
from kam_connector.policy.versions import Policy


@dataclass(frozen=True, slots=True)
class Candidate:
    """The file and its checked model; it is tried as if it were in force, whatever its first day."""

    file: PolicyFile
    model: TierPolicy

    @property
    def version(self) -> str:
        """How an answer names it."""
        return f"tiers {self.model.valid_from.isoformat()} ({self.file.name})"

    def find_conflicts(self, policy: Policy) -> list[Flaw]:
        """What the other files of that policy name and this one does not define: with it they would be refused."""
        others = [file for file in policy.files if file.kind != self.file.kind]
        return list(find_cross_flaws([*others, self.file]))


def read_plan(path: Path) -> Plan:
    """The incentive plan at `path`. Errors: `PolicyError` naming key, line, value and what is allowed."""
    file, flaws = read_file(path.parent, path)
    if flaws or file is None:
        raise refusal(flaws)
    if not isinstance(file.model, Plan):
        raise PolicyError(
            "{path} is a policy of {kind}, not an incentive plan.",
            next_step="Give a file with the table [plan], such as a copy of incentives/standard.toml.",
            path=path,
            kind=file.kind,
        )
    return file.model


def read_candidate(path: Path) -> Candidate:
    """The tiers file at `path`. Errors: `PolicyError` naming key, line, value and what is allowed."""
    file, flaws = read_file(path.parent, path)
    if flaws or file is None:
        raise refusal(flaws)
    if not isinstance(file.model, TierPolicy):
        raise PolicyError(
            "{path} is a policy of {kind}, not of tiers.",
            next_step="Give a file with the table [tiering], such as a copy of tiers.toml.",
            path=path,
            kind=file.kind,
        )
    return Candidate(file, file.model)
