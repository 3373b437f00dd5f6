"""What a pull tells about itself, and the tally that it is made from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kam_connector.findings import Finding

Progress = Callable[[str, int, int], None]
"""Called after every page with the model, the rows read so far and the rows to read in all."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """Rows fetched, and of these the new or different ones."""

    read: int = 0
    changed: int = 0

    def __add__(self, other: Pulled) -> Pulled:
        return Pulled(self.read + other.read, self.changed + other.changed)


@dataclass(frozen=True, slots=True)
class ModelPull:
    """One model (or side table): `rows` new or different, `read` fetched, newly `deleted`, waiting in quarantine."""

    model: str
    rows: int
    seconds: float
    deleted: int
    quarantined: int
    read: int = 0


@dataclass(frozen=True, slots=True)
class PullReport:
    """The pull of one run; `full` when every row was read anew, `checked` when the daily checks were made."""

    models: tuple[ModelPull, ...]
    findings: tuple[Finding, ...]
    full: bool = False
    checked: bool = False

    @property
    def rows(self) -> int:
        """New or different rows of all models."""
        return sum(model.rows for model in self.models)

    @property
    def deleted(self) -> int:
        return sum(model.deleted for model in self.models)


@dataclass(slots=True)
class Tally:
    """What has happened so far, by stream (a model, or a side table of it)."""

    pulled: defaultdict[str, Pulled] = field(default_factory=lambda: defaultdict(Pulled))
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    deleted: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, stream: str, pulled: Pulled, seconds: float = 0.0) -> None:
        """Rows of the stream were read."""
        stream = stream.partition("@")[0]  # the companies of a side table together
        self.pulled[stream] += pulled
        self.seconds[stream] += seconds

    def report(
        self, streams: Sequence[str], quarantined: Mapping[str, int], *, full: bool, checked: bool
    ) -> PullReport:
        """The report of these streams, in their order."""
        models = tuple(
            ModelPull(
                stream,
                rows=self.pulled[stream].changed,
                seconds=self.seconds[stream],
                deleted=self.deleted[stream],
                quarantined=quarantined.get(stream, 0),
                read=self.pulled[stream].read,
            )
            for stream in streams
        )
        return PullReport(models, tuple(self.findings), full, checked)
