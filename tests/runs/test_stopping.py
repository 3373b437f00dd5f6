"""Signals: the call under way is finished and kept, then the run ends with 130 or 143; a second signal ends at once."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kam_connector import stopping
from kam_connector.runs import lock
from kam_connector.sample.company import SampleCompany
from kam_connector.sandbox import Disturbance, SandboxServer, serve
from tests.runs import nights

SLOW = Disturbance("slow", model="kam.gateway", method="apply", seconds=3)


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Until it has happened."""
    for _ in range(int(seconds / 0.02)):
        if happened():
            return
        time.sleep(0.02)
    raise AssertionError(f"it did not happen within {seconds} s")


def at_step(place: nights.Place, step: str) -> Callable[[], bool]:
    def look() -> bool:
        holder = lock.find_holder(place.home / "main" / "run.lock")
        return holder is not None and holder.step == step

    return look


def is_sending(server: SandboxServer) -> Callable[[], bool]:
    return lambda: not server.plan.waiting


@pytest.mark.long
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_lets_the_write_under_way_end_and_keeps_its_answer(
    small_company: SampleCompany, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    with serve(small_company, faults=[SLOW]) as server:
        place = nights.at_sandbox(tmp_path, server)
        child = place.start(*nights.NIGHT, "--skip", "report")
        wait_for(is_sending(server))
        child.send(number)
        assert child.wait() == code
        said = child.err.read_text("utf-8")
        assert "after the call under way" in said
        assert "Traceback" not in said
        outbox = json.loads(place.kam("status", "--format", "json").stdout)
        assert outbox["totals"]["outbox"]["confirmed"] > 0
        assert not {"sent", "unknown"} & set(outbox["totals"]["outbox"])
        assert outbox["rows"][0]["state"] == "stopped"
        written = len(server.rows("kam.tier"))
        assert written
        done = place.kam(*nights.NIGHT, "--skip", "report")
        assert done.returncode in (0, 1), done.stderr
        assert len(server.rows("kam.tier")) == written
        assert len(server.rows("kam.customer")) > 30


@pytest.mark.long
def test_a_second_signal_ends_at_once(small_company: SampleCompany, tmp_path: Path) -> None:
    slow = Disturbance("slow", model="kam.gateway", method="apply", seconds=30)
    with serve(small_company, faults=[slow]) as server:
        place = nights.at_sandbox(tmp_path, server)
        child = place.start(*nights.NIGHT, "--skip", "report")
        wait_for(is_sending(server))
        begun = time.monotonic()
        child.send(signal.SIGINT)
        time.sleep(0.2)
        child.send(signal.SIGTERM)
        assert child.wait() == 130
        assert time.monotonic() - begun < 10


@pytest.mark.long
def test_a_signal_while_pulling_keeps_whole_pages_only(small_company: SampleCompany, tmp_path: Path) -> None:
    slow = Disturbance("slow", of="read", nth=40, seconds=3)
    with serve(small_company, faults=[slow]) as server:
        place = nights.at_sandbox(tmp_path, server)
        child = place.start("sync", "run")
        wait_for(is_sending(server))
        child.send(signal.SIGTERM)
        assert child.wait() == 143
        assert place.kam("sync", "run").returncode in (0, 1)
        models = json.loads(place.kam("sync", "status", "--format", "json").stdout)["rows"]
        rows = next(row["rows"] for row in models if row["model"] == "res.partner")
        assert rows == len(server.rows("res.partner"))


def test_outside_of_patience_a_signal_ends_at_once() -> None:
    said: list[str] = []
    former = [signal.getsignal(number) for number in stopping.SIGNALS]
    try:
        stopping.install(lambda: said.append("later"))
        with pytest.raises(stopping.Stopped):
            signal.raise_signal(signal.SIGTERM)
        stopping.reset()
        with stopping.patiently():
            signal.raise_signal(signal.SIGTERM)
            with pytest.raises(stopping.Stopped) as caught:
                stopping.check()
        assert said == ["later"]
        assert caught.value.number is signal.SIGTERM
    finally:
        stopping.reset()
        for number, handler in zip(stopping.SIGNALS, former, strict=True):
            signal.signal(number, handler)


def test_an_undivided_piece_of_work_is_not_cut() -> None:
    former = [signal.getsignal(number) for number in stopping.SIGNALS]
    try:
        stopping.install(lambda: None)
        with stopping.patiently():
            with stopping.undivided():
                signal.raise_signal(signal.SIGTERM)
                stopping.check()  # no exception: the piece is not done yet
            with pytest.raises(stopping.Stopped):
                stopping.check()
    finally:
        stopping.reset()
        for number, handler in zip(stopping.SIGNALS, former, strict=True):
            signal.signal(number, handler)
