"""A year's pay: a million invoice lines, half a million payments, 500 payees, five plans, twelve periods.

One process makes the tables and gives them to the engine as the night does; what is measured begins with the tables and
ends with every row, its reason and every statement of all plans.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.alone import peak_mib, run_alone

LINES, DOCUMENTS, PAYMENTS, PAYEES = 1_000_000, 400_000, 500_000, 500
FEWER = 20
"""With `--quick` so many times less: to try it, not to measure."""
YEAR = date(2026, 12, 31)
PLANS: dict[str, dict[str, Any]] = {
    "marginal": {},
    "whole": {"mode": "whole", "accumulate": "quarter"},
    "cash": {"tables": {"credit": {"source": "cash"}}},
    "attainment": {
        "on": "attainment", "accumulate": "year",
        "tables": {"quota": {"amount": "12000000"}, "draw": {"amount": "1000"}},
    },
    "days": {"tables": {"modifiers": {"days_to_pay": [{"from": 0, "points": "0.01"}, {"from": 30, "points": "0"}]}}},
}  # fmt: skip
"""The five plans, each for a fifth of the payees."""


def measure(rounds: int, *, quick: bool = False) -> str:
    """The table, in Markdown."""
    machine = document.machine()
    with tempfile.TemporaryDirectory(prefix="kam-bench-") as folder:
        path = Path(folder) / ("quick" if quick else "whole")
        runs = [run_alone("incentives", "engine", path) for _ in range(rounds)]
    size = FEWER if quick else 1
    seconds, peak = statistics.median(run["seconds"] for run in runs), max(run["peak"] for run in runs)
    return (
        "## Incentives\n\n"
        f"{LINES // size:,} invoice lines, {PAYMENTS // size:,} payments, {PAYEES} payees, {len(PLANS)} plans, twelve"
        f" periods, to every row with its reason and every statement; median of {rounds}. {machine}.\n\n"
        "| rows | statements | seconds | peak MiB |\n|---|---|---|---|\n"
        f"| {runs[0]['rows']:,} | {runs[0]['total']:,} | {seconds:.1f} | {peak:.0f} |\n"
    )


def _tables(size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Credits (one a line) and cash, the same every time."""
    dice = np.random.default_rng(7)
    lines, documents = LINES // size, DOCUMENTS // size
    document_id = np.sort(dice.integers(1, documents + 1, lines))
    day = dice.integers(0, 365, documents + 1)
    payee = dice.integers(1, PAYEES + 1, documents + 1)
    net = dice.integers(1_000, 500_000, lines)
    start = np.datetime64("2026-01-01", "D")
    total = np.bincount(document_id, weights=net * 1.13, minlength=documents + 1).astype(np.int64)
    credits = pd.DataFrame({
        "credit_id": np.arange(1, lines + 1), "document_id": document_id, "company_id": 1,
        "payee_id": payee[document_id], "login": [f"u{each}" for each in payee[document_id]],
        "date": start + day[document_id], "kind": "invoice", "origin_id": 0, "currency_id": 1, "net_minor": net,
        "document_total_minor": total[document_id],
    })  # fmt: skip
    paid = dice.integers(1, documents + 1, PAYMENTS // size)
    when = start + np.minimum(day[paid] + dice.integers(1, 90, len(paid)), 364)
    amount = np.maximum(total[paid] * 3 // 4, 1)
    return credits, pd.DataFrame({"document_id": paid, "date": when, "kind": "cash", "amount_minor": amount})


def _plan(place: int, code: str) -> Any:
    from kam_connector.policy import Plan

    keys = {"mode": "marginal", **PLANS[code]}
    tables = keys.pop("tables", {})
    starts = ("0", "0.5", "1") if keys.get("on") else ("0", "50000", "250000")
    brackets = [{"from": start, "rate": rate} for start, rate in zip(starts, ("0.02", "0.03", "0.04"), strict=True)]
    users = tuple(f"u{each}" for each in range(1, PAYEES + 1) if each % len(PLANS) == place)
    return Plan.model_validate({
        "plan": {"code": code, "valid_from": date(2026, 1, 1)}, "payees": {"users": users},
        "component": [{"kind": "commission", "brackets": brackets, **keys}], **tables,
    })  # fmt: skip


def _pay(size: int) -> tuple[int, int, float]:
    """Rows, statements and seconds."""
    from kam_connector.money import Currency
    from kam_connector.rules.pay.engine import compute_pay
    from kam_connector.rules.pay.given import Given
    from kam_connector.rules.pay.rows import pay_rows

    currencies = {1: Currency("CNY", 2)}
    credits, cash = _tables(size)
    start = time.perf_counter()
    rows = statements = 0
    for place, code in enumerate(PLANS):
        pay = compute_pay(_plan(place, code), Given(credits, YEAR, currencies, {1: 1}, cash))
        rows += len(pay_rows(pay, currencies))
        statements += len(pay.statements)
    return rows, statements, time.perf_counter() - start


if __name__ == "__main__":
    import json

    found = _pay(FEWER if Path(sys.argv[2]).name == "quick" else 1)
    print(json.dumps({"rows": found[0], "total": found[1], "seconds": found[2], "peak": peak_mib()}))
