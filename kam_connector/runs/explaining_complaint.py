"""What `kam explain complaint` answers: why a complaint has its deadlines, its escalation, its compensation."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from kam_connector.calendars import HOUR
from kam_connector.errors import InputError
from kam_connector.facts.complaint_events import complaint_events
from kam_connector.facts.losses import compensations
from kam_connector.messages import label, render
from kam_connector.money import minor_text
from kam_connector.policy import ComplaintPolicy, privileges_of
from kam_connector.reports import Names, name_of
from kam_connector.rules.clocks import CLOCKS, Terms
from kam_connector.rules.compensation_limits import remedy_places
from kam_connector.rules.deadlines import prove_deadlines
from kam_connector.rules.decisions import company_currencies
from kam_connector.rules.status_log import moments_of
from kam_connector.rules.targets import place_of_target
from kam_connector.runs.deadlines import moment_of, promises_until
from kam_connector.runs.decisions import Night
from kam_connector.runs.frames import to_frame
from kam_connector.runs.proof_texts import proof_texts
from kam_connector.runs.result import Result, Row
from kam_connector.runs.schedules import Clockwork, clockwork_of, owner_lines
from kam_connector.runs.seeing import look, result_of
from kam_connector.runs.sources import Sources, sources_of
from kam_connector.runs.tables import hours_text
from kam_connector.runs.workspace import Workspace
from kam_connector.texts import Text

Record = Mapping[Hashable, Any]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The complaint that is explained (a frame of one row, and the row), in the night that decided about it."""

    workspace: Workspace
    sources: Sources
    night: Night
    names: Names
    frame: pd.DataFrame
    row: Record

    def line(
        self,
        subject: str,
        detail: list[Text | str],
        path: tuple[str | int, ...] = (),
        at: Any = None,
        *,
        policy: ComplaintPolicy | None = None,
    ) -> Row:
        """A row of the answer; `path` is the line of complaints.toml (that in force, else `policy`) that decided."""
        decided_by = policy or self.night.policy.complaints
        file, line = self.workspace.policy.place_of(decided_by, path) if path else (None, None)
        moment = None if at is None or pd.isna(at) else at.tz_convert(self.zone).isoformat(timespec="seconds")
        about = {"company": int(self.row["company_id"]), "complaint": int(self.row["complaint_id"])}
        return {**about, "number": self.row["number"], "subject": subject, "at": moment, "file": file, "line": line,
                "detail": detail}  # fmt: skip

    def word(self, family: str, code: object) -> str:
        """The name of a code in the reader's language; the company's own comes first."""
        own = self.names.own.get(family, {}).get(str(code))
        return own or label(f"{family}.{code}", self.workspace.lang)

    @property
    def zone(self) -> Any:
        return self.sources.zones[self.row["company_id"]]


def explain_complaint(workspace: Workspace, as_of: date | None, complaint: str) -> Result:
    """Rows: the intake, the line of the policy that set the target, both clocks with their hours line by line, each
    level of escalation, what is proposed as compensation with its limits.

    `complaint` is a number as people write it, or the ERP's id. Errors: InputError for one that is not known, or not
    one alone.
    """
    seen = look(workspace, as_of)
    night, found = _find(seen.nights, complaint)
    asked = _Asked(workspace, sources_of(workspace), night, seen.names, found, found.to_dict("records")[0])
    rows = [row for part in (_intake, _clocks, _escalations, _compensation) for row in part(asked)]
    number = str(asked.row["complaint_id"])
    findings = tuple(each for each in night.deadlines.findings if each.record == number)
    return result_of("explain complaint", seen, rows, None, findings)


def _find(nights: list[Night], wanted: str) -> tuple[Night, pd.DataFrame]:
    """The complaint of that number, else of that id, and the night of its company."""
    for matches in (_by_number, _by_id):
        hits = [(night, found) for night in nights if len(found := matches(night.complaints, wanted.strip()))]
        ids = [str(number) for _, found in hits for number in found["complaint_id"]]
        if len(ids) == 1:
            return hits[0][0], hits[0][1].reset_index(drop=True)
        if ids:
            raise InputError(
                "Several complaints have the number {wanted}: {candidates}.",
                next_step="Name one by its id.",
                wanted=wanted,
                candidates=", ".join(ids),
            )
    raise InputError(
        "The mirror has no complaint {wanted}.",
        next_step="Look up its number with `kam complaints show`, or pull first with `kam sync run`.",
        wanted=wanted,
    )


def _by_number(complaints: pd.DataFrame, wanted: str) -> pd.DataFrame:
    return complaints[complaints["number"] == wanted]


def _by_id(complaints: pd.DataFrame, wanted: str) -> pd.DataFrame:
    number = wanted.removeprefix("#")
    return complaints[complaints["complaint_id"].astype(str) == number]


def _intake(asked: _Asked) -> Iterator[Row]:
    row = asked.row
    values = {
        "customer": name_of(asked.names.customers, row["customer_id"]),
        "type": asked.word("type", row["type"]), "severity": asked.word("severity", row["severity"]),
        "state": asked.word("state", row["state"]),
    }  # fmt: skip
    detail = [Text("Complaint of {customer}: {type}, severity {severity}, {state}.", values)]
    if isinstance(row["tier"], str) and row["tier"]:
        tier = {"tier": asked.word("tier", row["tier"])}
        detail.append(Text("The customer's tier at intake was {tier}; a later change of tier does not count.", tier))
    else:
        detail.append(Text("The customer had no tier at intake: the targets for everybody count."))
    yield asked.line("intake", [*detail], at=row["received_at"])


def _clocks(asked: _Asked) -> Iterator[Row]:
    """The line of the policy, and each clock with its hours; none where the complaint has no clock."""
    policy, company = asked.night.policy, int(asked.row["company_id"])
    services = privileges_of(policy.tiers.tier)
    works = _clockwork(asked)
    promises = promises_until(asked.workspace.policy, asked.night.as_of)
    terms = Terms(policy.complaints, services, works.calendar, promises, asked.zone.key)
    events = to_frame(complaint_events(asked.sources.con, asked.night.as_of, asked.sources.zones))
    at = moment_of(asked.sources, company, asked.night.as_of)
    clocks, lines = prove_deadlines(asked.frame, terms, at, events)
    proofs = proof_texts(lines, asked.zone)
    rows = {str(row["clock"]): row for row in clocks.to_dict("records")}
    if rows:
        first = rows[CLOCKS[0]]
        promise = promises[terms.places(moments_of(asked.frame["received_at"]))[0]]
        place = place_of_target(promise.policy, promise.services, first["tier"], first["type"], first["severity"])
        target = promise.policy.target[place]
        yield _target(asked, promise.policy, place)
        promised = (target.response_hours, target.resolution_hours)
        for (name, row), hours in zip(rows.items(), promised, strict=True):
            yield _clock(asked, row, hours, [works.whose, *proofs.get((row["complaint"], name), [])])


def _clockwork(asked: _Asked) -> Clockwork:
    """The calendar of the complaint's owner."""
    policy = asked.night.policy.complaints
    [place], _ = owner_lines(asked.sources.con, asked.frame["user_id"], policy)
    return clockwork_of(asked.sources, int(asked.row["company_id"]), place, policy)


def _target(asked: _Asked, policy: ComplaintPolicy, place: int) -> Row:
    """The line of the policy of the day of intake."""
    target = policy.target[place]
    values = {"response_hours": f"{target.response_hours:f}", "resolution_hours": f"{target.resolution_hours:f}",
              "place": place + 1}  # fmt: skip
    text = Text("The [[target]] number {place} is the first that fits: answered within {response_hours} and settled"
                " within {resolution_hours} working hours.", values)  # fmt: skip
    return asked.line("target", [text], ("target", place), policy=policy)


def _clock(asked: _Asked, row: Record, promised: Decimal, proof: list[Text]) -> Row:
    """One clock with its hours line by line, dated by its deadline."""
    values = {"state": label(str(row["state"]), asked.workspace.lang), "used": hours_text(row["used"]),
              "target": hours_text(row["target"])}  # fmt: skip
    detail: list[Text | str] = [Text("{state}: {used} of {target} working hours are used up.", values)]
    if row["target"].value < promised * HOUR * 1000:
        detail.append(Text("The case was made more urgent on the way, which shortened the target."))
    return asked.line(str(row["clock"]), [*detail, *proof], at=row["due_at"])


def _escalations(asked: _Asked) -> Iterator[Row]:
    """Each level that was reached, in the order in which they were."""
    levels = asked.night.escalations.frame
    own = levels[levels["complaint_id"] == asked.row["complaint_id"]]
    for row in own.sort_values(["reached_at", "level"], kind="stable").to_dict("records"):
        detail: list[Text | str] = [
            render(row["reason_code"], row["reason_args"], asked.workspace.lang, asked.names.own)
        ]
        if row["user_id"]:
            detail.append(Text("Told: {person}.", {"person": name_of(asked.names.people, row["user_id"])}))
        yield asked.line("escalation", detail, at=pd.Timestamp(row["reached_at"], tz="UTC"))


def _compensation(asked: _Asked) -> Iterator[Row]:
    """What is proposed with its limits, and what people agreed."""
    lang, policy = asked.workspace.lang, asked.night.policy.complaints
    shown = asked.night.compensation.rest
    row = shown[shown["complaint_id"] == asked.row["complaint_id"]].to_dict("records")[0]
    agreed: list[Text | str] = [*_agreed(asked)]
    if not policy.remedy and not agreed:
        return
    if not isinstance(row["proposal_code"], str) or not row["proposal_code"]:
        nothing = Text("Nothing is proposed: no loss is documented, or it is not accepted.")
        yield asked.line("compensation", agreed or [nothing])
        return
    proposal = render(row["proposal_code"], row["proposal_args"], lang, asked.names.own)
    is_by_line = bool(row["proposed_remedy"]) and not agreed
    path = ("remedy", remedy_places(asked.frame, policy)[0]) if is_by_line else ()
    yield asked.line("compensation", [proposal, *agreed], path)


def _agreed(asked: _Asked) -> list[Text]:
    """What people agreed, where they have."""
    noted = compensations(asked.sources.con, asked.night.as_of, asked.sources.zones)
    [row] = to_frame(noted.filter(noted.complaint_id == int(asked.row["complaint_id"]))).to_dict("records")
    if not row["is_agreed"]:
        return []
    currency = company_currencies(asked.night.companies)[asked.row["company_id"]]
    values = {"remedy": asked.word("remedy", row["remedy"]), "amount": minor_text(int(row["agreed_minor"]), currency),
              "currency": currency.code}  # fmt: skip
    return [Text("Agreed: {remedy}, {amount} {currency}.", values)]
