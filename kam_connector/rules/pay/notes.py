"""What credit notes take off the documents that they name or are matched with, each once.

An invoice of 1,000.00 with a reversal of 100.00 and another credit note of 50.00 that was matched with it is owed with
850.00, whether the reversal was matched as well, in part, or not at all: a match with the reversal says nothing new.
Of a match whose credit note is not known, the larger counts: what reverses the document, or what was matched.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.rules.decisions import Flags, Whole, ids_of


def reversals(totals: pd.DataFrame) -> pd.DataFrame:
    """note_id, family, total_minor (positive) of what reverses other documents, by `cash.document_totals`."""
    lessens = (totals["kind"] == "credit_note") | (totals["total"] < 0)
    found = totals[lessens & (totals["family"] != totals["document_id"])]
    return pd.DataFrame({
        "note_id": found["document_id"], "family": found["family"], "total_minor": -found["total"],
    })  # fmt: skip


def is_further(cash: pd.DataFrame, reversing: pd.DataFrame, key: str) -> Flags:
    """Which matches are of a known credit note that does not reverse the document; `key` tells documents apart."""
    note = note_ids(cash)
    pairs = pd.MultiIndex.from_arrays([ids_of(reversing["note_id"]), ids_of(reversing["family"])])
    same = pd.MultiIndex.from_arrays([note, ids_of(cash[key])]).isin(pairs)
    return np.asarray((cash["kind"] == "credit_note").to_numpy(dtype=bool) & (note != 0) & ~same, dtype=bool)


def note_ids(cash: pd.DataFrame) -> Whole:
    """The credit note of each match, 0 where it is not known."""
    return ids_of(cash["note_id"]) if "note_id" in cash.columns else np.zeros(len(cash), dtype=np.int64)


def credited(documents: pd.Series, moved: pd.DataFrame, reversing: pd.DataFrame) -> Whole:
    """What credit notes took off each of the documents, by the matches `moved` and what is `reversing` them.

    The name of `documents` is the column of `moved` that tells documents apart.
    """
    key = str(documents.name)
    further = is_further(moved, reversing, key)
    untold = (moved["kind"] == "credit_note").to_numpy(dtype=bool) & (note_ids(moved) == 0)
    named = _of(documents, reversing["family"], reversing["total_minor"])
    matched, other = (_of(documents, moved[key][which], moved["amount_minor"][which]) for which in (untold, further))
    return np.asarray(other + np.maximum(named, matched), dtype=np.int64)


def _of(documents: pd.Series, owner: pd.Series, amounts: pd.Series) -> Whole:
    """The sum of the amounts of each document."""
    sums = amounts.astype("int64").groupby(ids_of(owner)).sum()
    return np.asarray(documents.map(sums).fillna(0), dtype=np.int64)
