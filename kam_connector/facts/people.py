"""Salespeople and their teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from kam_connector.facts.live import live, remembered, viewed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends import BaseBackend

_SELLERS = (
    ("account_move", "invoice_user_id"),
    ("sale_order", "user_id"),
    ("res_partner", "user_id"),
    ("crm_team_member", "user_id"),
    ("crm_team", "user_id"),
)


@remembered
def salespeople(con: BaseBackend) -> ir.Table:
    """One row a user who sells: named on a customer, an order or an invoice, a member of a team or its leader.

    Columns: user_id, name, login, team_id, team, active.
    """
    user, seller = live(con, "res_users"), _sellers(con)
    user = user.semi_join(seller, user.id == seller.seller_id)
    partner = live(con, "res_partner").select(partner_key="id", name="name")
    joined = user.left_join(partner, user.partner_id == partner.partner_key)
    joined = joined.select("login", "active", "name", user_id=joined.id)
    member = user_teams(con).rename(member_id="user_id")
    joined = joined.left_join(member, joined.user_id == member.member_id)
    team = live(con, "crm_team").select(team_key="id", team="name")
    joined = joined.left_join(team, joined.team_id == team.team_key)
    return joined.select("user_id", "name", "login", "team_id", "team", "active")


@remembered
def writers(con: BaseBackend) -> ir.Table:
    """writer_id, writer: every user with the name of the person, archived ones included."""
    user = live(con, "res_users").select(writer_id="id", person_key="partner_id")
    person = live(con, "res_partner").select(partner_key="id", writer="name")
    joined = user.left_join(person, user.person_key == person.partner_key)
    return joined.select("writer_id", "writer")


@viewed
def user_teams(con: BaseBackend) -> ir.Table:
    """user_id, team_id: one team a user, the one he joined first.

    From the memberships (15 and later), else from the user's own field (14).
    """
    member = live(con, "crm_team_member")
    member = member.filter(member.active.fill_null(True), member.user_id.notnull(), member.crm_team_id.notnull())
    first = member.group_by("user_id").agg(team_id=member.crm_team_id.argmin(member.id))
    user = live(con, "res_users")
    user = user.filter(user.sale_team_id.notnull()).select(user_id="id", team_id="sale_team_id")
    return first.union(user.anti_join(first, "user_id"))


@remembered
def worker_teams(con: BaseBackend) -> ir.Table:
    """One row a user who is a member of a team, or leads one: the team he joined first, else the first that he leads.

    Columns: user_id, team_id, team (its name). A team that is archived leads nobody.
    """
    member, team = user_teams(con), live(con, "crm_team")
    led = team.filter(team.active.fill_null(True), team.user_id.notnull())
    led = led.group_by("user_id").agg(team_id=led.id.min())
    place = member.union(led.anti_join(member, "user_id"))
    name = team.select(team_key="id", team="name")
    return place.inner_join(name, place.team_id == name.team_key).select("user_id", "team_id", "team")


@remembered
def team_companies(con: BaseBackend) -> ir.Table:
    """One row a team that is not archived. Columns: team_id, team, company_id (null: of all companies), leader_id."""
    team = live(con, "crm_team")
    team = team.filter(team.active.fill_null(True))
    return team.select("company_id", team_id="id", team="name", leader_id="user_id").select(
        "team_id", "team", "company_id", "leader_id"
    )


@remembered
def team_leaders(con: BaseBackend) -> ir.Table:
    """One row a user whose team has a leader and is not archived.

    Columns: user_id, manager_id (the user who leads the team).
    """
    team = live(con, "crm_team")
    team = team.filter(team.active.fill_null(True), team.user_id.notnull())
    led = team.select(led_id="id", manager_id="user_id")
    member = user_teams(con)
    return member.inner_join(led, member.team_id == led.led_id).select("user_id", "manager_id")


@remembered
def logins(con: BaseBackend) -> ir.Table:
    """One row an active user, whether or not he sells. Columns: user_id, login."""
    user = live(con, "res_users")
    return user.filter(user.active.fill_null(True)).select("login", user_id="id")


def accounts(con: BaseBackend) -> ir.Table:
    """One row a user, whether or not he sells, archived ones included. Columns: user_id, login. Requirement S4-26."""
    return live(con, "res_users").select("login", user_id="id")


def _sellers(con: BaseBackend) -> ir.Table:
    """seller_id: every user named as a seller, once."""
    named = [live(con, table).select(seller_id=column) for table, column in _SELLERS]
    return ibis.union(*named, distinct=True).filter(lambda t: t.seller_id.notnull())
