"""The records behind the figures of the trade: each is made of exactly the records that its value was counted from."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from kam_connector.policy.measures import MEASURES, RATED
from kam_connector.runs.evidence import find_evidence
from kam_connector.runs.papers import Evidence, Papers, read_papers
from tests.facts.conftest import Pulled, pulled
from tests.facts.test_assortment import HOSE, LOOSE, PUMP, VALVE, bought, made_books
from tests.sync.books import CNY, Books

pytestmark = pytest.mark.long

__all__ = ["pulled"]
JUNE = date(2026, 6, 30)
NOBODY = pd.DataFrame(columns=["company_id", "customer_id", "move_id", "days_past_due", "residual_minor", "doubtful"])


def order(books: Books, day: str, state: str = "sale", cost: float | None = None, partner: int = 1) -> None:
    number = books.add("sale.order", name="S", state=state, partner_id=partner, company_id=1, currency_id=CNY,
                       create_date=f"{day} 08:00:00", date_order=f"{day} 09:00:00")  # fmt: skip
    books.add("sale.order.line", order_id=number, display_type=None, price_subtotal=100.0, product_uom_qty=1.0,
              purchase_price=cost, company_id=1, currency_id=CNY)  # fmt: skip


def complaint(books: Books, received: str, state: str = "closed") -> None:
    books.add("kam.complaint", name="C", partner_id=1, company_id=1, type="product", severity="low", state=state,
              received_at=f"{received} 08:00:00", resolved_at="2026-06-15 08:00:00")  # fmt: skip


@pytest.fixture
def papers(pulled: Pulled) -> Papers:
    """Orders 1 to 9, invoices 1 to 8, complaints 1 to 3, as the comments beside them say."""
    books = made_books()
    books.partner("Other")
    order(books, "2024-06-30", cost=60.0)  # 1: before both years and the rhythm
    order(books, "2024-07-01", cost=60.0)  # 2: the first day of the year before, and of the rhythm
    order(books, "2025-06-30", cost=60.0)  # 3: its last day
    order(books, "2025-07-01", cost=60.0)  # 4: the first day of this year
    order(books, "2026-05-01")  # 5: no cost on its line
    order(books, "2026-05-02", "sent")  # 6 and 7: offered
    order(books, "2026-05-03", "draft")
    order(books, "2026-05-04", "cancel")  # 8
    order(books, "2026-05-05", cost=60.0, partner=2)  # 9: another customer's
    bought(books, PUMP, "2025-01-01")  # 1
    bought(books, VALVE, "2025-01-02")  # 2: a category that is bought no more
    bought(books, PUMP, "2026-01-01")  # 3
    bought(books, HOSE, "2026-01-02")  # 4: a new category
    bought(books, VALVE, "2026-01-03")  # 5: credited again by 6
    bought(books, VALVE, "2026-01-04", kind="out_refund")  # 6
    bought(books, LOOSE, "2026-01-05")  # 7: a product without a category
    bought(books, None, "2026-01-06")  # 8: no product
    complaint(books, "2025-06-30")  # 1: too long ago
    complaint(books, "2025-07-01")  # 2
    complaint(books, "2026-06-01", "rejected")  # 3
    return read_papers(pulled(books), [1], JUNE, {1: ZoneInfo("UTC")}, NOBODY)


@pytest.mark.parametrize(
    ("fact", "model", "ids"),
    [
        ("margin_12m", "sale.order", (4,)),
        ("margin_share", "sale.order", (4,)),
        ("margin_prev_12m", "sale.order", (2, 3)),
        ("margin_growth", "sale.order", (2, 3, 4)),
        ("categories_12m", "account.move", (3, 4)),
        ("category_diversity", "account.move", (3, 4)),
        ("categories_new", "account.move", (4,)),
        ("categories_lost", "account.move", (2,)),
        ("repurchase_share", "account.move", (1, 2, 3)),
        ("top3_share", "account.move", (3, 4, 7)),
        ("discount_share", "sale.order", (4, 5)),
        ("decision_days", "sale.order", (4, 5)),
        ("pipeline", "sale.order", (6, 7)),
        ("complaints_per_100_orders", "kam.complaint", (2,)),
        ("order_gap_days", "sale.order", (2, 3, 4, 5)),
        ("gap_regularity", "sale.order", (2, 3, 4, 5)),
        ("days_since_order", "sale.order", (5,)),
        ("gap_ratio", "sale.order", (2, 3, 4, 5)),
        ("revenue_share", "account.move", (3, 4, 5, 6, 7, 8)),
    ],
)
def test_each_figure_of_the_trade_names_what_it_was_counted_from(
    papers: Papers, fact: str, model: str, ids: tuple[int, ...]
) -> None:
    assert find_evidence(fact, papers.of_company(1)) == Evidence(model, ids)


def test_every_figure_that_a_policy_may_rate_can_name_its_records(papers: Papers) -> None:
    by_people = set(RATED)  # who said so is told in their place (`runs.raters`)
    assert [fact for fact in MEASURES if fact not in by_people and not find_evidence(fact, papers).model] == []


def test_a_customer_without_any_papers_has_no_records(papers: Papers) -> None:
    elsewhere = papers.of_company(2)
    assert {find_evidence(fact, elsewhere).ids for fact in MEASURES} == {()}
