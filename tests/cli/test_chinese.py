"""A reader of Chinese reads Chinese: help, errors, findings, tables, questions; English stays what is typed."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import click
import pytest

from kam_connector import errors, sample
from kam_connector.cli.main import kam
from kam_connector.cli.widths import wrap
from kam_connector.errors import KamError
from kam_connector.messages import LANGUAGES, label, tell
from kam_connector.runs import lock
from kam_connector.sandbox import SandboxServer, serve
from tests.cli.chinese import english_of
from tests.cli.test_commands import commands
from tests.conftest import first_of
from tests.runs import nights

CHINESE = ("zh_CN", "zh_TW")
PATHS = [(), *dict(commands(kam)), *sorted({path[:-1] for path in dict(commands(kam)) if len(path) > 1})]
HAN = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def server() -> Iterator[SandboxServer]:
    with serve(sample.build("small", date(2026, 6, 30))) as found:
        yield found


@pytest.fixture(scope="module")
def place(server: SandboxServer, tmp_path_factory: pytest.TempPathFactory) -> nights.Place:
    """A home after one night in Chinese."""
    found = nights.at_sandbox(tmp_path_factory.mktemp("home"), server)
    assert found.kam(*nights.NIGHT, KAM_LANG="zh_CN").returncode in (0, 1)
    return found


@pytest.mark.parametrize("lang", CHINESE)
@pytest.mark.parametrize("path", PATHS, ids=lambda path: " ".join(path) or "kam")
def test_the_help_of_every_command_is_chinese(path: tuple[str, ...], lang: str, tmp_path: Path) -> None:
    done = nights.Place(tmp_path).kam(*path, "--help", KAM_LANG=lang)
    assert done.returncode == 0
    assert english_of(done.stdout) == []
    assert done.stdout.startswith(("用法：kam", "用法：kam"))
    described = [line for line in done.stdout.splitlines() if re.match(r"\s+(-|[a-z]+\s\s)", line)]
    assert described
    assert all(HAN.search(line) or line.strip().startswith("-") for line in described), described


@pytest.mark.parametrize("path", PATHS, ids=lambda path: " ".join(path) or "kam")
def test_english_help_stays_as_it_is_written(path: tuple[str, ...], tmp_path: Path) -> None:
    done = nights.Place(tmp_path).kam(*path, "--help")
    assert done.returncode == 0
    assert not HAN.search(done.stdout)


@pytest.mark.long
def test_a_night_in_chinese_has_no_english_sentence(place: nights.Place) -> None:
    done = place.kam(*nights.NIGHT, KAM_LANG="zh_CN")
    assert english_of(done.stdout + done.stderr) == []
    assert "截止日" in done.stdout


@pytest.mark.parametrize(
    "words",
    first_of([
        ("doctor",), ("status",), ("erp", "check"), ("ageing", "show"), ("policy", "check"), ("verify",),
        ("sync", "status"), ("writeback", "status"), ("writeback", "plan"), ("writeback", "apply"),
        ("tiers", "show"), ("collections", "worklist"), ("complaints", "show"), ("incentives", "compute"),
        ("ageing", "report"), ("backup",), ("restore",), ("run", "--dry-run"), ("sync", "rebuild"),
        ("schedule", "show"), ("addon", "install"),
    ], short=6),
    ids=" ".join,
)  # fmt: skip
def test_what_a_command_answers_is_chinese(place: nights.Place, words: tuple[str, ...]) -> None:
    done = place.kam(*words, KAM_LANG="zh_TW" if "erp" in words else "zh_CN")
    assert done.returncode in (0, 1, 2), done.stderr
    assert HAN.search(done.stdout + done.stderr)
    assert english_of(done.stdout + done.stderr) == []
    header = done.stdout.splitlines()[0] if "━" in done.stdout else ""
    assert [title for title in header.split("┃") if header and not HAN.search(title) and title.strip() != "ERP"] == []


def _no_settings(place: nights.Place, server: SandboxServer) -> nights.Done:
    return nights.Place(place.home / "nowhere").kam("run", KAM_LANG="zh_CN")


def _wrong_policy(place: nights.Place, server: SandboxServer) -> nights.Done:
    place.kam("policy", "init")
    file = place.home / "policy" / "tiers.toml"
    file.write_text(file.read_text().replace("coverage_min", "coverage_minimum"))
    return place.kam("run", KAM_LANG="zh_CN")


def _no_period(place: nights.Place, server: SandboxServer) -> nights.Done:
    place.kam("sync", "run")
    return place.kam("incentives", "compute", "--period", "soon", KAM_LANG="zh_CN")


def _away(place: nights.Place, server: SandboxServer) -> nights.Done:
    return place.kam("run", KAM_LANG="zh_CN", KAM_ERP_URL="http://127.0.0.1:9")


def _wrong_key(place: nights.Place, server: SandboxServer) -> nights.Done:
    return place.kam("run", KAM_LANG="zh_CN", KAM_ERP_KEY="wrong")


DENIED = (
    "You are not allowed to access 'account.move.line' (account.move.line) records. No group currently allows this"
    " operation. Contact your administrator to request access if necessary."
)
"""The ERP's own words, which are in the language of the login there."""


def _no_right(place: nights.Place, server: SandboxServer) -> nights.Done:
    denied = frozenset({("account.move.line", "read")})
    with serve(sample.build("small", date(2026, 6, 30)), denied=denied) as weak:
        return nights.at_sandbox(place.home / "weak", weak).kam("sync", "run", KAM_LANG="zh_CN")


def _no_mirror(place: nights.Place, server: SandboxServer) -> nights.Done:
    return place.kam("ageing", "show", KAM_LANG="zh_CN")


def _locked(place: nights.Place, server: SandboxServer) -> nights.Done:
    (place.home / "main").mkdir(mode=0o700, exist_ok=True)
    with lock.hold(place.home / "main" / "run.lock"):
        return place.kam("sync", "run", KAM_LANG="zh_CN")


def _other_database(place: nights.Place, server: SandboxServer) -> nights.Done:
    place.kam("sync", "run")
    with serve(sample.build("small", date(2026, 5, 31))) as other:
        return nights.at_sandbox(place.home, other).kam("sync", "run", KAM_LANG="zh_CN")


FAILURES: dict[type[KamError], Callable[[nights.Place, SandboxServer], nights.Done]] = {
    errors.SettingsError: _no_settings,
    errors.PolicyError: _wrong_policy,
    errors.InputError: _no_period,
    errors.ErpUnreachable: _away,
    errors.LoginRefused: _wrong_key,
    errors.AccessRefused: _no_right,
    errors.StorageError: _no_mirror,
    errors.LockedError: _locked,
    errors.SuspectData: _other_database,
}


@pytest.mark.parametrize("kind", first_of(FAILURES, short=4), ids=lambda kind: kind.__name__)
def test_an_error_is_told_in_chinese_with_its_exit_code(
    kind: type[KamError], server: SandboxServer, tmp_path: Path
) -> None:
    done = FAILURES[kind](nights.at_sandbox(tmp_path, server), server)
    assert done.returncode == kind.exit_code, done.stderr
    assert HAN.search(done.stderr)
    assert english_of(done.stderr.replace(DENIED, "")) == []


def test_every_kind_of_failure_has_a_name_for_the_table_of_runs() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, KamError)]
    for kind in kinds:
        if kind is not KamError:
            assert HAN.search(label(f"failure.{kind.__name__}", "zh_CN")), kind


def test_a_mistake_in_a_policy_is_told_with_file_and_line(server: SandboxServer, tmp_path: Path) -> None:
    place = nights.at_sandbox(tmp_path, server)
    _wrong_policy(place, server)
    told = place.kam("policy", "check", KAM_LANG="zh_TW")
    assert told.returncode == 2
    assert re.search(r"tiers\.toml 第 \d+ 行：鍵「coverage_minimum」不存在", told.stdout.replace("\n", "")), told.stdout
    assert len(place.kam("run", KAM_LANG="zh_CN").stderr.strip().splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--nope"), "没有选项 '--nope'"),
        (("nope",), "没有命令 'nope'"),
        (("ageing", "show", "--by", "x"), "不在可选范围内"),
        (("ageing", "show", "--as-of", "30.6.2026"), "请写成 2026-06-30 的形式"),
        (("ageing", "show", "extra"), "有多余的参数"),
    ],
)
def test_what_click_refuses_is_told_in_chinese(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = nights.Place(tmp_path).kam(*words, KAM_LANG="zh_CN")
    assert done.returncode == 2
    assert said in done.stderr
    assert "用法：kam" in done.stderr
    assert english_of(done.stderr) == []


def test_an_option_without_its_value_is_told_in_chinese(tmp_path: Path) -> None:
    assert "选项 '--by' 需要 1 个参数" in nights.Place(tmp_path).kam("ageing", "show", "--by", KAM_LANG="zh_CN").stderr


@pytest.mark.parametrize(
    ("words", "environment", "toml", "language"),
    [
        (("--lang", "zh_TW"), {"KAM_LANG": "zh_CN", "LC_ALL": "de_DE"}, "en", "zh_TW"),
        ((), {"KAM_LANG": "zh_CN", "LC_ALL": "zh_TW.UTF-8"}, "zh_TW", "zh_CN"),
        ((), {"LC_ALL": "zh_CN.UTF-8"}, "zh_TW", "zh_TW"),
        ((), {"LC_ALL": "zh_CN.UTF-8", "LANG": "de_DE"}, "", "zh_CN"),
        ((), {"LC_ALL": "", "LC_MESSAGES": "zh_HK", "LANG": "zh_CN"}, "", "zh_TW"),
        ((), {"LANG": "zh_CN.UTF-8"}, "", "zh_CN"),
        ((), {"LANG": "de_DE.UTF-8"}, "", "en"),
    ],
)
def test_the_language_is_the_flag_the_variable_the_file_then_the_locale(
    words: tuple[str, ...], environment: dict[str, str], toml: str, language: str, tmp_path: Path
) -> None:
    lang = f'lang = "{toml}"\n' if toml else ""
    (tmp_path / "kam.toml").write_text(f'[erp.main]\nurl = "x"\n{lang}')
    (tmp_path / "kam.toml").chmod(0o600)
    said = {"en": "Options:", "zh_CN": "选项：", "zh_TW": "選項："}
    assert said[language] in nights.Place(tmp_path).kam(*words, "run", "--help", **environment).stdout


def test_json_keeps_its_codes_and_tells_its_messages_in_the_language(place: nights.Place) -> None:
    import json

    english = json.loads(place.kam("doctor", "--format", "json").stdout)
    chinese = json.loads(place.kam("doctor", "--format", "json", KAM_LANG="zh_CN").stdout)
    assert [row["check"] for row in english["rows"]] == [row["check"] for row in chinese["rows"]]
    assert [row["detail"] for row in english["rows"]] != [row["detail"] for row in chinese["rows"]]
    assert english_of("".join(row["detail"] for row in chinese["rows"])) == []


def test_lines_break_by_columns_and_never_before_a_closing_mark() -> None:
    lines = wrap("读取、决策、写回、出报表：完整的夜间运行。See `kam run` for the whole of it.", 20)
    assert lines[0] == "读取、决策、写回、出"
    assert all(len(line.encode("gb18030")) <= 20 for line in lines)
    assert not any(line[0] in "，。、：；）”" for line in lines)
    assert " ".join(lines).replace(" ", "") == "读取、决策、写回、出报表：完整的夜间运行。See`kamrun`forthewholeofit."


def test_a_failure_of_the_system_is_told_in_the_language() -> None:
    error = errors.StorageError(
        "{path} cannot be read: {error}.", path="x", error=OSError(errno.EACCES, "Permission denied")
    )
    assert {tell(error, lang) for lang in LANGUAGES} == {
        "x cannot be read: Permission denied.",
        "x 无法读取：权限不足。",
        "x 無法讀取：權限不足。",
    }


def test_options_that_are_asked_for_are_asked_in_chinese() -> None:
    """Every prompt of a command is a text: click would show the English one."""
    for command in dict(commands(kam)).values():
        prompts = [param.prompt for param in command.params if isinstance(param, click.Option) and param.prompt]
        assert all(tell(prompt, "zh_CN") != prompt for prompt in prompts), command.name
