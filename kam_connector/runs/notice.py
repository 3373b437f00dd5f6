"""Who is told how a night ended: the log, and the admin by an activity in the ERP where settings say so.

`notify = ["log", "activity"]` and `notify_login` in kam.toml. A failing night with nobody at the terminal (`--yes`)
leaves that user one open activity; the next failing night renews it, the next good one closes it. The book knows
whether one is open: a good night after a good one asks the ERP nothing. A notice that cannot be left (the ERP is away,
a right is missing) is a line in the log, never another failure: the exit code is the night's own.
"""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, datetime

from kam_connector import erp, ledger, writeback
from kam_connector.errors import KamError, LockedError
from kam_connector.ledger import Ledger
from kam_connector.messages import render, tell
from kam_connector.runs.night import NightReport, Order, run_night
from kam_connector.runs.summary import summarize
from kam_connector.runs.workspace import Workspace, access, open_workspace
from kam_connector.settings import ErpSettings
from kam_connector.writeback import Notice

NOTICE = "notice"
LOG = logging.getLogger(__name__)


def run_and_notify(chosen: ErpSettings, order: Order, lang: str) -> NightReport:
    """A night under the run lock; whoever is to be told has been told. Errors: those of `run_night`."""
    try:
        with open_workspace(chosen, write=True, lang=lang) as workspace:
            report = run_night(workspace, order)
            _log_summary(report)
            if "write" in order.steps:
                _close_notice(workspace)
            return report
    except LockedError:  # the night that is at work will tell
        raise
    except Exception as error:
        LOG.error("The night failed: %s", _in_log(error))
        if order.unattended and "activity" in chosen.notify:
            _leave_notice(chosen, error, lang)
        raise


def _log_summary(report: NightReport) -> None:
    for line in filter(None, summarize(report, "en").texts):
        LOG.info("%s", line)
    for found in report.findings:
        LOG.warning("%s: %s %s: %s", found.severity, found.source, found.record, found.message)


def _in_log(error: Exception) -> str:
    """The error in words; of a defect only the place, because its message may hold a name."""
    if isinstance(error, KamError):
        return f"{type(error).__name__}: {error}"
    return "".join([*traceback.format_tb(error.__traceback__), type(error).__name__])


def _leave_notice(chosen: ErpSettings, error: Exception, lang: str) -> None:
    try:
        with ledger.open(chosen.places.ledger) as book, erp.connect(access(chosen)) as session:
            before = book.latest(NOTICE, chosen.notify_login) or {}
            today = datetime.now(UTC).date()
            nights = 1 + (before.get("nights", 0) if before.get("state") == "open" else 0)
            since = before["since"] if nights > 1 else today.isoformat()
            text = tell(error, lang) if isinstance(error, KamError) else type(error).__name__
            words = {"erp": chosen.name, "since": since, "nights": nights, "reason": text}
            notice = Notice(
                chosen.name,
                chosen.notify_login,
                render("notice.summary", words, lang),
                [render("notice.since", words, lang), text, render("notice.next_step", words, lang)],
                today,
            )
            writeback.open_notice(session, notice)
            book.append(NOTICE, chosen.notify_login, {"state": "open", "since": since, "nights": nights})
    except KamError as trouble:
        LOG.warning("No activity for %s: %s", chosen.notify_login, trouble)


def _close_notice(workspace: Workspace) -> None:
    """Nothing is asked of the ERP unless the book knows of an open notice."""
    book: Ledger = workspace.ledger
    for login, payload in book.states(NOTICE).items():
        if payload["state"] != "open":
            continue
        try:
            words = {"erp": workspace.settings.name, "nights": payload["nights"], "since": payload["since"]}
            feedback = render("notice.works_again", words, workspace.lang)
            writeback.close_notice(workspace.connect(), workspace.settings.name, login, feedback)
            book.append(NOTICE, login, {**payload, "state": "closed"})
        except KamError as trouble:
            LOG.warning("The activity for %s stays open: %s", login, trouble)
