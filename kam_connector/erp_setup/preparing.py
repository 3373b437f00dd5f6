"""What of the pieces is there, what is missing or different, and making it: `kam erp prepare`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kam_connector.erp import Session
from kam_connector.erp_setup.marks import Mark, read_marks, set_marks
from kam_connector.erp_setup.pieces import Filled, Made, ModelOf, Piece, Wanted, XmlId, pieces
from kam_connector.errors import AccessRefused, SettingsError

State = Literal["missing", "differs", "present"]
GROUPS = ("group_ids", "groups_id")
SEVERAL_COMPANIES = "base.group_multi_company"  # Odoo itself gives it to a user of several companies
QUIET = {"no_reset_password": True, "mail_create_nosubscribe": True, "tracking_disable": True}


@dataclass(frozen=True, slots=True)
class Step:
    """One piece and how it stands: `record` is its id where it is there."""

    piece: Piece
    state: State
    record: int = 0
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Setup:
    """The plan: every piece with its state. `user` is the id of the service user, 0 before it is made."""

    wanted: Wanted
    has_addon: bool
    steps: tuple[Step, ...]

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """What `make` would do something about."""
        return tuple(step for step in self.steps if step.state != "present")

    @property
    def user(self) -> int:
        return next((step.record for step in self.steps if step.piece.name == "user"), 0)


def plan_setup(session: Session, wanted: Wanted) -> Setup:
    """What is to be made in this ERP; reads only. Errors: SettingsError, AccessRefused without an administrator."""
    has_addon = bool(session.capabilities.has("kam.gateway"))
    with_length = "api_key_duration" in _fields(session, "res.groups")
    marks = _read(session)
    _refuse_foreign_login(session, wanted, marks)
    listed = list(pieces(wanted, session.version, has_addon=has_addon, has_key_length=with_length))
    known = Known(session, {mark.name: mark.id for mark in marks.values()}, listed)
    steps = [_stand(session, piece, known) for piece in listed if known.fits(piece)]
    return Setup(wanted, has_addon, tuple(steps))


def make(session: Session, setup: Setup) -> Setup:
    """Everything of the plan is there; the answer is the plan with all of it present."""
    known = Known(session, {step.piece.name: step.record for step in setup.steps if step.record}, _pieces(setup))
    done = []
    for batch in _batches(setup.steps):
        for step, record in zip(batch, _carry_out(session, batch, known), strict=True):
            known.ids[step.piece.name] = record
            done.append(Step(step.piece, "present", record))
    session.forget_fields("res.partner")
    session.capabilities.forget()
    return Setup(setup.wanted, setup.has_addon, tuple(done))


class Known:
    """Ids of what values point at: pieces made so far, records of Odoo, models."""

    def __init__(self, session: Session, ids: dict[str, int], listed: list[Piece]) -> None:
        self.ids = ids
        self._session = session
        names = {value.model for piece in listed for value in piece.values.values() if isinstance(value, ModelOf)}
        rows = session.search_read("ir.model", [("model", "in", sorted(names))], ["model"])
        self._models = {row["model"]: int(row["id"]) for row in rows}
        self._xml_ids: dict[str, int] = {}

    def fits(self, piece: Piece) -> bool:
        """Whether the ERP has the model that the piece is about (teams' members came with 15)."""
        return all(value.model in self._models for value in piece.values.values() if isinstance(value, ModelOf))

    def plain(self, value: Any) -> Any:
        """The value as Odoo takes it; raises KeyError for a piece that is not there yet."""
        if isinstance(value, list):
            return [[6, 0, [self.plain(item) for item in value]]]
        if isinstance(value, Made):
            return self.ids[value.name]
        if isinstance(value, Filled):
            return value.fill(self.ids[value.name])
        if isinstance(value, ModelOf):
            return self._models[value.model]
        return self.xml_id(value.name) if isinstance(value, XmlId) else value

    def xml_id(self, name: str) -> int:
        """The id of a record that Odoo or the addon brought."""
        if name not in self._xml_ids:
            module, _, short = name.partition(".")
            domain = [("module", "=", module), ("name", "=", short)]
            rows = self._session.search_read("ir.model.data", domain, ["res_id"], limit=1)
            self._xml_ids[name] = int(rows[0]["res_id"])
        return self._xml_ids[name]


def _stand(session: Session, piece: Piece, known: Known) -> Step:
    marked = known.ids.get(piece.name, 0)
    found = [marked] if marked else session.search_ids(piece.model, list(piece.natural)) if piece.natural else []
    if not found:
        return Step(piece, "missing")
    known.ids[piece.name] = found[0]
    state: State = "differs" if _differs(session, piece, found[0], known) else "present"
    return Step(piece, state, found[0], marked=bool(marked))


def _differs(session: Session, piece: Piece, record: int, known: Known) -> bool:
    rows = session.read(piece.model, [record], piece.kept) if piece.kept else []
    return any(_is_other(session, name, row[name], piece.values[name], known) for row in rows for name in piece.kept)


def _is_other(session: Session, name: str, found: Any, value: Any, known: Known) -> bool:
    try:
        wanted = known.plain(value)
    except KeyError:
        return True
    if not isinstance(value, list):
        return bool(found != wanted)
    ids = set(wanted[0][2])
    if name not in GROUPS:
        return set(found) != ids
    return not ids <= set(found) <= _implied(session, ids) | {known.xml_id(SEVERAL_COMPANIES)}


def _implied(session: Session, groups: set[int]) -> set[int]:
    """The groups and all that they bring with them."""
    name = next(name for name in ("all_implied_ids", "trans_implied_ids") if name in _fields(session, "res.groups"))
    rows = session.read("res.groups", sorted(groups), [name])
    return groups.union(*(row[name] for row in rows))


def _batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """The steps in their order, what one call can make together.

    Odoo loads its registry anew for each call that makes fields, and reckons every right anew for the call that
    follows the making of one.
    """
    batch: list[Step] = []
    for step in steps:
        if batch and not _goes_with(step, batch):
            yield batch
            batch = []
        batch.append(step)
    if batch:
        yield batch


def _goes_with(step: Step, batch: list[Step]) -> bool:
    """Whether one call makes it with these: missing, of their model, and pointing at none of them."""
    if {(each.state, each.piece.model) for each in (*batch, step)} != {("missing", step.piece.model)}:
        return False
    return not _points_at(step.piece) & {each.piece.name for each in batch}


def _points_at(piece: Piece) -> set[str]:
    """The names of the pieces whose ids its values need."""
    values = (item for value in piece.values.values() for item in (value if isinstance(value, list) else [value]))
    return {value.name for value in values if isinstance(value, Made | Filled)}


def _carry_out(session: Session, steps: list[Step], known: Known) -> list[int]:
    """The ids of the records, which are now as the pieces say: one step, or several missing ones of one model."""
    if steps[0].state != "missing":
        return [_mend(session, step, known) for step in steps]
    rows = [{name: known.plain(value) for name, value in step.piece.values.items()} for step in steps]
    records = session.create(steps[0].piece.model, rows, context=QUIET)
    made = {step.piece.name: record for step, record in zip(steps, records, strict=True)}
    set_marks(session, steps[0].piece.model, made)
    _translate(session, {record: step.piece for step, record in zip(steps, records, strict=True)})
    return records


def _mend(session: Session, step: Step, known: Known) -> int:
    """The id of the record that is there, which is now as the piece says and known as made here."""
    piece = step.piece
    if step.state == "differs":
        names = (*piece.kept, *(["company_id"] if piece.model == "res.users" else []))
        values = {name: known.plain(piece.values[name]) for name in names}
        session.write(piece.model, [step.record], values, context=QUIET)
    if not step.marked:
        set_marks(session, piece.model, {piece.name: step.record})
    return step.record


def _translate(session: Session, pieces_made: Mapping[int, Piece]) -> None:
    """The records, by id, are called what their pieces are called in every language that the ERP has."""
    told = {record: piece for record, piece in pieces_made.items() if piece.titles}
    installed = {code for code, _name in session.call("res.lang", "get_installed")} if told else set()
    for record, piece in told.items():
        for lang in sorted(installed & set(piece.titles)):
            session.write(piece.model, [record], dict(piece.titles[lang]), context={"lang": lang})


def _refuse_foreign_login(session: Session, wanted: Wanted, marks: Mapping[str, Mark]) -> None:
    """A login that was not made here belongs to somebody: its groups are not ours to take away."""
    found = session.search_ids("res.users", [("login", "=", wanted.login)])
    ours = marks["user"].id if "user" in marks else 0
    if any(number != ours for number in found):
        raise SettingsError(
            'The login "{login}" is somebody\'s already: it was not made by `kam erp prepare`.',
            next_step="Choose another with --login.",
            login=wanted.login,
        )


def _read(session: Session) -> dict[str, Mark]:
    try:
        return read_marks(session)
    except AccessRefused as error:
        raise AccessRefused(
            "Preparing the ERP needs an administrator: {reason}",
            next_step="Name one with --admin; the key is asked at a prompt.",
            reason=error,
        ) from error


def _fields(session: Session, model: str) -> Mapping[str, Any]:
    return session.fields(model)


def _pieces(setup: Setup) -> list[Piece]:
    return [step.piece for step in setup.steps]
