"""The worked cases of collections.md 3.1 and 3.3 as documents in a real Odoo: one customer a case, made over RPC.

Every customer is called like his case. What only Odoo 19 can express (a blocked payment, an invoice in draft that keeps
its match) is made there alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kam_connector.erp import Session
from kam_connector.sample.load_target import Row, Target, open_target
from kam_connector.sample.load_versions import instalments

EDGES = (-1, 0, 1, 29, 30, 31, 60, 61, 90, 91, 120, 121, 180, 181)
"""Case B: 2 to the power of the place is so many days past due on 30 June 2026."""
TERMS: dict[str, tuple[tuple[Any, int], ...]] = {
    "30/60/90": ((30, 30), (30, 60), (40, 90)),
    "0/10/20/30": ((7.5, 0), (10, 10), (10, 20), (72.5, 30)),
    "0/30/60": ((30, 0), (40, 30), (30, 60)),
    "30/50/20": ((30, 0), (50, 15), (20, 30)),
}
RATES = (("EUR", "2026-01-01", 1 / 1.1), ("EUR", "2026-04-01", 0.8), ("GBP", "2019-01-01", 1 / 80))


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: an invoice or a credit note, an entry (negative: in the customer's favour) or a payment."""

    key: str
    customer: str
    kind: str
    amount: float
    day: str
    due: str | None = None
    terms: str = ""
    currency: str = "USD"
    company: int = 0
    state: str = "posted"


@dataclass(frozen=True, slots=True)
class Match:
    """Papers whose open items are matched with one another."""

    papers: tuple[str, ...]


def papers() -> list[Paper]:
    """All documents of the cases."""
    june = date(2026, 6, 30)
    edges = [
        Paper(f"B{days}", "B", "out_invoice", float(2**place), "2025-12-01", (june - timedelta(days=days)).isoformat())
        for place, days in enumerate(EDGES)
    ]
    return [*edges, *_single_cases(), *_instalments(), *_threads(), *_foreign()]


def _single_cases() -> list[Paper]:
    both = [
        paper
        for case in ("C1", "C2")
        for paper in (
            Paper(f"{case} inv", case, "out_invoice", 500, "2026-02-01", "2026-03-01"),
            Paper(f"{case} note", case, "out_refund", 120, "2026-04-25", "2026-04-25"),
        )
    ]
    return [
        *both,
        Paper("G child", "G child", "out_invoice", 210, "2026-03-15", "2026-04-15"),
        Paper("G", "G", "out_invoice", 90, "2026-03-01", "2026-03-31"),
        Paper("H posted", "H", "out_invoice", 333, "2026-03-01", "2026-03-31"),
        Paper("H draft", "H", "out_invoice", 111, "2026-03-01", "2026-03-31", state="draft"),
        Paper("H cancel", "H", "out_invoice", 222, "2026-03-01", "2026-03-31", state="cancel"),
        Paper("K1", "K", "out_invoice", 900, "2026-02-01", "2026-03-01"),
        Paper("K2", "K", "out_invoice", 500, "2026-02-01", "2026-03-01", company=1),
        Paper("L inv", "L", "out_invoice", 700, "2026-09-01", "2026-10-01"),
        Paper("L pay", "L", "payment", 700, "2026-12-21"),
        Paper("M", "M", "entry", 5000, "2025-12-31"),
        Paper("P inv", "P", "out_invoice", 800, "2026-02-01", "2026-03-01"),
        Paper("P back", "P", "out_refund", 800, "2026-05-20", "2026-05-20"),
        Paper("R", "R", "out_invoice", 640, "2026-02-01", "2026-03-01"),
        Paper("N1 inv", "N1", "out_invoice", 100, "2026-03-01", "2026-03-31"),
        Paper("N1 pay", "N1", "payment", 40, "2026-04-10"),
        Paper("N4 inv", "N4", "out_invoice", 100, "2026-03-01", "2026-03-31"),
        Paper("N4 pay", "N4", "payment", 100, "2026-04-10"),
        Paper("N5 inv", "N5", "out_invoice", 100, "2026-03-01", "2026-03-31"),
        Paper("N5 pay", "N5", "payment", 100, "2026-04-10"),
    ]


def _instalments() -> list[Paper]:
    return [
        Paper("T", "T", "out_invoice", 1000, "2026-10-12", terms="0/30/60"),
        Paper("O487", "O487", "out_invoice", 90000, "2018-10-27", terms="30/60/90"),
        Paper("O22376 inv", "O22376", "out_invoice", 2000, "2018-01-10", terms="0/10/20/30"),
        Paper("O22376 pay", "O22376", "payment", 150, "2018-01-10"),
        Paper("E1 inv", "E1", "out_invoice", 100, "2019-06-01", terms="30/50/20"),
        Paper("E1 pay", "E1", "payment", 40, "2019-06-01"),
        Paper("E1 note", "E1", "out_refund", 100, "2019-06-10", "2019-06-10"),
        Paper("E2 inv", "E2", "out_invoice", 200, "2019-06-01", terms="30/50/20"),
        Paper("E2 pay", "E2", "payment", 40, "2019-06-02"),
        Paper("E2 note", "E2", "out_refund", 100, "2019-06-03", "2019-06-03"),
    ]


def _threads() -> list[Paper]:
    ages = (("2018-01-15", 500), ("2017-12-15", 1000), ("2017-11-15", 2000), ("2017-10-15", 4000))
    ages = (*ages, ("2017-09-15", 8000), ("2017-08-15", 160000))
    return [
        Paper("O16235 inv", "O16235", "out_invoice", 10000, "2016-11-30", "2017-02-28"),
        Paper("O16235 a", "O16235", "payment", 1500, "2016-11-09"),
        Paper("O16235 b", "O16235", "payment", 1000, "2016-11-30"),
        Paper("O16235 c", "O16235", "payment", 2000, "2017-01-30"),
        *(Paper(f"O383 {due}", "O383", "out_invoice", amount, "2017-07-01", due) for due, amount in ages),
        Paper("O383b old", "O383b", "out_invoice", 100000, "2018-02-01", "2018-03-01"),
        Paper("O383b new", "O383b", "out_invoice", 50000, "2018-04-01", "2018-04-30"),
        Paper("O383b note", "O383b", "out_refund", 1000, "2018-04-20", "2018-04-20"),
        Paper("O383b pay", "O383b", "payment", 10000, "2018-05-10"),
        Paper("E3 inv", "E3", "out_invoice", 100, "2019-06-01", "2019-06-01"),
        Paper("E3 pay", "E3", "payment", 110, "2019-06-02"),
        Paper("E4 advance", "E4", "payment", 1000, "2019-06-01"),
    ]


def _foreign() -> list[Paper]:
    return [
        Paper("PS inv", "PS", "out_invoice", 1000, "2026-01-10", "2026-03-01", currency="EUR"),
        Paper("PS pay", "PS", "payment", 400, "2026-02-10", currency="EUR"),
        Paper("E5 inv", "E5", "out_invoice", 100, "2019-06-01", "2019-06-01", currency="GBP"),
        Paper("E5 up", "E5", "revaluation", 500, "2019-06-30", currency="GBP"),
    ]


def matches() -> list[Match]:
    """What is matched with what, in this order."""
    pairs = ("C2 inv", "C2 note"), ("L inv", "L pay"), ("P inv", "P back"), ("N1 inv", "N1 pay"), ("N4 inv", "N4 pay")
    more = ("N5 inv", "N5 pay"), ("O22376 inv", "O22376 pay"), ("E1 inv", "E1 pay"), ("E2 inv", "E2 pay")
    last = ("E2 inv", "E2 note"), ("O383b old", "O383b pay"), ("O383b new", "O383b note"), ("E3 inv", "E3 pay")
    parts = tuple(("O16235 inv", f"O16235 {part}") for part in "abc")
    return [Match(pair) for pair in (*pairs, *more, *last, *parts, ("PS inv", "PS pay"))]


class CaseBooks:
    """The cases in one Odoo; `ids` knows customers (`customer`) and entries (`move`) by their keys."""

    def __init__(self, session: Session) -> None:
        self.target: Target = open_target(session, lambda line: None)
        self.is_new = session.version >= (19, 0)
        self.documents = {paper.key: paper for paper in papers()}

    def customer(self, case: str) -> int:
        return self.target.id_of("res.partner", case)

    def move(self, key: str) -> int:
        return self.target.id_of("account.move", key)

    def make(self) -> None:
        """All cases stand in the ERP."""
        self._make_companies()
        self._make_customers()
        target = self.target
        terms = {key: {"name": key, "line_ids": instalments(target.wording, parts)} for key, parts in TERMS.items()}
        target.create_all("account.payment.term", terms)
        for company in (0, 1):
            self._make_papers(company)
        self._block()
        self._match()
        target.do_all("account.move", "button_draft", [self.move("N4 inv")])

    def _make_companies(self) -> None:
        target, session = self.target, self.target.session
        first = session.capabilities.companies[0]
        for code in ("USD", "EUR", "GBP"):
            target.ids["res.currency", code] = found = target.one("res.currency", [["name", "=", code]])
            session.write("res.currency", [found], {"active": True})
        second = session.create("res.company", [{"name": "Case K", "currency_id": target.id_of("res.currency", "USD")}])
        session.write("res.users", [session.uid], {"company_ids": [(4, second[0])]})
        session.login = replace(session.login, companies=(*session.login.companies, second[0]))
        for number, company in enumerate((first, second[0])):
            target.ids["res.company", str(number)] = company
        self._load_chart(second[0])
        for number in ("0", "1"):
            self._find_accounts(number)
        rates = {
            f"{code} {day}": {
                "name": day, "rate": rate, "company_id": first, "currency_id": target.id_of("res.currency", code)
            }
            for code, day, rate in RATES
        }  # fmt: skip
        target.create_all("res.currency.rate", rates, company="0")

    def _load_chart(self, company: int) -> None:
        target, model = self.target, "account.chart.template"
        context = {**target.context(), "allowed_company_ids": [company]}
        if self.is_new:
            target.session.perform(model, "try_loading", [], "generic_coa", company, context=context)
        else:
            template = target.xml_id("l10n_generic_coa.configurable_chart_template")
            target.session.perform(model, "try_loading", [template], context=context)

    def _find_accounts(self, number: str) -> None:
        target, company = self.target, self.target.id_of("res.company", number)
        for kind in ("sale", "bank", "general"):
            domain = [["type", "=", kind], ["company_id", "=", company]]
            found = target.one("account.journal", domain, company=number)
            target.ids["account.journal", f"{number}/{kind}"] = found
        owner = ["company_ids", "in", [company]] if self.is_new else ["company_id", "=", company]
        for key, code in (("receivable", "121000"), ("income", "400000")):
            found = target.one("account.account", [["code", "=like", f"{code}%"], owner], company=number)
            target.ids["account.account", f"{number}/{key}"] = found

    def _make_customers(self) -> None:
        cases = sorted({paper.customer for paper in self.documents.values()} - {"G child"})
        target = self.target
        target.create_all("res.partner", {case: {"name": f"Case {case}", "is_company": True} for case in cases})
        child = {"name": "Case G child", "is_company": False, "parent_id": self.customer("G")}
        target.create_all("res.partner", {"G child": child})

    def _make_papers(self, company: int) -> None:
        """The documents of one company, posted."""
        target, mine = self.target, [paper for paper in self.documents.values() if paper.company == company]
        moves = {paper.key: self._row(paper) for paper in mine if paper.kind != "payment"}
        target.create_all("account.move", moves, company=str(company))
        posted = [self.move(key) for key in moves if self.documents[key].state == "posted"]
        target.do_all("account.move", "action_post", posted)
        cancelled = [self.move(key) for key in moves if self.documents[key].state == "cancel"]
        target.do_all("account.move", "button_cancel", cancelled)
        payments = {paper.key: self._payment(paper) for paper in mine if paper.kind == "payment"}
        made = target.create_all("account.payment", payments, company=str(company))
        target.do_all("account.payment", "action_post", made)
        for key, row in zip(payments, target.session.read("account.payment", made, ["move_id"]), strict=True):
            target.ids["account.move", key] = row["move_id"]

    def _row(self, paper: Paper) -> Row:
        number, target = str(paper.company), self.target
        head = {
            "partner_id": self.customer(paper.customer), "date": paper.day,
            "currency_id": target.id_of("res.currency", paper.currency),
        }  # fmt: skip
        if paper.kind in ("entry", "revaluation"):
            return {**head, "move_type": "entry", "journal_id": target.id_of("account.journal", f"{number}/general"),
                    "line_ids": [(0, 0, line) for line in self._lines(paper)]}  # fmt: skip
        line = {"name": paper.key, "quantity": 1, "price_unit": paper.amount, "tax_ids": [(6, 0, [])],
                "account_id": target.id_of("account.account", f"{number}/income")}  # fmt: skip
        terms = target.id_of("account.payment.term", paper.terms) if paper.terms else False
        due = {} if paper.terms else {"invoice_date_due": paper.due}
        return {**head, **due, "move_type": paper.kind, "invoice_date": paper.day, "invoice_payment_term_id": terms,
                "journal_id": target.id_of("account.journal", f"{number}/sale"),
                "invoice_line_ids": [(0, 0, line)]}  # fmt: skip

    def _lines(self, paper: Paper) -> Sequence[Row]:
        """The two items of an entry; a revaluation moves the company's amount of a foreign item alone."""
        target, number = self.target, paper.company
        shared: dict[str, Any] = {"partner_id": self.customer(paper.customer), "name": paper.key}
        if paper.kind == "revaluation":
            shared |= {"currency_id": target.id_of("res.currency", paper.currency), "amount_currency": 0}
        accounts = [target.id_of("account.account", f"{number}/{key}") for key in ("receivable", "income")]
        return (
            {**shared, "account_id": accounts[0], "debit": paper.amount, "credit": 0},
            {**shared, "account_id": accounts[1], "debit": 0, "credit": paper.amount},
        )

    def _payment(self, paper: Paper) -> Row:
        target = self.target
        return {
            "payment_type": "inbound", "partner_type": "customer", "date": paper.day, "amount": paper.amount,
            "partner_id": self.customer(paper.customer), "currency_id": target.id_of("res.currency", paper.currency),
            "journal_id": target.id_of("account.journal", f"{paper.company}/bank"),
        }  # fmt: skip

    def _match(self) -> None:
        accounts = [self.target.id_of("account.account", f"{number}/receivable") for number in (0, 1)]
        items: dict[int, list[int]] = {}
        for page in self.target.session.pages(
            "account.move.line", [["account_id", "in", accounts], ["parent_state", "=", "posted"]], ["move_id"]
        ):
            for row in page:
                items.setdefault(row["move_id"], []).append(row["id"])
        groups = [[line for key in match.papers for line in items[self.move(key)]] for match in matches()]
        code = self.target.wording.reconcile_code
        self.target.run("account.move.line", code, [[group] for group in groups], what="matches")

    def _block(self) -> None:
        """The invoices of R and N5 are blocked; Odoo 14 blocks items (N5 is of 19: its payment finds it blocked)."""
        target, blocked = self.target, [self.move("R"), self.move("N5 inv")]
        if self.is_new:
            target.do_all("account.move", "action_toggle_block_payment", blocked, batch=1)
            return
        lines = target.session.search_ids("account.move.line", [["move_id", "in", blocked], ["debit", ">", 0]])
        target.session.write("account.move.line", lines, {"blocked": True})
