"""The focus policy: on which products and markets we concentrate, what a customer is to us, whom to look after now.

A product stands in the focus by its own name or code, or by a category, with all that is below it. A market is an
industry, a country, a state of a country, or all of what one line names: machine builders in Germany are one line,
machine builders and Germany are two. Relations (distributor, service firm, supplier, consumer) and lists may be
defined twice: two ways lead into them. Of the relations the first that fits decides; a customer may be on many lists.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kam_connector.policy.measures import MEASURES
from kam_connector.policy.segments import SCORE, Condition, find_condition_problems
from kam_connector.policy.values import Code, Day, Label, Problem, Problems, Table
from kam_connector.texts import Text

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""What something is called in the ERP, in `en_US`: so names are pulled, whoever reads them."""
CustomerKind = Literal["company", "person"]


class Focusing(Table):
    """From when on the file is in force."""

    valid_from: Day


class FocusProduct(Table):
    """A category of products (its name, or its whole path "Parts / Bearings"), or one product (its code or name)."""

    category: Name | None = None
    product: Name | None = None


class FocusMarket(Table):
    """Customers of an industry, of a country, of a state: what is left out is no condition.

    Country and state by code or name.
    """

    industry: Name | None = None
    country: Name | None = None
    state: Name | None = None


class Relation(Table):
    """One way into a relation: what is left out is no condition, all that is given must hold.

    `supplier`: whether we have bought from the customer; of `industries` and `tags` one is enough.
    """

    name: Code
    kind: CustomerKind | None = None
    supplier: bool | None = None
    industries: tuple[Name, ...] = ()
    tags: tuple[Name, ...] = ()
    label: Label | None = None

    @property
    def fits_all(self) -> bool:
        """Whether this definition is for everybody."""
        return self.kind is None and self.supplier is None and not (self.industries or self.tags)


class FocusList(Table):
    """One way onto a list: tiers, segments, relations, focus markets, figures; what is left out is no condition."""

    name: Code
    tiers: tuple[Code, ...] = ()
    segments: tuple[Code, ...] = ()
    relations: tuple[Code, ...] = ()
    market: bool | None = None
    when: tuple[Condition, ...] = ()
    label: Label | None = None

    @property
    def fits_all(self) -> bool:
        """Whether this definition is for everybody."""
        return self.market is None and not (self.tiers or self.segments or self.relations or self.when)


class FocusPolicy(Table):
    """One focus.toml."""

    focus: Focusing
    product: tuple[FocusProduct, ...] = ()
    market: tuple[FocusMarket, ...] = ()
    relation: tuple[Relation, ...] = ()
    lists: tuple[FocusList, ...] = Field(default=(), alias="list")

    @property
    def valid_from(self) -> date:
        """The first day of this version."""
        return self.focus.valid_from

    @property
    def tags(self) -> tuple[str, ...]:
        """The partner tags that relations ask for, each once: whoever carries them is pulled."""
        return tuple(dict.fromkeys(tag for relation in self.relation for tag in relation.tags))

    @property
    def facts(self) -> frozenset[str]:
        """What the lists ask for: measures."""
        return frozenset(condition.fact for each in self.lists for condition in each.when)

    @property
    def tier_places(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Each tier with the place where a list names it."""
        for place, each in enumerate(self.lists):
            yield from ((("list", place, "tiers", number), tier) for number, tier in enumerate(each.tiers))

    @property
    def segment_places(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Each segment with the place where a list names it."""
        for place, each in enumerate(self.lists):
            yield from ((("list", place, "segments", number), name) for number, name in enumerate(each.segments))


def find_focus_problems(policy: FocusPolicy) -> Problems:
    """Lines that say nothing or too much, relations that never decide, unknown relations and figures."""
    for place, product in enumerate(policy.product):
        if (product.category is None) is (product.product is None):
            why = Text('must name either a "category" or a "product".')
            yield Problem(("product", place), Text("The line of [[product]]"), why)
    for place, market in enumerate(policy.market):
        yield from _find_market_problems(("market", place), market)
    yield from _find_relation_problems(policy.relation)
    names = {relation.name for relation in policy.relation}
    for place, each in enumerate(policy.lists):
        yield from _find_list_problems(place, each, names)


def _find_market_problems(path: tuple[str | int, ...], market: FocusMarket) -> Problems:
    what = Text("The line of [[market]]")
    if market.state is not None and market.country is None:
        yield Problem(path, what, Text('names a state without its country: write "country", too.'))
    elif not (market.industry or market.country):
        yield Problem(path, what, Text('names nothing: write "industry", "country", or "country" and "state".'))


def _find_relation_problems(relations: Sequence[Relation]) -> Problems:
    for place, relation in enumerate(relations[:-1]):
        if relation.fits_all:
            what = Text('Relation "{name}"', {"name": relation.name})
            yield Problem(("relation", place), what, Text("is for everybody: what stands below it never decides."))


def _find_list_problems(place: int, each: FocusList, relations: Collection[str]) -> Problems:
    if each.fits_all:
        what = Text('List "{name}"', {"name": each.name})
        yield Problem(("list", place), what, Text("has no condition: everybody would be on it."))
    for number, name in enumerate(each.relations):
        if name not in relations:
            why = Text("is not defined. Known relations: {known}.", {"known": ", ".join(sorted(relations)) or "–"})
            yield Problem(("list", place, "relations", number), Text('Relation "{name}"', {"name": name}), why)
    for number, condition in enumerate(each.when):
        path = ("list", place, "when", number)
        yield from find_condition_problems(path, condition, (SCORE, *sorted(MEASURES)))
