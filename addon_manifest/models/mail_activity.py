"""Whoever finishes the activity of a collection task finishes the task."""

from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        activity_type = self.env.ref("kam_connector.mail_activity_type_collection", raise_if_not_found=False)
        activities = self.filtered(
            lambda activity: activity.res_model == "kam.collection.task" and activity.activity_type_id == activity_type
        )
        tasks = self.env["kam.collection.task"].browse(activities.mapped("res_id")).exists()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # sudo: who may finish the activity may finish the task that it stands for
        tasks.sudo()._filter_open().write({"state": "done"})
        return result
