"""What can go wrong between our bytes and theirs, sorted by what is known about the request.

`Trouble` never leaves this package: `calls` turns it into an error of `kam_connector.errors`, differently for
reads and for writes.
"""

from __future__ import annotations

from enum import Enum


class Known(Enum):
    """What is known about a request that got no usable answer."""

    UNSENT = "nothing reached the server"
    LATER = "the server or a gateway asked to come back later, before doing anything"
    LOST = "it was sent, the answer did not arrive: done or not done"
    GARBLED = "something came back that is not an answer: done or not done"
    MISDIRECTED = "the address, certificate or gateway is wrong: the ERP itself did not see it"


class Trouble(Exception):
    """No usable answer: `known` says what is known, `again` whether a read may be sent again."""

    def __init__(
        self,
        known: Known,
        what: str,
        *,
        next_step: str = "",
        again: bool = False,
        wait_seconds: float | None = None,
    ) -> None:
        super().__init__(what)
        self.known = known
        self.what = what
        self.next_step = next_step
        self.again = again
        self.wait_seconds = wait_seconds
