"""The panel of a customer card about how the customer buys, line by line; what nothing tells has no line."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kam_connector.facts.traits import CHANNELS, main_channels
from kam_connector.messages import label, render
from kam_connector.reports import CardLine
from kam_connector.runs.card_lines import Record, Subject
from kam_connector.runs.figure_texts import figure_text, figure_value
from kam_connector.runs.frames import to_frame
from kam_connector.runs.traits import read_traits

_COUNTED = {"top3_share": "products_12m", "decision_days": "decided_orders"}
"""Of how many a figure tells, and the sentence that says so: `card.of_<column>`."""


def trait_lines(subject: Subject) -> Iterator[CardLine]:
    """Concentration, days to decide, share of discount, categories and their diversity, then the main channels."""
    found = read_traits(subject.sources, subject.night.as_of, [subject.company], subject.who.id)
    for row in found.to_dict("records"):
        for fact in ("top3_share", "decision_days", "discount_share"):
            yield from _line(subject, row, fact)
    for row in subject.own(subject.night.figures).to_dict("records"):
        for fact in ("categories_12m", "category_diversity"):
            yield from _line(subject, row, fact)
    yield from _channel_lines(subject)


def _line(subject: Subject, row: Record, fact: str) -> Iterator[CardLine]:
    if pd.isna(row[fact]):
        return
    value, digits = float(row[fact]), subject.currency.digits
    text = figure_text(fact, value, subject.currency.code, digits, subject.lang)
    if fact in _COUNTED:
        count = int(row[_COUNTED[fact]])
        text = f"{text} · {render(f'card.of_{_COUNTED[fact]}', {'count': count}, subject.lang)}"
    name = label(f"measure.{fact}", subject.lang)
    yield CardLine("traits", "trait", name, text, figure=figure_value(fact, value, digits))


def _channel_lines(subject: Subject) -> Iterator[CardLine]:
    """The main channel of each kind, with its share of the confirmed orders of twelve months."""
    channel = main_channels(subject.sources.con, subject.night.as_of, subject.sources.zones)
    found = subject.own(to_frame(channel.filter(channel.customer_id == subject.who.id)))
    order = list(CHANNELS)
    for row in sorted(found.to_dict("records"), key=lambda row: order.index(row["kind"])):
        number, share = int(row["channel_id"]), row["orders"] / row["orders_12m"]
        told = {"share": f"{share:.4f}", "orders": int(row["orders"]), "count": int(row["orders_12m"])}
        named = row["channel"] if isinstance(row["channel"], str) else f"#{number}"
        text = f"{named} · {render('card.of_orders', told, subject.lang)}"
        name = label(f"channel.{row['kind']}", subject.lang)
        yield CardLine("traits", "channel", name, text, number, figure=f"{share:.4f}")
