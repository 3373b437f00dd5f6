"""Customers, orders and invoices in a real Odoo."""

from __future__ import annotations

from typing import Any

from kam_connector.sample.amounts import as_float
from kam_connector.sample.firm import DIGITS, PRODUCT
from kam_connector.sample.load_target import Row, Target, chunks
from kam_connector.sample.papers import Documents, Invoice, Line, Order, Partner


def load_partners(target: Target, documents: Documents) -> None:
    """Customers by levels of their groups, then contacts."""
    langs = {row["code"] for row in target.session.search_read("res.lang", [["active", "=", True]], ["code"])}
    target.ids.update({
        ("res.country", row["code"]): row["id"]
        for row in target.session.search_read("res.country", [], ["code"]) if row["code"]
    })  # fmt: skip
    waiting = list(documents.partners)
    while waiting:
        ready = [p for p in waiting if not p.parent or ("res.partner", p.parent) in target.ids]
        target.create_all("res.partner", {p.key: _partner(target, p, langs) for p in ready}, what="partners")
        waiting = [p for p in waiting if ("res.partner", p.key) not in target.ids]


def _partner(target: Target, partner: Partner, langs: set[str]) -> Row:
    """A customer or contact."""
    row = {
        "name": partner.name, "ref": partner.ref, "is_company": partner.is_company, "email": partner.email,
        "function": partner.function or False,
        "parent_id": target.id_of("res.partner", partner.parent) if partner.parent else False,
        "user_id": target.id_of("res.users", partner.user), "customer_rank": 1 if partner.is_company else 0,
        "company_id": target.id_of("res.company", partner.bound) if partner.bound else False,
        "country_id": target.id_of("res.country", partner.country),
        "lang": partner.lang if partner.lang in langs else "en_US",
    }  # fmt: skip
    if partner.vat and "vies_valid" not in target.session.fields("res.partner"):
        row["vat"] = partner.vat
    return row


def load_orders(target: Target, documents: Documents) -> None:
    """Orders with their lines, in the states that they have."""
    for company in documents.companies:
        mine = [order for order in documents.orders if order.company == company.key]
        rows = {order.key: _order(target, order) for order in mine}
        ids = target.create_all("sale.order", rows, company=company.key, what=f"orders {company.key}")
        _order_lines(target, mine, ids)
        for state in ("sent", "cancel", "sale"):
            chosen = [target.id_of("sale.order", order.key) for order in mine if order.state == state]
            for chunk in chunks(chosen, 500):
                target.session.write("sale.order", chunk, {"state": state}, context=target.context(company.key))


def _order(target: Target, order: Order) -> Row:
    """A draft order: confirming it by hand would move its date to today."""
    customer = target.id_of("res.partner", order.customer)
    return {
        "partner_id": customer, "partner_shipping_id": customer,
        "partner_invoice_id": target.id_of("res.partner", order.partner),
        "company_id": target.id_of("res.company", order.company), "user_id": target.id_of("res.users", order.user),
        "team_id": target.id_of("crm.team", order.team), "date_order": f"{order.placed:%Y-%m-%d %H:%M:%S}",
        "pricelist_id": target.id_of("product.pricelist", order.currency), "client_order_ref": order.reference,
        "payment_term_id": target.id_of("account.payment.term", order.term),
        "validity_date": order.valid_until.isoformat(),
        "order_line": [(0, 0, _order_line(target, order, line)) for line in order.lines],
    }  # fmt: skip


def _order_line(target: Target, order: Order, line: Line) -> Row:
    return {
        **_product_values(target, line, order.currency), "product_uom_qty": line.quantity,
        "qty_delivered": line.quantity if order.delivered else 0,
        target.wording.order_unit: target.id_of("uom.uom", ""),
        target.wording.order_taxes: _taxes(target, order.company, line),
    }  # fmt: skip


def _product_values(target: Target, line: Line, currency: str) -> Row:
    """What order and invoice lines have in common."""
    return {
        "product_id": target.id_of("product.product", line.product), "name": PRODUCT[line.product].name,
        "price_unit": as_float(line.price_minor, DIGITS[currency]), "discount": line.discount_percent,
    }  # fmt: skip


def _taxes(target: Target, company: str, line: Line) -> list[Any]:
    """The company's sales tax, or none."""
    return [(6, 0, [target.id_of("account.tax", company)] if line.tax_percent else [])]


def _order_lines(target: Target, orders: list[Order], ids: list[int]) -> None:
    """Ids of the orders' lines by "order/position"."""
    by_order = {number: order.key for number, order in zip(ids, orders, strict=True)}
    position: dict[int, int] = {}
    for chunk in chunks(ids, 500):
        for page in target.session.pages("sale.order.line", [["order_id", "in", list(chunk)]], ["order_id"]):
            for row in page:
                order = row["order_id"]
                place = position[order] = position.get(order, -1) + 1
                target.ids["sale.order.line", f"{by_order[order]}/{place}"] = row["id"]


def load_invoices(target: Target, documents: Documents) -> None:
    """Invoices, then credit notes, posted (or left as drafts, or cancelled) with the dates they had."""
    names = _order_names(target, documents)
    for kind in ("out_invoice", "out_refund"):
        for company in documents.companies:
            mine = [i for i in documents.invoices if (i.kind, i.company) == (kind, company.key)]
            rows = {invoice.key: _invoice(target, invoice, names) for invoice in mine}
            target.create_all("account.move", rows, company=company.key, batch=100, what=f"{kind} {company.key}")
    # credit notes first: Odoo 19 matches one by itself when its invoice is posted already
    papers = sorted(documents.invoices, key=lambda invoice: invoice.kind != "out_refund")
    for state, method in (("posted", "action_post"), ("cancel", "button_cancel")):
        ids = [target.id_of("account.move", i.key) for i in papers if i.state == state]
        target.do_all("account.move", method, ids, what=f"invoices {state}")


def _order_names(target: Target, documents: Documents) -> dict[str, str]:
    """The names that Odoo gave to the orders, by our keys."""
    keys = {target.id_of("sale.order", order.key): order.key for order in documents.orders}
    pages = target.session.pages("sale.order", [["id", "in", list(keys)]], ["name"])
    return {keys[row["id"]]: row["name"] for page in pages for row in page}


def _invoice(target: Target, invoice: Invoice, names: dict[str, str]) -> Row:
    """An invoice or credit note as a draft."""
    day = invoice.day.isoformat()
    row = {
        "move_type": invoice.kind, "partner_id": target.id_of("res.partner", invoice.partner),
        "invoice_date": day, "date": day, "ref": invoice.reference,
        "invoice_payment_term_id": target.id_of("account.payment.term", invoice.term) if invoice.term else False,
        "journal_id": target.id_of("account.journal", f"{invoice.company}/sale"),
        "currency_id": target.id_of("res.currency", invoice.currency),
        "invoice_user_id": target.id_of("res.users", invoice.user),
        "team_id": target.id_of("crm.team", invoice.team), "invoice_origin": names.get(invoice.order, False),
        "reversed_entry_id": target.id_of("account.move", invoice.reverses) if invoice.reverses else False,
        "invoice_line_ids": [(0, 0, _invoice_line(target, invoice, line)) for line in invoice.lines],
    }  # fmt: skip
    # without a payment term Odoo 19 makes today the due day
    return row if invoice.term else {**row, "invoice_date_due": day}


def _invoice_line(target: Target, invoice: Invoice, line: Line) -> Row:
    row = {
        **_product_values(target, line, invoice.currency), "quantity": line.quantity,
        "product_uom_id": target.id_of("uom.uom", ""), "tax_ids": _taxes(target, invoice.company, line),
        "account_id": target.id_of("account.account", f"{invoice.company}/income"),
    }  # fmt: skip
    if invoice.order and line.order_line >= 0:
        link = target.id_of("sale.order.line", f"{invoice.order}/{line.order_line}")
        row["sale_line_ids"] = [(6, 0, [link])]
    return row
