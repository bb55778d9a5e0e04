"""Signals that end what is under way: Ctrl-C, a request to end, a terminal that went away."""

import os
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NoReturn

ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def leave(number: int) -> NoReturn:
    """End the program by an exception, so that what is under way is cleared away.

    Raises:
        KeyboardInterrupt: The signal is that of Ctrl-C.
        SystemExit: It is another one; the exit code is what a shell has for it.
    """
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


@contextmanager
def catch_signals(on_signal: Callable[[int], None]) -> Iterator[None]:
    """Call `on_signal` with the number of each signal that asks to end, in the main thread.

    A signal that whoever started us had ignored (`nohup`, a shell's background job) stays ignored.

    Args:
        on_signal: Runs between any two instructions of the main thread: it may set attributes and
            put things into a `SimpleQueue`, not much else.
    """

    def handle(number: int, _frame: Any) -> None:
        on_signal(number)

    heeded = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, handle) for number in heeded}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


STDOUT, STDERR = 1, 2
_without_noflsh: set[int] = set()  # terminals that are to lose the setting again


@contextmanager
def written_text_kept() -> Iterator[None]:
    """Let the terminal throw nothing away on Ctrl-C that was written to it and not yet read.

    It does so by default (`NOFLSH` in termios(3)): what had been erased stood there again, a frame
    was half there, an escape sequence torn, and text that was kept had never been on the screen.
    Nothing happens where neither stream is a terminal, or where another program may have it: its
    settings are for that one to change. So a pipe's reader, a pager say, is left alone with it.
    """
    descriptor = STDOUT if os.isatty(STDOUT) or _is_pipe(STDOUT) else STDERR
    if sys.platform != "win32" and _is_foreground(descriptor):
        import termios

        with suppress(termios.error):  # the terminal is gone
            mode = termios.tcgetattr(descriptor)
            if not mode[3] & termios.NOFLSH:
                _without_noflsh.add(descriptor)
                mode[3] |= termios.NOFLSH
                termios.tcsetattr(descriptor, termios.TCSANOW, mode)
    try:
        yield
    finally:
        _give_back()


def leave_at_once(code: int) -> NoReturn:
    """End the process whatever it is doing, with the terminal's settings as they were.

    Args:
        code: The exit code.
    """
    _give_back()
    os._exit(code)


def _give_back() -> None:
    """Undo what `written_text_kept` did, and only that: what else is set, another program may set.

    Not from the background: that would stop us, and the shell has settings of its own there.
    """
    for descriptor in tuple(_without_noflsh):
        if _is_foreground(descriptor):
            import termios

            with suppress(termios.error):
                mode = termios.tcgetattr(descriptor)
                mode[3] &= ~termios.NOFLSH
                termios.tcsetattr(descriptor, termios.TCSANOW, mode)
        _without_noflsh.discard(descriptor)


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _is_foreground(descriptor: int) -> bool:
    """Tell whether the descriptor is our controlling terminal and gives us its Ctrl-C."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False


@contextmanager
def noted_interrupt() -> Iterator[Callable[[], None]]:
    """Give a function that waits for Ctrl-C; one that came before, inside the block, counts.

    Ctrl-C breaks nothing off meanwhile: an exception in the middle of an import would leave the
    module locked or half there, to the threads. And none is missed: Python writes a byte where the
    signal arrives, be it in another thread or just before the main one begins to wait
    (`signal.set_wakeup_fd`), which would go on sleeping.

    Raises:
        KeyboardInterrupt: From the second Ctrl-C on, wherever the main thread is.
    """
    import socket

    count = 0

    def handle(_number: int, _frame: Any) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise KeyboardInterrupt

    with ExitStack() as stack:
        # Sockets, since Windows takes nothing else there.
        receiver, sender = map(stack.enter_context, socket.socketpair())
        sender.settimeout(0)  # as `set_wakeup_fd` asks for

        def wait() -> None:
            while receiver.recv(1)[0] != signal.SIGINT:
                pass

        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            before = signal.set_wakeup_fd(sender.fileno(), warn_on_full_buffer=False)
            stack.callback(signal.set_wakeup_fd, before)
            previous = signal.signal(signal.SIGINT, handle)
            stack.callback(signal.signal, signal.SIGINT, previous)
        yield wait
