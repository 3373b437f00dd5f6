"""docs/facts.md says what the code does: every fact, every column in its order, every type."""

from __future__ import annotations

import re
from pathlib import Path

from tests.facts.conftest import Pulled
from tests.facts.test_engines import FACTS
from tests.sync.books import Books

DOCS = Path(__file__).resolve().parents[2] / "docs" / "facts.md"


def documented() -> dict[str, list[tuple[str, str]]]:
    """(column, type) by the fact's name, in the order of the document."""
    facts: dict[str, list[tuple[str, str]]] = {}
    for section in re.split(r"^## ", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        rows = re.findall(r"^\| (\w+) \| (\w+) \|", section, flags=re.MULTILINE)
        facts[section.splitlines()[0].rpartition(".")[2]] = rows[1:]
    return facts


def test_every_column_of_every_fact_stands_in_the_docs(pulled: Pulled) -> None:
    con = pulled(Books())
    found = {
        name: [(column, re.sub(r"\(.*", "", str(kind)).lstrip("!")) for column, kind in fact(con).schema().items()]
        for name, fact in FACTS.items()
    }
    assert documented() == found


def test_the_heading_names_the_module_that_holds_the_fact() -> None:
    headings = re.findall(r"^## facts\.(\w+)\.(\w+)$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {name for _, name in headings} == set(FACTS)
    folder = DOCS.parents[1] / "kam_connector" / "facts"
    for module, name in headings:
        assert f"def {name}(con: " in (folder / f"{module}.py").read_text(encoding="utf-8")
