"""The status log of the ERP's complaints: what was noted, and what the complaints' own moments tell besides.

Receipt and first answer are those of the complaint: there they stand as they were corrected last. How a case ended is
the log's to say; of several ends without a reopening between them the one noted last, for it corrects the others. A
complaint that is older than the log keeps when it was settled and closed, and nothing in between: nobody was waited
for. Where it ended at an unknown moment it ends with its last known one, so that no clock runs on for ever.

Worked figure: a complaint of 1 June, settled on the 2nd before there was a log, closed on the 9th: the log holds
`closed` alone, and the clock of the settlement still ends on the 2nd.
"""

from __future__ import annotations

import pandas as pd

from kam_connector.rules.decisions import Flags, column_or
from kam_connector.rules.status_log import ASKED

ENDED = ("rejected", "closed", "reviewed")
"""States in which no clock runs any more."""
_MOMENTS = {"received": "received_at", "responded": "responded_at", "resolved": "resolved_at", "closed": "closed_at"}
_CORRECTED = ("received", "responded")
"""Events whose moment stands on the complaint as it was corrected last."""
_ENDS = ("resolved", "closed")
_OWN = -1
"""The place of what the complaint tells: before what the log noted of the same moment."""


def events_of(complaints: pd.DataFrame, noted: pd.DataFrame | None = None) -> pd.DataFrame:
    """The events as `status_log.read_log` takes them, in the order of their moments.

    `complaints`: complaint_id, state and where known received_at, responded_at, resolved_at, closed_at (moments;
    without a zone UTC), tier (at intake), type, severity (today's), ends_later (the state is that of a later day).
    `noted` as `facts.complaint_events`; what the log lacks of the end of a complaint comes from the complaint itself.
    Type and severity at intake are those that the log noted first, else today's; "" is as before.
    """
    told = _told(complaints, noted)
    if noted is None or noted.empty:
        return _in_order(told)
    log = _as_it_counts(noted[noted["complaint_id"].isin(complaints["complaint_id"])])
    turns = log[log["event"].isin((*_ENDS, "reopened"))]
    told = told[~_is_noted(told, turns)]
    return _in_order(pd.concat([told, _unnoted_ends(told, turns), log], ignore_index=True))


def _in_order(events: pd.DataFrame) -> pd.DataFrame:
    ordered = events.sort_values(["at", "place"], kind="stable", ignore_index=True)
    return ordered[["complaint", *ASKED, "event", "at"]]


def _told(complaints: pd.DataFrame, noted: pd.DataFrame | None) -> pd.DataFrame:
    """What the complaints tell themselves, with what their targets are chosen by at the intake."""
    own = _own_moments(complaints)
    known = complaints["complaint_id"].to_frame("complaint").assign(is_guess=own["is_guess"], place=_OWN)
    parts = [known.assign(event=event, at=own[event], **dict.fromkeys(ASKED, "")) for event in _MOMENTS]
    parts[0] = parts[0].assign(**{name: _at_intake(complaints, noted, name) for name in ASKED})
    return pd.concat(parts).dropna(subset="at").sort_index(kind="stable")


def _at_intake(complaints: pd.DataFrame, noted: pd.DataFrame | None, name: str) -> pd.Series:
    """What the log noted first of a column, else what stands on the complaint."""
    today = column_or(complaints, name, "")
    if noted is None or name not in noted:
        return today
    said = noted[column_or(noted, name, "") != ""].sort_values("place").drop_duplicates("complaint_id")
    first = complaints["complaint_id"].map(said.set_index("complaint_id")[name])
    return first.where(first.notna(), today)


def _as_it_counts(noted: pd.DataFrame) -> pd.DataFrame:
    """The log in the order in which it was written, without what was corrected in it later."""
    log = noted.rename(columns={"complaint_id": "complaint"})
    log = log.assign(**{name: column_or(noted, name, "") for name in ASKED})
    log = log[~log["event"].isin(_CORRECTED)].sort_values("place", ignore_index=True)
    turn = (log["event"] == "reopened").groupby(log["complaint"]).cumsum()
    again = log.assign(turn=turn).duplicated(["complaint", "event", "turn"], keep="last")
    return log.assign(at=_utc(log, "at"))[~(again & log["event"].isin(_ENDS))]


def _is_noted(told: pd.DataFrame, turns: pd.DataFrame) -> Flags:
    """The ends of complaints that the log tells better: the same one, and any where only a guess is told."""
    both = ["complaint", "event"]
    same = pd.MultiIndex.from_frame(told[both]).isin(pd.MultiIndex.from_frame(turns[both]))
    guess = told["is_guess"].astype(bool) & (told["event"] == "closed") & told["complaint"].isin(turns["complaint"])
    noted: Flags = same | guess.to_numpy()
    return noted


def _unnoted_ends(told: pd.DataFrame, turns: pd.DataFrame) -> pd.DataFrame:
    """An end for the complaints of which the log first says that they were reopened: at what is known last before."""
    first = turns.sort_values(["at", "place"]).drop_duplicates("complaint")
    reopened = told["complaint"].isin(first.loc[first["event"] == "reopened", "complaint"])
    lost = told[reopened & ~told["event"].isin(_ENDS)].sort_values("at", kind="stable")
    return lost.drop_duplicates("complaint", keep="last").assign(event="closed")


def _own_moments(complaints: pd.DataFrame) -> pd.DataFrame:
    """The moments that stand on the complaints themselves, a column an event; is_guess: the end is not one of them."""
    moments = pd.DataFrame({event: _utc(complaints, name) for event, name in _MOMENTS.items()}, index=complaints.index)
    ended = complaints["state"].isin(ENDED) & ~column_or(complaints, "ends_later", False).astype(bool)
    open_ended = ended & moments[["resolved", "closed"]].isna().all(axis=1)
    moments["closed"] = moments["closed"].mask(open_ended, moments["responded"].fillna(moments["received"]))
    return moments.assign(is_guess=open_ended)


def _utc(complaints: pd.DataFrame, name: str) -> pd.Series:
    values = complaints[name] if name in complaints else pd.Series(pd.NaT, index=complaints.index)
    form = "ISO8601" if values.dtype == object else None
    return pd.to_datetime(values, utc=True, errors="coerce", format=form).astype("datetime64[us, UTC]")
