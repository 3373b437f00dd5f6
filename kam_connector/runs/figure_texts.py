"""How a figure that customers are rated by is written: for scripts, and for a person in his language."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from kam_connector.languages import find_language
from kam_connector.messages import label, render
from kam_connector.messages.formats import format_money, format_number, format_percent
from kam_connector.policy.measures import CLASSES, MEASURES, SCALE

_FOUR_PLACES = Decimal("0.0001")


def figure_value(fact: str, value: Any, digits: int) -> str | None:
    """The figure as scripts take it: money with the currency's digits, others with at most four, a class as its code;
    None when missing.
    """
    if value is None or value != value:
        return None
    if fact in CLASSES:
        return CLASSES[fact][int(value)]
    exact = Decimal(repr(float(value)))
    if MEASURES.get(fact) == "money":
        return f"{exact:.{digits}f}"
    text = f"{exact.quantize(_FOUR_PLACES) + 0:f}"
    return text.rstrip("0").rstrip(".")


def figure_text(fact: str, value: Any, currency: str, digits: int, lang: str) -> str:
    """The figure as a person reads it; a dash when missing."""
    shown = figure_value(fact, value, digits)
    if shown is None:
        return "–"
    language = find_language(lang)
    match MEASURES.get(fact):
        case "money":
            return format_money(shown, currency, language)
        case "share":
            return format_percent(shown, language)
        case "rating":
            return render("explain.of_scale", {"value": shown, "most": SCALE[-1]}, lang)
        case "class":
            return label(f"{fact}.{shown}", lang)
    return format_number(shown, language)


def exact_text(value: Decimal | str | None) -> str | None:
    """The number or code as the policy has it: 1.50 stays 1.50; None when missing."""
    return f"{value:f}" if isinstance(value, Decimal) else value
