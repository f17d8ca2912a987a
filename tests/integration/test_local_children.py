"""Child processes: how they are ended and when they are started again."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.errors import StartupFailure
from api.local.child import Child, Command, Pause
from api.local.keeper import Keeper
from api.local.restarts import Restarts
from api.local.signals import StopRequested, StopSignals

_PYTHON_SETS_UP = "import signal, sys, time\n"


@contextmanager
def running(log: Path, program: str) -> Iterator[Child]:
    """A child that has said that it is ready."""
    text = f"{_PYTHON_SETS_UP}{program}\nprint('ready', flush=True)\ntime.sleep(60)"
    child = Child(Command("child", (sys.executable, "-c", text), {}, log))
    try:
        child.await_ready(lambda: "ready" in child.output, 10, time.sleep)
        yield child
    finally:
        child.stop(((signal.SIGKILL, 5),))


def tend_for_five_seconds(keeper: Keeper) -> None:
    for _ in range(100):
        keeper.tend(time.sleep)
        time.sleep(0.05)


def test_the_mildest_signal_that_works_is_the_last_one_sent(tmp_path: Path) -> None:
    with running(tmp_path / "log", "") as child:
        assert child.stop(((signal.SIGTERM, 5), (signal.SIGKILL, 5))) is signal.SIGTERM

    assert child.exit_status == -signal.SIGTERM


def test_a_child_that_ignores_the_mild_signal_gets_the_hard_one(tmp_path: Path) -> None:
    with running(tmp_path / "log", "signal.signal(signal.SIGTERM, signal.SIG_IGN)") as child:
        assert child.stop(((signal.SIGTERM, 0.3), (signal.SIGKILL, 5))) is signal.SIGKILL

    assert child.exit_status == -signal.SIGKILL


def test_a_child_that_has_ended_gets_no_signal(tmp_path: Path) -> None:
    with running(tmp_path / "log", "") as child:
        child.stop(((signal.SIGTERM, 5),))

        assert child.stop(((signal.SIGTERM, 5), (signal.SIGKILL, 5))) is None


def test_haste_shortens_the_wait(tmp_path: Path) -> None:
    with running(tmp_path / "log", "signal.signal(signal.SIGTERM, signal.SIG_IGN)") as child:
        ladder = ((signal.SIGTERM, 1000.0), (signal.SIGKILL, 5000.0))

        assert child.stop(ladder, haste=lambda: 0.0003) is signal.SIGKILL


def test_a_child_that_ends_early_is_named_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("of an earlier run\n")
    child = Child(
        Command("child", (sys.executable, "-c", "raise SystemExit('last words')"), {}, log)
    )

    with pytest.raises(StartupFailure, match=r"child ended.*last words") as caught:
        child.await_ready(lambda: False, 10, time.sleep)

    assert caught.value.code == "PROGRAM_FAILED"
    assert child.output == "last words\n"


def test_a_child_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    with (
        running(tmp_path / "log", "") as child,
        pytest.raises(StartupFailure, match="was not ready after 0 seconds"),
    ):
        child.await_ready(lambda: False, 0.1, time.sleep)


def test_a_program_that_is_not_there_is_a_clear_refusal(tmp_path: Path) -> None:
    with pytest.raises(StartupFailure, match="could not be started: No such file") as caught:
        Child(Command("child", (tmp_path / "missing",), {}, tmp_path / "log"))

    assert caught.value.code == "PROGRAM_FAILED"


def test_a_supervisor_under_nohup_outlives_its_terminal() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopSignals() as stop:
            signal.raise_signal(signal.SIGHUP)
            stop.pause(0)
    finally:
        signal.signal(signal.SIGHUP, before)

    with StopSignals() as stop:
        signal.raise_signal(signal.SIGHUP)
        with pytest.raises(StopRequested):
            stop.pause(0)


def test_a_second_request_to_stop_halves_the_waits() -> None:
    with StopSignals() as stop:
        shares = [stop.haste()]
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
            shares.append(stop.haste())

    assert shares == [1.0, 1.0, 0.5, 0.5]


def test_the_delay_doubles_to_ten_seconds() -> None:
    restarts = Restarts()

    delays = [restarts.delay_after(started_at=at, ended_at=at + 1) for at in range(0, 700, 100)]

    assert delays == [0.5, 1, 2, 4, 8, 10, 10]


@pytest.mark.parametrize(("lived_seconds", "delay"), [(59.9, 2), (60, 0.5)])
def test_a_minute_of_health_forgives(lived_seconds: float, delay: float) -> None:
    restarts = Restarts()
    restarts.delay_after(0, 1)
    restarts.delay_after(2, 3)

    assert restarts.delay_after(10, 10 + lived_seconds) == delay


def test_a_server_is_started_again_five_times_in_a_minute_and_not_a_sixth_time() -> None:
    restarts = Restarts(limit_count=5)

    delays = [restarts.delay_after(at - 1, at) for at in (10, 20, 30, 40, 50, 70)]

    assert delays[:5] == [0.5, 1, 2, 4, 8]
    assert delays[5] is None


def test_a_child_that_ends_too_often_is_given_up(tmp_path: Path) -> None:
    def start(_: Pause) -> Child:
        return Child(Command("server", ("false",), {"PATH": os.defpath}, tmp_path / "log"))

    keeper = Keeper("server", start, ((signal.SIGKILL, 5),), Restarts(limit_count=1))
    keeper.begin(time.sleep)

    with pytest.raises(StartupFailure, match="server ended with status 1, 2 times within a minute"):
        tend_for_five_seconds(keeper)


def test_old_ends_do_not_count() -> None:
    restarts = Restarts(limit_count=5)

    delays = [restarts.delay_after(at - 1, at) for at in (10, 20, 30, 40, 50, 71)]

    assert delays[5] == 10
