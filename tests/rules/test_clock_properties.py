"""What holds for the clocks of any log."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kam_connector.calendars import BusinessCalendar
from kam_connector.rules.clocks import Terms, run_clocks
from kam_connector.rules.proofs import prove_clocks
from kam_connector.rules.status_log import EVENTS, read_log
from tests.rules.clock_cases import CHINA, PLAIN, targets

POLICY = targets(("gold", "8"), ("*", "24"))
BEGIN = pd.Timestamp("2025-09-01 00:00", tz="UTC")
Rows = list[tuple[int, int, str, str]]
"""complaint, minutes after BEGIN, event, tier."""


@st.composite
def logs(draw: st.DrawFn) -> Rows:
    """Three complaints with up to six events each within five weeks, possible or not."""
    rows: Rows = []
    for number in range(3):
        intake = draw(st.integers(0, 20_000))
        rows.append((number, intake, "received", draw(st.sampled_from(["gold", ""]))))
        for _ in range(draw(st.integers(0, 6))):
            event, later = draw(st.sampled_from(EVENTS[1:])), draw(st.integers(0, 30_000))
            rows.append((number, intake + later, event, draw(st.sampled_from(["", "", "gold", "silver"]))))
    return sorted(rows, key=lambda row: (row[0], row[1]))


def run(rows: Rows, calendar: BusinessCalendar = CHINA, shift: timedelta = timedelta()) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["complaint", "minutes", "event", "tier"])
    frame["at"] = BEGIN + shift + pd.to_timedelta(frame["minutes"], unit="min")
    log = read_log(frame, (BEGIN + shift + timedelta(days=45)).value // 1000)
    return run_clocks(log, Terms(POLICY, {}, calendar)).frame


@settings(max_examples=30, deadline=None)
@given(logs(), st.integers(0, 50_000), st.integers(0, 2))
def test_pausing_and_resuming_at_once_changes_nothing(rows: Rows, minute: int, number: int) -> None:
    """Where the complaint is being worked on; elsewhere an event more is a change."""
    frame = pd.DataFrame(rows, columns=["complaint", "minutes", "event", "tier"])
    frame["at"] = BEGIN + pd.to_timedelta(frame["minutes"], unit="min")
    log = read_log(frame, (BEGIN + timedelta(days=45)).value // 1000)
    at = BEGIN.value // 1000 + minute * 60_000_000
    runs = log.stretches
    inside = (runs["place"] == number) & (runs["mode"] == 0) & (runs["start"] < at) & (at < runs["end"])
    blink: Rows = [(number, minute, "waiting_customer", ""), (number, minute, "resumed", "")]
    before = [row for row in rows if row[:2] <= (number, minute)]
    after = [row for row in rows if row[:2] > (number, minute)]
    if inside.any():
        pd.testing.assert_frame_equal(run([*before, *blink, *after]), run(rows))


@settings(max_examples=25, deadline=None)
@given(logs(), st.integers(1, 60))
def test_without_holidays_whole_weeks_shift_every_deadline_equally(rows: Rows, weeks: int) -> None:
    here, there = run(rows, PLAIN), run(rows, PLAIN, timedelta(weeks=weeks))
    for name in ("due_at", "breached_at", "ended_at"):
        pd.testing.assert_series_equal(there[name], here[name] + timedelta(weeks=weeks))
    pd.testing.assert_frame_equal(there[["used", "paused", "state"]], here[["used", "paused", "state"]])


@settings(max_examples=25, deadline=None)
@given(logs(), st.randoms())
def test_the_order_of_the_complaints_changes_nothing(rows: Rows, dice: random.Random) -> None:
    numbers = [0, 1, 2]
    dice.shuffle(numbers)
    mixed = [row for number in numbers for row in rows if row[0] == number]
    keys = ["complaint", "clock"]
    pd.testing.assert_frame_equal(
        run(mixed).sort_values(keys, ignore_index=True), run(rows).sort_values(keys, ignore_index=True)
    )


@settings(max_examples=30, deadline=None)
@given(logs())
def test_the_lines_of_the_proof_add_up_to_what_is_used_and_paused(rows: Rows) -> None:
    frame = pd.DataFrame(rows, columns=["complaint", "minutes", "event", "tier"])
    frame["at"] = BEGIN + pd.to_timedelta(frame["minutes"], unit="min")
    log = read_log(frame, (BEGIN + timedelta(days=45)).value // 1000)
    clocks, proof = run_clocks(log, Terms(POLICY, {}, CHINA)).frame, prove_clocks(log, CHINA)
    for kinds, column in ((("counted", "supplier"), "used"), (("paused",), "paused"), (("supplier",), "supplier")):
        sums = proof[proof["kind"].isin(kinds)].groupby(["complaint", "clock"])["worked"].sum()
        wanted = clocks.set_index(["complaint", "clock"])[column]
        assert (sums.reindex(wanted.index, fill_value=pd.Timedelta(0)) == wanted).all()


@settings(max_examples=30, deadline=None)
@given(logs())
def test_late_is_exactly_what_ended_or_goes_on_after_its_deadline(rows: Rows) -> None:
    found = run(rows)
    stands = found["ended_at"].fillna(BEGIN + timedelta(days=45))
    assert ((found["state"] == "breached") == (stands > found["due_at"])).all()
    assert (found["breached_at"].notna() == (found["state"] == "breached")).all()
    assert np.all(found["used"] <= found["target"].where(found["state"] != "breached", found["used"]))
