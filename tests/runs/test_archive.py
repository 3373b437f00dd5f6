"""Which customer stands first when several are found."""

from __future__ import annotations

import pandas as pd
import pytest

from kam_connector.runs.archive import rank_hits


def hit(customer: int, place: str, text: str, record: int = 1) -> dict[str, object]:
    return {"customer_id": customer, "place": place, "model": "res.partner", "record_id": record, "text": text}


def ranked(wanted: str, *hits: dict[str, object]) -> list[tuple[int, str, int]]:
    """Customer, place and number of hits, the closest first."""
    found = rank_hits(pd.DataFrame(hits, columns=["customer_id", "place", "model", "record_id", "text"]), wanted)
    return list(zip(found["customer_id"], found["place"], found["hits"], strict=True))


def test_the_same_text_comes_before_a_beginning_a_word_and_a_part() -> None:
    hits = [hit(1, "name", "Blumenau"), hit(2, "name", "Haus Blume"), hit(3, "name", "Blumen"), hit(4, "name", "blume"),
            hit(5, "name", "Sonnenblume")]  # fmt: skip
    assert [customer for customer, *_ in ranked("Blume", *hits)] == [4, 1, 3, 2, 5]


def test_a_customer_stands_once_with_its_closest_hit_and_their_number() -> None:
    hits = [hit(7, "product", "Pump 12", 30), hit(7, "product", "Pump", 31), hit(7, "contact", "Mr Pump", 8)]
    assert ranked("pump", *hits) == [(7, "product", 3)]


@pytest.mark.parametrize(
    ("first", "second"), [("id", "number"), ("number", "name"), ("name", "contact"), ("contact", "product")]
)
def test_of_two_that_are_equally_close_the_place_decides(first: str, second: str) -> None:
    hits = [hit(1, second, "36"), hit(2, first, "36")]
    assert [customer for customer, *_ in ranked("36", *hits)] == [2, 1]


def test_a_number_is_the_same_without_its_blanks_and_punctuation() -> None:
    hits = [hit(1, "vat", "CN 9131-0000 77"), hit(2, "phone", "+86 (21) 5555")]
    assert [customer for customer, *_ in ranked("862155", *hits)] == [2, 1]
    assert [customer for customer, *_ in ranked("cn9131000077", *hits)] == [1, 2]


def test_the_order_of_the_hits_changes_nothing_and_nothing_found_is_nothing() -> None:
    hits = [hit(number, "name", "Pump") for number in (3, 1, 2)]
    assert ranked("pump", *hits) == ranked("pump", *reversed(hits)) == [(1, "name", 1), (2, "name", 1), (3, "name", 1)]
    assert ranked("pump") == []
