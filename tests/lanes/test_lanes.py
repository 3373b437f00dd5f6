"""Every lane gives the same cells: the same answer to the same question, on real servers and in the sandbox."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from kam_connector import mirror
from kam_connector.erp import Session
from kam_connector.erp.lanes import Page, Sums, Wish
from kam_connector.erp.lanes.addon import AddonLane
from kam_connector.erp.lanes.columns import ColumnLane
from kam_connector.erp.lanes.forms import COLUMN_TYPES
from kam_connector.erp.lanes.proving import Lane, find_difference
from kam_connector.erp.lanes.rows import RowsLane
from kam_connector.mirror import comparing
from kam_connector.sync import CATALOGUE
from kam_connector.sync.catalogue import Entry
from kam_connector.sync.reading import plan_reading, wish_of
from tests.conftest import first_of
from tests.lanes.conftest import Erp

pytestmark = pytest.mark.timeout(1800)


def lanes_of(erp: Erp) -> dict[str, tuple[Session, Lane]]:
    """Each lane of the ERP by each transport, beside the plain rows over XML-RPC."""
    found: dict[str, tuple[Session, Lane]] = {
        "rows over JSON": (erp.json, RowsLane(erp.json)),
        "columns": (erp.json, ColumnLane(erp.json)),
    }
    if erp.has_addon:
        found["addon over XML-RPC"] = (erp.xmlrpc, AddonLane(erp.xmlrpc))
        found["addon over JSON"] = (erp.json, AddonLane(erp.json))
    return found


def whole(session: Session, lane: Lane, wish: Wish, limit: int) -> pa.Table:
    """All pages of the wish in one table."""
    fields = session.checked_fields(wish.model, wish.fields)
    pages: list[Page] = []
    while not pages or not pages[-1].complete:
        after = pages[-1].last_id if pages else 0
        pages.append(lane.page(Wish(wish.model, wish.domain, wish.fields, wish.companies, after), fields, limit))
        assert not pages[-1].bad
    return pa.concat_tables([page.table for page in pages])


def compare(erp: Erp, wish: Wish, limit: int = 400) -> int:
    """How many rows are the same by every lane."""
    plain = whole(erp.xmlrpc, RowsLane(erp.xmlrpc), wish, limit)
    for name, (session, lane) in lanes_of(erp).items():
        found = whole(session, lane, wish, limit)
        assert found.schema == plain.schema, (name, wish.model)
        assert find_difference(found, plain) is None, (name, wish.model)
    return int(plain.num_rows)


@pytest.mark.parametrize("entry", first_of(CATALOGUE, 25), ids=lambda entry: entry.table.name)
def test_every_lane_gives_the_same_cells_of_every_pulled_table(erp: Erp, entry: Entry) -> None:
    wish = wish_for(erp.xmlrpc, entry)
    if wish is None:
        optional = ("kam.", "helpdesk.", "crm.claim", "crm.team.member", "rating.", "stock.", "survey.")
        assert entry.table.part or entry.model.startswith(optional)
        return
    assert compare(erp, wish) > 0 or not entry.needed


def test_every_lane_gives_the_same_of_all_stored_columns_of_partners(erp: Erp) -> None:
    """Among them company-dependent, translated, html and empty ones, and the rows that break careless readers."""
    fields = _columns(erp.xmlrpc, "res.partner")
    assert {"name", "active", "customer_rank", "create_date"} <= set(fields)
    for company in erp.xmlrpc.capabilities.companies:
        assert compare(erp, Wish("res.partner", [], fields, (company,))) > 9


@pytest.mark.parametrize("model", ["product.template", "account.account", "res.company", "res.currency"])
def test_every_lane_gives_the_same_of_all_stored_columns(erp: Erp, model: str) -> None:
    assert compare(erp, Wish(model, [], _columns(erp.xmlrpc, model), erp.xmlrpc.capabilities.companies)) > 0


def test_control_characters_and_line_ends_are_gone_by_every_lane(erp: Erp) -> None:
    wish = Wish("res.partner", [["ref", "like", "end"]], ("ref",))
    for name, (session, lane) in {"plain": (erp.xmlrpc, RowsLane(erp.xmlrpc)), **lanes_of(erp)}.items():
        assert whole(session, lane, wish, 100).column("ref").to_pylist() == ["tainted\nend"], name


def test_the_session_takes_the_fastest_lane_and_has_nothing_to_note(erp: Erp) -> None:
    for session, other in ((erp.xmlrpc, "rows"), (erp.json, "columns")):
        wish = Wish("res.partner", [], ("name", "customer_rank", "write_date"))
        rows = sum(page.table.num_rows for page in session.lanes.pages(wish))
        assert rows == session.search_count("res.partner", [])
        assert session.lanes.lane_of("res.partner") == ("addon" if erp.has_addon else other)
        assert session.lanes.notes == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_ids_far_apart_and_close_together_all_come(erp: Erp, limit: int) -> None:
    """The column lane reads ranges of ids: three close together, a long way nothing, two more."""
    ids = erp.xmlrpc.search_ids("res.partner", [])
    few = [*ids[:3], ids[len(ids) // 2], ids[-1]]
    assert compare(erp, Wish("res.partner", [["id", "in", few]], ("name", "write_date")), limit) == 5
    assert compare(erp, Wish("res.partner", [["id", "<", 0]], ("name", "write_date")), limit) == 0


def test_first_pages_of_many_models_are_the_same_as_one_by_one(erp: Erp) -> None:
    wishes = [replace(wish, limit=7) for wish in (wish_for(erp.json, entry) for entry in CATALOGUE) if wish]
    together = erp.json.lanes.first_pages(wishes)
    for wish, page in zip(wishes, together, strict=True):
        plain = RowsLane(erp.xmlrpc).page(wish, erp.xmlrpc.checked_fields(wish.model, wish.fields), 7)
        assert find_difference(page.table, plain.table) is None, wish.model
        assert page.complete == (plain.table.num_rows < 7)


EVERYBODY, POSTED = (
    Wish("res.partner", [], ("write_date",)),
    Wish("account.move", [["state", "=", "posted"]], ("write_date",)),
)


@pytest.mark.parametrize("wish", [EVERYBODY, POSTED, replace(EVERYBODY, domain=[["id", "<", 0]])])
@pytest.mark.parametrize("transport", ["json", "xmlrpc"])
def test_ids_and_totals_are_those_of_the_plain_search(erp: Erp, wish: Wish, transport: str) -> None:
    lanes = getattr(erp, transport).lanes
    ids = erp.xmlrpc.search_ids(wish.model, wish.domain)
    assert lanes.ids(wish).to_pylist() == ids
    totals = lanes.totals(wish)
    if totals is None:  # the mean of nothing is null, which XML-RPC has not
        assert (ids, transport) == ([], "xmlrpc")
        return
    assert totals.rows == len(ids)
    assert round(totals.mean_id * totals.rows) == sum(ids)


@pytest.mark.parametrize("block_rows", [None, 64, 65_536])
@pytest.mark.parametrize("wish", [EVERYBODY, POSTED])
@pytest.mark.parametrize("transport", ["json", "xmlrpc"])
def test_blocks_are_what_the_rows_come_to(
    erp: Erp, wish: Wish, transport: str, block_rows: int | None, tmp_path: Path
) -> None:
    """In the figures of the mirror, which holds the same rows: no block differs; without one row, its own does."""
    [blocks] = getattr(erp, transport).lanes.blocks([wish], block_rows)
    assert (blocks is not None) == erp.has_addon
    if blocks is None:
        return
    rows = pa.concat_tables(page.table for page in erp.xmlrpc.lanes.pages(wish))
    with mirror.open(tmp_path / "mirror.duckdb") as store:
        table = wish.model.replace(".", "_")
        assert blocks.table.num_rows > 0
        assert comparing.differing_blocks(store.db, table, rows, blocks.table, blocks.block_rows) == []
        [last] = rows.slice(rows.num_rows - 1).column("id").to_pylist()
        found = comparing.differing_blocks(
            store.db, table, rows.slice(0, rows.num_rows - 1), blocks.table, blocks.block_rows
        )
        assert found == [last // block_rows if block_rows else 0]


def test_sums_are_those_of_the_plain_calls(erp: Erp) -> None:
    wanted = Sums("account.move.line", [["parent_state", "=", "posted"]], ("balance",), ("company_id", "date:month"))
    [rows] = erp.json.lanes.sums([wanted])
    plain = erp.xmlrpc.read_group_sum(wanted.model, wanted.domain, wanted.sums, wanted.by)
    assert sorted(rows, key=str) == sorted(plain, key=str) != []


def wish_for(session: Session, entry: Entry) -> Wish | None:
    """What the pull asks of the table, for one company where its values depend on it; None where the ERP lacks it."""
    companies = session.capabilities.companies
    company = companies[0] if entry.table.part else None
    reading = plan_reading(entry, session.fields(entry.model), session.version, company)
    return wish_of(reading, [], companies) if reading.exists else None


def _columns(session: Session, model: str) -> tuple[str, ...]:
    fields = session.fields(model).items()
    return tuple(sorted(name for name, field in fields if field.stored and field.type in COLUMN_TYPES and name != "id"))


@pytest.mark.parametrize("transport", ["json", "xmlrpc"])
def test_what_nobody_wrote_to_is_the_same_as_before(erp: Erp, transport: str) -> None:
    """By the mark that came with it; without the addon, and by another mark, it is added up."""
    lanes = getattr(erp, transport).lanes
    wish = Wish("account.move.line", [("account_id.account_type", "=", "asset_receivable")], ("write_date",))
    sums = Sums("account.move.line", [("parent_state", "=", "posted")], ("balance",), ("company_id", "date:month"))
    groups, mark = lanes.marked_sums(sums, "another")
    assert groups
    assert bool(mark) == erp.has_addon
    if not erp.has_addon:
        return
    [told] = lanes.blocks([wish], None)
    assert told.mark != mark
    assert lanes.marked_sums(sums, mark) == (None, mark)
    assert lanes.blocks([wish], None, {wish.model: told})[0] is told
    [fresh] = lanes.blocks([wish], None, {wish.model: replace(told, mark="another")})
    assert (fresh.mark, fresh.table) == (told.mark, told.table)
    assert [one.mark for one in lanes.blocks([wish], 64)] == [""]
