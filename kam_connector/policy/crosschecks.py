"""What is wrong between policy files: two versions of one day, plans that overlap, tiers that nobody defines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby, pairwise

from kam_connector.policy.compensation import compensation_tiers
from kam_connector.policy.complaints import ComplaintPolicy
from kam_connector.policy.evidence import find_evidence_advice
from kam_connector.policy.extraction import SyncPolicy
from kam_connector.policy.files import PolicyFile
from kam_connector.policy.flaws import Flaw, describe
from kam_connector.policy.focus import FocusPolicy
from kam_connector.policy.intake import ANY
from kam_connector.policy.plan_advice import find_overlaps, find_plan_advice
from kam_connector.policy.plans import Plan
from kam_connector.policy.receivables import CollectionsPolicy
from kam_connector.policy.salaries import SALARY, find_doubled
from kam_connector.policy.tiering import TierPolicy
from kam_connector.policy.values import Problem, Problems
from kam_connector.policy.warnings import WarningPolicy
from kam_connector.texts import Text


def find_cross_flaws(files: Sequence[PolicyFile]) -> Iterator[Flaw]:
    """The flaws that only show when the files are seen together."""
    yield from _find_version_flaws(files)
    known = list(dict.fromkeys(code for file in files for code in _tiers_of(file)))
    for file in files:
        for problem in _find_unknown_tiers(file, known):
            yield describe(file.name, file.lines, problem)
    yield from _find_class_flaws(files)
    yield from _find_unknown_segments(files)
    yield from _find_doubled_salaries(files)


def find_advice(files: Sequence[PolicyFile]) -> Iterator[Flaw]:
    """What files say and is probably not meant: complaints and plans each by itself, plans beside one another."""
    for file in files:
        if isinstance(file.model, ComplaintPolicy):
            for problem in find_evidence_advice(file.model):
                yield describe(file.name, file.lines, problem)
    plans = [(file, file.model) for file in files if isinstance(file.model, Plan)]
    for file, plan in plans:
        for problem in find_plan_advice(plan):
            yield describe(file.name, file.lines, problem)
    for plan, problem in find_overlaps([plan for _, plan in plans]):
        file = next(file for file, other in plans if other is plan)
        yield describe(file.name, file.lines, problem)


def _tiers_of(file: PolicyFile) -> tuple[str, ...]:
    return file.model.codes if isinstance(file.model, TierPolicy) else ()


def _find_version_flaws(files: Sequence[PolicyFile]) -> Iterator[Flaw]:
    ordered = sorted(files, key=_version_key)
    for _, versions in groupby(ordered, key=lambda file: (file.kind, file.code)):
        for before, file in pairwise(versions):
            end = before.model.plan.valid_to if isinstance(before.model, Plan) else None
            if file.valid_from == before.valid_from:
                why = Text(
                    "is in force from the same day as {name}: give one of them another valid_from.",
                    {"name": before.name},
                )
            elif end and end >= file.valid_from:
                why = Text("begins before {name} ends on {end}: the two overlap.", {"name": before.name, "end": end})
            else:
                continue
            problem = Problem(_date_path(file), Text('The version of "{code}"', {"code": file.code}), why)
            yield describe(file.name, file.lines, problem)


def _version_key(file: PolicyFile) -> tuple[str, str, str, str]:
    return file.kind, file.code, file.valid_from.isoformat(), file.name


def _date_path(file: PolicyFile) -> tuple[str, ...]:
    table = next(str(path[0]) for path in file.lines if path[-1] == "valid_from")
    return table, "valid_from"


def _find_unknown_tiers(file: PolicyFile, known: list[str]) -> Problems:
    for path, tier in _tier_references(file):
        if tier not in known:
            yield Problem(
                path,
                Text('Tier "{tier}"', {"tier": tier}),
                Text("is not defined. Known tiers: {known}.", {"known": ", ".join(known)}),
            )


def _find_unknown_segments(files: Sequence[PolicyFile]) -> Iterator[Flaw]:
    """Segments that a list of focus.toml names and no tiers.toml defines."""
    tiers = [file.model for file in files if isinstance(file.model, TierPolicy)]
    known = list(dict.fromkeys(segment.name for model in tiers for segment in model.segment))
    for file in files:
        for path, name in file.model.segment_places if isinstance(file.model, FocusPolicy) else ():
            if name not in known:
                why = Text("is not defined. Known segments: {known}.", {"known": ", ".join(known) or "–"})
                yield describe(file.name, file.lines, Problem(path, Text('Segment "{name}"', {"name": name}), why))


def _find_class_flaws(files: Sequence[PolicyFile]) -> Iterator[Flaw]:
    """Classes of service that a target names and no tier is owed, or that a tier is owed and no target says.

    Nothing is found while the targets go by tiers alone.
    """
    owed = [(file, place, name) for file in files for place, name in _classes_owed(file)]
    named = [(file, place, name) for file in files for place, name in _classes_named(file)]
    for wanted, known, why in (
        (named, owed, Text("is owed to no tier: see [tier.service]. Known classes: {known}.")),
        (owed, named, Text("is in no [[target]] of complaints.toml. Known classes: {known}.")),
    ):
        codes = list(dict.fromkeys(name for _, _, name in known))
        for file, place, name in wanted if named else ():
            if name not in codes:
                what = Text('SLA class "{name}"', {"name": name})
                problem = Problem(place, what, replace(why, values={"known": ", ".join(codes)}))
                yield describe(file.name, file.lines, problem)


def _find_doubled_salaries(files: Sequence[PolicyFile]) -> Iterator[Flaw]:
    """Salaries that one person has from two plans for a day: a version of a plan ends where its successor begins."""
    plans = [(file, file.model) for file in files if isinstance(file.model, Plan)]
    every = [
        (file, place, salary, salary.days_within(plan.valid_from, _last_day(plan, plans)))
        for file, plan in plans
        for place, salary in enumerate(plan.salary)
    ]
    for earlier, number, day in find_doubled([(salary, term) for _, _, salary, term in every]):
        file, place, salary, _ = every[number]
        if every[earlier][0] is not file:  # two of one file are refused with the file
            what = Text('The salary of "{payee}"', {"payee": salary.payee})
            why = Text("is paid by {name} on {day} already: end one of the two before.",
                       {"name": every[earlier][0].name, "day": day})  # fmt: skip
            yield describe(file.name, file.lines, Problem((SALARY, place), what, why))


def _last_day(plan: Plan, plans: Sequence[tuple[PolicyFile, Plan]]) -> date | None:
    """The last day of the version: its own, or the day before its successor's first."""
    later = [other.valid_from - timedelta(days=1) for _, other in plans
             if other.code == plan.code and other.valid_from > plan.valid_from]  # fmt: skip
    return min([*later, *([plan.plan.valid_to] if plan.plan.valid_to else [])], default=None)


def _classes_owed(file: PolicyFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(file.model, TierPolicy):
        for place, tier in enumerate(file.model.tier):
            if tier.service:
                yield ("tier", place, "service", "sla_class"), tier.service.sla_class


def _classes_named(file: PolicyFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(file.model, ComplaintPolicy):
        for place, target in enumerate(file.model.target):
            if target.sla_class != ANY:
                yield ("target", place, "sla_class"), target.sla_class


def _tier_references(file: PolicyFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    model = file.model
    if isinstance(model, CollectionsPolicy | WarningPolicy | FocusPolicy):
        yield from model.tier_places
    if isinstance(model, SyncPolicy):
        yield from model.contacts.tier_places
        yield from model.plans.tier_places
    if isinstance(model, ComplaintPolicy):
        places = [(("owner", place, "tier"), owner.tier) for place, owner in enumerate(model.owner)]
        places += [(("target", place, "tier"), target.tier) for place, target in enumerate(model.target)]
        places += [
            (("escalation_shift", place, "tier"), shift.tier) for place, shift in enumerate(model.escalation_shift)
        ]
        yield from ((place, tier) for place, tier in (*places, *compensation_tiers(model)) if tier != ANY)
    if isinstance(model, Plan):
        yield from _tiers_of_plan(model)


def _tiers_of_plan(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for tier in plan.modifiers.tier_factor:
        yield ("modifiers", "tier_factor", tier), tier
    for place, tier in enumerate(plan.filter.tiers):
        yield ("filter", "tiers", place), tier
    for number, component in enumerate(plan.component):
        for place, tier in enumerate(component.filter.tiers if component.filter else ()):
            yield ("component", number, "filter", "tiers", place), tier
