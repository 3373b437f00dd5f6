"""The policy as a whole: all dated versions, and which of them is in force on a day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from kam_connector.errors import PolicyError
from kam_connector.policy.appraisal import AppraisalPolicy
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.extraction import SyncPolicy
from kam_connector.policy.files import Model, PolicyFile
from kam_connector.policy.focus import FocusPolicy
from kam_connector.policy.lines import Path, line_of
from kam_connector.policy.plans import Plan
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.policy.tiering import TierPolicy
from kam_connector.policy.warnings import WarningPolicy

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Version:
    """One dated version: its kind, code (the plan's, else the kind), days in force, file and content hash."""

    kind: str
    code: str
    valid_from: date
    valid_to: date | None
    file: str
    hash: str


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """What is in force on one day."""

    day: date
    tiers: TierPolicy
    collections: CollectionsPolicy
    complaints: ComplaintPolicy
    warnings: WarningPolicy
    sync: SyncPolicy
    appraisal: AppraisalPolicy
    focus: FocusPolicy
    plans: tuple[Plan, ...]

    @property
    def versions(self) -> dict[str, str]:
        """The first day of each policy in force, by kind; plans as `incentives/code`."""
        dated: dict[str, Model] = {
            "tiers": self.tiers, "collections": self.collections, "complaints": self.complaints,
            "warnings": self.warnings, "sync": self.sync, "appraisal": self.appraisal,
            "focus": self.focus,
            **{f"incentives/{plan.code}": plan for plan in self.plans},
        }  # fmt: skip
        return {name: model.valid_from.isoformat() for name, model in dated.items()}


@dataclass(frozen=True, slots=True)
class Policy:
    """All versions of all policies, checked."""

    files: tuple[PolicyFile, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of the content of all versions: the policy version that a run and a report name."""
        digests = sorted(file.digest for file in self.files)
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()

    @property
    def versions(self) -> tuple[Version, ...]:
        """Each version with the days in which it is in force, by kind, code and day."""
        ordered = sorted(self.files, key=lambda file: (file.kind, file.code, file.valid_from))
        return tuple(
            Version(file.kind, file.code, file.valid_from, self._last_day(file), file.name, file.digest)
            for file in ordered
        )

    def at(self, day: date) -> PolicyInForce:
        """What is in force on that day. Errors: `PolicyError` when a kind has no version so early."""
        return PolicyInForce(
            day,
            self._latest(TierPolicy, "tiers", day),
            self._latest(CollectionsPolicy, "collections", day),
            self._latest(ComplaintPolicy, "complaints", day),
            self._latest(WarningPolicy, "warnings", day),
            self._latest(SyncPolicy, "sync", day),
            self._latest(AppraisalPolicy, "appraisal", day),
            self._latest(FocusPolicy, "focus", day),
            self.plans_between(day, day),
        )

    def turns(self, last: date) -> tuple[PolicyInForce, ...]:
        """What was in force from each day on on which the rules of complaints or tiers changed, up to `last`.

        The oldest first, beginning on the first day on which every kind has a version.
        """
        dated = [file for file in self.files if not isinstance(file.model, Plan)]
        begin = max(min(each.valid_from for each in dated if each.kind == file.kind) for file in dated)
        rules = [file for file in dated if isinstance(file.model, ComplaintPolicy | TierPolicy)]
        later = {file.valid_from for file in rules if begin < file.valid_from <= last}
        return tuple(self.at(day) for day in sorted({min(begin, last), *later}))

    def place_of(self, model: Model, path: Path) -> tuple[str, int | None]:
        """The file of a version, and the line on which `path` stands in it; no line for what is a default."""
        file = next(file for file in self.files if file.model is model)
        return file.name, line_of(file.lines, path)

    def plans_between(self, first: date, last: date) -> tuple[Plan, ...]:
        """The plan versions in force on any of those days, each ended where its successor begins."""
        return tuple(
            _ended(file.model, self._last_day(file))
            for file in sorted(self.files, key=lambda file: (file.code, file.valid_from))
            if isinstance(file.model, Plan) and _touches(file.valid_from, self._last_day(file), first, last)
        )

    def _latest(self, model: type[M], kind: str, day: date) -> M:
        found = [file.model for file in self.files if isinstance(file.model, model) and file.valid_from <= day]
        if not found:
            raise PolicyError(
                "No {kind} policy is in force on {day}.",
                next_step="Look at valid_from with `kam policy check`.",
                kind=kind,
                day=day,
            )
        return max(found, key=lambda policy: policy.valid_from)

    def _last_day(self, file: PolicyFile) -> date | None:
        successors = (other.valid_from for other in self.files if _follows(other, file))
        next_from = min(successors, default=None)
        own = file.model.plan.valid_to if isinstance(file.model, Plan) else None
        return _earliest([own, next_from - timedelta(days=1) if next_from else None])


def _follows(other: PolicyFile, file: PolicyFile) -> bool:
    return (other.kind, other.code) == (file.kind, file.code) and other.valid_from > file.valid_from


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day), default=None)


def _touches(start: date, end: date | None, first: date, last: date) -> bool:
    return start <= last and (end is None or end >= first)


def _ended(plan: Plan, last_day: date | None) -> Plan:
    return plan.model_copy(update={"plan": plan.plan.model_copy(update={"valid_to": last_day})})
