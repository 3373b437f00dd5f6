"""`kam incentives appraisal` and `ranking`: the worked cases W32, W33 and W37 from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kam_connector.erp import ErpAccess, connect
from tests.runs.staff import ANN, BOB, CAT, EAST, W32, Staff, books_of_staff, on_mirror, staff_with
from tests.sync.books import CNY

pytestmark = pytest.mark.long

APPRAISAL, RANKING = ("incentives", "appraisal"), ("incentives", "ranking")


@pytest.fixture
def june(shared_folder: Path, tmp_path: Path) -> Iterator[Staff]:
    """The targets of June stand in the ERP and in the mirror."""
    with staff_with(shared_folder, tmp_path, W32) as found:
        yield found


def items(answer: dict[str, Any], user: int = ANN) -> dict[str, dict[str, Any]]:
    return {row["measure"]: row for row in answer["rows"] if row["user"] == user}


@pytest.mark.requirement("S4-7")
@pytest.mark.requirement("S4-28")
def test_w32_and_w33_from_the_mirror_with_costs(tmp_path: Path) -> None:
    """Sales 92.0, margin 73.6, collection 87.5, customers 60 %: 83.08 %; of what was owed 53.85 % came in."""
    books = books_of_staff()
    wanted = {"revenue": 1000.0, "margin": 250.0, "collection": 800.0, "new_customers": 5.0}
    for kind, amount in wanted.items():
        books.add("kam.target", company_id=1, user_id=ANN, period="2026-06", kind=kind, amount=amount,
                  date_from="2026-06-01", date_to="2026-06-30", kam_key=f"kam.target,{kind}")  # fmt: skip
    place = on_mirror(books, tmp_path)
    answer = place.answer(*APPRAISAL)
    found = {name: (row["actual"], row["completion"], row["gap"]) for name, row in items(answer).items()}
    assert found == {
        "revenue": ("920.00", "0.9200", "-80.00"), "margin": ("184.00", "0.7360", "-66.00"),
        "collection": ("700.00", "0.8750", "-100.00"), "new_customers": ("3", "0.6000", "-2"),
        "service_score": (None, None, None),
    }  # fmt: skip
    (total,) = [row for row in answer["totals"] if row["user"] == ANN]
    assert (total["score"], total["uncapped"], total["coverage"]) == ("0.8308", "0.8308", "1.0000")
    assert (total["collection_to_target"], total["collection_to_due"]) == ("0.8750", "0.5385")
    assert (total["margin_rate"], total["margin_change"]) == ("0.1840", None)


def test_w32_who_has_no_target_is_not_rated_and_no_cost_is_no_margin_of_zero(june: Staff) -> None:
    answer = june.answer(*APPRAISAL)
    margin = items(answer)["margin"]
    assert (margin["actual"], margin["completion"], margin["remark"]) == (None, None, "Nothing measures it: not rated.")
    bob = items(answer, BOB)["revenue"]
    assert (bob["target"], bob["actual"], bob["remark"]) == (None, "500.00", "No target: not rated.")
    (total,) = [row for row in answer["totals"] if row["user"] == ANN]
    assert (total["score"], total["coverage"]) == ("0.8623", "0.7500")  # (36.8 + 21.875 + 6) / 75


@pytest.mark.requirement("S4-30")
def test_against_the_own_past_and_a_period_of_choice(june: Staff) -> None:
    revenue = items(june.answer(*APPRAISAL))["revenue"]
    assert (revenue["before"], revenue["change"]) == ("400.00", "1.3000")
    other = items(june.answer(*APPRAISAL, "--against", "2026-04"))["revenue"]
    assert (other["before"], other["change"]) == ("0.00", None)


def test_a_period_that_is_not_over_is_compared_with_as_many_days_of_the_one_before(june: Staff) -> None:
    early = items(june.answer(*APPRAISAL, day="2026-06-19"))["revenue"]
    assert (early["actual"], early["before"]) == ("900.00", "0.00")
    late = items(june.answer(*APPRAISAL, day="2026-06-20"))["revenue"]
    assert late["before"] == "400.00"
    against = [items(june.answer(*APPRAISAL, "--against", "2026-05", day=f"2026-06-{day}"))["revenue"]["before"]
               for day in (19, 20, 30)]  # fmt: skip
    assert against == ["0.00", "400.00", "400.00"]


def test_targets_of_all_months_make_that_of_the_quarter(june: Staff) -> None:
    assert items(june.answer(*APPRAISAL, "--period", "2026-Q2"))["revenue"]["target"] is None
    june.load("ann,,2026-04,revenue,100,,\nann,,2026-05,revenue,500,,\n")
    quarter = items(june.answer(*APPRAISAL, "--period", "2026-Q2"))["revenue"]
    assert (quarter["target"], quarter["actual"], quarter["completion"]) == ("1600.00", "1320.00", "0.8250")
    june.load("ann,,2026-Q2,revenue,2000,,\n")
    assert items(june.answer(*APPRAISAL, "--period", "2026-Q2"))["revenue"]["completion"] == "0.6600"


@pytest.mark.requirement("S4-31")
def test_w37_marks_of_a_file_are_81_points(june: Staff) -> None:
    text = "user,item,mark\nann,results,4\nann,attitude,5\nann,knowledge,3\nann,relationship,4\nann,teamwork,4\n"
    answer = june.answer(*APPRAISAL, "--ratings", june.file(text, "ratings.csv"))
    assert {row["user"]: row["points"] for row in answer["totals"]} == {ANN: "81.00", BOB: None}
    more = june.answer(*APPRAISAL, "--ratings", june.file(text + "cat,results,5\n", "ratings.csv"), codes=(1,))
    assert more["findings"][0]["message"].startswith("cat has neither a target nor a document in the period")
    done = june.place.kam(*APPRAISAL, "--ratings", june.file(text.replace("ann,t", "eve,t"), "ratings.csv"))
    assert "row 6, column user: 'eve' is not known in the ERP." in done.stderr


W37 = {"results": 4.0, "attitude": 5.0, "knowledge": 3.0, "relationship": 4.0, "teamwork": 4.0}


def mark(office: Staff, user: int, **values: Any) -> int:
    """Somebody has marked the user in the ERP, and released it unless said otherwise; the mirror knows."""
    given = {"company_id": 1, "person_id": user, "period": "2026-06", "state": "released", **values}
    with connect(ErpAccess(office.server.url, "sandbox", "admin", office.server.password)) as session:
        (number,) = session.create("kam.appraisal.mark", [given])
    return int(number)


@pytest.mark.requirement("S4-28", "S4-31", "S2-40")
def test_w37_marks_of_the_erp_are_81_points_and_a_file_goes_before(june: Staff) -> None:
    for item, given in W37.items():
        mark(june, ANN, item=item, mark=given)
    mark(june, BOB, item="results", mark=3.0)
    june.place.kam("sync", "run")
    assert {row["user"]: row["points"] for row in june.answer(*APPRAISAL)["totals"]} == {ANN: "81.00", BOB: "60.00"}
    file = june.file("user,item,mark\nann,results,5\n", "ratings.csv")
    both = june.answer(*APPRAISAL, "--ratings", file)
    assert {row["user"]: row["points"] for row in both["totals"]} == {ANN: "100.00", BOB: "60.00"}
    assert {row["points"] for row in june.answer(*APPRAISAL, "--period", "2026-Q2")["totals"]} == {None}


def test_a_draft_an_unknown_item_and_a_mark_beyond_the_scale_count_nowhere_and_are_told(june: Staff) -> None:
    mark(june, ANN, item="results", mark=4.0)
    mark(june, ANN, item="attitude", mark=5.0, state="draft")
    unknown = mark(june, ANN, item="charm", mark=5.0)
    beyond = mark(june, ANN, item="teamwork", mark=6.5)
    mark(june, CAT, item="results", mark=5.0)
    june.place.kam("sync", "run")
    answer = june.answer(*APPRAISAL, codes=(1,))
    assert {row["user"]: row["points"] for row in answer["totals"]} == {ANN: "80.00", BOB: None}
    told = {row["record"]: (row["severity"], row["message"]) for row in answer["findings"]}
    assert told == {
        "2026-06": ("info", "Marks of 2026-06 that are not released in the ERP do not count yet (1)."),
        str(unknown): ("warning", f"Mark {unknown} of ann is for charm, which is no item of the scale: results, "
                       "attitude, knowledge, relationship, teamwork. It does not count."),
        str(beyond): ("warning", f"Mark {beyond} of ann for teamwork is 6.5: the scale goes from 0 to 5. It does not "
                      "count."),
        str(CAT): ("warning", "cat has neither a target nor a document in the period: the marks are not shown."),
    }  # fmt: skip


@pytest.mark.requirement("S0-15")
@pytest.mark.requirement("S4-29")
def test_people_are_ranked_by_the_part_of_their_own_targets(june: Staff) -> None:
    june.load("bob,,2026-06,revenue,1000,,\n")
    answer = june.answer(*RANKING)
    assert [(row["rank"], row["user"], row["score"]) for row in answer["rows"]] == [
        (1, ANN, "0.8623"), (2, BOB, "0.5000"),
    ]  # fmt: skip
    (spread,) = answer["totals"]
    figures = [spread[name] for name in ("people_rated", "best", "least", "times")]
    assert figures == [2, "0.8623", "0.5000", "1.7247"]
    assert answer["findings"] == []


@pytest.mark.requirement("S4-28")
def test_a_team_stands_below_its_people_with_what_they_reached_together(tmp_path: Path) -> None:
    """Ann sold 920 and Bob 500 of the 2,000 of East: 71 %; Ann alone has a target, which she reached by 92 %."""
    books = books_of_staff()
    goals = ((ANN, None, "2026-06", 1000.0), (None, EAST, "2026-06", 2000.0), (None, EAST, "2026-05", 400.0))
    for number, (user, team, period, amount) in enumerate(goals):
        books.add("kam.target", company_id=1, user_id=user, team_id=team, period=period, kind="revenue", amount=amount,
                  date_from="2026-06-01", date_to="2026-06-30", kam_key=f"kam.target,{number}")  # fmt: skip
    place = on_mirror(books, tmp_path)
    answer = place.answer(*APPRAISAL)
    (row,) = [row for row in answer["rows"] if row["user"] is None and row["measure"] == "revenue"]
    assert (row["name"], row["target"], row["actual"], row["completion"], row["before"]) == (
        "East", "2000.00", "1420.00", "0.7100", "400.00",
    )  # fmt: skip
    (total,) = [row for row in answer["totals"] if row["user"] is None]
    assert (total["score"], total["points"]) == ("0.7100", None)
    ranked = place.answer(*RANKING, "--team", "East")["rows"]
    places = [(row["rank"], row["name"], row["score"]) for row in ranked]
    assert (places[0], places[-1]) == ((1, "Ann", "0.9200"), (1, "East", "0.7100"))
    may = [row["name"] for row in place.answer(*RANKING, "--period", "2026-05")["rows"]]
    assert may[-1] == "East"


def served(home: Path, policy: str = "", cats: int = 0) -> Staff:
    """Ann's order was delivered in 250 parts, Bob's customer got 100; three complaints of Ann's were justified.

    An order of Cat's was delivered in so many parts in the year before.
    """
    books = books_of_staff()
    order, old = books.tables["sale.order"][0]["id"], books.tables["sale.order"][0]["partner_id"]
    books.add("stock.location", id=1, usage="customer")
    mine = books.partner("Bob's customer", user_id=BOB)
    base = {"company_id": 1, "state": "done", "location_dest_id": 1, "date_done": "2026-06-02 08:00:00"}
    for number in range(350):
        owner = {"partner_id": old, "sale_id": order} if number < 250 else {"partner_id": mine, "sale_id": None}
        books.add("stock.picking", name=f"OUT/{number}", origin=None, **owner, **base)
    sold = books.add("sale.order", name="S9", partner_id=old, company_id=1, currency_id=CNY, state="sale", user_id=CAT,
                     date_order="2025-09-01 08:00:00", currency_rate=1.0, amount_total=1.0)  # fmt: skip
    for number in range(cats):
        given = {**base, "date_done": "2025-09-02 08:00:00", "partner_id": old, "sale_id": sold}
        books.add("stock.picking", name=f"OLD/{number}", origin=None, **given)
    for severity in ("high", "medium", "low"):
        books.add("kam.complaint", name="C", partner_id=old, company_id=1, state="closed", type="product",
                  severity=severity, received_at="2026-06-10 08:00:00", resolved_at="2026-06-20 08:00:00",
                  order_id=order)  # fmt: skip
    books.add("kam.target", company_id=1, user_id=None, team_id=EAST, period="2026-06", kind="revenue", amount=2000.0,
              date_from="2026-06-01", date_to="2026-06-30", kam_key="kam.target,1")  # fmt: skip
    place = on_mirror(books, home)
    if policy:
        (place.place.home / "policy").mkdir()
        (place.place.home / "policy" / "appraisal.toml").write_text(policy)
    return place


def service(answer: dict[str, Any], user: int | None) -> tuple[Any, ...]:
    (row,) = [row for row in answer["rows"] if row["user"] == user and row["measure"] == "service_score"]
    return tuple(row[name] for name in ("target", "actual", "completion", "gap", "before"))


@pytest.mark.requirement("S2-56", "S4-28", "S4-30")
def test_w28_complaints_that_were_justified_lower_the_service_of_the_seller_and_of_the_team(tmp_path: Path) -> None:
    """5 points in 250 deliveries are 2.0 in 100, a score of 80; in the 350 of the team 1.43, a score of 85.71."""
    answer = served(tmp_path).answer(*APPRAISAL)
    assert service(answer, ANN) == ("90.00", "80.00", "0.8889", "-10.00", None)
    assert service(answer, BOB) == ("90.00", "100.00", "1.1111", "10.00", None)
    assert service(answer, None) == ("90.00", "85.71", "0.9523", "-4.29", None)
    totals = {row["user"]: (row["score"], row["coverage"]) for row in answer["totals"]}
    assert totals[ANN] == (None, "0.0000")  # the shipped weight is 0: shown, and not counted


def test_who_only_has_what_was_delivered_once_is_not_appraised_and_his_team_is(tmp_path: Path) -> None:
    """Cat sold 350 parts last year and has handed over: 5 points in the 700 of the team are a score of 92.86."""
    answer = served(tmp_path, cats=350).answer(*APPRAISAL)
    assert {row["user"] for row in answer["rows"]} == {ANN, BOB, None}
    assert service(answer, None) == ("90.00", "92.86", "1.0318", "2.86", "100.00")


def test_a_weight_makes_the_service_score_count(tmp_path: Path) -> None:
    rule = "[appraisal]\nvalid_from = 2026-01-01\n[[measured]]\nmeasure = 'service_score'\nweight = 1\ntarget = 80\n"
    answer = served(tmp_path, rule).answer(*APPRAISAL)
    totals = {row["user"]: (row["score"], row["coverage"]) for row in answer["totals"]}
    assert totals == {ANN: ("1.0000", "1.0000"), BOB: ("1.2000", "1.0000"), None: ("1.0714", "1.0000")}


def two_companies(home: Path, *companies: int) -> Staff:
    """Ann has invoices in both companies, and a target of 1,000 in these."""
    books = books_of_staff()
    books.company(2, CNY)
    books.invoice(books.partner("Other customer"), 100.0, "2026-06-11", invoice_user_id=ANN, company_id=2)
    for company in companies:
        books.add("kam.target", company_id=company, user_id=ANN, period="2026-06", kind="revenue", amount=1000.0,
                  date_from="2026-06-01", date_to="2026-06-30", kam_key="kam.target,1")  # fmt: skip
    return on_mirror(books, home)


@pytest.mark.parametrize(
    ("companies", "places"),
    [((1,), [("Company 1", 1, "0.9200")]), ((1, 2), [("Company 1", 1, "0.9200"), ("Company 2", 1, "0.1000")])],
)
def test_who_sells_in_two_companies_stands_where_he_has_targets(
    tmp_path: Path, companies: tuple[int, ...], places: list[tuple[str, int, str]]
) -> None:
    rows = two_companies(tmp_path, *companies).answer(*RANKING)["rows"]
    found = [(row["company_name"], row["rank"], row["score"]) for row in rows if row["user"] == ANN]
    assert found == places


def test_a_cap_counts_and_what_is_above_it_stands_beside(june: Staff) -> None:
    june.load("bob,,2026-06,revenue,100,,\n")
    first = june.answer(*RANKING)["rows"][0]
    assert (first["user"], first["score"], first["uncapped"]) == (BOB, "1.2000", "5.0000")
    row = items(june.answer(*APPRAISAL), BOB)["revenue"]
    assert (row["completion"], row["counted"]) == ("5.0000", "1.2000")


def test_who_is_paid_by_another_plan_than_his_colleagues_is_named(june: Staff) -> None:
    folder = june.place.home / "policy" / "incentives"
    folder.mkdir(parents=True)
    plan = (
        '[plan]\ncode = "{code}"\nvalid_from = 2026-01-01\n[payees]\nusers = {users}\n[[component]]\n'
        'kind = "commission"\nmode = "marginal"\nbrackets = [{{ from = "0", rate = "0.02" }}]\n'
    )
    (folder / "a.toml").write_text(plan.format(code="all", users='["ann", "bob", "cat"]'))
    (folder / "b.toml").write_text(plan.format(code="extra", users='["bob"]'))
    june.load("cat,,2026-06,revenue,10,,\n")
    (finding,) = june.answer(*RANKING)["findings"]
    assert (finding["severity"], finding["record"]) == ("info", str(BOB))
    assert finding["message"] == (
        "bob is paid by all, extra, most others of his role in East by all: the same rule for all?"
    )


@pytest.mark.requirement("S0-7")
def test_who_reached_his_targets_long_enough_is_a_reason_to_look(june: Staff) -> None:
    (june.place.home / "policy").mkdir()
    rule = (
        "[appraisal]\nvalid_from = 2026-01-01\npromotion_periods = 2\n[[measured]]\nmeasure = 'revenue'\nweight = 1\n"
    )
    (june.place.home / "policy" / "appraisal.toml").write_text(rule)
    june.load("ann,,2026-05,revenue,400,,\nann,,2026-06,revenue,920,,\nbob,,2026-06,revenue,500,,\n")
    rows = {row["user"]: row["remark"] for row in june.answer(*RANKING)["rows"]}
    assert rows == {
        ANN: "For the personnel department to look at: 1.00 or more in each of 2 periods in a row.", BOB: None,
    }  # fmt: skip
    early = {row["user"]: row["remark"] for row in june.answer(*RANKING, day="2026-06-29")["rows"]}
    assert early[ANN] is None  # June is not over: April and May count, and April had no target


def test_one_team_is_asked_for_by_name_or_id(june: Staff) -> None:
    assert {row["user"] for row in june.answer(*RANKING, "--team", "East")["rows"]} == {ANN, BOB}
    assert {row["user"] for row in june.answer(*APPRAISAL, "--team", "1")["rows"]} == {ANN, BOB}
    done = june.place.kam(*RANKING, "--team", "West", "--as-of", "2026-06-30")
    assert (done.returncode, "No salesperson is in a team 'West'. There are: East." in done.stderr) == (2, True)


def test_two_targets_for_the_same_count_as_none_and_are_told(june: Staff) -> None:
    row = next(row for row in june.server.rows("kam.target").values() if row["kind"] == "revenue")
    june.server.edit("kam.target", row["id"], kam_key="kam.target,77")
    june.load(W32.replace("ann,,2026-06,revenue,1000,CNY,\n", ""))
    other = next(row for row in june.server.rows("kam.target").values() if row["kind"] == "margin")
    june.server.edit("kam.target", other["id"], kind="revenue", kam_key="kam.target,78")
    june.place.kam("sync", "run")
    answer = june.answer(*APPRAISAL, codes=(1,))
    assert items(answer)["revenue"]["target"] is None
    assert answer["findings"][0]["message"].startswith("There are 2 such targets of one person")
    june.server.edit("kam.target", other["id"], period="June")
    june.place.kam("sync", "run")
    (finding,) = june.answer(*APPRAISAL, codes=(1,))["findings"]
    assert finding["message"].startswith("Targets with the period June count nowhere, for it is none (1).")


def test_a_period_to_come_is_refused_and_a_chinese_reader_reads_chinese(june: Staff) -> None:
    done = june.place.kam(*RANKING, "--as-of", "2026-06-30", "--period", "2026-07")
    assert (done.returncode, "The period 2026-07 has not begun on 2026-06-30." in done.stderr) == (2, True)
    told = june.place.kam("--lang", "zh_CN", *APPRAISAL, "--as-of", "2026-06-30").stdout
    assert "销售额" in told
    assert "完成率" in told
    shown = june.place.kam("--lang", "zh_TW", "targets", "show", "--period", "2026-06").stdout
    assert "新客戶數" in shown
