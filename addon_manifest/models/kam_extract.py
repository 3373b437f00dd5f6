"""The one door through which the connector reads in bulk: many questions, one string as the answer.

`pull` takes a list of questions, each an object with `kind`, `model`, and optionally `companies` (ids to work for):

- page: `domain`, `fields`, `after_id`, `limit` - the rows after that id by rising id, as CSV: id, then the fields
- digest: `domain`, `block_rows` - what all rows come to, by blocks of that many ids or together, as CSV: block (id /
  block_rows, or 0), rows, sum of their ids, sum of their `write_date` (seconds since 1970, 0 without one) times
  1 + id % 65536, modulo 2**61 - 1
- sums: `domain`, `by`, `aggregates` - as JSON a list a group: the values of `by` (of a many2one the id, of a period the
  day or moment that it begins on; null without one), then the aggregates, in no order
- fields: `attributes` - what `fields_get` answers, as JSON; an empty object for a model that is not there

A digest or sums may name in `mark` the one that their last answer came with (or an empty text): the part then has a
`mark`, where one can be made, and `same` without a body where it is still that one (`kam_extract_marks.py`).

The answer is base64 of: 4 bytes with the length of the heading (big-endian), the heading (JSON: `protocol` and in
`parts` one object a question, with its `size` in bytes, or `error` (access, size, refused) and `message`, or `later`
when the answer is full), then all parts one behind the other, compressed with zlib. One string passes XML-RPC and JSON
alike, and PostgreSQL writes the CSV itself, so that no row becomes a Python object: NULL is an empty cell, an empty
text is a quoted one.

What a user may not see stays unseen: the rows are those of the model's own `_search` (rights, record rules,
companies), the columns those that `_field_to_sql` lets the user read. Only stored fields have a column. Nothing is
written: the transaction is read-only from the first question on.
"""

import base64
import io
import json
import struct
import zlib

import psycopg2
from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, json_default

from .kam_extract_marks import find_mark

PROTOCOL = 1
MAX_QUESTIONS = 500
MAX_ROWS = 200_000
MAX_BYTES = 128 * 1024 * 1024
FULL_BYTES = 32 * 1024 * 1024
FASTEST = 1
#: Sums and spans that follow from the column alone: no rate of a currency, no first day of a language's week.
PLAIN = frozenset({"", "sum", "count", "count_distinct", "min", "max", "avg", "day", "month", "quarter", "year"})
STAMP_WEIGHTS, STAMP_MODULUS = 2**16, 2**61 - 1
COLUMN_TYPES = frozenset(
    {
        "boolean",
        "char",
        "date",
        "datetime",
        "float",
        "html",
        "integer",
        "many2one",
        "many2one_reference",
        "monetary",
        "reference",
        "selection",
        "text",
    }
)
REFUSALS = (UserError, ValueError, TypeError, KeyError, psycopg2.DataError, psycopg2.ProgrammingError)


class TooLarge(Exception):
    """The rows of one answer have more than MAX_BYTES."""


class KamExtract(models.AbstractModel):
    _name = "kam.extract"
    _description = "Extraction for the KAM Connector"

    @api.model
    def pull(self, requests):
        """Return the answers to all questions as one string."""
        if not self.env.user.has_group("kam_connector.group_connector"):
            raise AccessError(self.env._("Only the connector's own login may use this endpoint."))
        if not isinstance(requests, list) or len(requests) > MAX_QUESTIONS:
            raise UserError(self.env._("Ask a list of at most %(count)s questions.", count=MAX_QUESTIONS))
        self.env.flush_all()
        self.env.cr.execute("SET TRANSACTION READ ONLY")
        extract = self.with_context(active_test=False)
        parts, content, size = [], zlib.compressobj(FASTEST), 0
        compressed, counted = [], {}
        for request in requests:
            part, body = ({"later": True}, b"") if size >= FULL_BYTES else extract._answer(request, counted)
            parts.append(part)
            compressed.append(content.compress(body))
            size += len(body)
        heading = json.dumps({"protocol": PROTOCOL, "parts": parts}).encode()
        return base64.b64encode(
            b"".join([struct.pack(">I", len(heading)), heading, *compressed, content.flush()])
        ).decode()

    def _answer(self, request, counted):
        """Return the heading and the bytes of one answer; a question that cannot be answered stops only itself."""
        try:
            with self.env.cr.savepoint(flush=False):
                mark = self._find_mark(request, counted) if "mark" in request else None
                same = mark is not None and mark == request["mark"]
                body = b"" if same else self._answer_kind(request)
        except AccessError as error:
            return {"error": "access", "message": str(error)}, b""
        except TooLarge:
            return {"error": "size", "message": self.env._("The answer is too large: ask for fewer rows.")}, b""
        except REFUSALS as error:
            return {"error": "refused", "message": str(error).strip() or type(error).__name__}, b""
        return {"size": len(body), **({"mark": mark, "same": same} if mark else {})}, body

    def _find_mark(self, request, counted):
        """Return the mark of a digest, or of sums that rest on stored columns alone; None for other questions."""
        if request.get("kind") not in ("digest", "sums"):
            return None
        target = self._target(request)
        query = target._search(Domain(request.get("domain") or []))
        specs = [*(request.get("by") or []), *(request.get("aggregates") or [])] or ["write_date"]
        parts = [spec.partition(":") for spec in specs if spec != "__count"]
        if not all(how in PLAIN and _is_column(target._fields.get(name)) for name, _separator, how in parts):
            return None
        names = {name for name, _separator, _how in parts}
        rows = query.select(
            SQL.identifier(query.table, "id"), *(_column(target, query, name) for name in sorted(names))
        )
        self.env.flush_query(rows)
        words = [request["kind"], specs, request.get("block_rows"), self.env.context.get("tz")]
        return find_mark(self.env.cr, rows, words, counted)

    def _answer_kind(self, request):
        kinds = {
            "page": self._read_page,
            "digest": self._read_digest,
            "sums": self._read_sums,
            "fields": self._read_fields,
        }
        answer = kinds.get(request.get("kind"))
        if answer is None:
            raise UserError(self.env._("There are no questions of the kind %(kind)s.", kind=request.get("kind")))
        return answer(request)

    def _read_page(self, request):
        target = self._target(request)
        after = Domain("id", ">", int(request.get("after_id") or 0))
        limit = min(int(request.get("limit") or MAX_ROWS), MAX_ROWS)
        query = target._search(Domain(request.get("domain") or []) & after, order="id", limit=limit)
        names = request.get("fields") or []
        return self._copy(query.select(SQL.identifier(query.table, "id"), *(_column(target, query, n) for n in names)))

    def _read_digest(self, request):
        target = self._target(request)
        query = target._search(Domain(request.get("domain") or []))
        seconds = SQL("date_part('epoch', %s)::bigint", _column(target, query, "write_date"))
        rows = query.select(SQL("%s AS id", SQL.identifier(query.table, "id")), SQL("%s AS seconds", seconds))
        stamps = SQL("sum(coalesce(seconds, 0) * (1 + id %% %s)) %% %s", STAMP_WEIGHTS, STAMP_MODULUS)
        figures = SQL("count(*), coalesce(sum(id), 0), coalesce(%s, 0) FROM (%s) AS wanted", stamps, rows)
        if not request.get("block_rows"):  # without GROUP BY, which would keep PostgreSQL from working in parallel
            return self._copy(SQL("SELECT 0, %s", figures))
        return self._copy(SQL("SELECT id / %s, %s GROUP BY 1 ORDER BY 1", int(request["block_rows"]), figures))

    def _read_sums(self, request):
        by, aggregates = request.get("by") or [], request.get("aggregates") or []
        groups = self._target(request)._read_group(request.get("domain") or [], by, aggregates, order="__count")
        return json.dumps([[_plain(value) for value in group] for group in groups], default=json_default).encode()

    def _read_fields(self, request):
        if request.get("model") not in self.env:
            return b"{}"
        fields = self._target(request).fields_get(attributes=request.get("attributes"))
        return json.dumps(fields, default=json_default).encode()

    def _target(self, request):
        """Return the model that the question is about, for the companies that it names."""
        if request.get("model") not in self.env:
            raise UserError(self.env._("There is no model %(model)s.", model=request.get("model")))
        target = self.env[request["model"]]
        companies = request.get("companies")
        return target.with_context(allowed_company_ids=companies) if companies else target

    def _copy(self, query):
        """Return the rows of the query as CSV, written by PostgreSQL."""
        self.env.flush_query(query)
        rows = _Bounded()
        self.env.cr.copy_expert(self.env.cr.mogrify(SQL("COPY (%s) TO STDOUT (FORMAT csv)", query)).decode(), rows)
        if rows.is_over:
            raise TooLarge
        return rows.getvalue()


class _Bounded(io.BytesIO):
    """Keeps up to MAX_BYTES. What comes after is dropped, not refused: a COPY must be read to its end."""

    is_over = False

    def write(self, piece):
        if self.is_over or self.tell() + len(piece) > MAX_BYTES:
            self.is_over = True
            return len(piece)
        return super().write(piece)


def _plain(value):
    """Return a value of a group as JSON knows it."""
    if isinstance(value, models.BaseModel):
        return value.id or None
    return None if value is False else value


def _column(target, query, name):
    """Return the expression of a stored column; moments in whole seconds, as Odoo tells them."""
    column = target._fields.get(name)
    if not _is_column(column):
        raise UserError(target.env._("%(field)s of %(model)s is not a stored column.", field=name, model=target._name))
    value = target._field_to_sql(query.table, name, query)
    return SQL("date_trunc('second', %s)", value) if column.type == "datetime" else value


def _is_column(field):
    return field is not None and bool(field.store and field.column_type) and field.type in COLUMN_TYPES
