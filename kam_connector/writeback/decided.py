"""What a night decided, as the rules and facts answer it: the input of write-back.

None in the place of a frame says "this step did not run": its records in the ERP are left as they are. An
empty frame says "it ran and found nothing": records that have lost their subject are emptied or closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from kam_connector.writeback.pay_periods import PayPeriods


@dataclass(frozen=True, slots=True)
class Decided:
    """The frames of one night; the columns are those of the functions named here.

    - `companies`: `facts.companies` (company_id, currency_id, digits); only these companies are written to
    - `customers`: `facts.customers` (customer_id, user_id, team_id)
    - `tiers`: `rules.tiers.decide_tiers`, beside it segment, segment_code, segment_args where segments were decided;
      `tier_codes`: the policy's tiers, the best first, with `tier_names` in English, `tier_colors` (Odoo's palette) and
      `tier_service` (visit_days, sla_class, discount_limit, credit_factor, executive_visits) where the policy has them;
      `rating_days`: for how many days a rating by people counts;
      `segment_names`: the policy's segments in order, in English (None: nothing is known of segments)
    - `revenue`: `facts.revenue` (revenue_12m_minor, revenue_prev_12m_minor)
    - `ageing`: `rules.ageing.by_customer`; `tie_out`: `rules.ageing.tie_out`; `basis`: due or recognition;
      `other_ageing`: the same items by the other clock (None: only one is shown)
    - `payers`: `rules.payers.decide_payers`; `expected`: `rules.expected.next_payments`; `credit`:
      `rules.exposure.advise_credit`; `provision`: `rules.provision.compute_provision`
    - `tasks`: `rules.dunning.decide_tasks`, plus move_id, the oldest item's document, where it is known
    - `warnings`: `runs.warned.warnings_to_show`; `playbooks`: `rules.playbooks.plan_playbooks`
    - `promises`: `rules.promises.decide_promises`
    - `cases`: `rules.cases.decide_cases`
    - `payouts`, `payout_lines`: `rules.payouts.state_payouts`, with the plans and periods that were computed in
      `paid_periods`: a statement of theirs that is no longer due is emptied; `pay_periods`: `runs.pay_standing`
    - `reached`: `runs.reached.measure_targets`
    - `deadlines`: `rules.deadlines.complaint_deadlines`, plus company_id; `escalations`:
      `rules.escalations.decide_escalations` of the same complaints (None: nothing is known of them)
    - `taken`: `rules.intake.take_in`, the tickets and claims that become complaints; `case_keys`:
      `facts.foreign_cases.case_keys`, under which key each complaint stands
    - `compensation`: the `rest` of `runs.compensation.find_compensation`, what each complaint shows as proposed
      (None: nothing is known)
    - `faith`: the `rest` of `runs.faith.weigh_complaints`, what each complaint shows as evidence (None: nothing is
      known); one that is not in it shows none
    - `frozen`, `frozen_lines`: frozen ageings whose copy, or a line of it, the ERP lacks (`runs.copies`): company_id,
      copy_key, as_of, basis, sequence and amounts; company_id, copy_key, customer_id, user_id, team_id, amounts,
      oldest_due and the reason
    """

    as_of: date
    companies: pd.DataFrame
    customers: pd.DataFrame | None = None
    tiers: pd.DataFrame | None = None
    tier_codes: tuple[str, ...] = ()
    tier_names: Mapping[str, str] = field(default_factory=dict)
    tier_colors: Mapping[str, int] = field(default_factory=dict)
    tier_service: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    rating_days: int | None = None
    segment_names: Mapping[str, str] | None = None
    revenue: pd.DataFrame | None = None
    ageing: pd.DataFrame | None = None
    tie_out: pd.DataFrame | None = None
    basis: str = "due"
    other_ageing: pd.DataFrame | None = None
    payers: pd.DataFrame | None = None
    expected: pd.DataFrame | None = None
    credit: pd.DataFrame | None = None
    provision: pd.DataFrame | None = None
    tasks: pd.DataFrame | None = None
    warnings: pd.DataFrame | None = None
    playbooks: pd.DataFrame | None = None
    promises: pd.DataFrame | None = None
    cases: pd.DataFrame | None = None
    payouts: pd.DataFrame | None = None
    payout_lines: pd.DataFrame | None = None
    paid_periods: tuple[tuple[str, str], ...] = ()
    pay_periods: PayPeriods | None = None
    reached: pd.DataFrame | None = None
    deadlines: pd.DataFrame | None = None
    escalations: pd.DataFrame | None = None
    taken: pd.DataFrame | None = None
    case_keys: pd.DataFrame | None = None
    compensation: pd.DataFrame | None = None
    faith: pd.DataFrame | None = None
    frozen: pd.DataFrame | None = None
    frozen_lines: pd.DataFrame | None = None

    @property
    def clocks(self) -> dict[str, pd.DataFrame]:
        """The ageing by basis: that of the policy, and the other one where there is one."""
        other = "recognition" if self.basis == "due" else "due"
        both = {self.basis: self.ageing, other: self.other_ageing}
        return {basis: frame for basis, frame in both.items() if frame is not None}

    @property
    def company_ids(self) -> frozenset[int]:
        """The companies that were decided about."""
        return frozenset(int(number) for number in self.companies["company_id"])
