"""Which tickets, claims and answers of customers become cases, and of which type and severity they are.

Sellers, service and web shops record complaints wherever they work; deadlines, compensation and tiers need one case.
A ticket becomes a case when a line of the policy takes its source and category: of "Complaint: pallet broken in
transit", category Complaint, the word "transit" makes a transport complaint of medium severity. The case is made once;
what people then decide about it is theirs.

A customer who was asked and answers low has complained, too (requirement S3-17): with `at_most = 2` a rating of 2 of 5
is a case and one of 3 is none. It is so whatever the same customer answers later, and within `within_days` (30) alone:
an answer of the 1st of June becomes one until the 1st of July.
"""

from __future__ import annotations

import html
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, tzinfo
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from kam_connector.findings import Finding
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.intake import ANSWERS, ANY, Intake, Owner, Triage
from kam_connector.rules.decisions import Decisions, boxed, require_columns
from kam_connector.rules.goods import Goods
from kam_connector.rules.reasons import reason_args
from kam_connector.texts import Text

FOREIGN = (
    "source", "source_id", "number", "company_id", "customer_id", "contact_id", "user_id", "title", "text", "category",
    "stage", "stage_closed", "opened_at", "order_id", "order_company_id", "move_id", "move_company_id", "score",
    "document",
)  # fmt: skip
CASES = ("case_key", "number", "company_id", "customer_id", "order_id", "move_id", "state")
TAKEN = (
    "case_key", "company_id", "customer_id", "contact_id", "user_id", "title", "type", "subtype", "severity",
    "received_at", "order_id", "move_id", "triage_code", "triage_args",
)  # fmt: skip
STATED = ("type", "subtype", "severity")
"""What a file may say of a complaint itself; an empty text leaves it to the triage."""
FILE: Final = "csv"
"""The source of what a user's own file brings."""
_TOLD = 120
"""So many characters of a comment stand in the title of its case."""
_OVER = ("rejected", "closed", "reviewed")
_TAGS = re.compile(r"<[^<>]*>")
_LOOKED_AT = 20_000
"""So many characters of a text are looked at: strangers write them, and a case is told at its beginning."""
Row = Mapping[Hashable, Any]
Paper = tuple[int, int, str, int | str]


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is who: salesperson by customer, sales team (its name) by salesperson, user by login, tier by (company,
    customer); what is sold on a paper, by its column and id; who leads a team, by (company, team's name), company 0 for
    teams of all companies."""

    sellers: Mapping[int, int]
    teams: Mapping[int, str]
    logins: Mapping[str, int]
    tiers: Mapping[tuple[int, int], str]
    goods: Mapping[tuple[str, int], Goods] = field(default_factory=dict)
    leaders: Mapping[tuple[int, str], int] = field(default_factory=dict)

    def user_of(self, line: Owner, company: int) -> int:
        """Whom the line names for complaints of the company: the user, or the leader of the team; 0: nobody."""
        if line.lead_of is None:
            return self.logins.get(line.user or "", 0)
        return self.leaders.get((company, line.lead_of)) or self.leaders.get((0, line.lead_of), 0)


def take_in(
    foreign: pd.DataFrame,
    cases: pd.DataFrame,
    staff: Staff,
    policy: ComplaintPolicy,
    *,
    as_of: date,
    zones: Mapping[int, tzinfo] | None = None,
) -> Decisions:
    """A row a ticket, claim or low answer that is to become a case, the oldest first.

    `foreign`: FOREIGN as `facts.foreign_cases`, or of a file (source FILE, beside it STATED); `cases`: CASES, every
    complaint that is there; `staff` says who gets what nobody works on; `zones` of the companies, in which an answer's
    day is told (else UTC). Columns: TAKEN. One that is over, or that is a
    case already, has no row. Findings: no company or customer; an order or invoice of another company; a case about the
    same order or invoice, or for an answer about the same document, that is open already (the first one counts); a
    source that is over while its case is open; an owner who is no active user. Requirements S3-17, S4-62, S4-73.
    """
    require_columns(foreign, FOREIGN, "foreign")
    require_columns(cases, CASES, "cases")
    state_of = dict(zip(cases["case_key"], cases["state"], strict=True))
    open_ones = cases[~cases["state"].isin(_OVER)].to_dict("records")
    foreign = without_idle(foreign, cases["case_key"], policy, as_of=as_of, zones=zones)
    asked = {_key(row): row for row in foreign[foreign["source"].isin(ANSWERS)].to_dict("records")}
    about = {paper: str(row["number"]) for row in open_ones for paper in _subjects(row, row["case_key"], asked)}
    taken, lines = list[dict[str, Any]](), policy.taken
    findings = _find_unknown_owners(staff, policy)
    for row in foreign.sort_values(["opened_at", "source", "source_id"], kind="stable").to_dict("records"):
        key, line = _key(row), _find_line(row, lines)
        if line is None:
            continue
        problem = _find_problem(row, key, state_of, about, is_over=_is_over(row, policy))
        findings += [problem] if problem else []
        if problem or key in state_of or _is_over(row, policy):
            continue
        about |= dict.fromkeys(_subjects(row, key, asked), _called(row, key))
        taken.append(_case(row, line, staff, policy))
    frame = pd.DataFrame({name: boxed(row[name] for row in taken) for name in TAKEN})
    return Decisions(frame, tuple(findings))


def _with_age(foreign: pd.DataFrame, zones: Mapping[int, tzinfo], as_of: date) -> pd.DataFrame:
    """The rows with `age`: days since the day of the company on which each was opened or given."""
    moments = pd.to_datetime(foreign["opened_at"], utc=True)
    age = pd.Series(0, index=foreign.index, dtype="int64")
    for company in foreign["company_id"].unique().tolist():
        mine = foreign["company_id"].eq(company)
        day = moments[mine].dt.tz_convert(zones.get(company, UTC)).dt.tz_localize(None).dt.normalize()
        age[mine] = (pd.Timestamp(as_of) - day).dt.days
    return foreign.assign(age=age)


def without_idle(
    foreign: pd.DataFrame,
    known: pd.Series,
    policy: ComplaintPolicy,
    *,
    as_of: date,
    zones: Mapping[int, tzinfo] | None = None,
) -> pd.DataFrame:
    """The rows (FOREIGN), with `age`, without answers that are no case (`known`: keys of cases) and too high or too old
    for every line: a shop has a million."""
    foreign = _with_age(foreign, zones or {}, as_of)
    is_answer = foreign["source"].isin(list(ANSWERS))
    given = foreign[is_answer]
    if given.empty:
        return foreign
    score, keys = given["score"].astype("float64"), given["source"] + "," + given["source_id"].astype(str)
    stays = keys.isin(known)
    for line in policy.taken:
        if line.at_most is not None:
            stays |= given["source"].eq(line.source) & (score <= float(line.at_most)) & (given["age"] <= line.days)
    return foreign.drop(index=given.index[~stays])


def _key(row: Row) -> str:
    return f"{row['source']},{row['source_id']}"


def _find_line(row: Row, taken: Sequence[Intake]) -> Intake | None:
    """The first line that fits; None where there is none or it says that this is no complaint.

    Of a file, whose rows are complaints, and of answers, which most often are none, only a line of their own counts.
    """
    own = row["source"] == FILE or row["source"] in ANSWERS
    lines = [each for each in taken if each.source == row["source"] or not own]
    fitting = (each for each in lines if _fits(each.source, each.category, row) and _reaches(each, row))
    line = next(fitting, Intake(source=FILE) if row["source"] == FILE else None)
    return line if line is not None and line.take else None


def _reaches(line: Intake, row: Row) -> bool:
    """Whether the answer is low and young enough for the line; a case, or a line without limit, is not asked."""
    if line.at_most is None:
        return True
    return row["age"] <= line.days and Decimal(str(row["score"])) <= line.at_most


def _is_over(row: Row, policy: ComplaintPolicy) -> bool:
    named = any(each.source in (ANY, row["source"]) and each.name == row["stage"] for each in policy.closing_stage)
    return named or bool(row["stage_closed"])


def _fits(source: str, category: str, row: Row) -> bool:
    return source in (ANY, row["source"]) and category in (ANY, row["category"])


def _papers(row: Row) -> Iterator[Paper]:
    """What two sources of one case have in common: customer and order, customer and invoice."""
    for name in ("order_id", "move_id"):
        if row[name] == row[name] and row[name]:
            yield int(row["company_id"]), int(row["customer_id"]), name, int(row[name])


def _subjects(row: Row, key: str, asked: Mapping[str, Row]) -> Iterator[Paper]:
    """What the case of this key is about: its papers, itself (a ticket can be rated), and what its answer was about."""
    yield from _papers(row)
    for document in (key, asked[key]["document"] if key in asked else ""):
        if document:
            yield int(row["company_id"]), int(row["customer_id"]), "document", str(document)


def _find_problem(
    row: Row, key: str, state_of: Mapping[str, str], about: Mapping[Any, str], *, is_over: bool
) -> Finding | None:
    """What a person must look at before the record can be a case, or because it no longer agrees with its case."""
    if key in state_of:
        return _disagreeing(row, key) if is_over and state_of[key] not in _OVER else None
    if is_over:
        return None
    if row["source"] in ANSWERS:
        return _find_odd_answer(row, key, about)
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


def _find_odd_answer(row: Row, key: str, about: Mapping[Any, str]) -> Finding | None:
    """Why a low answer becomes no case: for information, as nobody can close or complete it."""
    if not row["company_id"] or not row["customer_id"]:
        text = Text("{record} is a low answer without a known customer or company: it becomes no complaint.")
        return replace(_problem(row, key, text), severity="info")
    twin = next((about[paper] for paper in _subjects(row, key, {key: row}) if paper in about), "")
    text = Text("{record} is a low answer about what complaint {other} is about, which is open: it is no second one.")
    return replace(_problem(row, key, text, other=twin), severity="info") if twin else None


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


def _case(row: Row, taken: Intake, staff: Staff, policy: ComplaintPolicy) -> dict[str, Any]:
    line, word = _triage(row, policy.triage)
    stated = {name: row[name] for name in STATED if row.get(name)}
    if stated.get("type", line.type) != line.type:
        stated.setdefault("subtype", "")  # the line's is one of another type
    line = line.model_copy(update=stated)
    code, figures = _reason(row, taken, word, policy)
    worker = _worker(row, staff)
    owner, goods = (worker, "") if worker else _owner(row, line, staff, policy)
    if goods:
        figures = {name: told for name, told in figures.items() if name != "word"} | {"goods": goods}
        code = "triage.answer_goods" if "score" in figures else "triage.goods"
    elif stated.keys() & {"type", "severity"}:
        code, figures = "triage.stated", {name: figures[name] for name in ("category", "record", "valid_from")}
    return {
        **{name: row[name] for name in ("company_id", "customer_id", "contact_id", "order_id", "move_id")},
        "case_key": _key(row),
        "title": _title(row),
        "user_id": owner,
        "type": line.type,
        "subtype": line.subtype,
        "severity": line.severity,
        "received_at": row["opened_at"],
        "triage_code": code,
        "triage_args": reason_args(code, **figures),
    }


def _reason(row: Row, taken: Intake, word: str, policy: ComplaintPolicy) -> tuple[str, dict[str, str]]:
    """Code and figures of why the record is a case of its type."""
    figures = {"category": str(row["category"]), "record": _key(row), "valid_from": policy.valid_from.isoformat()}
    if word:
        figures["word"] = word
    if row["source"] not in ANSWERS:
        return ("triage.word" if word else "triage.line"), figures
    limits = {"score": Decimal(str(row["score"])), "at_most": taken.at_most or Decimal(0)}
    scores = {name: f"{value.normalize():f}" for name, value in limits.items()}
    return ("triage.answer_word" if word else "triage.answer"), {**figures, **scores}


def _title(row: Row) -> str:
    """The record's title; of an answer with the beginning of what the customer wrote, or what it is about."""
    if row["source"] not in ANSWERS:
        return str(row["title"])
    told = (str(row["title"]), plain_text(str(row["text"]))[:_TOLD])
    return ": ".join(filter(None, told)) or str(row["document"])


def _worker(row: Row, staff: Staff) -> int:
    """Who works on the record already; 0: nobody who can (a mailed claim belongs to the system's own user)."""
    return int(row["user_id"]) if row["user_id"] in staff.logins.values() else 0


def _owner(row: Row, triaged: Triage, staff: Staff, policy: ComplaintPolicy) -> tuple[int, str]:
    """The owner of the first line that fits and the product or category that it is about ("": about none).

    Where no line fits the customer's salesperson; 0 where he has none.
    """
    seller = staff.sellers.get(int(row["customer_id"]), 0)
    tier = staff.tiers.get((int(row["company_id"]), int(row["customer_id"])), "")
    case = (staff.teams.get(seller, ""), tier, triaged.type, triaged.severity)
    papers = (staff.goods.get((name, int(row[name] or 0)), Goods()) for name in ("order_id", "move_id"))
    goods = next(papers) | next(papers)
    for line in policy.owner:
        wanted = (line.team, line.tier, line.type, line.severity)
        fits = all(want in (ANY, value) for want, value in zip(wanted, case, strict=True))
        user = staff.user_of(line, int(row["company_id"]))
        if fits and user and _is_about(line, goods):
            return user, line.goods
    return seller, ""


def _is_about(line: Owner, goods: Goods) -> bool:
    return line.product in (ANY, *goods.products) and line.product_category in (ANY, *goods.categories)


def _find_unknown_owners(staff: Staff, policy: ComplaintPolicy) -> list[Finding]:
    unknown = sorted({line.user for line in policy.owner if line.user} - staff.logins.keys())
    text = Text("The owner {user} of complaints.toml is no active user: the next line that fits decides.")
    leaderless = sorted({line.lead_of for line in policy.owner if line.lead_of} - {team for _, team in staff.leaders})
    about = Text(
        'The sales team "{team}", whose leader [[owner]] of complaints.toml names, is none of the ERP, or no active'
        " user leads it: the next line that fits decides. Known teams with a leader: {known}."
    )
    known = ", ".join(sorted({team for _, team in staff.leaders})) or "-"
    return [
        *(Finding("warning", "rules.intake", user, text, {"user": user}) for user in unknown),
        *(Finding("warning", "rules.intake", team, about, {"team": team, "known": known}) for team in leaderless),
    ]


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
