"""What `--input` answers: ageing and worklist of a user's own files, in the same rows as those of the mirror."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from kam_connector.facts.items import Counted
from kam_connector.findings import Finding
from kam_connector.inputs.tasks import read_tasks
from kam_connector.policy import Policy, PolicyInForce
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.rules import dunning
from kam_connector.rules.debtors import Debtors
from kam_connector.runs.aged import How, Receivables, age_items
from kam_connector.runs.ageing_tables import ageing_rows, ageing_totals, with_tiers
from kam_connector.runs.document_ageing import age_by_currency
from kam_connector.runs.result import Result, Row
from kam_connector.runs.tables import sum_by_currency, task_rows
from kam_connector.runs.trial import Trial, open_papers
from kam_connector.runs.trial_promises import judge_trial_promises

_SPACES = {name: name for name in ("company", "customer", "salesperson", "team")} | {"group": "customer"}
"""Which codes the columns of an answer are in."""


@dataclass(frozen=True, slots=True)
class Files:
    """The user's files, the day and the policy to try them with."""

    items: Path
    matches: Path | None
    tasks: Path | None
    as_of: date
    policy: Policy
    lang: str
    promises: Path | None = None


@dataclass(frozen=True, slots=True)
class _Tried:
    """The files as of the day, aged."""

    trial: Trial
    owed: Receivables
    policy: PolicyInForce


def try_ageing(files: Files, *, by: str, how: How) -> Result:
    """The ageing of items.csv and matches.csv as of a day, tied out to the sum of the items' balances."""
    tried = _age(files, how)
    owed, names = tried.owed, tried.trial.names
    rows = ageing_rows(replace(owed, rows=with_tiers(owed.rows, tried.trial.items)), names, by=by)
    return _result("ageing show", files, tried, rows, ageing_totals(owed, names))


def try_worklist(files: Files) -> Result:
    """Whom to ask for money, by the same files; tasks.csv says what was asked before, promises.csv what was promised.

    A customer of whom items.csv names no payer_class is a new one; all are on the clock of UTC.
    """
    tried = _age(files, How())
    trial, collections = tried.trial, tried.policy.collections
    said = judge_trial_promises(files.promises, trial.papers, collections, files.as_of) if files.promises else None
    before = _about_oldest(read_tasks(files.tasks, trial.codes["customer"]), tried.owed.items)
    decided = dunning.decide_tasks(
        tried.owed.rows,
        tried.owed.items,
        _ranked(trial.items, tried.policy),
        _as_made(before, collections),
        collections,
        files.as_of,
        trial.companies,
        said.frame if said else None,
        Debtors(payers=_classes(trial.items)),
    )
    rows = task_rows(decided.frame, trial.names, files.lang)
    result = _result("collections worklist", files, tried, rows, sum_by_currency(rows, "amount"))
    return replace(result, findings=(*result.findings, *(said.findings if said else ())))


def _age(files: Files, how: How) -> _Tried:
    policy = files.policy.at(files.as_of)
    counted_by: Counted = "document" if how.currency == "document" else "company"
    trial = open_papers(files.items, files.matches, files.as_of, policy, files.lang, counted_by)
    ageing, day = policy.collections.ageing, files.as_of
    if counted_by == "document":
        owed = age_by_currency(trial.items, trial.ledger, trial.names.currencies, ageing, day, how)
    else:
        owed = age_items(trial.items, trial.ledger, trial.companies, ageing, day, how)
    return _Tried(trial, owed, policy)


def _ranked(items: pd.DataFrame, policy: PolicyInForce) -> pd.DataFrame:
    """company_id, customer_id, tier, tier_rank (0 is the best tier) of the customers whose tier the file names."""
    ranks = {code: place for place, code in enumerate(policy.tiers.codes)}
    ranked = items[["company_id", "customer_id", "tier"]].assign(tier_rank=items["tier"].map(ranks))
    return ranked.dropna().drop_duplicates(["company_id", "customer_id"])


def _classes(items: pd.DataFrame) -> pd.DataFrame:
    """company_id, customer_id, payer_class as the customer's first item that has one says."""
    named: pd.DataFrame = items.loc[items["payer_class"] != "", ["company_id", "customer_id", "payer_class"]]
    return named.drop_duplicates(["company_id", "customer_id"])


def _as_made(tasks: pd.DataFrame, policy: CollectionsPolicy) -> pd.DataFrame:
    """The tasks with the deadline that they got on the day on which they were opened; none where that is not known."""
    within = tasks["step"].map({step.code: step.within_days for step in policy.step})
    return tasks.assign(deadline=tasks["opened"] + pd.to_timedelta(within, unit="D"))


def _about_oldest(tasks: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """The tasks with company and item: the customer's oldest open debt, for the file names none."""
    debts = items[items["residual_minor"] > 0].sort_values(["due_date", "item_id"], kind="stable")
    oldest = debts.drop_duplicates(["company_id", "customer_id"])[["company_id", "customer_id", "item_id"]]
    return tasks.merge(oldest.rename(columns={"item_id": "oldest_item_id"}), on="customer_id")


def _result(command: str, files: Files, tried: _Tried, rows: list[Row], totals: list[Row]) -> Result:
    trial = tried.trial
    return Result(
        command,
        rows=[_own_texts(row, trial) for row in rows],
        totals=[_own_texts(row, trial) for row in totals],
        findings=(*trial.findings, *(_own_record(found, trial) for found in tried.owed.findings)),
        as_of=files.as_of,
        policy=", ".join(f"{name} {day}" for name, day in tried.policy.versions.items()),
        names={"tier": trial.names.tiers, "step": trial.names.steps},
    )


def _own_texts(row: Row, trial: Trial) -> Row:
    """The row with the file's own texts in the place of codes (CONTRACTS: ids are the file's own strings)."""
    coded = {name: trial.codes[space].names for name, space in _SPACES.items() if isinstance(row.get(name), int)}
    return {**row, **{name: texts.get(row[name], "") for name, texts in coded.items()}}


def _own_record(found: Finding, trial: Trial) -> Finding:
    space = "company" if found.source.endswith("tie_out") else "item"
    return replace(found, record=trial.codes[space].names.get(int(found.record), ""))
