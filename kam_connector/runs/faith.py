"""What the rule of good faith is given, and what of its answer the ERP is to show."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from kam_connector.facts import evidence, named_papers
from kam_connector.rules.decisions import Decisions
from kam_connector.rules.evidence import OVER, WEIGHED, Files, weigh_evidence
from kam_connector.runs.aged import of_companies
from kam_connector.runs.frames import to_frame
from kam_connector.runs.naming import read_currencies

if TYPE_CHECKING:
    from kam_connector.runs.decisions import Night
    from kam_connector.runs.sources import Sources


def weigh_complaints(night: Night, sources: Sources, company_ids: list[int]) -> Decisions:
    """`frame`: the evidence of the complaints that are not over; `rest`: every complaint with what its record shows.

    A complaint that is over keeps what it shows; where the policy has no [[evidence]] the others show none. Columns of
    both: `rules.evidence.WEIGHED`.
    """
    con, day, zones = sources.con, night.as_of, sources.zones
    cases = of_companies(to_frame(evidence.judged_complaints(con, day, zones)), company_ids)
    kept = cases.loc[cases["state"].isin(OVER), WEIGHED]
    if not night.policy.complaints.evidence:
        return Decisions(pd.DataFrame(columns=WEIGHED), rest=kept)
    files = Files(
        notes=to_frame(evidence.noted_evidence(con, day, zones)),
        papers=to_frame(evidence.papers_of_complaints(con, day, zones)),
        foreign=to_frame(named_papers.foreign_papers(con)),
        dunned=to_frame(evidence.dunning_days(con, day, zones)),
        companies=night.companies,
        currencies=read_currencies(con),
    )
    found = weigh_evidence(cases, files, night.policy.complaints)
    parts = [part for part in (found.frame, kept) if len(part)] or [found.frame]
    return Decisions(found.frame, found.findings, rest=pd.concat(parts, ignore_index=True))


def evidence_by_complaint(night: Night) -> dict[int, dict[Hashable, Any]]:
    """The evidence of each complaint that is weighed, as `rules.evidence.WEIGHED`."""
    return {int(row["complaint_id"]): row for row in night.faith.frame.to_dict("records")}
