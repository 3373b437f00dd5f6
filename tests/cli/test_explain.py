"""`kam explain customer`: each point down to its line and records, why a score moved, in English and Chinese."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kam_connector.policy import DEFAULTS
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

CUSTOMER = 36
EARLIER = "2026-03-31"


class Desk:
    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server
        self._answers: dict[object, Any] = {}

    def ask(self, *words: str, customer: object = CUSTOMER) -> dict[str, Any]:
        """What `read` says, asked for once: nothing changes but the policy of one test."""
        if (words, customer) not in self._answers:
            self._answers[words, customer] = self.read(*words, customer=customer)
        found: dict[str, Any] = self._answers[words, customer]
        return found

    def read(self, *words: str, customer: object = CUSTOMER) -> dict[str, Any]:
        asked = ("explain", "customer", str(customer), "--as-of", nights.ANCHOR, "--format", "json", *words)
        done = self.place.kam(*asked)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def tiers(self, day: str = nights.ANCHOR) -> dict[int, dict[str, Any]]:
        """What is decided about the customers of company 1, by id."""
        return {row["customer"]: row for row in self.rated(day) if row["company"] == 1}

    def rated(self, day: str, *words: str) -> list[dict[str, Any]]:
        """The rows of `kam tiers show` on that day, asked for once."""
        if (day, *words) not in self._answers:
            done = self.place.kam("tiers", "show", *words, "--as-of", day, "--format", "json")
            self._answers[day, *words] = json.loads(done.stdout)["rows"]
        found: list[dict[str, Any]] = self._answers[day, *words]
        return found


@pytest.fixture(scope="module")
def desk(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with nights.after_pull(shared_folder, tmp_path_factory.mktemp("home")) as pulled:
        yield Desk(*pulled)


def own(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in answer["rows"] if row["company"] == 1]


@pytest.mark.requirement("S4-81")
def test_the_parts_are_the_score_and_tier_and_reason_those_of_the_tiers(desk: Desk) -> None:
    answer, tier = desk.ask(), desk.tiers()[CUSTOMER]
    (total,) = (row for row in answer["totals"] if row["company"] == 1)
    assert {name: value for name, value in total.items() if name != "segment_reason"} == tier
    assert total["segment_reason"].casefold().startswith(f"segment “{total['segment']}")
    assert sum(Decimal(row["part"]) for row in own(answer)) == Decimal(tier["score"])
    assert sum(Decimal(row["share"]) for row in own(answer)) == 100
    assert {row["dimension"] for row in own(answer)} == {"contribution", "loyalty", "growth", "risk"}


def test_every_point_names_the_line_of_the_policy_that_decided(desk: Desk) -> None:
    lines = (DEFAULTS / "tiers.toml").read_text(encoding="utf-8").splitlines()
    rated = [row for row in own(desk.ask()) if row["points"] is not None]
    assert len(rated) > 5
    for row in rated:
        assert row["file"] == "tiers.toml"
        assert lines[row["line"] - 1].startswith("points = ")
        assert f'["{row["from_value"]}", {row["points"]}]' in lines[row["line"] - 1]


@pytest.mark.requirement("S1-1")
@pytest.mark.requirement("S2-15")
def test_the_records_behind_a_figure_are_those_of_the_erp(desk: Desk) -> None:
    found = {row["fact"]: row for row in own(desk.ask())}
    moves = [row for row in desk.server.rows("account.move").values()
             if row["commercial_partner_id"] == CUSTOMER and row["company_id"] == 1 and row["state"] == "posted"
             and row["move_type"] in ("out_invoice", "out_refund")]  # fmt: skip
    year = [row for row in moves if "2025-07-01" <= row["invoice_date"] <= nights.ANCHOR]
    revenue = found["revenue_12m"]
    assert (revenue["model"], revenue["records"]) == ("account.move", sorted(row["id"] for row in year))
    assert Decimal(revenue["value"]) == sum(Decimal(str(row["amount_untaxed_signed"])) for row in year)
    assert (revenue["unit"], revenue["currency"]) == ("money", "CNY")
    orders = found["orders_12m"]
    assert orders["model"] == "sale.order"
    assert len(orders["records"]) == orders["record_count"] == int(orders["value"]) > 0
    invoices = [row for row in moves if row["move_type"] == "out_invoice"]
    last = max(invoices, key=lambda row: (row["invoice_date"], row["id"]))
    assert found["days_since_invoice"]["records"] == [last["id"]]


@pytest.mark.long
def test_a_table_is_short_and_its_words_are_the_readers(desk: Desk) -> None:
    asked = ("explain", "customer", str(CUSTOMER), "--as-of", nights.ANCHOR)
    english = desk.place.kam(*asked).stdout
    assert "Revenue of 12 months" in english
    assert "records" not in english
    chinese = desk.place.kam("--lang", "zh_CN", *asked).stdout
    assert "近 12 个月销售额" in chinese
    assert "忠诚度" in chinese
    assert "銷售額" in desk.place.kam("--lang", "zh_TW", *asked).stdout


@pytest.mark.long
def test_the_same_explanation_is_a_sentence_in_each_language(desk: Desk) -> None:
    row = next(row for row in own(desk.ask()) if row["fact"] == "revenue_12m")
    shown = f"{Decimal(row['value']):,.2f}"
    assert row["reason"].startswith(f"Revenue of 12 months: CNY {shown}. From CNY ")
    assert f"it brings {row['points']} points" in row["reason"]
    done = desk.place.kam("--lang", "zh_CN", "explain", "customer", "36", "--as-of", nights.ANCHOR, "--format", "json")
    other = next(each for each in own(json.loads(done.stdout)) if each["fact"] == "revenue_12m")
    assert other["reason"].startswith(f"近 12 个月销售额：CNY {shown}。")
    assert {**row, "reason": ""} == {**other, "reason": ""}


@pytest.mark.long
def test_what_moved_a_score_adds_up_to_the_difference(desk: Desk) -> None:
    then, today = desk.tiers(EARLIER), desk.tiers()
    moved = [number for number, row in today.items() if row["score"] and then.get(number, row)["score"] is not None
             and then.get(number, row)["score"] != row["score"]]  # fmt: skip
    before, now = then[moved[0]], today[moved[0]]
    answer = desk.ask("--from", EARLIER, customer=moved[0])
    (total,) = (row for row in answer["totals"] if row["company"] == 1)
    assert (total["score_before"], total["score"]) == (before["score"], now["score"])
    assert (total["previous_tier"], total["tier"]) == (before["tier"], now["tier"])
    assert (total["reasons_before"], total["reasons"]) == (before["reasons"], now["reasons"])
    assert Decimal(total["change"]) == Decimal(now["score"]) - Decimal(before["score"])
    changes = [Decimal(row["change"]) for row in own(answer)]
    assert sum(changes) == Decimal(total["change"]) != 0
    assert changes == sorted(changes, key=abs, reverse=True)
    for row in own(answer):
        assert Decimal(row["part"] or 0) - Decimal(row["part_before"] or 0) == Decimal(row["change"])
        assert row["reason"].endswith(f"The score moved by {row['change']}.")


@pytest.mark.long
def test_a_policy_that_took_force_between_the_days_is_told(desk: Desk) -> None:
    """From June on revenue brings no points at all: what it made before is lost to the policy, not to the customer."""
    folder = Path(desk.place.home) / "policy"
    folder.mkdir()
    text = (DEFAULTS / "tiers.toml").read_text(encoding="utf-8")
    (folder / "tiers.toml").write_text(text, encoding="utf-8")
    table = '[["0", 0], ["10000", 20], ["50000", 40], ["150000", 60], ["400000", 80], ["1000000", 100]]'
    assert table in text
    later = text.replace(table, '[["0", 0]]').replace("valid_from = 2000-01-01", "valid_from = 2026-06-01")
    (folder / "tiers-june.toml").write_text(later, encoding="utf-8")
    try:
        answer = desk.read("--from", "2026-05-31")
        explained = desk.read()
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    (total,) = (row for row in answer["totals"] if row["company"] == 1)
    assert (total["policy_before"], total["policy"]) == ("2000-01-01", "2026-06-01")
    revenue = next(row for row in own(answer) if row["fact"] == "revenue_12m")
    assert (revenue["points"], revenue["part"]) == ("0", "0.00")
    assert Decimal(revenue["change"]) < 0
    assert {row["file"] for row in explained["rows"]} == {"tiers-june.toml"}


def test_the_days_must_follow_each_other_and_the_customer_be_known(desk: Desk) -> None:
    same = desk.place.kam("explain", "customer", "36", "--as-of", nights.ANCHOR, "--from", nights.ANCHOR)
    assert (same.returncode, f"{nights.ANCHOR} is not before {nights.ANCHOR}." in same.stderr) == (2, True)
    unknown = desk.place.kam("explain", "customer", "Nobody at all", "--as-of", nights.ANCHOR)
    assert (unknown.returncode, "The mirror has no customer Nobody at all." in unknown.stderr) == (2, True)


@pytest.mark.long
def test_who_never_bought_has_no_score_to_explain(desk: Desk) -> None:
    partners = desk.server.rows("res.partner")
    own_company = next(id for id, row in partners.items() if row["is_company"] and not row["customer_rank"])
    answer = desk.ask(customer=own_company)
    assert (answer["rows"], answer["totals"]) == ([], [])
    (finding,) = answer["findings"]
    assert (finding["severity"], finding["record"]) == ("info", str(own_company))


def groups(desk: Desk, day: str = nights.ANCHOR) -> dict[tuple[int, int], dict[str, Any]]:
    return {(row["company"], row["group"]): row for row in desk.rated(day, "--by", "group")}


@pytest.mark.long
@pytest.mark.requirement("S4-80")
def test_by_group_the_subsidiaries_are_one_row_and_nobody_counts_twice(desk: Desk) -> None:
    """The sample's group 34 has the subsidiaries 36, 40 and 44, each a customer of its own."""
    rows, customers = groups(desk), desk.tiers()
    group = rows[1, 34]
    members = [number for number in (34, 36, 40, 44) if number in customers]
    assert (group["customers"], len(members) > 1) == (len(members), True)
    held = [customers[number]["tier"] for number in members]
    assert group["tier"] in held
    assert sum(int(part.rsplit(" ", 1)[1]) for part in group["tiers"].split(", ")) == len(members)
    assert not {(1, number) for number in members[1:]} & set(rows)
    assert sum(row["customers"] for (company, _), row in rows.items() if company == 1) == len(customers)
    moves = [row for row in desk.server.rows("account.move").values()
             if row["state"] == "posted" and row["move_type"] in ("out_invoice", "out_refund")
             and row["company_id"] == 1 and row["commercial_partner_id"] in (34, 36, 40, 44)
             and "2025-07-01" <= row["invoice_date"] <= nights.ANCHOR]  # fmt: skip
    assert Decimal(group["revenue_12m"]) == sum(Decimal(str(row["amount_untaxed_signed"])) for row in moves)


@pytest.mark.long
def test_a_group_is_explained_as_one_customer_with_the_records_of_all(desk: Desk) -> None:
    answer = desk.ask("--by", "group")
    (total,) = (row for row in answer["totals"] if row["company"] == 1)
    assert (total["customer"], total["score"]) == (34, groups(desk)[1, 34]["score"])
    assert sum(Decimal(row["part"]) for row in own(answer) if row["part"]) == Decimal(total["score"])
    papers = {row["fact"]: set(row["records"]) for row in own(answer)}
    for number in (36, 40, 44):
        alone = {row["fact"]: set(row["records"]) for row in own(desk.ask(customer=number))}
        assert alone.get("revenue_12m", set()) <= papers["revenue_12m"]


@pytest.mark.long
def test_what_moved_a_group_sums_to_the_difference_of_its_scores(desk: Desk) -> None:
    answer = desk.ask("--by", "group", "--from", EARLIER)
    (total,) = (row for row in answer["totals"] if row["company"] == 1)
    scores = [groups(desk, day)[1, 34]["score"] for day in (EARLIER, nights.ANCHOR)]
    assert [total["score_before"], total["score"]] == scores
    assert sum(Decimal(row["change"]) for row in own(answer)) == Decimal(scores[1]) - Decimal(scores[0])
