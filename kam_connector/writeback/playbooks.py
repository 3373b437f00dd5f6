"""Wanted activities: the tasks of open early warnings.

The key of a task holds the day on which its warning was raised. So it is made once, whatever people do with it, and a
warning that is raised anew later on has new ones.
"""

from __future__ import annotations

import pandas as pd

from kam_connector.writeback.decided import Decided
from kam_connector.writeback.keys import key_of
from kam_connector.writeback.plans import Desired


def playbook_tasks(decided: Decided) -> Desired | None:
    """A row a task; None when the step did not run."""
    if decided.playbooks is None:
        return None
    frame = decided.playbooks
    keys = key_of("warning", frame["customer_id"], frame["rule"], frame["since"], frame["number"])
    wanted = frame.rename(columns={"customer_id": "partner_id", "deadline": "date_deadline"}).assign(kam_key=keys)
    wanted["date_deadline"] = pd.to_datetime(wanted["date_deadline"])
    return Desired("mail.activity", wanted, scope="warning:")
