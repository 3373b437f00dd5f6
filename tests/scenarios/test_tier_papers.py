"""Stories of tiers as business papers (`tiers/*.md`): a heading a run, a table of what comes in and what is decided."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import ledger
from kam_connector.ledger import Ledger
from kam_connector.policy.tiering import TierPolicy
from kam_connector.rules.tiers import decide_tiers
from kam_connector.runs.known import record_tiers, tiers_on
from tests.rules.papers import points_of, tier_policy

PAPERS = sorted((Path(__file__).parent / "tiers").glob("*.md"))
DECIDED = ("tier", "status", "why")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """One heading of a paper: its words, its day, its rows."""

    heading: str
    day: date
    rows: list[Row]


def runs_of(text: str) -> Iterator[Run]:
    for part in text.split("\n## ")[1:]:
        heading, *lines = part.splitlines()
        found = re.match(r"On (\d+) June", heading)
        assert found, heading
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
        rows = [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]
        yield Run(heading, date(2026, 6, int(found[1])), rows)


def policy_of(text: str) -> TierPolicy:
    """The policy of `tests.rules.papers` with what the paper's block says: [stability], [seats] by tier."""
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    said: dict[str, Any] = tomllib.loads(block[1]) if block else {}
    seats = said.pop("seats", {})
    tiers = [{**tier.model_dump(), "capacity": seats.get(tier.name)} for tier in tier_policy().tier]
    return tier_policy(tier=tiers, **said)


def decide(book: Ledger, run: Run, numbers: dict[str, int], policy: TierPolicy) -> list[tuple[str, ...]]:
    """What the run decides, row by row as in the paper; it stands in the book afterwards."""
    customer = [numbers.setdefault(row["customer"], len(numbers) + 1) for row in run.rows]
    score = [float(row["score"]) if row["score"] else None for row in run.rows]
    facts = points_of([[value] * 4 for value in score]).assign(customer_id=customer)
    facts["revenue_12m_minor"] = [100 * int(row.get("revenue") or 0) for row in run.rows]
    keys = facts[["company_id", "customer_id"]]
    frozen = keys.assign(cause=[row.get("open", "") for row in run.rows])
    byhand = [(row.get("by hand") or " ").split(" ") for row in run.rows]
    forced = keys.assign(tier=[words[0] for words in byhand], until=[f"2026-{words[1]}" for words in byhand])
    decisions = decide_tiers(
        facts, tiers_on(book, run.day), policy, run.day, forced[forced["tier"] != ""], frozen[frozen["cause"] != ""]
    )
    record_tiers(book, decisions.frame, run.day)
    reasons = decisions.frame["reason_code"].str.removeprefix("tier.")
    return list(zip(decisions.frame["tier"], decisions.frame["status"], reasons, strict=True))


@pytest.mark.requirement("S4-81")
@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.stem)
def test_the_runs_decide_what_the_paper_says(paper: Path, tmp_path: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    policy, numbers = policy_of(text), dict[str, int]()
    told, decided = [], []
    with ledger.open(tmp_path / "ledger.db") as book:
        for run in runs_of(text):
            found = decide(book, run, numbers, policy)
            told += [(run.heading, row["customer"], *(row[name] for name in DECIDED)) for row in run.rows]
            decided += [(run.heading, row["customer"], *each) for row, each in zip(run.rows, found, strict=True)]
    assert told
    assert decided == told
