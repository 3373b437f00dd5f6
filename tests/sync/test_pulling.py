"""Pulls against a small ERP of dictionaries: what changed comes, what did not is not touched, nothing is missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kam_connector import mirror, sync
from kam_connector.erp.lanes import Wish
from kam_connector.errors import AccessRefused, ErpUnreachable
from kam_connector.mirror import Mirror, state
from tests.sync.books import CNY, EUR, JPY, Books
from tests.sync.conftest import pull
from tests.sync.contents import content
from tests.sync.fake import FakeSession, Row


@pytest.fixture
def books() -> Books:
    made = Books()
    made.add("crm.team", id=1, name="North", active=True)
    customer = made.partner("Acme", user_id=None)
    for day in ("2026-01-10", "2026-02-10", "2026-03-10"):
        made.invoice(customer, 100.0, day)
    payment = made.payment(customer, 100.0, "2026-03-20")
    made.match(made.item(1), made.item(payment), 100.0)
    return made


def fresh(session: FakeSession, folder: Path) -> Mirror:
    """A second mirror, pulled whole."""
    other = mirror.open(folder / "fresh.duckdb")
    pull(session, other, "fresh")
    return other


def live(store: Mirror, table: str) -> list[int]:
    return mirror.rows.live_ids(store.db, table)


def test_a_full_pull_brings_every_row_and_says_so(store: Mirror, books: Books) -> None:
    report = pull(books.session(), store)
    by_model = {one.model: one for one in report.models}
    assert (by_model["account.move"].rows, by_model["account.move.line"].rows) == (4, 4)
    assert (report.rows, report.deleted, report.findings) == (19, 0, ())
    assert [one.model for one in report.models] == [entry.model for entry in sync.CATALOGUE]


def test_a_second_pull_of_an_unchanged_erp_changes_nothing_at_all(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    before = content(store, runs=True)
    report = pull(books.session(), store, "run 2")
    assert (report.rows, report.deleted) == (0, 0)
    assert content(store, runs=True) == before


def test_full_then_incremental_is_the_same_mirror_as_full_alone(store: Mirror, books: Books, tmp_path: Path) -> None:
    pull(books.session(), store, "run 1")
    books.written = "2026-04-01 09:00:00"
    books.change("res.partner", 1, name="Acme Holding")
    new = books.invoice(1, 250.0, "2026-04-01")
    credit = books.invoice(1, 50.0, "2026-04-01", kind="out_refund")
    books.match(books.item(new), books.item(credit), 50.0)
    books.remove("account.partial.reconcile", 1)
    report = pull(books.session(), store, "run 2")
    assert (report.rows, report.deleted) == (6, 1)
    with fresh(books.session(), tmp_path) as other:
        assert content(store) == content(other)


def test_an_incremental_pull_reads_only_what_changed_lately(store: Mirror, books: Books) -> None:
    books.written = "2026-05-01 09:00:00"
    books.invoice(1, 70.0, "2026-05-01")
    pull(books.session(), store, "run 1")
    report = pull(books.session(), store, "run 2")
    assert {one.model: one.read for one in report.models}["account.move"] == 1


def test_rows_of_one_second_are_all_read_whatever_the_page(store: Mirror, books: Books) -> None:
    books.written = "2026-05-01 09:00:00"
    moves = [books.invoice(1, 1.0, "2026-05-01") for _ in range(23)]
    pull(books.session(page_rows=5), store, "run 1")
    late = books.invoice(1, 2.0, "2026-05-01")
    pull(books.session(page_rows=5), store, "run 2")
    assert set(live(store, "account_move")) >= {*moves, late}


def test_a_change_that_commits_late_is_read_within_the_overlap(store: Mirror, books: Books) -> None:
    books.written = "2026-05-01 09:00:00"
    books.invoice(1, 1.0, "2026-05-01")
    pull(books.session(), store, "run 1")
    books.change("account.move", 1, ref="late", write_date="2026-05-01 08:50:01")
    pull(books.session(), store, "run 2")
    assert store.db.execute("SELECT ref FROM account_move WHERE id = 1").fetchone() == ("late",)


def test_a_row_that_appears_with_an_old_date_is_found_by_the_sweep(store: Mirror, books: Books) -> None:
    books.written = "2026-05-01 09:00:00"
    books.invoice(1, 1.0, "2026-05-01")
    pull(books.session(), store, "run 1")
    books.written = "2026-01-01 00:00:00"
    old = books.invoice(1, 5.0, "2026-01-01")
    report = pull(books.session(), store, "run 2")
    assert old in live(store, "account_move")
    assert report.rows == 2


def test_the_watermark_never_passes_the_start_of_the_pull(store: Mirror, books: Books) -> None:
    books.change("account.move", 1, write_date="2099-01-01 00:00:00")
    before = datetime.now(UTC) - timedelta(seconds=2)
    pull(books.session(), store)
    watermark = store.watermark("account.move")
    assert watermark is not None
    assert before <= watermark <= datetime.now(UTC)


def test_the_servers_clock_counts_and_not_ours(store: Mirror, books: Books) -> None:
    session = books.session()
    session.capabilities.time_offset_seconds = -86400.0
    books.change("account.move", 1, write_date="2099-01-01 00:00:00")
    pull(session, store)
    watermark = store.watermark("account.move")
    assert watermark is not None
    assert watermark <= datetime.now(UTC) - timedelta(hours=23)


def test_a_watermark_of_the_future_is_not_believed(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    state.save(store.db, "account.move", mirror.PullState(datetime(2199, 1, 1, tzinfo=UTC)))
    books.change("account.move", 1, ref="changed", write_date="2026-06-01 00:00:00")
    pull(books.session(), store, "run 2")
    assert store.db.execute("SELECT ref FROM account_move WHERE id = 1").fetchone() == ("changed",)
    assert store.watermark("account.move") == datetime(2026, 6, 1, tzinfo=UTC)


def test_archived_records_are_rows_like_others(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.written = "2026-05-01 09:00:00"
    books.change("res.partner", 1, active=False)
    report = pull(books.session(), store, "run 2")
    assert (report.rows, report.deleted) == (1, 0)
    assert store.db.execute("SELECT active, _deleted FROM res_partner WHERE id = 1").fetchone() == (False, False)


def test_with_full_every_row_is_read_and_only_differences_written(store: Mirror, books: Books) -> None:
    books.change("account.move", 4, write_date="2026-06-01 00:00:00")
    pull(books.session(), store, "run 1")
    store.db.execute("UPDATE account_move SET name = 'spoiled' WHERE id = 2")
    assert pull(books.session(), store, "run 2").rows == 0
    report = pull(books.session(), store, "run 3", full=True)
    assert report.full
    assert report.rows == 1
    assert {one.model: one.read for one in report.models}["account.move"] == 4 + 1  # and once more the newest


def test_changed_decimal_places_make_every_amount_be_read_again(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    books.change("res.currency", CNY, decimal_places=0, write_date="2026-06-01 00:00:00")
    report = pull(books.session(), store, "run 2")
    assert report.full
    assert [finding.message for finding in report.findings] == [
        "The decimal places of currency 1 have changed: every amount is read again."
    ]
    assert store.db.execute("SELECT balance_minor FROM account_move_line WHERE id = 1").fetchone() == (100,)


def test_money_is_counted_in_the_rows_and_in_the_companys_currency(store: Mirror, books: Books) -> None:
    books.company(2, JPY)
    partner = books.partner("Nippon")
    books.invoice(partner, 100.0, "2026-01-05", company=2, currency_id=EUR, rate=0.00625)
    pull(books.session(), store)
    found = store.db.execute(
        "SELECT balance_minor, amount_currency_minor FROM account_move_line WHERE company_id = 2"
    ).fetchall()
    assert found == [(16000, 10000)]


def test_matches_take_their_currencies_from_the_items_where_the_erp_does_not_tell(store: Mirror, books: Books) -> None:
    books.company(2, JPY)
    partner = books.partner("Nippon")
    invoice = books.invoice(partner, 100.0, "2026-01-05", company=2, currency_id=EUR, rate=0.00625)
    payment = books.payment(partner, 100.0, "2026-02-05", company=2, currency_id=EUR, rate=0.00625)
    books.match(
        books.item(invoice), books.item(payment), 16000.0, debit_amount_currency=100, credit_amount_currency=100
    )
    lacking = {("account.partial.reconcile", f"{side}_currency_id") for side in ("debit", "credit")}
    pull(books.session(lacking=lacking), store)
    found = store.db.execute(
        "SELECT amount_minor, debit_amount_currency_minor, debit_currency_id"
        " FROM account_partial_reconcile WHERE id = 2"
    ).fetchall()
    assert found == [(16000, 10000, EUR)]


def test_a_model_that_the_erp_lacks_leaves_its_table_empty(store: Mirror, books: Books) -> None:
    report = pull(books.session(), store)
    assert {one.model: one.rows for one in report.models}["kam.customer"] == 0
    assert live(store, "kam_customer") == []


def test_without_invoicing_there_is_nothing_to_pull(store: Mirror, books: Books) -> None:
    session = books.session()
    del session.tables["account.move"], session.tables["account.move.line"]
    with pytest.raises(AccessRefused, match=r"no account\.move, account\.move\.line .*Install Odoo's Invoicing"):
        pull(session, store)


class Forbidding(FakeSession):
    """Refuses one model, as Odoo does without the right."""

    forbidden = "crm.team"

    def rows(self, wish: Wish, size: int) -> list[Row]:
        if wish.model == self.forbidden:
            raise AccessRefused(f"No right to read {wish.model}.")
        return super().rows(wish, size)


def test_a_forbidden_model_is_a_finding_and_its_rows_stay(store: Mirror, books: Books) -> None:
    pull(books.session(), store, "run 1")
    forbidding = Forbidding(books.tables)
    books.remove("crm.team", 1)
    report = pull(forbidding, store, "run 2")
    assert [(one.source, one.message) for one in report.findings] == [("sync.crm_team", "No right to read crm.team.")]
    assert live(store, "crm_team") == [1]


def test_a_forbidden_model_that_the_rules_need_stops_the_pull(store: Mirror, books: Books) -> None:
    forbidding = Forbidding(books.tables)
    forbidding.forbidden = "account.move"
    with pytest.raises(AccessRefused, match=r"No right to read account\.move"):
        pull(forbidding, store)


def test_progress_is_told_page_by_page_with_the_rows_to_come(store: Mirror, books: Books) -> None:
    told: list[tuple[str, int, int]] = []
    sync.pull(books.session(page_rows=2), store, run="run 1", progress=lambda *step: told.append(step))
    assert [step for step in told if step[0] == "account.move"][:2] == [("account.move", 2, 4), ("account.move", 4, 4)]


def test_on_odoo_14_the_account_kind_comes_under_its_former_name(store: Mirror, books: Books) -> None:
    for row in books.tables["account.account"]:
        kind = row.pop("account_type")
        row["internal_type"] = "receivable" if kind == "asset_receivable" else "other"
    for row in books.tables["account.move.line"]:
        row["exclude_from_invoice_tab"] = True
    session = books.session(version=(14, 0), lacking={("account.account", "account_type")})
    pull(session, store)
    kinds = store.db.execute("SELECT account_type FROM account_account ORDER BY id").fetchall()
    assert kinds == [("asset_receivable",), ("asset_receivable",), ("other",)]
    assert len(live(store, "account_move_line")) == 4


class Breaking(FakeSession):
    """The connection breaks after the first page of the invoices."""

    broken = False

    def rows(self, wish: Wish, size: int) -> list[Row]:
        if wish.model == "account.move" and wish.after_id and not self.broken:
            self.broken = True
            raise ErpUnreachable("The connection broke.")
        return super().rows(wish, size)


def test_an_interrupted_pull_goes_on_after_its_last_page_and_misses_no_change_behind_it(
    store: Mirror, books: Books, tmp_path: Path
) -> None:
    session = Breaking(books.tables, page_rows=2)
    with pytest.raises(ErpUnreachable):
        pull(session, store, "run 1")
    assert live(store, "account_move") == [1, 2]
    assert store.watermark("account.move") is None
    books.change("account.move", 1, ref="changed meanwhile", write_date="2026-02-01 00:00:00")
    report = pull(session, store, "run 2")
    assert {one.model: one.read for one in report.models}["account.move"] == 2 + 4
    with fresh(books.session(), tmp_path) as other:
        assert content(store) == content(other)
