"""What reviewers find stays inside: the word stands in few files of the addon, and in none that a customer reads."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ADDON = Path(__file__).resolve().parents[2] / "addon_manifest"
FIELDS = ("kam_complaint_evidence.py", "kam_complaint_faith.py", "kam_complaint_review.py")
INSIDE = {f"models/{name}" for name in FIELDS[1:]} | {
    "models/kam_complaint.py", "views/kam_complaint_views.xml",
    *(f"i18n/{name}" for name in ("kam_connector.pot", "zh_CN.po", "zh_TW.po")),
}  # fmt: skip


@pytest.mark.requirement("S4-76")
def test_the_word_stands_in_the_files_of_the_review_alone() -> None:
    texts = [path for path in ADDON.rglob("*") if path.suffix in (".py", ".xml", ".csv", ".po", ".pot", ".md", ".js")]
    said = {path.relative_to(ADDON).as_posix() for path in texts
            if any(word in path.read_text("utf-8").lower() for word in ("malic", "恶意", "惡意"))}  # fmt: skip
    assert said == INSIDE
    view = (ADDON / "views" / "kam_complaint_views.xml").read_text("utf-8")
    assert {line.strip().split('"')[-2] for line in view.splitlines() if "malic" in line} <= {"not is_malicious", "1"}


@pytest.mark.requirement("S4-76")
@pytest.mark.parametrize("name", FIELDS)
def test_no_field_of_it_is_tracked_in_messages(name: str) -> None:
    tree = ast.parse((ADDON / "models" / name).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [node for node in calls if ast.unparse(node.func).startswith("fields.") and node.keywords]
    assert made
    assert [ast.unparse(node) for node in made if any(word.arg == "tracking" for word in node.keywords)] == []
    assert [
        ast.unparse(node) for node in calls if ast.unparse(node.func).endswith(("message_post", "_message_log"))
    ] == []
