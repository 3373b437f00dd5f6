"""What the service user may do, model by model, and which rows of them it sees: data, no behaviour.

It reads exactly the models of the pull, and of these no row that the pull does not ask for: no vendor bills, no
entries without a receivable (payroll is such an entry), no payments to anybody. Odoo's own groups cannot say that:
"Sales / All Documents" may write orders, and "Accounting / Read-only" sees the whole ledger.

An internal user of Odoo has further rights that nobody can take away (its own preferences, reading partners and
employees' public data, activities); `docs/security.md` lists them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kam_connector.sync import CATALOGUE
from kam_connector.sync.catalogue import CUSTOMER_MOVES, EXTRA_MODELS, INVOICE_MOVES, RECEIVABLE, Domain, Version

ADDON = "kam."
PARTNER = "res.partner"


@dataclass(frozen=True, slots=True)
class Access:
    """The verbs that the service user has on a model without the addon."""

    model: str
    read: bool = True
    write: bool = False
    create: bool = False
    unlink: bool = False


@dataclass(frozen=True, slots=True)
class RowRule:
    """Which rows of a model the service user's group sees; `why` is told to the administrator."""

    model: str
    why: str
    domain: tuple[Any, ...]


def pulled_models() -> tuple[str, ...]:
    """The models of the pull that Odoo itself has, in the order of the pull."""
    return tuple(entry.model for entry in CATALOGUE if not entry.model.startswith(ADDON))


def plain_access() -> tuple[Access, ...]:
    """The access rows of an ERP without the addon: customers are also written (their custom fields)."""
    return tuple(Access(model, write=model == PARTNER) for model in pulled_models())


def extra_access() -> tuple[Access, ...]:
    """The access rows that the addon cannot bring: its files may not name models of modules that may be missing."""
    return tuple(Access(model) for model in EXTRA_MODELS)


def extra_rules(version: Version) -> tuple[RowRule, ...]:
    """The rules on deliveries and on what customers answer, with and without the addon: a survey may be about anything,
    and a transfer may come from a vendor or go to another warehouse."""
    pulled = {found.model: tuple(found.domain(version)) for found in CATALOGUE}
    return (
        RowRule("stock.picking", "deliveries that were made to customers", pulled["stock.picking"]),
        RowRule("rating.rating", "ratings that were given", pulled["rating.rating"]),
        RowRule("survey.survey", "surveys with scores", pulled["survey.survey"]),
        RowRule("survey.user_input", "finished answers to surveys with scores", pulled["survey.user_input"]),
    )


def row_rules(version: Version) -> tuple[RowRule, ...]:
    """The rules of the service user's group on this version of Odoo."""
    kind, receivable = _receivable(version)
    entry = ("line_ids.account_id." + kind, "=", receivable)
    moves = ("|", ("move_type", "in", INVOICE_MOVES), "&", ("move_type", "in", _other_moves()), entry)
    pulled = {found.model: tuple(found.domain(version)) for found in CATALOGUE}
    return (
        RowRule("account.move", "invoices of customers, entries with a receivable", moves),
        RowRule("account.move.line", "receivables and invoice lines of customers", pulled["account.move.line"]),
        RowRule("account.partial.reconcile", "matches of receivables", pulled["account.partial.reconcile"]),
        RowRule("account.payment", "payments of customers", (("partner_type", "=", "customer"),)),
    )


def domain_text(domain: Domain) -> str:
    """The domain as `ir.rule` takes it."""
    return repr([list(term) if isinstance(term, list) else term for term in domain])


def partner_rule(user: int) -> str:
    """Whom the service user (an id) may write, without the addon: no colleague, and nobody outside its companies.

    The rule is one for all users, for Odoo joins the rules of groups by "or" and 14 has one for every internal user;
    whoever else writes is not asked.
    """
    theirs = "['&', ('partner_share', '=', True), '|', ('company_id', '=', False), ('company_id', 'in', company_ids)]"
    return f"{theirs} if user.id == {user} else [(1, '=', 1)]"


def _receivable(version: Version) -> tuple[str, str]:
    domain = next(domain for first, domain in RECEIVABLE if version >= first)
    field, _is, value = domain[0]
    return field.removeprefix("account_id."), value


def _other_moves() -> tuple[str, ...]:
    return tuple(kind for kind in CUSTOMER_MOVES if kind not in INVOICE_MOVES)
