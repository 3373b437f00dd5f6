"""The panels of a customer card about what people have said: how they rate the customer, what he suggested to us."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kam_connector.facts.suggestions import suggestions
from kam_connector.messages import label, render
from kam_connector.policy.measures import RATINGS
from kam_connector.reports import CardLine
from kam_connector.runs.card_lines import Record, Subject, day_of
from kam_connector.runs.figure_texts import figure_text, figure_value
from kam_connector.runs.frames import to_frame
from kam_connector.runs.raters import Said, said_in, tell_age

LAST_SUGGESTIONS = 10


def rating_lines(subject: Subject) -> Iterator[CardLine]:
    """What a person has rated and estimated, with the day; last who did, and up to which day it counts or counted."""
    for row in subject.own(subject.night.ratings).to_dict("records"):
        said = said_in(row)
        for fact in RATINGS:
            if fact in said.facts:
                yield _rating_line(subject, fact, row, said)
        if "wallet_share" in said.facts:
            yield subject.priced(CardLine("ratings", "need", day=said.on), row["wallet_estimate_minor"])
        entry = "rating_old" if said.is_old(subject.night) else "rating_counts"
        text = tell_age(said, subject.night, subject.lang)
        yield CardLine("ratings", entry, detail=text, record=said.record, day=said.on)


def customer_suggestion_lines(subject: Subject) -> Iterator[CardLine]:
    """The last suggestions of the customer, the newest first: topic, sentence, what became of it, who wrote it."""
    made = suggestions(subject.sources.con, subject.night.as_of)
    found = subject.own(to_frame(made.filter(made.customer_id == subject.who.id)))
    found = found.sort_values(["suggested_on", "suggestion_id"], ascending=False, kind="stable")
    for row in found.head(LAST_SUGGESTIONS).to_dict("records"):
        state = label(f"suggestion_state.{row['state']}", subject.lang)
        text = " · ".join([str(row["suggestion"]), state, *_writer(row, subject.lang)])
        topic = label(f"topic.{row['topic']}", subject.lang)
        line = CardLine("customer_suggestions", "suggestion", topic, text, int(row["suggestion_id"]))
        yield replace(line, day=day_of(row["suggested_on"]))


def _rating_line(subject: Subject, fact: str, row: Record, said: Said) -> CardLine:
    value = float(row[fact])
    shown = figure_text(fact, value, subject.currency.code, subject.currency.digits, subject.lang)
    name = label(f"measure.{fact}", subject.lang)
    figure = figure_value(fact, value, subject.currency.digits)
    return CardLine("ratings", "rating", name, shown, said.record, said.on, figure=figure)


def _writer(row: Record, lang: str) -> list[str]:
    by = row["written_by"]
    return [render("card.written_by", {"by": by}, lang)] if isinstance(by, str) else []
