"""Which tickets and claims become cases, and of which type and severity they are.

Sellers, service and web shops record complaints wherever they work; deadlines, compensation and tiers need one case.
A ticket becomes a case when a line of the policy takes its source and category: of "Complaint: pallet broken in
transit", category Complaint, the word "transit" makes a transport complaint of medium severity. The case is made once;
what people then decide about it is theirs.
"""

from __future__ import annotations

import html
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.intake import ANY, Triage
from kam_connector.rules.decisions import Decisions, boxed, require_columns
from kam_connector.rules.reasons import reason_args
from kam_connector.texts import Text

FOREIGN = (
    "source", "source_id", "number", "company_id", "customer_id", "contact_id", "user_id", "title", "text", "category",
    "stage", "stage_closed", "opened_at", "order_id", "order_company_id", "move_id", "move_company_id",
)  # fmt: skip
CASES = ("case_key", "number", "company_id", "customer_id", "order_id", "move_id", "state")
TAKEN = (
    "case_key", "company_id", "customer_id", "contact_id", "user_id", "title", "type", "subtype", "severity",
    "received_at", "order_id", "move_id", "triage_code", "triage_args",
)  # fmt: skip
FILE = "csv"
"""The source of what a user's own file brings."""
_OVER = ("rejected", "closed", "reviewed")
_TAGS = re.compile(r"<[^<>]*>")
_LOOKED_AT = 20_000
"""So many characters of a text are looked at: strangers write them, and a case is told at its beginning."""
Row = Mapping[Hashable, Any]


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is who: salesperson by customer, sales team (its name) by salesperson, user by login, tier by (company,
    customer)."""

    sellers: Mapping[int, int]
    teams: Mapping[int, str]
    logins: Mapping[str, int]
    tiers: Mapping[tuple[int, int], str]


def take_in(foreign: pd.DataFrame, cases: pd.DataFrame, staff: Staff, policy: ComplaintPolicy) -> Decisions:
    """A row a ticket or claim that is to become a case, the oldest first.

    `foreign`: FOREIGN as `facts.foreign_cases`, or of a file (source FILE); `cases`: CASES, every complaint that is
    there; `staff` says who gets what nobody works on. Columns: TAKEN. One that is over, or that is a case already, has
    no row. Findings: no company or customer; an order or invoice of another company; a case about the same order or
    invoice that is open already (the first one counts); a source that is over while its case is open; an owner who is
    no active user. Requirements S4-62, S4-73.
    """
    require_columns(foreign, FOREIGN, "foreign")
    require_columns(cases, CASES, "cases")
    state_of = dict(zip(cases["case_key"], cases["state"], strict=True))
    open_ones = cases[~cases["state"].isin(_OVER)].to_dict("records")
    about = {paper: str(row["number"]) for row in open_ones for paper in _papers(row)}
    taken: list[dict[str, Any]] = []
    findings = _find_unknown_owners(staff, policy)
    for row in foreign.sort_values(["opened_at", "source", "source_id"], kind="stable").to_dict("records"):
        key = f"{row['source']},{row['source_id']}"
        if not _is_complaint(row, policy):
            continue
        problem = _find_problem(row, key, state_of, about, is_over=_is_over(row, policy))
        findings += [problem] if problem else []
        if problem or key in state_of or _is_over(row, policy):
            continue
        about |= dict.fromkeys(_papers(row), _called(row, key))
        taken.append(_case(row, key, staff, policy))
    frame = pd.DataFrame({name: boxed(row[name] for row in taken) for name in TAKEN})
    return Decisions(frame, tuple(findings))


def _is_complaint(row: Row, policy: ComplaintPolicy) -> bool:
    """What the first line that fits says; of a file, whose rows are complaints, only a line for files counts."""
    is_file = row["source"] == FILE
    lines = [each for each in policy.intake if not is_file or each.source == FILE]
    line = next((each for each in lines if _fits(each.source, each.category, row)), None)
    return is_file if line is None else line.take


def _is_over(row: Row, policy: ComplaintPolicy) -> bool:
    named = any(each.source in (ANY, row["source"]) and each.name == row["stage"] for each in policy.closing_stage)
    return named or bool(row["stage_closed"])


def _fits(source: str, category: str, row: Row) -> bool:
    return source in (ANY, row["source"]) and category in (ANY, row["category"])


def _papers(row: Row) -> Iterator[tuple[int, int, str, int]]:
    """What two sources of one case have in common: customer and order, customer and invoice."""
    for name in ("order_id", "move_id"):
        if row[name] == row[name] and row[name]:
            yield int(row["company_id"]), int(row["customer_id"]), name, int(row[name])


def _find_problem(
    row: Row, key: str, state_of: Mapping[str, str], about: Mapping[Any, str], *, is_over: bool
) -> Finding | None:
    """What a person must look at before the record can be a case, or because it no longer agrees with its case."""
    if key in state_of:
        return _disagreeing(row, key) if is_over and state_of[key] not in _OVER else None
    if is_over:
        return None
    if not row["company_id"] or not row["customer_id"]:
        return _problem(
            row, key, Text("{record} has no company or no customer: fill it in, then it becomes a complaint.")
        )
    if any(row[name] not in (0, row["company_id"]) for name in ("order_company_id", "move_company_id")):
        return _problem(
            row, key, Text("{record} names an order or invoice of another company: it becomes no complaint.")
        )
    twin = next((about[paper] for paper in _papers(row) if paper in about), "")
    text = Text("{record} is about the same order or invoice as {other}, which counts: close one of the two.")
    return _problem(row, key, text, other=twin) if twin else None


def _problem(row: Row, key: str, text: Text, **values: str) -> Finding:
    return Finding("warning", "rules.intake", key, text, {"record": _called(row, key), **values})


def _called(row: Row, key: str) -> str:
    """A ticket goes by its number, with the key beside it; a claim has none of its own."""
    number = str(row["number"])
    return f"{number} ({key})" if number not in ("", str(row["source_id"])) else key


def _disagreeing(row: Row, key: str) -> Finding:
    return _problem(
        row,
        key,
        Text("{record} is closed where it came from, and its complaint is still open: close it, or open it again."),
    )


def _case(row: Row, key: str, staff: Staff, policy: ComplaintPolicy) -> dict[str, Any]:
    line, word = _triage(row, policy.triage)
    code, matched = ("triage.word", {"word": word}) if word else ("triage.line", {})
    figures = {"category": str(row["category"]), "record": key, "valid_from": policy.valid_from.isoformat(), **matched}
    return {
        **{name: row[name] for name in ("company_id", "customer_id", "contact_id", "title", "order_id", "move_id")},
        "case_key": key,
        "user_id": _worker(row, staff) or _owner(row, line, staff, policy),
        "type": line.type,
        "subtype": line.subtype,
        "severity": line.severity,
        "received_at": row["opened_at"],
        "triage_code": code,
        "triage_args": reason_args(code, **figures),
    }


def _worker(row: Row, staff: Staff) -> int:
    """Who works on the record already; 0: nobody who can (a mailed claim belongs to the system's own user)."""
    return int(row["user_id"]) if row["user_id"] in staff.logins.values() else 0


def _owner(row: Row, triaged: Triage, staff: Staff, policy: ComplaintPolicy) -> int:
    """The owner of the first line that fits, else the customer's salesperson; 0 where he has none."""
    seller = staff.sellers.get(int(row["customer_id"]), 0)
    tier = staff.tiers.get((int(row["company_id"]), int(row["customer_id"])), "")
    case = (staff.teams.get(seller, ""), tier, triaged.type, triaged.severity)
    for line in policy.owner:
        wanted = (line.team, line.tier, line.type, line.severity)
        if line.user in staff.logins and all(want in (ANY, value) for want, value in zip(wanted, case, strict=True)):
            return staff.logins[line.user]
    return seller


def _find_unknown_owners(staff: Staff, policy: ComplaintPolicy) -> list[Finding]:
    unknown = sorted({line.user for line in policy.owner} - staff.logins.keys())
    text = Text("The owner {user} of complaints.toml is no active user: the next line that fits decides.")
    return [Finding("warning", "rules.intake", user, text, {"user": user}) for user in unknown]


def _triage(row: Row, lines: tuple[Triage, ...]) -> tuple[Triage, str]:
    """The first line that fits, and its word that stands in the text ("" for a line without words)."""
    text = plain_text(f"{row['title']} {row['text']}"[:_LOOKED_AT]).casefold()
    for line in lines:
        word = next((each for each in line.words if _stands_in(each.casefold(), text)), "")
        if _fits(line.source, line.category, row) and bool(word) == bool(line.words):
            return line, word
    raise ValueError("The last line of the triage is not for everybody.")  # loading refuses such a policy


def _stands_in(word: str, text: str) -> bool:
    """Whether the word, or the beginning of one, is there: "rude" is not in "crude"; Chinese has no gaps to look at."""
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}", text) is not None if word.isascii() else word in text


def plain_text(text: str) -> str:
    """The text without its HTML tags, in one line."""
    return " ".join(html.unescape(_TAGS.sub(" ", text)).split())
