"""The night measures attainment by the targets that stand in the ERP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kam_connector import ledger, mirror, policy
from kam_connector.rules.pay.engine import compute_pay
from kam_connector.rules.pay.given import PAID_COLUMNS, TARGET_COLUMNS, Given, no_rows
from kam_connector.runs.pay_inputs import inputs_of
from kam_connector.runs.pay_reading import read_given
from kam_connector.runs.sources import Sources
from tests.facts.conftest import mirror_of
from tests.incentives.test_targets import LEVELS, RATES, TARGETS
from tests.incentives.trying import plan_text
from tests.runs.paid_books import ANN, BOB, paid, read_plan, sellers
from tests.sync.books import EUR, Books

MARCH = "2026-03-31"
PLAN = plan_text(TARGETS, RATES, head="")


@pytest.fixture
def books() -> Books:
    """Ann sells 920.00, Bob 500.00 in March."""
    books = sellers(Books())
    books.invoice(1, 920.0, "2026-03-05", invoice_user_id=ANN)
    books.invoice(2, 500.0, "2026-03-06", invoice_user_id=BOB)
    return books


def aim(books: Books, amount: float, user: int = ANN, kind: str = "revenue", **more: int) -> None:
    owner = more if not user else {"user_id": user, **more}
    books.add("kam.target", company_id=1, period="2026-03", kind=kind, amount=amount, date_from="2026-03-01",
              date_to=MARCH, kam_key=f"kam.target,{user}{kind}{len(more)}", **owner)  # fmt: skip


def read(folder: Path, books: Books, text: str) -> Given:
    with mirror.open(mirror_of(books)) as store, ledger.open(folder / "ledger.db") as book:
        sources = Sources(store.ibis, book, policy.load(), {}, True, datetime.now(UTC))
        plan = read_plan(folder, text)
        return read_given(sources, plan, date.fromisoformat(MARCH), [1], no_rows(PAID_COLUMNS), plan.valid_from)


@pytest.mark.requirement("S4-35")
def test_each_is_measured_by_the_target_in_the_erp(tmp_path: Path, books: Books) -> None:
    """Ann has 920.00 of 900.00: 9.00 + 0.60; Bob has a target of margin only and waits."""
    aim(books, 900.0)
    aim(books, 100.0, BOB, "margin")
    findings: list[str] = []
    assert paid(tmp_path, books, PLAN, MARCH, findings) == [(ANN, "2026-03", "9.60")]
    assert findings == [
        "Plan p holds what Bob earns by attainment in 2026-03: there is no target of revenue above zero. Import one "
        "with `kam targets import`, or enter it in the ERP."
    ]


@pytest.mark.long
def test_a_team_is_measured_by_the_teams_target(tmp_path: Path, books: Books) -> None:
    """East sells 1,420.00 of 1,400.00: 2,000.00 by contribution; a member's own target is none of the team's."""
    team = books.add("crm.team", name="East", active=True)
    for user in (ANN, BOB):
        books.add("crm.team.member", user_id=user, crm_team_id=team, active=True)
    aim(books, 9000.0, ANN, team_id=team)
    plan = plan_text(TARGETS, LEVELS.replace('"bonus"', '"team"'), head="")
    assert paid(tmp_path, books, plan, MARCH) == []
    aim(books, 1400.0, 0, team_id=team)
    assert paid(tmp_path, books, plan, MARCH) == [(ANN, "2026-03", "1295.77"), (BOB, "2026-03", "704.23")]


@pytest.mark.long
def test_pay_rests_on_the_targets_and_says_so_in_its_hash(tmp_path: Path, books: Books) -> None:
    aim(books, 900.0)
    before = read(tmp_path, books, PLAN)
    assert before.targets[list(TARGET_COLUMNS)].values.tolist() == [[1, ANN, "", "revenue", "2026-03",
                                                                     before.homes[1], 90000]]  # fmt: skip
    books.tables["kam.target"][0]["amount"] = 800.0
    assert inputs_of(read(tmp_path, books, PLAN)) != inputs_of(before)
    plain = plan_text('[quota]\namount = "900"\n', RATES, head="")
    assert len(read(tmp_path, books, plain).targets) == 0


@pytest.mark.long
def test_a_plan_that_pays_in_another_currency_converts_the_target(tmp_path: Path, books: Books) -> None:
    """1,000.00 CNY at 0.5 EUR are a target of 500.00 EUR: of 460.00 EUR sold 1 % is 4.60."""
    aim(books, 1000.0)
    books.add("res.currency.rate", currency_id=EUR, company_id=1, name="2026-01-01", rate=0.5)
    plan = plan_text(TARGETS, RATES, head='currency = "EUR"')
    assert paid(tmp_path, books, plan, MARCH) == [(ANN, "2026-03", "4.60")]
    aimed = read(tmp_path, books, plan)
    (shown,) = [line for line in compute_pay(read_plan(tmp_path, plan), aimed).lines if line.base]
    assert (shown.base, shown.figures["amount"], shown.figures["target"]) == (50000, "500.00", "CNY 1000.00")
