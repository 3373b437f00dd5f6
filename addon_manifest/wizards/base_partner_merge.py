"""What becomes of the connector's records when people merge contacts.

Odoo's wizard points every record at the contact that is kept, by SQL, and deletes those that a unique rule does not let
it move: a customer's figures would be gone together with the tier that a person set, or would stay under the key of the
contact that is gone, where the connector does not find them. So the figures of a company are joined before that, and
work in hand goes on under the key that it has with the kept contact.
"""

from odoo import models
from odoo.tools import SQL

#: Their keys are `kind:customer:...`: the connector looks for them under the contact that is kept.
KEYED_BY_CUSTOMER = ("kam.customer", "kam.collection.task", "kam.collection.case", "kam.warning")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: who may merge contacts need not see the figures of every company
        wizard = self.sudo()
        wizard._join_kam_figures(src_partners, dst_partner)
        for model in KEYED_BY_CUSTOMER:
            wizard._rename_kam_keys(self.env[model].sudo(), src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _join_kam_figures(self, src_partners, dst_partner):
        """Leave one record of figures in each company: the kept contact's own where it has one."""
        groups = self.env["kam.customer"]._read_group(
            [("partner_id", "in", (src_partners | dst_partner).ids)], ["company_id"], ["id:recordset"]
        )
        for _company, figures in groups:
            kept = figures.sorted(lambda record: (record.partner_id != dst_partner, record.id))[0]
            others = figures - kept
            if others:
                kept._take_over_override(others)
                kept._take_over_rating(others)
                self._update_reference_fields_generic("kam.customer", others, kept)
                others.unlink()

    def _rename_kam_keys(self, records, src_partners, dst_partner):
        """Let the keys of the records name the kept contact; a key that is taken there is left as it is.

        By SQL, as the wizard itself points locked records at the kept contact: nothing that was signed changes.
        """
        records.flush_model(["company_id", "kam_key", "partner_id"])
        for partner in src_partners:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s AS moved
                       SET kam_key = regexp_replace(kam_key, ':[0-9]+', %(part)s), write_date = now() AT TIME ZONE 'UTC'
                     WHERE partner_id = %(partner)s
                       AND split_part(kam_key, ':', 2) = %(text)s
                       AND NOT EXISTS (
                           SELECT 1
                             FROM %(table)s AS taken
                            WHERE taken.company_id = moved.company_id
                              AND taken.kam_key = regexp_replace(moved.kam_key, ':[0-9]+', %(part)s)
                       )
                    """,
                    table=SQL.identifier(records._table),
                    part=f":{dst_partner.id}",
                    partner=partner.id,
                    text=str(partner.id),
                )
            )
        records.invalidate_model(["kam_key", "write_date"])
