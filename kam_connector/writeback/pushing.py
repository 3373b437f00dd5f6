"""The push: every change is in the book before it is sent, and its answer before the next call.

One bad record stops only itself: a group that is refused as a whole is halved until the bad one stands
alone (R-56); a group that meets a busy server is halved too, so that a retry asks for less (R-15). A change
whose answer was lost is looked up by its key when the rest is done, and sent once more only if it is not
there: the key is unique in the ERP, so even a first call that is still at work cannot make it twice (R-1,
R-23).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kam_connector import stopping
from kam_connector.crashpoints import crash_point
from kam_connector.erp.faults import ModelMissing
from kam_connector.errors import (
    AccessRefused,
    ErpBusy,
    ErpDefect,
    ErpError,
    ErpUnreachable,
    RecordRefused,
    UnknownOutcome,
)
from kam_connector.ledger import Ledger
from kam_connector.ledger.locking import alone_with
from kam_connector.writeback.channels import Channel, Session
from kam_connector.writeback.former import former_values
from kam_connector.writeback.journal import Place, note_answers, note_planned, note_state, read_journal
from kam_connector.writeback.places import PlacesChannel
from kam_connector.writeback.plans import Answer, Change, Outcome, Plan, Route, Status
from kam_connector.writeback.resolution import Resolved, find_leftovers, resolve
from kam_connector.writeback.writers import note_generation, read_writer

POISON_TRIES = 5
"""A record that the ERP was too busy for in so many pushes is quarantined: something holds it (R-57)."""
_SECOND: Mapping[Status, Status] = {"refused": "postponed"}


@dataclass(slots=True)
class _Work:
    """The push under way; `places` are those of its changes in the book, `tries` how often each was postponed."""

    channel: Channel
    ledger: Ledger
    run: str
    places: dict[str, Place] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    is_second_try: bool = False

    def keep(self, answers: Sequence[Answer]) -> None:
        """The answers stand in the book and in the outcome.

        A refusal of the second try says little (the first call may be at work still): the next night decides.
        """
        if self.is_second_try:
            answers = [replace(answer, status=_SECOND.get(answer.status, answer.status)) for answer in answers]
        note_answers(self.ledger, [(self.places[answer.change.journal_key], answer) for answer in answers], self.run)
        crash_point("writeback.confirmed")
        self.answers.update({answer.change.journal_key: answer for answer in answers})


def push(plan: Plan, session: Session, ledger: Ledger, *, run: str) -> Outcome:
    """What became of every change of the plan; what earlier runs left open is closed first.

    With nothing to send and nothing left open the ERP is not asked at all. Errors: Fenced (another connector writes
    now), LockedError (another push works with this book), ErpUnreachable, LoginRefused, StorageError end the push;
    what was sent stands in the journal, and the next push begins by looking it up.
    """
    with alone_with(ledger.path):
        lines = read_journal(ledger)
        leftovers = find_leftovers(lines.values())
        if not plan.changes and not leftovers:
            return Outcome()
        work = _Work(open_channel(plan.route, session), ledger, run)
        work.tries = {key: line.tries for key, line in lines.items() if line.tries}
        registered = work.channel.register(read_writer(ledger, run))
        note_generation(ledger, registered.generation, run)
        crash_point("writeback.registered")
        resolved = resolve(work.channel, ledger, leftovers)
        changes = _without_twins(work, plan.changes, resolved)
        if changes:
            work.places = note_planned(ledger, changes, run, aside=former_values(ledger, plan.route, changes, run))
        crash_point("writeback.planned")
        _send_all(work, changes)
    counts = {"confirmed": len(resolved.confirmed), "moot": resolved.moot}
    answers = tuple(work.answers[change.journal_key] for change in plan.changes)
    return Outcome(answers, counts, registered.before)


def take_over_by(route: Route, session: Session, ledger: Ledger, *, run: str) -> str:
    """This connector writes from now on, whoever did before; the answer names that one, empty when it was us."""
    with alone_with(ledger.path):
        registered = open_channel(route, session).register(read_writer(ledger, run, take_over=True))
        note_generation(ledger, registered.generation, run)
    return registered.before


def _without_twins(work: _Work, changes: Sequence[Change], resolved: Resolved) -> list[Change]:
    """The changes without the making of what a killed run turns out to have made: an activity has no unique key."""
    made = {answer.change.record: answer for answer in resolved.confirmed if answer.change.model == "mail.activity"}
    twins = [change for change in changes if change.action == "create" and change.record in made]
    answers = [replace(made[change.record], change=change, status="unchanged") for change in twins]
    work.answers.update({answer.change.journal_key: answer for answer in answers})
    return [change for change in changes if change.journal_key not in work.answers]


def _send_all(work: _Work, changes: Sequence[Change]) -> None:
    model = ""
    for group in work.channel.groups(changes):
        if group[0].model != model:  # what follows may point at what is unknown
            _settle_unknown(work)
            model = group[0].model
        _send(work, group)
    _settle_unknown(work)


def open_channel(route: Route, session: Session) -> Channel:
    """The way into this ERP."""
    return PlacesChannel(session, route)


def _send(work: _Work, group: Sequence[Change]) -> None:
    with stopping.undivided():
        refused = _send_group(work, group)
    if refused is not None:
        _send_halves(work, group, refused)


def _send_group(work: _Work, group: Sequence[Change]) -> ErpError | None:
    """The answers stand in the book; or why the group as a whole was refused."""
    note_state(work.ledger, "sent", [work.places[change.journal_key] for change in group], work.run)
    crash_point("writeback.sent")
    try:
        answers = work.channel.apply(group, work.run)
    except UnknownOutcome as error:
        answers = [Answer(change, "unknown", message=error.what) for change in group]
    except (AccessRefused, ModelMissing) as error:
        answers = [Answer(change, "postponed", message=str(error)) for change in group]
    except (RecordRefused, ErpDefect, ErpBusy) as error:
        return error
    crash_point("writeback.answered")
    work.keep(answers)
    return None


def _send_halves(work: _Work, group: Sequence[Change], error: ErpError) -> None:
    if len(group) == 1:
        is_early = work.tries.get(group[0].journal_key, 0) + 1 < POISON_TRIES
        status: Status = "postponed" if isinstance(error, ErpBusy) and is_early else "refused"
        work.keep([Answer(group[0], status, message=error.what)])
        return
    middle = len(group) // 2
    _send(work, group[:middle])
    _send(work, group[middle:])


def _settle_unknown(work: _Work) -> None:
    """Looks up what became of the lost answers; what is not there is sent once more."""
    lost = [answer.change for answer in work.answers.values() if answer.status == "unknown"]
    if not lost:
        return
    work.is_second_try = True
    try:
        found = work.channel.find(lost, work.run)
        work.keep(list(found.values()))
        for group in work.channel.groups([change for change in lost if change.journal_key not in found]):
            _send(work, group)
    except ErpUnreachable:
        return  # they stay unknown; the next push looks them up
    finally:
        work.is_second_try = False
