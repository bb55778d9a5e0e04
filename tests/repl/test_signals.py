"""Ctrl-C around an answer."""

import os
import signal

import pytest

from tokenhub_cli.repl.signals import interrupts_ending_with


def test_ctrl_c_interrupts_until_the_answer_is_over() -> None:
    """Afterwards it must not interrupt the keeping; outside all is as before."""
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts_ending_with(lambda: False):
        os.kill(os.getpid(), signal.SIGINT)
    with interrupts_ending_with(lambda: True):
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
