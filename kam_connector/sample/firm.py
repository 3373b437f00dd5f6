"""Our own side of the story: companies, currencies and rates, people, products, payment terms."""

from __future__ import annotations

from datetime import date

from kam_connector.sample.dice import Dice
from kam_connector.sample.months import add_months
from kam_connector.sample.papers import Category, Company, Currency, Person, Product, Rate, Team, Term

CURRENCIES = (Currency("CNY", "¥", 2), Currency("EUR", "€", 2), Currency("JPY", "¥", 0))
DIGITS = {currency.code: currency.digits for currency in CURRENCIES}

CN, EU = "cn", "eu"
COMPANIES = (
    Company(CN, "星河精密制造有限公司 Xinghe Precision", "CNY", "CN", "Asia/Shanghai", 13, ""),
    Company(EU, "Xinghe Precision Europe GmbH", "EUR", "DE", "Europe/Berlin", 19, ""),
)
COMPANY = {company.key: company for company in COMPANIES}

TEAMS = (
    Team("east", "华东大客户部 East China Key Accounts", CN, "chen"),
    Team("export", "海外销售部 Export", CN, "zhou"),
    Team("europe", "Team Europe", EU, "vogel"),
)
LEFT = "zhao"
PEOPLE = (
    Person("chen", "陈立 Chen Li", "chen.li@xinghe.example", "salesperson", "east", (CN,), True),
    Person("wang", "王慧敏 Wang Huimin", "wang.huimin@xinghe.example", "salesperson", "east", (CN,), True),
    Person(LEFT, "赵宇航 Zhao Yuhang", "zhao.yuhang@xinghe.example", "salesperson", "east", (CN,), False),
    Person("zhou", "周明轩 Zhou Mingxuan", "zhou.mingxuan@xinghe.example", "salesperson", "export", (CN,), True),
    Person("martin", "Sophie Martin", "sophie.martin@xinghe.example", "salesperson", "export", (CN,), True),
    Person("vogel", "Katharina Vogel", "katharina.vogel@xinghe.example", "salesperson", "europe", (EU,), True),
    Person("bianchi", "Luca Bianchi", "luca.bianchi@xinghe.example", "salesperson", "europe", (EU,), True),
    Person("lindqvist", "Emma Lindqvist", "emma.lindqvist@xinghe.example", "salesperson", "europe", (EU,), True),
    Person("lin", "林若兰 Lin Ruolan", "lin.ruolan@xinghe.example", "director", "", (CN, EU), True),
    Person("fang", "方敏 Fang Min", "fang.min@xinghe.example", "accountant", "", (CN, EU), True),
)
TEAM_OF = {person.key: person.team for person in PEOPLE}
TEAM_COMPANY = {team.key: team.company for team in TEAMS}

CATEGORIES = (
    Category("parts", "精密零件 Precision parts", ""),
    Category("bearings", "轴承 Bearings", "parts"),
    Category("guides", "导轨 Linear guides", "parts"),
    Category("systems", "传动系统 Drive systems", ""),
    Category("service", "服务 Service", ""),
)
PRODUCTS = (
    Product("BRG-6204", "深沟球轴承 6204 Ball bearing", "bearings", "consu", 1_850, True),
    Product("BRG-7210", "角接触轴承 7210 Angular contact bearing", "bearings", "consu", 18_600, True),
    Product("BRG-22216", "调心滚子轴承 22216 Spherical roller bearing", "bearings", "consu", 52_000, True),
    Product("SEAL-40", "油封 40x62 Oil seal", "bearings", "consu", 920, True),
    Product("LG-25", "直线导轨 25 Linear guide", "guides", "consu", 96_000, True),
    Product("LG-45", "直线导轨 45 Linear guide", "guides", "consu", 214_500, True),
    Product("BS-3210", "滚珠丝杠 3210 Ball screw", "guides", "consu", 168_000, True),
    Product("BS-2005", "滚珠丝杠 2005 Ball screw (旧型 discontinued)", "guides", "consu", 88_000, False),
    Product("SPD-18K", "电主轴 18000 Motor spindle", "systems", "consu", 2_860_000, True),
    Product("GBX-90", "行星减速机 90 Planetary gearbox", "systems", "consu", 435_000, True),
    Product("SVC-DAY", "现场服务 On-site service, day", "service", "service", 180_000, True),
    Product("SVC-CAL", "精度检测 Calibration", "service", "service", 65_000, True),
)
PRODUCT = {product.key: product for product in PRODUCTS}

TERMS = (
    Term("now", "款到发货 Immediate", ((100, 0),)),
    Term("net30", "30 天 30 days", ((100, 30),)),
    Term("net60", "60 天 60 days", ((100, 60),)),
    Term("split", "30/60/90 天分期 30 % / 30 % / 40 % at 30, 60, 90 days", ((30, 30), (30, 60), (40, 90))),
)
TERM = {term.key: term for term in TERMS}

# (company, currency): millionths of the currency for one unit of the company's, in the first month
_FIRST_RATES = {(CN, "EUR"): 128_400, (CN, "JPY"): 20_835_000, (EU, "CNY"): 7_788_000, (EU, "JPY"): 162_300_000}
_YEARS_BACK = 3


def build_rates(anchor: date) -> tuple[Rate, ...]:
    """Monthly rates of each company; its own currency stands at 1 from the first day on.

    Odoo falls back to the rates of all companies where a company has none: the 1 keeps demo rates out.
    """
    first = add_months(anchor, -12 * _YEARS_BACK)
    own = [Rate(company.key, company.currency, first, 1_000_000) for company in COMPANIES]
    return (*own, *(rate for pair, micro in _FIRST_RATES.items() for rate in _walk(pair, micro, first)))


def _walk(pair: tuple[str, str], micro: int, first: date) -> list[Rate]:
    """The rates of one pair: a slow walk of at most 1.8 % a month."""
    dice, rates = Dice("rates", *pair), []
    for i in range(12 * _YEARS_BACK + 2):
        rates.append(Rate(*pair, add_months(first, i), micro))
        micro = micro * (100_000 + dice.between(-1_800, 1_850)) // 100_000
    return rates


def price_in(product: Product, currency: str) -> int:
    """List price of a product in a currency: fixed price lists, not the day's rate."""
    if currency == "EUR":
        return product.price_minor * 14 // 100
    return product.price_minor * 23 // 100 if currency == "JPY" else product.price_minor


def worth(units: int, seller: str, currency: str) -> int:
    """About that many units of the seller's currency, in smallest units of another: for sizes, not for books."""
    if currency == COMPANY[seller].currency:
        return units * 100
    if currency == "JPY":
        return units * (23 if seller == CN else 163)
    return units * 14
