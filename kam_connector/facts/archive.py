"""Where a text stands among the customers' records: the search of the customer archive (requirement S2-59).

Cities, e-mail addresses and telephones are in the mirror only where the sync policy asks for them (`custom_fields`,
docs/security.md); elsewhere nothing is found in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.assortment import product_lines
from kam_connector.facts.live import live
from kam_connector.facts.products import named_products

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

PARTNER, PRODUCT = "res.partner", "product.product"
NUMBERS = ("number", "vat", "phone")
"""Places whose texts are also found without their blanks and punctuation: \"+86 21-555\" by \"862155\"."""
_MIRRORED = ("city", "email", "phone")
_CUSTOM = "res_partner_custom"
_BETWEEN = r"[^0-9a-z]+"
_LIKE_A_NUMBER = re.compile(r"[a-z +()./-]*[0-9][0-9a-z +()./-]*")


def find_text(con: BaseBackend, wanted: str, as_of: date) -> ir.Table:
    """One row a customer, place and record in which `wanted` stands, upper and lower case alike; no pattern, no NUL.

    Columns: customer_id, place (id, number, vat, name, contact, email, phone, city, product), model, record_id (the
    partner's or product's id), text (as it stands there). An id is found only whole. Products are those invoiced in
    the twenty-four months up to `as_of`.
    """
    text = _partner_texts(con).union(_product_texts(con, as_of))
    looked = wanted.lower()
    holds = ibis.ifelse(text.place == "id", text.text == looked, text.text.lower().contains(looked))
    bare = bare_of(looked)
    if bare:
        close = text.text.lower().re_replace(_BETWEEN, "").contains(bare)
        holds = holds | (text.place.isin(NUMBERS) & close)
    return text.filter(holds)


def bare_of(text: str) -> str:
    """The letters and digits of what is written like a number, without blanks and punctuation; "" of all else."""
    lowered = text.lower()
    return re.sub(_BETWEEN, "", lowered) if _LIKE_A_NUMBER.fullmatch(lowered) else ""


def _partner_texts(con: BaseBackend) -> ir.Table:
    partner = live(con, "res_partner")
    partner = partner.mutate(customer_id=partner.commercial_partner_id.fill_null(partner.id))
    is_customer = partner.id == partner.customer_id
    parts = [
        _placed(partner, "id", PARTNER, partner.id.cast("string")),
        _placed(partner, "number", PARTNER, partner.ref),
        _placed(partner, "vat", PARTNER, partner.vat),
        _placed(partner.filter(is_customer), "name", PARTNER, partner.name),
        _placed(partner.filter(~is_customer), "contact", PARTNER, partner.name),
    ]
    return ibis.union(*parts, *_mirrored_texts(con, partner.select("id", "customer_id")))


def _mirrored_texts(con: BaseBackend, partner: ir.Table) -> Iterator[ir.Table]:
    """The texts of those fields that the sync policy mirrors."""
    if _CUSTOM not in con.list_tables():
        return
    custom = con.table(_CUSTOM).rename(partner_key="id")
    joined = custom.inner_join(partner, custom.partner_key == partner.id)
    for field in _MIRRORED:
        if field in custom.columns:
            yield _placed(joined, field, PARTNER, joined[field].cast("string"))


def _product_texts(con: BaseBackend, as_of: date) -> ir.Table:
    line = product_lines(con, as_of).select("customer_id", "product_id").distinct()
    product = named_products(con)
    joined = line.inner_join(product, line.product_id == product.product_key).rename(id="product_id")
    return _placed(joined, "product", PRODUCT, joined["product"]).union(
        _placed(joined, "product", PRODUCT, joined.code)
    )


def _placed(rows: ir.Table, place: str, model: str, text: ir.Value) -> ir.Table:
    """customer_id, place, model, record_id, text of the rows that have a text.

    `nullif` makes every column one that may be empty: a union wants the same of all its parts.
    """
    table = rows.select(
        place=ibis.literal(place), model=ibis.literal(model), customer_id=rows.customer_id.nullif(0),
        record_id=rows.id.nullif(0), text=text.nullif(""),
    )  # fmt: skip
    return table.filter(table.text.notnull()).relocate("customer_id")
