"""What is wrong with customer records, and how fresh they are: what sales operations clean up before figures mislead.

Two records of one customer split his revenue, so that neither reaches the tier of the whole; a contact without a
living parent takes its orders out of the customer's figures; a customer without a salesperson gets tasks that nobody
sees. Nothing is mended here: each flaw is told with the records and the next step (requirements S4-99, S4-100).

Freshness: each sign of life (last order, invoice, activity, write of the record) is worth 100 points on its day and
falls evenly to 0 at its limit; no sign is worth 0, not "unknown". The score is the weighted mean, rounded half up.
Worked figure: order 45 days ago of 180 = 75, invoice 90 of 180 = 50, no activity = 0, written 73 of 365 = 80; with the
weights 30, 30, 25, 15: 22.5 + 15 + 0 + 12 = 49.5, so 50.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.freshness import SIGNS, Freshness
from kam_connector.rules.decisions import days_of, ids_of, words_of
from kam_connector.texts import Text

SOURCE = "quality"
TWINS = {
    "vat": ("twin_tax_id", Text("The customers {records} have one tax id: merge them, or put them into one group.")),
    "name": ("twin_name", Text("The customers {records} have one name and country: merge them, or tell them apart.")),
    "email": ("twin_email", Text("The customers {records} have one e-mail address: merge them, or mend the address.")),
    "phone": ("twin_phone", Text("The customers {records} have one telephone number: merge them, or mend the number.")),
}
_SINGLE = {
    "no_tax_id": Text("Company {records} has no tax id: enter it, else its duplicates are not found."),
    "no_owner": Text("Customer {records} has no salesperson: enter one, else nobody sees its tasks."),
    "orphan_contact": Text("The parent of contact {records} is archived or deleted: move or archive the contact."),
    "no_decider": Text(
        "Nobody is noted who decides at customer {records} and is still there: note it under Decision Makers."
    ),
    "no_plan": Text("Customer {records} has no running account plan: make one under Account Plans, and start it."),
    "plan_overdue": Text(
        "The plan of customer {records} is past its last day or has a late measure: see to it under Account Plans."
    ),
    "cyclic_parents": Text("Partner {records} stands in or below a circle of parents: mend the parents."),
    "archived_with_revenue": Text(
        "Customer {records} is archived, but had revenue in twelve months: unarchive or merge it."
    ),
}
_GROUPS = {
    "group_companies": Text(
        "The customers of group {records} are invoiced by several companies: its figures stay apart."
    ),
    "group_currencies": Text("Group {records} is invoiced in several currencies: its figures stay apart."),
}
FLAWS = (*(kind for kind, _ in TWINS.values()), *_SINGLE, *_GROUPS)
_TEMPLATES = {**dict(TWINS.values()), **_SINGLE, **_GROUPS}


def find_flaws(partners: pd.DataFrame, units: pd.DataFrame, revenue: pd.DataFrame) -> pd.DataFrame:
    """One row a flaw and record: kind (one of FLAWS), partner_id, others (ids of the records of the same flaw).

    `partners`, `units`: as `facts.quality`; `revenue`: as `facts.revenue`. Active records only, but for customers that
    are archived in spite of their revenue. Order: as FLAWS, then by id.
    """
    heads = partners[partners["active"] & (partners["partner_id"] == partners["customer_id"])]
    buyers = heads[heads["is_customer"] | heads["partner_id"].isin(revenue["customer_id"])]
    found = [
        *(_twins(buyers, field, kind) for field, (kind, _) in TWINS.items()),
        *(_flaws(kind, ids) for kind, ids in _single(partners, buyers, revenue).items()),
        *(_flaws(kind, ids) for kind, ids in _mixed(buyers, units).items()),
    ]
    return pd.concat(found, ignore_index=True)


def find_of_tiers(kind: str, partners: pd.DataFrame, lacking: pd.DataFrame, tiers: Sequence[str]) -> pd.DataFrame:
    """Flaws of this kind as `find_flaws` has them: active customers of `tiers`, in whatever company (S2-8, S4-85).

    `lacking`: company_id, customer_id, tier, such as `facts.stakeholders.undecided` has them.
    """
    wanted = lacking.loc[lacking["tier"].isin(list(tiers)), "customer_id"]
    found = partners[partners["active"] & partners["partner_id"].isin(wanted)]
    return _flaws(kind, found["partner_id"])


def tell_flaws(flaws: pd.DataFrame) -> Iterator[Finding]:
    """A finding a flaw; records that share one are told once, under the lowest id."""
    told = flaws[[not others or partner < min(others) for partner, others in zip(*_pairs(flaws), strict=True)]]
    for kind, partner, others in zip(told["kind"], told["partner_id"], told["others"], strict=True):
        records = ", ".join(map(str, (partner, *others)))
        yield Finding("warning", f"{SOURCE}.{kind}", str(partner), _TEMPLATES[kind].template, {"records": records})


def compute_freshness(customer_ids: pd.Series, signs: pd.DataFrame, policy: Freshness, as_of: date) -> pd.DataFrame:
    """One row a customer: customer_id, last_order, last_invoice, last_activity, last_write (days), freshness, stale.

    Freshness is 0 to 100. `signs`: as `facts.quality.last_days`. A sign after `as_of` counts as one of that day.
    """
    ids = ids_of(customer_ids)
    table: dict[str, object] = {"customer_id": ids}
    weighted = np.zeros(len(ids))
    for sign in SIGNS:
        mine = signs[signs["kind"] == sign].set_index("customer_id")["last_on"]
        last = days_of(mine.reindex(ids))
        limit, weight = policy.limit_of(sign)
        age = (np.datetime64(as_of, "D") - last).astype("timedelta64[D]").astype(float)
        age[np.isnat(last)] = limit
        weighted += weight * 100 * (1 - np.clip(age, 0, limit) / limit)
        table[f"last_{sign}"] = last.astype("datetime64[s]")
    score = np.floor(np.round(weighted / 100, 6) + 0.5).astype(np.int64)
    return pd.DataFrame({**table, "freshness": score, "stale": score < policy.stale_below})


def plain_name(name: str) -> str:
    """A name as twins are known by: full-width and half-width alike, no case, no spaces, no punctuation."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())


def _plain_number(number: str) -> str:
    """A telephone number without what only spaces it out; "" for an extension or the like."""
    digits = "".join(letter for letter in unicodedata.normalize("NFKC", number) if letter.isdigit())
    return digits if len(digits) >= 7 else ""


def _plain_address(address: str) -> str:
    return address.strip().casefold()


_PLAIN: dict[str, Callable[[str], str]] = {
    "vat": plain_name,
    "name": plain_name,
    "email": _plain_address,
    "phone": _plain_number,
}


def _twins(buyers: pd.DataFrame, field: str, kind: str) -> pd.DataFrame:
    """Customers of different groups with one value; records that no company sees side by side are no twins."""
    plain = [_PLAIN[field](word) for word in words_of(buyers[field])]
    keyed = buyers.assign(key=plain, home=ids_of(buyers["company_id"]), land=ids_of(buyers["country_id"]))
    keys = ["key", "land"] if field == "name" else ["key"]
    keyed = keyed[keyed["key"] != ""]
    same = keyed.groupby(keys)
    several = (same["partner_id"].transform("size") > 1) & (same["group_id"].transform("nunique") > 1)
    shared = (same["home"].transform("min") == 0) | (same["home"].transform("nunique") < same["home"].transform("size"))
    rows = [
        (kind, partner, tuple(other for other in members if other != partner))
        for _, found in keyed[several & shared].groupby(keys)
        for members in [sorted(found["partner_id"].tolist())]
        for partner in members
    ]
    return _table(sorted(rows, key=lambda row: row[1]))


def _single(partners: pd.DataFrame, buyers: pd.DataFrame, revenue: pd.DataFrame) -> dict[str, pd.Series]:
    """Kind to the ids of the records that have it each for itself."""
    active = partners[partners["active"]]
    without_tax_id = np.array([not word.strip() for word in words_of(buyers["vat"])], dtype=bool)
    earned = revenue.loc[revenue["revenue_12m_minor"] != 0, "customer_id"]
    is_head = partners["partner_id"] == partners["customer_id"]
    archived = partners[~partners["active"] & is_head & partners["partner_id"].isin(earned)]
    return {
        "no_tax_id": buyers.loc[buyers["is_company"].fillna(False).astype(bool) & without_tax_id, "partner_id"],
        "no_owner": buyers.loc[ids_of(buyers["user_id"]) == 0, "partner_id"],
        "orphan_contact": active.loc[active["parent_state"].isin(["archived", "gone"]), "partner_id"],
        "cyclic_parents": active.loc[active["cyclic"], "partner_id"],
        "archived_with_revenue": archived["partner_id"],
    }


def _mixed(buyers: pd.DataFrame, units: pd.DataFrame) -> dict[str, pd.Series]:
    """Kind to the groups of several customers that cannot be added up."""
    sizes = buyers.groupby("group_id")["partner_id"].nunique()
    counts = units[units["group_id"].isin(sizes.index[sizes > 1])].groupby("group_id")
    return {
        f"group_{plural}": pd.Series(several.index[several > 1])
        for plural, several in (
            ("companies", counts["company_id"].nunique()),
            ("currencies", counts["currency_id"].nunique()),
        )
    }


def _flaws(kind: str, ids: pd.Series) -> pd.DataFrame:
    return _table([(kind, int(number), ()) for number in sorted(ids.tolist())])


def _table(rows: list[tuple[str, int, tuple[int, ...]]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["kind", "partner_id", "others"])
    return frame.astype({"kind": object, "partner_id": "int64", "others": object})


def _pairs(flaws: pd.DataFrame) -> tuple[list[int], list[tuple[int, ...]]]:
    return flaws["partner_id"].tolist(), flaws["others"].tolist()
