"""Which way into the ERP: with the addon, or without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ibis import BaseBackend

from kam_connector.erp import Session
from kam_connector.ledger import Ledger
from kam_connector.writeback.destinations import ACTIVITY
from kam_connector.writeback.fitting import fit_to_addon
from kam_connector.writeback.plain_planning import plan_plain
from kam_connector.writeback.planning import plan_records
from kam_connector.writeback.plans import Desired, Plan, Route
from kam_connector.writeback.pushing import take_over_by


def route_of(session: Session) -> Route:
    """`addon` where the ERP has it, else `plain`."""
    return "addon" if session.capabilities.addon_version else "plain"


def make_plan(
    desired: Sequence[Desired], con: BaseBackend, ledger: Ledger, session: Session, *, lang: str = "en_US"
) -> Plan:
    """What a push would send to this ERP; writes nothing. `lang`: of texts in an ERP without the addon.

    An older addon gets the records that it knows.

    Errors: Contradiction, ErpDefect for an addon that does not fit this connector, and those of reading.
    """
    session.capabilities.check_addon()
    addon = session.capabilities.addon
    if addon is not None:
        known = [item for item in desired if item.model in addon.models]
        fitted, left_out = fit_to_addon(known, session)
        tasks = next((item for item in desired if item.model == ACTIVITY.model), None)
        return replace(plan_records(fitted, con, ledger, activities=tasks), local=tuple(left_out))
    return plan_plain(desired, con, ledger, session, lang=lang)


def take_over(session: Session, ledger: Ledger, *, run: str) -> str:
    """This connector writes from now on; the answer names the one that did before, empty when it was this one."""
    session.capabilities.check_addon()
    return take_over_by(route_of(session), session, ledger, run=run)
