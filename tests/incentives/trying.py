"""`kam incentives simulate` in this process, on a plan and files written as texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from kam_connector.cli.main import kam

HEAD = '[plan]\ncode = "p"\nvalid_from = 2026-01-01\n{head}\n[payees]\nusers = ["*"]\n'


@dataclass(frozen=True, slots=True)
class Answer:
    """What the command printed."""

    exit_code: int
    rows: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    findings: list[dict[str, str]]

    @property
    def payouts(self) -> list[str]:
        """The payout of each total, in its order."""
        return [total["payout"] for total in self.totals]

    def earned(self, credit: str) -> Decimal:
        """What a credit earned, all slices together."""
        return sum((Decimal(row["amount_exact"]) for row in self.rows if row["credit"] == credit), Decimal(0))


def commission(*brackets: tuple[str, str], more: str = 'mode = "marginal"', figure: str = "rate") -> str:
    """A [[component]] of kind commission."""
    lines = ", ".join(f'{{ from = "{start}", {figure} = "{value}" }}' for start, value in brackets)
    return f'[[component]]\nkind = "commission"\n{more}\nbrackets = [{lines}]\n'


def plan_text(*parts: str, head: str = 'currency = "CNY"') -> str:
    """A plan of these tables."""
    return HEAD.format(head=head) + "\n".join(parts)


def table(columns: str, *rows: str) -> str:
    """A CSV text."""
    return "\n".join([columns, *rows]) + "\n"


def simulate(folder: Path, plan: str, credits: str, options: Sequence[str] = (), **files: str) -> Answer:
    """The answer to the command with files of these texts: cash, paid, rates, against."""
    words = ["--home", str(folder), "--lang", "en", "incentives", "simulate", "--format", "json", *options]
    for name, text in {"plan": plan, "credits": credits, **files}.items():
        path = folder / f"{name}.{'toml' if name in ('plan', 'against') else 'csv'}"
        path.write_text(text, encoding="utf-8")
        words += [f"--{name}", str(path)]
    done = CliRunner().invoke(kam, words, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    answer = json.loads(done.stdout)
    return Answer(done.return_value, answer["rows"], answer.get("totals", []), answer["findings"])
