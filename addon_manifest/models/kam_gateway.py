"""The one door through which the connector writes: batches of rows, each applied or refused for itself.

`apply` upserts by company and key. A batch is tried whole, by columns where it is plain (`kam_bulk`) and by the ORM
otherwise; one that fails is halved until the bad row stands alone, in a savepoint of its own. A row that changes
nothing writes nothing. A row whose record has moved on since the caller read it (`version`) is a conflict. What people
own is taken at creation and ignored afterwards. The answer tells row by row what came of it, in the order of the rows:
key, status, id, version, message. Rows may come as a list or as the JSON text of one; the answer then has that form too
(one text passes XML-RPC ten times as fast as many values).

`register` gives the caller's run its generation; `apply` with another one answers `{"fenced": ...}` and does nothing.
"""

import json
import math
from dataclasses import dataclass, field

import psycopg2
from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.modules import Manifest

from .kam_record import KEY_FIELDS

PROTOCOL = 2
MODELS = (
    "kam.tier",
    "kam.segment",
    "kam.customer",
    "kam.score",
    "kam.ageing",
    "kam.ageing.line",
    "kam.collection.task",
    "kam.complaint",
    "kam.promise",
    "kam.suggestion",
    "kam.stakeholder",
    "kam.account.member",
    "kam.customer.note",
    "kam.plan",
    "kam.collection.case",
    "kam.warning",
    "kam.payout",
    "kam.payout.line",
    "kam.payout.objection",
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
    is_removal: bool = False


@dataclass(slots=True)
class Batch:
    """What all rows share: the companies of the login, the records that rows point at, the fields found so far."""

    company_ids: frozenset
    links: dict
    columns: dict = field(default_factory=dict)


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
    def register(self, instance, run, known=0, take_over=False):
        """Return {generation, before}: the run's number, and who wrote here before if that was another connector.

        `known` is the last generation that this connector was given. When another one came after it, {fenced} says who,
        and nothing changes until `take_over`.
        """
        self._check_caller()
        # sudo: nobody may write this record but through here
        writer = self.env["kam.writer"].sudo()
        return writer._enrol(str(instance), str(run), int(known), bool(take_over))

    @api.model
    def apply(self, model, rows, run, generation=0):
        """Apply the rows to the model; return one answer a row: key, status, id, version, message."""
        self._check_caller()
        newer = self.env["kam.writer"].sudo()._find_newer(int(generation))  # sudo: as `register`
        if isinstance(rows, str):
            return json.dumps({"fenced": newer} if newer else self._apply(model, json.loads(rows), str(run)))
        return {"fenced": newer} if newer else self._apply(model, rows, str(run))

    def _apply(self, model, rows, run):
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
        return gateway._apply_rows(self.env[model].with_env(gateway.env), rows, run)

    def _apply_rows(self, target, rows, run):
        answers = [None] * len(rows)
        parsed = self._parse_rows(target, rows, answers)
        written = self.env["kam.bulk"]._apply(target, parsed, run)
        if written is None:
            self._apply_each(target, parsed, run, answers)
            return answers
        moved_on = self.env._("The record was changed after you read it.")
        for row, status, record_id, version in written:
            message = moved_on if status == "conflict" else ""
            answers[row.position] = _told(row.key, status, record_id, version, message)
        return answers

    def _apply_each(self, target, rows, run, answers):
        """The rows one by one, in one savepoint; where that fails, each half for itself."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                found = self._find_records(target, rows)
                told = {row.position: self._apply_row(target, row, found, run) for row in rows}
                new = [row for row in rows if told[row.position] is None]
                told |= self._create(target, new, run)
                self.env.flush_all()
        except REFUSALS as error:
            if len(rows) == 1:
                answers[rows[0].position] = _refusal(rows[0].key, self._explain(target, error))
                return
            middle = len(rows) // 2
            self._apply_each(target, rows[:middle], run, answers)
            self._apply_each(target, rows[middle:], run, answers)
            return
        for position, answer in told.items():
            answers[position] = answer

    def _apply_row(self, target, row, found, run):
        """Return the answer for a row whose record exists, None for one that is to be made."""
        record = found.get(row.record_id) if row.record_id else found.get((row.company_id, row.key))
        if row.is_removal:
            return self._remove(record, row)
        if record is None and row.record_id:
            return _told(row.key, "gone", 0, 0, self.env._("The record is gone."))
        return None if record is None else self._update(record, row, run)

    def _remove(self, record, row):
        """Return the answer for a record that the connector made and takes back; nobody may have written it since."""
        if record is None:
            return _told(row.key, "unchanged", 0, 0)
        self._check_company_of(record, row)
        record.check_access("write")
        answer = _answer(row.key, "removed", record)
        if not record.kam_run or record.kam_version != row.version:
            return {**answer, "status": "conflict", "message": self.env._("The record was changed after you read it.")}
        record.sudo()._take_back()  # sudo: the connector deletes nothing but through here
        return answer

    def _parse_rows(self, target, rows, answers):
        """Return the rows that are whole; the others are answered as refused."""
        batch = Batch(frozenset(self.env.companies.ids), self._find_links(target, rows))
        parsed, seen = [], set()
        for position, raw in enumerate(rows):
            key = str(raw.get("key") or "") if isinstance(raw, dict) else ""
            try:
                row = self._parse_row(target, position, raw, batch)
                if (row.company_id, row.key) in seen:
                    raise UserError(self.env._("The key stands twice in the batch."))
                seen.add((row.company_id, row.key))
                parsed.append(row)
            except REFUSALS as error:
                answers[position] = _refusal(key, self._explain(target, error))
        return parsed

    def _parse_row(self, target, position, raw, batch):
        if not isinstance(raw, dict) or not isinstance(raw.get("values"), dict):
            raise UserError(self.env._("A row is an object with key, company_id, values and version."))
        key, company_id = raw.get("key"), raw.get("company_id")
        if not isinstance(key, str) or not key.strip():
            raise UserError(self.env._("The row has no key."))
        if company_id not in batch.company_ids:
            raise AccessError(self.env._("The login may not work for the company %(id)s.", id=company_id))
        values = {}
        for name, value in raw["values"].items():
            column = batch.columns.get(name) or self._find_column(target, name, batch)
            values[name] = self._parse_value(column, value, company_id, batch)
        version, record_id = int(raw.get("version") or 0), int(raw.get("id") or 0)
        return Row(position, key, company_id, version, record_id, values, bool(raw.get("remove")))

    def _find_column(self, target, name, batch):
        """Return the field; raise when the connector may not write it."""
        column = target._fields.get(name)
        is_writable = column and column.store and column.type in COLUMN_TYPES and not column.related
        if not is_writable or name in PROTECTED or (column.compute and column.readonly):
            raise UserError(
                self.env._("The endpoint does not write %(field)s of %(model)s.", field=name, model=target._name)
            )
        batch.columns[name] = column
        return column

    def _parse_value(self, column, value, company_id, batch):
        """Return the value as the field takes it."""
        if isinstance(value, dict):
            return self._find_by_key(column, value, company_id, batch)
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(self.env._("%(field)s is not a number.", field=column.name))
        if isinstance(value, str) and len(value) > MAX_TEXT:
            raise UserError(self.env._("%(field)s is too long.", field=column.name))
        return False if value is None else value

    def _find_by_key(self, column, value, company_id, batch):
        """Return the id of the record that a `{"key": ...}` means, in the same company."""
        if column.type != "many2one" or column.comodel_name not in MODELS or set(value) != {"key"}:
            raise UserError(self.env._("%(field)s takes no reference by key.", field=column.name))
        found = batch.links.get((column.comodel_name, company_id, value["key"]))
        if not found:
            raise UserError(
                self.env._("%(field)s: no record has the key %(key)s.", field=column.name, key=value["key"])
            )
        return found

    def _find_links(self, target, rows):
        """Return {(model, company id, key): id} for every reference by key in the rows, one search a model."""
        asked = {}
        for raw in rows:
            values = raw.get("values") if isinstance(raw, dict) else None
            for name, value in values.items() if isinstance(values, dict) else ():
                if value.__class__ is dict and isinstance(value.get("key"), str) and name in target._fields:
                    asked.setdefault(target._fields[name].comodel_name, set()).add(value["key"])
        found = {}
        for model in asked.keys() & set(MODELS):
            records = self.env[model].search([("kam_key", "in", list(asked[model]))])
            found |= {(model, record.company_id.id, record.kam_key): record.id for record in records}
        return found

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
        self._check_company_of(record, row)
        changes = self._find_changes(record, row)
        if not changes:
            return _answer(row.key, "unchanged", record)
        if row.version and row.version != record.kam_version:
            message = self.env._("The record was changed after you read it.")
            return _answer(row.key, "conflict", record, message)
        record.write({**changes, **self._stamp(record, run, record.kam_version + 1, changes)})
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

    def _create(self, target, rows, run):
        """Return {position: answer} of the rows, which are made at once."""
        records = target.create(
            [
                {
                    **row.values,
                    "company_id": row.company_id,
                    "kam_key": row.key,
                    **self._stamp(target, run, 1, row.values),
                }
                for row in rows
            ]
        )
        return {row.position: _answer(row.key, "created", record) for row, record in zip(rows, records, strict=True)}

    def _stamp(self, target, run, version, values):
        """Return run and version, and who computed the figures where some are among the values."""
        is_computed = "computed_by_id" in target._fields and values.keys() - target._kam_unsealed
        computed_by = {"computed_by_id": self.env.uid} if is_computed else {}
        return {"kam_run": run, "kam_version": version, **computed_by}

    def _check_company_of(self, record, row):
        if record.company_id.id != row.company_id:
            raise AccessError(self.env._("The record belongs to another company."))

    def _explain(self, target, error):
        if isinstance(error, psycopg2.Error):
            return target._sql_error_to_message(error)
        return str(error).strip() or type(error).__name__

    def _check_caller(self):
        if not self.env.user.has_group("kam_connector.group_connector"):
            raise AccessError(self.env._("Only the connector's own login may use this endpoint."))


def _answer(key, status, record, message=""):
    return _told(key, status, record.id, record.kam_version, message)


def _told(key, status, record_id, version, message=""):
    return {"key": key, "status": status, "id": record_id, "version": version, "message": message}


def _refusal(key, message):
    return _told(key, "refused", 0, 0, message)
