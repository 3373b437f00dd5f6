"""Keys change with what they stand for, and a folder is complete or absent."""

from pathlib import Path

import pytest
from rig import stamps


def test_key_changes_with_a_part_and_with_their_order() -> None:
    keys = {stamps.make_key(parts) for parts in (["a", "b"], ["b", "a"], ["ab"], ["a", "b", ""], ["a", "c"])}
    assert len(keys) == 5


def test_key_is_the_same_for_the_same_parts() -> None:
    assert stamps.make_key(["a", b"b"]) == stamps.make_key(["a", "b"])


def test_files_key_changes_with_bytes_and_names_but_not_with_compiled_files(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "tier.py").write_text("x = 1\n")
    first = stamps.hash_files(tmp_path)
    (tmp_path / "models" / "__pycache__").mkdir()
    (tmp_path / "models" / "__pycache__" / "tier.pyc").write_bytes(b"0")
    assert stamps.hash_files(tmp_path) == first
    (tmp_path / "models" / "tier.py").write_text("x = 2\n")
    second = stamps.hash_files(tmp_path)
    (tmp_path / "models" / "tier.py").rename(tmp_path / "models" / "score.py")
    assert len({first, second, stamps.hash_files(tmp_path)}) == 3


def test_folder_is_built_once_for_a_key_and_again_for_another(tmp_path: Path) -> None:
    folder = tmp_path / "odoo"
    assert stamps.build_folder(folder, "k1", lambda path: (path / "a").write_text("1"))
    assert not stamps.build_folder(folder, "k1", lambda path: (path / "a").write_text("2"))
    assert (folder / "a").read_text() == "1"
    assert stamps.build_folder(folder, "k2", lambda path: (path / "b").write_text("3"))
    assert not (folder / "a").exists()


def test_interrupted_folder_is_begun_again(tmp_path: Path) -> None:
    folder = tmp_path / "odoo"

    def cut_off(path: Path) -> None:
        (path / "half").write_text("")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stamps.build_folder(folder, "k", cut_off)
    assert stamps.read_stamp(folder) is None
    stamps.build_folder(folder, "k", lambda path: (path / "whole").write_text(""))
    assert sorted(path.name for path in folder.iterdir()) == [".kam-stamp", "whole"]
