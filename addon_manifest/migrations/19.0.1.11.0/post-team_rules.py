"""Rules that an earlier version brought are an administrator's: only what they say of a team's members is put right."""

import re

from odoo import SUPERUSER_ID, api

OF_LEADERS = ("customer", "score", "ageing_line", "collection_task", "complaint", "complaint_line", "complaint_event")
OF_LEADERS += ("complaint_evidence", "complaint_review", "promise", "suggestion", "collection_case", "warning")
RULES = (*(f"kam_{name}_manager_rule" for name in OF_LEADERS), "kam_target_user_rule")
#: Whoever ever was a member of the team, as the membership is archived when it ends.
EVER = re.compile(r"\('([\w.]+)\.crm_team_member_ids\.crm_team_id\.user_id', '=', user\.id\)")
NOW = (
    r"('\1.crm_team_member_ids', 'any', "
    r"['|', ('active', '=', True), ('user_id.active', '=', False), ('crm_team_id.user_id', '=', user.id)])"
)
MINE_EVER = "('team_id.crm_team_member_ids.user_id', '=', user.id)"
MINE_NOW = "('team_id.crm_team_member_ids', 'any', [('active', '=', True), ('user_id', '=', user.id)])"


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in RULES:
        rule = env.ref(f"kam_connector.{name}", raise_if_not_found=False)  # an administrator may have deleted it
        if rule and rule.domain_force:
            rule.domain_force = EVER.sub(NOW, rule.domain_force).replace(MINE_EVER, MINE_NOW)
