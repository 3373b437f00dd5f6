"""Who buys: customers with contacts, subsidiaries and groups, each with a way to order and to pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kam_connector.sample import names
from kam_connector.sample.cast import CAST, MORE_GROUPS, Character, Profile
from kam_connector.sample.dice import Dice
from kam_connector.sample.firm import CN, EU, LEFT
from kam_connector.sample.months import add_months, story_months
from kam_connector.sample.papers import Partner

COUNTS = {"small": 40, "full": 400}

_RANKS = (("A", 4), ("B", 15), ("C", 41), ("D", 40))
_SIZES = {CN: {"A": (1_200, 3_600), "B": (450, 1_500), "C": (140, 520), "D": (25, 130)},
          EU: {"A": (180, 520), "B": (70, 230), "C": (22, 85), "D": (5, 20)}}  # fmt: skip
_TRENDS = (("stable", 44), ("growing", 14), ("shrinking", 11), ("left", 9), ("new", 7), ("season", 10), ("prospect", 5))
_PAYERS = (("early", 10), ("punctual", 34), ("slow", 27), ("late", 19), ("chronic", 8), ("never", 2))
_TERMS = {"A": (("split", 5), ("net60", 4), ("net30", 1)), "B": (("split", 2), ("net60", 4), ("net30", 4)),
          "C": (("net60", 2), ("net30", 7), ("now", 1)), "D": (("net30", 6), ("now", 4))}  # fmt: skip
_MARKETS = (("CN", 62), ("JP", 7), ("EX", 8), ("EU", 23))
_USERS = {"CN": ("chen", "wang", "zhao"), "JP": ("zhou",), "EX": ("zhou", "martin"),
          "EU": ("vogel", "bianchi", "lindqvist")}  # fmt: skip
HANDOVER_MONTHS = 5
JOBS = ("Purchasing manager", "Accountant", "Managing director")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer's partner record, its contacts and its profile; `first_user` served it until the handover."""

    partner: Partner
    contacts: tuple[Partner, ...]
    profile: Profile
    first_user: str

    def user_on(self, day: date, anchor: date) -> str:
        """Who served the customer on that day."""
        return self.first_user if day < add_months(anchor, -HANDOVER_MONTHS) else self.partner.user


def build_customers(size: str, anchor: date) -> tuple[Customer, ...]:
    """All customers: the cast, the groups, the hostile names, then the many."""
    dice = Dice(size, "customers")
    parts = [*CAST, *(_groups(dice) if size == "full" else ()), *_hostile(dice)]
    taken = {part.name for part in parts}
    while len(parts) < COUNTS[size]:
        part = _invent(dice, len(parts))
        if part.name not in taken:
            taken.add(part.name)
            parts.append(part)
    return tuple(_customer(size, anchor, i, part) for i, part in enumerate(parts))


def _groups(dice: Dice) -> list[Character]:
    """The second and third group; the third is two levels deep."""
    parts = []
    for key, name, country, seller, currency, user, children in MORE_GROUPS:
        head = Profile("C", "stable", "punctual", _size(dice, seller, "C"))
        parts.append(Character(key, name, country, seller, currency, "net60", user, "", head))
        for child, child_name, child_country, parent in children:
            profile = Profile("B", dice.pick(("growing", "stable")), "slow", _size(dice, seller, "B"))
            parts.append(
                Character(child, child_name, child_country, seller, currency, "net60", user, parent or key, profile)
            )
    return parts


def _hostile(dice: Dice) -> list[Character]:
    """Customers whose names would be formulas or markup where a report is careless."""
    parts = []
    for i, name in enumerate(names.HOSTILE):
        seller, currency, user = (CN, "CNY", "chen") if i % 2 else (EU, "EUR", "bianchi")
        profile = Profile("C", "stable", ("slow", "chronic", "late", "late", "chronic")[i], _size(dice, seller, "C"))
        parts.append(
            Character(f"hostile-{i}", name, "CN" if i % 2 else "DE", seller, currency, "net30", user, "", profile)
        )
    return parts


def _invent(dice: Dice, number: int) -> Character:
    """One of the many."""
    market = _choose(dice, _MARKETS)
    rank = _choose(dice, _RANKS)
    seller = EU if market == "EU" else CN
    name, country = _name(dice, market)
    profile = Profile(rank, _trend(dice, rank), _payer(dice, rank), _size(dice, seller, rank))
    return Character(
        f"c{number:03d}", name, country, seller, {"CN": "CNY", "JP": "JPY"}.get(market, "EUR"),
        _choose(dice, _TERMS[rank]), dice.pick(_USERS[market]), "", profile,
    )  # fmt: skip


def _trend(dice: Dice, rank: str) -> str:
    """A trend; prospects have no rank worth the name."""
    trend = _choose(dice, _TRENDS)
    return "stable" if trend == "prospect" and rank in "AB" else trend


def _payer(dice: Dice, rank: str) -> str:
    """A way to pay; key customers never pay nothing at all."""
    payer = _choose(dice, _PAYERS)
    return "late" if payer == "never" and rank in "AB" else payer


def _size(dice: Dice, seller: str, rank: str) -> int:
    """Usual order size of a rank, in hundreds of the seller's currency."""
    return dice.between(*_SIZES[seller][rank])


def _choose(dice: Dice, table: tuple[tuple[str, int], ...]) -> str:
    """One of a table of (thing, weight)."""
    return dice.weighted([thing for thing, _ in table], [weight for _, weight in table])


def _name(dice: Dice, market: str) -> tuple[str, str]:
    """Company name and country."""
    if market == "CN":
        return dice.pick(names.CITIES_CN) + dice.pick(names.BRANDS_CN) + dice.pick(names.TRADES_CN) + "有限公司", "CN"
    if market == "JP":
        return dice.pick(names.PLACES_JP) + dice.pick(names.TRADES_JP) + "株式会社", "JP"
    place, country = dice.pick(names.PLACES_EU)
    return f"{place} {dice.pick(names.TRADES_EU)} {names.FORMS_EU[country]}", country


def _customer(size: str, anchor: date, number: int, part: Character) -> Customer:
    """The character with papers: reference, VAT number, contacts."""
    dice = Dice(size, "customer", part.key)
    partner = Partner(
        key=part.key, ref=f"C{number + 1:04d}", name=part.name, is_company=True, parent=part.parent,
        seller=part.seller, bound=_bound(dice, part), user=_heir(part),
        currency=part.currency, term=part.term, country=part.country, lang="zh_CN" if part.country == "CN" else "en_US",
        vat=f"KAM{dice.between(10_000_000, 99_999_999)}" if dice.chance(0.8) else "",
        email=f"info@{part.key}.example", active=not (part.profile.trend == "left" and dice.chance(0.15)),
        created=_created(dice, anchor, part.profile.trend),
    )  # fmt: skip
    return Customer(partner, _contacts(dice, partner, part.profile.rank), part.profile, part.user)


def _bound(dice: Dice, part: Character) -> str:
    """The company that the record is restricted to: for some of the many, never within a group."""
    return part.seller if part.key.startswith("c") and dice.chance(0.3) else ""


def _heir(part: Character) -> str:
    """Who serves the customer now: a colleague, where its salesperson has left; nobody thought of lost customers."""
    return "wang" if part.user == LEFT and part.profile.trend != "left" else part.user


def _created(dice: Dice, anchor: date, trend: str) -> date:
    """The day on which the customer was entered: long ago, or just before the first order."""
    if trend == "new":
        return add_months(anchor, -4) + timedelta(days=dice.between(0, 20))
    return story_months(anchor)[0] - timedelta(days=dice.between(30, 2_000))


def _contacts(dice: Dice, of: Partner, rank: str) -> tuple[Partner, ...]:
    """One to three people of the customer."""
    count = {"A": 3, "B": 2}.get(rank, 1 if dice.chance(0.75) else 0)
    return tuple(_contact(dice, of, i) for i in range(count))


def _contact(dice: Dice, of: Partner, number: int) -> Partner:
    """A person at the customer's."""
    key = f"{of.key}/{number + 1}"
    return Partner(
        key=key, ref=f"{of.ref}-{number + 1}", name=_person(dice, of.country), is_company=False, parent=of.key,
        seller=of.seller, bound=of.bound, user=of.user, currency=of.currency, term=of.term, country=of.country,
        lang=of.lang, vat="", email=f"contact{number + 1}@{of.key}.example", active=dice.chance(0.96),
        created=of.created, function=JOBS[number % len(JOBS)],
    )  # fmt: skip


def _person(dice: Dice, country: str) -> str:
    """A name as in that country."""
    if country == "CN":
        return dice.pick(names.FAMILIES_CN) + dice.pick(names.GIVEN_CN)
    if country == "JP":
        return dice.pick(names.FAMILIES_JP) + " " + dice.pick(names.GIVEN_JP)
    return f"{dice.pick(names.GIVEN_EU)} {dice.pick(names.FAMILIES_EU)}"
