"""What a justified complaint costs the service score of the salesperson whose sale it was about (case W28)."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from kam_connector.policy.values import Positive, Table


class ServicePolicy(Table):
    """The `[service]` of complaints.toml.

    `score_off`: so much of 100 is lost for each complaint point in 100 deliveries; how many points a complaint is says
    `severity_points` of tiers.toml. `least_deliveries`: with fewer in twelve months there is no score, for a single
    complaint would decide it.
    """

    score_off: Positive = Decimal(10)
    least_deliveries: int = Field(default=20, ge=1, le=100_000)
