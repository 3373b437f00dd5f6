"""What this ERP has and this login may do: asked once each, kept for the session.

Models and rights are found by asking the model itself: from Odoo 19 on, an ordinary user may not read `ir.model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import ErpDefect
from ..texts import Text
from .channel import Channel

if TYPE_CHECKING:
    from .session import Session

Verb = Literal["read", "create", "write", "unlink"]
VERBS: tuple[Verb, ...] = ("read", "create", "write", "unlink")
GATEWAY = "kam.gateway"
PROTOCOL = 2
"""The number of the protocol by which this connector writes through the addon."""

PULLED_MODELS = (
    "res.company",
    "resource.calendar",
    "resource.calendar.attendance",
    "resource.calendar.leaves",
    "res.currency",
    "res.currency.rate",
    "res.users",
    "crm.team",
    "res.country",
    "res.country.state",
    "res.partner.industry",
    "crm.team.member",
    "res.partner",
    "account.payment.term",
    "utm.source",
    "utm.medium",
    "product.category",
    "product.template",
    "product.product",
    "sale.order",
    "sale.order.line",
    "account.account",
    "account.move",
    "account.move.line",
    "account.partial.reconcile",
    "account.payment",
    "mail.activity",
)
ADDON_MODELS = (
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
OPTIONAL_MODELS = (
    "stock.picking",
    "helpdesk.ticket",
    "crm.claim",
    "rating.rating",
    "survey.user_input",
    "crm.lead",
    "ir.attachment",
    "ir.model",
    "ir.model.fields",
)


@dataclass(frozen=True, slots=True)
class Addon:
    """The KAM addon of an ERP: its version, the number of the protocol by which it is written to, and the models that
    its endpoint takes."""

    version: str
    protocol: int
    models: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rights:
    """What the login may do with a model, before any rule on single records."""

    read: bool
    create: bool
    write: bool
    unlink: bool


NO_RIGHTS = Rights(read=False, create=False, write=False, unlink=False)


class Capabilities:
    """Answers about models, fields, rights, companies and the addon. Each question goes to the server once."""

    def __init__(self, session: Session, channel: Channel) -> None:
        self._session = session
        self._channel = channel
        self._rights: dict[str, Rights] = {}
        self._addon: Addon | None = None
        self._addon_asked = False

    @property
    def models(self) -> frozenset[str]:
        """Which of the models that the connector knows about are there."""
        known = (*PULLED_MODELS, *ADDON_MODELS, *OPTIONAL_MODELS)
        return frozenset(model for model in known if self.has(model))

    def has(self, model: str) -> bool:
        """Whether the ERP has this model (its module is installed)."""
        return bool(self._session.fields(model))

    def has_field(self, model: str, field: str) -> bool:
        """Whether the model has this field and the login may see it."""
        return field in self._session.fields(model)

    def rights(self, model: str) -> Rights:
        """What the login may do with the model; nothing where there is no such model."""
        if model not in self._rights:
            self._rights[model] = self._ask_rights(model) if self.has(model) else NO_RIGHTS
        return self._rights[model]

    def forget(self) -> None:
        """The next questions go to the server again: something was installed or granted."""
        self._rights.clear()
        self._addon_asked = False

    @property
    def addon_version(self) -> str | None:
        """The version of the KAM addon, as "19.0.1.5.0", or None where it is not installed."""
        return self.addon.version if self.addon else None

    @property
    def addon(self) -> Addon | None:
        """The KAM addon of this ERP, or None where it is not installed."""
        if not self._addon_asked:
            self._addon = self._ask_addon()
            self._addon_asked = True
        return self._addon

    def check_addon(self) -> None:
        """Nothing, or ErpDefect where the ERP's addon is too old or too new to be written to by this connector."""
        if self.addon is None or self.addon.protocol == PROTOCOL:
            return
        old = Text("Upgrade the module in Odoo: Apps, KAM Connector, Upgrade. `kam addon path` shows its files.")
        new = Text("Update the connector: `pip install --upgrade kam-connector`.")
        raise ErpDefect(
            "The addon {version} in the ERP does not fit this connector: it speaks protocol {theirs}, not {ours}.",
            next_step=old if self.addon.protocol < PROTOCOL else new,
            version=self.addon.version,
            theirs=self.addon.protocol,
            ours=PROTOCOL,
        )

    @property
    def companies(self) -> tuple[int, ...]:
        """The companies that this login may see."""
        return self._session.login.companies

    @property
    def edition(self) -> Literal["community", "enterprise"]:
        """Enterprise says so in its version: "19.0+e"."""
        return "enterprise" if "+e" in self._session.server_version else "community"

    @property
    def time_offset_seconds(self) -> float | None:
        """The server's clock minus ours at the last answer, to a second; None where the server tells no time."""
        return self._channel.time_offset_seconds

    def _ask_rights(self, model: str) -> Rights:
        return Rights(**{verb: self._may(model, verb) for verb in VERBS})

    def _may(self, model: str, verb: Verb) -> bool:
        if self._session.dialect.access_method == "has_access":
            return bool(self._session.call(model, "has_access", [], verb))
        return bool(self._session.call(model, "check_access_rights", verb, raise_exception=False))

    def _ask_addon(self) -> Addon | None:
        if not self.has(GATEWAY):
            return None
        told = self._session.call(GATEWAY, "info")
        models = frozenset(str(model) for model in told.get("models") or ())
        return Addon(str(told.get("version") or ""), int(told.get("protocol") or 0), models)
