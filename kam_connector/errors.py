"""What can go wrong, sorted by what to do next.

Every error that a user may see is a `KamError`. Its sentences are templates with named values, so that they can be
told in the reader's language; it ends in the next step. `exit_code` is the documented exit code of the command line
(DESIGN section 4).

    raise SettingsError("{path} can be read by others.", next_step="Run `chmod 600 {path}`.", path=path)
"""

from __future__ import annotations

from kam_connector.texts import Lines, Translate, Words, text_of


class KamError(Exception):
    """A failure with one clear message, a next step and a documented exit code.

    `sentences` are what happened and, where there is one, the next step; both share the named `values`. A `Text`
    in their place has its own.
    """

    exit_code = 70

    def __init__(self, what: Words, *, next_step: Words = "", **values: object) -> None:
        super().__init__(what)
        self.sentences = (text_of(what, values), text_of(next_step, values))

    @property
    def what(self) -> str:
        """What happened, where and why, in English."""
        return str(self.sentences[0])

    @property
    def next_step(self) -> str:
        """What the reader can do about it, in English; may be empty."""
        return str(self.sentences[1])

    @property
    def whole(self) -> Lines:
        """What happened and the next step."""
        return Lines(self.sentences, " ")

    def told(self, translate: Translate) -> str:
        """What happened, without the next step, in a language: so reads an error inside another sentence."""
        return self.sentences[0].told(translate)

    def __str__(self) -> str:
        return str(self.whole)


# --- Fix the settings or the policy, then run again -------------------------------------------------------------


class SettingsError(KamError):
    """Settings (kam.toml, environment, flags) are wrong or incomplete."""

    exit_code = 2


class PolicyError(KamError):
    """A policy file is wrong: names file, key and, where known, the line."""

    exit_code = 2


class InputError(KamError):
    """A file or argument given by the user cannot be used."""

    exit_code = 2


# --- The ERP is away or refuses ---------------------------------------------------------------------------------


class ErpError(KamError):
    """The ERP is away or refuses."""

    exit_code = 3


class ErpUnreachable(ErpError):
    """No answer: try later. Nothing was sent that is not known to have been refused."""


class ErpBusy(ErpError):
    """The server gave up on a conflict or asks to come back later: the same call may be sent again later."""


class LoginRefused(ErpError):
    """Wrong database, login, password or key: never tried twice, a server locks out after five."""


class AccessRefused(ErpError):
    """The login has no right on a model, a record or a field: names it."""


class RecordRefused(ErpError):
    """The ERP refused one record (validation, missing record); others may go on."""


class UnknownOutcome(ErpError):
    """A write was sent and its answer lost: look it up by its key, never send it again blindly."""


class ErpDefect(ErpError):
    """The server answered with something that is not an answer (HTML page, broken XML, traceback)."""


# --- Storage: free space, fix rights ------------------------------------------------------------------------------


class StorageError(KamError):
    """A local file cannot be read or written."""

    exit_code = 4


# --- Wait: somebody else is at it -----------------------------------------------------------------------------------


class LockedError(KamError):
    """Another run holds the lock."""

    exit_code = 5

    def __init__(self, pid: int, since: str) -> None:
        super().__init__(
            "Another kam run is at work (process {pid}, since {since}).",
            next_step="Wait for it to end; `kam status` shows how far it is.",
            pid=pid,
            since=since,
        )


class Fenced(KamError):
    """Another connector has taken over the writing to this ERP: nothing was written."""

    exit_code = 5


# --- Look before going on -------------------------------------------------------------------------------------------


class SuspectData(KamError):
    """What the ERP answered cannot be believed (too much vanished, another database): nothing was written."""

    exit_code = 6


class Contradiction(KamError):
    """Two records of the same fact disagree (same key, other content; a broken chain): nothing was written."""

    exit_code = 7


# --- The machine has no room ------------------------------------------------------------------------------------------

_STARVED = ("can't start new thread", "Failed to launch worker thread", "Out of Memory Error")
"""What Python, Arrow and DuckDB say, in errors of other kinds, when the system gives no memory or no thread more."""


def is_starved(error: BaseException) -> bool:
    """Whether what failed is want of memory, whatever library says so."""
    return isinstance(error, MemoryError) or any(said in str(error) for said in _STARVED)
