"""Where statements of pay stand, as it is wanted of the ERP: an approved one is told that and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from kam_connector.errors import Contradiction
from kam_connector.writeback.comparison import Difference, Existing
from kam_connector.writeback.destinations import PAYOUT
from kam_connector.writeback.pay_periods import STATEMENT, PayPeriods, kept_payouts, with_periods
from kam_connector.writeback.planning import Known, _draft
from kam_connector.writeback.plans import Change, Desired, Held

JUNE, JULY = (1, "ka", "2026-06"), (1, "ka", "2026-07")
ANN, BOB = (1, 5, "ka", "2026-06", 7, 1), (1, 6, "ka", "2026-06", 7, 1)
ANN_JULY = (1, 5, "ka", "2026-07", 7, 1)


def frame(*statements: tuple[object, ...]) -> pd.DataFrame:
    rows = pd.DataFrame(statements, columns=list(STATEMENT))
    return rows.assign(kam_key=[f"payout:{row[1]}:{row[2]}:{row[3]}:{row[5]}" for row in statements])


@pytest.fixture
def periods() -> PayPeriods:
    """June is locked, Ann's statement was closed twice, Bob's once; July is open."""
    return PayPeriods({JUNE: "locked"}, {ANN: 2, BOB: 1}, frame(ANN, BOB))


def test_a_period_without_an_event_is_open_and_its_statements_have_no_revision(periods: PayPeriods) -> None:
    told = with_periods(frame(ANN, BOB, ANN_JULY), periods)
    assert told["period_state"].tolist() == ["locked", "locked", "open"]
    assert told["revision"].tolist() == [2, 1, 0]


def test_a_further_statement_of_a_closed_period_that_was_never_closed_itself_has_none(periods: PayPeriods) -> None:
    (told,) = with_periods(frame((*ANN[:-1], 2)), periods).to_dict("records")
    assert (told["period_state"], told["revision"]) == ("locked", 0)


def test_of_what_is_stated_anew_no_second_record_is_wanted(periods: PayPeriods) -> None:
    wanted = kept_payouts(periods, Desired("kam.payout", frame(BOB, ANN_JULY)))
    assert wanted is not None
    assert list(wanted.frame.columns) == ["company_id", "kam_key", "period_state", "revision"]
    assert wanted.frame.to_numpy().tolist() == [[1, "payout:5:ka:2026-06:1", "locked", 2]]


def test_where_nothing_is_known_nothing_is_wanted() -> None:
    assert kept_payouts(None, None) is None
    assert kept_payouts(PayPeriods(), None) is None


def drafted(state: str, **values: object) -> Change | Held:
    there = Existing(9, 3, state) if state else None
    known = Known(tables=None, lines={}, digits=None)  # type: ignore[arg-type]
    return _draft(Difference(1, "payout:5:ka:2026-06:1", values, {}, "f", there), PAYOUT, None, known)  # type: ignore[arg-type]


@pytest.mark.requirement("S4-33")
@pytest.mark.parametrize("state", ["draft", "approved", "paid"])
def test_where_it_stands_is_written_whatever_its_state(state: str) -> None:
    change = drafted(state, period_state="locked", revision=2)
    assert isinstance(change, Change)
    assert (change.action, change.id, change.version) == ("update", 9, 3)
    assert change.values == {"period_state": "locked", "revision": 2}


@pytest.mark.parametrize("state", ["approved", "paid"])
def test_with_a_figure_beside_it_an_approved_one_is_a_contradiction(state: str) -> None:
    with pytest.raises(Contradiction, match="amount, period_state"):
        drafted(state, period_state="locked", amount=1.0)


def test_other_closed_records_have_no_such_fields() -> None:
    plain = replace(PAYOUT, unsealed=frozenset())
    item = Difference(1, "k", {"period_state": "locked"}, {}, "f", Existing(9, 3, "approved"))
    with pytest.raises(Contradiction):
        _draft(item, plain, None, Known(None, {}, None))  # type: ignore[arg-type]


def test_a_statement_that_is_gone_from_the_erp_is_not_made_anew_of_where_it_stood() -> None:
    held = drafted("", period_state="locked", revision=2)
    assert isinstance(held, Held)
    assert held.why == "gone"
