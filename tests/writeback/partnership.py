"""What Odoo 19's module `partnership` does to a partner, as far as writing levels meets it (`res_partner.write` there):
a level brings its price list, and a price list of another kind in the same call is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from kam_connector.errors import RecordRefused

PRICES = "specific_property_product_pricelist"
LEVELS = {
    2: {"id": 2, "name": "Silver partner", "default_pricelist_id": 20},
    3: {"id": 3, "name": "Gold partner", "default_pricelist_id": 30},
    4: {"id": 4, "name": "Friend", "default_pricelist_id": None},
}
NAMES = {20: "Silver prices", 30: "Gold prices"}


class Partnership:
    """Partners with `grade_id` and a price list; `log` are the writes. `installed` False: an Odoo without levels."""

    uid, version = 2, (19, 0)

    def __init__(self, partners: Mapping[int, tuple[int | None, int | None]], *, installed: bool = True) -> None:
        self.partners = {n: {"id": n, "grade_id": grade, PRICES: prices} for n, (grade, prices) in partners.items()}
        self.installed = installed
        self.log: list[dict[str, Any]] = []
        self.companies: list[Any] = []
        self.keeps_levels = False
        self.capabilities = SimpleNamespace(
            has_field=lambda model, name: installed, rights=lambda model: SimpleNamespace(read=True)
        )

    def search_read(self, model: str, domain: list[Any], fields: Sequence[str], **more: Any) -> list[dict[str, Any]]:
        if model == "product.pricelist":
            return [{"id": number, "name": NAMES[number]} for number in domain[0][2]]
        if model == "res.partner":
            self.companies.append(more["companies"])
        rows: Mapping[int, dict[str, Any]] = LEVELS if model == "res.partner.grade" else self.partners
        _, operator, wanted = domain[0]
        ids = wanted if operator == "in" else [wanted]
        return [{"id": n, **{name: rows[n][name] for name in fields}} for n in ids if n in rows]

    def write(self, model: str, ids: list[int], values: dict[str, Any], *, context: Mapping[str, Any]) -> None:
        assert (model, len(ids)) == ("res.partner", 1)
        self.log.append({**values, "company": context["allowed_company_ids"]})
        if self.keeps_levels:
            return
        values = dict(values)
        level = LEVELS.get(values.get("grade_id") or 0)
        if level and level["default_pricelist_id"]:
            if values.get(PRICES, level["default_pricelist_id"]) != level["default_pricelist_id"]:
                raise RecordRefused("You are trying to assign two different pricelists.")
            values[PRICES] = level["default_pricelist_id"]
        self.partners[ids[0]].update(values)

    def holds(self, number: int) -> tuple[int | None, int | None]:
        """Level and price list of the partner."""
        row = self.partners[number]
        return row["grade_id"] or None, row[PRICES] or None
