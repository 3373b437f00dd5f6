"""Everything that one command works with, opened once and closed together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kam_connector import credentials, erp, ledger, mirror, policy, stopping
from kam_connector.erp import ErpAccess, Session, transport_choice
from kam_connector.errors import InputError
from kam_connector.facts.companies import companies
from kam_connector.ledger import Ledger
from kam_connector.mirror import Mirror, state
from kam_connector.mirror.schema import RENEWED
from kam_connector.policy import Policy
from kam_connector.runs import lock, logs
from kam_connector.settings import ErpSettings


@dataclass(slots=True)
class Workspace:
    """The open stores and policy of one ERP; the session is opened by `connect` when a step needs it."""

    settings: ErpSettings
    policy: Policy
    mirror: Mirror
    ledger: Ledger
    lang: str
    lock: int | None = None
    session: Session | None = field(default=None)
    zones: Mapping[int, ZoneInfo] | None = field(default=None)
    """What `zones` found since the last pull."""

    def connect(self) -> Session:
        """The session with the ERP, logged in."""
        if self.session is None:
            self.session = erp.connect(access(self.settings))
        return self.session


@contextmanager
def open_workspace(chosen: ErpSettings, *, write: bool = False, lang: str | None = None) -> Iterator[Workspace]:
    """Policy, mirror and ledger of `chosen`; with `write` under the run lock, else the mirror read only.

    `lang`: the language of reasons and reports, else that of the settings. With `write` the log is kept, and a signal
    waits for the call under way.
    """
    chosen.places.make()
    if write:
        logs.open_log(chosen.places.logs)
    rules = policy.load(chosen.policy)
    with ExitStack() as stack:
        held = stack.enter_context(lock.hold(chosen.places.lock)) if write else None
        if write:
            stack.enter_context(stopping.patiently())
        cache = stack.enter_context(mirror.open(chosen.places.mirror, read_only=not write))
        book = stack.enter_context(ledger.open(chosen.places.ledger))
        workspace = Workspace(chosen, rules, cache, book, lang or chosen.lang, held)
        try:
            yield workspace
        finally:
            if workspace.session is not None:
                workspace.session.close()


def access(chosen: ErpSettings, key: str | None = None) -> ErpAccess:
    """How to reach the ERP of `chosen`, with its key or the one given."""
    return ErpAccess(
        url=chosen.url,
        database=chosen.database,
        login=chosen.login,
        key=key or credentials.read_key(chosen),
        ca_file=chosen.ca_file,
        allow_http=chosen.allow_http,
        transport=transport_choice(chosen.transport),
        calls_per_second=chosen.calls_per_second,
        key_expires=chosen.key_expires,
    )


def business_days(workspace: Workspace, as_of: date | None) -> dict[int, date]:
    """The day each company (by id) is reckoned at: `as_of`, else today in the company's own zone.

    InputError as `refuse_renewed`.
    """
    refuse_renewed(workspace)
    now = datetime.now(UTC)
    return {company: as_of or now.astimezone(zone).date() for company, zone in zones(workspace).items()}


def pulled_days(workspace: Workspace, as_of: date | None) -> dict[int, date]:
    """`business_days`. InputError while the mirror has no company."""
    days = business_days(workspace, as_of)
    if not days:
        raise InputError("The mirror is empty.", next_step="Pull first: `kam sync run`, or `kam run`.")
    return days


def refuse_renewed(workspace: Workspace) -> None:
    """InputError while tables that an upgrade has made anew wait for the next pull: they are empty, the ERP is not."""
    if state.get(workspace.mirror.db, RENEWED):
        raise InputError(
            "The mirror has a new layout, and some of its tables have not been read anew.",
            next_step="Pull first: `kam sync run`, or `kam run`.",
        )


def zones(workspace: Workspace) -> Mapping[int, ZoneInfo]:
    """The zone of each company by id: kam.toml, else its work calendar, else UTC."""
    if workspace.zones is None:
        table = companies(workspace.mirror.ibis).to_pandas()
        own = workspace.settings.zones
        pairs = zip(table["company_id"].tolist(), table["zone"].tolist(), strict=True)
        workspace.zones = {company: own.get(company) or ZoneInfo(zone) for company, zone in pairs}
    return workspace.zones
