"""What a complaint's status log says: which stretches of time it was worked on, waited for, or was settled.

The log is events in the order of their moments. A complaint is running from `received` on; `waiting_customer` stops
it until the customer's first message (or `resumed`); `waiting_supplier` is a stretch of its own that goes on counting;
`changed` says that type or severity are others from now on, and nothing else;
`resolved` or `closed` ends it, whatever it was doing; `reopened` starts it again. Events that cannot be are findings
and do not count; the others do.

Worked figure (tiering_complaints.md, W15): received Friday 10:00, waiting for the customer Friday 17:00, his message
Monday 10:00: running 10:00 to 17:00, waiting 17:00 to Monday 10:00, running from then on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kam_connector.calendars import Moments
from kam_connector.findings import Finding
from kam_connector.rules.decisions import Flags, Whole, column_or, require_columns
from kam_connector.texts import Text

COLUMNS = ("complaint", "at", "event")
ASKED = ("tier", "type", "severity")
"""What a target is chosen by; an empty cell is what the event before it said."""
EVENTS = (
    "received", "responded", "waiting_customer", "customer_message", "waiting_supplier", "resumed", "resolved",
    "reopened", "closed", "changed",
)  # fmt: skip
RECEIVED, RESPONDED, _, MESSAGE, _, _, RESOLVED, REOPENED, CLOSED, CHANGED = range(len(EVENTS))
RUNNING, WAITING, SUPPLIER, ENDED = range(4)
"""What a complaint is doing after an event."""
_KEPT = -1
_MODES = np.array([RUNNING, _KEPT, WAITING, _KEPT, SUPPLIER, RUNNING, ENDED, RUNNING, ENDED, _KEPT])


@dataclass(frozen=True, slots=True)
class StatusLog:
    """The events that count, and what they mean, up to the moment `now` (microseconds since 1970, as all moments).

    `complaints`: their keys, in the order in which the events first name them. `events`: by complaint and moment; place
    (of the complaint), at, code (of EVENTS), mode (after it), stretch (its row in `stretches`), tier, type, severity
    (as last said). `stretches`: place, start, end, mode, one after the other without a gap from intake to `now`.
    """

    complaints: pd.Index
    events: pd.DataFrame
    stretches: pd.DataFrame
    now: int
    findings: tuple[Finding, ...]


def read_log(events: pd.DataFrame, now: int) -> StatusLog:
    """The log of the events up to `now`.

    `events`: COLUMNS (at is a moment with zone, or UTC without one) and where known ASKED and record (how a finding
    names the event; else the complaint). Events of one complaint may come in any order; where the moments are the
    same, intake comes first, then the order given counts. Requirement S4-75; W15, W20, W22.
    """
    require_columns(events, COLUMNS, "events")
    given = _coded(events)
    unusable = ((given["code"] < 0) | (given["at"] == NEVER)).to_numpy()
    known = given[~unusable & (given["at"] <= now).to_numpy()]
    ordered, odd = _from_intake(_in_order(known))
    impossible = _impossible(ordered)
    counted = ordered[~impossible].reset_index(drop=True)
    counted["mode"] = _modes(counted)
    counted["stretch"] = np.cumsum(_turns(counted)) - 1
    kept, counted["place"] = np.unique(counted["place"].to_numpy(), return_inverse=True)
    findings = [*_find(given[unusable], _UNKNOWN), *_find(_backwards(known), _BACKWARDS), *odd]
    findings += _find(ordered[impossible], _IMPOSSIBLE)
    complaints = pd.Index(pd.unique(events["complaint"]))[kept]
    return StatusLog(complaints, _with_asked(counted), _stretches(counted, now), now, tuple(findings))


NEVER = np.iinfo(np.int64).min


def moments_of(values: pd.Series) -> Moments:
    """Microseconds since 1970; NEVER where there is none. Moments without a zone are UTC."""
    moments = pd.to_datetime(values, utc=True, errors="coerce", format="ISO8601" if values.dtype == object else None)
    naive = moments.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(naive), NEVER, naive.astype(np.int64))


def _coded(events: pd.DataFrame) -> pd.DataFrame:
    """place, at, code, the columns asked for, and for findings complaint, event, record."""
    code = pd.Index(EVENTS).get_indexer(pd.Index(events["event"]))
    asked = {name: column_or(events, name, "").to_numpy() for name in ASKED}
    return pd.DataFrame({
        "place": pd.factorize(events["complaint"])[0].astype(np.int64), "at": moments_of(events["at"]), "code": code,
        **asked, "complaint": events["complaint"].to_numpy(),
        "event": events["event"].to_numpy(), "record": column_or(events, "record", "").to_numpy(),
    })  # fmt: skip


def _in_order(events: pd.DataFrame) -> pd.DataFrame:
    later = (events["code"] != RECEIVED).to_numpy()
    order = np.lexsort((np.arange(len(events)), later, events["at"], events["place"]))
    return events.iloc[order].reset_index(drop=True)


def _backwards(events: pd.DataFrame) -> pd.DataFrame:
    """The events that are given after a later one of the same complaint."""
    grouped = events.groupby("place")["at"]
    return events[events["at"] < grouped.cummax()]


def _from_intake(events: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The events from each complaint's first `received` on; what comes before it, repeats it or lacks it is found."""
    place, number = events["place"].to_numpy(), np.arange(len(events))
    is_intake = (events["code"] == RECEIVED).to_numpy()
    intakes = events.loc[is_intake, "place"].drop_duplicates()
    first = np.full(place.max(initial=-1) + 1, len(events))
    first[intakes.to_numpy()] = intakes.index.to_numpy()
    lacks, early = first[place] == len(events), number < first[place]
    repeated = is_intake & (number > first[place])
    findings = _find(events[lacks].drop_duplicates("place"), _NO_INTAKE)
    findings += _find(events[early & ~lacks], _EARLY) + _find(events[repeated], _IMPOSSIBLE)
    return events[~early & ~repeated].reset_index(drop=True), findings


def _impossible(events: pd.DataFrame) -> Flags:
    """Events after the end but for a message, an answer, a change, the closing, a reopening; a reopening before it."""
    code = events["code"].to_numpy()
    turns = np.isin(code, (RECEIVED, RESOLVED, CLOSED, REOPENED))
    ended_after = np.isin(code[np.maximum.accumulate(np.where(turns, np.arange(len(code)), 0))], (RESOLVED, CLOSED))
    ended = np.roll(ended_after, 1) & (code != RECEIVED)
    works = ~np.isin(code, (RECEIVED, RESPONDED, MESSAGE, REOPENED, CLOSED, CHANGED))
    impossible: Flags = (ended & works) | (~ended & (code == REOPENED))
    return impossible


def _modes(events: pd.DataFrame) -> Whole:
    """What the complaint is doing after each event; a customer's message resumes only what waits for him."""
    code = events["code"].to_numpy()
    own = _MODES[code]
    resumed = np.where((code == MESSAGE) & (_filled(own, own != _KEPT) == WAITING), RUNNING, own)
    return _filled(resumed, resumed != _KEPT)


def _turns(events: pd.DataFrame) -> Flags:
    """The events after which a complaint is doing something else than before, or anything at all."""
    place, mode = events["place"].to_numpy(), events["mode"].to_numpy()
    turns = np.ones(len(events), dtype=bool)
    turns[1:] = (place[1:] != place[:-1]) | (mode[1:] != mode[:-1])
    return turns


def _filled(values: Whole, given: Flags) -> Whole:
    """The value last given, for each row; the first is given."""
    return values[np.maximum.accumulate(np.where(given, np.arange(len(values)), 0))]


def _with_asked(events: pd.DataFrame) -> pd.DataFrame:
    """The columns of `StatusLog.events`."""
    said, begins = {}, (events["code"] == RECEIVED).to_numpy()
    for name in ASKED:
        code, words = pd.factorize(events[name].to_numpy())
        given = begins | (events[name] != "").to_numpy()
        said[name] = pd.Categorical.from_codes(_filled(code, given), categories=pd.Index(words))
    return events[["place", "at", "code", "mode", "stretch"]].assign(**said)


def _stretches(events: pd.DataFrame, now: int) -> pd.DataFrame:
    """place, start, end, mode: one row for events in a row after which the complaint is doing the same."""
    place, mode = events["place"].to_numpy(), events["mode"].to_numpy()
    begins = np.ones(len(events), dtype=bool)
    begins[1:] = (place[1:] != place[:-1]) | (mode[1:] != mode[:-1])
    rows = events.loc[begins, ["place", "at", "mode"]].rename(columns={"at": "start"}).reset_index(drop=True)
    is_last = rows["place"].ne(rows["place"].shift(-1))
    return rows.assign(end=rows["start"].shift(-1, fill_value=now).mask(is_last, now))[
        ["place", "start", "end", "mode"]
    ]


_BACKWARDS = Text('Event "{event}" of complaint {complaint} at {at} is earlier than the one given before it: the log is'
                  " taken in the order of the moments.")  # fmt: skip
_UNKNOWN = Text('Event "{event}" of complaint {complaint} is not known, or has no moment: it does not count.')
_NO_INTAKE = Text('Complaint {complaint} has no event "received": it has no clock.')
_EARLY = Text('Event "{event}" of complaint {complaint} at {at} is earlier than its intake: it does not count.')
_IMPOSSIBLE = Text('Event "{event}" of complaint {complaint} at {at} cannot follow what was before it: it does not'
                   " count.")  # fmt: skip


def _find(rows: pd.DataFrame, text: Text) -> list[Finding]:
    found = []
    for row in rows.to_dict("records"):
        at = "" if row["at"] == NEVER else f"{pd.Timestamp(row['at'], unit='us', tz='UTC'):%Y-%m-%d %H:%M:%SZ}"
        values = {"event": row["event"], "complaint": row["complaint"], "at": at}
        found.append(Finding("warning", "rules.clocks", str(row["record"] or row["complaint"]), text, values))
    return found
