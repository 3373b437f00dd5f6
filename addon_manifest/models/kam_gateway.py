"""The one door through which the connector writes: batches of rows, each applied or refused for itself.

`apply` upserts by company and key. Every row has its own savepoint, so a bad one stops only itself. A row that changes
nothing writes nothing. A row whose record has moved on since the caller read it (`version`) is a conflict. What people
own is taken at creation and ignored afterwards. The answer tells row by row what came of it, in the order of the rows.
"""

import math
from dataclasses import dataclass, field

import psycopg2
from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.modules import Manifest

from .kam_record import KEY_FIELDS

PROTOCOL = 1
MODELS = (
    "kam.tier",
    "kam.customer",
    "kam.score",
    "kam.ageing",
    "kam.ageing.line",
    "kam.collection.task",
    "kam.complaint",
    "kam.payout",
    "kam.payout.line",
    "kam.target",
    "kam.run",
)
MAX_ROWS = 2000
MAX_TEXT = 100_000
COLUMN_TYPES = frozenset(
    {"boolean", "char", "date", "datetime", "float", "html", "integer", "many2one", "monetary", "selection", "text"}
)
PROTECTED = KEY_FIELDS - {"reason_code", "reason_args"} | set(models.MAGIC_COLUMNS) | {"company_id"}
REFUSALS = (UserError, ValueError, TypeError, KeyError, psycopg2.IntegrityError, psycopg2.DataError)


@dataclass(slots=True)
class Row:
    """A row on its way: where it stands in the batch, what it addresses, and what it may write."""

    position: int
    key: str
    company_id: int
    version: int
    record_id: int
    values: dict = field(default_factory=dict)


class KamGateway(models.AbstractModel):
    _name = "kam.gateway"
    _description = "Endpoint of the KAM Connector"

    @api.model
    def info(self):
        """Return the addon's version, the protocol's number, and the models that `apply` takes."""
        self._check_caller()
        return {
            "version": Manifest.for_addon("kam_connector").version,
            "protocol": PROTOCOL,
            "models": list(MODELS),
        }

    @api.model
    def apply(self, model, rows, run):
        """Apply the rows to the model; return one answer a row: key, status, id, version, message."""
        self._check_caller()
        if model not in MODELS:
            raise UserError(self.env._("The endpoint does not take the model %(model)s.", model=model))
        if not isinstance(rows, list) or len(rows) > MAX_ROWS:
            raise UserError(self.env._("Send a list of at most %(count)s rows.", count=MAX_ROWS))
        gateway = self.with_context(
            allowed_company_ids=(self.env.user.company_id | self.env.user.company_ids).ids,
            active_test=False,
            tracking_disable=True,
            mail_activity_quick_update=True,
            mail_create_nosubscribe=True,
        )
        return gateway._apply_rows(self.env[model].with_env(gateway.env), rows, str(run))

    def _apply_rows(self, target, rows, run):
        answers = [None] * len(rows)
        parsed = self._parse_rows(target, rows, answers)
        found = self._find_records(target, parsed)
        created = []
        for row in parsed:
            record = found.get(row.record_id) if row.record_id else found.get((row.company_id, row.key))
            if record is None and row.record_id:
                answers[row.position] = _refusal(row.key, self.env._("The record is gone."))
            elif record is None:
                created.append(row)
            else:
                answers[row.position] = self._try(
                    target, row, lambda row=row, record=record: self._update(record, row, run)
                )
        self._create_rows(target, created, run, answers)
        return answers

    def _parse_rows(self, target, rows, answers):
        """Return the rows that are whole; the others are answered as refused."""
        parsed, seen = [], set()
        for position, raw in enumerate(rows):
            key = str(raw.get("key") or "") if isinstance(raw, dict) else ""
            try:
                row = self._parse_row(target, position, raw)
                if (row.company_id, row.key) in seen:
                    raise UserError(self.env._("The key stands twice in the batch."))
                seen.add((row.company_id, row.key))
                parsed.append(row)
            except REFUSALS as error:
                answers[position] = _refusal(key, self._explain(target, error))
        return parsed

    def _parse_row(self, target, position, raw):
        if not isinstance(raw, dict) or not isinstance(raw.get("values"), dict):
            raise UserError(self.env._("A row is an object with key, company_id, values and version."))
        key, company_id = raw.get("key"), raw.get("company_id")
        if not isinstance(key, str) or not key.strip():
            raise UserError(self.env._("The row has no key."))
        if company_id not in self.env.companies.ids:
            raise AccessError(self.env._("The login may not work for the company %(id)s.", id=company_id))
        values = {name: self._parse_value(target, name, value, company_id) for name, value in raw["values"].items()}
        return Row(position, key, company_id, int(raw.get("version") or 0), int(raw.get("id") or 0), values)

    def _parse_value(self, target, name, value, company_id):
        """Return the value as the field takes it; raise when the connector may not write the field."""
        column = target._fields.get(name)
        is_writable = column and column.store and column.type in COLUMN_TYPES and not column.related
        if not is_writable or name in PROTECTED or (column.compute and column.readonly):
            raise UserError(
                self.env._("The endpoint does not write %(field)s of %(model)s.", field=name, model=target._name)
            )
        if isinstance(value, dict):
            return self._find_by_key(column, value, company_id)
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(self.env._("%(field)s is not a number.", field=name))
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise UserError(self.env._("%(field)s is too long.", field=name))
        return False if value is None else value

    def _find_by_key(self, column, value, company_id):
        """Return the id of the record that a `{"key": ...}` means, in the same company."""
        if column.type != "many2one" or column.comodel_name not in MODELS or set(value) != {"key"}:
            raise UserError(self.env._("%(field)s takes no reference by key.", field=column.name))
        found = self.env[column.comodel_name].search(
            [("company_id", "=", company_id), ("kam_key", "=", value["key"])], limit=1
        )
        if not found:
            raise UserError(
                self.env._("%(field)s: no record has the key %(key)s.", field=column.name, key=value["key"])
            )
        return found.id

    def _find_records(self, target, rows):
        """Return {(company id, key): record, id: record} for all rows that have a record already."""
        keys = [row.key for row in rows if not row.record_id]
        companies = list({row.company_id for row in rows})
        domain = [("kam_key", "in", keys), ("company_id", "in", companies)]
        records = target.search(domain, limit=len(keys) * len(companies))
        found = {(record.company_id.id, record.kam_key): record for record in records}
        addressed = target.browse([row.record_id for row in rows if row.record_id]).exists()
        return found | {record.id: record for record in addressed}

    def _update(self, record, row, run):
        """Return the answer for a row whose record exists."""
        if record.company_id.id != row.company_id:
            raise AccessError(self.env._("The record belongs to another company."))
        changes = self._find_changes(record, row)
        if not changes:
            return _answer(row.key, "unchanged", record)
        if row.version and row.version != record.kam_version:
            message = self.env._("The record was changed after you read it.")
            return _answer(row.key, "conflict", record, message)
        record.write({**changes, **self._stamp(record, run, record.kam_version + 1)})
        return _answer(row.key, "updated", record)

    def _find_changes(self, record, row):
        """Return the values that differ from the record's, without those that people own."""
        changes, values = {}, row.values
        closings = record._find_closings(values) if row.version else frozenset()
        for name in values.keys() - (record._kam_people_fields - closings):
            column = record._fields[name]
            new = column.convert_to_cache(values[name], record)
            if new != column.convert_to_cache(record[name], record) and (new or record[name]):
                changes[name] = values[name]
        return changes

    def _create_rows(self, target, rows, run, answers):
        """Create all rows at once; when one of them is bad, each for itself."""
        try:
            with self.env.cr.savepoint():
                records = self._create(target, rows, run)
                self.env.flush_all()
        except REFUSALS:
            for row in rows:
                answers[row.position] = self._try(
                    target, row, lambda row=row: _answer(row.key, "created", self._create(target, [row], run))
                )
            return
        for row, record in zip(rows, records, strict=True):
            answers[row.position] = _answer(row.key, "created", record)

    def _create(self, target, rows, run):
        return target.create(
            [
                {
                    **row.values,
                    "company_id": row.company_id,
                    "kam_key": row.key,
                    **self._stamp(target, run, 1),
                }
                for row in rows
            ]
        )

    def _stamp(self, target, run, version):
        computed_by = {"computed_by_id": self.env.uid} if "computed_by_id" in target._fields else {}
        return {"kam_run": run, "kam_version": version, **computed_by}

    def _try(self, target, row, action):
        """Return the answer of the action, done whole in a savepoint; a refusal when it fails."""
        try:
            with self.env.cr.savepoint():
                answer = action()
                self.env.flush_all()
                return answer
        except REFUSALS as error:
            return _refusal(row.key, self._explain(target, error))

    def _explain(self, target, error):
        if isinstance(error, psycopg2.Error):
            return target._sql_error_to_message(error)
        return str(error).strip() or type(error).__name__

    def _check_caller(self):
        if not self.env.user.has_group("kam_connector.group_connector"):
            raise AccessError(self.env._("Only the connector's own login may use this endpoint."))


def _answer(key, status, record, message=""):
    return {"key": key, "status": status, "id": record.id, "version": record.kam_version, "message": message}


def _refusal(key, message):
    return {"key": key, "status": "refused", "id": 0, "version": 0, "message": message}
