"""`kam focus show` and the basic profile on the sandbox: tags and markets come home, the mix adds up, lists choose."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kam_connector.erp import ErpAccess, connect
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long

CUSTOMER = 36
FIRST, LAST = "2025-07-01", nights.ANCHOR
FOCUS = """
[focus]
valid_from = 2026-01-01
[[product]]
category = "轴承 Bearings"
[[product]]
category = "Pumps"
[[market]]
industry = "Machine building"
country = "CN"
[[market]]
country = "FR"
state = "IDF"
[[relation]]
name = "consumer"
kind = "person"
[[relation]]
name = "dealer"
tags = ["Dealer"]
label = { en = "Dealer", zh = "分销商" }
[[relation]]
name = "supplier"
supplier = true
[[list]]
name = "dealers"
relations = ["dealer"]
label = { en = "Dealers of ours", zh = "我们的分销商" }
[[list]]
name = "machines"
market = true
when = [{ fact = "focus_share", from = "0" }]
"""


class Desk:
    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server
        figures = server.rows("kam.customer").values()
        rated = {row["partner_id"] for row in figures if row["company_id"] == 1 and row["score"]}
        self.dealer = min(rated - {CUSTOMER})

    def fill(self) -> None:
        """One customer builds machines in China and sells to us, another is tagged as a dealer."""
        access = ErpAccess(self.server.url, self.server.database, self.server.login, self.server.api_key)
        with connect(access) as session:
            (industry,) = session.create("res.partner.industry", [{"name": "Machine building", "active": True}])
            china = next(id for id, row in self.server.rows("res.country").items() if row["code"] == "CN")
            (state,) = session.create("res.country.state", [{"name": "Jiangsu", "code": "JS", "country_id": china}])
            (tag,) = session.create("res.partner.category", [{"name": "Dealer"}])
        self.server.edit("res.partner", CUSTOMER, industry_id=industry, country_id=china, state_id=state,
                         supplier_rank=3)  # fmt: skip
        self.server.edit("res.partner", self.dealer, category_id=[tag])
        folder = self.place.home / "policy"
        folder.mkdir(exist_ok=True)
        (folder / "focus.toml").write_text(FOCUS, encoding="utf-8")
        done = self.place.kam("sync", "run")
        assert done.returncode in (0, 1), done.stderr

    def answer(self, *words: str) -> dict[str, Any]:
        done = self.place.kam(*words, "--as-of", nights.ANCHOR, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def bought(self, customer: int | None = None) -> tuple[Decimal, Decimal]:
        """What company 1 invoiced in the twelve months, and what of it were bearings; of all or one customer."""
        rows = self.server.rows
        bearings = {id for id, row in rows("product.category").items() if row["name"].endswith("Bearings")}
        templates = {id for id, row in rows("product.template").items() if row["categ_id"] in bearings}
        products = {id for id, row in rows("product.product").items() if row["product_tmpl_id"] in templates}
        moves = {
            id: row for id, row in rows("account.move").items()
            if row["state"] == "posted" and row["move_type"] in ("out_invoice", "out_refund")
            and row["company_id"] == 1 and FIRST <= row["invoice_date"] <= LAST
            and customer in (None, row["commercial_partner_id"])
        }  # fmt: skip
        whole = sum((Decimal(str(row["amount_untaxed_signed"])) for row in moves.values()), Decimal(0))
        lines = [row for row in rows("account.move.line").values() if row["move_id"] in moves]
        part = sum((-Decimal(str(row["balance"])) for row in lines if row["product_id"] in products), Decimal(0))
        return whole, part


@pytest.fixture(scope="module")
def desk(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as after:
        made = Desk(*after)
        made.fill()
        yield made


@pytest.mark.requirement("S2-3")
def test_the_mix_of_a_company_stands_first_and_adds_up(desk: Desk) -> None:
    rows = [row for row in desk.answer("focus", "show")["rows"] if row["company"] == 1]
    mix, customers = rows[0], rows[1:]
    whole, part = desk.bought()
    assert (mix["customer"], mix["name"]) == (None, "All customers")
    assert (Decimal(mix["revenue"]), Decimal(mix["focus"])) == (whole, part)
    assert Decimal(mix["focus_share"]) == (part / whole).quantize(Decimal("0.0001"))
    assert 0 < Decimal(mix["focus_share_before"]) < 1
    assert all(row["customer"] for row in customers)
    assert sum(Decimal(row["focus"] or 0) for row in customers) == part
    own_whole, own_part = desk.bought(CUSTOMER)
    (own,) = (row for row in customers if row["customer"] == CUSTOMER)
    assert (Decimal(own["revenue"]), Decimal(own["focus"])) == (own_whole, own_part)
    assert Decimal(own["focus_share"]) == (own_part / own_whole).quantize(Decimal("0.0001"))


@pytest.mark.requirement("S2-4", "S2-6", "S4-96")
def test_market_and_relation_of_each_customer(desk: Desk) -> None:
    rows = {row["customer"]: row for row in desk.answer("focus", "show")["rows"] if row["company"] == 1}
    own = rows[CUSTOMER]
    where = [own[name] for name in ("industry", "country", "state", "in_market", "relation")]
    assert where == ["Machine building", "China", "Jiangsu", True, "supplier"]
    assert (rows[desk.dealer]["relation"], rows[desk.dealer]["in_market"]) == ("dealer", False)
    others = [row for customer, row in rows.items() if customer not in (None, CUSTOMER, desk.dealer)]
    assert {(row["in_market"], row["industry"]) for row in others} == {(False, None)}
    assert {row["relation"] for row in others} <= {None, "consumer"}


def test_what_the_erp_does_not_have_is_told_once(desk: Desk) -> None:
    answer = desk.answer("focus", "show")
    assert [(each["severity"], each["message"]) for each in answer["findings"]] == [
        ("warning", "The ERP has no product or category Pumps, which focus.toml names."),
        ("warning", "No customer is in the market FR, IDF of focus.toml: are the names those of the ERP?"),
    ]


@pytest.mark.requirement("S4-99")
def test_a_list_chooses_its_customers_and_an_unknown_one_is_refused(desk: Desk) -> None:
    whole = desk.answer("focus", "show")["rows"]
    for name, customer in (("dealers", desk.dealer), ("machines", CUSTOMER)):
        chosen = desk.answer("focus", "show", "--list", name)["rows"]
        assert {row["customer"] for row in chosen if row["customer"]} == {customer}
        assert [row for row in whole if name in row["lists"]] == [row for row in chosen if row["customer"]]
        assert [row for row in whole if not row["customer"]] == [row for row in chosen if not row["customer"]]
    done = desk.place.kam("focus", "show", "--list", "royal", "--as-of", nights.ANCHOR)
    assert done.returncode == 2
    assert "The policy has no list royal. It has: dealers, machines." in done.stderr


def test_the_table_reads_in_the_readers_words(desk: Desk) -> None:
    shown = desk.place.kam("focus", "show", "--list", "dealers", "--as-of", nights.ANCHOR).stdout
    assert "All customers" in shown
    assert "Dealers of ours" in shown
    chinese = desk.place.kam("--lang", "zh_CN", "focus", "show", "--list", "dealers", "--as-of", nights.ANCHOR).stdout
    assert "所有客户" in chinese
    assert "我们的分销商" in chinese
    table = desk.place.kam("focus", "show", "--as-of", nights.ANCHOR, "--format", "csv").stdout
    first = next(csv.DictReader(io.StringIO(table)))
    assert (first["company"], first["customer"], first["relation"]) == ("1", "", "")


@pytest.mark.requirement("S2-3", "S2-4", "S2-6", "S4-96", "S4-99")
def test_the_card_shows_the_basic_profile(desk: Desk) -> None:
    answer = desk.answer("card", "show", str(CUSTOMER))["rows"]
    profile = [row for row in answer if row["panel"] == "profile" and row["company"] == 1]
    details = {row["entry"]: row["detail"] for row in profile}
    whole, part = desk.bought(CUSTOMER)
    share = (part / whole).quantize(Decimal("0.0001"))
    (products,) = (row for row in profile if row["entry"] == "focus_products")
    assert (Decimal(products["amount"]), Decimal(products["figure"])) == (part, share)
    assert details == {
        "customer_kind": "Company",
        "industry": "Machine building",
        "state_of_country": "Jiangsu",
        "relation": "supplier",
        "market": "Machine building · CN",
        "focus_products": products["detail"],
        "focus_list": "machines",
    }


@pytest.mark.requirement("S2-3")
def test_tiers_and_segments_may_ask_for_the_focus_share(desk: Desk) -> None:
    """Everybody whose share is known and above a half is in the segment; the reason names it."""
    folder = desk.place.home / "policy"
    text = (Path(__file__).parents[2] / "kam_connector/policy/defaults/tiers.toml").read_text(encoding="utf-8")
    segment = '[[segment]]\nname = "focused"\nwhen = [{ fact = "focus_share", from = "0.50" }]\n\n'
    (folder / "tiers.toml").write_text(text.replace("[[segment]]", segment + "[[segment]]", 1), encoding="utf-8")
    try:
        shown = desk.answer("tiers", "show", "--segment", "focused")["rows"]
        shares = {(row["company"], row["customer"]): row["focus_share"] for row in desk.answer("focus", "show")["rows"]}
    finally:
        (folder / "tiers.toml").unlink()
    assert shown
    assert all(Decimal(shares[row["company"], row["customer"]]) >= Decimal("0.5") for row in shown)
    assert {row["segment_reason"].partition("; ")[0] for row in shown} == {
        "Segment “focused”: its conditions hold (Share of products in the focus of at least 50%)"
    }


def test_a_tag_that_nobody_carries_any_more_is_told_by_the_pull(desk: Desk) -> None:
    desk.server.edit("res.partner", desk.dealer, category_id=[])
    done = desk.place.kam("sync", "run", "--format", "json")
    told = [each["message"] for each in json.loads(done.stdout)["findings"] if each["source"] == "sync.partner_tag"]
    assert told == ["No customer or contact carries the tag Dealer, which focus.toml names."]
    rows = desk.answer("focus", "show")["rows"]
    assert {row["relation"] for row in rows if row["customer"] == desk.dealer} == {None}
