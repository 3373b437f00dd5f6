"""Plain rows of a large model, by columns: a batch is one look-up, one INSERT and one UPDATE.

The ORM writes 100 to 600 of the connector's rows a second, because it converts and computes value by value. Here a
batch of one model is looked up, compared, and written by three statements. It is taken whole or not at all: whatever is
not plain (a type of field that is not in `kam_bulk_forms`, a value that needs the ORM's own words, a constraint, a
model whose `create` or `write` somebody has extended, a database's refusal) leaves the batch to the ORM, which then
says why a row is bad. So this file may be left out and nothing but the speed changes; a test compares the two.

What stays as in the ORM: rights of the model and record rules (in the look-up and on the rows as written), companies
of the records that a row points at, locked records, people's fields, rounding by digits and currency, defaults, stored
computed fields, `write_uid` and `write_date`. Rows whose inputs of a computed field are equal are computed once, by the
model's own method; sums stand as data in `_kam_sums`.
"""

import json
from datetime import date, datetime
from itertools import product

import psycopg2
from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .kam_bulk_forms import FORMS, NotPlainError

BULK = frozenset({"kam.ageing.line", "kam.customer", "kam.score"})
FEW = 8
MOST_GROUPS = 64
OWNERS = ("odoo.orm.", "odoo.models", "odoo.addons.base.", "odoo.addons.kam_connector.", "odoo.addons.mail.")
STAMPS = ("create_uid", "create_date", "write_uid", "write_date")
REFUSED = (AccessError, psycopg2.IntegrityError, psycopg2.DataError)


class KamBulk(models.AbstractModel):
    _name = "kam.bulk"
    _description = "Writing by Columns for the KAM Connector"

    @api.model
    def _apply(self, target, rows, run):
        """Return [(row, status, id, version)] of all rows, or None when the batch needs the ORM and nothing is done."""
        if len(rows) < FEW or target._name not in BULK or any(row.is_removal for row in rows):
            return None
        try:
            with self.env.cr.savepoint():
                answers = self._write_batch(target, rows, run)
        except (NotPlainError, *REFUSED):
            return None
        self.env.invalidate_all(flush=False)
        return answers

    def _write_batch(self, target, rows, run):
        names = sorted(set().union(*(row.values for row in rows)))
        derived = self._derived_fields(target)
        self._check_plain(target, names, derived)
        forms = self._find_forms(target, names, {row.company_id for row in rows})
        values = [self._in_form(forms, row) for row in rows]
        there = self._look_up(target, rows, [*names, *self._inputs(target, derived, names)])
        answers, new, changed = self._compare(target, rows, values, there, run)
        written = [(row.company_id, update) for row, _there, update in changed]
        self._check_references(target, [*((row.company_id, value) for row, value in new), *written])
        self._update(target, changed, derived)
        ids = self._insert(target, new, derived, run)
        answers += [(row, "created", ids[row.company_id, row.key], 1) for row, _value in new]
        return answers

    # ------------------------------------------------------------------------------------------------------------
    # Is it plain?

    def _check_plain(self, target, names, derived):
        """Raise unless nobody but this addon and Odoo itself has a say when the fields are written."""
        for verb in ("create", "write"):
            target.check_access(verb)
        for owner, name in product(type(target).__mro__, ("create", "write", "_filter_locked")):
            method = vars(owner).get(name)
            if method is not None and not str(method.__module__).startswith(OWNERS):
                raise NotPlainError
        if "computed_by_id" in target._fields or ("active" in names and "activity_ids" in target._fields):
            raise NotPlainError
        self._check_constraints(target, names)
        own = {field.name for field in derived}
        for name in {*names, *own}:
            for dependent in self.pool.get_dependent_fields(target._fields[name]):
                if dependent.store and (dependent.model_name != target._name or dependent.name not in own):
                    raise NotPlainError

    def _check_constraints(self, target, names):
        """Raise when a Python constraint other than that of the reason's figures looks at one of the fields."""
        for method in target._constraint_methods:
            watched = method._constrains
            if callable(watched) or (set(watched) & set(names) and method.__name__ != "_check_reason_args"):
                raise NotPlainError

    def _derived_fields(self, target):
        return [field for field in target._fields.values() if field.store and field.compute and field.column_type]

    def _inputs(self, target, derived, names):
        """Return the fields, beside `names`, from which the stored computed fields follow."""
        found = {name for field in derived for name in self._inputs_of(target, field)}
        return sorted(found - {*names, "company_id"})

    def _inputs_of(self, target, field):
        inputs = sorted({path.split(".")[0] for path in self.pool.field_depends[field]})
        if not all(target._fields[name].store and target._fields[name].column_type for name in inputs):
            raise NotPlainError
        return inputs

    # ------------------------------------------------------------------------------------------------------------
    # Values

    def _find_forms(self, target, names, company_ids):
        """Return {(name, company id): function that brings a value into the column's form}."""
        forms = {}
        for name in names:
            field = target._fields[name]
            make = FORMS.get(field.type)
            if make is None or field.groups or field.company_dependent or getattr(field, "translate", False):
                raise NotPlainError
            for company in self.env["res.company"].browse(company_ids):
                forms[name, company.id] = make(field, target, company)
        return forms

    def _in_form(self, forms, row):
        company = row.company_id
        values = {name: forms[name, company](value) for name, value in row.values.items()}
        figures = values.get("reason_args")
        if figures and not _is_object(figures):
            raise NotPlainError
        return values

    def _look_up(self, target, rows, names):
        """Return {(company id, key): {name: value}} of the rows that are there and that the login may read."""
        domain = Domain("kam_key", "in", [row.key for row in rows])
        domain &= Domain("company_id", "in", list({row.company_id for row in rows}))
        query = target._search(domain)
        columns = list(dict.fromkeys(["id", "company_id", "kam_key", "kam_version", *names]))
        selected = [target._field_to_sql(query.table, name, query) for name in columns]
        found = {}
        for cells in self.env.execute_query(query.select(*selected)):
            there = dict(zip(columns, map(_cell, cells), strict=True))
            found[there["company_id"], there["kam_key"]] = there
        return found

    def _compare(self, target, rows, values, there, run):
        """Return the answers that need no writing or have their version now, the new rows, the changed rows."""
        answers, new, changed = [], [], []
        people = target._kam_people_fields
        for row, value in zip(rows, values, strict=True):
            old = there.get((row.company_id, row.key))
            if row.record_id and (old is None or old["id"] != row.record_id):
                raise NotPlainError
            if old is None:
                new.append((row, value))
                continue
            update = {
                name: cell for name, cell in value.items()
                if cell != old[name] and (cell or old[name]) and name not in people
            }  # fmt: skip
            version = old["kam_version"] or 0
            if not update:
                answers.append((row, "unchanged", old["id"], version))
            elif row.version and row.version != version:
                answers.append((row, "conflict", old["id"], version))
            else:
                changed.append((row, old, {**update, "kam_run": run, "kam_version": version + 1}))
                answers.append((row, "updated", old["id"], version + 1))
        return answers, new, changed

    def _check_references(self, target, values):
        """Raise when a row points at what is gone or at another company's record: the ORM then finds the words."""
        for field in target._fields.values():
            if field.type != "many2one" or not field.check_company:
                continue
            pairs = {(value[field.name], company) for company, value in values if value.get(field.name)}
            if pairs:
                self._check_pairs(field, pairs)

    def _check_pairs(self, field, pairs):
        comodel = self.env[field.comodel_name].sudo()  # sudo: as `_check_company` does
        if "company_id" not in comodel._fields:
            raise NotPlainError
        query = comodel.with_context(active_test=False)._search(Domain("id", "in", list({pair[0] for pair in pairs})))
        names = [comodel._field_to_sql(query.table, name, query) for name in ("id", "company_id")]
        owners = dict(self.env.execute_query(query.select(*names)))
        if any(number not in owners or owners[number] not in (None, company) for number, company in pairs):
            raise NotPlainError

    # ------------------------------------------------------------------------------------------------------------
    # Computed columns

    def _add_derived(self, target, derived, rows):
        """`rows`: (all values of the row as it will be, the values to write); the latter get the computed ones."""
        sums = target._kam_sums
        for field in derived:
            inputs = self._inputs_of(target, field)
            if field.name in sums:
                for whole, written in rows:
                    written[field.name] = round(sum(whole.get(name) or 0.0 for name in sums[field.name]), 6)
                continue
            known = {}
            for whole, written in rows:
                group = tuple(whole.get(name) for name in inputs)
                if group not in known:
                    known[group] = self._compute_one(target, field, dict(zip(inputs, group, strict=True)))
                    if len(known) > MOST_GROUPS:
                        raise NotPlainError
                written[field.name] = known[group]

    def _compute_one(self, target, field, inputs):
        record = target.new({name: value or False for name, value in inputs.items()})
        value = record[field.name]
        return _cell(value.id if isinstance(value, models.BaseModel) else value) or None

    # ------------------------------------------------------------------------------------------------------------
    # Writing

    def _update(self, target, changed, derived):
        if not changed:
            return
        self._check_unlocked(target, [old["id"] for _row, old, _update in changed])
        self._add_derived(target, derived, [({**old, **update}, update) for _row, old, update in changed])
        names = sorted(set().union(*(update for _row, _old, update in changed)))
        kept = [{**{n: old.get(n) for n in names}, **update, "id": old["id"]} for _row, old, update in changed]
        kept.sort(key=lambda values: values["id"])
        columns = SQL(", ").join(SQL("%s = v.%s", SQL.identifier(n), SQL.identifier(n)) for n in names)
        self.env.cr.execute(
            SQL(
                "UPDATE %s t SET %s, write_uid = %s, write_date = %s FROM %s WHERE t.id = v.id",
                SQL.identifier(target._table), columns, self.env.uid, self.env.cr.now(),
                _recordset(target, ["id", *names], kept),
            )
        )  # fmt: skip
        self._check_rules(target, "write", [values["id"] for values in kept])

    def _insert(self, target, new, derived, run):
        """Return {(company id, key): id} of the new records."""
        if not new:
            return {}
        rows = [
            {**value, "company_id": row.company_id, "kam_key": row.key, "kam_run": run, "kam_version": 1}
            for row, value in new
        ]
        defaults = self._defaults(target, rows)
        rows = [{**defaults, **values} for values in rows]
        self._add_derived(target, derived, [(values, values) for values in rows])
        names = sorted(set().union(*rows))
        quoted = SQL(", ").join(map(SQL.identifier, names))
        stamps = SQL(", ").join(map(SQL.identifier, STAMPS))
        uid, now = self.env.uid, self.env.cr.now()
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, %s, %s, %s, %s FROM %s RETURNING company_id, kam_key, id",
                SQL.identifier(target._table), quoted, stamps, quoted, uid, now, uid, now,
                _recordset(target, names, rows),
            )
        )  # fmt: skip
        made = {(company, key): number for company, key, number in self.env.cr.fetchall()}
        self._check_rules(target, "create", list(made.values()))
        return made

    def _defaults(self, target, rows):
        """Return the defaults of the fields that are not sent."""
        given = set.intersection(*(set(values) for values in rows))
        names = [
            field.name for field in target._fields.values()
            if field.store and field.column_type and not field.compute
            and field.name not in given and field.name not in models.MAGIC_COLUMNS
        ]  # fmt: skip
        company = self.env["res.company"].browse(rows[0]["company_id"])
        found = {}
        for name, value in target.default_get(names).items():
            make = FORMS.get(target._fields[name].type)
            if make is None:
                raise NotPlainError
            found[name] = make(target._fields[name], target, company)(value)
        return found

    def _check_unlocked(self, target, ids):
        if not target._kam_locked_by:
            return
        parents = SQL(
            "SELECT DISTINCT %s FROM %s WHERE id IN %s",
            SQL.identifier(target._kam_locked_by), SQL.identifier(target._table), tuple(ids),
        )  # fmt: skip
        comodel = self.env[target._fields[target._kam_locked_by].comodel_name]
        if comodel.browse(number for (number,) in self.env.execute_query(parents))._filter_locked():
            raise NotPlainError

    def _check_rules(self, target, verb, ids):
        """Raise unless the record rules let the login do it with every row as it is now."""
        domain = self.env["ir.rule"]._compute_domain(target._name, verb)
        # sudo: the rules of this very login are in the domain
        allowed = target.sudo().with_context(active_test=False).search_count(Domain("id", "in", ids) & domain)
        if allowed != len(ids):
            raise NotPlainError


def _cell(value):
    """The database's value in the form of `FORMS`."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


def _recordset(target, names, rows):
    """The rows as a table `v` with the columns' own types: one JSON text, whatever the number of rows."""
    columns = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(target._fields[name].column_type[1])) for name in names
    )
    return SQL("json_to_recordset(%s) AS v(%s)", json.dumps(rows), columns)


def _is_object(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
