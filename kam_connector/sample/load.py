"""The sample company as real documents in a real Odoo 14 or 19, over RPC.

`python -m kam_connector.sample.load --url http://127.0.0.1:8069 --database NAME --size small` (key or password in
KAM_ERP_KEY). Made for a fresh database with sales, invoicing, CRM and the generic chart of accounts. A database that
holds the sample is refused; one that got the addon afterwards is given the addon's records by a second call.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import date

from kam_connector.erp import ErpAccess, Session, connect
from kam_connector.errors import KamError, SuspectData
from kam_connector.sample.company import SampleCompany, build
from kam_connector.sample.load_addon import find_papers, has_addon, load_activities, load_addon
from kam_connector.sample.load_firm import load_firm, retire
from kam_connector.sample.load_money import load_money
from kam_connector.sample.load_sales import load_invoices, load_orders, load_partners
from kam_connector.sample.load_target import Say, Target, open_target
from kam_connector.sample.papers import Documents

MARKER = "kam_sample.company"
ADDON_MARKER = "kam_sample.addon"


def load(session: Session, company: SampleCompany, say: Say = lambda _: None) -> None:
    """The ERP holds the company (and, where the addon is installed, its complaints and targets).

    Raises SuspectData when it does already, or holds another size or anchor.
    """
    target, documents = open_target(session, say), company.documents
    wanted = f"{documents.size} {documents.anchor}"
    found, with_addon = _parameter(session, MARKER), has_addon(target)
    if found == wanted and with_addon and not _parameter(session, ADDON_MARKER):
        find_papers(target, documents)
        _load_addon(target, documents)
        return
    if found:
        raise SuspectData(
            "The database holds the sample company already ({found}).",
            next_step="Load into a fresh database.",
            found=found,
        )
    # first, so that a broken load is never taken for a fresh database
    marker = _mark(session, MARKER, f"{wanted}, unfinished")
    _load_all(target, documents)
    session.write("ir.config_parameter", [marker], {"value": wanted})
    if with_addon:
        _load_addon(target, documents)


def _load_all(target: Target, documents: Documents) -> None:
    """Everything that needs no addon, in the order in which one thing needs the other."""
    load_firm(target, documents)
    load_partners(target, documents)
    load_orders(target, documents)
    load_invoices(target, documents)
    load_money(target, documents)
    load_activities(target, documents)
    retire(target, documents)


def _load_addon(target: Target, documents: Documents) -> None:
    """The addon's records, marked."""
    load_addon(target, documents)
    _mark(target.session, ADDON_MARKER, documents.size)


def _parameter(session: Session, key: str) -> str:
    """A system parameter, empty when it is not set."""
    rows = session.search_read("ir.config_parameter", [["key", "=", key]], ["value"])
    return str(rows[0]["value"]) if rows else ""


def _mark(session: Session, key: str, value: str) -> int:
    """Id of the system parameter that is set now."""
    return session.create("ir.config_parameter", [{"key": key, "value": value}])[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Load as the command line says; the exit code."""
    options = _parse(arguments)
    key = options.password or os.environ.get("KAM_ERP_KEY", "admin")
    access = ErpAccess(options.url, options.database, options.login, key, timeout_read=600, timeout_total=900)
    started = time.monotonic()
    try:
        with connect(access) as session:
            load(session, build(options.size, options.anchor), _say)
    except KamError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    _say(f"sample company loaded in {time.monotonic() - started:.0f} s")
    return 0


def _say(line: str) -> None:
    """A line of progress on stderr."""
    print(line, file=sys.stderr, flush=True)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m kam_connector.sample.load", description="Fill an Odoo.")
    parser.add_argument("--url", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--login", default="admin")
    parser.add_argument("--password", default="", help="for test servers; else the environment's KAM_ERP_KEY")
    parser.add_argument("--size", choices=("small", "full"), default="small")
    parser.add_argument("--anchor", type=date.fromisoformat, default=date(2026, 6, 30))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
