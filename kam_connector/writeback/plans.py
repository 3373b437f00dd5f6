"""What is wanted, what has to change, what came of it: the records that pass between the steps of write-back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from kam_connector.texts import Text, Words

if TYPE_CHECKING:
    import pandas as pd

Action = Literal["create", "update", "remove"]
Route = Literal["addon", "plain"]


@dataclass(frozen=True, slots=True)
class Desired:
    """The wanted records of one model: columns `company_id`, `kam_key` and the columns of its fields.

    A field whose column is absent is left as it is. Records of `companies` whose key begins as the
    pattern `scope` says and that are not in the frame have lost their subject (see `Destination.emptied`).
    """

    model: str
    frame: pd.DataFrame
    companies: frozenset[int] = frozenset()
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One record to make or to change: `values` only what differs, as the wire carries it.

    `version` is the record's version that the decision saw (0: none); `fingerprint` stands for the whole
    wanted content, so that the same key with other content is told apart. `touched`: a person has changed the
    record since it was made.
    """

    model: str
    company_id: int
    key: str
    action: Action
    values: Mapping[str, Any]
    fingerprint: str
    id: int = 0
    version: int = 0
    touched: bool = False
    former: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> tuple[str, int, str]:
        return (self.model, self.company_id, self.key)

    @property
    def journal_key(self) -> str:
        """The key in the outbox: model, company, record, content."""
        return f"{self.model}:{self.company_id}:{self.key}:{self.fingerprint}"


@dataclass(frozen=True, slots=True)
class Held:
    """A change that is not sent, and why: `quarantined` (refused before), `closed` (belongs to people now), `gone`,
    `edited` (people have changed it, and theirs wins; `values` is what was wanted, `former` what stands there), of an
    undo `rewritten` (a later run has written the record since), `merged` (its customer has become another)."""

    model: str
    company_id: int
    key: str
    why: Literal["quarantined", "closed", "gone", "edited", "rewritten", "merged"]
    fields: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    former: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """The dry run: what a push would send. `local` names what this route cannot show in the ERP, `told` what the ERP
    itself changes along with it."""

    route: Route
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    held: tuple[Held, ...] = ()
    local: tuple[Text, ...] = ()
    told: tuple[Text, ...] = ()

    def counts(self) -> dict[tuple[str, str], int]:
        """(model, action) to the number of changes, in the order of sending."""
        counted: dict[tuple[str, str], int] = {}
        for change in self.changes:
            counted[change.model, change.action] = counted.get((change.model, change.action), 0) + 1
        return counted


Status = Literal["created", "updated", "unchanged", "removed", "gone", "conflict", "refused", "postponed", "unknown"]
DONE: frozenset[Status] = frozenset({"created", "updated", "unchanged", "removed"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the ERP said about one change; `message` is its sentence, or ours, where it refused."""

    change: Change
    status: Status
    id: int = 0
    version: int = 0
    message: Words = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a push did: every change of the plan has one answer; `resolved` are leftovers of earlier runs.

    `taken_from` names the other connector that wrote to this ERP last, empty when that was this one.
    """

    answers: tuple[Answer, ...] = ()
    resolved: Mapping[str, int] = field(default_factory=dict)
    taken_from: str = ""

    def of(self, *statuses: Status) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.status in statuses)

    @property
    def written(self) -> int:
        """How many records the ERP holds otherwise than before."""
        return len(self.of("created", "updated", "removed"))

    @property
    def is_clean(self) -> bool:
        """Nothing was refused, postponed or is unknown."""
        return not self.of("conflict", "refused", "postponed", "unknown")
