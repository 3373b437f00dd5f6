"""What a person should look at in the receivables of the mirror: odd matches, missing days, unread items."""

from __future__ import annotations

from datetime import date

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import odd_matches as facts
from kam_connector.findings import Finding
from kam_connector.rules.decisions import ids_of, words_of
from kam_connector.rules.odd_matches import tell_odd_matches, tell_undated, tell_unread
from kam_connector.runs.frames import to_frame


def find_oddities(con: BaseBackend, as_of: date, company_ids: list[int], tied: pd.DataFrame) -> tuple[Finding, ...]:
    """A finding each, of these companies; what was not read is told where the ageing does not tie to the ledger.

    `tied`: `rules.ageing.tie_out`. Records are the match's id, else the item's.
    """
    odd, undated = to_frame(facts.odd_matches(con, as_of)), to_frame(facts.undated_items(con, as_of))
    odd, undated = (table[table["company_id"].isin(company_ids)] for table in (odd, undated))
    odd = odd.sort_values("match_id").assign(record=lambda table: table["match_id"].astype(str))
    for side in ("debit", "credit"):
        odd[side] = _labels(odd[f"{side}_document"], odd[f"{side}_item_id"])
    dues = tell_undated(sorted(undated["item_id"].astype(str)), "rules.ageing.items")
    unread = tell_unread(to_frame(facts.unread_items(con))) if tied["difference_minor"].any() else []
    return (*tell_odd_matches(odd, "rules.ageing.matches"), *dues, *unread)


def _labels(documents: pd.Series, items: pd.Series) -> list[str]:
    """The number of each document, with the item's id for who has to find it; "#id" where there is none."""
    pairs = zip(words_of(documents), ids_of(items).tolist(), strict=True)
    return [f"{document} (#{item})" if document.strip("/ ") else f"#{item}" for document, item in pairs]
