"""Runs the profile's `key_command`, any program that prints the key.

The command is a line for the system's shell, as in git, msmtp or mutt, so that
`pass show tokenhub | head -n 1` works. It comes from the user's own configuration file, never from
the working directory. Its standard input is empty (a piped prompt is not for it); it keeps the
terminal, so that a password manager can ask there. What it prints is never repeated, and of its
error output one line without what it printed.
"""

import sys
from collections.abc import Mapping
from typing import IO

from tokenhub_cli.errors import CredentialError
from tokenhub_cli.settings.schema import format_profile_flag

TIME_LIMIT_S = 10.0
LONGEST_OUTPUT = 65_536
LONGEST_REASON = 300


def run_key_command(
    command: str,
    environ: Mapping[str, str],
    *,
    profile: str = "",
    limit_s: float = TIME_LIMIT_S,
) -> str:
    """Return what the command printed, without white space around it.

    Args:
        command: A line for the shell.
        environ: The environment that it runs in.
        profile: The profile in force, which the hint names.
        limit_s: Seconds until it is stopped.

    Raises:
        CredentialError: It could not be run, failed, took too long or printed nothing.
    """
    import subprocess
    from threading import Thread

    try:
        process = subprocess.Popen(  # noqa: S602 - the shell is the documented contract, see above
            command,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environ),
        )
    except (OSError, ValueError) as error:
        raise _build_error(f"could not be run: {error}", profile) from None
    # not `with process`: closing a pipe would wait for whatever child still holds it open
    output, errors = _Collector(process.stdout), _Collector(process.stderr)
    # in a thread, because `wait` with a limit looks only every 50 ms
    waiter = Thread(target=process.wait, daemon=True)
    waiter.start()
    try:
        waiter.join(limit_s)
    finally:
        is_late = waiter.is_alive()
        if is_late:
            process.kill()
            waiter.join()
            output.stop()
            errors.stop()
    if is_late:
        raise _build_error(f"gave no key within {limit_s:g} s and was stopped", profile)
    printed, complaint = output.read(), errors.read()
    status = process.returncode
    if status != 0:
        raise _build_error(_describe_failure(status, printed, complaint), profile)
    if not printed.strip():
        raise _build_error("printed nothing", profile)
    return printed.strip()


class _Collector:
    """Reads one stream of the command to its end in a thread, keeping a bounded part.

    A thread, because both streams must be drained at once, and one that ends with us, because a
    child left behind by the command may hold the stream open.
    """

    def __init__(self, stream: IO[bytes] | None) -> None:
        from threading import Thread

        assert stream is not None
        self._stream = stream
        self._kept = bytearray()
        self._is_stopped = False
        self._thread = Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        with self._stream:
            while data := self._stream.read1(LONGEST_OUTPUT):  # type: ignore[attr-defined]
                if self._is_stopped:
                    return
                self._kept += data[: LONGEST_OUTPUT - len(self._kept)]

    def stop(self) -> None:
        """Close the stream when more comes, so that an endless writer ends by its next write."""
        self._is_stopped = True

    def read(self) -> str:
        """Return what came, waiting a moment for the last of it."""
        self._thread.join(1.0)
        return bytes(self._kept).decode(errors="replace")


def _describe_failure(status: int, printed: str, complaint: str) -> str:
    ending = f"was ended by signal {-status}" if status < 0 else f"failed with exit status {status}"
    reason = _summarise(complaint, printed)
    return f"{ending}: {reason}" if reason else ending


def _summarise(complaint: str, printed: str) -> str:
    """Return the last line of the command's error output, without any word that it printed."""
    for secret in sorted(set(printed.split()), key=len, reverse=True):
        complaint = complaint.replace(secret, "[hidden]")
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    line = "".join(filter(str.isprintable, lines[-1])) if lines else ""
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def _build_error(problem: str, profile: str) -> CredentialError:
    shell = "cmd /c" if sys.platform == "win32" else "sh -c"
    chosen = format_profile_flag(profile)
    return CredentialError(
        f"the `key_command` {problem}",
        hint=f"see it with `tokenhub config get key_command{chosen}` and try it with `{shell}`",
    )
