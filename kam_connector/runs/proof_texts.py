"""How the proof of a clock reads: the stretches that count or do not, in exact hours and minutes."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from kam_connector.texts import Text


def proof_texts(lines: pd.DataFrame, zone: ZoneInfo) -> dict[tuple[Any, str], list[Text]]:
    """The lines of `rules.proofs.prove_clocks` by complaint and clock, moments in `zone`."""
    proofs: dict[tuple[Any, str], list[Text]] = {}
    for line in lines.assign(**{name: lines[name].dt.tz_convert(zone) for name in ("start", "end")}).to_dict("records"):
        proofs.setdefault((line["complaint"], line["clock"]), []).append(_sentence(line))
    return proofs


def _clock_text(span: pd.Timedelta) -> str:
    """Exact: hours and minutes, and seconds where there are any."""
    seconds = span.value // 1_000_000_000
    minutes = f"{seconds // 3600}:{seconds // 60 % 60:02d}"
    return f"{minutes}:{seconds % 60:02d}" if seconds % 60 else minutes


def _sentence(line: Mapping[Hashable, Any]) -> Text:
    start, end = line["start"], line["end"]
    shown = "%Y-%m-%d %H:%M:%S" if start.second or end.second else "%Y-%m-%d %H:%M"
    values = {"start": start.strftime(shown), "end": end.strftime(shown), "worked": _clock_text(line["worked"]),
              "days": line["days"]}  # fmt: skip
    template = {
        "counted": Text("{start} to {end}: {worked} h counted, working days: {days}"),
        "supplier": Text("{start} to {end}: {worked} h counted while waiting for the supplier, working days: {days}"),
        "paused": Text("{start} to {end}: {worked} h not counted, waiting for the customer"),
    }[line["kind"]]
    return Text(template.template, values)
