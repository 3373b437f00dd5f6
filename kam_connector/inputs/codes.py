"""A file's own texts as the whole numbers that rules count with, and back.

>>> codes = codes_of(pd.Series(["B", "A", ""]))
>>> codes.of(pd.Series(["A", "", "B"])).tolist(), codes.texts
([1, 0, 2], ('A', 'B'))
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True, slots=True)
class Codes:
    """The texts in their order: the first has code 1; an empty text and one that is not among them have 0."""

    texts: tuple[str, ...]

    def of(self, values: pd.Series) -> npt.NDArray[np.int64]:
        """The code of each text."""
        return pd.Index(self.texts, dtype="str").get_indexer(pd.Index(values)).astype(np.int64) + 1

    @property
    def names(self) -> dict[int, str]:
        """The texts by code."""
        return dict(enumerate(self.texts, start=1))


def codes_of(*columns: pd.Series) -> Codes:
    """Codes for every text of the columns: in the order of numbers where all are numbers, else of the alphabet."""
    texts = set().union(*(column.unique().tolist() for column in columns)) - {""}
    numbers = all(text.isdecimal() for text in texts)
    return Codes(tuple(sorted(texts, key=lambda text: (int(text), text) if numbers else (0, text))))
