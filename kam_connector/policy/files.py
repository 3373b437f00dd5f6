"""One policy file: text, checked model, and what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path as FilePath
from typing import TypeAlias

from pydantic import ValidationError

from kam_connector.policy.appraisal import AppraisalPolicy, find_appraisal_problems
from kam_connector.policy.complaints import ComplaintPolicy, find_complaint_problems
from kam_connector.policy.extraction import SyncPolicy, find_sync_problems
from kam_connector.policy.flaws import Flaw, describe, problems_of
from kam_connector.policy.focus import FocusPolicy, find_focus_problems
from kam_connector.policy.lines import Path, find_lines
from kam_connector.policy.plan_problems import find_plan_problems
from kam_connector.policy.plans import Plan
from kam_connector.policy.receivables import CollectionsPolicy, find_collections_problems
from kam_connector.policy.tiering import TierPolicy, find_tier_problems
from kam_connector.policy.values import Problem, Problems
from kam_connector.policy.warnings import WarningPolicy, find_warning_problems
from kam_connector.texts import Text

Model: TypeAlias = (
    TierPolicy | CollectionsPolicy | ComplaintPolicy | WarningPolicy | SyncPolicy | AppraisalPolicy | FocusPolicy | Plan
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of policy, known by the table that each of its files has."""

    name: str
    table: str
    model: type[Model]
    find: Callable[..., Problems]


KINDS = (
    Kind("tiers", "tiering", TierPolicy, find_tier_problems),
    Kind("collections", "ageing", CollectionsPolicy, find_collections_problems),
    Kind("complaints", "complaints", ComplaintPolicy, find_complaint_problems),
    Kind("warnings", "warnings", WarningPolicy, find_warning_problems),
    Kind("sync", "sync", SyncPolicy, find_sync_problems),
    Kind("appraisal", "appraisal", AppraisalPolicy, find_appraisal_problems),
    Kind("focus", "focus", FocusPolicy, find_focus_problems),
    Kind("incentives", "plan", Plan, find_plan_problems),
)


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file that could be read; `name` is relative to its folder, `lines` says where each key stands."""

    name: str
    kind: str
    model: Model
    lines: dict[Path, int]

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.model.valid_from

    @property
    def code(self) -> str:
        """What its versions have in common: the plan's code, else the kind."""
        return self.model.code if isinstance(self.model, Plan) else self.kind

    @property
    def digest(self) -> str:
        """SHA-256 of the content; comments, order of keys and the file's name do not count."""
        content = self.model.model_dump(mode="json", by_alias=True)
        canonical = json.dumps([self.kind, content], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def read_file(folder: FilePath, path: FilePath) -> tuple[PolicyFile | None, list[Flaw]]:
    """The file's model, or None, and everything that is wrong with it alone."""
    name = path.relative_to(folder).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except OSError as cause:
        return None, [Flaw(name, None, "", Text("{name} cannot be read: {cause}.", {"name": name, "cause": cause}))]
    except UnicodeDecodeError:
        return None, [Flaw(name, None, "", Text("{name} is not UTF-8 text.", {"name": name}))]
    except tomllib.TOMLDecodeError as cause:
        return None, [Flaw(name, None, "", Text("{name} is not valid TOML: {cause}.", {"name": name, "cause": cause}))]
    return _check(name, content, find_lines(text))


def _check(name: str, content: dict[str, object], lines: dict[Path, int]) -> tuple[PolicyFile | None, list[Flaw]]:
    kind = next((kind for kind in KINDS if kind.table in content), None)
    if kind is None:
        tables = ", ".join(f"[{kind.table}]" for kind in KINDS)
        return None, [
            Flaw(
                name,
                None,
                "",
                Text("{name} is no policy: it has none of the tables {tables}.", {"name": name, "tables": tables}),
            )
        ]
    try:
        model = kind.model.model_validate(content)
    except ValidationError as error:
        return None, _flaws(name, lines, problems_of(error, kind.model, lines))
    return PolicyFile(name, kind.name, model, lines), _flaws(name, lines, kind.find(model))


def _flaws(name: str, lines: dict[Path, int], problems: Iterator[Problem]) -> list[Flaw]:
    return [describe(name, lines, problem) for problem in problems]
