"""What every report says of itself, and the names that its ids stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from kam_connector import __version__
from kam_connector.money import Currency
from kam_connector.reports.cells import file_stem


@dataclass(frozen=True, slots=True)
class ReportHead:
    """Where the figures come from: printed on the first sheet, so that a paper can be traced back to its run.

    `currency` is the ISO code of the company's currency with `digits` digits; `source` the ERP's address and
    database; `zone` the company's time zone (IANA), in which moments are shown; `policy_version` what
    `Policy.versions` says is in force; the hashes are hexadecimal. Empty values are not printed.
    """

    company_id: int
    company: str
    currency: str
    digits: int
    as_of: date
    run: str
    policy_version: str
    policy_hash: str = ""
    input_hash: str = ""
    ledger_head: str = ""
    source: str = ""
    zone: str = ""
    program: str = f"kam-connector {__version__}"

    def stem(self, kind: str) -> str:
        """A file name without extension: kind, company (its id tells two of one name apart), currency, day."""
        company = file_stem(self.company)[:40]
        return file_stem(f"{kind}-{self.company_id}-{company}-{self.currency}-{self.as_of.isoformat()}")

    def footer(self) -> str:
        """One line for the foot of each printed page."""
        return f"{self.company} · {self.as_of.isoformat()} · {self.currency} · {self.run}"


@dataclass(frozen=True, slots=True)
class Names:
    """Names by the ERP's ids; what has none is shown as `#id`. Of tiers, segments, steps and warnings the policy's
    labels by code."""

    companies: Mapping[int, str] = field(default_factory=dict)
    customers: Mapping[int, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)
    teams: Mapping[int, str] = field(default_factory=dict)
    accounts: Mapping[int, str] = field(default_factory=dict)
    currencies: Mapping[int, Currency] = field(default_factory=dict)
    documents: Mapping[int, str] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)

    @property
    def own(self) -> Mapping[str, Mapping[str, str]]:
        """The company's own names by family, as `messages.render` takes them."""
        return {"tier": self.tiers, "segment": self.segments, "step": self.steps}


def name_of(names: Mapping[int, str], key: object) -> str:
    """The name of an id; `#id` when it has none, nothing when there is no id."""
    number = _id(key)
    return "" if number is None else names.get(number) or f"#{number}"


def names_by_id(frame: pd.DataFrame, key: str, name: str) -> dict[int, str]:
    """The column `name` by the id column `key` of a facts table; rows without id or name are left out."""
    known = frame.loc[frame[key].notna() & frame[name].notna(), [key, name]]
    return {int(number): str(text) for number, text in zip(known[key], known[name], strict=True)}


def _id(value: object) -> int | None:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    number = int(str(value).removesuffix(".0"))
    return number or None
