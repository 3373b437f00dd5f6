"""The catalog is whole: every reason, in every language, with exactly its parameters; nothing that no one uses."""

from __future__ import annotations

import ast
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from kam_connector.messages import LANGUAGES, Message, keys, load_catalog
from kam_connector.messages.catalog import PLACEHOLDER
from kam_connector.messages.formats import FORMATS
from kam_connector.policy import load as load_policy
from kam_connector.policy.segments import segment_names
from kam_connector.rules.reasons import PARAMETERS, REASONS

PACKAGE = Path(__file__).parents[2] / "kam_connector"
# Families whose last part comes out of data (a tier's code, a complaint's state), not out of the source.
FROM_DATA = (
    *("advice.", "channel.", "clock.", "expected_by.", "payer_class.", "proposal.", "tone.", "trend."),
    *("card.", "dimension.", "goal.", "measure.", "moved.", "moved_by.", "panel.", "place."),
    *("action.", "basis.", "bucket.", "cause.", "check.", "failure.", "finding.", "kind."),
    *("escalation_state.", "evidence_band.", "gate.", "indicator.", "role.", "subject."),
    *("segment.", "severity.", "side.", "signal.", "state.", "status.", "step.", "tier.", "title.", "type."),
    *("approver.", "condition.", "proposed_limit.", "remedy.", "suggestion_state.", "topic."),
    *("attitude.", "known.", "measure_kind.", "plan_state.", "say.", "team_role."),
)
# How a parameter of a reason is written, by its kind in rules/reasons.py.
WRITTEN = {
    "money": "money", "share": "percent", "rate": "percent", "date": "day", "tier": "label", "step": "label",
    "severity": "label", "basis": "label", "bucket": "label", "clock": "label", "role": "label",
    "payer_class": "label", "tone": "label", "channel": "label", "signal": "label",
    "segment": "label", "gate": "label", "goal": "label", "remedy": "label", "approver": "label",
    "conditions": "conditions",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_reason_has_a_sentence_that_uses_exactly_its_parameters(code: str) -> None:
    message = load_catalog()[code]
    for lang in LANGUAGES:
        assert message.parameters(lang) == set(REASONS[code]), lang


@pytest.mark.parametrize("code", sorted(REASONS))
def test_every_parameter_of_a_reason_is_written_as_its_kind_says(code: str) -> None:
    for lang in LANGUAGES:
        for match in PLACEHOLDER.finditer(load_catalog()[code].texts[lang]):
            assert match["kind"] == WRITTEN.get(PARAMETERS[match["name"]]), (lang, match[0])
            if match["kind"] == "money":
                assert match["extra"] == "currency"


@pytest.mark.parametrize("message", load_catalog().values(), ids=lambda message: message.key)
def test_every_message_names_the_same_parameters_in_each_language(message: Message) -> None:
    assert len({message.parameters(lang) for lang in LANGUAGES}) == 1
    for lang in LANGUAGES:
        rest = PLACEHOLDER.sub("", message.texts[lang])
        assert "{" not in rest
        assert "}" not in rest


def test_every_way_of_writing_a_parameter_is_known() -> None:
    kinds = {
        match["kind"] for message in load_catalog().values() for match in PLACEHOLDER.finditer(message.texts["en"])
    }
    assert kinds <= {None, "money", "label", "conditions", *FORMATS}


def test_chinese_texts_are_chinese() -> None:
    same = {"ERP", "OK"}
    for message in load_catalog().values():
        text = PLACEHOLDER.sub("", message.texts["zh_CN"])
        chinese = any("一" <= letter <= "鿿" for letter in text)
        assert chinese or text.strip(" –") in same or not any(letter.isalpha() for letter in text), message.key


def test_every_key_that_the_source_asks_for_is_there() -> None:
    asked = {
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if ast.unparse(node.func).rpartition(".")[2] in ("label", "render")
    }
    assert {key for key in asked if key not in keys() and f"column.{key}" not in keys()} == set()


def test_no_message_is_unused() -> None:
    unused = {key for key in keys() - set(REASONS) if not key.startswith(FROM_DATA) and not _is_named(key)}
    assert unused == set()


@lru_cache
def _named_texts() -> frozenset[str]:
    """Every text constant in the package's source, f-strings as their constant beginning and end."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py"))
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


def _is_named(key: str) -> bool:
    family, _, name = key.partition(".")
    named = _named_texts()
    by_parts = f"{family}." in named and name in named
    return (
        key in named
        or by_parts
        or (family == "column" and (name in named or f"{name}_minor" in named))
        or (family == "report" and name.startswith("note_") and "note_" in named)
    )


def test_the_shipped_policys_tiers_segments_and_steps_have_their_own_labels_in_the_catalog() -> None:
    policy = load_policy().at(date(2026, 6, 30))
    shipped = {f"tier.{tier.name}": tier.names for tier in policy.tiers.tier}
    shipped |= {f"segment.{code}": names for code, names in segment_names(policy.tiers.segment).items()}
    shipped |= {f"step.{code}": names for code, names in policy.collections.step_names.items()}
    for key, names in shipped.items():
        texts = load_catalog()[key].texts
        assert (texts["en"], texts["zh_CN"], texts["zh_TW"]) == (names.en, names.zh, names.zh_tw), key
