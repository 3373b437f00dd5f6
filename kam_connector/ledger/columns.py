"""Long columns of whole numbers as short texts, so that an event may hold a hundred thousand figures.

A column becomes the differences of its neighbours, their bytes sorted by weight (the upper ones are nearly all zero),
compressed, and written in base64: 800,000 ascending ids take about a byte each. Any 64-bit number comes back as it
was. Nothing here depends on the order of the values; ids in rising order only take less room.

    >>> unpack(pack([501, 502, 504]), rows=3).tolist()
    [501, 502, 504]
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kam_connector.errors import Contradiction

Whole = npt.NDArray[np.int64]
WIDTH = 8
_LEVEL = 6


def pack(values: Sequence[int] | Whole) -> str:
    """The column as ASCII text."""
    column = np.ascontiguousarray(values, dtype=np.int64)
    steps = np.diff(column, prepend=np.int64(0))  # wraps around at the ends of the range, and back again in `unpack`
    folded = ((steps << 1) ^ (steps >> 63)).astype("<i8")  # small steps down have small bytes too
    planes = folded.view(np.uint8).reshape(-1, WIDTH).T.tobytes()
    return base64.b64encode(zlib.compress(planes, _LEVEL)).decode("ascii")


def unpack(text: str, rows: int) -> Whole:
    """The column of so many rows; Contradiction when the text holds anything else."""
    planes = _planes(text, rows * WIDTH + 1)
    if planes is None or len(planes) != rows * WIDTH:
        raise Contradiction(
            "A column of the ledger does not hold its {rows} numbers.",
            next_step="Prove the ledger with `kam verify`, and put the last good backup in its place.",
            rows=rows,
        )
    folded = np.frombuffer(planes, dtype=np.uint8).reshape(WIDTH, -1).T.copy().view("<u8").reshape(-1)
    steps = (folded >> np.uint64(1)).astype(np.int64) ^ -(folded & np.uint64(1)).astype(np.int64)
    column: Whole = np.cumsum(steps, dtype=np.int64)
    return column


def _planes(text: str, most: int) -> bytes | None:
    """What was compressed, up to so many bytes; None for a text that is no such thing or is not whole."""
    reader = zlib.decompressobj()
    try:
        planes = reader.decompress(base64.b64decode(text, validate=True), most)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return planes if reader.eof else None
