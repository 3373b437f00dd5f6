"""What a pull tells about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kam_connector.findings import Finding

Progress = Callable[[str, int, int], None]
"""Called after every page with the model, the rows read so far and the rows to read in all."""


@dataclass(frozen=True, slots=True)
class ModelPull:
    """One model: `rows` new or different, `read` fetched, newly `deleted`, waiting in quarantine."""

    model: str
    rows: int
    seconds: float
    deleted: int
    quarantined: int
    read: int = 0


@dataclass(frozen=True, slots=True)
class PullReport:
    """The pull of one run; `full` when every row was read anew."""

    models: tuple[ModelPull, ...]
    findings: tuple[Finding, ...]
    full: bool = False

    @property
    def rows(self) -> int:
        """New or different rows of all models."""
        return sum(model.rows for model in self.models)

    @property
    def deleted(self) -> int:
        return sum(model.deleted for model in self.models)
