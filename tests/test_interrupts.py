"""Signals that end what is under way."""

import signal
import sys
import threading

import pytest

from tokenhub_cli.interrupts import ENDING, catch_signals, noted_interrupt


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_is_told_and_ends_nothing(number: signal.Signals) -> None:
    """Inside, `on_signal` gets the number, each time; afterwards the handlers are as before."""
    seen: list[int] = []
    before = signal.getsignal(number)
    with catch_signals(seen.append):
        signal.raise_signal(number)
        signal.raise_signal(number)
        assert seen == [number, number]
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_that_is_ignored_stays_so(number: signal.Signals) -> None:
    """Whoever started the program with `nohup` meant it."""
    seen: list[int] = []
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with catch_signals(seen.append):
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)
    assert seen == []


def test_the_handlers_come_back_after_an_error() -> None:
    """An exception inside changes nothing about that, and goes through."""
    before = [signal.getsignal(number) for number in ENDING]

    def fail() -> None:
        with catch_signals(lambda _number: None):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [signal.getsignal(number) for number in ENDING] == before


def test_the_innermost_is_told() -> None:
    """A turn inside a loop takes the signal for itself."""
    outer: list[int] = []
    inner: list[int] = []
    with catch_signals(outer.append):
        with catch_signals(inner.append):
            signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert (outer, inner) == ([signal.SIGINT], [signal.SIGINT])


def test_an_interrupt_before_the_wait_is_not_missed() -> None:
    """It breaks nothing off, and the wait is over at once; then all is as it was before."""
    before = signal.getsignal(signal.SIGINT)
    with noted_interrupt() as wait:
        signal.raise_signal(signal.SIGINT)
        wait()
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.skipif(sys.platform == "win32", reason="no signal to one thread on Windows")
def test_an_interrupt_that_another_thread_is_given_ends_the_wait() -> None:
    """The system may give it to any, and wakes that one alone."""
    other_is_done = threading.Event()
    other = threading.Thread(target=other_is_done.wait)
    other.start()
    identity = other.ident
    assert identity is not None
    timer = threading.Timer(0.1, lambda: signal.pthread_kill(identity, signal.SIGINT))
    with noted_interrupt() as wait:
        timer.start()
        wait()
    other_is_done.set()
    other.join()
    timer.join()


def test_a_second_interrupt_is_raised() -> None:
    """Whatever is still under way then is broken off."""
    before = signal.getsignal(signal.SIGINT)

    def interrupt_twice() -> None:
        with noted_interrupt():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        interrupt_twice()
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_that_is_ignored_is_not_noted() -> None:
    """Whoever started the program in the background meant it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with noted_interrupt():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
