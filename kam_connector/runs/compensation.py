"""What the rule of compensation is given, and what of its answer the ERP is to show."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from kam_connector.facts import losses
from kam_connector.rules.compensation import Books, propose_compensation
from kam_connector.rules.decisions import Decisions
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import read_currencies
from kam_connector.runs.sources import Sources

if TYPE_CHECKING:
    from kam_connector.runs.decisions import Night

_SHOWN = ["proposed_remedy", "proposed_amount_minor", "proposed_limit", "approver", "proposal_code", "proposal_args"]


def find_compensation(night: Night, sources: Sources) -> Decisions:
    """`frame`: what is proposed for the complaints of the night; `rest`: every complaint with what its record shows.

    What was proposed to the people who agreed an amount stays on the record; a complaint that is rejected, undocumented
    or not accepted yet shows none, nor does any open one where the policy has no [[remedy]]. Columns of `rest`:
    complaint_id, company_id, proposed_remedy, proposed_amount_minor, proposed_limit, approver, proposal_code,
    proposal_args.
    """
    con = sources.con
    noted = to_frame(losses.compensations(con, night.as_of, sources.zones))
    cases = night.complaints.merge(noted, on="complaint_id")
    books = Books(night.companies, read_currencies(con))
    found = propose_compensation(cases, to_frame(losses.losses(con)), night.policy.complaints, books)
    return Decisions(found.frame, found.findings, rest=_shown(cases, found.frame))


def _shown(cases: pd.DataFrame, proposals: pd.DataFrame) -> pd.DataFrame:
    """The complaints as their records are to show them."""
    fresh = proposals[["complaint_id", *_SHOWN]]
    kept = cases.loc[cases["is_agreed"].astype(bool), ["complaint_id", *_SHOWN]]
    known = pd.concat([part for part in (fresh, kept) if len(part)] or [fresh], ignore_index=True)
    return cases[["complaint_id", "company_id"]].merge(known, on="complaint_id", how="left")


def proposals_by_complaint(night: Night) -> dict[int, dict[Hashable, Any]]:
    """What is proposed to each complaint that has a proposal, as `rules.compensation.PROPOSALS`."""
    frame = night.compensation.frame
    return {int(row["complaint_id"]): row for row in frame.to_dict("records")}
