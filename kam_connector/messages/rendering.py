"""`render`: the sentence of a code with its parameters; `label`: a fixed text such as a column title."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import reduce

from kam_connector.languages import Language, find_language
from kam_connector.messages.catalog import PLACEHOLDER, find_message
from kam_connector.messages.conditions import Condition, parse_conditions
from kam_connector.messages.formats import FORMATS, format_money

Args = Mapping[str, object]
OwnNames = Mapping[str, Mapping[str, str]]
"""The company's own names by family and code: `{"tier": {"gold": "Key account"}, "step": {...}}`."""


def render(code: str, args: Args | str | None, lang: str, names: OwnNames | None = None) -> str:
    """The sentence of `code` with `args` (a mapping, or its JSON text) in the language of the locale `lang`.

    A code that this release does not know (an old ledger record, a rule of the user's own) reads as the
    code and its parameters: a report is never lost for a sentence. A parameter that is not there reads as
    `?`, an empty one as a dash. `names` (a policy's labels of its tiers and steps) come before the catalog's.
    """
    values = _arguments(args)
    message = find_message(code)
    if message is None:
        return f"{code} {json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)}" if values else code
    language = find_language(lang)
    return PLACEHOLDER.sub(lambda match: _written(match, values, language, names or {}), message.texts[language])


def label(key: str, lang: str) -> str:
    """The fixed text of `key`: a column title (bare `customer` is `column.customer`), bucket, status, step.

    An unknown key reads as its last part, a bucket column by its days (`d1_30`).
    """
    for known in (key, f"column.{key}"):
        if find_message(known):
            return render(known, None, lang)
    return _bucket_title(key, lang) or key.rpartition(".")[2]


def _bucket_title(key: str, lang: str) -> str:
    bucket = re.fullmatch(r"(?:\w+\.)?d(?P<first>\d+)_(?P<last>\d+|plus)", key)
    if bucket is None:
        return ""
    if bucket["last"] == "plus":
        return render("bucket.over", {"days": int(bucket["first"]) - 1}, lang)
    return render("bucket.range", {"first": bucket["first"], "last": bucket["last"]}, lang)


def _arguments(args: Args | str | None) -> Args:
    if not isinstance(args, str):
        return args or {}
    try:
        values = json.loads(args or "{}")
    except ValueError:
        return {"args": args}
    return values if isinstance(values, dict) else {"args": args}


def _written(match: re.Match[str], values: Args, lang: Language, names: OwnNames) -> str:
    value = values.get(match["name"])
    if value is None:
        return "?"
    kind, extra = match["kind"], match["extra"] or ""
    if kind == "money" and value != "":
        return format_money(value, str(values.get(extra) or ""), lang)
    if kind == "label":
        own = names.get(extra, {}).get(str(value))
        key = f"{extra}.{value or 'none'}"
        return own or (label(key, lang) if find_message(key) else str(value))
    if value == "":
        return "–"
    if kind == "conditions":
        return _told(parse_conditions(str(value)), lang, names) or str(value)
    return FORMATS[kind](value, lang) if kind else str(value)


def _told(conditions: Sequence[Condition], lang: Language, names: OwnNames) -> str:
    """The conditions as one phrase: "tier Gold or Silver and Growth of at least 50 points"."""
    *first, last = [_condition(each, lang, names) for each in conditions] or [""]
    return _joined("and", [_joined("comma", first, lang), last], lang) if first else last


def _joined(word: str, parts: Sequence[str], lang: Language) -> str:
    return reduce(lambda first, second: render(f"condition.{word}", {"first": first, "second": second}, lang), parts)


def _condition(condition: Condition, lang: Language, names: OwnNames) -> str:
    if condition.codes:
        own = names.get(condition.name, {})
        codes = [own.get(code) or label(f"{condition.name}.{code}", lang) for code in condition.codes]
        return render(f"condition.{condition.name}", {"codes": _joined("or", codes, lang)}, lang)
    is_measure = find_message(f"measure.{condition.name}") is not None
    family, unit = ("measure", "figure") if is_measure else ("dimension", "points")
    fact = label(f"{family}.{condition.name}", lang)
    way = "between" if condition.start and condition.below else "at_least" if condition.start else "below"
    shown = {"fact": fact, "start": condition.start, "below": condition.below}
    return render(f"condition.{way}_{unit}", shown, lang)
