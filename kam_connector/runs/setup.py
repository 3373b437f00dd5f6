"""`kam erp prepare` and `unprepare` as one answer each: the administrator's session, what is made, the key in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kam_connector import erp_setup, policy
from kam_connector.erp import ErpAccess, Session
from kam_connector.erp_setup import KeyTerms, NamedTier, Removal, Setup, Wanted
from kam_connector.errors import KamError
from kam_connector.findings import Finding
from kam_connector.languages import LANGUAGES
from kam_connector.runs import keykeeping
from kam_connector.runs.result import Result, Row
from kam_connector.settings import ErpSettings
from kam_connector.texts import Text

STATES = {"missing": Text("to be made"), "differs": Text("to be put right"), "present": Text("present")}
DONE = {"missing": Text("made"), "differs": Text("put right"), "present": Text("present")}
GOING = {"removed": Text("to be removed"), "archived": Text("to be archived")}
GONE = {"removed": Text("removed"), "archived": Text("archived")}


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """Whether the service user gets a key: `always` even when it has one; then the former ones are revoked."""

    wanted: bool = True
    always: bool = False
    days: int = 365


def plan_rows(setup: Setup) -> list[Row]:
    """One row a piece: record, state."""
    return [{"record": step.piece.title, "state": STATES[step.state]} for step in setup.steps]


def wanted_setup(session: Session, chosen: ErpSettings, login: str, companies: tuple[int, ...]) -> Wanted:
    """What is to be made for these companies (ids), with a tag for each tier where kam.toml asks for tags."""
    places = chosen.tier_places
    if "tags" not in places.chosen:
        return Wanted(login, companies, on_partners=places.on_partners)
    tiers = policy.load(chosen.policy).at(datetime.now(UTC).date()).tiers.tier
    named = tuple(
        NamedTier(tier.name, {lang: tier.names.in_language(lang) for lang in LANGUAGES}, tier.color) for tier in tiers
    )
    names = {int(row["id"]): str(row["name"]) for row in session.read("res.company", companies, ["name"])}
    return Wanted(login, companies, tuple(erp_setup.tier_tags(names, named)), on_partners=True)


def carry_out(
    admin: Session, access: ErpAccess, setup: Setup, home: Path, chosen: ErpSettings, order: KeyOrder
) -> Result:
    """Everything of the plan is made, and the key of the service user is in its file."""
    done = erp_setup.make(admin, setup)
    rows: list[Row] = [{"record": step.piece.title, "state": DONE[step.state]} for step in setup.steps]
    findings: list[Finding] = []
    if order.wanted:
        service = keykeeping.with_login(chosen, setup.wanted.login)
        try:
            rows.append(
                {
                    "record": Text("key of {login}", {"login": service.login}),
                    "state": _bring_key(admin, access, done.user, home, service, order),
                }
            )
        except KamError as error:
            findings.append(_by_hand(service.login, error))
    return Result("erp prepare", rows=rows, findings=findings)


def removal_rows(removals: list[Removal], *, done: bool) -> list[Row]:
    """One row a thing that goes."""
    return [
        {"record": f"{item.model} {item.title}", "state": (GONE if done else GOING)[item.verb]} for item in removals
    ]


def _bring_key(admin: Session, access: ErpAccess, user: int, home: Path, service: ErpSettings, order: KeyOrder) -> Text:
    """The service user has a key, it opens the ERP, and it stands in the key file; what became of it."""
    former = erp_setup.list_keys(admin, user)
    if former and not order.always and service.places.key.exists():
        return DONE["present"]
    key, ends = erp_setup.make_key(admin, access, user, KeyTerms(days=order.days))
    keykeeping.try_key(service, key)
    keykeeping.keep(home, service, key, ends.date() if ends else None)
    if order.always:
        erp_setup.revoke_keys(admin, access, user, [one.id for one in former])
    return Text("made, kept in {path}", {"path": service.places.key})


def _by_hand(login: str, error: KamError) -> Finding:
    return Finding(
        "warning",
        "erp.prepare",
        login,
        "No key could be made ({reason}). Set a password for {login}, log in with it, make a key under My Preferences, "
        "Security, Add API Key, run `kam init --rotate-key`, and set another password.",
        {"reason": error, "login": login},
    )
