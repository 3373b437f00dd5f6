"""Reconciliations as Odoo 19 makes them, with exchange differences.

A match takes the smaller open amount in the common currency. Where the two sides' company amounts of that differ, an
exchange entry moves the difference off the side that would keep it. Odoo 19 dates it on the last day of the later
side's month when that month is over, else on the day of the match (here: the anchor day); Odoo 14 on the later side's
day. So both versions agree on balances at the end of a month, not within it.

Figure: an invoice of EUR 100 booked at 780.00 CNY, paid with EUR 100 worth 800.00: the match is 780.00, and an
exchange entry of 20.00 clears the rest of the payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kam_connector.sample.amounts import divide
from kam_connector.sample.books import RECEIVABLE, Books, Posting
from kam_connector.sample.firm import COMPANY
from kam_connector.sample.months import last_day
from kam_connector.sample.papers import Settlement


@dataclass(frozen=True, slots=True)
class Partial:
    """A match of a debit with a credit line: company amount, then each side's own currency."""

    id: int
    debit: Posting
    credit: Posting
    amount: int
    debit_currency: int
    credit_currency: int
    max_date: date


class Matches:
    """All partial matches, and which lines hang together."""

    def __init__(self, books: Books, anchor: date) -> None:
        self.books = books
        self.anchor = anchor
        self.partials: list[Partial] = []
        self._of: dict[int, list[Partial]] = {}
        self._fulls = 0

    def partials_of(self, line: Posting) -> list[Partial]:
        """The matches of a line."""
        return self._of.get(line.id, [])

    def settle(self, settlement: Settlement) -> None:
        """The paper's receivable line is matched with the instalments, in order."""
        entry = self.books.by_paper[settlement.source]
        for source in entry.receivables:
            for invoice, position in settlement.targets:
                target = self.books.by_paper[invoice].receivables[position]
                if source.residual_currency and target.residual_currency:
                    self._match(target, source)
            self._close(source)

    def _match(self, debit: Posting, credit: Posting) -> None:
        """The two lines are matched with the smaller amount."""
        taken = min(debit.residual_currency, -credit.residual_currency)
        debit_amount, credit_amount = _worth(debit, taken), _worth(credit, taken)
        amount = min(debit_amount, credit_amount)
        self._add(debit, credit, amount, taken)
        self._exchange(debit, credit, debit_amount - amount, credit_amount - amount)

    def _add(self, debit: Posting, credit: Posting, amount: int, taken: int) -> None:
        """A partial match is recorded and both residuals are lower."""
        day = max(debit.entry.day, credit.entry.day)
        partial = Partial(len(self.partials) + 1, debit, credit, amount, taken, taken, day)
        self.partials.append(partial)
        for line, sign in ((debit, -1), (credit, 1)):
            line.residual += sign * amount
            line.residual_currency += sign * taken
            line.entry.touched = max(line.entry.touched, day)
            self._of.setdefault(line.id, []).append(partial)

    def _exchange(self, debit: Posting, credit: Posting, debit_rest: int, credit_rest: int) -> None:
        """What the match leaves of a fully used side is moved to the exchange account by an entry of its own."""
        if not debit_rest and not credit_rest:
            return
        company = debit.entry.company
        entry = self.books.open_entry(
            None, company=company, currency=COMPANY[company].currency, day=self._exchange_day(debit, credit),
            customer=debit.entry.customer, series="EXCH",
        )  # fmt: skip
        for line, rest in ((debit, debit_rest), (credit, -credit_rest)):
            if rest:
                fix = self.books.add(entry, RECEIVABLE, -rest, 0, currency=line.currency)
                self.books.add(entry, "exchange", rest, 0, currency=line.currency)
                self._add(*((line, fix) if rest > 0 else (fix, line)), abs(rest), 0)

    def _exchange_day(self, debit: Posting, credit: Posting) -> date:
        """Which day Odoo 19 gives to the exchange entry of a match."""
        day = max(debit.entry.day, credit.entry.day)
        is_over = (day.year, day.month) < (self.anchor.year, self.anchor.month)
        return last_day(day.replace(day=1)) if is_over else max(day, self.anchor)

    def _close(self, source: Posting) -> None:
        """All lines that hang together get one full match once nothing is open of any."""
        lines = self._connected(source)
        if any(line.residual or line.residual_currency for line in lines):
            return
        self._fulls += 1
        for line in lines:
            line.full = self._fulls

    def _connected(self, source: Posting) -> list[Posting]:
        """The lines that can be reached from one over matches."""
        seen, waiting = {source.id: source}, [source]
        while waiting:
            for partial in self._of.get(waiting.pop().id, ()):
                for line in (partial.debit, partial.credit):
                    if line.id not in seen:
                        seen[line.id] = line
                        waiting.append(line)
        return list(seen.values())


def _worth(line: Posting, taken: int) -> int:
    """Company amount of that much of a line: all that is left of it, when it is used up."""
    if taken == abs(line.residual_currency):
        return abs(line.residual)
    return min(abs(line.residual), divide(abs(line.balance) * taken, abs(line.amount_currency)))
