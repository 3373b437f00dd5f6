"""Payments, bad debts and matches in a real Odoo.

Matching goes through one server action that runs Odoo's own reconciliation for many groups of lines in a call: alone,
four thousand matches would be as many calls. A batch never holds a line twice, so that the order of the matches counts.
"""

from __future__ import annotations

from collections import defaultdict

from kam_connector.sample.amounts import as_float
from kam_connector.sample.firm import COMPANY, DIGITS
from kam_connector.sample.load_target import Row, Target
from kam_connector.sample.load_versions import write_off
from kam_connector.sample.papers import BadDebt, Documents, Payment

BATCH = 150
Lines = dict[tuple[str, int], int]


def load_money(target: Target, documents: Documents) -> None:
    """Payments and bad debts are posted, and matched with what they settle."""
    for company in documents.companies:
        mine = [p for p in documents.payments if p.company == company.key]
        rows = {payment.key: _payment(target, payment) for payment in mine}
        target.create_all("account.payment", rows, company=company.key, batch=100, what=f"payments {company.key}")
        debts = {d.key: _bad_debt(target, d) for d in documents.bad_debts if d.company == company.key}
        target.create_all("account.move", debts, company=company.key, what=f"bad debts {company.key}")
    payments = [target.id_of("account.payment", p.key) for p in documents.payments]
    target.do_all("account.payment", "action_post", payments, what="payments posted")
    entries = [target.id_of("account.move", d.key) for d in documents.bad_debts]
    target.do_all("account.move", "action_post", entries, what="bad debts posted")
    _remember_payment_moves(target, documents)
    _match(target, documents)


def _payment(target: Target, payment: Payment) -> Row:
    """A payment as a draft."""
    digits, currency = DIGITS[payment.currency], target.id_of("res.currency", payment.currency)
    row = {
        "payment_type": "inbound", "partner_type": "customer", "date": payment.day.isoformat(),
        "partner_id": target.id_of("res.partner", payment.customer), "currency_id": currency,
        "amount": as_float(payment.amount_minor, digits),
        "journal_id": target.id_of("account.journal", f"{payment.company}/bank"),
        target.wording.payment_memo: payment.memo,
    }  # fmt: skip
    if payment.write_off_minor:
        row["write_off_line_vals"] = write_off(
            target.wording, as_float(payment.write_off_minor, digits), currency=currency,
            account=target.id_of("account.account", f"{payment.company}/bad_debt"), label="Bank charges",
        )  # fmt: skip
    return row


def _bad_debt(target: Target, debt: BadDebt) -> Row:
    """A journal entry that writes a debt off."""
    amount = as_float(debt.amount_minor, DIGITS[COMPANY[debt.company].currency])
    partner = target.id_of("res.partner", debt.customer)
    expense = target.id_of("account.account", f"{debt.company}/bad_debt")
    receivable = target.id_of("account.account", f"{debt.company}/receivable")
    lines = [
        {"account_id": expense, "partner_id": partner, "name": debt.memo, "debit": amount, "credit": 0.0},
        {"account_id": receivable, "partner_id": partner, "name": debt.memo, "debit": 0.0, "credit": amount},
    ]
    return {
        "move_type": "entry", "date": debt.day.isoformat(), "ref": debt.memo,
        "journal_id": target.id_of("account.journal", f"{debt.company}/general"),
        "line_ids": [(0, 0, line) for line in lines],
    }  # fmt: skip


def _remember_payment_moves(target: Target, documents: Documents) -> None:
    """The journal entries of payments are known under the payments' keys."""
    keys = {target.id_of("account.payment", p.key): p.key for p in documents.payments}
    for page in target.session.pages("account.payment", [["id", "in", list(keys)]], ["move_id"]):
        for row in page:
            target.ids["account.move", keys[row["id"]]] = row["move_id"]


def _match(target: Target, documents: Documents) -> None:
    """All settlements in their order, in batches without a line twice."""
    lines = _receivable_lines(target, documents)
    groups = [
        [lines[s.source, 0], *(lines[key, position] for key, position in s.targets)] for s in documents.settlements
    ]
    target.run("account.move.line", target.wording.reconcile_code, _disjoint(groups), what="matches")


def _receivable_lines(target: Target, documents: Documents) -> Lines:
    """Ids of receivable lines by (paper key, position): instalments by due day."""
    keys = {number: key for (model, key), number in target.ids.items() if model == "account.move"}
    accounts = [target.id_of("account.account", f"{c.key}/receivable") for c in documents.companies]
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    domain = [["account_id", "in", accounts], ["parent_state", "=", "posted"]]
    for page in target.session.pages("account.move.line", domain, ["move_id", "date_maturity"]):
        for row in page:
            if row["move_id"] in keys:
                found[keys[row["move_id"]]].append((row["date_maturity"] or "", row["id"]))
    return {(key, i): line for key, rows in found.items() for i, (_, line) in enumerate(sorted(rows))}


def _disjoint(groups: list[list[int]]) -> list[list[list[int]]]:
    """The groups in batches, in order; a batch ends where a line would come twice."""
    batches: list[list[list[int]]] = [[]]
    used: set[int] = set()
    for group in groups:
        if len(batches[-1]) >= BATCH or used.intersection(group):
            batches.append([])
            used = set()
        batches[-1].append(group)
        used.update(group)
    return batches
