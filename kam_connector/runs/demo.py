"""The whole connector at work on the embedded sandbox ERP: two runs, the second of which writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from kam_connector import sample, sandbox, settings
from kam_connector.languages import Language
from kam_connector.runs.night import NightReport, Order, run_night
from kam_connector.runs.workspace import open_workspace
from kam_connector.sample.company import Size
from kam_connector.settings import ErpSettings, Places


@contextmanager
def serve_sample(home: Path, size: Size, anchor: date, lang: Language) -> Iterator[ErpSettings]:
    """Settings for a sandbox ERP with the sample company, listening on loopback while the block lasts."""
    with sandbox.serve(sample.build(size, anchor)) as erp:
        chosen = ErpSettings("demo", erp.url, erp.database, erp.login, Places(home / "demo"), None, lang)
        chosen.places.make()
        settings.write_private(chosen.places.key, erp.password)
        yield chosen


def run_demo(chosen: ErpSettings, as_of: date, reports: Path) -> NightReport:
    """One night of the demo: everything is agreed to, the day is the sample's."""
    with open_workspace(chosen, write=True) as workspace:
        return run_night(workspace, Order(as_of, allow_past=True, reports=reports))
