"""From the night's frames to the wanted records, one `Desired` a model."""

from __future__ import annotations

from collections.abc import Callable

from ibis import BaseBackend

from kam_connector.writeback.current import Tables
from kam_connector.writeback.decided import Decided
from kam_connector.writeback.digits import read_digits
from kam_connector.writeback.frozen import frozen_lines, frozen_sets
from kam_connector.writeback.pay_periods import kept_payouts
from kam_connector.writeback.plans import Desired
from kam_connector.writeback.playbooks import early_warnings, playbook_tasks
from kam_connector.writeback.receivables import ageing_lines, ageings, bad_debt_cases, collection_tasks
from kam_connector.writeback.scores import customers, scores, segments, tiers
from kam_connector.writeback.statements import complaints, payout_lines, payouts, promises
from kam_connector.writeback.targets import reached_targets

_BUILDERS: tuple[Callable[[Decided], Desired | None], ...] = (
    tiers,
    segments,
    customers,
    scores,
    ageings,
    ageing_lines,
    frozen_sets,
    frozen_lines,
    collection_tasks,
    early_warnings,
    playbook_tasks,
    complaints,
    promises,
    bad_debt_cases,
    reached_targets,
)


def desired_records(decided: Decided, con: BaseBackend) -> list[Desired]:
    """The wanted records of every step that ran, only for the companies of the night.

    `con` is the mirror's connection: it knows how many decimals each currency has.
    """
    digits = read_digits(Tables(con))
    found = [build(decided) for build in _BUILDERS]
    stated = payouts(decided, digits)
    found.extend([stated, kept_payouts(decided.pay_periods, stated), payout_lines(decided, digits)])
    return [_of_companies(item, decided.company_ids) for item in found if item is not None]


def _of_companies(desired: Desired, companies: frozenset[int]) -> Desired:
    mine = desired.frame[desired.frame["company_id"].isin(companies)]
    return Desired(desired.model, mine.reset_index(drop=True), companies, desired.scope)
