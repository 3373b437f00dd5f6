"""What a customer is told that he owes: his open items, each in the currency of its document.

A statement of account is a paper for the customer: it has documents, days and amounts, and nothing of what we think of
him. It stands on the items of the ageing, so that what he is asked for is what the books show. Worked figure: an
invoice of 1,000 of which 400 were paid, and a credit note of 100 that nobody has matched yet: 600 open, 100 to be taken
off, 500 due.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kam_connector.rules.ageing import is_booked
from kam_connector.rules.decisions import column_or, require_columns

STATEMENT_COLUMNS = [
    "company_id", "customer_id", "currency_id", "is_credit", "item_id", "kind", "document", "date", "due_date",
    "days_overdue", "amount_minor", "settled_minor", "open_minor", "bucket", "disputed", "pending",
]  # fmt: skip
_NEEDED = ("item_id", "company_id", "customer_id", "currency_id", "residual_minor", "residual_currency_minor",
           "amount_currency_minor", "kind", "document", "days_past_due", "bucket")  # fmt: skip


def state_account(items: pd.DataFrame) -> pd.DataFrame:
    """A row an open item, in the currency of its document.

    `items`: `ageing.bucket_items`, with kind and document of `facts.receivables.open_papers`.
    Columns: STATEMENT_COLUMNS; amount_minor what the document was for, settled_minor what was paid and credited of it
    so far, open_minor the rest; of a credit (is_credit) all three are below zero. days_overdue is 0 for what is not due
    and for credits; disputed and pending (a payment is registered) are marks. An item that is open in the company's
    currency alone, a difference of exchange, is nothing that the customer owes and is left out, as are payments that
    are not booked. Order: company, customer, currency, debts before credits, due date, item.
    """
    require_columns(items, _NEEDED, "items")
    rows = items[is_booked(items) & (items["residual_currency_minor"] != 0)]
    open_minor = rows["residual_currency_minor"].to_numpy(dtype=np.int64)
    amount = rows["amount_currency_minor"].to_numpy(dtype=np.int64)
    late = np.where(open_minor > 0, np.maximum(rows["days_past_due"].to_numpy(dtype=np.int64), 0), 0)
    frame = rows.assign(
        is_credit=open_minor < 0, days_overdue=late, amount_minor=amount, settled_minor=amount - open_minor,
        open_minor=open_minor, disputed=column_or(rows, "disputed_minor", 0).to_numpy(dtype=np.int64) > 0,
        pending=column_or(rows, "pending", False).to_numpy(dtype=bool),
    )  # fmt: skip
    order = ["company_id", "customer_id", "currency_id", "is_credit", "due_date", "item_id"]
    return frame.sort_values(order, kind="stable")[STATEMENT_COLUMNS].reset_index(drop=True)
