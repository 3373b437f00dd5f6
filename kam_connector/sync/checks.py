"""What is wrong with the pulled records themselves, as findings; nothing here stops the run (R-38)."""

from __future__ import annotations

from kam_connector.findings import Finding
from kam_connector.mirror import Mirror, rows
from kam_connector.mirror.side_tables import COMPANY_TABLES
from kam_connector.mirror.tables import TABLES
from kam_connector.texts import Text

_NO_PARTNER = """
SELECT line.id, move.name FROM account_move_line line
JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
LEFT JOIN account_move move ON move.id = line.move_id
WHERE NOT line._deleted AND line.parent_state = 'posted' AND line.partner_id IS NULL ORDER BY line.id
"""
_DRAFT_MATCHES = """
SELECT match.id, line.id, line.parent_state FROM account_partial_reconcile match
JOIN account_move_line line ON line.id IN (match.debit_move_id, match.credit_move_id)
WHERE NOT match._deleted AND NOT line._deleted AND line.parent_state IS DISTINCT FROM 'posted'
ORDER BY match.id, line.id
"""
_STATES = {"draft": Text("a draft"), "cancel": Text("cancelled")}
_LOST_CUSTOMERS = """
SELECT partner.id, partner.commercial_partner_id FROM res_partner partner
LEFT JOIN res_partner customer ON customer.id = partner.commercial_partner_id AND NOT customer._deleted
WHERE NOT partner._deleted AND partner.commercial_partner_id IS NOT NULL AND customer.id IS NULL ORDER BY partner.id
"""


def find_bad_records(mirror: Mirror) -> list[Finding]:
    """Findings about quarantined rows, cyclic parents, lost customers, items without partner, matches of drafts."""
    return [
        *_quarantined(mirror),
        *_cycles(mirror),
        *_lost_customers(mirror),
        *_no_partner(mirror),
        *_draft_matches(mirror),
    ]


def _quarantined(mirror: Mirror) -> list[Finding]:
    waiting = rows.quarantined_ids(mirror.db)
    return [
        Finding(
            "error",
            f"sync.{table.name}",
            str(bad.id),
            "{model} {record} is set aside: its field {field} {reason}. Mend it in the ERP.",
            {"model": table.model, "record": bad.id, "field": bad.field, "reason": bad.reason},
        )
        for table in (*TABLES, *COMPANY_TABLES)
        if table.stream in waiting
        for bad in rows.quarantined(mirror.db, table.stream)
    ]


def _cycles(mirror: Mirror) -> list[Finding]:
    found = mirror.db.execute("SELECT partner_id FROM partner_group WHERE cyclic ORDER BY partner_id").fetchall()
    return [
        Finding(
            "warning",
            "sync.res_partner",
            str(partner),
            "The parents of partner {partner} lead in a circle: it counts as a group of its own.",
            {"partner": partner},
        )
        for (partner,) in found
    ]


def _lost_customers(mirror: Mirror) -> list[Finding]:
    return [
        Finding(
            "warning",
            "sync.res_partner",
            str(partner),
            "Partner {partner} belongs to {customer}, not found.",
            {"partner": partner, "customer": customer},
        )
        for partner, customer in mirror.db.execute(_LOST_CUSTOMERS).fetchall()
    ]


def _no_partner(mirror: Mirror) -> list[Finding]:
    return [
        Finding(
            "warning",
            "sync.account_move_line",
            str(item),
            "Receivable item {item} of {document} has no partner: it stands under no customer."
            if document
            else "Receivable item {item} of an unnamed entry has no partner: it stands under no customer.",
            {"item": item, "document": document},
        )
        for item, document in mirror.db.execute(_NO_PARTNER).fetchall()
    ]


def _draft_matches(mirror: Mirror) -> list[Finding]:
    return [
        Finding(
            "warning",
            "sync.account_partial_reconcile",
            str(match),
            "Match {match} joins item {item}, which is {state}: it is not counted."
            if state
            else "Match {match} joins item {item}, which is of no state: it is not counted.",
            {"match": match, "item": item, "state": _STATES.get(state, state)},
        )
        for match, item, state in mirror.db.execute(_DRAFT_MATCHES).fetchall()
    ]
