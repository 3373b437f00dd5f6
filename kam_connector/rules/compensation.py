"""What a complaint is made good with, up to which amount, and who approves it. Requirement S4-69.

Whoever promises in the heat of a complaint promises too much, or each time another amount. The proposal is the lowest
of three: the documented loss; the policy's share of what the line, invoice or order was sold for; what is left of the
customer's budget of the calendar year in which the complaint came in. Earlier complaints come first, what people have
agreed comes before everything. The approver follows from what the customer gets for all complaints received within
90 days, so that five small gifts need the same approval as a large one. A person may agree another amount.

Worked figure: a contract complaint, loss 3,000.00 on a line sold for 4,500.00 with a cap of 0.50, budget 5,000.00 of
which 3,000.00 are spent: 3,000.00, 2,250.00 and 2,000.00, so 2,000.00 is proposed; together 5,000.00 within 90 days.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.money import Currency, minor_text
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.rules.compensation_limits import budgets_of, caps_of, remedies_of, steps_of
from kam_connector.rules.decisions import (
    Decisions,
    Flags,
    Whole,
    company_currencies,
    days_of,
    ids_of,
    require_columns,
    values_by,
)
from kam_connector.rules.orders import worth_by_case, worths_of, worths_of_wholes
from kam_connector.rules.reasons import REASONS, reason_args
from kam_connector.texts import Text

CASES = (
    "complaint_id", "company_id", "customer_id", "type", "severity", "tier", "state", "received_at", "received_on",
    "claimed_minor", "loss_minor", "remedy", "agreed_minor", "is_agreed", "is_withheld",
)  # fmt: skip
LOSSES = (
    "complaint_id", "loss_minor", "paper", "total_minor", "currency_id", "currency_rate", "whole", "whole_minor",
    "whole_currency_id", "whole_rate",
)  # fmt: skip
PROPOSALS = [
    "complaint_id", "company_id", "customer_id", "currency_id", "proposed_remedy", "proposed_amount_minor",
    "proposed_limit", "approver", "proposal_code", "proposal_args",
]  # fmt: skip
PROPOSABLE = ("accepted", "classified", "assigned", "investigating", "proposed")
"""States in which a complaint is believed, and nobody has approved a solution yet."""
SOURCE = "rules.compensation"


@dataclass(frozen=True, slots=True)
class Books:
    """The companies (company_id, currency_id, currency, digits) and all currencies by id."""

    companies: pd.DataFrame
    currencies: Mapping[int, Currency]


def propose_compensation(cases: pd.DataFrame, losses: pd.DataFrame, policy: ComplaintPolicy, books: Books) -> Decisions:
    """A row a complaint that is accepted, documented and not agreed: what is proposed. The order: company, complaint.

    `cases`: CASES, all complaints of the companies (`facts.complaints` with `facts.losses.compensations`); `losses`:
    LOSSES as `facts.losses.losses`. Columns: PROPOSALS; proposed_limit is what bound: loss, value, budget, paper (no
    line, invoice or order is named: nothing can be proposed), or merits (`is_withheld`: two reviewers agree in their
    finding and no test confirms the defect, S4-76). Findings: contract claims above `penalty_share` of the documented
    loss (W27). Empty where the policy has no [[remedy]].
    """
    require_columns(cases, CASES, "cases")
    require_columns(losses, LOSSES, "losses")
    if not policy.remedy or cases.empty:
        return Decisions(pd.DataFrame(columns=PROPOSALS))
    own = company_currencies(books.companies)
    rows = cases.sort_values(["received_at", "complaint_id"], kind="stable").reset_index(drop=True)
    rows = _limited(_with_values(_prepared(rows, policy, own), losses, books, own))
    rows = rows.assign(within_minor=_within(rows, policy.compensation.cumulative_days))
    rows = rows.assign(approver=steps_of(rows, policy, own))
    told = rows[rows["is_open"]].sort_values(["company_id", "complaint_id"], kind="stable").reset_index(drop=True)
    told = told.merge(books.companies[["company_id", "currency_id"]], on="company_id")
    frame = _told(told, policy, own)
    return Decisions(frame[PROPOSALS], tuple(_find_penalties(told, policy, own)))


def _prepared(rows: pd.DataFrame, policy: ComplaintPolicy, own: Mapping[int, Currency]) -> pd.DataFrame:
    """The cases with `is_open` (a proposal is made), `is_held` (people say how much), held_minor, cap, budget, step.

    What is withheld asks for nothing of a paper's cap or of the budget.
    """
    agreed, withheld = rows["is_agreed"].astype(bool), rows["is_withheld"].astype(bool)
    is_open = rows["state"].isin(PROPOSABLE) & ~agreed & (rows["loss_minor"] > 0)
    is_held = agreed | (is_open & rows["remedy"].ne(""))
    return rows.assign(
        is_open=is_open,
        is_held=is_held,
        is_free=is_open & ~is_held & ~withheld,
        is_withheld=withheld,
        held_minor=np.where(is_held, rows["agreed_minor"], 0).astype(np.int64),
        proposed_remedy=remedies_of(rows, policy),
        cap=caps_of(rows, policy),
        budget_minor=budgets_of(rows, policy, own),
        step_minor=_steps(rows, policy, own),
    )


def _steps(rows: pd.DataFrame, policy: ComplaintPolicy, own: Mapping[int, Currency]) -> Whole:
    """The step of rounding of each row's company currency, in its smallest unit; 1 where none is said."""
    to = {line.currency: line.to for line in policy.rounding}
    steps = {key: max(int(to.get(each.code, Decimal(0)).scaleb(each.digits)), 1) for key, each in own.items()}
    return values_by(ids_of(rows["company_id"]), steps, 1)


def _with_values(rows: pd.DataFrame, losses: pd.DataFrame, books: Books, own: Mapping[int, Currency]) -> pd.DataFrame:
    """The cases with worth_minor (of their papers), value_minor (the loss within the caps) and `has_paper`.

    All cases about one paper share its cap: what is held of it first, then the earlier ones; and so do all about one
    order, whether they name a line, the invoice or the order itself: it is the same money.
    """
    about = ["complaint_id", "company_id", "cap", "is_open", "is_held", "is_free", "held_minor"]
    ranked = rows[about].assign(rank=np.arange(len(rows)), case_loss=rows["loss_minor"])
    part = _by_paper(losses).merge(ranked[ranked["is_open"] | ranked["is_held"]], on="complaint_id")
    part = part.sort_values(["rank", "paper"]).reset_index(drop=True)
    part = part.assign(
        worth=worths_of(part, books.currencies, own),
        whole_worth=worths_of_wholes(part, books.currencies, own),
        held=_held_of_parts(part),
    )
    part["got"] = _within_papers(part)
    part["got"] = _within_wholes(part)
    found, got = rows["complaint_id"], part.groupby("complaint_id")["got"].sum()
    return rows.assign(
        has_paper=found.isin(got.index),
        value_minor=ids_of(found.map(got)),
        worth_minor=ids_of(found.map(worth_by_case(part))),
    )


def _within_papers(part: pd.DataFrame) -> Whole:
    """Of each part's loss what the cap of its paper leaves."""
    loss, most = part["loss_minor"].to_numpy(dtype=np.int64), _most(part, "worth")
    wanted = np.where(part["is_free"], np.minimum(loss, most), 0)
    room = most - _others(part["paper"], part["held"].to_numpy()) - _before(part["paper"], wanted)
    got: Whole = np.clip(room, 0, np.minimum(loss, most))
    return got


def _within_wholes(part: pd.DataFrame) -> Whole:
    """Of what each part has `got` what the cap of the whole order leaves; those of one case come one after another."""
    got, held = part["got"].to_numpy(dtype=np.int64), part["held"].to_numpy(dtype=np.int64)
    whole, mine = part["whole"], [part["whole"], part["complaint_id"]]
    of_others = _others(whole, held) - _others(mine, held)
    before = _before(whole, np.where(part["is_free"], got, 0)) + _before(mine, np.where(part["is_free"], 0, got))
    left: Whole = np.clip(_most(part, "whole_worth") - of_others - before, 0, got)
    return left


def _most(part: pd.DataFrame, worth: str) -> Whole:
    """The cap's share of what each part, or its order, was sold for."""
    shares = zip(part[worth].tolist(), part["cap"], strict=True)
    return np.array([int(Decimal(value) * cap) for value, cap in shares], dtype=np.int64)


def _by_paper(losses: pd.DataFrame) -> pd.DataFrame:
    """The losses on a paper, one row a complaint and paper: two lines about one paper are one loss of it."""
    rows = losses[losses["paper"].ne("") & losses["total_minor"].notna()]
    about = ["complaint_id", "paper"]
    return rows.assign(loss_minor=rows.groupby(about)["loss_minor"].transform("sum")).drop_duplicates(about)


def _held_of_parts(part: pd.DataFrame) -> Whole:
    """What was agreed for each part's complaint, laid on the parts by their loss and rounded up."""
    rows = zip(*(part[name].tolist() for name in ("held_minor", "loss_minor", "case_loss")), strict=True)
    return np.array([-(-held * loss // max(whole, 1)) for held, loss, whole in rows], dtype=np.int64)


def _others(keys: pd.Series | list[pd.Series], held: Whole) -> Whole:
    """What is held by all rows of the same keys but the row itself."""
    together: Whole = pd.Series(held).groupby(keys).transform("sum").to_numpy(dtype=np.int64)
    return together - held


def _before(keys: pd.Series | list[pd.Series], wanted: Whole) -> Whole:
    """What the rows of the same keys before each one want, in the order in which they stand."""
    upto: Whole = pd.Series(wanted).groupby(keys).cumsum().to_numpy(dtype=np.int64)
    return upto - wanted


def _limited(rows: pd.DataFrame) -> pd.DataFrame:
    """The cases with left_minor (of the budget, before the case), proposed_amount_minor and what bound it.

    Whose tier changed within the year has the higher budget.
    """
    year = pd.Series(days_of(rows["received_on"])).dt.year
    keys = [rows["company_id"], rows["customer_id"], year]
    step = rows["step_minor"].to_numpy(dtype=np.int64)
    value = rows["value_minor"].to_numpy(dtype=np.int64)
    asked = value // step * step
    wanted = np.where(rows["is_free"], asked, 0)
    budget = rows["budget_minor"].groupby(keys).transform("max").to_numpy(dtype=np.int64)
    held = rows["held_minor"].to_numpy(dtype=np.int64)
    left = np.maximum(budget - _others(keys, held) - _before(keys, wanted), 0)
    withheld = rows["is_withheld"].to_numpy(dtype=bool)
    amount = np.where(withheld, 0, np.minimum(asked, left // step * step))
    ways = [withheld, ~rows["has_paper"], amount < asked, value < rows["loss_minor"]]
    bound = np.select(ways, ["merits", "paper", "budget", "value"], "loss")
    return rows.assign(
        budget_minor=budget, left_minor=left, proposed_amount_minor=amount, proposed_limit=bound, year=year
    )


def _within(rows: pd.DataFrame, days: int) -> Whole:
    """What the customer gets for the complaints received within so many days up to the case, itself included.

    A complaint of the same day counts where it came in earlier.
    """
    counts = np.where(rows["is_held"] & ~rows["is_open"], rows["held_minor"], rows["proposed_amount_minor"])
    counts = np.where(rows["is_held"] & rows["is_open"], np.maximum(counts, rows["held_minor"]), counts)
    amount = np.where(rows["is_open"] | rows["is_held"], counts, 0).astype(np.int64)
    number = rows.groupby(["company_id", "customer_id"]).ngroup().to_numpy(dtype=np.int64)
    day = days_of(rows["received_on"]).astype(np.int64)
    order = np.lexsort((np.arange(len(rows)), day, number))
    line = (number * 10**7 + day)[order]
    first = np.searchsorted(line, line - days + 1, side="left")
    upto = np.cumsum(amount[order])
    within = np.empty(len(rows), dtype=np.int64)
    within[order] = upto - np.concatenate(([0], upto))[first]
    return within


def _told(rows: pd.DataFrame, policy: ComplaintPolicy, own: Mapping[int, Currency]) -> pd.DataFrame:
    """The proposals with their reason; nobody approves where nothing can be proposed yet."""
    used_up: Flags = (rows["proposed_limit"].eq("budget") & rows["proposed_amount_minor"].eq(0)).to_numpy()
    names = np.where(used_up, "used_up", rows["proposed_limit"])
    codes = [f"compensation.{name}" for name in names.tolist()]
    no_paper, withheld = rows["proposed_limit"].eq("paper"), rows["proposed_limit"].eq("merits").to_numpy()
    approver = rows["approver"].mask(used_up | withheld, policy.approver[-1].role).mask(no_paper, "")
    rows = rows.assign(approver=approver, proposal_code=codes)
    args = [_args(row, policy, own[row["company_id"]]) for row in rows.to_dict("records")]
    remedies = rows["proposed_remedy"].mask(no_paper | withheld, "")
    return rows.assign(proposed_remedy=remedies, proposal_args=np.array(args, dtype=object))


def _args(row: Mapping[Hashable, Any], policy: ComplaintPolicy, currency: Currency) -> str:
    money = {"amount": "proposed_amount_minor", "loss": "loss_minor", "worth": "worth_minor", "left": "left_minor",
             "budget": "budget_minor", "within": "within_minor"}  # fmt: skip
    figures: dict[str, str | int] = {
        **{name: minor_text(row[column], currency) for name, column in money.items()},
        "currency": currency.code,
        "remedy": str(row["proposed_remedy"]),
        "approver": str(row["approver"]),
        "cap": f"{row['cap']:f}",
        "year": str(row["year"]),
        "cumulative_days": policy.compensation.cumulative_days,
        "valid_from": policy.valid_from.isoformat(),
    }
    code = str(row["proposal_code"])
    return reason_args(code, **{name: figures[name] for name in REASONS[code]})


def _find_penalties(rows: pd.DataFrame, policy: ComplaintPolicy, own: Mapping[int, Currency]) -> list[Finding]:
    """A finding an open contract complaint that claims more than `penalty_share` of the documented loss (W27)."""
    share = policy.compensation.penalty_share
    text = Text(
        "Complaint {complaint} claims {claimed} {currency}, above {share} % of the documented loss of {loss}: have the"
        " penalty clause checked by a lawyer."
    )
    found = []
    for row in rows[rows["type"] == "contract"].to_dict("records"):
        if row["claimed_minor"] > row["loss_minor"] * share:
            currency = own[row["company_id"]]
            amounts = {name: minor_text(int(row[f"{name}_minor"]), currency) for name in ("claimed", "loss")}
            values = {"complaint": int(row["complaint_id"]), "currency": currency.code, **amounts}
            percent = f"{(share * 100).normalize():f}"
            found.append(Finding("warning", SOURCE, str(row["complaint_id"]), text, {**values, "share": percent}))
    return found
