"""Writing by columns leaves what the ORM leaves: the same rows in one batch and in batches too small for it, compared.

The connector's own rounding is switched off here on purpose: figures have more digits than the columns.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.addon.cast import RUN, Cast
from tests.conftest import SEED

pytestmark = [pytest.mark.odoo, pytest.mark.long]

COUNT = 30
SMALL = 7  # below `kam_bulk.FEW`: such a batch goes through the ORM
STAMPS = {"id", "kam_key", "create_date", "write_date", "partner_id", "display_name"}
MONEY = ("revenue_12m", "receivable_total", "overdue", "not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def pair(odoo19_cast: Cast) -> tuple[list[int], list[int]]:
    """Two sets of customers, one for each way."""
    names = [[{"name": f"Bulk {way} {n}", "is_company": True} for n in range(COUNT)] for way in "ab"]
    first, second = (odoo19_cast.admin.call("res.partner", "create", rows) for rows in names)
    return first, second


def figures(dice: random.Random, cast: Cast) -> Row:
    """A row's values, with everything that a column can hold and some that is left out."""
    values: Row = {name: dice.choice([0, dice.uniform(-1e6, 1e6), round(dice.uniform(0, 999), 2)]) for name in MONEY}
    values |= {"score": dice.uniform(0, 100), "coverage": dice.choice([0.123456, 1, False]), "status": "rated"}
    values |= {"tier_id": dice.choice([{"key": "gold"}, {"key": "silver"}, False]), "user_id": cast.users["anna"]}
    values |= {"as_of": "2026-06-30", "oldest_due": dice.choice([False, "2026-02-28"])}
    values |= {"reason_code": "tier.entered", "reason_args": dice.choice([False, "{}", '{"score": "中 é"}'])}
    return {name: value for name, value in values.items() if dice.random() > 0.1}


def history(dice: random.Random, cast: Cast) -> Row:
    values = {name: value for name, value in figures(dice, cast).items() if name not in MONEY}
    for name in ("as_of", "oldest_due", "user_id"):
        values.pop(name, None)
    return {**values, "valid_from": "2026-06-30"}


def line(dice: random.Random, cast: Cast) -> Row:
    """Its buckets are whole cents: the ORM adds them up before it rounds them, the columns afterwards."""
    drawn = figures(dice, cast)
    values = {name: round(value, 2) for name, value in drawn.items() if name in MONEY[3:]}
    values |= {name: value for name, value in drawn.items() if name in ("tier_id", "user_id")}
    return {**values, "ageing_id": {"key": "ageing:due"}, "total": dice.uniform(0, 1e5), "active": dice.random() > 0.2}


def send(cast: Cast, model: str, rows: list[Row], size: int) -> list[tuple[str, int]]:
    """The statuses and versions, in the rows' order."""
    answers = []
    for start in range(0, len(rows), size):
        text = json.dumps(rows[start : start + size])
        answers += json.loads(cast.login("bot").call("kam.gateway", "apply", model, text, RUN))
    return [(answer["status"], answer["version"]) for answer in answers]


def stored(cast: Cast, model: str, keys: list[str]) -> list[Row]:
    """Every stored column of the records, in the order of the keys, without what depends on the moment."""
    about = cast.admin.call(model, "fields_get", [], ["type", "store"])
    names = [name for name, field in about.items() if field["store"] and name not in STAMPS]
    names = [name for name in names if not name.startswith(("message_", "activity_", "website_message"))]
    rows = cast.admin.call(
        model, "search_read", [["kam_key", "in", keys]], [*names, "kam_key"], context={"active_test": False}
    )
    by_key = {row["kam_key"]: {name: row[name] for name in names} for row in rows}
    return [by_key[key] for key in keys]


@pytest.mark.parametrize(
    ("model", "make"), [("kam.customer", figures), ("kam.score", history), ("kam.ageing.line", line)]
)
def test_a_batch_by_columns_leaves_what_the_orm_leaves(
    cast: Cast, pair: tuple[list[int], list[int]], model: str, make: Callable[[random.Random, Cast], Row]
) -> None:
    dice = random.Random(SEED)
    keys = [[f"{model}:{way}:{number}" for number in range(COUNT)] for way in "ab"]
    first = [make(dice, cast) for _ in range(COUNT)]
    later = [dict(dice.sample(sorted(values.items()), len(values) // 2)) | make(dice, cast) for values in first]
    for version, content in ((0, first), (0, first), (1, later), (1, first), (2, first)):
        told = []
        for way, size in ((0, COUNT), (1, SMALL)):
            rows = [
                {**cast.row(keys[way][n], **{**values, "partner_id": pair[way][n]}), "version": version}
                for n, values in enumerate(content)
            ]
            told.append(send(cast, model, rows, size))
        assert told[0] == told[1], (SEED, version)
        assert stored(cast, model, keys[0]) == stored(cast, model, keys[1]), (SEED, version)
    assert {status for status, _ in told[0]} <= {"updated", "unchanged"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("status", "no such status"), ("reason_args", "[1]"), ("partner_id", 987654321), ("valid_from", "2026-02-30"),
     ("valid_from", "tomorrow"), ("score", "a text"), ("kam_run", "x"), ("tier_id", {"key": "diamond"})],
)  # fmt: skip
def test_a_bad_row_in_a_batch_by_columns_stops_only_itself(
    cast: Cast, pair: tuple[list[int], list[int]], name: str, value: object
) -> None:
    mark = f"bad:{name}:{value}"
    rows = [cast.row(f"{mark}:{n}", partner_id=pair[0][n], valid_from="2026-06-30", score=1.0) for n in range(12)]
    rows[5]["values"][name] = value
    told = [status for status, _ in send(cast, "kam.score", rows, 12)]
    assert told == ["created"] * 5 + ["refused"] + ["created"] * 6


def test_a_customer_of_another_company_is_refused_in_a_batch_by_columns(cast: Cast) -> None:
    partners = cast.admin.call(
        "res.partner", "create", [{"name": f"Of B {n}", "company_id": cast.company_b} for n in range(9)]
    )
    rows = [cast.row(f"other:{number}", partner_id=number, valid_from="2026-06-30") for number in partners]
    assert {status for status, _ in send(cast, "kam.score", rows, 9)} == {"refused"}


def test_an_override_by_hand_stays_and_decides_the_tier_in_a_batch_by_columns(
    cast: Cast, pair: tuple[list[int], list[int]]
) -> None:
    keys = [f"override:{n}" for n in range(10)]
    partners = cast.admin.call("res.partner", "create", [{"name": f"Override {n}"} for n in range(10)])
    rows = [cast.row(key, partner_id=partners[n], tier_id={"key": "silver"}) for n, key in enumerate(keys)]
    assert {status for status, _ in send(cast, "kam.customer", rows, 10)} == {"created"}
    [gold] = cast.admin.search("kam.tier", [["kam_key", "=", "gold"], ["company_id", "=", cast.company_a]])
    [record] = cast.admin.search("kam.customer", [["kam_key", "=", keys[3]]])
    cast.admin.write("kam.customer", record, tier_override_id=gold, override_reason="asked by the board")
    again = [cast.row(key, score=5.0 + n, tier_id=False) for n, key in enumerate(keys)]
    assert {status for status, _ in send(cast, "kam.customer", again, 10)} == {"updated"}
    found = cast.admin.read("kam.customer", record, "current_tier_id", "tier_id", "score", "kam_version")
    assert (found["current_tier_id"], found["tier_id"], found["score"]) == (gold, False, 8.0)
    assert found["kam_version"] == 3
