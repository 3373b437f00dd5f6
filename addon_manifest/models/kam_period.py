"""A period as people type it: a month, a quarter or a year, without the blanks around it."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PATTERN = re.compile(r"[12][0-9]{3}(-(0[1-9]|1[0-2])|-Q[1-4])?")


class KamPeriod(models.AbstractModel):
    _name = "kam.period"
    _description = "Record of a Month, Quarter or Year"

    period = fields.Char(required=True, help="2026-03, 2026-Q1 or 2026.")

    @api.constrains("period")
    def _check_period(self):
        for record in self:
            if not PATTERN.fullmatch(record.period or ""):
                raise ValidationError(
                    self.env._(
                        "%(period)s is not a period. Write a month 2026-03, a quarter 2026-Q1 or a year 2026.",
                        period=record.period or "–",
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_stripped(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(_stripped(vals))


def _stripped(vals):
    return {**vals, "period": vals["period"].strip()} if isinstance(vals.get("period"), str) else vals
