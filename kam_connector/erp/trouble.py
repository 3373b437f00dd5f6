"""What can go wrong between our bytes and theirs, sorted by what is known about the request.

`Trouble` never leaves this package: `calls` turns it into an error of `kam_connector.errors`, differently for
reads and for writes.
"""

from __future__ import annotations

from enum import Enum

from ..texts import Words, text_of


class Known(Enum):
    """What is known about a request that got no usable answer."""

    UNSENT = "nothing reached the server"
    LATER = "the server or a gateway asked to come back later, before doing anything"
    LOST = "it was sent, the answer did not arrive: done or not done"
    GARBLED = "something came back that is not an answer: done or not done"
    MISDIRECTED = "the address, certificate or gateway is wrong: the ERP itself did not see it"


class Trouble(Exception):
    """No usable answer: `known` says what is known, `again` whether a read may be sent again.

    `what` and `next_step` are templates that share the named `values`. `status` is the HTTP status where something
    else than this protocol answered at the address: another protocol may be spoken there. It is one of the values.
    """

    def __init__(
        self,
        known: Known,
        what: Words,
        *,
        next_step: Words = "",
        again: bool = False,
        wait_seconds: float | None = None,
        status: int | None = None,
        **values: object,
    ) -> None:
        values = values if status is None else {**values, "status": status}
        super().__init__(str(text_of(what, values)))
        self.known = known
        self.what = text_of(what, values)
        self.next_step = text_of(next_step, values)
        self.again = again
        self.wait_seconds = wait_seconds
        self.status = status
