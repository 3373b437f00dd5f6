"""What was delivered in twelve months and what was rightly complained of, by salesperson."""

from __future__ import annotations

from datetime import date

import pandas as pd

from kam_connector.facts import service as facts
from kam_connector.rules.service import COUNTS, count_service, score_service
from kam_connector.runs.aged import of_companies
from kam_connector.runs.decisions import Night
from kam_connector.runs.frames import to_frame
from kam_connector.runs.sources import Sources

SERVED = [name for name in COUNTS if name != "upheld"]
"""What a score is made of, and what adds up over the people of a team."""


def read_service(sources: Sources, night: Night, day: date) -> pd.DataFrame:
    """`rules.service.count_service` of the night's companies in the twelve months up to `day`."""
    companies = [int(company) for company in night.companies["company_id"]]
    made, upheld = (
        of_companies(to_frame(fact(sources.con, day, sources.zones)), companies)
        for fact in (facts.seller_deliveries, facts.seller_complaints)
    )
    return count_service(made, upheld, night.policy.tiers.measures.severity_points)


def score_night(sources: Sources, night: Night) -> pd.DataFrame:
    """`read_service` of the night's day with per_100 and service_score, the lowest score first, who has none last."""
    found = score_service(read_service(sources, night, night.as_of), night.policy.complaints.service)
    return found.sort_values(["company_id", "service_score", "user_id"], na_position="last", ignore_index=True)
