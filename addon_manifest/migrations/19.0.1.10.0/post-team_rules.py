"""Rules that an earlier version brought are an administrator's: only what they say of a team's members is put right."""

import re

from odoo import SUPERUSER_ID, api

RULES = ("kam_payout_manager_rule", "kam_payout_line_manager_rule", "kam_payout_objection_manager_rule")
RULES += ("kam_target_manager_rule",)
#: Whoever ever was a member of the team, as the membership is archived when it ends.
EVER = re.compile(r"\('(\w+)\.crm_team_member_ids\.crm_team_id\.user_id', '=', user\.id\)")
NOW = (
    r"('\1.crm_team_member_ids', 'any', "
    r"['|', ('active', '=', True), ('user_id.active', '=', False), ('crm_team_id.user_id', '=', user.id)])"
)


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in RULES:
        rule = env.ref(f"kam_connector.{name}", raise_if_not_found=False)  # an administrator may have deleted it
        if rule:
            rule.domain_force = EVER.sub(NOW, rule.domain_force)
