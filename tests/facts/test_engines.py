"""Facts are Ibis alone: each compiles for another engine too, and none holds SQL of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ibis.backends.sql.compilers.pyspark import compiler as spark

from kam_connector import facts
from kam_connector.facts import (
    addressees,
    advances,
    answers,
    archive,
    assortment,
    attainment,
    cash,
    cash_signals,
    causes,
    claimed_lines,
    companies,
    complaint_events,
    complaints,
    contacts,
    costs,
    credits,
    customers,
    disputes,
    evidence,
    exposure,
    foreign_cases,
    goods,
    known,
    learning,
    losses,
    margins,
    marks,
    members,
    named_papers,
    newcomers,
    odd_matches,
    orders,
    origins,
    people,
    products,
    profiles,
    promises,
    quality,
    rates,
    ratings,
    receivables,
    revenue,
    rhythm,
    service,
    snapshots,
    stakeholders,
    suggestions,
    targets,
    terms,
    turnover,
    watched,
    work_hours,
)
from tests.facts.conftest import Pulled
from tests.sync.books import Books

DAY = date(2026, 6, 30)
FACTS: dict[str, Callable[[Any], Any]] = {
    "companies": companies.companies,
    "work_hours": work_hours.work_hours,
    "days_off": work_hours.days_off,
    "ratings": lambda con: ratings.ratings(con, DAY),
    "suggestions": lambda con: suggestions.suggestions(con, DAY),
    "stakeholders": lambda con: stakeholders.stakeholders(con, DAY),
    "undecided": lambda con: stakeholders.undecided(con, DAY),
    "members": lambda con: members.members(con, DAY),
    "known": lambda con: known.known(con, DAY),
    "customers": customers.customers,
    "salespeople": people.salespeople,
    "team_leaders": people.team_leaders,
    "team_companies": people.team_companies,
    "targets": targets.targets,
    "marks": marks.marks,
    "sold": lambda con: attainment.sold(con, DAY, DAY),
    "collected": lambda con: attainment.collected(con, DAY, DAY),
    "open_before": lambda con: attainment.open_before(con, DAY),
    "costed_orders": lambda con: attainment.costed_orders(con, DAY, DAY),
    "won": lambda con: attainment.won(con, DAY, DAY),
    "open_items": lambda con: receivables.open_items(con, DAY),
    "open_amounts": lambda con: receivables.open_amounts(con, DAY),
    "open_papers": lambda con: receivables.open_papers(con, DAY),
    "ledger_balance": lambda con: receivables.ledger_balance(con, DAY),
    "mirror_balance": lambda con: receivables.mirror_balance(con, DAY),
    "document_balance": lambda con: receivables.document_balance(con, DAY),
    "odd_matches": lambda con: odd_matches.odd_matches(con, DAY),
    "undated_items": lambda con: odd_matches.undated_items(con, DAY),
    "unread_items": odd_matches.unread_items,
    "rates_on": lambda con: rates.rates_on(con, DAY),
    "match_pairs": lambda con: snapshots.match_pairs(con, DAY),
    "later_items": lambda con: snapshots.later_items(con, DAY),
    "item_states": snapshots.item_states,
    "matches": lambda con: cash.matches(con, DAY),
    "payment_behaviour": lambda con: cash.payment_behaviour(con, DAY),
    "paid_items": lambda con: cash.paid_items(con, DAY),
    "customer_orders": lambda con: orders.customer_orders(con, DAY),
    "monthly_revenue": lambda con: revenue.monthly_revenue(con, DAY, DAY),
    "product_revenue": lambda con: products.product_revenue(con, DAY),
    "contacts": contacts.contacts,
    "profiles": profiles.profiles,
    "credit_sales": lambda con: turnover.credit_sales(con, DAY, DAY),
    "cash_received": lambda con: turnover.cash_received(con, DAY, DAY),
    "credit_limits": exposure.credit_limits,
    "draft_invoices": lambda con: exposure.draft_invoices(con, DAY),
    "uninvoiced_lines": lambda con: exposure.uninvoiced_lines(con, DAY),
    "revenue": lambda con: revenue.revenue(con, DAY),
    "rhythm": lambda con: rhythm.rhythm(con, DAY),
    "season": lambda con: rhythm.season(con, DAY),
    "debts": lambda con: watched.debts(con, DAY),
    "recent_complaints": lambda con: watched.recent_complaints(con, DAY, 90),
    "decided_offers": lambda con: watched.decided_offers(con, DAY, 180),
    "gone_contacts": lambda con: watched.gone_contacts(con, DAY, 12),
    "invoice_credits": lambda con: credits.invoice_credits(con, DAY, DAY),
    "line_credits": lambda con: credits.line_credits(con, DAY, DAY),
    "order_credits": lambda con: credits.order_credits(con, DAY, DAY),
    "order_line_credits": lambda con: credits.order_line_credits(con, DAY, DAY),
    "advance_lines": advances.advance_lines,
    "order_parts": origins.order_parts,
    "ordered_lines": costs.ordered_lines,
    "order_costs": costs.order_costs,
    "invoice_costs": costs.invoice_costs,
    "document_cash": lambda con: credits.document_cash(con, DAY),
    "first_sales": credits.first_sales,
    "all_rates": rates.all_rates,
    "complaints": lambda con: complaints.complaints(con, DAY),
    "complaint_events": lambda con: complaint_events.complaint_events(con, DAY),
    "accounts": people.accounts,
    "logins": people.logins,
    "claimed_lines": claimed_lines.claimed_lines,
    "goods_of": lambda con: goods.goods_of(con, [5], [7]),
    "categories": goods.categories,
    "learned_cases": lambda con: learning.learned_cases(con, DAY),
    "claimed_products": learning.claimed_products,
    "purchases": lambda con: learning.purchases(con, DAY),
    "deliveries": lambda con: service.deliveries(con, DAY),
    "seller_deliveries": lambda con: service.seller_deliveries(con, DAY),
    "seller_complaints": lambda con: service.seller_complaints(con, DAY),
    "causes": learning.causes,
    "losses": losses.losses,
    "compensations": lambda con: losses.compensations(con, DAY),
    "judged_complaints": lambda con: evidence.judged_complaints(con, DAY),
    "noted_evidence": lambda con: evidence.noted_evidence(con, DAY),
    "papers_of_complaints": lambda con: evidence.papers_of_complaints(con, DAY),
    "foreign_papers": named_papers.foreign_papers,
    "dunning_days": lambda con: evidence.dunning_days(con, DAY),
    "answers": answers.answers,
    "foreign_cases": foreign_cases.foreign_cases,
    "case_keys": foreign_cases.case_keys,
    "disputed": lambda con: disputes.disputed(con, DAY),
    "open_complaints": lambda con: disputes.open_complaints(con, DAY),
    "open_disputes": lambda con: disputes.open_disputes(con, DAY),
    "cash_signals": lambda con: cash_signals.cash_signals(con, DAY, DAY),
    "agreed_terms": terms.agreed_terms,
    "credit_papers": lambda con: terms.credit_papers(con, DAY),
    "closed_tasks": lambda con: causes.closed_tasks(con, DAY, DAY),
    "promises": lambda con: promises.promises(con, DAY),
    "receipts": lambda con: promises.receipts(con, DAY),
    "paid_documents": lambda con: promises.paid_documents(con, DAY),
    "assortment": lambda con: assortment.assortment(con, DAY),
    "lost_categories": lambda con: assortment.lost_categories(con, DAY),
    "confirmed_orders": lambda con: orders.confirmed_orders(con, DAY),
    "open_quotations": lambda con: orders.open_quotations(con, DAY),
    "ordered_margins": lambda con: margins.ordered_margins(con, DAY),
    "group_starts": lambda con: newcomers.group_starts(con, DAY),
    "first_invoices": lambda con: newcomers.first_invoices(con, DAY),
    "lately_settled": lambda con: complaints.lately_settled(con, DAY),
    "ordered_days": lambda con: rhythm.ordered_days(con, DAY),
    "costed_lines": lambda con: margins.costed_lines(con, DAY),
    "product_lines": lambda con: assortment.product_lines(con, DAY),
    "upheld_complaints": lambda con: complaints.upheld_complaints(con, DAY, DAY),
    "settled_complaints": lambda con: complaints.settled_complaints(con, DAY),
    "find_text": lambda con: archive.find_text(con, "a'%", DAY),
    "named_products": products.named_products,
    "addressees": addressees.addressees,
    "partner_records": quality.partner_records,
    "last_days": lambda con: quality.last_days(con, DAY),
    "group_units": quality.group_units,
}


@pytest.mark.timeout(120)
@pytest.mark.long
def test_every_fact_compiles_for_spark(pulled: Pulled, monkeypatch: pytest.MonkeyPatch) -> None:
    # Ibis registers Spark's options with pyspark itself, which compiling does not need: these are its defaults.
    defaults = SimpleNamespace(pyspark=SimpleNamespace(treat_nan_as_null=False))
    monkeypatch.setattr("ibis.backends.sql.compilers.pyspark.options", defaults)
    con = pulled(Books())
    for name, fact in FACTS.items():
        sql = spark.to_sqlglot(fact(con).unbind()).sql(dialect="spark")
        assert sql.startswith(("SELECT", "WITH")), name


def test_no_fact_holds_sql_of_its_own() -> None:
    folder = Path(facts.__file__).parent
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in (".sql(", ".raw_sql(", ".con.", "import duckdb", "to_pandas")), (
            path.name
        )
