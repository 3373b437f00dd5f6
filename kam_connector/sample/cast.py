"""The named characters of the story: customers that a demo or a test can count on, in both sizes."""

from __future__ import annotations

from dataclasses import dataclass

from kam_connector.sample.firm import CN, EU


@dataclass(frozen=True, slots=True)
class Profile:
    """How a customer behaves.

    rank: A (key) to D (occasional). trend: stable, growing, shrinking, left, new, season, prospect.
    payer: early, punctual, slow, late, chronic, never. `size` is the usual net amount of an order in hundreds of
    the seller's currency units.
    """

    rank: str
    trend: str
    payer: str
    size: int


@dataclass(frozen=True, slots=True)
class Character:
    """A customer with a part in the story; `parent` is another character's key."""

    key: str
    name: str
    country: str
    seller: str
    currency: str
    term: str
    user: str
    parent: str
    profile: Profile


GROUP = "huaqing"

CAST = (
    Character(GROUP, "华擎集团有限公司 Huaqing Group", "CN", CN, "CNY", "net60", "chen", "",
              Profile("C", "stable", "punctual", 420)),
    Character("huaqing-sy", "华擎重工(沈阳)有限公司", "CN", CN, "CNY", "split", "chen", GROUP,
              Profile("A", "growing", "punctual", 2_900)),
    Character("huaqing-cz", "华擎新能源(常州)有限公司", "CN", CN, "CNY", "net60", "chen", GROUP,
              Profile("A", "season", "slow", 1_700)),
    Character("huaqing-de", "Huaqing Deutschland GmbH", "DE", EU, "EUR", "net30", "vogel", GROUP,
              Profile("B", "growing", "early", 210)),
    Character("yuanjing", "远景装备制造股份有限公司", "CN", CN, "CNY", "split", "wang", "",
              Profile("A", "growing", "punctual", 3_600)),
    Character("rheintal", "Rheintal Antriebstechnik GmbH", "DE", EU, "EUR", "net30", "vogel", "",
              Profile("A", "stable", "early", 480)),
    Character("tokai", "東海精機株式会社", "JP", CN, "JPY", "net60", "zhou", "",
              Profile("A", "stable", "punctual", 1_300)),
    Character("nordlicht", "Nordlicht Windkraft AG", "DE", CN, "EUR", "split", "martin", "",
              Profile("B", "growing", "slow", 900)),
    Character("osaka", "大阪バルブ工業株式会社", "JP", CN, "JPY", "net30", "zhou", "",
              Profile("B", "stable", "chronic", 620)),
    Character("dingsheng", "鼎盛机械有限公司", "CN", CN, "CNY", "net30", "wang", "",
              Profile("B", "left", "chronic", 1_150)),
    Character("hongda", "宏达五金有限公司", "CN", CN, "CNY", "net30", "wang", "",
              Profile("C", "stable", "never", 260)),
    Character("meccanica", "Meccanica Adriatica S.p.A.", "IT", EU, "EUR", "split", "bianchi", "",
              Profile("A", "shrinking", "chronic", 190)),
    Character("fjord", "Fjord Marine AS", "NO", EU, "EUR", "net30", "lindqvist", "",
              Profile("C", "left", "never", 75)),
    Character("kyoto-eu", "京都テクノ欧州 Kyoto Techno Europe", "NL", EU, "JPY", "net30", "lindqvist", "",
              Profile("C", "season", "punctual", 60)),
    Character("xinrui", "芯锐机器人(深圳)有限公司", "CN", CN, "CNY", "net30", "chen", "",
              Profile("B", "new", "punctual", 980)),
)  # fmt: skip

# Second and third group of the full company: (head's key, name, country, seller, currency), then its subsidiaries.
MORE_GROUPS = (
    ("bergmann", "Bergmann Holding AG", "DE", EU, "EUR", "vogel", (
        ("bergmann-pumpen", "Bergmann Pumpen GmbH", "DE", ""), ("bergmann-cz", "Bergmann Ventily s.r.o.", "CZ", ""),
    )),
    ("haichuan", "海川控股集团有限公司", "CN", CN, "CNY", "wang", (
        ("haichuan-jx", "海川机械(济南)有限公司", "CN", ""),
        ("haichuan-by", "海川泵业(潍坊)有限公司", "CN", "haichuan-jx"),
    )),
)  # fmt: skip
