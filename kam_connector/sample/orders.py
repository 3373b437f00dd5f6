"""What customers order: how often by rank, when by season and trend, how much by their usual size."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from kam_connector.sample.amounts import line_net, percent_of
from kam_connector.sample.customers import Customer
from kam_connector.sample.dice import Dice
from kam_connector.sample.firm import COMPANY, PRODUCTS, TEAM_OF, price_in, worth
from kam_connector.sample.months import STORY_MONTHS, business_day, last_day, story_months
from kam_connector.sample.papers import Line, Order, OrderState, Product

COUNTS = {"small": 300, "full": 3_000}

_OFTEN = {"A": 220, "B": 90, "C": 34, "D": 12}
# Chinese new year in February, a strong June and a rush at the end of the year
_SEASON = (0.9, 0.55, 1.1, 1.0, 1.0, 1.15, 0.95, 0.9, 1.1, 1.0, 1.2, 1.15)
_TRADED = tuple(product for product in PRODUCTS if product.active)


def build_orders(size: str, anchor: date, customers: tuple[Customer, ...]) -> tuple[Order, ...]:
    """All orders, oldest first; every 25th or so was never confirmed."""
    drafts = []
    for customer, count in zip(customers, _share_out(COUNTS[size], customers, size), strict=True):
        dice = Dice(size, "orders", customer.partner.key)
        moods = [_mood(customer.profile.trend, i, month) for i, month in enumerate(story_months(anchor))]
        days = sorted(_day(dice, anchor, moods) for _ in range(count))
        drafts += [(day, customer, dice) for day in days]
    drafts.sort(key=lambda draft: (draft[0], draft[1].partner.ref))
    return tuple(_order(number, anchor, *draft) for number, draft in enumerate(drafts, start=1))


def _share_out(total: int, customers: tuple[Customer, ...], size: str) -> list[int]:
    """Orders of each customer, by rank with some luck; they sum to the total (largest remainder)."""
    dice = Dice(size, "how often")
    weights = [_frequency(dice, customer) for customer in customers]
    parts = [total * weight // sum(weights) for weight in weights]
    rests = sorted(range(len(parts)), key=lambda i: (-(total * weights[i] % sum(weights)), i))
    for i in rests[: total - sum(parts)]:
        parts[i] += 1
    return parts


def _frequency(dice: Dice, customer: Customer) -> int:
    """Weight of a customer; those that came late or left early have fewer months to order in."""
    alive = {"prospect": 0.0, "new": 0.2, "left": 0.55}.get(customer.profile.trend, 1.0)
    return int(_OFTEN[customer.profile.rank] * alive * (70 + dice.between(0, 60)))


def _day(dice: Dice, anchor: date, moods: list[float]) -> date:
    """A business day of the 24 months, likely by the months' weights."""
    first = dice.weighted(story_months(anchor), moods)
    day = business_day(first + timedelta(days=dice.between(0, (last_day(first) - first).days)))
    return min(day, anchor)


def _mood(trend: str, index: int, month: date) -> float:
    """Weight of a month for a trend; `index` 0 is the oldest month."""
    season = _SEASON[month.month - 1]
    past = index / (STORY_MONTHS - 1)
    shape = {
        "growing": 0.4 + 1.6 * past,
        "shrinking": 1.9 - 1.55 * past,
        "left": 1.0 if index < STORY_MONTHS - 10 else 0.0,
        "new": 1.0 if index >= STORY_MONTHS - 4 else 0.0,
        "season": season**5,
    }
    return season * shape.get(trend, 1.0)


def _order(number: int, anchor: date, day: date, customer: Customer, dice: Dice) -> Order:
    """The order of that day."""
    partner, user = customer.partner, customer.user_on(day, anchor)
    return Order(
        key=f"O{number:05d}", company=partner.seller, customer=partner.key, partner=_addressee(dice, customer),
        user=user, team=TEAM_OF[user],
        placed=datetime.combine(day, time(dice.between(1, 9), dice.between(0, 59)), UTC),
        currency=partner.currency, term=partner.term, state=_state(dice, anchor - day),
        reference=f"PO-{day.year}-{partner.ref[1:]}-{number:05d}", delivered=(anchor - day).days > 20,
        lines=_lines(dice, customer),
    )  # fmt: skip


def _addressee(dice: Dice, customer: Customer) -> str:
    """Mostly the customer itself, sometimes one of its people."""
    if customer.contacts and dice.chance(0.12):
        return dice.pick(customer.contacts).key
    return customer.partner.key


def _state(dice: Dice, age: timedelta) -> OrderState:
    """Confirmed, or what became of it instead."""
    if dice.chance(0.965):
        return "sale"
    if age.days > 45:
        return "cancel"
    return "draft" if dice.chance(0.5) else "sent"


def _lines(dice: Dice, customer: Customer) -> tuple[Line, ...]:
    """One to three lines that come to about the customer's usual size."""
    partner, profile = customer.partner, customer.profile
    minor = worth(profile.size * dice.between(50, 150), partner.seller, partner.currency)
    count = dice.weighted((1, 2, 3), (50, 35, 15))
    return tuple(_line(dice, customer, minor // count) for _ in range(count))


def _line(dice: Dice, customer: Customer, target_minor: int) -> Line:
    """A line of about that net amount; key customers have discounts."""
    partner = customer.partner
    fitting = [p for p in _TRADED if price_in(p, partner.currency) <= target_minor * 2] or [_TRADED[3]]
    product: Product = dice.pick(fitting)
    price = price_in(product, partner.currency)
    quantity = max(1, min(2_000, target_minor // price))
    discount = dice.pick({"A": (5, 8, 10), "B": (0, 5, 5)}.get(customer.profile.rank, (0, 0, 0, 5)))
    tax = _tax(customer)
    net = line_net(quantity, price, discount)
    return Line(product.key, quantity, price, discount, tax, net, percent_of(net, tax))


def _tax(customer: Customer) -> int:
    """Percent of sales tax: on home deliveries only."""
    company = COMPANY[customer.partner.seller]
    return company.tax_percent if customer.partner.country == company.country else 0
