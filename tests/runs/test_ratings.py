"""Ratings by people through the sandbox: they come home, count, age, are told, and no night overwrites them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.policy import DEFAULTS
from kam_connector.policy.measures import RATINGS
from kam_connector.runs.figure_checks import check_figures
from kam_connector.sandbox import SandboxServer
from tests.runs import nights

pytestmark = pytest.mark.long

ANCHOR = date.fromisoformat(nights.ANCHOR)
CUSTOMER = 36
RATING: dict[str, Any] = {"influence": "5", "recommendation": "2", "wallet_estimate": 10_000_000.0}
LEFT_OUT = ("strategic_fit", "service_demand", "brand_lift", "sales_diversity")


class Desk:
    def __init__(self, place: nights.Place, server: SandboxServer) -> None:
        self.place, self.server = place, server

    def rate(self, on: date, **values: Any) -> dict[str, Any]:
        """A person rates the customer in company 1 anew, and the rating comes home; the record."""
        return self._edit(**values, rated_on=on.isoformat(), rated_by_id=self.rater)

    def take_back(self) -> None:
        """Nobody has rated the customer."""
        blank = dict.fromkeys((*RATING, *LEFT_OUT, "rated_on", "rated_by_id"), False)
        self._edit(**{**blank, "wallet_estimate": 0.0})

    def _edit(self, **values: Any) -> dict[str, Any]:
        figures = self.server.rows("kam.customer").values()
        record = next(row for row in figures if row["partner_id"] == CUSTOMER and row["company_id"] == 1)
        self.server.edit("kam.customer", record["id"], **values)
        assert self.place.kam("sync", "run").returncode in (0, 1)
        return self.server.rows("kam.customer")[record["id"]]

    @property
    def rater(self) -> int:
        return min(self.server.rows("res.users"))

    def explain(self, *words: str) -> dict[str, dict[str, Any]]:
        """What is said of the customer in company 1, by fact; the company's total as "total"."""
        done = self.place.kam(
            "explain", "customer", str(CUSTOMER), "--as-of", nights.ANCHOR, "--format", "json", *words
        )
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        (total,) = (row for row in answer["totals"] if row["company"] == 1)
        return {row["fact"]: row for row in answer["rows"] if row["company"] == 1} | {"total": total}


@pytest.fixture(scope="module")
def desk(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A home after one night: the customers have figures in the ERP. Each test rates the customer anew."""
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as after:
        yield Desk(*after)


@pytest.mark.requirement("S4-79")
@pytest.mark.requirement("S2-16")
def test_a_rating_comes_home_counts_and_is_told_with_who_and_when(desk: Desk) -> None:
    desk.take_back()
    before = desk.explain()
    assert before["influence"]["points"] is None
    assert before["influence"]["reason"].endswith("The policy rates without it; the coverage stays. "
                                                  "Nobody has rated the customer yet.")  # fmt: skip
    record = desk.rate(ANCHOR - timedelta(days=10), **RATING)
    after = desk.explain()
    name = desk.server.rows("res.partner")[desk.server.rows("res.users")[desk.rater]["partner_id"]]["name"]
    found = after["influence"]
    assert (found["value"], found["unit"], found["points"], found["model"], found["records"]) == (
        "5", "rating", "100", "kam.customer", [record["id"]],
    )  # fmt: skip
    assert (found["rated_by"], found["rated_on"]) == (name, "2026-06-20")
    assert found["reason"].startswith("Influence in its market: 5 of 5. From 5 of 5 on it brings 100 points;")
    assert found["reason"].endswith(f"{name} said so on 20 June 2026; it counts up to 20 June 2027.")
    assert after["recommendation"]["points"] == "25"
    revenue = Decimal(after["revenue_12m"]["value"])
    assert Decimal(after["wallet_share"]["value"]) == (revenue / 10_000_000).quantize(Decimal("0.0001"))
    for fact in LEFT_OUT:
        assert after[fact]["reason"].endswith(f"{name} rated the customer on 20 June 2026 and left it out.")
    assert after["total"]["score"] != before["total"]["score"]
    assert after["total"]["coverage"] == before["total"]["coverage"]
    assert sum(Decimal(row["part"]) for fact, row in after.items() if fact != "total" and row["part"]) == Decimal(
        after["total"]["score"]
    )
    chinese = desk.place.kam("--lang", "zh_CN", "explain", "customer", str(CUSTOMER), "--as-of", nights.ANCHOR,
                             "--format", "json").stdout  # fmt: skip
    assert "市场影响力：5 分（满分 5 分）" in chinese


def test_an_old_rating_counts_no_more_and_the_score_is_that_of_the_figures(desk: Desk) -> None:
    desk.take_back()
    before = desk.explain()["total"]["score"]
    desk.rate(ANCHOR - timedelta(days=366), **RATING)
    found = desk.explain()
    assert found["total"]["score"] == before
    assert found["influence"]["points"] is None
    assert "that counted up to 29 June 2026." in found["influence"]["reason"]


def test_what_moved_the_score_names_the_rating(desk: Desk) -> None:
    desk.rate(ANCHOR - timedelta(days=10), **RATING)
    moved = desk.explain("--from", "2026-06-10")
    assert moved["influence"]["moved_by"] == "known"
    assert "was not known, now 5 of 5 (100 points)" in moved["influence"]["reason"]


def test_the_next_nights_leave_what_people_said(desk: Desk) -> None:
    rated = desk.rate(ANCHOR - timedelta(days=10), **RATING)
    said = {name: rated[name] for name in (*RATING, *LEFT_OUT, "rated_on", "rated_by_id")}
    assert desk.place.kam(*nights.NIGHT, "--skip", "report").returncode in (0, 1)
    row = desk.server.rows("kam.customer")[rated["id"]]
    assert {name: row[name] for name in said} == said
    assert f"{row['score']:.2f}" == desk.explain()["total"]["score"]
    version = row["kam_version"]
    assert desk.place.kam(*nights.NIGHT, "--skip", "report").returncode in (0, 1)
    assert desk.server.rows("kam.customer")[rated["id"]]["kam_version"] == version


def test_payer_class_counts_by_its_code_where_the_policy_says_so(desk: Desk) -> None:
    folder = desk.place.home / "policy"
    folder.mkdir()
    item = 'fact = "payer_class"\npoints = { prompt = 100, honest_short = 60, slow = 50, unreliable = 20, bad = 0 }\n'
    text = (DEFAULTS / "tiers.toml").read_text(encoding="utf-8")
    at = text.index('[[dimension.item]]\nfact = "days_late_mean"')
    (folder / "tiers.toml").write_text(f"{text[:at]}[[dimension.item]]\n{item}\n{text[at:]}", encoding="utf-8")
    shown = json.loads(desk.place.kam("collections", "show", "--as-of", nights.ANCHOR, "--format", "json").stdout)
    (payer,) = (row for row in shown["rows"] if row["customer"] == CUSTOMER and row["company"] == 1)
    found = desk.explain()["payer_class"]
    points = {"prompt": "100", "honest_short": "60", "slow": "50", "unreliable": "20", "bad": "0", "new": None}
    assert found["points"] == points[payer["payer_class"]]
    assert found["value"] == (None if payer["payer_class"] == "new" else payer["payer_class"])
    assert (folder / "tiers.toml").read_text(encoding="utf-8").splitlines()[found["line"] - 1].startswith("points = {")
    shutil.rmtree(folder)


FIELDS = {("kam.customer", name) for name in (*RATINGS, "wallet_estimate")} | {("sale.order.line", "purchase_price")}


@pytest.mark.parametrize(
    ("there", "edit", "ok", "says"),
    [
        (FIELDS, str, True, "all that the policy rates is kept"),
        (set(), str, True, "rated without margin_12m, influence, strategic_fit, brand_lift, recommendation, "
         "service_demand, wallet_share, sales_diversity, which are optional"),
        (FIELDS - {("kam.customer", "influence")}, lambda text: text.replace("optional = true", "optional = false"),
         False, "not kept: influence"),
    ],
)  # fmt: skip
def test_doctor_names_what_the_policy_rates_and_the_erp_does_not_keep(
    tmp_path: Path, there: set[tuple[str, str]], edit: Callable[[str], str], ok: bool, says: str
) -> None:
    text = (DEFAULTS / "tiers.toml").read_text(encoding="utf-8")
    (tmp_path / "tiers.toml").write_text(edit(text), encoding="utf-8")
    session: Any = SimpleNamespace(capabilities=SimpleNamespace(has_field=lambda *field: field in there))
    check = check_figures(policy.load(tmp_path).at(ANCHOR).tiers, session)
    assert (check.ok, str(check.detail)) == (ok, says)
    assert bool(check.next_step) == (not ok)


def test_doctor_asks_the_erp_about_the_figures(desk: Desk) -> None:
    rows = json.loads(desk.place.kam("doctor", "--format", "json").stdout)["rows"]
    (row,) = (row for row in rows if row["check"] == "figures")
    assert row["ok"] is True
