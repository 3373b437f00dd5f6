"""The connector tells the administrator that its night failed: one activity, closed when it works again.

The connector's user may write the addon's own records only, and an activity needs a document that its maker may write:
hence this narrow method with the rights of the system. It can do nothing but leave, renew and close activities that
carry its mark, on the company's own contact, for an internal user.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

MARK = "(KAM night "
MAX_TEXT = 20_000


class KamNotice(models.AbstractModel):
    _name = "kam.notice"
    _description = "Notice of the KAM Connector to the Administrator"

    @api.model
    def leave(self, mark, login, summary, note):
        """Leave or renew the open activity with this mark; return its id."""
        user = self._find_user(mark, login)
        values = {"summary": self._short(summary), "note": note[:MAX_TEXT], "date_deadline": fields.Date.today()}
        activity = self._find_open(mark, user)[:1]
        if activity:
            activity.write(values)
            return activity.id
        place = {"res_model_id": self.env["ir.model"]._get_id("res.partner"), "res_id": self.env.company.partner_id.id}
        kind = self.env.ref("mail.mail_activity_data_warning", raise_if_not_found=False)
        # sudo: the connector has no write access to contacts; what it may leave there is fixed here
        quiet = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        return quiet.create({**place, **values, "user_id": user.id, "activity_type_id": kind and kind.id}).id

    @api.model
    def settle(self, mark, login, feedback):
        """Mark the open activities with this mark as done; return how many."""
        activities = self._find_open(mark, self._find_user(mark, login))
        count = len(activities)
        if activities:
            activities.action_feedback(feedback=feedback[:MAX_TEXT])
        return count

    def _find_user(self, mark, login):
        self.env["kam.gateway"]._check_caller()
        if not (isinstance(mark, str) and mark.startswith(MARK)):
            raise UserError(self.env._("This is not the mark of a notice."))
        # sudo: only whether there is such an internal user is asked
        user = self.env["res.users"].sudo().search([("login", "=", login), ("share", "=", False)], limit=1)
        if not user:
            raise UserError(self.env._("There is no internal user %(login)s.", login=login))
        return user

    def _find_open(self, mark, user):
        # sudo: see `leave`; the domain keeps to notices of this connector
        activities = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        return activities.search([("user_id", "=", user.id), ("summary", "=like", f"%{self._escaped(mark)}")], limit=20)

    @api.model
    def _escaped(self, mark):
        return mark.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

    @api.model
    def _short(self, summary):
        return " ".join(summary.split())[:500]
