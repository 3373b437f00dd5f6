"""R-84: a planted key is in no byte that `kam` leaves behind, whatever a person asks for and whatever goes wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import Disturbance, SandboxServer, serve
from kam_connector.sandbox.disturb import Kind
from tests.runs.nights import NIGHT, Done, Place
from tests.security.canaries import find, forms, hits
from tests.security.desk import run_typed

pytestmark = pytest.mark.long

KEY = 'Canary+7f3a9c "quo&te"/é%41-Ende'
WRONG = 'Canary-wrong-51d0 "quo&te"/ü%42'
SECRETS = (KEY, WRONG)
KINDS: tuple[Kind, ...] = ("drop", "cut", "gateway_502", "page", "slow", "none", "busy", "hang_up")


@dataclass(slots=True)
class Story:
    """A home in which everything was tried, and all that was printed meanwhile."""

    folder: Path
    place: Place
    server: SandboxServer
    printed: list[tuple[str, str]] = field(default_factory=list)

    def note(self, done: Done) -> Done:
        self.printed.append((f"{' '.join(map(str, done.args))} -> {done.returncode}", done.stdout + done.stderr))
        return done


@pytest.fixture(scope="module")
def story(small_company: SampleCompany, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """init, doctor, a night, failures of every kind, a defect, a killed night, another key."""
    folder = tmp_path_factory.mktemp("canary")
    with serve(small_company, password=KEY) as server:
        own = {"HOME": str(folder / "user"), "XDG_CONFIG_HOME": str(folder / "user" / "config"), "TMPDIR": str(folder)}
        told = Story(folder, Place(folder / "home", own), server)
        begin(told)
        work(told)
        go_wrong(told)
        crash(told)
        change_keys(told)
        yield told


def begin(told: Story) -> None:
    words = ("init", "--url", told.server.url, "--database", told.server.database, "--login", told.server.login)
    assert told.note(run_typed(told.place, WRONG + "\n", *words)).returncode == 3
    assert told.note(run_typed(told.place, KEY + "\n", *words)).returncode == 0


def work(told: Story) -> None:
    for words in (
        ("doctor",),
        ("doctor", "--format", "json"),
        ("erp", "check", "--format", "csv"),
        (*NIGHT, "--format", "json"),
        ("status",),
        ("verify",),
        ("writeback", "status"),
        ("ageing", "show", "--as-of", NIGHT[-1]),
        ("policy", "check"),
    ):
        told.note(told.place.kam(*words))
    assert told.printed[-6][0].endswith(("-> 0", "-> 1")), told.printed[-6]


def go_wrong(told: Story) -> None:
    """Answers that get lost, error pages, cut bodies, a wrong key, a wrong address, a setting with a secret in it."""
    for kind in KINDS:
        told.server.plan.waiting.append(Disturbance(kind, of="any", seconds=0.1))
        told.note(told.place.kam("erp", "check"))
        told.server.plan.waiting.clear()
    told.note(told.place.kam("erp", "check", KAM_ERP_KEY=WRONG))
    told.note(told.place.kam("doctor", KAM_ERP_KEY=WRONG))
    told.note(told.place.kam("erp", "check", KAM_ERP_DATABASE="no such"))
    told.note(told.place.kam("erp", "check", KAM_ERP_URL="http://127.0.0.1:1"))
    told.note(told.place.kam("erp", "check", KAM_ERP_URL=f"https://user:{WRONG}@127.0.0.1:1"))
    settings = told.place.home / "kam.toml"
    text = settings.read_text()
    settings.write_text(text + f"\npassword = '{WRONG}'\n")
    told.note(told.place.kam("doctor"))
    settings.write_text(text)


def crash(told: Story) -> None:
    """A defect of ours with the key in its locals, and a night that is killed in the middle."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kam_connector.erp.check_connection", broken)
        assert told.note(told.place.kam("erp", "check")).returncode == 70
    child = told.place.start(*NIGHT)
    time.sleep(1.5)
    command = Path(f"/proc/{child.pid}/cmdline").read_bytes()
    environment = Path(f"/proc/{child.pid}/environ").read_bytes()
    told.printed.append(("/proc/<pid>/cmdline and environ", (command + environment).decode("utf-8", "surrogateescape")))
    child.kill()
    told.printed.append(("killed night", child.out.read_text("utf-8") + child.err.read_text("utf-8")))


def broken(access: object) -> None:
    key = KEY
    raise RuntimeError(f"{access!r} {key}")


def change_keys(told: Story) -> None:
    assert told.note(run_typed(told.place, WRONG + "\n", "init", "--rotate-key")).returncode == 3
    assert told.note(run_typed(told.place, "\n", "init", "--rotate-key")).returncode == 2
    assert told.note(run_typed(told.place, KEY + "\n", "init", "--rotate-key")).returncode == 2


@pytest.mark.parametrize("secret", SECRETS)
def test_r84_no_byte_below_home_holds_a_key_but_the_key_file(story: Story, secret: str) -> None:
    assert hits(story.folder, secret, spared=[story.place.home / "main" / "key"]) == []


@pytest.mark.parametrize("secret", SECRETS)
def test_r84_nothing_that_was_printed_holds_a_key(story: Story, secret: str) -> None:
    assert [command for command, text in story.printed if find(text, secret)] == []


def test_r84_the_story_touched_every_kind_of_file(story: Story) -> None:
    """A search that finds nothing proves something only where there was something to search."""
    names = {path.suffix or path.name for path in story.folder.rglob("*") if path.is_file()}
    assert {".toml", ".duckdb", ".sqlite", ".xlsx", ".log", "key"} <= names
    assert any("defect" in path.name for path in story.folder.rglob("*"))
    assert len(story.printed) > 20


def test_r84_the_key_file_holds_the_key_and_the_search_would_find_it(story: Story) -> None:
    found = hits(story.place.home, KEY)
    assert {hit.partition(":")[0] for hit in found} == {"main/key"}


@pytest.mark.parametrize("form", forms(KEY))
def test_r84_the_search_finds_every_form(tmp_path: Path, form: str) -> None:
    (tmp_path / "x").write_bytes(b"before" + forms(KEY)[form] + b"after")
    assert f"x: {form}" in hits(tmp_path, KEY)


def test_r84_a_key_is_never_taken_from_the_command_line(story: Story) -> None:
    done = story.place.kam("init", "--key", KEY)
    assert done.returncode == 2
    assert not any(
        "--key " in line or "--password" in line for line in story.place.kam("init", "--help").stdout.split("\n")
    )
