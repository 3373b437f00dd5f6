"""Where the loader writes to: a session, ids by key, batches, progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kam_connector.erp import Session
from kam_connector.errors import SettingsError
from kam_connector.sample.load_versions import SUPPORTED, Wording

Row = dict[str, Any]
Say = Callable[[str], None]

# no follower mails, no tracking messages, no reset mails: papers of the past make no noise today
QUIET = {
    "tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True,
    "no_reset_password": True, "mail_activity_quick_update": True,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """An ERP that is being filled; `ids` maps (model, key) to the ERP's id."""

    session: Session
    wording: Wording
    say: Say
    ids: dict[tuple[str, str], int] = field(default_factory=dict)

    def id_of(self, model: str, key: str) -> int:
        """The ERP's id of a paper."""
        return self.ids[model, key]

    def context(self, company: str = "") -> Row:
        """Quiet context; with a company, that one alone is at work."""
        chosen = [self.ids["res.company", company]] if company else self.companies()
        return {**QUIET, "allowed_company_ids": chosen}

    def companies(self) -> list[int]:
        """Ids of the sample's companies that are known by now, in their order."""
        return [number for (model, _), number in self.ids.items() if model == "res.company"]

    def create_all(
        self, model: str, rows: Mapping[str, Row], *, company: str = "", batch: int = 200, what: str = ""
    ) -> list[int]:
        """Rows by key become records, in batches; their ids are remembered and answered in order."""
        keys, made, started = list(rows), [], time.monotonic()
        for chunk in chunks(keys, batch):
            new = self.session.create(model, [rows[key] for key in chunk], context=self.context(company))
            self.ids.update({(model, key): number for key, number in zip(chunk, new, strict=True)})
            made += new
            self.tell(what or model, len(made), len(keys), started)
        return made

    def do_all(self, model: str, method: str, ids: Sequence[int], *, batch: int = 100, what: str = "") -> None:
        """A method ran on all records, in batches. (Directly, Odoo 14 could not encode what some methods answer.)"""
        code = f"env['{model}'].browse(env.context['kam_work']).{method}()\n"
        self.run(model, code, chunks(ids, batch), what=what or f"{model}.{method}")

    def run(self, model: str, code: str, batches: Sequence[Sequence[Any]], *, what: str) -> None:
        """A server action of this code ran for each batch, which it finds in the context as `kam_work`."""
        if not batches:
            return
        known = self.one("ir.model", [["model", "=", model]])
        values = {"name": f"kam sample: {what}", "model_id": known, "state": "code", "code": code}
        action = self.session.create("ir.actions.server", [values])[0]
        done, total, started = 0, sum(map(len, batches)), time.monotonic()
        for batch in batches:
            context = {**self.context(), "kam_work": list(batch)}
            self.session.perform("ir.actions.server", "run", [action], context=context)
            done += len(batch)
            self.tell(what, done, total, started)
        self.session.unlink("ir.actions.server", [action])

    def tell(self, what: str, done: int, total: int, started: float) -> None:
        """A line of progress."""
        self.say(f"{what:34}{done:>6} /{total:>6}  {time.monotonic() - started:6.1f} s")

    def xml_id(self, name: str) -> int:
        """Id of an external id, as "base.user_admin"; 0 where it does not exist."""
        module, _, short = name.partition(".")
        domain = [["module", "=", module], ["name", "=", short]]
        rows = self.session.search_read("ir.model.data", domain, ["res_id"])
        return int(rows[0]["res_id"]) if rows else 0

    def one(self, model: str, domain: Sequence[Any], *, company: str = "") -> int:
        """Id of the first record of a domain. Raises SettingsError when there is none."""
        companies = [self.ids["res.company", company]] if company else None
        found = self.session.search_ids(model, domain, companies=companies)
        if not found:
            raise SettingsError(
                "The ERP has no {model} with {domain}.",
                next_step="The sample needs sales and invoicing installed, with the generic chart of accounts.",
                model=model,
                domain=domain,
            )
        return found[0]


def open_target(session: Session, say: Say) -> Target:
    """The ERP as a target. Raises SettingsError for a version or a database that cannot take the sample."""
    wording = SUPPORTED.get(session.version[0])
    if wording is None:
        raise SettingsError(
            "The sample company cannot be loaded into Odoo {server_version}.",
            next_step="Use 14 or 19.",
            server_version=session.server_version,
        )
    for model in ("sale.order", "account.payment", "crm.team"):
        if not session.capabilities.has(model):
            raise SettingsError(
                "The ERP has no {model}.", next_step="Install sale_management, account and crm first.", model=model
            )
    return Target(session, wording, say)


def chunks(things: Sequence[Any], size: int) -> list[Sequence[Any]]:
    """The things in pieces of at most that size."""
    return [things[i : i + size] for i in range(0, len(things), size)]
