"""How customers buy, on the sandbox: shown on the card, rated only by a policy that says so, told with its papers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from kam_connector.policy import DEFAULTS
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long

CUSTOMER = 36
FIRST = "2025-07-01"
ITEMS = """
[[dimension.item]]
fact = "top3_share"
points = [["0", 100], ["0.5", 50]]

[[dimension.item]]
fact = "decision_days"
points = [["0", 0], ["1", 80]]

[[dimension.item]]
fact = "discount_share"
points = [["0", 100], ["0.05", 20]]

"""
SEGMENT = '[[segment]]\nname = "slow"\nwhen = [{ fact = "decision_days", from = 1 }]\n\n'


class Desk:
    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server

    def ask(self, *words: str) -> dict[str, Any]:
        done = self.place.kam(*words, "--as-of", nights.ANCHOR, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def orders(self) -> list[dict[str, Any]]:
        """The customer's orders of the twelve months that were confirmed."""
        partners = self.server.rows("res.partner")
        return [
            row for row in self.server.rows("sale.order").values()
            if partners[row["partner_id"]]["commercial_partner_id"] == CUSTOMER and row["company_id"] == 1
            and row["state"] == "sale" and FIRST <= row["date_order"][:10] <= nights.ANCHOR
        ]  # fmt: skip

    def decision_days(self) -> float:
        days = [_day(row["date_order"]) - _day(row["create_date"]) for row in self.orders()]
        return median(each.days for each in days)

    def discount_share(self) -> float:
        mine = {row["id"] for row in self.orders()}
        lines = [row for row in self.server.rows("sale.order.line").values() if row["order_id"] in mine]
        prices = [(row["price_unit"] * row["product_uom_qty"], row["discount"] / 100) for row in lines]
        return sum(price * share for price, share in prices) / sum(price for price, _ in prices)

    def traits(self, lang: str = "en") -> dict[str, dict[str, Any]]:
        """The lines of the panel in company 1, by name."""
        rows = self.ask("--lang", lang, "card", "show", str(CUSTOMER))["rows"]
        return {row["name"]: row for row in rows if row["company"] == 1 and row["panel"] == "traits"}


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).date()


@pytest.fixture(scope="module")
def desk(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as after:
        yield Desk(*after)


def with_traits() -> str:
    """The shipped policy, which rates the risk by three traits too, and has a segment by one of them."""
    text = (DEFAULTS / "tiers.toml").read_text(encoding="utf-8")
    at = text.index('[[dimension.item]]\nfact = "days_late_mean"')
    text = text[:at] + ITEMS.lstrip() + text[at:]
    return text.replace("[[segment]]", SEGMENT + "[[segment]]", 1)


@pytest.mark.requirement("S0-2", "S1-2", "S2-13")
def test_the_card_says_how_the_customer_buys_of_how_many_papers(desk: Desk) -> None:
    found, orders = desk.traits(), desk.orders()
    days = desk.decision_days()
    assert days > 0
    row = found["Days from quotation to order"]
    assert row["detail"] == f"{days:g} · median of the orders of 12 months: {len(orders)}"
    assert float(row["figure"]) == days
    discount = found["Discount as a share of list prices"]
    assert float(discount["figure"]) == pytest.approx(desk.discount_share(), abs=5e-5)
    top = found["Share of the three largest products"]
    assert 0 < float(top["figure"]) <= 1
    assert "products bought in 12 months: " in top["detail"]
    categories = int(found["Product categories of 12 months"]["figure"])
    assert categories >= 1
    media = [row["medium_id"] for row in orders if row["medium_id"]]
    most = max(sorted(set(media)), key=media.count)
    name = desk.server.rows("utm.medium")[most]["name"]
    medium = found["Medium"]
    assert (medium["entry"], medium["record"]) == ("channel", most)
    assert medium["detail"].startswith(f"{name} · ")
    assert medium["detail"].endswith(f" of the orders of 12 months: {media.count(most)} of {len(orders)}")
    assert float(medium["figure"]) == pytest.approx(media.count(most) / len(orders), abs=5e-5)


def test_the_card_says_it_in_chinese(desk: Desk) -> None:
    simplified = {"前三大产品占比", "报价至下单天数", "折扣占标价比重", "近 12 个月产品类别数", "销售团队"}
    assert simplified <= set(desk.traits("zh_CN"))
    assert {"前三大產品占比", "報價至下單天數", "業務團隊"} <= set(desk.traits("zh_TW"))


@pytest.mark.requirement("S0-2")
def test_a_policy_that_names_traits_rates_by_them_and_names_the_papers(desk: Desk, tmp_path: Path) -> None:
    before = {row["customer"]: row["score"] for row in desk.ask("tiers", "show")["rows"]}
    candidate = tmp_path / "tiers.toml"
    candidate.write_text(with_traits(), encoding="utf-8")
    tried = desk.ask("tiers", "simulate", "--policy", str(candidate), "--all")["rows"]
    (mine,) = (row for row in tried if (row["company"], row["customer"]) == (1, CUSTOMER))
    assert mine["segment"] == "slow"
    assert "Days from quotation to order" in mine["segment_reason"]
    folder = desk.place.home / "policy"
    folder.mkdir()
    shutil.copyfile(candidate, folder / "tiers.toml")
    try:
        rows = desk.ask("explain", "customer", str(CUSTOMER))["rows"]
        after = {row["customer"]: row["score"] for row in desk.ask("tiers", "show")["rows"]}
    finally:
        shutil.rmtree(folder)
    found = {row["fact"]: row for row in rows if row["company"] == 1}
    assert float(found["decision_days"]["value"]) == desk.decision_days()
    assert found["decision_days"]["records"] == sorted(row["id"] for row in desk.orders())
    assert float(found["discount_share"]["value"]) == pytest.approx(desk.discount_share(), abs=5e-5)
    assert found["discount_share"]["model"] == "sale.order"
    assert found["top3_share"]["model"] == "account.move"
    assert found["top3_share"]["points"] == ("50" if float(found["top3_share"]["value"]) >= 0.5 else "100")
    assert mine["score"] == after[CUSTOMER]
    assert {row["customer"]: row["score"] for row in desk.ask("tiers", "show")["rows"]} == before
