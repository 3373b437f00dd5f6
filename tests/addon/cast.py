"""The people, companies and customers of these tests, and what the connector has written about them.

Company A (the database's own) and B. North: lead Li (manager), salespeople Anna and Bo. South: salesperson Cara. Anna
has Alpha and Beta, Bo has Beck, Cara has Ceta. Fin is the accountant of A, Finb of B, Dir the director of A and B, Bot
the service user of both, Out an internal user without any of our groups.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.addon.rpc import Login

RUN = "20260630T020000-test"
GROUPS = {
    "anna": ["sales_team.group_sale_salesman"],
    "bo": ["sales_team.group_sale_salesman"],
    "cara": ["sales_team.group_sale_salesman"],
    "li": ["sales_team.group_sale_salesman", "kam_connector.group_manager"],
    "dir": ["sales_team.group_sale_salesman_all_leads", "kam_connector.group_director"],
    "fin": ["account.group_account_invoice", "kam_connector.group_accountant"],
    "finb": ["account.group_account_invoice", "kam_connector.group_accountant"],
    "bot": ["kam_connector.group_connector"],
    "out": ["base.group_user"],
}
CUSTOMERS = {"Alpha": "anna", "Beta": "anna", "Beck": "bo", "Ceta": "cara"}
HOLD = {
    "currency": "USD", "exposure": "105000.00", "headroom": "-5000.00", "limit": "100000.00", "over_share": "0",
    "valid_from": "2026-01-01",
}  # fmt: skip
SLOW = {"days_late": "8.0", "months": 12, "paid_items": 3, "share_late": "1.0000", "valid_from": "2026-01-01"}
TIERS = ("gold", "silver", "bronze", "bronze")
"""Of Alpha, Beta, Beck and Ceta."""
SEGMENT_REASON = '{"conditions":"tier=gold","segment":"key","tier":"gold","valid_from":"2026-01-01"}'
SERVICE: dict[str, dict[str, Any]] = {
    "gold": {"visit_days": 14, "sla_class": "A", "discount_limit": 0.15, "credit_factor": 3.0, "executive_visits": 4},
    "silver": {"visit_days": 30, "sla_class": "B", "discount_limit": 0.1, "credit_factor": 2.0, "executive_visits": 1},
    "bronze": {"visit_days": 60, "sla_class": "C", "discount_limit": 0.05, "credit_factor": 1.5, "executive_visits": 0},
}
REASON = '{"coverage":"1.00","enter":"80.00","score":"86.50","tier":"gold","valid_from":"2026-01-01"}'


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what there is: logins by name, ids by name."""

    admin: Login
    company_a: int
    company_b: int
    users: dict[str, int]
    partners: dict[str, int]

    def login(self, name: str, **context: Any) -> Login:
        """The login of one of the people."""
        return self.admin.as_user(name, **context)

    def apply(self, model: str, *rows: dict[str, Any], run: str = RUN) -> list[dict[str, Any]]:
        """What the endpoint answers to the service user."""
        answers: list[dict[str, Any]] = self.login("bot").call("kam.gateway", "apply", model, list(rows), run)
        return answers

    def row(self, key: str, company: int | None = None, **values: Any) -> dict[str, Any]:
        """A row for the endpoint, of company A unless said otherwise."""
        return {"key": key, "company_id": company or self.company_a, "values": values, "version": 0}


def gather(admin: Login) -> Cast:
    """The cast, made in a fresh database."""
    company_a = admin.read("res.users", admin.uid, "company_id")["company_id"]
    company_b = admin.create("res.company", name="Company B", currency_id=admin.xml_id("base.EUR"))
    admin.write("res.users", admin.uid, company_ids=[[4, company_b]])
    users = {name: _user(admin, name, company_a, company_b) for name in GROUPS}
    _team(admin, "North", users["li"], [users["anna"], users["bo"], users["li"]])
    _team(admin, "South", users["dir"], [users["cara"]])
    partners = {
        name: admin.create(
            "res.partner", name=name, is_company=True, user_id=users[seller], customer_rank=1, company_id=False
        )
        for name, seller in CUSTOMERS.items()
    }
    return Cast(admin, company_a, company_b, users, partners)


def recall(admin: Login) -> Cast:
    """The cast of a database in which it was made before."""
    company_a = admin.read("res.users", admin.uid, "company_id")["company_id"]
    [company_b] = admin.search("res.company", [["name", "=", "Company B"]])
    users = admin.call("res.users", "search_read", [["login", "in", list(GROUPS)]], ["login"])
    partners = admin.call("res.partner", "search_read", [["name", "in", list(CUSTOMERS)]], ["name"])
    ids = [{row[field]: row["id"] for row in rows} for field, rows in (("login", users), ("name", partners))]
    in_order = [{name: found[name] for name in names} for found, names in zip(ids, (GROUPS, CUSTOMERS), strict=True)]
    return Cast(admin, company_a, company_b, *in_order)


def _user(admin: Login, name: str, company_a: int, company_b: int) -> int:
    companies = {"finb": [company_b], "dir": [company_a, company_b], "bot": [company_a, company_b]}.get(
        name, [company_a]
    )
    return admin.create(
        "res.users",
        name=name.capitalize(),
        login=name,
        password=name,
        company_id=companies[0],
        company_ids=[[6, 0, companies]],
        group_ids=[[6, 0, [admin.xml_id(group) for group in GROUPS[name]]]],
    )


def _team(admin: Login, name: str, leader: int, members: list[int]) -> int:
    return admin.create("crm.team", name=name, user_id=leader, member_ids=[[6, 0, members]], company_id=False)


def write_figures(cast: Cast) -> None:
    """The connector has written tiers, figures, an ageing, tasks, a payout for company A, and figures for company B."""
    tiers = [("gold", "Gold", 3), ("silver", "Silver", 8), ("bronze", "Bronze", 2)]
    for company in (cast.company_a, cast.company_b):
        cast.apply(
            "kam.tier",
            *(cast.row(code, company, code=code, name=name, sequence=place, color=color, **SERVICE[code])
              for place, (code, name, color) in enumerate(tiers)),
        )  # fmt: skip
        segments = [("key", "Key account"), ("small", "Small")]
        cast.apply(
            "kam.segment",
            *(cast.row(code, company, code=code, name=name, sequence=place)
              for place, (code, name) in enumerate(segments)),
        )  # fmt: skip
    cast.apply("kam.customer", *(_customer(cast, name, place) for place, name in enumerate(cast.partners)))
    alpha = cast.partners["Alpha"]
    cast.apply(
        "kam.customer",
        cast.row(f"customer:{alpha}", cast.company_b, partner_id=alpha, score=55.0, status="rated", overdue=99.0),
    )
    cast.apply("kam.score", *(_score(cast, name, place) for place, name in enumerate(cast.partners)))
    _write_ageing(cast)
    cast.apply("kam.collection.task", *(_task(cast, name, place) for place, name in enumerate(cast.partners)))
    cast.apply("kam.warning", *(_warning(cast, name) for name in cast.partners))
    _write_payouts(cast)
    cast.apply(
        "kam.run",
        cast.row(RUN, name=RUN, kind="night", started_at="2026-06-30 02:00:00", ended_at="2026-06-30 02:03:00",
                 state="ok", as_of="2026-06-30", policy_version="2026-01-01", written_count=12),
    )  # fmt: skip


def _customer(cast: Cast, name: str, place: int) -> dict[str, Any]:
    """Alpha 86.5 gold, Beta 71.5 silver, Beck 56.5 bronze, Ceta 41.5 bronze."""
    partner = cast.partners[name]
    return cast.row(
        f"customer:{partner}",
        partner_id=partner,
        tier_id={"key": TIERS[place]},
        segment_id={"key": "key" if place < 2 else "small"},
        segment_reason_code="segment.fits",
        segment_reason_args=SEGMENT_REASON,
        score=86.5 - 15 * place,
        coverage=1.0,
        status="rated",
        score_contribution=90.0,
        score_loyalty=80.0,
        score_growth=90.0,
        score_risk=83.33,
        revenue_12m=1200000.0 - 100000 * place,
        revenue_prev_12m=900000.0,
        receivable_total=1500.0,
        not_due=1000.0,
        d1_30=300.0,
        d31_60=100.0,
        d61_90=50.0,
        d91_180=30.0,
        d181_plus=20.0,
        overdue=500.0 if name != "Ceta" else 0.0,
        doubtful=20.0,
        oldest_due="2025-12-15",
        as_of="2026-06-30",
        user_id=cast.users[CUSTOMERS[name]],
        reason_code="tier.entered",
        reason_args=REASON,
    )


def _score(cast: Cast, name: str, place: int) -> dict[str, Any]:
    partner = cast.partners[name]
    return cast.row(
        f"score:{partner}:2026-06-30",
        partner_id=partner,
        valid_from="2026-06-30",
        tier_id={"key": TIERS[place]},
        score=86.5 - 15 * place,
        coverage=1.0,
        status="rated",
    )


def _write_ageing(cast: Cast) -> None:
    cast.apply(
        "kam.ageing",
        cast.row("ageing:due", name="By due date", as_of="2026-06-30", basis="due", total=6000.0, not_due=4000.0,
                 d1_30=1200.0, d31_60=400.0, d61_90=200.0, d91_180=120.0, d181_plus=80.0, ledger_balance=6000.0),
    )  # fmt: skip
    cast.apply("kam.ageing.line", *(_ageing_line(cast, name) for name in cast.partners))


def _ageing_line(cast: Cast, name: str) -> dict[str, Any]:
    partner, user = cast.partners[name], cast.users[CUSTOMERS[name]]
    return cast.row(
        f"ageing:due:{partner}:{user}", ageing_id={"key": "ageing:due"}, partner_id=partner, user_id=user, total=1500.0,
        not_due=1000.0, d1_30=300.0, d31_60=100.0, d61_90=50.0, d91_180=30.0, d181_plus=20.0,
    )  # fmt: skip


def _task(cast: Cast, name: str, place: int) -> dict[str, Any]:
    partner = cast.partners[name]
    return cast.row(
        f"task:{partner}:{100 + place}:call", partner_id=partner, user_id=cast.users[CUSTOMERS[name]], step="call",
        level=2, amount=500.0, overdue_days=45, oldest_item=100 + place, priority=900.0 - place,
        date_deadline="2026-07-03",
    )  # fmt: skip


def _warning(cast: Cast, name: str) -> dict[str, Any]:
    partner = cast.partners[name]
    return cast.row(
        f"warning:{partner}:order_gap:2026-06-30", partner_id=partner, user_id=cast.users[CUSTOMERS[name]],
        rule="order_gap", measure="order_gap", severity="medium", raised_on="2026-06-30", figure=2.1, raise_at=2.0,
        clear_at=1.2,
    )  # fmt: skip


def _write_payouts(cast: Cast) -> None:
    dollar = cast.admin.read("res.company", cast.company_a, "currency_id")["currency_id"]
    for name in ("anna", "bo", "cara"):
        payee = cast.users[name]
        key = f"payout:{payee}:standard:2026-06:1"
        cast.apply(
            "kam.payout",
            cast.row(key, payee_id=payee, plan="standard", period="2026-06", date_from="2026-06-01", sequence=1,
                     date_to="2026-06-30", currency_id=dollar, earned=123.46, amount=123.46),
        )  # fmt: skip
        cast.apply(
            "kam.payout.line",
            cast.row(f"{key}:commission:0", payout_id={"key": key}, component="commission", base=6172.9, rate=0.02,
                     amount_exact="123.458", amount=123.46),
        )  # fmt: skip


def write_standing(cast: Cast) -> int:
    """The id of Alpha's figures, to which the connector has written a slow payer and the advice to hold."""
    partner = cast.partners["Alpha"]
    values = {
        "partner_id": partner, "payer_class": "slow", "paid_items": 3, "days_late_mean": 8.0, "days_late_spread": 3.7,
        "share_late": 1.0, "payer_trend": "worse", "expected_on": "2026-07-08", "expected_amount": 40.0,
        "payer_reason_code": "payer.slow", "payer_reason_args": json.dumps(SLOW), "credit_advice": "hold",
        "exposure": 105000.0, "credit_limit": 100000.0, "headroom": -5000.0, "provision": 500.0,
        "credit_reason_code": "credit.hold_limit", "credit_reason_args": json.dumps(HOLD),
    }  # fmt: skip
    [answer] = cast.apply("kam.customer", cast.row(f"customer:{partner}", **values))
    assert answer["status"] in ("updated", "unchanged"), answer
    return int(answer["id"])
