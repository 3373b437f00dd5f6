"""Which customer who did not pay shows that he has money: never give up, and ask when it is there. Requirement S4-59.

A customer was asked, somebody acted on the task, and the debt is still open. When he then pays another company of the
group, or a newer invoice while the older one is left, gets a credit note or money back, or orders anew, his excuse is
gone: he is asked again at once, at the same level, whatever the interval says. A signal counts while it is at most so
many days old, and once: until a task was acted on after it. Only what stands in our own books is looked at. Whatever
the law does not allow (threats, telling others, coming by night) is no method here.

Worked figure: `days = 7`; the second step was acted on on 2 June, the next one is due on the 9th at the earliest. On
the 4th he pays a newer invoice: a task of the second step on the 4th. Acted on on the 5th, the payment counts no more.
Left alone until the 11th it would be seven days old and count no more either.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from kam_connector.money import Currency, minor_text
from kam_connector.policy.cash_signals import CashSignals
from kam_connector.rules.decisions import Flags, days_of, ids_of, require_columns, texts_of
from kam_connector.rules.levels import PAIR

SIGNAL_COLUMNS = ("company_id", "customer_id", "kind", "document", "date", "due_date", "currency", "digits",
                  "amount_minor")  # fmt: skip

SIGNAL = ("signal", "signal_on", "signal_document", "signal_amount")
"""What a case knows of the signal: each is "" where there is none."""


def with_signals(cases: pd.DataFrame, signals: pd.DataFrame | None, policy: CashSignals, as_of: date) -> pd.DataFrame:
    """The cases with signal ("" or its kind as in the policy), signal_on (ISO day), signal_document, signal_amount.

    `cases`: company_id, customer_id, due_date (of the oldest debt), before_level, before_open, acted (day), as `levels`
    has them; `signals` from `facts.cash_signals` (SIGNAL_COLUMNS), of all companies; None: nobody looked. Of several
    signals the latest is named, of those of one day the first by document.
    """
    if signals is None or signals.empty:
        return cases.assign(**dict.fromkeys(SIGNAL, ""))
    require_columns(signals, SIGNAL_COLUMNS, "signals")
    asked = cases[(cases["before_level"] > 0) & ~cases["before_open"].astype(bool)]
    found = asked[[*PAIR, "due_date", "acted"]].merge(
        signals.rename(columns={"company_id": "where", "due_date": "paid_due"}), on="customer_id"
    )
    found = found.assign(signal=_kinds(found), age=_age(found, as_of))
    found = found[found["signal"].isin(policy.kinds) & (found["age"] >= 0) & (found["age"] < policy.days)]
    found = found[days_of(found["date"]) > days_of(found["acted"])]
    found = found.sort_values(["age", "document"], kind="stable")
    last = _worded(found.drop_duplicates(PAIR))
    joined = cases.merge(last, on=PAIR, how="left")
    return joined.assign(**{name: joined[name].fillna("") for name in SIGNAL})


def _kinds(found: pd.DataFrame) -> np.ndarray:
    """What each row means for the case beside it; "" where nothing."""
    kind, here = found["kind"].to_numpy(dtype=object), _is_here(found)
    with np.errstate(invalid="ignore"):
        newer = days_of(found["paid_due"]) > days_of(found["due_date"])
    paid = kind == "payment"
    return np.select(
        [paid & ~here, paid & newer, here & ~paid], ["paid_elsewhere", "paid_newer", kind], ""
    ).astype(object)  # fmt: skip


def _is_here(found: pd.DataFrame) -> Flags:
    here: Flags = ids_of(found["where"]) == ids_of(found["company_id"])
    return here


def _age(found: pd.DataFrame, as_of: date) -> np.ndarray:
    return (np.datetime64(as_of, "D") - days_of(found["date"])).astype("timedelta64[D]").astype(np.int64)


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    """PAIR, signal, and day, document and amount as texts."""
    cells = zip(rows["amount_minor"].tolist(), rows["currency"].tolist(), rows["digits"].tolist(), strict=True)
    amounts = [f"{code} {minor_text(amount, Currency(code, int(digits)))}" for amount, code, digits in cells]
    return rows[[*PAIR, "signal"]].assign(
        signal_on=texts_of(days_of(rows["date"])), signal_amount=amounts,
        signal_document=rows["document"].fillna("").astype(str),
    )  # fmt: skip
