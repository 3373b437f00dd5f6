"""What the ERP's figures came to when they were last added up, with the mark that says whether they still do.

A mark (`kam_extract_marks.py` of the addon) stays the same as long as nothing was written to what the figures rest on.
What is kept is a fact about the ERP alone: at this mark its rows come to that. Whether the mirror's rows come to the
same is worked out at every run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

import pyarrow as pa

from kam_connector.erp.lanes import Blocks
from kam_connector.mirror import Mirror, state
from kam_connector.sync.amounts import Digits

_DIGESTS, _TOTALS = "marks", "control mark"
_FIGURES = ("block", "rows", "ids", "stamps")
_SCHEMA = pa.schema([(name, pa.int64()) for name in _FIGURES])


def known_digests(mirror: Mirror) -> dict[str, Blocks]:
    """By model the digest that has a mark, as it was told last."""
    kept = json.loads(state.get(mirror.db, _DIGESTS) or "{}")
    return {model: _blocks(mark, figures) for model, (mark, *figures) in kept.items()}


def keep_digests(mirror: Mirror, told: Mapping[str, Blocks]) -> None:
    """What was told in a pull that is good is known from now on; nothing is written where it was before."""
    known = known_digests(mirror)
    marked = {model: blocks for model, blocks in told.items() if blocks.mark}
    if all(model in known and known[model].mark == blocks.mark for model, blocks in marked.items()):
        return
    kept = {model: _kept(blocks) for model, blocks in {**known, **marked}.items()}
    with mirror.transaction():
        state.put(mirror.db, _DIGESTS, json.dumps(kept, sort_keys=True))


def control_mark(mirror: Mirror, digits: Digits) -> str:
    """The mark of the control totals in the mirror; "" where they have none, or were counted in other digits."""
    mark, _, counted_in = (state.get(mirror.db, _TOTALS) or "").partition(" ")
    return mark if counted_in == _text(digits) else ""


def keep_control_mark(mirror: Mirror, mark: str, digits: Digits) -> None:
    """The control totals that were stored just now have this mark (call inside their transaction)."""
    told = f"{mark} {_text(digits)}"
    if state.get(mirror.db, _TOTALS) != told:
        state.put(mirror.db, _TOTALS, told)


def _text(digits: Digits) -> str:
    """Whatever else the totals were worked out from."""
    parts = [sorted(digits.by_currency.items()), sorted(digits.currency_of_company.items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def _blocks(mark: str, figures: Sequence[int]) -> Blocks:
    row = dict(zip(_FIGURES, figures, strict=True))
    return Blocks(pa.Table.from_pylist([row], _SCHEMA), None, mark)


def _kept(blocks: Blocks) -> list[str | int]:
    [row] = blocks.table.to_pylist()
    return [blocks.mark, *(row[name] for name in _FIGURES)]
