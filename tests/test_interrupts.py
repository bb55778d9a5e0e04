"""Signals that end what is under way."""

import signal

import pytest

from tokenhub_cli.interrupts import ENDING, catch_signals


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
