"""`kam ageing snapshot`: a day's ageing stands frozen in the book, each company's, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kam_connector.errors import Contradiction, InputError
from kam_connector.facts.companies import companies
from kam_connector.findings import Finding
from kam_connector.money import minor_text
from kam_connector.policy.receivables import Basis
from kam_connector.rules.decisions import company_currencies
from kam_connector.runs import frozen
from kam_connector.runs.extraction import last_pull
from kam_connector.runs.frozen import Found, Snapshot
from kam_connector.runs.positions import Standing, read_standings
from kam_connector.runs.result import Result, Row
from kam_connector.runs.sources import sources_of
from kam_connector.runs.workspace import Workspace, business_days, pulled_days, zones

Pair = tuple[Standing, Found | None]
"""A day as the books stand now, and as it was frozen last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which day (None: each company's today) by which basis (None: the policy's), and whether to freeze it again."""

    as_of: date | None = None
    basis: Basis | None = None
    again: bool = False


def freeze(workspace: Workspace, asked: Asked, run: str) -> Result:
    """The ageing of the day stands frozen in the book, each company's; one that is so already stays as it is.

    Rows: company, day, basis, sequence, state (frozen or unchanged), since when, figures. Errors: InputError for a day
    that has not come or an empty mirror; Contradiction when a day was frozen with other figures, unless `again`. In
    either case nothing is frozen.
    """
    days = days_of(workspace, asked.as_of)
    pairs = _pairs(workspace, days, asked)
    _refuse_others(pairs, asked)
    fresh = [(standing, found) for standing, found in pairs if found is None or _is_other(standing, found)]
    made = {standing.key: _snapshot(workspace, standing, found, run) for standing, found in fresh}
    workspace.ledger.append_many(
        entry for standing, _ in fresh for entry in frozen.entries(made[standing.key], standing.tables())
    )
    known = {found.snapshot.key: found.snapshot for _, found in pairs if found} | made
    rows = [_row(known[standing.key], made) for standing, _ in pairs]
    findings = (*_early_pulls(workspace, days), *_untied(made.values())) if made else ()
    return Result("ageing snapshot", rows=rows, findings=findings, as_of=max(days.values()), run=run)


def days_of(workspace: Workspace, as_of: date | None) -> dict[int, date]:
    """Each company's day. InputError for an empty mirror or a day that has not come."""
    days, today = pulled_days(workspace, as_of), business_days(workspace, None)
    if any(day > today[company] for company, day in days.items()):
        raise InputError(
            "{day} has not come yet: its ageing cannot be frozen.",
            next_step="Name today or an earlier day with --as-of.",
            day=max(days.values()),
        )
    return days


def figures(snapshot: Snapshot) -> Row:
    """A frozen day as a row: company, day, basis, sequence, moment, amounts, number of items and matches."""
    currency = snapshot.money
    amounts = {
        "total": snapshot.totals["total_minor"],
        "ledger": snapshot.ledger_minor,
        "difference": snapshot.difference_minor,
    }
    return {
        "company": snapshot.company_id,
        "as_of": snapshot.as_of,
        "basis": snapshot.basis,
        "sequence": snapshot.sequence,
        "frozen_on": snapshot.frozen_on,
        "currency": snapshot.currency,
        **{name: minor_text(amount, currency) for name, amount in amounts.items()},
        "items": snapshot.counts[frozen.ITEMS],
        "matches": snapshot.counts[frozen.MATCHES],
    }


def _pairs(workspace: Workspace, days: Mapping[int, date], asked: Asked) -> list[Pair]:
    sources, before = sources_of(workspace), frozen.read_latest(workspace.ledger)
    pairs = []
    for day in sorted(set(days.values())):
        mine = [company for company, own in sorted(days.items()) if own == day]
        standings = read_standings(sources, day, mine, asked.basis)
        pairs += [(standing, before.get(standing.key)) for standing in standings]
    return pairs


def _is_other(standing: Standing, found: Found) -> bool:
    return found.snapshot.content != standing.content


def _refuse_others(pairs: list[Pair], asked: Asked) -> None:
    for standing, found in pairs:
        if found is None or asked.again or not _is_other(standing, found):
            continue
        raise Contradiction(
            "The ageing of {day} of company {company} was frozen on {moment} with other figures; nothing was frozen.",
            next_step="`kam ageing changes --as-of {day}` says what moved; --again freezes the new figures too.",
            day=standing.as_of,
            company=standing.company_id,
            moment=found.snapshot.frozen_on,
        )


def _snapshot(workspace: Workspace, standing: Standing, former: Found | None, run: str) -> Snapshot:
    own = companies(workspace.mirror.ibis).to_pandas()
    currency = company_currencies(own)[standing.company_id]
    tables = standing.tables()
    return Snapshot(
        company_id=standing.company_id,
        as_of=standing.as_of.isoformat(),
        basis=standing.policy.basis,
        sequence=former.snapshot.sequence + 1 if former else 1,
        former=former.number if former else 0,
        frozen_on=datetime.now(UTC).isoformat(timespec="seconds"),
        run=run,
        policy_hash=workspace.policy.hash,
        parameters=standing.policy.model_dump(mode="json"),
        currency=currency.code,
        digits=currency.digits,
        totals=standing.totals,
        ledger_minor=standing.ledger_minor,
        difference_minor=standing.total_minor - standing.ledger_minor,
        counts={name: len(table) for name, table in tables.items()},
        content=standing.content,
        inputs=frozen.inputs_of(tables),
    )


def _row(snapshot: Snapshot, made: Mapping[str, Snapshot]) -> Row:
    return {**figures(snapshot), "state": "frozen" if snapshot.key in made else "unchanged"}


def _untied(made: Iterable[Snapshot]) -> Iterator[Finding]:
    """A finding for each frozen ageing that is not the ledger's balance: frozen it is all the same."""
    for snapshot in made:
        if snapshot.difference_minor:
            difference = minor_text(snapshot.difference_minor, snapshot.money)
            text = "The ageing of {day} was frozen although it differs from the ledger by {difference} {currency}."
            values = {"day": snapshot.as_of, "difference": difference, "currency": snapshot.currency}
            yield Finding("warning", "ageing.snapshot", str(snapshot.company_id), text, values)


def _early_pulls(workspace: Workspace, days: Mapping[int, date]) -> Iterator[Finding]:
    """A finding for each company whose day was not over when the ERP was last read."""
    pulled, zone = last_pull(workspace.mirror), zones(workspace)
    for company, day in sorted(days.items()):
        over = datetime.combine(day + timedelta(days=1), time(), zone[company])
        if pulled is None or pulled < over:
            text = (
                "{day} was not over when the ERP was last read ({moment}): what was posted since is not in the figures."
            )
            moment = pulled.isoformat(timespec="seconds") if pulled else "-"
            yield Finding("warning", "ageing.snapshot", str(company), text, {"day": day, "moment": moment})
