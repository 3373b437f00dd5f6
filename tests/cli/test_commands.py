"""Every command: its help ends in an example, and the example runs."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kam_connector import policy
from kam_connector.cli.main import kam
from tests.cli import pages
from tests.conftest import first_of
from tests.runs import nights

STANDS_ALONE = {"init", "demo", "schedule"}  # tried in test_failures, test_demo and test_schedule
WITHOUT_ADDON = {("collections", "promise")}  # tried in test_logged_promises: this home has the addon
DEAR = {("run",), ("init",)}  # tried last, and by a whole run alone
NEEDS_PEOPLE = {("incentives", "lock"), ("incentives", "payroll")}
"""Who approve in the ERP: tried in tests/runs/test_paid_periods.py and test_payroll.py."""


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


ALL = dict(commands(kam))


def example(command: click.Command) -> str:
    found = re.search(r"Example:\s*\n\s*((?:\w+=\S+ )?kam .*)", command.help or "")
    assert found, f"{command.name} has no example"
    return found[1].strip()


@pytest.fixture(scope="module")
def place(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[nights.Place]:
    """A home after one night, its day frozen, its month closed."""
    with nights.after_one(shared_folder, tmp_path_factory.mktemp("home")) as (found, _):
        assert found.kam("ageing", "snapshot", "--as-of", nights.ANCHOR).returncode == 0
        assert found.kam("incentives", "close", "--period", nights.ANCHOR[:7]).returncode == 0
        shutil.copy(policy.DEFAULTS / "tiers.toml", found.home / "tiers-2027.toml")
        pages.write_files("clocks.md", found.home)
        shutil.copy(policy.DEFAULTS / "incentives" / "standard.toml", found.home / "ka-2027.toml")
        (found.home / "targets.csv").write_text("company,user,period,measure,amount\n1,admin,2026-07,revenue,1.00\n")
        (found.home / "credits.csv").write_text("credit,payee,date,document,net\n1,ann,2027-01-05,INV1,1000.00\n")
        (found.home / "cash.csv").write_text("document,date,amount,currency,kind\nINV1,2027-02-01,1000.00,,cash\n")
        yield found


@pytest.mark.parametrize("path", first_of(sorted(ALL, key=DEAR.__contains__), short=8), ids=" ".join)
def test_the_example_in_the_help_runs(place: nights.Place, path: tuple[str, ...]) -> None:
    text = example(ALL[path])
    assert text.replace("KAM_ERP_LOGIN=admin ", "").startswith(f"kam {' '.join(path)}")
    if path[0] in STANDS_ALONE or path in WITHOUT_ADDON | NEEDS_PEOPLE:
        return
    words = shlex.split(text.replace("KAM_ERP_LOGIN=admin ", ""))[1:]
    done = place.kam(
        *(str(place.home / word) if word == "." or word.endswith((".toml", ".csv")) else word for word in words)
    )
    assert done.returncode in (0, 1), (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("ageing", "show"), {"company", "customer", "name", "salesperson", "currency", "total", "not_due", "d1_30"}),
        (
            ("collections", "show"),
            {
                "company",
                "customer",
                "payer_class",
                "days_late",
                "expected_on",
                "exposure",
                "limit",
                "advice",
                "reason",
                "currency",
            },
        ),
        (("collections", "show", "--items"), {"customer", "item", "due_date", "expected_on", "amount", "currency"}),
        (
            ("ageing", "metrics"),
            {
                "company",
                "currency",
                "receivable",
                "dso",
                "dso_countback",
                "best_dso",
                "days_delinquent",
                "cei",
                "collection_rate",
                "capital_cost",
                "turnover_needed",
            },
        ),
        (("ageing", "provision"), {"company", "customer", "band", "rate", "amount", "provision", "reason"}),
        (("tiers", "show"), {"customer", "score", "coverage", "status", "tier", "previous_tier", "reasons"}),
        (("tiers", "pareto"), {"customer", "currency", "revenue", "revenue_before", "revenue_class", "margin_class"}),
        (
            ("focus", "show"),
            {"customer", "relation", "in_market", "currency", "revenue", "focus", "focus_share", "lists"},
        ),
        (("collections", "worklist"), {"customer", "step", "level", "amount", "currency", "days_overdue", "reason"}),
        (("incentives", "compute"), {"payee", "plan", "period", "currency", "earned", "payout"}),
        (("targets", "show"), {"company", "period", "user", "team", "measure", "amount", "currency", "imported"}),
        (("incentives", "appraisal"), {"user", "measure", "target", "actual", "completion", "counted", "before"}),
        (("incentives", "ranking"), {"rank", "shared", "user", "score", "uncapped", "coverage", "remark"}),
        (("complaints", "show"), {"complaint", "state", "response_due", "resolution_due", "response_breached"}),
    ],
)
def test_json_has_the_columns_that_scripts_depend_on(
    place: nights.Place, words: tuple[str, ...], keys: set[str]
) -> None:
    done = place.kam(*words, "--as-of", nights.ANCHOR, "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["command"] == " ".join(word for word in words if not word.startswith("--"))
    assert answer["as_of"] == nights.ANCHOR
    assert answer["rows"]
    assert all(keys <= set(row) for row in answer["rows"])


@pytest.mark.requirement("S4-39")
def test_ageing_rows_add_up_to_the_ledger_to_the_cent(place: nights.Place) -> None:
    from decimal import Decimal

    answer = json.loads(place.kam("ageing", "show", "--as-of", nights.ANCHOR, "--format", "json").stdout)
    for total in answer["totals"]:
        rows = [row for row in answer["rows"] if row["company"] == total["company"]]
        assert sum(Decimal(row["total"]) for row in rows) == Decimal(total["tie_out"]["ledger"])
        buckets = [name for name in total if re.fullmatch(r"not_due|d\d+_(\d+|plus)", name)]
        assert sum(Decimal(total[name]) for name in buckets) == Decimal(total["total"])


def test_csv_prints_the_same_rows_with_a_header(place: nights.Place) -> None:
    lines = place.kam("tiers", "show", "--as-of", nights.ANCHOR, "--format", "csv").stdout.splitlines()
    answer = json.loads(place.kam("tiers", "show", "--as-of", nights.ANCHOR, "--format", "json").stdout)
    assert lines[0].split(",") == list(answer["rows"][0])
    assert len(lines) == len(answer["rows"]) + 1


def test_a_reader_of_chinese_gets_chinese(place: nights.Place) -> None:
    done = place.kam("--lang", "zh_CN", "collections", "worklist", "--as-of", nights.ANCHOR)
    assert "客户" in done.stdout
    assert "逾期" in done.stdout
    assert place.kam("--lang", "zh_TW", "ageing", "show", "--as-of", nights.ANCHOR).stdout.count("帳") > 0


def test_hostile_names_stay_text_in_csv_and_cannot_move_the_cursor(place: nights.Place) -> None:
    done = place.kam("ageing", "show", "--as-of", nights.ANCHOR, "--format", "csv")
    for line in done.stdout.splitlines()[1:]:
        name = line.split(",")[2]
        assert not name.startswith(("=", "+", "-", "@")), line
    shown = place.kam("ageing", "show", "--as-of", nights.ANCHOR).stdout
    assert "\x1b" not in shown
