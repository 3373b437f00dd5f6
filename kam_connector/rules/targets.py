"""Within how much working time a complaint is answered and settled, by tier, class of service, severity and type.

The tier at intake chooses the line; whether a later change counts is the clock's question (`rules.clocks`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kam_connector.calendars import HOUR, Moments
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.intake import ANY
from kam_connector.policy.privileges import Service
from kam_connector.rules.status_log import ASKED


def place_of_target(
    policy: ComplaintPolicy, services: Mapping[str, Service], tier: str, kind: str, severity: str
) -> int:
    """The place of the first line that fits; the last one fits everybody. `kind` is the complaint's type.

    Requirement S2-56.
    """
    service = services.get(tier)
    asked = (tier, service.sla_class if service else "", severity, kind)
    lines = ((line.tier, line.sla_class, line.severity, line.type) for line in policy.target)
    fits = (all(want in (ANY, value) for want, value in zip(line, asked, strict=True)) for line in lines)
    return next(place for place, fit in enumerate(fits) if fit)


def target_times(
    asked: pd.DataFrame, policy: ComplaintPolicy, services: Mapping[str, Service]
) -> tuple[Moments, Moments]:
    """For each row of `asked` (ASKED) the working time until the answer and until the settlement, in microseconds."""
    if asked.empty:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    alike = asked.groupby(list(ASKED), observed=True, dropna=False, sort=False)
    place = alike.ngroup().to_numpy()
    first = asked.iloc[np.unique(place, return_index=True)[1]]
    cases = first.astype(str).itertuples(index=False, name=None)
    lines = [policy.target[place_of_target(policy, services, *case)] for case in cases]
    response = np.array([int(line.response_hours * HOUR) for line in lines], dtype=np.int64)
    resolution = np.array([int(line.resolution_hours * HOUR) for line in lines], dtype=np.int64)
    return response[place], resolution[place]
