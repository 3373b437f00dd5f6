"""An open session: all that the rest of the connector sees of an ERP.

Reads go by pages over the id, never by offset (rows move under an offset), archived rows included, the companies
always named. Which method and argument the server's version wants stands in `versions`, not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .access import ErpAccess, TransportName
from .calls import Calls
from .capabilities import Capabilities
from .faults import ModelMissing
from .fields import ATTRIBUTES, Field, parse_fields
from .groups import group_call, group_rows, ids_call, read_ids_call
from .lanes import Lanes
from .values import Row, check_fields, check_progress, new_ids, normal_ids, normal_rows
from .versions import Dialect, Version

Domain = Sequence[Any]
PAGE_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are in the ERP: `companies` are those that this login may see, `lang` an installed language code."""

    uid: int
    companies: tuple[int, ...]
    lang: str


class Session:
    """An open session of one login with one ERP. Not shared between threads."""

    def __init__(self, calls: Calls, *, server_version: str, version: Version, dialect: Dialect, login: Login) -> None:
        self._calls = calls
        self._fields: dict[str, dict[str, Field]] = {}
        self._remembered: dict[str, Mapping[str, Field]] = {}
        self.version = version
        self.server_version = server_version
        self.dialect = dialect
        self.login = login
        self.capabilities = Capabilities(self, calls.channel)
        self.lanes = Lanes(self)

    def __repr__(self) -> str:
        return f"<Session with {self.access.host}, Odoo {self.server_version}, user {self.uid}, {self.transport}>"

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """The connection is closed; the session cannot be used any more."""
        self._calls.channel.close()

    @property
    def access(self) -> ErpAccess:
        """Where the ERP is and who we are there."""
        return self._calls.access

    @property
    def transport(self) -> TransportName:
        """What carries the calls: xmlrpc, jsonrpc or json2."""
        return self._calls.transport.name

    @property
    def uid(self) -> int:
        """The id of our user."""
        return self.login.uid

    # --- Reading ---------------------------------------------------------------------------------------------

    def fields(self, model: str) -> dict[str, Field]:
        """The fields of a model that this login may see, by name; empty if there is no such model. Asked once."""
        if model not in self._fields:
            try:
                answer = self._execute(model, "fields_get", [], {"attributes": list(ATTRIBUTES)})
            except ModelMissing:
                answer = {}
            self._fields[model] = parse_fields(answer)
        return self._fields[model]

    def knows_fields(self, model: str) -> bool:
        """Whether `fields(model)` needs no call."""
        return model in self._fields

    def keep_fields(self, model: str, answer: Mapping[str, Mapping[str, Any]]) -> None:
        """`fields(model)` is what `fields_get` answered by another way."""
        self._fields[model] = parse_fields(answer)

    def forget_fields(self, model: str) -> None:
        """The next `fields(model)` asks the server again: its fields were changed."""
        self._fields.pop(model, None)
        self._remembered.pop(model, None)

    def remember_fields(self, model: str, fields: Mapping[str, Field]) -> None:
        """Some fields of the model as an earlier session knew them: reading these asks for no description.

        `fields` and `capabilities` go on to tell only what the server says now.
        """
        self._remembered[model] = fields

    def search_read(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        after_id: int = 0,
        limit: int = PAGE_ROWS,
        companies: Sequence[int] | None = None,
    ) -> list[Row]:
        """One page: rows of `domain` with an id above `after_id`, by rising id, at most `limit`.

        Each row has `id` and `fields`; empty cells are None, many2one are ids, days and moments Odoo's own texts.
        Raises AccessRefused for a field or model that is not there, and the errors of `calls`.
        """
        return self.page_of_rows(model, domain, fields, after_id, limit, companies)[0]

    def pages(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        *,
        after_id: int = 0,
        limit: int = PAGE_ROWS,
        companies: Sequence[int] | None = None,
    ) -> Iterator[list[Row]]:
        """All pages of `search_read`, none of them empty."""
        while True:
            rows, found, last = self.page_of_rows(model, domain, fields, after_id, limit, companies)
            if rows:
                yield rows
            if found < limit:
                return
            check_progress(model, after_id, last)
            after_id = last

    def read(
        self, model: str, ids: Sequence[int], fields: Sequence[str], *, companies: Sequence[int] | None = None
    ) -> list[Row]:
        """The rows of `ids` that exist, by rising id; ids that are gone are left out."""
        known = self.checked_fields(model, fields)
        context = self._read_context(companies)
        asked = set(ids)
        answer = normal_ids(model, self._execute(model, "search", [[["id", "in", list(ids)]]], {"context": context}))
        found = [number for number in answer if number in asked]
        keywords = {"fields": list(fields) or ["id"], "load": "", "context": context}
        rows = normal_rows(model, known, fields, self._execute(model, "read", [found], keywords)) if found else []
        return [row for row in rows if row["id"] in asked]  # nobody asked for others

    def search_ids(self, model: str, domain: Domain, *, companies: Sequence[int] | None = None) -> list[int]:
        """All ids of `domain`, archived ones included, rising."""
        keywords = {"order": "id", "context": self._read_context(companies)}
        return normal_ids(model, self._execute(model, "search", [list(domain)], keywords))

    def search_count(self, model: str, domain: Domain, *, companies: Sequence[int] | None = None) -> int:
        """How many rows `domain` has, archived ones included."""
        return int(self._execute(model, "search_count", [list(domain)], {"context": self._read_context(companies)}))

    def read_group_sum(
        self,
        model: str,
        domain: Domain,
        sums: Sequence[str],
        by: Sequence[str],
        *,
        companies: Sequence[int] | None = None,
    ) -> list[Row]:
        """A row a group: the `by` specs (`date:day` gives an ISO day, a many2one its id), the sums, `__count`."""
        method, args, keywords = group_call(self.dialect, domain, sums, by)
        context = {**self._read_context(companies), "lang": self.login.lang}
        answer = self._execute(model, method, args, {**keywords, "context": context})
        return group_rows(self.dialect, answer, sums, by)

    def count_ids(
        self, model: str, domain: Domain, functions: Sequence[str], *, companies: Sequence[int] | None = None
    ) -> tuple[int, list[float]]:
        """How many rows `domain` has, archived ones included, and functions of their ids (avg, min, max; 0 without).

        There is no sum: XML-RPC has no whole numbers above 2**31. Nor has it null, the answer of 14 to no rows.
        """
        method, args, keywords, keys = ids_call(self.dialect, domain, functions)
        answer = self._execute(model, method, args, {**keywords, "context": self._read_context(companies)})
        return read_ids_call(self.dialect, answer, keys)

    # --- Writing: sent once; a lost answer is UnknownOutcome -----------------------------------------------------

    def create(
        self, model: str, rows: Sequence[Mapping[str, Any]], *, context: Mapping[str, Any] | None = None
    ) -> list[int]:
        """The ids of the new records, in the order of `rows`, all or none. Raises UnknownOutcome, RecordRefused."""
        if not rows:
            return []
        answer = self._execute(model, "create", [[dict(row) for row in rows]], {"context": self._context(context)})
        return new_ids(model, answer, len(rows))

    def write(
        self,
        model: str,
        ids: Sequence[int],
        values: Mapping[str, Any],
        *,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        """All records of `ids` have `values` now. Raises UnknownOutcome, RecordRefused (one missing id refuses all)."""
        if ids:
            self._execute(model, "write", [list(ids), dict(values)], {"context": self._context(context)})

    def unlink(self, model: str, ids: Sequence[int]) -> None:
        """The records of `ids` are gone."""
        if ids:
            self._execute(model, "unlink", [list(ids)], {"context": self._context(None)})

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """The answer of any public method. `kwargs["context"]` is added to the session's own.

        A method that is not a known read counts as a write: it is sent once, and UnknownOutcome is raised when its
        answer is lost, or over XML-RPC, which cannot carry that, when it returns nothing. JSON answers None.
        """
        context = self._context(kwargs.pop("context", None))
        return self._execute(model, method, args, {**kwargs, "context": context})

    def perform(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """As `call`, for methods whose work counts and not their answer: returning nothing means done."""
        context = self._context(kwargs.pop("context", None))
        return self._calls.execute(model, method, args, {**kwargs, "context": context}, none_is_done=True)

    # ---------------------------------------------------------------------------------------------------------------

    def page_of_rows(
        self,
        model: str,
        domain: Domain,
        fields: Sequence[str],
        after_id: int,
        limit: int,
        companies: Sequence[int] | None,
    ) -> tuple[list[Row], int, int]:
        """One page as `search_read`: the rows, how many the search found, and the last id that it found."""
        known = self.checked_fields(model, fields)
        paged = [*domain, ["id", ">", after_id]]
        search = {"order": "id", "limit": limit, "context": self._read_context(companies)}
        reading = {"fields": list(fields) or ["id"], "load": ""}
        if self.dialect.search_read_load:
            answer = self._execute(model, "search_read", [paged], {**search, **reading})
            rows = normal_rows(model, known, fields, answer)
            return rows, len(rows), rows[-1]["id"] if rows else after_id
        found = normal_ids(model, self._execute(model, "search", [paged], search))
        if not found:
            return [], 0, after_id
        answer = self._execute(model, "read", [found], {**reading, "context": search["context"]})
        return normal_rows(model, known, fields, answer), len(found), found[-1]

    def checked_fields(self, model: str, wanted: Sequence[str]) -> dict[str, Field]:
        """The `wanted` fields of the model but `id`. Raises AccessRefused for one that the login may not see."""
        known = self._remembered.get(model, {})
        if not known.keys() >= set(wanted) - {"id"}:
            known = self.fields(model)
            check_fields(model, known, wanted, self._calls.access.login)
        return {name: known[name] for name in wanted if name != "id"}

    def _execute(self, model: str, method: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return self._calls.execute(model, method, args, kwargs)

    def _context(self, more: Mapping[str, Any] | None) -> dict[str, Any]:
        own = {"lang": self.login.lang, "tz": "UTC", "allowed_company_ids": list(self.login.companies)}
        return {**own, **(more or {})}

    def _read_context(self, companies: Sequence[int] | None) -> dict[str, Any]:
        chosen = list(self.login.companies if companies is None else companies)
        return self._context({"active_test": False, "allowed_company_ids": chosen})
