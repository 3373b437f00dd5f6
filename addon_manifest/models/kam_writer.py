"""Which connector writes to this database: the last one that registered, by number; older ones are fenced off.

Two connectors that keep books of their own (the server's and a laptop's) would both believe that they alone write here.
Each run registers before it writes and gets the next generation; a batch of an older generation is refused as a whole.
A connector that was fenced off by another stays so until a person takes over again; one that was never here (a new
machine) takes over by registering, and is told from whom.
"""

from odoo import api, fields, models
from odoo.tools import SQL

SLOT = 1


class KamWriter(models.Model):
    _name = "kam.writer"
    _description = "Connector That Writes"
    _rec_name = "instance"
    _log_access = False

    slot = fields.Integer(required=True, default=SLOT, aggregator=None, help="There is one record only.")
    generation = fields.Integer(required=True, aggregator=None)
    instance = fields.Char(required=True, help="The connector's own number, kept in its book.")
    run = fields.Char(required=True)
    registered_at = fields.Datetime(required=True)

    _slot_unique = models.Constraint("UNIQUE(slot)", "One connector writes at a time.")

    @api.model
    def _enrol(self, instance, run, known, take_over):
        """Return {generation, before}, or {fenced} when another connector came after generation `known` of this one."""
        holder = self._lock_holder("UPDATE")
        if not holder:
            made = self.create({"generation": 1, "instance": instance, "run": run,
                                "registered_at": fields.Datetime.now()})  # fmt: skip
            return {"generation": made.generation, "before": False}
        is_mine = holder.instance == instance
        if not is_mine and known and not take_over:
            return {"fenced": holder._describe()}
        before = False if is_mine else holder._describe()
        if not is_mine or holder.run != run:
            holder.write({"generation": holder.generation + 1, "instance": instance, "run": run,
                          "registered_at": fields.Datetime.now()})  # fmt: skip
        return {"generation": holder.generation, "before": before}

    @api.model
    def _find_newer(self, generation):
        """Return who fenced this generation off, False when it is the current one.

        The row is locked in share mode until the batch is committed: a registration waits for it, so that nothing of an
        older generation arrives after a newer one was given.
        """
        holder = self._lock_holder("SHARE")
        return holder._describe() if holder and holder.generation != generation else False

    def _lock_holder(self, strength):
        rows = self.env.execute_query(
            SQL("SELECT id FROM %s WHERE slot = %s FOR %s", SQL.identifier(self._table), SLOT, SQL(strength))
        )
        return self.browse(number for (number,) in rows)

    def _describe(self):
        self.ensure_one()
        return {
            "generation": self.generation,
            "instance": self.instance,
            "run": self.run,
            "registered_at": fields.Datetime.to_string(self.registered_at),
        }
