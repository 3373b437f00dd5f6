"""Whether the customer was told that his complaint has come: by which message, or by hand, and when.

The first response is what stops the first clock, and whoever settles a case has answered it. That somebody spoke to the
customer is more: a person's message to him, or a person who says that he was told. A message that the server sends by
itself tells nobody.
"""

from odoo import api, fields, models

from .kam_complaint import TOLD
from .kam_complaint_course import PEOPLES_MESSAGES

TEMPLATE = "kam_connector.mail_template_complaint_received"


class KamComplaint(models.Model):
    # a file answers one question: whether the customer was told is another one
    _inherit = "kam.complaint"  # pylint: disable=consider-merging-classes-inherited

    told_at = fields.Datetime(
        string="Customer Told At",
        readonly=True,
        copy=False,
        help="When a person first told the customer that his complaint has come and is worked on.",
    )
    told_by = fields.Selection(
        selection=[("message", "Message"), ("hand", "Noted by Hand")],
        string="How He Was Told",
        readonly=True,
        copy=False,
        tracking=True,
    )
    told_message_id = fields.Many2one(
        comodel_name="mail.message",
        string="Message to Customer",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    is_told = fields.Boolean(string="Customer Told", compute="_compute_is_told")

    @api.depends("told_at")
    def _compute_is_told(self):
        for complaint in self:
            complaint.is_told = bool(complaint.told_at)

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_told({name for vals in vals_list for name, value in vals.items() if value})
        complaints = super().create(vals_list)
        for complaint in complaints.filtered("responded_at"):
            complaint._note_told("hand", complaint.responded_at)
        return complaints

    def write(self, vals):
        self._refuse_told(vals.keys())
        result = super().write(vals)
        if "responded_at" in vals:
            for complaint in self.filtered(lambda case: case.told_by != "message"):
                complaint._note_told("hand", complaint.responded_at)
        return result

    def action_respond(self):
        """The customer has been told, now; his first response, unless the case had one before."""
        self._check_teller()
        now = fields.Datetime.now()
        untold = self.filtered(lambda complaint: not complaint.told_at)
        untold.filtered(lambda complaint: not complaint.responded_at).write({"responded_at": now})
        for complaint in untold.filtered(lambda complaint: not complaint.told_at):
            complaint._note_told("hand", now)
        return True

    def action_tell_customer(self):
        """Open the message that tells the customer, in his language; it is sent by whoever has read it."""
        self.ensure_one()
        self._check_teller()
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)  # a company may have deleted it
        context = {
            "default_model": self._name,
            "default_res_ids": self.ids,
            "default_composition_mode": "comment",
            "default_template_id": template and template.id,
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def _check_teller(self):
        """Raise AccessError unless the user works on the cases as a person."""
        self.check_access("write")
        self._check_kam_owner(TOLD)

    def _refuse_told(self, names):
        """Raise AccessError when anybody but the server says how the customer was told, or that he was not."""
        if not self.env.su:
            self._refuse(TOLD & names)

    def _note_told(self, by, at, message_id=False):
        """The case says how and when the customer was told; without a moment that he was not."""
        # sudo: nobody writes it by hand
        self.sudo().write({"told_at": at, "told_by": at and by, "told_message_id": message_id})

    def _message_post_after_hook(self, message, msg_values):
        """The first message of a person to the customer tells him, and is the first response where there was none."""
        result = super()._message_post_after_hook(message, msg_values)
        if self.told_by != "message" and self._reaches_customer(message):
            if not self.told_at:
                self._note_told("message", message.date, message.id)
            if not self.responded_at:
                self.sudo().responded_at = message.date  # sudo: of an e-mail the gateway is the user
        return result

    def _reaches_customer(self, message):
        """Whether one of our people sends it to somebody of the customer who has an e-mail address."""
        if message.message_type not in PEOPLES_MESSAGES or message.subtype_id.internal:
            return False
        authors = message.author_id.sudo().user_ids  # sudo: one need not read other people's users
        ours = authors.filtered(
            lambda user: user._is_internal() and not user.has_group("kam_connector.group_connector")
        )
        followers = self.sudo().message_follower_ids  # sudo: as Odoo does when it notifies them
        told = message.partner_ids | followers.filtered(lambda one: message.subtype_id in one.subtype_ids).partner_id
        customer = self.partner_id.commercial_partner_id
        theirs = told.sudo().filtered(lambda one: one.commercial_partner_id == customer and one.email_normalized)
        return bool(ours and theirs)
