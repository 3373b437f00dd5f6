"""Which Debian mirror the machine uses: both notations of apt's sources."""

from pathlib import Path

import pytest
from rig import mirror
from rig.errors import RigError

DEB822 = """\
Types: deb
# a remark inside the paragraph
URIs: http://mirror.example.org/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example.org/debian-security/
Suites: bookworm-security
Components: main
"""


def test_one_line_notation_is_read_with_its_options() -> None:
    text = "# a remark\ndeb [arch=amd64 signed-by=/k.gpg] https://m.org/debian/ bookworm main contrib # end\n"
    found = mirror.parse_one_line(text)
    assert found == [mirror.Source("https://m.org/debian", "bookworm", ("main", "contrib"), "/k.gpg")]


def test_source_packages_and_remarks_are_passed_over() -> None:
    assert mirror.parse_one_line("deb-src http://m.org/debian bookworm main\n#deb http://m.org/debian a main\n") == []


def test_deb822_gives_one_source_a_suite() -> None:
    found = mirror.parse_deb822(DEB822)
    assert [source.suite for source in found] == ["bookworm", "bookworm-updates", "bookworm-security"]
    assert found[0].components == ("main", "contrib")
    assert found[0].signed_by == "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert found[2].uri == "http://mirror.example.org/debian-security"


def test_deb822_paragraph_that_is_switched_off_is_passed_over() -> None:
    assert mirror.parse_deb822("Types: deb\nURIs: http://m.org/debian\nSuites: sid\nEnabled: no\n") == []


def test_deb822_key_that_is_written_into_the_file_is_not_taken_for_a_path() -> None:
    text = "Types: deb\nURIs: http://m.org/debian\nSuites: sid\nSigned-By:\n -----BEGIN PGP-----\n .\n abc\n"
    assert mirror.parse_deb822(text)[0].signed_by == ""


def test_main_mirror_is_the_plain_suite_on_an_address_that_ends_in_debian() -> None:
    lines = (
        "deb https://other.example.org/node nodistro main\n"
        "deb http://m.org/debian-security bookworm-security main\n"
        "deb http://m.org/debian bookworm-updates main\n"
        "deb http://m.org/debian bookworm main\n"
    )
    found = mirror.find_main(mirror.parse_one_line(lines))
    assert (found.uri, found.suite) == ("http://m.org/debian", "bookworm")


def test_security_mirror_is_found_by_its_suite() -> None:
    found = mirror.find_security(mirror.parse_deb822(DEB822))
    assert found is not None
    assert found.suite == "bookworm-security"
    assert mirror.find_security([]) is None


def test_machine_without_debian_is_told_what_to_do() -> None:
    with pytest.raises(RigError, match="run the rig on Debian"):
        mirror.find_main(mirror.parse_one_line("deb http://archive.ubuntu.com/ubuntu noble main\n"))


def test_another_suite_keeps_mirror_and_keyring() -> None:
    source = mirror.Source("http://m.org/debian", "bookworm", ("main", "contrib"), "/k.gpg")
    assert mirror.with_suite(source, "sid").line() == "deb [signed-by=/k.gpg] http://m.org/debian sid main"


def test_sources_of_a_machine_come_from_all_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb http://a.org/debian bookworm main\n")
    (tmp_path / "sources.list.d" / "b.list").write_text("deb http://b.org/debian bookworm main\n")
    (tmp_path / "sources.list.d" / "b.list.off").write_text("deb http://off.org/debian bookworm main\n")
    (tmp_path / "sources.list.d" / "c.sources").write_text(DEB822)
    found = [source.uri for source in mirror.load_sources(tmp_path)]
    assert found[:2] == ["http://a.org/debian", "http://b.org/debian"]
    assert len(found) == 5
