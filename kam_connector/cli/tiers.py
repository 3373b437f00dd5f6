"""`kam tiers`: which customers are key accounts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kam_connector.cli.options import DAY, FILE, answers, by_group, dated, find_settings, finish, own_policy, today
from kam_connector.cli.reading import show_answer
from kam_connector.cli.recording import record_and_answer
from kam_connector.cli.speech import language, told

if TYPE_CHECKING:
    from kam_connector.runs.result import Result


@click.group()
def tiers() -> None:
    """Scores and tiers of customers."""


@tiers.command()
@dated
@by_group
@click.option("--segment", help="Only customers of this segment, by its code in tiers.toml.", metavar="CODE")
@answers
def show(as_of: date | None, by: str, segment: str | None, output_format: str) -> int:
    """Print what the tiers would be, from the mirror as it is; nothing is recorded.

    By group the customers below one parent are rated as one, each counted once: what they bought, owe and score
    together, and how many of them are in which tier.

    \b
    Example:
      kam tiers show --segment key
      kam tiers show --by group --format csv
    """
    if by == "group" and segment is not None:
        raise click.UsageError(told("A group has no segment: give --by group or --segment, not both."))
    return show_answer("tiers", as_of, output_format, by=by, segment=segment)


@tiers.command()
@dated
@answers
def pareto(as_of: date | None, output_format: str) -> int:
    """Print which customers make most of the revenue and which make most of the margin, in classes A, B, C and N.

    \b
    Example:
      kam tiers pareto
    """
    return show_answer("pareto", as_of, output_format)


@tiers.command()
@dated
@answers
def run(as_of: date | None, output_format: str) -> int:
    """Decide the tiers from the mirror as it is and record them in the ledger; the ERP is not touched.

    \b
    Example:
      kam tiers run
    """
    from kam_connector.runs.answers import tiers_of
    from kam_connector.runs.night import record

    return record_and_answer(
        "tiers",
        as_of,
        output_format,
        record=lambda workspace, seen: record(workspace, seen.nights),
        answer=lambda seen, lang, name: tiers_of(seen, lang, run=name),
    )


@tiers.command()
@dated
@click.option("--customer", type=int, help="Only this customer, by its id in the ERP.")
@click.option("--from", "first", type=DAY, help="Only tiers that still held on that day or later.", metavar="DAY")
@click.option("--to", "last", type=DAY, help="Only tiers that began on that day or before.", metavar="DAY")
@click.option("--scores", is_flag=True, help="A row also where only score or status changed.")
@answers
def history(
    as_of: date | None, customer: int | None, first: date | None, last: date | None, scores: bool, output_format: str
) -> int:
    """Print since when each customer has been in which tier, until when, and why, as the ledger has it.

    \b
    Example:
      kam tiers history --from 2026-01-01 --to 2026-06-30
    """
    from kam_connector.runs.tier_history import Asked

    return show_answer("tier_history", as_of, output_format, asked=Asked(customer, first, last, scores))


@tiers.command()
@dated
@click.option("--policy", "candidate", type=FILE, help="The tiers file to try.", metavar="TOML")
@click.option("--facts", type=FILE, help="A file of customers' figures in place of the mirror.", metavar="CSV")
@click.option("--history", "earlier", type=FILE, help="What earlier runs made of its customers.", metavar="CSV")
@click.option("--all", "every", is_flag=True, help="Also the customers of the mirror who stay where they are.")
@answers
def simulate(
    as_of: date | None,
    candidate: Path | None,
    facts: Path | None,
    earlier: Path | None,
    every: bool,
    output_format: str,
) -> int:
    """Try a tiers file: who would move, from, to and why; or rate the customers of a file. Nothing is written.

    On the mirror, "settles" is the tier at rest when the figures stay as they are, and "settled_in" the run that leads
    to it. The segments stand beside the tiers: before, in the first run, at rest, and why. A file of figures is rated
    by --policy, else by the policy in force, without any ERP.

    \b
    Example:
      kam tiers simulate --policy tiers-2027.toml
    """
    if facts is not None:
        return finish(_try_on_file(facts, earlier, candidate, as_of or today()), output_format)
    if candidate is None or earlier is not None:
        raise click.UsageError(told("Give --policy to try it on the mirror, or --facts; --history goes with --facts."))
    return finish(_try_on_mirror(candidate, as_of, every), output_format)


def _try_on_file(facts: Path, earlier: Path | None, candidate: Path | None, as_of: date) -> Result:
    from kam_connector.policy import read_candidate
    from kam_connector.runs.tier_trial import TierFiles, try_facts

    if candidate is not None:
        tried = read_candidate(candidate)
        policy, version = tried.model, tried.version
    else:
        policy = own_policy().at(as_of).tiers
        version = f"tiers {policy.valid_from.isoformat()}"
    return try_facts(TierFiles(facts, earlier, as_of, policy, version, language()))


def _try_on_mirror(candidate: Path, as_of: date | None, every: bool) -> Result:
    from kam_connector.policy import read_candidate
    from kam_connector.runs.tier_trial import try_policy
    from kam_connector.runs.workspace import open_workspace

    tried = read_candidate(candidate)
    with open_workspace(find_settings(), lang=language()) as workspace:
        return try_policy(workspace, as_of, tried, every=every)
