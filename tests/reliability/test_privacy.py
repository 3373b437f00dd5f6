"""R-84 on real Odoo 19: the key is in nothing that a person or a log may see, whatever goes wrong."""

from __future__ import annotations

import io
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from kam_connector.erp import Session, connect
from kam_connector.errors import KamError
from tests.reliability.bench import TRANSPORTS, Bench
from tests.reliability.proxy import Kind, Proxy

pytestmark = pytest.mark.odoo
Tried = Callable[[int], None]
CANARY = "canary-Key-5eTQ9"
FAULTS: tuple[Kind, ...] = ("drop", "truncate", "gateway", "reset_when_sent")


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """All loggers at their most talkative, odoorpc's and urllib3's among them."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def shown(work: Callable[[], object]) -> str:
    """What a person may see of it: the answer, or the whole traceback with every cause."""
    try:
        return repr(work())
    except KamError as error:
        return f"{error!r} {error} {''.join(traceback.format_exception(error))}"


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_r84_key_is_in_no_log_and_no_traceback_whatever_fails(
    bench: Bench, proxy: Proxy, tried: Tried, transport: str
) -> None:
    """Each kind of failure on each transport, all loggers on: refused, lost, garbled, denied, wrong."""
    key = bench.key if transport == "json2" else CANARY
    if transport != "json2":
        bench.session.write("res.users", [bench.session.uid], {"password": CANARY})
    texts: list[str] = []
    customer = bench.ground.customers[11]
    with everything_logged() as log, ExitStack() as stack:
        if transport != "json2":
            stack.callback(bench.restore_password, CANARY)
        access = bench.access(transport, url=proxy.url, key=key, tries=1)
        with connect(access) as session:
            texts += [repr(access), repr(session), repr(session._calls), repr(session._calls.channel)]
            for work in failures(session):
                texts.append(shown(work))
                tried(1)
            for kind in FAULTS:
                with proxy.fault(kind, lambda post: post.method == "write", byte=502 if kind == "gateway" else 9):
                    texts.append(shown(lambda: session.write("res.partner", [customer], {"ref": "x"})))
                tried(1)
        wrong = bench.access(transport, url=proxy.url, key=key[:-1] + "x")
        texts.append(shown(lambda: connect(wrong)))
        tried(1)
        texts.append(log.getvalue())
    assert len(texts[-1]) > 100, "nothing was logged"
    assert [text[:200] for text in texts if key in text or key[:-1] in text] == []


def failures(session: Session) -> list[Callable[[], object]]:
    """Calls that the server refuses, each in another way."""
    return [
        lambda: session.search_read("res.partner", [], ["no_such_field"]),
        lambda: session.call("no.such.model", "write", [1], {}),
        lambda: session.call("res.partner", "no_such_method", [1]),
        lambda: session.write("res.partner", [10**8], {"name": "x"}),
        lambda: session.create("res.partner", [{"no_such_field": 1}]),
        lambda: session.call("res.partner", "create", "rubbish"),
    ]
