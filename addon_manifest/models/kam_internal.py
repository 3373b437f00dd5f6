"""Records on which colleagues talk about a customer and not with him."""

from odoo import models


class KamInternal(models.AbstractModel):
    _name = "kam.internal"
    _description = "Talk Among Colleagues"
    _inherit = ["mail.thread"]

    def _mail_get_partner_fields(self, introspect_fields=False):
        """Nobody of the customer: what is said of him among colleagues goes to him by no suggestion of the chatter."""
        return []
