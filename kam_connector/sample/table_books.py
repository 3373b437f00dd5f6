"""Rows of journal entries, their lines, matches and payments."""

from __future__ import annotations

from datetime import date

from kam_connector.sample.amounts import as_float
from kam_connector.sample.books import RECONCILED, Entry, Posting
from kam_connector.sample.firm import COMPANY, DIGITS, PRODUCT
from kam_connector.sample.matching import Partial
from kam_connector.sample.papers import Invoice, Payment
from kam_connector.sample.table_firm import COMPANY_ID, CURRENCY_ID, TERM_ID, account_id
from kam_connector.sample.tabular import Row, Sources, Tables, iso, moment


def build_rows(sources: Sources) -> Tables:
    """`account.move`, `account.move.line`, `account.partial.reconcile` and `account.payment`."""
    entries, anchor = sources.books.entries, sources.documents.anchor
    reversed_by = {paper.reverses for entry in entries if isinstance(paper := entry.paper, Invoice) and paper.reverses}
    return {
        "account.move": [_move(sources, entry, reversed_by) for entry in entries],
        "account.move.line": [_line(sources, entry, line) for entry in entries for line in entry.lines],
        "account.partial.reconcile": [_partial(partial, anchor) for partial in sources.matches.partials],
        "account.payment": _payments(sources),
    }


def _move(sources: Sources, entry: Entry, reversed_by: set[str]) -> Row:
    """A move; an invoice's figures come from its paper and lines."""
    row = _plain_move(sources, entry)
    if isinstance(entry.paper, Invoice):
        return row | _invoice_fields(sources, entry, entry.paper, reversed_by)
    if entry.paper is not None:
        row["ref"] = entry.paper.memo
    if isinstance(entry.paper, Payment):
        row["invoice_date_due"] = iso(entry.day)
    return row


def _plain_move(sources: Sources, entry: Entry) -> Row:
    """The fields that every kind of move has."""
    digits = DIGITS[entry.currency]
    has_partner = isinstance(entry.paper, Invoice | Payment)
    partner = sources.ids.of("res.partner", entry.customer) if has_partner else False
    total = sum(max(line.amount_currency, 0) for line in entry.lines)
    signed = sum(max(line.balance, 0) for line in entry.lines)
    return {
        "id": entry.id, "write_date": moment(min(entry.touched, sources.documents.anchor)), "name": entry.name,
        "ref": False, "move_type": entry.type, "state": entry.state, "partner_id": partner,
        "commercial_partner_id": partner, "invoice_user_id": False, "team_id": False, "invoice_date": False,
        "invoice_date_due": False, "date": iso(entry.day), "amount_untaxed": 0.0, "amount_tax": 0.0,
        "amount_total": as_float(total, digits), "amount_residual": 0.0, "amount_untaxed_signed": 0.0,
        "amount_total_signed": _company_float(entry, signed), "amount_residual_signed": 0.0,
        "currency_id": CURRENCY_ID[entry.currency], "company_id": COMPANY_ID[entry.company],
        "payment_state": "not_paid", "reversed_entry_id": False, "invoice_origin": False,
        "invoice_payment_term_id": False,
    }  # fmt: skip


def _invoice_fields(sources: Sources, entry: Entry, paper: Invoice, reversed_by: set[str]) -> Row:
    """The fields of an invoice or credit note; *_signed are in company currency, negative for credit notes."""
    ids, digits, lines = sources.ids, DIGITS[entry.currency], entry.receivables
    net, tax = sum(line.net_minor for line in paper.lines), sum(line.tax_minor for line in paper.lines)
    income = -sum(line.balance for line in entry.lines if line.account == "income")
    is_open = entry.state == "posted"
    return {
        "ref": paper.reference, "partner_id": ids.of("res.partner", paper.partner),
        "invoice_user_id": ids.of("res.users", paper.user), "team_id": ids.of("crm.team", paper.team),
        "invoice_date": iso(paper.day), "invoice_date_due": iso(max(due for due, _ in paper.dues)),
        "amount_untaxed": as_float(net, digits), "amount_tax": as_float(tax, digits),
        "amount_total": as_float(net + tax, digits),
        "amount_residual": as_float(abs(sum(x.residual_currency for x in lines)) if is_open else 0, digits),
        "amount_untaxed_signed": _company_float(entry, income),
        "amount_total_signed": _company_float(entry, sum(line.balance for line in lines)),
        "amount_residual_signed": _company_float(entry, sum(line.residual for line in lines) if is_open else 0),
        "payment_state": _payment_state(sources, entry, paper, reversed_by),
        "reversed_entry_id": sources.books.by_paper[paper.reverses].id if paper.reverses else False,
        "invoice_origin": f"S{int(paper.order[1:]):05d}" if paper.order else False,
        "invoice_payment_term_id": TERM_ID[paper.term] if paper.term else False,
    }  # fmt: skip


def _payment_state(sources: Sources, entry: Entry, paper: Invoice, reversed_by: set[str]) -> str:
    """As Odoo 19 Community: reversed when credit notes alone settled it, partial when something did."""
    lines = entry.receivables
    if entry.state != "posted" or all(line.residual_currency == line.amount_currency for line in lines):
        return "not_paid"
    if any(line.residual_currency for line in lines):
        return "partial"
    if paper.key in reversed_by and _only_credited(sources, entry):
        return "reversed"
    return "paid"


def _only_credited(sources: Sources, entry: Entry) -> bool:
    """Whether credit notes alone (and exchange entries) settled the invoice."""
    partials = (p for line in entry.receivables for p in sources.matches.partials_of(line))
    return all(p.credit.entry.type == "out_refund" or p.credit.entry.paper is None for p in partials)


def _line(sources: Sources, entry: Entry, line: Posting) -> Row:
    """A move line; product fields on income lines, residuals on receivable ones."""
    digits, paper = DIGITS[line.currency], line.line
    is_open = entry.state == "posted"
    subtotal = paper.net_minor if paper else line.amount_currency if entry.type == "entry" else 0
    counts = paper.quantity if paper else int(entry.type == "entry")
    return {
        "id": line.id, "write_date": moment(min(entry.touched, sources.documents.anchor)), "move_id": entry.id,
        "account_id": account_id(entry.company, line.account),
        "partner_id": sources.ids.of("res.partner", entry.customer), "date": iso(entry.day),
        "date_maturity": iso(line.maturity), "debit": _company_float(entry, max(line.balance, 0)),
        "credit": _company_float(entry, max(-line.balance, 0)), "balance": _company_float(entry, line.balance),
        "amount_currency": as_float(line.amount_currency, digits),
        "amount_residual": _company_float(entry, line.residual if is_open else 0),
        "amount_residual_currency": as_float(line.residual_currency if is_open else 0, digits),
        "reconciled": is_open and line.account in RECONCILED and not (line.residual or line.residual_currency),
        "full_reconcile_id": line.full or False, "parent_state": entry.state,
        "product_id": sources.ids.of("product.product", paper.product) if paper else False,
        "quantity": float(counts), "discount": float(paper.discount_percent if paper else 0),
        "price_unit": as_float(paper.price_minor, digits) if paper else 0.0,
        "price_subtotal": as_float(subtotal, digits), "company_id": COMPANY_ID[entry.company],
        "currency_id": CURRENCY_ID[line.currency], "display_type": line.display_type,
        "name": PRODUCT[paper.product].name if paper else line.label or False,
    }  # fmt: skip


def _partial(partial: Partial, anchor: date) -> Row:
    """A match. Amounts of the two sides' own currencies have those currencies' digits."""
    written = moment(min(partial.max_date, anchor))
    return {
        "id": partial.id, "write_date": written, "create_date": written, "debit_move_id": partial.debit.id,
        "credit_move_id": partial.credit.id, "amount": _company_float(partial.debit.entry, partial.amount),
        "debit_amount_currency": as_float(partial.debit_currency, DIGITS[partial.debit.currency]),
        "credit_amount_currency": as_float(partial.credit_currency, DIGITS[partial.credit.currency]),
        "max_date": iso(partial.max_date), "company_id": COMPANY_ID[partial.debit.entry.company],
    }  # fmt: skip


def _payments(sources: Sources) -> list[Row]:
    """Payments."""
    entries = [entry for entry in sources.books.entries if isinstance(entry.paper, Payment)]
    return [_payment(sources, number, entry) for number, entry in enumerate(entries, start=1)]


def _payment_status(sources: Sources, entry: Entry) -> str:
    """As Odoo 19 Community: paid once all invoices that it settled are settled, else in process."""
    partials = [p for line in entry.receivables for p in sources.matches.partials_of(line)]
    settled = [p.debit.entry for p in partials if p.debit.entry.paper]
    done = all(not line.residual_currency for entry in settled for line in entry.receivables)
    return "paid" if settled and done else "in_process"


def _payment(sources: Sources, number: int, entry: Entry) -> Row:
    paper = entry.paper
    amount = paper.amount_minor if isinstance(paper, Payment) else 0
    return {
        "id": number, "write_date": moment(min(entry.touched, sources.documents.anchor)), "name": entry.name,
        "partner_id": sources.ids.of("res.partner", entry.customer),
        "amount": as_float(amount, DIGITS[entry.currency]), "payment_type": "inbound", "partner_type": "customer",
        "move_id": entry.id, "currency_id": CURRENCY_ID[entry.currency], "company_id": COMPANY_ID[entry.company],
        "state": _payment_status(sources, entry), "date": iso(entry.day), "is_matched": False,
        "is_reconciled": all(not line.residual_currency for line in entry.receivables),
    }  # fmt: skip


def _company_float(entry: Entry, amount: int) -> float:
    """An amount of the entry's company currency."""
    return as_float(amount, DIGITS[COMPANY[entry.company].currency])
