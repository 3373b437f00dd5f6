"""What every record of the connector has: a natural key, a version, a reason, and an owner for each field."""

import json
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Set by the connector's endpoint alone; no person ever writes them.
KEY_FIELDS = frozenset({"kam_key", "kam_run", "kam_version", "computed_by_id", "reason_code", "reason_args"})
#: Which of them every change of the connector moves.
STAMPS = frozenset({"kam_run", "kam_version"})
#: How the key of a record begins until it has an id.
NEW = "new,"
#: Fields of chatter and activities, which follow the rights of the record and not the owner of its figures.
MAIL_PREFIXES = ("message_", "activity_", "my_activity_", "website_message_")


class KamRecord(models.AbstractModel):
    _name = "kam.record"
    _description = "Record Kept by the KAM Connector"
    _inherit = "kam.derived"
    _check_company_auto = True

    #: People own these: the connector fills them at creation and never again.
    _kam_people_fields = frozenset()
    #: People and the connector may both write these.
    _kam_shared_fields = frozenset()
    #: (field of people, from, to): what the connector may close while nobody else has written the record.
    _kam_closings = frozenset()
    #: No figures, only where a record stands: the connector writes these of a locked one, too.
    _kam_unsealed = frozenset()
    #: The field whose record's lock is this one's too.
    _kam_locked_by = ""
    #: What no default of the context, or of a person's own settings, fills: the checks see only what is written.
    _kam_undefaulted = KEY_FIELDS
    #: Computed field: the fields that it is the sum of.
    _kam_sums = {}

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kam_key = fields.Char(
        string="Key",
        required=True,
        copy=False,
        readonly=True,
        default=lambda self: f"{NEW}{uuid4().hex}",
        help="Natural key by which the connector finds this record again; unique in the company.",
    )
    kam_run = fields.Char(
        string="Last Run",
        copy=False,
        readonly=True,
        help="The connector's run that changed this record last.",
    )
    kam_version = fields.Integer(
        string="Version",
        copy=False,
        readonly=True,
        aggregator=None,
        help="Counts the changes by connector and people, so that neither overwrites what it has not seen.",
    )
    reason_code = fields.Char(copy=False, readonly=True)
    reason_args = fields.Text(string="Reason Figures", copy=False, readonly=True)
    reason = fields.Text(
        compute="_compute_reason",
        help="Why the connector decided so: measured figures, limits and since when the rule is in force.",
    )

    _kam_key_unique = models.Constraint(
        "UNIQUE(company_id, kam_key)",
        "The company has a record with this key already.",
    )

    @api.depends("reason_code", "reason_args")
    @api.depends_context("lang")
    def _compute_reason(self):
        for record in self:
            record.reason = self.env["kam.reason"]._render(record.reason_code, record.reason_args)

    @api.constrains("reason_args")
    def _check_reason_args(self):
        for record in self.filtered("reason_args"):
            if not isinstance(_load_object(record.reason_args), dict):
                raise UserError(self.env._("The figures of a reason must be one JSON object."))

    @api.model
    def default_get(self, fields):
        """What others keep begins as the model says, whatever the context or a person's own defaults say."""
        kept = self._kam_undefaulted | self._find_derived()
        values = super().default_get([name for name in fields if name not in kept])
        own = [self._fields[name] for name in fields if name in kept and name in self._fields]
        return {**values, **{field.name: field.default(self) for field in own if field.default}}

    @api.model_create_multi
    def create(self, vals_list):
        self._check_kam_creation(vals_list)
        derived = self._find_derived()
        records = super().create(
            [{name: value for name, value in vals.items() if name not in derived} for vals in vals_list]
        )
        for record in records.filtered(lambda made: made.kam_key.startswith(NEW)):
            record._set_kam_key()
        return records

    def write(self, vals):
        names = _own_names(vals)
        self._check_kam_owner(names - self._find_closings(vals))
        self._check_kam_lock(names)
        if "kam_version" in vals or not names & (self._kam_people_fields | self._kam_shared_fields):
            return super().write(vals)
        for record in self:
            super(KamRecord, record).write({**vals, "kam_version": record.kam_version + 1})
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        if self._filter_locked():
            raise UserError(self.env._("A signed, approved or paid record cannot be deleted."))

    def _take_back(self):
        """The record that the connector made is gone; raise where people have worked on it."""
        self.unlink()

    def _set_kam_key(self):
        """A record that a person makes has the model and the id as its key."""
        # sudo: no person writes a key by hand
        self.sudo().write({"kam_key": f"{self._name},{self.id}"})

    def _translate_standard_names(self, standard_names):
        """What the shipped policy names (by code) has its name in every installed language; people may change it."""
        languages = [code for code, _name in self.env["res.lang"].get_installed() if code != "en_US"]
        for record in self.with_context(lang="en_US"):
            standard = standard_names.get(record.code)
            if standard and record.name == self.with_context(lang="en_US").env._(standard):
                names = {code: self.with_context(lang=code).env._(standard) for code in languages}
                record.update_field_translations("name", names)

    def _filter_locked(self):
        """Return the records whose figures nobody may change any more."""
        above = self._kam_locked_by
        return self.filtered(lambda record: record[above]._filter_locked()) if above else self.browse()

    def _find_closings(self, vals):
        """Return the people's fields that the connector may set here: it alone has written the records so far."""
        if not self._is_connector() or any(record.write_uid != self.env.user for record in self):
            return frozenset()
        return frozenset(
            name
            for name, old, new in self._kam_closings
            if vals.get(name) == new and all(record[name] == old for record in self)
        )

    def _is_connector(self):
        return self.env.user.has_group("kam_connector.group_connector")

    def _is_person(self):
        """Whether the user decides about people's fields: the service user alone does not, whatever it may read."""
        has_group = self.env.user.has_group
        if has_group("kam_connector.group_manager") or has_group("kam_connector.group_accountant"):
            return True
        return has_group("kam_connector.group_user") and not self._is_connector()

    def _is_readable_by(self, user):
        """Whether the user is a colleague with access to the record's company and to the key-account menus."""
        # sudo: the service user need not read the rights of others
        user = user.sudo()
        return (
            user.active
            and not user.share
            and self.company_id in user.company_ids
            and user.has_group("kam_connector.group_user")
        )

    def _check_kam_creation(self, vals_list):
        """Raise AccessError when a person gives a field that only the connector sets."""
        if self.env.su or self._is_connector():
            return
        given = {name for vals in vals_list for name, value in vals.items() if value}
        self._refuse(given & (KEY_FIELDS | self._find_derived()))

    def _check_kam_owner(self, names):
        """Raise AccessError when the user writes a field that is not the user's."""
        if self.env.su:
            return
        connector, person = self._is_connector(), self._is_person()
        foreign = set() if person else names & self._kam_people_fields
        if not connector:
            kept = names - self._kam_people_fields - self._kam_shared_fields
            foreign |= kept if any(self.mapped("kam_run")) else kept & (KEY_FIELDS | self._find_derived())
        self._refuse(foreign)

    def _check_kam_lock(self, names):
        """Raise UserError when a figure of a locked record is written, as superuser too."""
        figures = names - self._kam_people_fields - self._kam_unsealed
        if names & self._kam_unsealed:
            figures -= STAMPS
        if figures and self._filter_locked():
            raise UserError(self.env._("The figures of a signed, approved or paid record cannot be changed."))

    def _of_customer(self, vals):
        """Return the values with the contact's company as the customer: a contact's word and debt are its company's."""
        if not vals.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}


def _own_names(vals):
    return {name for name in vals if not name.startswith(MAIL_PREFIXES)}


def _load_object(text):
    try:
        return json.loads(text)
    except ValueError:
        return None
