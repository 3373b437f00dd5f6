"""Why an answer was refused: our own sentences are told in the reader's language, the ERP's stay as they came."""

from __future__ import annotations

import pytest

from kam_connector.ledger import Ledger
from kam_connector.messages import tell
from kam_connector.texts import Text
from kam_connector.writeback.journal import note_answers, note_planned
from kam_connector.writeback.plans import Answer, Change
from kam_connector.writeback.sentences import KEPT, pack_sentence, unpack_sentence
from kam_connector.writeback.status import read_status


def test_a_refused_level_is_told_in_the_readers_language_when_the_book_is_read(book: Ledger) -> None:
    change = Change("res.partner", 1, "grade:11", "update", {"grade_id": 3}, "mark", 11)
    places = note_planned(book, [change], "r1")
    said = Text(KEPT.template, {"grade": 2})
    note_answers(book, [(places[change.journal_key], Answer(change, "refused", 11, message=said))], "r1")
    (waiting,) = read_status(book).waiting
    assert tell(waiting.message, "en") == str(said)
    assert tell(waiting.message, "zh_TW") == "寫入之後合作夥伴級別仍為 2：ERP 的其他模組保持了原值。"


@pytest.mark.parametrize(
    "sentence",
    [
        "", "The record is archived.", "余额不足", "kam:", "kam:unheard_of {}", "kam:grade_kept no json",
        'kam:grade_kept ["a"]', "{grade} {0.__class__}", 'grade_kept {"grade": 1}',
    ],
)  # fmt: skip
def test_a_sentence_of_the_erp_stays_as_it_came(sentence: str) -> None:
    assert unpack_sentence(pack_sentence(sentence)) == sentence


def test_another_text_of_ours_is_kept_in_english() -> None:
    assert unpack_sentence(pack_sentence(Text("Run {run} ended.", {"run": "r1"}))) == "Run r1 ended."
