"""Closed statements of pay in the book: how one is written down, found again, and read back.

A closed statement is an event `pay.statement` (key `company:plan:period:payee:currency:sequence`) with its figures, the
versions of the plan and the hash of what they were computed from, and an event `pay.statement.rows` (the same key with
the revision) with every row: slice, rate, exchange, exact amount. So a night reads figures alone. Its period is an
event `pay.period` (key `company:plan:period`) with its state and the contents that it rests on; all of them are one
transaction of the book. A statement closed anew is a further event of the same key with the next revision. Ids and
figures only: erasing a person changes nothing in it (R-75).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from kam_connector.errors import Contradiction
from kam_connector.ledger import Entry, Ledger, Problem, fingerprint
from kam_connector.ledger.columns import pack, unpack
from kam_connector.money import Currency
from kam_connector.periods import parse_period
from kam_connector.rules.decisions import boxed, days_of, ids_of, words_of
from kam_connector.rules.pay.exact import fine_of, per_minor
from kam_connector.rules.payouts import FIGURES, KEYS, LINE_COLUMNS, PAYOUT_COLUMNS, ClosedBooks
from kam_connector.rules.restating import origin_of
from kam_connector.runs.known import CARRIED_COLUMNS
from kam_connector.texts import Text

STATEMENT, ROWS, PERIOD = "pay.statement", "pay.statement.rows", "pay.period"
EXPORTED = "pay.exported"
"""The event of an export for the payroll, by the key of the period: statements (key to content), when, which run."""
ROUNDING = "once, half away from zero"
UNLIKE = Text("Event {seq}: the rows of statement {key} are not those of its figures.")
LOST = Text("Event {seq}: the book does not hold all statements that period {key} rests on.")
SETTLED_COLUMNS = [*KEYS, "sequence", "settled_minor"]
_WHOLE = ("credit_id", "move_id", "customer_id", "base_minor", "slice_from", "slice_to")
_TEXTS = ("component", "exchange", "rate", "earned_exact", "amount_exact", "reason_code", "reason_args")
_EXACT = ("rate", "earned_exact", "amount_exact")
Place: TypeAlias = tuple[int, str, str]
"""Company, plan, period."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A closed statement: `figures` (FIGURES) in smallest units of `currency`; `exact` is the sum of its rows.

    `versions`: those of the plan, each with the hash of what it was computed from; `carried`: what of it belongs to
    closed periods; `rows`: how many it has; `content` stands for figures and rows. A `void` one pays nothing:
    the payee had no statement any more when the period was closed anew.
    """

    company_id: int
    payee_id: int
    plan: str
    period: str
    currency_id: int
    sequence: int
    revision: int
    figures: Mapping[str, int]
    earned_exact: str
    exact: str
    rounding: str
    reason_code: str
    reason_args: str
    currency: str
    digits: int
    versions: Sequence[Mapping[str, str]]
    policy_hash: str
    carried: Mapping[str, int]
    rows: int
    content: str
    closed_on: str
    run: str
    void: bool = False

    @property
    def who(self) -> tuple[int, int, str, str, int]:
        """Company, payee, plan, period, currency."""
        return self.company_id, self.payee_id, self.plan, self.period, self.currency_id

    @property
    def place(self) -> Place:
        """Company, plan, period."""
        return self.company_id, self.plan, self.period

    @property
    def key(self) -> str:
        return f"{period_key(*self.place)}:{self.payee_id}:{self.currency_id}:{self.sequence}"

    @property
    def money(self) -> Currency:
        return Currency(self.currency, self.digits)

    @property
    def payout(self) -> int:
        """What it pays, in smallest units."""
        return 0 if self.void else self.figures["payout"]


def period_key(company: int, plan: str, period: str) -> str:
    """The key under which the state of a company's period is found."""
    return f"{company}:{plan}:{period}"


def contents_of(
    row: Mapping[Any, Any], lines: pd.DataFrame, currency: Currency
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of Stated that say what is stated, and its rows: of a row of PAYOUT_COLUMNS and its LINE_COLUMNS."""
    amounts = list(lines["amount_exact"])
    carried: dict[str, int] = {}
    for component, amount in zip(words_of(lines["component"]), amounts, strict=True):
        if origin := origin_of(component):
            carried[origin] = carried.get(origin, 0) + fine_of(amount) // per_minor(currency)
    fields: dict[str, Any] = {
        **{name: row[name] if name in ("plan", "period") else int(row[name]) for name in (*KEYS, "sequence")},
        "figures": {name: int(row[f"{name}_minor"]) for name in FIGURES},
        "earned_exact": _text(row["earned_exact"]),
        "exact": _text(sum(amounts, Decimal(0))),
        "rounding": ROUNDING,
        "reason_code": row["reason_code"],
        "reason_args": row["reason_args"],
        "currency": currency.code,
        "digits": currency.digits,
        "carried": carried,
        "rows": len(lines),
    }
    columns = _columns(lines)
    return {**fields, "content": _content(fields, columns)}, columns


def statement_entries(stated: Stated, columns: Mapping[str, Any]) -> list[Entry]:
    """The events that hold it: its rows first."""
    rows = Entry(ROWS, _rows_key(stated), columns)
    return [rows, void_entry(stated)]


def void_entry(stated: Stated) -> Entry:
    """The event of its figures alone: its rows stand in the book already, or it has none."""
    return Entry(STATEMENT, stated.key, asdict(stated))


def read_statements(book: Ledger) -> list[Stated]:
    """The last revision of every closed statement, by key; void ones too."""
    return [Stated(**payload) for payload in book.states(STATEMENT).values()]


def read_periods(book: Ledger) -> dict[Place, dict[str, Any]]:
    """Company, plan and period to the last event of each period that was ever closed."""
    found = {}
    for key, payload in book.states(PERIOD).items():
        company, rest = key.split(":", 1)
        plan, period = rest.rsplit(":", 1)
        found[int(company), plan, period] = payload
    return found


def closed_books(book: Ledger, statements: Iterable[Stated], carried: pd.DataFrame | None = None) -> ClosedBooks:
    """The closed periods, with the rows of the last statement of each payee in them.

    `carried`: CARRIED_COLUMNS of what settled statements have carried over from them.
    """
    last: dict[tuple[int, int, str, str, int], Stated] = {}
    for each in sorted(statements, key=lambda stated: stated.sequence):
        if not each.void:
            last[each.who] = each
    already: dict[tuple[int, int, str, str, int], dict[int, int]] = {}
    rows = [] if carried is None else zip(*(carried[name].tolist() for name in CARRIED_COLUMNS), strict=True)
    for company, payee, plan, period, currency, move, amount in rows:
        sums = already.setdefault((company, payee, plan, period, currency), {})
        sums[move] = sums.get(move, 0) + amount
    return ClosedBooks(frozenset(read_periods(book)), _Rows(book, last), already)


def settled_of(statements: Iterable[Stated]) -> pd.DataFrame:
    """SETTLED_COLUMNS: what closed statements settle, what they carry over in its own period; void ones nothing."""
    rows = []
    for each in (each for each in statements if not each.void):
        rows.append((*each.who, each.sequence, each.payout - sum(each.carried.values())))
        rows += [
            (each.company_id, each.payee_id, each.plan, origin, each.currency_id, 0, amount)
            for origin, amount in each.carried.items()
        ]
    return pd.DataFrame(rows, columns=SETTLED_COLUMNS)


def carried_of(book: Ledger, statements: Iterable[Stated]) -> pd.DataFrame:
    """CARRIED_COLUMNS: what closed statements carry over, a row each; void ones nothing."""
    rows = []
    for each in (each for each in statements if each.carried and not each.void):
        lines = lines_of(book, each)
        for component, move, amount in zip(lines["component"], lines["move_id"], lines["amount_exact"], strict=True):
            if origin := origin_of(component):
                minor = fine_of(amount) // per_minor(each.money)
                rows.append((each.company_id, each.payee_id, each.plan, origin, each.currency_id, int(move), minor))
    return pd.DataFrame(rows, columns=CARRIED_COLUMNS)


def payouts_of(statements: Collection[Stated]) -> pd.DataFrame:
    """PAYOUT_COLUMNS of the statements, as they were closed."""
    rows = []
    for each in statements:
        period = parse_period(each.period)
        figures = {f"{name}_minor": each.figures[name] for name in FIGURES}
        rows.append({
            **dict(zip(KEYS, each.who, strict=True)), "date_from": period.start, "date_to": period.end,
            "sequence": each.sequence, "earned_exact": Decimal(each.earned_exact), **figures,
            "reason_code": each.reason_code, "reason_args": each.reason_args,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=PAYOUT_COLUMNS)


def lines_of(book: Ledger, each: Stated) -> pd.DataFrame:
    """LINE_COLUMNS of the statement, as they were closed; `exchange` is a text. Contradiction: the book lost them."""
    columns = book.latest(ROWS, _rows_key(each))
    if columns is None:
        raise Contradiction(
            "The ledger does not hold the rows of statement {statement}.",
            next_step="Prove the ledger with `kam verify`, and put the last good backup in its place.",
            statement=each.key,
        )
    return _table(each, columns)


def _table(each: Stated, columns: Mapping[str, Any]) -> pd.DataFrame:
    whole = {name: unpack(columns[name], each.rows) for name in (*_WHOLE, "date")}
    texts = {name: boxed(columns[name]) for name in _TEXTS}
    exact = {name: boxed([Decimal(text) for text in columns[name]]) for name in _EXACT}
    own = {name: [value] * each.rows for name, value in zip(KEYS, each.who, strict=True)}
    table = pd.DataFrame({**whole, **texts, **exact, **own})
    table["date"] = table["date"].to_numpy().view("datetime64[D]").astype("datetime64[s]")
    return table[LINE_COLUMNS]


def find_problems(book: Ledger) -> list[Problem]:
    """Every closed statement that does not agree with itself, and every period that lost one.

    Its content must be that of its figures and rows, their sum its payout but for one smallest unit: rounded once.
    """
    problems = []
    contents: set[tuple[str, str]] = set()
    for event in book.events(STATEMENT):
        stated = Stated(**event.payload)
        contents.add((event.key, stated.content))
        if not stated.void and not _agrees(stated, book.latest(ROWS, _rows_key(stated))):
            problems.append(Problem(event.seq, Text(UNLIKE.template, {"seq": event.seq, "key": event.key})))
    for event in book.events(PERIOD):
        if not set(event.payload["statements"].items()) <= contents:
            problems.append(Problem(event.seq, Text(LOST.template, {"seq": event.seq, "key": event.key})))
    return problems


def _agrees(stated: Stated, columns: Mapping[str, Any] | None) -> bool:
    if columns is None:
        return False
    payload = asdict(stated)
    left = ("revision", "versions", "policy_hash", "content", "closed_on", "run", "void")
    fields = {name: value for name, value in payload.items() if name not in left}
    total = sum((fine_of(amount) for amount in _table(stated, columns)["amount_exact"]), 0)
    unit = per_minor(stated.money)
    return _content(fields, columns) == stated.content and abs(total - stated.figures["payout"] * unit) <= unit


class _Rows(Mapping[tuple[int, int, str, str, int], pd.DataFrame]):
    """The rows of statements, read when they are asked for."""

    def __init__(self, book: Ledger, statements: Mapping[tuple[int, int, str, str, int], Stated]) -> None:
        self._book, self._statements = book, statements

    def __getitem__(self, who: tuple[int, int, str, str, int]) -> pd.DataFrame:
        return lines_of(self._book, self._statements[who])

    def __iter__(self) -> Iterator[tuple[int, int, str, str, int]]:
        return iter(self._statements)

    def __len__(self) -> int:
        return len(self._statements)


def _content(fields: Mapping[str, Any], columns: Mapping[str, Any]) -> str:
    """Stands for the figures themselves: how they are packed is another matter from one compressor to the next."""
    plain = {name: unpack(columns[name], fields["rows"]).tolist() for name in (*_WHOLE, "date")}
    return fingerprint({**fields, "columns": {**columns, **plain}})


def _rows_key(stated: Stated) -> str:
    return f"{stated.key}:{stated.revision}"


def _columns(lines: pd.DataFrame) -> dict[str, Any]:
    days = days_of(lines["date"]).view(np.int64)
    whole = {name: pack(ids_of(lines[name])) for name in _WHOLE}
    return {**whole, "date": pack(days), **{name: [_text(each) for each in lines[name]] for name in _TEXTS}}


def _text(value: Any) -> str:
    """Decimals without an exponent, fractions as they are, "" for nothing."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
