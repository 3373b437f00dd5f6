"""`kam ageing show` in the documents' currencies and in the group's, on the sample company."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.runs import nights

pytestmark = pytest.mark.long

CENT = Decimal("0.01")
BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")
DOCUMENTS = """
    SELECT l.company_id, c.name, sum(l.amount_currency_minor) / pow(10, c.decimal_places)
    FROM account_move_line l JOIN account_account a ON a.id = l.account_id JOIN res_currency c ON c.id = l.currency_id
    WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted' AND l.date <= DATE '{day}'
    GROUP BY l.company_id, c.name, c.decimal_places ORDER BY ALL
"""


@pytest.fixture(scope="module")
def place(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[nights.Place]:
    """A home after one pull."""
    with nights.after_pull(shared_folder, tmp_path_factory.mktemp("home")) as (found, _):
        yield found


def ask(place: nights.Place, *words: str, day: str = nights.ANCHOR, code: int = 0) -> dict[str, Any]:
    done = place.kam("ageing", "show", *words, "--as-of", day, "--format", "json")
    assert done.returncode == code, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def summed(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


@pytest.mark.requirement("S4-41")
def test_each_currency_ties_to_the_sum_of_its_items(place: nights.Place) -> None:
    answer = ask(place, "--currency", "document")
    with duckdb.connect(str(next(place.home.rglob("*.duckdb"))), read_only=True) as db:
        ledger = db.execute(DOCUMENTS.format(day=nights.ANCHOR)).fetchall()
    totals = [(row["company"], row["currency"], Decimal(row["tie_out"]["ledger"])) for row in answer["totals"]]
    assert sorted(totals) == [(company, code, Decimal(str(amount))) for company, code, amount in ledger]
    assert len({row["currency"] for row in answer["totals"]}) > 1
    for row in answer["totals"]:
        mine = [one for one in answer["rows"] if (one["company"], one["currency"]) == (row["company"], row["currency"])]
        assert Decimal(row["total"]) == summed(mine, "total") == sum(Decimal(row[name]) for name in BUCKETS)
        assert Decimal(row["tie_out"]["difference"]) == 0


def test_all_companies_stand_in_the_groups_currency_at_the_rate_of_the_day(place: nights.Place) -> None:
    home = {row["company"]: row for row in ask(place)["totals"]}
    answer = ask(place, "--currency", "group", "--to", "EUR")
    *companies, group = answer["totals"]
    assert [row["company"] for row in companies] == sorted(home)
    for row in companies:
        rate = Decimal(row["rate"])
        for name in BUCKETS:
            exact = Decimal(home[row["company"]][name]) * rate
            assert abs(Decimal(row[name]) - exact) <= CENT * len(answer["rows"])
        ledger = (Decimal(home[row["company"]]["tie_out"]["ledger"]) * rate).quantize(CENT, ROUND_HALF_UP)
        assert abs(Decimal(row["tie_out"]["ledger"]) - ledger) <= CENT
    assert {row["currency"] for row in answer["rows"]} == {"EUR"}
    for name in ("total", *BUCKETS, "unapplied", "doubtful"):
        assert Decimal(group[name]) == summed(companies, name) == summed(answer["rows"], name)
    tied = {name: Decimal(amount) for name, amount in group["tie_out"].items()}
    assert tied["ageing"] == tied["ledger"] + tied["rounding"] + tied["difference"] == Decimal(group["total"])
    assert (group["company"], group["rate"], tied["difference"]) == (None, None, 0)


def test_the_day_of_the_rates_can_be_another(place: nights.Place) -> None:
    early = ask(place, "--currency", "group", "--to", "EUR", "--rate-date", "2026-01-31")["totals"]
    late = ask(place, "--currency", "group", "--to", "EUR")["totals"]
    assert early[0]["rate_date"] <= "2026-01-31" < late[0]["rate_date"] <= nights.ANCHOR
    assert early[0]["total"] != late[0]["total"]


def test_without_a_rate_a_company_stays_out_and_is_told(place: nights.Place) -> None:
    answer = ask(place, "--currency", "group", "--to", "CNY", "--rate-date", "1999-12-31", code=1)
    out = {found["record"] for found in answer["findings"] if found["source"] == "rules.ageing.rates"}
    own = {str(row["company"]) for row in ask(place)["totals"] if row["currency"] != "CNY"}
    assert out == own != set()
    assert {str(row["company"]) for row in answer["totals"]} & out == set()


def test_by_company_by_customer_or_by_tier_the_groups_total_is_the_same_but_for_rounding(place: nights.Place) -> None:
    totals = []
    for by in ("company", "customer", "tier"):
        answer = ask(place, "--currency", "group", "--to", "EUR", "--by", by)
        assert summed(answer["rows"], "total") == Decimal(answer["totals"][-1]["total"])
        totals.append(Decimal(answer["totals"][-1]["total"]) - Decimal(answer["totals"][-1]["tie_out"]["rounding"]))
    assert len(set(totals)) == 1


def test_the_policy_may_name_the_groups_currency_and_without_one_the_question_is_refused(place: nights.Place) -> None:
    words = ("ageing", "show", "--currency", "group", "--as-of", nights.ANCHOR)
    asked = place.kam(*words)
    assert asked.returncode == 2
    assert "--to CNY" in asked.stderr
    folder = place.home / "policy"
    place.kam("policy", "init")
    path = folder / "collections.toml"
    path.write_text(path.read_text("utf-8") + '[group]\ncurrency = "EUR"\n', "utf-8")
    try:
        assert {row["currency"] for row in json.loads(place.kam(*words, "--format", "json").stdout)["rows"]} == {"EUR"}
    finally:
        path.unlink()
    assert place.kam(*words, "--to", "XXX").returncode == 2


def test_options_that_do_not_go_together_are_refused(place: nights.Place, tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("item,customer,kind,date,balance\n", "utf-8")
    for words in (("--to", "EUR"), ("--rate-date", "2026-06-30"), ("--currency", "group", "--input", str(path))):
        assert place.kam("ageing", "show", *words).returncode == 2


def test_a_chinese_reader_sees_rate_and_rounding(place: nights.Place) -> None:
    shown = place.kam(
        "--lang", "zh_CN", "ageing", "show", "--currency", "group", "--to", "EUR", "--as-of", nights.ANCHOR
    )
    assert all(word in shown.stdout for word in ("汇率", "汇率日", "舍入差额"))
