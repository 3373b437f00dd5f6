"""What a person should look at in the receivables of the mirror: odd matches, missing days, unread items."""

from __future__ import annotations

from datetime import date

import pandas as pd
from ibis import BaseBackend

from kam_connector.facts import odd_matches as facts
from kam_connector.findings import Finding
from kam_connector.rules.decisions import ids_of, words_of
from kam_connector.rules.odd_matches import concern_open_items, tell_odd_matches, tell_undated, tell_unread
from kam_connector.runs.frames import to_frame


def find_oddities(
    con: BaseBackend, as_of: date, company_ids: list[int], *, still_open: pd.Series, tied: pd.DataFrame
) -> tuple[Finding, ...]:
    """A finding each, of these companies; what was not read is told where the ageing does not tie to the ledger.

    `still_open`: ids of their open items; `tied`: `rules.ageing.tie_out`. Records are the match's id, else the item's.
    """
    odd, undated = to_frame(facts.odd_matches(con, as_of)), to_frame(facts.undated_items(con, as_of))
    odd, undated = (table[table["company_id"].isin(company_ids)] for table in (odd, undated))
    odd = concern_open_items(odd, still_open).sort_values("match_id")
    told = tell_odd_matches(_with_labels(con, odd), "rules.ageing.matches") if len(odd) else []
    bare = undated.loc[undated["item_id"].isin(still_open), "item_id"].sort_values()
    unread = tell_unread(to_frame(facts.unread_items(con))) if tied["difference_minor"].any() else []
    return (*told, *tell_undated(bare.astype(str).tolist(), "rules.ageing.items"), *unread)


def _with_labels(con: BaseBackend, odd: pd.DataFrame) -> pd.DataFrame:
    """The matches with record, debit and credit as a person finds them: number of the entry and id of the item."""
    moves = ids_of(pd.concat([odd["debit_move_id"], odd["credit_move_id"]])).tolist()
    move = con.table("account_move")
    numbers = to_frame(move.filter(move.id.isin(moves)).select("id", "name")).set_index("id")["name"]
    labels = {}
    for side in ("debit", "credit"):
        number = words_of(odd[f"{side}_move_id"].map(numbers))
        pairs = zip(number, ids_of(odd[f"{side}_item_id"]).tolist(), strict=True)
        labels[side] = [f"{word} (#{item})" if word.strip("/ ") else f"#{item}" for word, item in pairs]
    return odd.assign(record=odd["match_id"].astype(str), **labels)
