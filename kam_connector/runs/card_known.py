"""The panels of a customer card out of its file in the addon: who decides, who serves it, what is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from kam_connector.facts.known import known
from kam_connector.facts.members import members
from kam_connector.facts.stakeholders import stakeholders
from kam_connector.messages import label, render
from kam_connector.money import Currency, minor_text
from kam_connector.reports import CardLine
from kam_connector.runs.card_lines import Record, Subject, day_of, own_rows

FIGURES = {"size": "people_count", "revenue": "amount_minor", "profit": "amount_minor", "market_share": "share"}
"""Which column holds the figure of a kind."""


def stakeholder_lines(subject: Subject) -> Iterator[CardLine]:
    """Who has a say, those who still have it first, the most influential first; `figure`: the influence, 1 to 5."""
    found = own_rows(subject, stakeholders)
    order = ["is_gone", "influence", "contact", "stakeholder_id"]
    found = found.sort_values(order, ascending=[True, False, True, True], kind="stable", na_position="last")
    for row in found.to_dict("records"):
        influence = row["influence"] if isinstance(row["influence"], str) else None
        words = [label(f"say.{row['role']}", subject.lang), label(f"attitude.{row['attitude']}", subject.lang)]
        if influence:
            words.append(render("card.influence", {"influence": influence}, subject.lang))
        if row["is_gone"]:
            words.append(label("card.role_over", subject.lang))
        name = row["contact"] if isinstance(row["contact"], str) else ""
        yield CardLine("contacts", "stakeholder", name, " · ".join(words), int(row["stakeholder_id"]),
                       day_of(row["noted_on"]), figure=influence)  # fmt: skip


def member_lines(subject: Subject) -> Iterator[CardLine]:
    """The service team of the day by role, each with the first day."""
    found = own_rows(subject, members).sort_values(["role", "date_from", "member_id"], kind="stable")
    for row in found.to_dict("records"):
        words = [label(f"team_role.{row['role']}", subject.lang)]
        if (last := day_of(row["date_to"])) is not None:
            words.append(render("card.up_to_day", {"day": last.isoformat()}, subject.lang))
        name = row["name"] if isinstance(row["name"], str) else ""
        yield CardLine("team", "member", name, " · ".join(words), int(row["member_id"]), day_of(row["date_from"]))


def known_lines(subject: Subject) -> Iterator[CardLine]:
    """The newest of each kind: its figure or amount, the text, the source, the day of which it tells."""
    for row in own_rows(subject, known).sort_values(["kind", "note_id"], kind="stable").to_dict("records"):
        name = label(f"known.{row['kind']}", subject.lang)
        words = [row["note"] if isinstance(row["note"], str) else "", str(row["source"])]
        if row["is_old"]:
            last = {"day": str(day_of(row["valid_until"]))}
            words.append(render("card.valid_up_to", last, subject.lang))
        text = " · ".join(word for word in words if word)
        line = CardLine("known", "note", name, text, int(row["note_id"]), day_of(row["known_on"]))
        yield _with_figure(line, row)


def _with_figure(line: CardLine, row: Record) -> CardLine:
    """The line with what its kind has: an amount, a number of people, a share.

    A zero beside a text is none: people wrote the text alone.
    """
    figure = row.get(FIGURES.get(str(row["kind"]), ""))
    if pd.isna(figure) or (not figure and isinstance(row["note"], str)):
        return line
    if row["kind"] == "size":
        return replace(line, figure=str(int(figure)))
    if row["kind"] == "market_share":
        return replace(line, figure=f"{figure:.4f}")
    if not isinstance(row["currency"], str):
        return line
    money = Currency(row["currency"], int(row["digits"]))
    return replace(line, amount=minor_text(int(figure), money), currency=money.code)
