"""Which connector writes to an ERP without the addon: a lease in a note on the company's own partner.

`ir.config_parameter` is for administrators; an attachment is the one place that a login with the least rights may both
read and write, and the reports hang there already. The note is named `kam-connector` and its description says
`generation instance run`. Odoo has no compare-and-set over RPC: the lease is written, read again, and looked at
before each call that writes. So a connector that another one follows stops before its next call; the one call that is
under way at that moment may still arrive. It writes the same absolute values that any connector would, or activities,
which are then found by their mark.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kam_connector.writeback.channels import Session
from kam_connector.writeback.writers import Registered, Writer, described, fenced

NAME = "kam-connector"
_MODEL = "ir.attachment"


@dataclass(frozen=True, slots=True)
class _Held:
    """What the note says."""

    note: int
    generation: int
    instance: str
    run: str
    at: str

    def described(self) -> dict[str, Any]:
        return {"instance": self.instance, "run": self.run, "registered_at": self.at}


class Lease:
    """The lease of this session; nothing is held until `take`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.mine: _Held | None = None

    def take(self, writer: Writer) -> Registered:
        """The lease is ours. Raises Fenced when another connector followed this one."""
        held = self._read()
        other = held is not None and held.instance != writer.instance
        if held is not None and other and writer.known and not writer.take_over:
            raise fenced(held.described())
        if held is None or other or held.run != writer.run:
            generation = (held.generation if held else 0) + 1
            self._write(held, f"{generation} {writer.instance} {writer.run}")
        self.mine = self._read()
        if self.mine is None or (self.mine.instance, self.mine.run) != (writer.instance, writer.run):
            raise fenced(self.mine.described() if self.mine else {"instance": "?", "run": "?", "registered_at": "?"})
        return Registered(self.mine.generation, described(held.described()) if held is not None and other else "")

    def check(self) -> None:
        """Nothing, while the lease is ours. Raises Fenced."""
        now = self._read()
        if self.mine is None or now is None or now.generation != self.mine.generation or now.run != self.mine.run:
            raise fenced(now.described() if now else {"instance": "?", "run": "?", "registered_at": "?"})

    def _read(self) -> _Held | None:
        domain = [("res_model", "=", "res.partner"), ("res_id", "=", self._partner()), ("name", "=", NAME)]
        for row in self.session.search_read(_MODEL, domain, ["description", "write_date"], limit=1):
            parts = str(row["description"] or "").split()
            if len(parts) == 3 and parts[0].isdigit():
                return _Held(int(row["id"]), int(parts[0]), parts[1], parts[2], str(row["write_date"]))
        return None

    def _write(self, held: _Held | None, text: str) -> None:
        if held is not None:
            self.session.write(_MODEL, [held.note], {"description": text})
            return
        place = {"res_model": "res.partner", "res_id": self._partner(), "type": "binary"}
        self.session.create(_MODEL, [{"name": NAME, "description": text, **place}])

    def _partner(self) -> int:
        company = min(self.session.capabilities.companies)
        rows = self.session.search_read("res.company", [("id", "=", company)], ["partner_id"], limit=1)
        return int(rows[0]["partner_id"])
