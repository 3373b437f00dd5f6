"""How a change reaches the ERP: two ways behind three verbs, `register`, `apply` and `find`.

`register` tells the ERP which connector writes from now on. `apply` sends a group of changes of one model and
answers for each; it raises what the session raises (`UnknownOutcome`, `RecordRefused`, `ErpBusy`, `AccessRefused`,
`ErpUnreachable`). `find` looks up by key what became of changes whose answer was lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kam_connector.errors import UnknownOutcome
from kam_connector.writeback.plans import Answer, Change, Status
from kam_connector.writeback.writers import Registered, Writer, described, fenced

GATEWAY = "kam.gateway"
BATCH = 1000
REGISTER_TRIES = 4
_STATUSES: frozenset[str] = frozenset({"created", "updated", "unchanged", "removed", "gone", "conflict", "refused"})


class Session(Protocol):
    """The part of `kam_connector.erp.Session` that write-back uses."""

    @property
    def uid(self) -> int: ...

    @property
    def version(self) -> tuple[int, int]: ...

    @property
    def capabilities(self) -> Any: ...

    def fields(self, model: str) -> Mapping[str, Any]: ...

    def forget_fields(self, model: str) -> None: ...

    def search_read(
        self,
        model: str,
        domain: list[Any],
        fields: list[str],
        *,
        after_id: int = 0,
        limit: int = 2000,
        companies: Sequence[int] | None = None,
    ) -> list[dict[str, Any]]: ...

    def search_ids(self, model: str, domain: list[Any]) -> list[int]: ...

    def create(self, model: str, rows: list[dict[str, Any]], *, context: dict[str, Any] | None = None) -> list[int]: ...

    def write(
        self, model: str, ids: list[int], values: dict[str, Any], *, context: dict[str, Any] | None = None
    ) -> None: ...

    def unlink(self, model: str, ids: list[int]) -> None: ...

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any: ...


class Channel(Protocol):
    """One way into the ERP."""

    def register(self, writer: Writer) -> Registered:
        """This run writes from now on. Raises Fenced when another connector followed this one."""
        ...

    def groups(self, changes: Sequence[Change]) -> list[list[Change]]:
        """The changes in the groups that one call takes, in the order of sending."""
        ...

    def apply(self, changes: Sequence[Change], run: str) -> list[Answer]:
        """One answer a change, in the same order."""
        ...

    def find(self, changes: Sequence[Change], run: str) -> dict[str, Answer]:
        """Journal key to an answer, for the changes that turn out to be done."""
        ...


class AddonChannel:
    """Batches of 1000 through `kam.gateway.apply`: upsert by company and key, each row taken or refused for itself.

    The rows travel as one JSON text and the answers come back as one: over XML-RPC a text costs a tenth of the values.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.generation = 0

    def register(self, writer: Writer) -> Registered:
        answer = self._registered(writer, REGISTER_TRIES)
        if answer.get("fenced"):
            raise fenced(answer["fenced"])
        self.generation = int(answer["generation"])
        return Registered(self.generation, described(answer["before"]) if answer["before"] else "")

    def _registered(self, writer: Writer, tries: int) -> Any:
        """The addon's answer; asked again when it was lost, since the same run is given the same generation."""
        try:
            return self.session.call(GATEWAY, "register", writer.instance, writer.run, writer.known, writer.take_over)
        except UnknownOutcome:
            if tries == 1:
                raise
            return self._registered(writer, tries - 1)

    def groups(self, changes: Sequence[Change]) -> list[list[Change]]:
        return group_by_model(changes, BATCH)

    def apply(self, changes: Sequence[Change], run: str) -> list[Answer]:
        rows = json.dumps([_row(change) for change in changes])
        answers = _parsed(self.session.call(GATEWAY, "apply", changes[0].model, rows, run, self.generation))
        if isinstance(answers, dict):
            raise fenced(answers["fenced"])
        if len(answers) != len(changes):
            raise UnknownOutcome(
                "The addon answered {count} results for {rows} rows of {model}.",
                next_step="Compare the versions with `kam addon check`, then run again.",
                count=len(answers),
                rows=len(changes),
                model=changes[0].model,
            )
        return [_answer(change, answer) for change, answer in zip(changes, answers, strict=True)]

    def find(self, changes: Sequence[Change], run: str) -> dict[str, Answer]:
        """Done is a change whose record carries the number of the run that sent it.

        What was sent before there was the addon is not looked up: fields are read anew, activities have their mark.
        """
        found: dict[str, Answer] = {}
        for group in self.groups([change for change in changes if change.model.startswith("kam.")]):
            rows = self._records(group)
            for change in group:
                row = rows.get((change.company_id, change.key))
                if change.action == "remove":
                    if row is None:
                        found[change.journal_key] = Answer(change, "removed", change.id, change.version)
                elif row and row["kam_run"] == run and row["kam_version"] > change.version:
                    status: Status = "created" if change.action == "create" else "updated"
                    found[change.journal_key] = Answer(change, status, row["id"], row["kam_version"])
        return found

    def _records(self, group: Sequence[Change]) -> dict[tuple[int, str], dict[str, Any]]:
        keys = sorted({change.key for change in group})
        companies = sorted({change.company_id for change in group})
        domain = [("kam_key", "in", keys), ("company_id", "in", companies)]
        fields = ["kam_key", "company_id", "kam_run", "kam_version"]
        found: dict[tuple[int, str], dict[str, Any]] = {}
        after = 0
        while page := self.session.search_read(group[0].model, domain, fields, after_id=after):
            found.update({(row["company_id"], row["kam_key"]): row for row in page})
            after = page[-1]["id"]
        return found


def group_by_model(changes: Sequence[Change], size: int) -> list[list[Change]]:
    """Neighbours of one model together, at most `size` of them."""
    groups: list[list[Change]] = []
    for change in changes:
        if not groups or groups[-1][0].model != change.model or len(groups[-1]) == size:
            groups.append([])
        groups[-1].append(change)
    return groups


def _row(change: Change) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": change.key,
        "company_id": change.company_id,
        "values": change.values,
        "version": change.version,
    }
    if change.action == "remove":
        row["remove"] = True
    return {**row, "id": change.id} if change.id else row


def _parsed(text: Any) -> Any:
    """The answers, or the object that says who fenced us off."""
    try:
        answers = json.loads(text)
    except (TypeError, ValueError):
        answers = None
    if isinstance(answers, list) or (isinstance(answers, dict) and "fenced" in answers):
        return answers
    raise UnknownOutcome(
        "The addon answered no list of results.",
        next_step="Compare the versions with `kam addon check`, then run again.",
    )


def _answer(change: Change, answer: Mapping[str, Any]) -> Answer:
    status = answer.get("status")
    if answer.get("key") != change.key or status not in _STATUSES:
        raise UnknownOutcome(
            "The addon answered {answer}: {status} where {key} was asked.",
            next_step="Compare the versions with `kam addon check`, then run again.",
            answer=answer.get("key"),
            status=status,
            key=change.key,
        )
    message = str(answer.get("message") or "")
    return Answer(change, status, int(answer.get("id") or 0), int(answer.get("version") or 0), message)
