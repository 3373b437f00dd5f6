"""Why the ageing of a day is another one today than when it was frozen: every line that moved, with its cause.

A match has no date of its own, so that matching an old credit today rewrites the buckets of last quarter; a posting
may be dated back, an entry reset to draft (collections.md 2.3, and section 4, items 1 to 3). A frozen day therefore
keeps its open items and the matches that counted; what differs between then and now is told match by match and entry
by entry, and the changes add up to the change of the total.

Worked figure (cases C1, C2): on 30 April an invoice of 500 and a credit note of -120 stand open, together 380. They
are matched afterwards: the invoice moves from 500 to 380 and the credit note from -120 to 0, both `late_match`; the
changes -120 and +120 add up to 0, and the total is 380 still.

| cause | what happened since |
|---|---|
| `late_match` | a match counts that did not |
| `unmatched` | a match that counted is gone |
| `back_dated` | an item that did not stand in the books then is dated on or before the day |
| `draft` | the entry of the item, or of one that it was matched with, is not posted any more |
| `deleted` | the item is gone |
| `redated` | the date of the item, or of one that it is matched with, moved over the day |
| `amount_changed` | the same item has another amount |
| `due_date_changed`, `customer_changed` | the same amount stands in another bucket, or under another customer |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.rules.decisions import Boxed, Decisions, Whole, days_of, ids_of, require_columns
from kam_connector.rules.snapshot_reasons import with_reasons

CAUSES = (
    "deleted", "draft", "redated", "back_dated", "amount_changed", "unmatched", "late_match",
    "due_date_changed", "customer_changed",
)  # fmt: skip
"""In the order in which the causes of one line are told."""
ITEM_COLUMNS = ("item_id", "company_id", "customer_id", "move_id", "due_date", "residual_minor")
MATCH_COLUMNS = ("match_id", "debit_item_id", "credit_item_id", "amount_minor")
STATE_COLUMNS = ("item_id", "move_id", "date", "posted")
_WITHOUT_AMOUNT = ("due_date_changed", "customer_changed")
_FRAME = ["company_id", "customer_id", "item_id", "move_id", "was_minor", "change_minor", "is_minor", "cause"]


@dataclass(frozen=True, slots=True)
class Position:
    """What the ageing of a day rests on, as known at one moment.

    `items`: the open items (ITEM_COLUMNS), `matches`: the matches that counted (MATCH_COLUMNS), `later`: ids of the
    posted items that are dated after the day.
    """

    items: pd.DataFrame
    matches: pd.DataFrame
    later: Whole


def items_to_look_at(former: Position, present: Position) -> Whole:
    """The ids of the items whose states `compare` needs: those that moved, and those they were or are matched with."""
    moved = ids_of(_moved(former, present)["item_id"])
    others = [_legs(position.matches, moved).index.get_level_values("other_id") for position in (former, present)]
    return np.unique(np.concatenate([moved, *others]).astype(np.int64))


def compare(former: Position, present: Position, states: pd.DataFrame, as_of: date) -> Decisions:
    """A row an item and cause: what of its open amount moved, and why.

    `former` is the frozen position, `present` the one of the same day as the books stand now; `states` says of the
    items of `items_to_look_at` which exist now (STATE_COLUMNS; a missing one is deleted). Columns: company_id,
    customer_id, item_id, move_id (0 = none is known), was_minor, change_minor, is_minor, cause, reason_code,
    reason_args. Where a line has several causes, each row begins where the one before ended, so that the changes add
    up to the change of the total. Order: company, customer, item, then that of CAUSES. `detail`: item_id, cause,
    change_minor, match_id and other_move_id of every match behind a row. Amounts in the company's currency. S4-39.
    """
    require_columns(states, STATE_COLUMNS, "states")
    known = states.drop_duplicates("item_id").set_index("item_id")
    lines = _with_states(_moved(former, present), former, known, as_of)
    matched = _by_matches(lines[lines["counted_was"] & lines["counted_is"]], former, present, known, as_of)
    parts = pd.concat([_came_or_went(lines), *matched, *_without_amount(lines)], ignore_index=True)
    frame = _chained(lines, _summed(parts))
    detail = parts[parts["match_id"] > 0].reset_index(drop=True)
    return Decisions(with_reasons(frame, lines, detail), detail=detail)


def _moved(former: Position, present: Position) -> pd.DataFrame:
    """The items whose amount, due date or customer differs; each column twice (`_was`, `_is`; 0 where not open).

    was_minor and is_minor are the open amounts, `open` says that it is open in both positions.
    """
    before, now = (_plain(position.items) for position in (former, present))
    union = before.index.union(now.index)
    known = [frame.reindex(union, fill_value=0) for frame in (before, now)]
    lines = known[0].join(known[1], lsuffix="_was", rsuffix="_is")
    lines["open"] = union.isin(before.index) & union.isin(now.index)
    lines = lines.rename(columns={"residual_minor_was": "was_minor", "residual_minor_is": "is_minor"})
    other = (lines["due_was"] != lines["due_is"]) | (lines["customer_id_was"] != lines["customer_id_is"])
    return lines[(lines["was_minor"] != lines["is_minor"]) | (lines["open"] & other)].reset_index()


def _plain(items: pd.DataFrame) -> pd.DataFrame:
    """What is compared, by item_id and all in whole numbers; a due date is the number of its day."""
    require_columns(items, ITEM_COLUMNS, "items")
    columns = {name: ids_of(items[name]) for name in ("company_id", "customer_id", "move_id")}
    amount = items["residual_minor"].to_numpy(dtype=np.int64)
    columns |= {"due": days_of(items["due_date"]).view(np.int64), "residual_minor": amount}
    return pd.DataFrame(columns, index=pd.Index(ids_of(items["item_id"]), name="item_id"))


def _legs(matches: pd.DataFrame, wanted: Whole) -> pd.Series:
    """What each match does to the open amount of each wanted item, by match_id, item_id and other_id."""
    require_columns(matches, MATCH_COLUMNS, "matches")
    match, debit, credit, amount = (matches[name].to_numpy(dtype=np.int64) for name in MATCH_COLUMNS)
    on_debit, on_credit = np.isin(debit, wanted), np.isin(credit, wanted)
    columns = [
        np.concatenate([match[on_debit], match[on_credit]]),
        np.concatenate([debit[on_debit], credit[on_credit]]),
        np.concatenate([credit[on_debit], debit[on_credit]]),
    ]
    index = pd.MultiIndex.from_arrays(columns, names=["match_id", "item_id", "other_id"])
    return pd.Series(np.concatenate([-amount[on_debit], amount[on_credit]]), index=index, dtype=np.int64)


def _with_states(lines: pd.DataFrame, former: Position, known: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The lines with what is known of their items now: fate, entry, date; and in which position they counted."""
    item = ids_of(lines["item_id"])
    found = known.reindex(item)
    entry = ids_of(found["move_id"])
    fate = _fates(item, known, as_of)
    settled = _legs(former.matches, item).index.get_level_values("item_id")
    return lines.assign(
        fate=fate,
        date=days_of(found["date"]).view(np.int64),
        move_id=np.where(entry > 0, entry, np.maximum(lines["move_id_is"], lines["move_id_was"])),
        counted_was=lines["item_id"].isin(former.items["item_id"]) | lines["item_id"].isin(settled),
        counted_is=(fate == "") | (lines["is_minor"] != 0),
        later=np.isin(item, former.later),
    )


def _fates(items: Whole, known: pd.DataFrame, as_of: date) -> Boxed:
    """Why each item does not count now: deleted, draft, redated, or "" where it does."""
    found = known.reindex(items)
    posted = found["posted"].eq(True).to_numpy(dtype=bool)
    after = days_of(found["date"]) > np.datetime64(as_of, "D")
    fates: Boxed = np.select([found["move_id"].isna(), ~posted, after], ["deleted", "draft", "redated"], "")
    return fates.astype(object)


def _came_or_went(lines: pd.DataFrame) -> pd.DataFrame:
    """A part for each item that counts in one of the two positions alone: its whole amount."""
    some = lines[lines["counted_was"] != lines["counted_is"]]
    arrived = np.where(some["later"], "redated", "back_dated")
    cause = np.where(some["counted_is"], arrived, some["fate"])
    return _parts(ids_of(some["item_id"]), cause, (some["is_minor"] - some["was_minor"]).to_numpy())


def _by_matches(
    lines: pd.DataFrame, former: Position, present: Position, known: pd.DataFrame, as_of: date
) -> list[pd.DataFrame]:
    """A part for each match that counts in one of the two positions alone, and what of a change no match explains."""
    wanted = ids_of(lines["item_id"])
    before, now = (_legs(position.matches, wanted) for position in (former, present))
    union = before.index.union(now.index)
    effect = (now.reindex(union, fill_value=0) - before.reindex(union, fill_value=0)).to_numpy()
    item, other = (ids_of(union.get_level_values(name).to_series()) for name in ("item_id", "other_id"))
    lost = np.where(np.isin(fate := _fates(other, known, as_of), ["", "deleted"]), "unmatched", fate)
    came = np.where(np.isin(other, former.later), "redated", "late_match")
    cause = np.select([~union.isin(now.index), ~union.isin(before.index)], [lost, came], "amount_changed")
    match = ids_of(union.get_level_values("match_id").to_series())
    parts = _parts(item, cause, effect, match, ids_of(known["move_id"].reindex(other)))
    explained = parts.groupby("item_id")["change_minor"].sum().reindex(wanted, fill_value=0).to_numpy()
    rest = (lines["is_minor"] - lines["was_minor"]).to_numpy() - explained
    return [parts[parts["change_minor"] != 0], _parts(wanted[rest != 0], "amount_changed", rest[rest != 0])]


def _without_amount(lines: pd.DataFrame) -> list[pd.DataFrame]:
    """A part for each open item that falls due on another day, or is another customer's."""
    still = lines[lines["open"]]
    changed = {
        "due_date_changed": still["due_was"] != still["due_is"],
        "customer_changed": still["customer_id_was"] != still["customer_id_is"],
    }
    return [_parts(ids_of(still.loc[rows, "item_id"]), cause, 0) for cause, rows in changed.items()]


def _parts(
    items: Whole, cause: str | Boxed, change: int | Whole, match: int | Whole = 0, move: int | Whole = 0
) -> pd.DataFrame:
    """item_id, cause, change_minor, match_id and other_move_id (0 where no match is behind it)."""
    numbers = {"item_id": items, "change_minor": change, "match_id": match, "other_move_id": move}
    frame = pd.DataFrame(numbers, index=range(len(items)), dtype=np.int64)
    frame.insert(1, "cause", pd.Series(cause, index=frame.index, dtype=object))
    return frame


def _summed(parts: pd.DataFrame) -> pd.DataFrame:
    """item_id, cause, change_minor, rank: one row a cause of an item."""
    sums = parts.groupby(["item_id", "cause"], as_index=False)["change_minor"].sum()
    sums["rank"] = sums["cause"].map({cause: place for place, cause in enumerate(CAUSES)})
    told: pd.DataFrame = sums[(sums["change_minor"] != 0) | sums["cause"].isin(_WITHOUT_AMOUNT)]
    return told


def _chained(lines: pd.DataFrame, sums: pd.DataFrame) -> pd.DataFrame:
    """The causes beside their lines: each begins where the one before ended."""
    present = lines["is_minor"] != 0
    about = lines[["item_id", "move_id", "was_minor"]].assign(
        company_id=np.where(present, lines["company_id_is"], lines["company_id_was"]),
        customer_id=np.where(present, lines["customer_id_is"], lines["customer_id_was"]),
    )
    frame = sums.merge(about, on="item_id").sort_values(["company_id", "customer_id", "item_id", "rank"])
    frame["is_minor"] = frame["was_minor"] + frame.groupby("item_id")["change_minor"].cumsum()
    frame["was_minor"] = frame["is_minor"] - frame["change_minor"]
    return frame[_FRAME].reset_index(drop=True)
