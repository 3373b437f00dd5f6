"""The panel of a customer card about its account plan: the aim, what was invoiced so far, the phases, the measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd

from kam_connector.facts.plans import plan_measures, plans
from kam_connector.messages import label, render
from kam_connector.money import round_ratio
from kam_connector.reports import CardLine
from kam_connector.runs.card_lines import Record, Subject, day_of, own_rows

_ORDER = {"running": 0, "agreed": 1}


def plan_lines(subject: Subject) -> Iterator[CardLine]:
    """The running plan, then what is agreed: its figures, its phases, its measures by the day they are due."""
    found = own_rows(subject, plans)
    found = found.assign(place=found["state"].map(_ORDER)).sort_values(["place", "plan_id"], kind="stable")
    steps = own_rows(subject, plan_measures).sort_values(["phase", "due", "measure_id"], kind="stable")
    for row in found.to_dict("records"):
        yield from _figure_lines(subject, row)
        mine = steps[steps["plan_id"] == row["plan_id"]]
        yield from _phase_lines(mine, subject.lang)
        yield from (_measure_line(each, subject.lang) for each in mine.to_dict("records"))


def _figure_lines(subject: Subject, row: Record) -> Iterator[CardLine]:
    """What the plan is, what it aims at, and what was invoiced in its days up to the day."""
    lang, number, as_of = subject.lang, int(row["plan_id"]), subject.night.as_of
    words = [label(f"plan_state.{row['state']}", lang), _version(row, lang), _text(row["owner"]), _text(row["aim"])]
    if row["is_over"]:
        words.insert(1, label("card.plan_over", lang))
    yield CardLine("plan", "plan", str(row["name"]), _joined(*words), number, day_of(row["date_to"]))
    has_target = pd.notna(row["target_minor"])
    if has_target:
        line = CardLine("plan", "plan_revenue", detail=_days(row["date_from"], row["date_to"], lang), record=number)
        yield subject.priced(line, row["target_minor"])
    if pd.notna(row["target_share"]):
        yield CardLine("plan", "plan_share", record=number, figure=f"{row['target_share']:.4f}")
    share = str(round_ratio(int(row["invoiced_minor"]), int(row["target_minor"]), 4)) if has_target else None
    of_aim = render("card.of_aim", {"share": share}, lang) if share else ""
    line = CardLine("plan", "plan_invoiced", detail=_joined(of_aim, _elapsed(row, as_of, lang)), record=number)
    yield subject.priced(replace(line, figure=share, day=as_of), row["invoiced_minor"])


def _phase_lines(mine: pd.DataFrame, lang: str) -> Iterator[CardLine]:
    """A line a phase: its days, and how many of its measures are open and late; `figure`: those that are open."""
    for _, steps in mine.groupby("phase"):
        first, last = steps["phase_from"].iloc[0], steps["phase_to"].iloc[0]
        is_open = int(steps["done_on"].isna().sum())
        count = {"open": is_open, "count": len(steps), "late": int(steps["is_late"].sum())}
        text = _joined(_days(first, last, lang), render("card.phase_measures", count, lang))
        name = render("card.phase_number", {"phase": int(steps["phase"].iloc[0])}, lang)
        yield CardLine("plan", "phase", name, text, None, day_of(last), figure=str(is_open))


def _measure_line(row: Record, lang: str) -> CardLine:
    done = day_of(row["done_on"])
    words = [label(f"measure_kind.{row['kind']}", lang), _text(row["done_by"])]
    if done is not None:
        words.append(render("card.measure_done", {"day": done.isoformat()}, lang))
    elif row["is_late"]:
        words.append(label("card.measure_late", lang))
    return CardLine("plan", "measure", str(row["name"]), _joined(*words), int(row["measure_id"]), day_of(row["due"]))


def _elapsed(row: Record, as_of: date, lang: str) -> str:
    """How much of the plan's days is over, the day itself included."""
    first, last = day_of(row["date_from"]), day_of(row["date_to"])
    if first is None or last is None or last < first:
        return ""
    share = round_ratio((min(as_of, last) - first).days + 1, (last - first).days + 1, 4)
    return render("card.of_days", {"share": str(share)}, lang)


def _days(first: object, last: object, lang: str) -> str:
    return render("card.phase_days", {"first": str(day_of(first)), "last": str(day_of(last))}, lang)


def _version(row: Record, lang: str) -> str:
    return render("card.plan_version", {"version": int(row["plan_version"])}, lang)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _joined(*words: str) -> str:
    return " · ".join(word for word in words if word)
