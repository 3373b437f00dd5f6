"""Complaints, targets and planned calls: what people would have entered, the first two where the addon is there."""

from __future__ import annotations

from datetime import datetime

from kam_connector.sample.amounts import as_float
from kam_connector.sample.firm import COMPANY, DIGITS
from kam_connector.sample.load_target import Row, Target
from kam_connector.sample.months import period
from kam_connector.sample.papers import Complaint, Documents
from kam_connector.sample.papers import Target as Goal

ADDON_MODELS = ("kam.complaint", "kam.target")
_GROUPS = {
    "salesperson": "kam_connector.group_user",
    "director": "kam_connector.group_director",
    "accountant": "kam_connector.group_accountant",
}


def has_addon(target: Target) -> bool:
    """Whether the addon's models are there."""
    return all(target.session.capabilities.has(model) for model in ADDON_MODELS)


def find_papers(target: Target, documents: Documents) -> None:
    """Ids of a company that was loaded earlier, found by names, logins and references."""
    wanted = {
        "res.company": ("name", {c.name: c.key for c in documents.companies}),
        "res.users": ("login", {p.login: p.key for p in documents.people}),
        "crm.team": ("name", {t.name: t.key for t in documents.teams}),
        "res.partner": ("ref", {p.ref: p.key for p in documents.partners}),
        "sale.order": ("client_order_ref", {o.reference: o.key for o in documents.orders}),
        "account.move": ("ref", {i.reference: i.key for i in documents.invoices}),
    }
    for model, (field, keys) in wanted.items():
        for page in target.session.pages(model, [[field, "!=", False]], [field]):
            for row in page:
                if row[field] in keys:
                    target.ids.setdefault((model, keys[row[field]]), row["id"])


def load_activities(target: Target, documents: Documents) -> None:
    """Calls that salespeople have planned with customers."""
    model = target.one("ir.model", [["model", "=", "res.partner"]])
    call = target.xml_id("mail.mail_activity_data_call")
    target.create_all("mail.activity", {
        a.key: {
            "res_model_id": model, "res_id": target.id_of("res.partner", a.customer), "activity_type_id": call,
            "summary": a.summary, "date_deadline": a.deadline.isoformat(),
            "user_id": target.id_of("res.users", a.user),
        }
        for a in documents.activities
    })  # fmt: skip


def load_addon(target: Target, documents: Documents) -> None:
    """Complaints and targets are there, and our people and we have the addon's roles."""
    for role, group in _GROUPS.items():
        members = [target.id_of("res.users", p.key) for p in documents.people if p.role == role]
        _join(target, members, group)
    for group in _GROUPS.values():
        _join(target, [target.session.uid], group)
    complaints = {paper.key: _complaint(target, paper) for paper in documents.complaints}
    target.create_all("kam.complaint", complaints)
    target.create_all("kam.target", {goal.key: _goal(target, goal) for goal in documents.targets})


def _join(target: Target, users: list[int], group: str) -> None:
    """The users are members of one of the addon's groups."""
    command = (4, target.xml_id(group))
    target.session.write("res.users", users, {target.wording.user_groups: [command]}, context=target.context())


def _complaint(target: Target, paper: Complaint) -> Row:
    digits = DIGITS[COMPANY[paper.company].currency]
    return {
        "name": paper.key, "company_id": target.id_of("res.company", paper.company),
        "partner_id": target.id_of("res.partner", paper.customer),
        "contact_id": target.id_of("res.partner", paper.contact) if paper.contact else False,
        "type": paper.type, "subtype": paper.subtype, "severity": paper.severity, "state": paper.state,
        "channel": paper.channel, "received_at": _moment(paper.received), "responded_at": _moment(paper.responded),
        "resolved_at": _moment(paper.resolved), "closed_at": _moment(paper.closed),
        "order_id": target.id_of("sale.order", paper.order) if paper.order else False,
        "move_id": target.id_of("account.move", paper.invoice),
        "claimed_amount": as_float(paper.claimed_minor, digits),
        "disputed_amount": as_float(paper.disputed_minor, digits), "user_id": target.id_of("res.users", paper.user),
        "description": paper.description,
    }  # fmt: skip


def _goal(target: Target, goal: Goal) -> Row:
    return {
        "company_id": target.id_of("res.company", goal.company), "user_id": target.id_of("res.users", goal.user),
        "team_id": target.id_of("crm.team", goal.team), "period": period(goal.first),
        "date_from": goal.first.isoformat(), "date_to": goal.last.isoformat(), "kind": goal.kind,
        "amount": as_float(goal.amount_minor, DIGITS[COMPANY[goal.company].currency]),
    }  # fmt: skip


def _moment(at: datetime | None) -> str | bool:
    """A moment as Odoo takes it."""
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else False
