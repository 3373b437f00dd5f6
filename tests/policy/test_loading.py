"""The shipped policy is a working company; mistakes are named with file, line, value and what is allowed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from kam_connector import policy
from kam_connector.errors import PolicyError
from kam_connector.policy import DEFAULTS
from kam_connector.policy.segments import segment_names

TODAY = date(2026, 6, 30)
COMPLAINTS = """[complaints]
valid_from = 2026-01-01
[[week]]
days = ["mon", "tue"]
from = "09:00"
to = "12:00"
[[target]]
tier = "gold"
response_hours = 1
resolution_hours = 3
[[target]]
response_hours = 2
resolution_hours = 9
"""
PLAN = """[plan]
code = "p"
valid_from = 2026-01-01
[payees]
users = ["*"]
[[component]]
kind = "commission"
mode = "marginal"
brackets = [
  { from = "0", rate = "0.05" },
  { from = "50000", rate = "0.08" },
]
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def sentences(folder: Path) -> list[str]:
    return [flaw.sentence for flaw in policy.check(folder)]


@pytest.fixture
def defaults(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULTS, tmp_path / "policy"))


def edit(folder: Path, name: str, before: str, after: str) -> Path:
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    return write(folder, name, text.replace(before, after, 1))


def test_the_shipped_policy_is_a_working_company() -> None:
    shipped = policy.load().at(TODAY)
    assert policy.check() == []
    assert shipped.tiers.codes == ("gold", "silver", "bronze", "standard")
    assert [bucket.column for bucket in shipped.collections.ageing.columns] == [
        "not_due", "d1_30", "d31_60", "d61_90", "d91_180", "d181_plus",
    ]  # fmt: skip
    assert [step.level for step in shipped.collections.step] == [1, 2, 3, 4, 5]
    assert [plan.code for plan in shipped.plans] == ["standard"]
    assert shipped.complaints.in_zone("Asia/Shanghai").zone == "Asia/Shanghai"


def test_whatever_a_person_reads_has_a_name_in_both_languages() -> None:
    shipped = policy.load().at(TODAY)
    named = [*shipped.tiers.tier, *shipped.collections.step, *shipped.plans]
    labels = [each.names for each in named] + [bucket.label for bucket in shipped.collections.ageing.columns]
    labels += segment_names(shipped.tiers.segment).values()
    for label in labels:
        assert label.in_language("en_US").isascii()
        assert not label.in_language("zh_CN").isascii()
        assert label.in_language("zh-TW")
    assert shipped.tiers.tier[0].names.in_language("zh_CN") == "金牌"
    assert shipped.tiers.tier[1].names.in_language("zh_TW") == "銀牌"
    assert shipped.tiers.tier[0].names.in_language("de_DE") == "Gold"


def test_a_copy_of_the_defaults_is_the_same_policy(defaults: Path) -> None:
    assert policy.load(defaults).hash == policy.load().hash


def test_comments_do_not_change_the_hash_and_figures_do(defaults: Path) -> None:
    same = policy.load(edit(defaults, "tiers.toml", "[tiering]", "# new words\n[tiering]"))
    assert same.hash == policy.load().hash
    other = policy.load(edit(defaults, "tiers.toml", "enter = 80", "enter = 81"))
    assert other.hash != policy.load().hash


def test_kinds_that_the_folder_lacks_come_from_the_defaults(tmp_path: Path) -> None:
    loaded = policy.load(write(tmp_path, "complaints.toml", COMPLAINTS)).at(TODAY)
    assert loaded.complaints.target[0].resolution_hours == 3
    assert loaded.tiers.codes[0] == "gold"
    assert [plan.code for plan in loaded.plans] == ["standard"]


def test_an_empty_incentives_folder_means_that_no_plan_pays(tmp_path: Path) -> None:
    (tmp_path / "incentives").mkdir()
    assert policy.load(tmp_path).at(TODAY).plans == ()


def test_versions_follow_each_other_by_date(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", COMPLAINTS)
    write(tmp_path, "b.toml", COMPLAINTS.replace("2026-01-01", "2026-07-01").replace("= 9", "= 10"))
    loaded = policy.load(tmp_path)
    hours = [loaded.at(day).complaints.target[1].resolution_hours for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert hours == [9, 10]
    ends = [(each.valid_from, each.valid_to) for each in loaded.versions if each.kind == "complaints"]
    assert ends == [(date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 7, 1), None)]
    with pytest.raises(PolicyError, match="No complaints policy is in force on 2025-12-31"):
        loaded.at(date(2025, 12, 31))


def test_the_turns_are_the_days_on_which_rules_of_complaints_or_tiers_changed(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", COMPLAINTS)
    write(tmp_path, "b.toml", COMPLAINTS.replace("2026-01-01", "2026-07-01").replace("= 9", "= 10"))
    loaded = policy.load(tmp_path)
    begin = max(each.valid_from for each in loaded.versions if not each.kind.startswith("incentives"))
    assert begin <= date(2026, 7, 1)
    for last, days in ((date(2026, 6, 30), 1), (date(2026, 7, 1), 2), (date(2027, 1, 1), 2)):
        turns = loaded.turns(last)
        assert [turn.complaints.target[1].resolution_hours for turn in turns] == [9, 10][:days]
    assert [turn.day for turn in loaded.turns(date(2027, 1, 1))] == [date(2026, 1, 1), date(2026, 7, 1)]


def test_a_plan_ends_where_its_next_version_begins(tmp_path: Path) -> None:
    write(tmp_path, "incentives/1.toml", PLAN)
    write(tmp_path, "incentives/2.toml", PLAN.replace("2026-01-01", "2026-03-16"))
    plans = policy.load(tmp_path).plans_between(date(2026, 3, 1), date(2026, 3, 31))
    assert [(plan.valid_from, plan.plan.valid_to) for plan in plans] == [
        (date(2026, 1, 1), date(2026, 3, 15)),
        (date(2026, 3, 16), None),
    ]


def test_two_versions_from_one_day_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", COMPLAINTS)
    (sentence,) = sentences(write(tmp_path, "b.toml", COMPLAINTS))
    assert sentence == (
        'The version of "complaints" in b.toml line 2 is in force from the same day as a.toml: '
        "give one of them another valid_from."
    )


def test_plans_that_overlap_are_refused(tmp_path: Path) -> None:
    first = PLAN.replace("2026-01-01", "2026-01-01\nvalid_to = 2026-12-31")
    write(tmp_path, "incentives/1.toml", first)
    write(tmp_path, "incentives/2.toml", PLAN.replace("2026-01-01", "2026-12-31"))
    (sentence,) = sentences(tmp_path)
    assert "begins before incentives/1.toml ends on 2026-12-31" in sentence


def test_an_undefined_tier_is_named_with_file_line_and_known_tiers(tmp_path: Path) -> None:
    write(tmp_path, "complaints.toml", COMPLAINTS.replace('"gold"', '"Gold+"'))
    with pytest.raises(PolicyError) as caught:
        policy.load(tmp_path)
    assert str(caught.value) == (
        'Tier "Gold+" in complaints.toml line 8 is not defined. Known tiers: gold, silver, bronze, standard. '
        "Check with `kam policy check`."
    )
    assert caught.value.exit_code == 2


MISTAKES = [
    ("tiers", "coverage_min", "coverage", 'Key "coverage" in tiers.toml line 6 is not known. Known keys here: '
     'valid_from, coverage_min. Did you mean "coverage_min"?'),
    ("tiers", "weight = 40", "weight = 41", "The dimensions' weights in tiers.toml line 14 sum to 101, not to 100."),
    ("tiers", "enter = 65", "enter = 85", 'Tier "silver" in tiers.toml line 142 is not below "gold": tiers stand '
     "from the highest cuts to the lowest."),
    ("tiers", "leave = 75", "leave = 81", 'The exit cut 81 of tier "gold" in tiers.toml line 131 is above its entry '
     "cut 80: who enters would have to leave at once."),
    ("tiers", "revenue_12m", "revenue_12", 'Fact "revenue_12" in tiers.toml line 20 is not known. Known facts: '),
    ("tiers", '"loyalty"', '"love"', 'Value "love" of "name" in tiers.toml line 49 is not allowed. Allowed: '),
    ("tiers", '["50000", 40]', '["5000", 40]', "The value 5000 in tiers.toml line 22 does not come after 10000"),
    ("tiers", "valid_from = 2000-01-01", 'valid_from = "2000"', "a day such as 2026-01-01"),
    ("tiers", '"0.60"', "0.6", 'a decimal in quotes, such as "0.05"'),
    ("tiers", '"0.60"', '"60"', 'a share between "0" and "1" is expected'),
    ("tiers", "enter = 0", "enter = 1", "is the lowest one and must have enter = 0"),
    ("tiers", '"silver"', '"gold"', 'The tier "gold" in tiers.toml line 143 stands there a second time.'),
    ("collections", "60, 90", "60, 60", "The bucket limit 60 in collections.toml line 6 does not come after 60"),
    ("collections", '"180d"', '"half a year"', 'days such as "180d" or calendar months such as "6m"'),
    ("collections", "level = 2", "level = 3", 'The step "call" in collections.toml line 71 has level 3 instead of 2'),
    ("collections", "after_days = 15", "after_days = 1", "begins no later than"),
    ("complaints", '"D"', '"C"', "never decides"),
    ("complaints", "resolution_hours = 90", "resolution_hours = 8", "nobody settles before answering"),
    ("complaints", '09:00"\nto = "18:00"', '09:00"\nto = "08:00"', "overlap or run backwards at 09:00"),
    ("complaints", '["mon", ', '["lun", ', 'Value "lun" of "days"'),
    ("incentives/standard", '"marginal"', '"step"', 'Value "step" of "mode" in incentives/standard.toml line 19'),
    ("incentives/standard", 'from = "0"', 'from = "1"', "what lies below would be in no bracket"),
    ("incentives/standard", 'users = ["*"]', "users = []", "names nobody"),
    ("incentives/standard", 'code = "standard"\n', "", "The table plan in incentives/standard.toml line 3 has no"),
    ("incentives/standard", "[payees]", "[payes]", 'Did you mean "payees"'),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "sentence"), MISTAKES)
def test_mistakes_are_named_with_their_place(defaults: Path, file: str, before: str, after: str, sentence: str) -> None:
    found = sentences(edit(defaults, f"{file}.toml", before, after))
    assert any(sentence in each for each in found), found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[plan\n", "x.toml is not valid TOML"),
        ("[other]\na = 1\n", "x.toml is no policy: it has none of the tables [tiering], [ageing], [complaints]"),
    ],
)
def test_files_that_are_no_policy_are_refused(tmp_path: Path, text: str, sentence: str) -> None:
    (found,) = sentences(write(tmp_path, "x.toml", text))
    assert found.startswith(sentence)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes("[tiering]\n# 金牌".encode("gb18030"))
    assert sentences(tmp_path) == ["x.toml is not UTF-8 text."]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="kam policy init"):
        policy.load(tmp_path / "nowhere")


def test_all_mistakes_are_told_at_once(defaults: Path) -> None:
    edit(defaults, "tiers.toml", "enter = 80", "enter = 800")
    edit(defaults, "collections.toml", "level = 1", "level = 0")
    assert [flaw.file for flaw in policy.check(defaults)] == ["collections.toml", "tiers.toml"]
    with pytest.raises(PolicyError) as caught:
        policy.load(defaults)
    assert len(caught.value.what.splitlines()) == 2
