"""What-if: a tiers file tried on a file of facts and on the mirror; nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kam_connector import policy
from kam_connector.errors import InputError, PolicyError
from kam_connector.policy import read_candidate
from kam_connector.runs.result import Result
from kam_connector.runs.tier_trial import TierFiles, try_facts
from tests.runs import nights

DAY = date(2026, 6, 30)
HEAD = "customer,group,name,revenue_12m,revenue_prev_12m,orders_12m,first_invoice,last_invoice,days_late_mean\n"
GOOD = "K-9,G,Nine,1000000,600000,14,2020-01-05,2026-06-20,0\n"


@pytest.fixture
def rated(tmp_path: Path) -> Any:
    """The answer about files of these texts."""

    def rate(facts: str, history: str = "", tried: Path | None = None) -> Result:
        paths = [tmp_path / name for name in ("facts.csv", "history.csv")]
        for path, text in zip(paths, (facts, history), strict=True):
            path.write_text(text, "utf-8")
        tiers = read_candidate(tried).model if tried else policy.load().at(DAY).tiers
        return try_facts(TierFiles(paths[0], paths[1] if history else None, DAY, tiers, "tiers", "en"))

    return rate


@pytest.mark.requirement("S4-81")
def test_the_customers_of_a_file_are_rated_without_an_erp(rated: Any) -> None:
    poor = "K-10,,Ten,5000,10000,1,2020-01-05,2025-11-01,70\n"
    result = rated(HEAD + poor + GOOD)
    # contribution 100, loyalty (2 x 100 + 100 + 100) / 4, growth 1.667 times: 100, risk 100 (overdue_share not known)
    # 0.40 + 0.25 + 0.20 of the weight and half of 0.15 are known: 0.925, half upwards 0.93
    assert result.rows[0] == {
        "customer": "K-9", "name": "Nine", "group": "G", "score": "100.00", "coverage": "0.93", "status": "rated",
        "tier": "gold", "previous_tier": None, "previous_segment": None, "segment": "strategic",
        "segment_reason": result.rows[0]["segment_reason"], "reasons": result.rows[0]["reasons"],
    }  # fmt: skip
    assert result.rows[0]["segment_reason"].startswith(
        "Segment “Strategic”: its conditions hold (tier Gold, Contribution of at least 80 points and Growth of at "
        "least 50 points); tier Gold."
    )
    assert "reaches the 80.00 points of tier Gold" in result.rows[0]["reasons"]
    # contribution 0, loyalty (2 x 20 + 100 + 0) / 4 = 35, growth 0.5: 0, risk 0: 0.25 x 35 = 8.75
    assert [(row["customer"], row["score"], row["tier"]) for row in result.rows] == [
        ("K-9", "100.00", "gold"), ("K-10", "8.75", "standard"),
    ]  # fmt: skip
    assert result.findings == ()


def test_a_file_tells_newcomers_by_the_first_invoice_of_their_group(rated: Any) -> None:
    new = GOOD.replace("2020-01-05", "2026-06-01")
    assert rated(HEAD + new).rows[0]["status"] == "provisional"
    old = "K-10,G,Ten,5000,10000,1,2020-01-05,2025-11-01,70\n"
    assert {row["customer"]: row["status"] for row in rated(HEAD + new + old).rows} == {"K-9": "rated", "K-10": "rated"}
    apart = rated(HEAD + new.replace(",G,", ",,") + old.replace(",G,", ",,")).rows
    assert {row["customer"]: row["status"] for row in apart} == {"K-9": "provisional", "K-10": "rated"}


def test_an_empty_cell_is_missing_and_never_zero(rated: Any) -> None:
    (row,) = rated("customer,revenue_12m,orders_12m,revenue_growth\n1,1000000,12,\n").rows
    assert (row["score"], row["coverage"], row["status"]) == (None, "0.53", "unrated")  # 40 and 2 of 4 of the 25: 52.5
    (row,) = rated("customer,revenue_12m,orders_12m,revenue_growth\n1,1000000,12,0\n").rows
    assert (row["score"], row["coverage"], row["status"]) == ("76.47", "0.73", "rated")  # 65 of 85; growth is 0


RATED = "customer,revenue_12m,orders_12m,revenue_growth,influence,strategic_fit,wallet_estimate,payer_class,rated_on\n"


@pytest.mark.requirement("S4-79")
@pytest.mark.parametrize(
    ("cells", "score"),
    [
        (",,,,", "76.47"),
        ("5,,,prompt,", "76.47"),  # (100 + 0.25 x 100) / 1.25 = 100: it was 100 before
        ("1,,,,", "67.06"),  # (100 + 0) / 1.25 = 80: 32 + 25 of 85
        ("1,3,,,", "64.71"),  # (100 + 0 + 12.5) / 1.5 = 75: 30 + 25 of 85
        (",,4000000,,", "82.75"),  # a quarter of the need: 80 points at half the weight of the growth of 0 points
        ("1,,,,2025-06-30", "67.06"),
        ("1,,,,2025-06-29", "76.47"),  # older than a year: as if nobody had rated
    ],
)
def test_a_file_may_have_what_people_rate(rated: Any, cells: str, score: str) -> None:
    (row,) = rated(f"{RATED}1,1000000,12,0,{cells}\n").rows
    assert (row["score"], row["coverage"]) == (score, "0.73")


def test_overdue_without_the_total_makes_no_share(rated: Any) -> None:
    (row,) = rated("customer,revenue_12m,orders_12m,overdue\n1,1000000,12,500\n").rows
    assert row["coverage"] == "0.53"
    (row,) = rated("customer,revenue_12m,orders_12m,overdue,receivable_total\n1,1000000,12,500,1000\n").rows
    assert row["coverage"] == "0.60"


def test_history_makes_the_patience(rated: Any) -> None:
    facts = "customer,revenue_12m,orders_12m,revenue_growth\n7,50000,4,1.00\n"
    first = rated(facts, "customer,as_of,score,tier\n7,2026-06-28,82,gold\n7,2026-06-29,82,gold\n").rows[0]
    second = rated(facts, "customer,as_of,score,tier\n7,2026-06-28,82,gold\n7,2026-06-29,70,gold\n").rows[0]
    assert (first["tier"], second["tier"], second["previous_tier"]) == ("gold", "silver", "gold")
    assert "in run 1 of the 2" in first["reasons"]
    assert "for 2 runs in a row" in second["reasons"]


def test_history_may_say_the_segment_and_an_unrated_customer_keeps_it(rated: Any) -> None:
    facts = "customer,revenue_12m,orders_12m,revenue_growth\n7,50000,4,1.00\n8,,4,\n9,50000,4,1.00\n"
    history = "customer,as_of,score,tier,segment\n7,2026-06-29,82,gold,Strategic\n8,2026-06-29,82,gold,strategic\n"
    rows = {row["customer"]: row for row in rated(facts, history).rows}
    assert [(rows[name]["previous_segment"], rows[name]["segment"]) for name in ("7", "8", "9")] == [
        ("strategic", "key"), ("strategic", "strategic"), (None, "general"),
    ]  # fmt: skip
    assert rows["8"]["status"] == "unrated"


def test_a_file_has_classes_by_revenue(rated: Any, tmp_path: Path) -> None:
    """Of 1,000 the first has 900: nobody is above it; above the second are 90 of 100, from 80 on that is B."""
    first = ('name = "strategic"             # large, and growing with us\ntiers = ["gold"]',
             'name = "strategic"\nrevenue_class = ["A"]')  # fmt: skip
    tried = written(tmp_path, first, ('fact = "contribution", from = 80', 'fact = "revenue_12m", from = 1'),
                    ('fact = "growth", from = 50', 'fact = "orders_12m", from = 1'))  # fmt: skip
    rows = rated("customer,revenue_12m,orders_12m,revenue_growth\n1,900,4,1.00\n2,100,4,1.00\n", tried=tried).rows
    assert {row["customer"]: row["segment"] == "strategic" for row in rows} == {"1": True, "2": False}


def test_equal_customers_have_equal_answers_whatever_their_order(rated: Any) -> None:
    rows = [f"{name},50000,4,1.00\n" for name in ("3", "1", "2")]
    head = "customer,revenue_12m,orders_12m,revenue_growth\n"
    one, other = rated(head + "".join(rows)), rated(head + "".join(rows[::-1]))
    assert one.rows == other.rows
    assert [row["customer"] for row in one.rows] == ["1", "2", "3"]
    assert len({(row["score"], row["tier"], row["reasons"]) for row in one.rows}) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("customer,revenue_12m\n1,NaN\n", "row 2, column revenue_12m: 'NaN' cannot be used. Expected is an amount"),
        ("customer,revenue_12m\n1,5\n2,1e5\n", "row 3, column revenue_12m: '1e5'"),
        ("customer,orders_12m\n1,2.5\n", "column orders_12m: '2.5' cannot be used. Expected is a whole number"),
        ("customer,overdue_share\n1,12\n", "column overdue_share: '12' cannot be used. Expected is a share"),
        ("customer,overdue_share\n1,-0.1\n", "column overdue_share: '-0.1'"),
        ("customer,influence\n1,6\n", "column influence: '6' cannot be used. Expected is one of 1, 2, 3, 4, 5"),
        ("customer,influence\n1,0\n", "column influence: '0'"),
        ("customer,payer_class\n1,gold\n", "column payer_class: 'gold' cannot be used. Expected is one of prompt, "),
        ("customer,last_invoice\n1,30.06.2026\n", "column last_invoice: '30.06.2026'"),
        ("customer,revenue\n1,5\n", "The columns revenue of"),
        ("name\nNine\n", "lacks the columns customer"),
        ("customer,name\n,Nine\n", "row 2, column customer"),
        ("customer,name\n1,Nine\n1,Ten\n", "row 3: the customer 1 stands there a second time"),
        ("", "has no header"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(rated: Any, text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        rated(text)
    assert says in str(refused.value)


def test_a_history_that_cannot_be_used_is_refused_with_its_place(rated: Any) -> None:
    twice = "customer,as_of,score,tier\n1,2026-06-29,82,gold\n1,2026-06-29,70,gold\n"
    with pytest.raises(InputError, match="row 3: the customer 1 stands there a second time"):
        rated("customer\n1\n", twice)


def test_odd_content_is_a_finding(rated: Any) -> None:
    result = rated(
        "customer,revenue_12m\n1,-50\n", "customer,as_of,score,tier\n9,2026-06-29,82,gold\n1,2026-06-29,82,platinum\n"
    )
    assert [(found.source, found.record) for found in result.findings] == [
        ("history", "2"), ("rules.tiers", "1"), ("rules.tiers", "1"),
    ]  # fmt: skip
    assert "platinum" in result.findings[1].message
    assert "More was credited than invoiced" in result.findings[2].message


def test_a_file_without_customers_says_so(rated: Any) -> None:
    result = rated("customer,revenue_12m\n")
    assert (result.rows, result.exit_code) == ([], 1)


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    """The shipped tiers file with these texts in place of others."""
    text = (policy.DEFAULTS / "tiers.toml").read_text("utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = folder / "tried.toml"
    path.write_text(text, "utf-8")
    return path


NEXT_DAY = "2026-07-01"
"""After the night, so that its tiers are what was before."""
HIGHER = (("valid_from = 2000-01-01", "valid_from = 2027-01-01"), ("enter = 80\nleave = 75", "enter = 99\nleave = 98"))


@pytest.fixture(scope="module")
def place(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[nights.Place]:
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as (found, _):
        yield found


def simulate(place: nights.Place, tried: Path, *more: str) -> dict[str, Any]:
    done = place.kam("tiers", "simulate", "--policy", str(tried), "--as-of", NEXT_DAY, "--format", "json", *more)
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.long
@pytest.mark.requirement("S4-81")
def test_a_higher_cut_shows_who_leaves_in_which_run(place: nights.Place, tmp_path: Path) -> None:
    now = json.loads(place.kam("tiers", "show", "--as-of", NEXT_DAY, "--format", "json").stdout)
    answer = simulate(place, written(tmp_path, *HIGHER))
    gold = {
        (row["company"], row["customer"])
        for row in now["rows"]
        if row["tier"] == "gold" and row["status"] == "rated" and float(row["score"]) < 98
    }
    moved = {(row["company"], row["customer"]) for row in answer["rows"] if row["previous_tier"] == "gold"}
    assert gold
    assert gold <= moved
    for row in answer["rows"]:
        if (row["company"], row["customer"]) in gold:
            assert (row["tier"], row["settles"], row["settled_in"]) == ("gold", "silver", 2)
            assert "98.00 points" in row["reasons"]
            assert row["previous_segment"] in ("strategic", "key")
            assert (row["segment"], row["segment_settles"]) == (row["previous_segment"], "key")
    counts = {row["tier"]: row for row in answer["totals"]}
    assert counts["gold"]["customers_now"] == counts["gold"]["customers_first"]
    assert counts["gold"]["customers_settled"] == counts["gold"]["customers_now"] - len(moved)
    assert "2027-01-01" in answer["policy"]


@pytest.mark.long
def test_the_policy_in_force_moves_nobody_but_shows_all_when_asked(place: nights.Place, tmp_path: Path) -> None:
    same = written(tmp_path)
    stays = simulate(place, same)["rows"]
    assert [row for row in stays if row["tier"] != row["previous_tier"]] == []
    assert [row for row in stays if row["segment"] != row["previous_segment"]] == []
    now = json.loads(place.kam("tiers", "show", "--as-of", NEXT_DAY, "--format", "json").stdout)
    shown = {(row["customer"], row["tier"], row["score"]) for row in now["rows"]}
    assert {(row["customer"], row["tier"], row["score"]) for row in simulate(place, same, "--all")["rows"]} == shown


def test_a_segment_that_moves_alone_is_shown_with_its_reason(place: nights.Place, tmp_path: Path) -> None:
    """Silver is no key account any more: the tiers stay, and who was key by it is potential, general or small."""
    fewer = written(tmp_path, ('tiers = ["gold", "silver"]', 'tiers = ["gold"]'))
    moved = [row for row in simulate(place, fewer)["rows"] if row["tier"] == row["previous_tier"] == row["settles"]]
    assert moved
    for row in moved:
        assert (row["previous_segment"], row["tier"]) == ("key", "silver")
        assert row["segment"] in ("potential", "general", "small")
        assert row["segment"] == row["segment_settles"]
        assert row["segment_reason"].startswith("Segment “")


@pytest.mark.long
def test_nothing_is_written(place: nights.Place, tmp_path: Path) -> None:
    before = place.kam("status", "--format", "json").stdout
    simulate(place, written(tmp_path, *HIGHER))
    assert place.kam("status", "--format", "json").stdout == before


@pytest.mark.long
def test_what_the_other_policies_need_is_told(place: nights.Place, tmp_path: Path) -> None:
    names = ('name = "gold"', 'tiers = ["gold"]', 'tiers = ["gold", "silver"]')
    renamed = written(tmp_path, *((name, name.replace("gold", "diamond")) for name in names))
    found = [found["message"] for found in simulate(place, renamed)["findings"] if found["source"] == "policy"]
    assert found
    assert all('Tier "gold"' in message and "is not defined" in message for message in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("weight = 40", "weight = 50"), "sum to 110, not to 100"),
        (("enter = 80\nleave = 75", "enter = 60\nleave = 55"), 'is not below "gold"'),
        (("enter = 80\nleave = 75", "enter = 80\nleave = 85"), "is above its entry cut 80"),
        (('fact = "revenue_12m"', 'fact = "turnover"'), 'Fact "turnover"'),
        (('sla_class = "A"', ""), 'has no "sla_class"'),
        (('tiers = ["bronze"]', 'tiers = ["iron"]'), 'Tier "iron"'),
    ],
)
def test_a_wrong_policy_is_refused(place: nights.Place, tmp_path: Path, change: tuple[str, str], says: str) -> None:
    done = place.kam("tiers", "simulate", "--policy", str(written(tmp_path, change)))
    assert (done.returncode, says in done.stderr, "tried.toml line" in done.stderr) == (2, True, True), done.stderr


def test_another_policy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="is a policy of collections, not of tiers"):
        read_candidate(policy.DEFAULTS / "collections.toml")


def test_history_alone_is_refused(place: nights.Place, tmp_path: Path) -> None:
    assert place.kam("tiers", "simulate").returncode == 2
    assert place.kam("tiers", "simulate", "--policy", "x.toml", "--history", "h.csv").returncode == 2
