"""What all tests share: the test rig on the path, and at the end how many tests ran against which server."""

from __future__ import annotations

import gc
import os
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from kam_connector.cli.main import COLLECT_RARELY

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "scripts"))

# Tests read English unless they say otherwise, wherever they run.
os.environ.update(LANG="C.UTF-8")
for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(name, None)

# The seed of every random moment: new each time, the same in all processes of a run, repeatable by KAM_SEED=...
SEED = int(os.environ.setdefault("KAM_SEED", str(random.SystemRandom().randrange(10**6))))

# What takes long (each fault before a real server, each kill, each kind of server) runs where KAM_WHOLE=1 says so.
WHOLE = os.environ.get("KAM_WHOLE") == "1"

# A property is true or not; how long an example takes says how busy the machine is.
settings.register_profile("kam", deadline=None, max_examples=100 if WHOLE else 30)
settings.load_profile("kam")

SERVERS = {"odoo19": "Odoo 19", "odoo14": "Odoo 14", "chromium": "Chromium on Odoo 19", "sandbox": "the sandbox"}


def pytest_report_header() -> str:
    """The seed, so that a failure can be repeated."""
    return f"KAM_SEED={SEED}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests are left out of a short run."""
    left_out = [] if WHOLE else [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the garbage collector need not look through it after every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_RARELY)


def first_of(values: Iterable[Any], short: int = 1) -> list[Any]:
    """Parameters of which a short run takes the first ones only."""
    return [
        value if place < short else pytest.param(value, marks=pytest.mark.long) for place, value in enumerate(values)
    ]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, object, None]:
    """Every report says against which server its test ran."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    report.user_properties = [*report.user_properties, ("kam_servers", _servers(item))]


def _servers(item: pytest.Item) -> list[str]:
    names = {name.split("_")[0] for name in getattr(item, "fixturenames", ())}
    callspec = getattr(item, "callspec", None)
    names |= {re.split("[-_]", str(value))[0] for value in callspec.params.values()} if callspec else set()
    return sorted(names & set(SERVERS))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The last lines: how many tests passed against which server."""
    passed: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        passed.update(dict(report.user_properties).get("kam_servers", []))
    for server, title in SERVERS.items():
        terminalreporter.write_line(f"{passed[server]} tests passed against {title}")
    if not WHOLE:
        terminalreporter.write_line("A short run: KAM_WHOLE=1 runs the long tests as well")
    if out := os.environ.get("KAM_RELIABILITY_OUT"):
        from tests.reliability.counting import write_run

        write_run(Path(out), terminalreporter.stats, SEED)


@pytest.fixture(scope="session", autouse=True)
def _temporary(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Temporary folders of tests are made where pytest clears up after them: a run makes thousands of mirrors."""
    tempfile.tempdir = str(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


def missing(reason: str) -> None:
    """Skips the test with `reason`, or fails it where CI says that real servers must be there."""
    if os.environ.get("KAM_REQUIRE_ODOO") == "1":
        pytest.fail(f"KAM_REQUIRE_ODOO=1 and {reason}")
    pytest.skip(reason)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With KAM_RIG_STOP=1 the servers end with the tests; else they stay up for the next run."""
    if os.environ.get("KAM_RIG_STOP") == "1" and not hasattr(session.config, "workerinput"):
        from rig import servers

        servers.stop_all()
