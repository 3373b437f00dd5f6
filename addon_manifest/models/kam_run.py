"""A run of the connector, as its record tells: when, what for, how it ended."""

from odoo import fields, models


class KamRun(models.Model):
    _name = "kam.run"
    _description = "Connector Run"
    _inherit = "kam.record"
    _order = "started_at desc, id desc"

    name = fields.Char(string="Run", required=True)
    kind = fields.Char()
    started_at = fields.Datetime(string="Started", index=True)
    ended_at = fields.Datetime(string="Ended")
    state = fields.Selection(
        selection=[("running", "Running"), ("ok", "Done"), ("findings", "Done with Findings"), ("failed", "Failed")],
        default="running",
    )
    as_of = fields.Date()
    policy_version = fields.Char()
    summary = fields.Text()
    findings_count = fields.Integer(string="Findings")
    written_count = fields.Integer(string="Records Written")
