"""What `tokenhub doctor` finds on this machine: versions, files, settings, key, terminal."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tokenhub_cli import __version__
from tokenhub_cli.cli.context import Context
from tokenhub_cli.errors import ConfigurationError, ExitCode, TokenHubError, describe_cause
from tokenhub_cli.gateway.finding import Finding, Verdict, fail
from tokenhub_cli.settings.keys import Key, fingerprint, require_key
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import Settings
from tokenhub_cli.settings.sources import read_config_file
from tokenhub_cli.wire.origin import build_origin

LIBRARIES = ("httpx", "markdown-it-py", "prompt_toolkit", "typer")
OTHERS = 0o077
NARROWEST = 40


def examine_versions() -> Finding:
    """Name what runs: the program, Python, the system, and the libraries that matter."""
    import platform
    import ssl
    from importlib.metadata import PackageNotFoundError, version

    libraries = {}
    for name in LIBRARIES:
        try:
            libraries[name] = version(name)
        except PackageNotFoundError:
            libraries[name] = "missing"
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    parts = [f"tokenhub {__version__}", f"Python {platform.python_version()}", system]
    parts += [f"{name} {number}" for name, number in libraries.items()]
    parts.append(ssl.OPENSSL_VERSION)
    is_whole = "missing" not in libraries.values()
    return Finding(
        "versions",
        Verdict.OK if is_whole else Verdict.WARNING,
        ", ".join(parts),
        "" if is_whole else "install tokenhub again, with its dependencies",
    )


def examine_directories(paths: Paths) -> Iterator[Finding]:
    """Look whether each directory can be written to, or made, and is nobody else's business."""
    by_place: dict[Path, list[str]] = {}
    for name, place in zip(("config", "data", "state", "cache"), paths, strict=True):
        by_place.setdefault(place, []).append(name)
    for place, names in by_place.items():
        yield judge_directory(" and ".join(names), place, *_look_at(place))


def _look_at(place: Path) -> tuple[bool, bool, int]:
    """Return whether a directory exists, whether it can be written to or made, and its mode."""
    try:
        existing = next((path for path in (place, *place.parents) if path.exists()), place)
        may_write = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
        mode = place.stat().st_mode if place.is_dir() else 0
    except OSError:  # a directory above it cannot be entered
        return False, False, 0
    return existing == place, may_write, 0 if sys.platform == "win32" else mode


def judge_directory(name: str, place: Path, exists: bool, may_write: bool, mode: int) -> Finding:  # noqa: FBT001 - facts, as `_look_at` returns them
    """Judge one directory by what was seen of it; a mode of 0 is not judged."""
    check = "directories"
    words = f"{name}: `{place}`"
    if not may_write:
        hint = "name another place: `export TOKENHUB_HOME=/path/to/directory`"
        return Finding(
            check,
            Verdict.FAILED,
            f"{words} cannot be written to",
            hint,
            "export TOKENHUB_HOME=/path/to/directory",
            ExitCode.UNEXPECTED,
        )
    if not exists:
        return Finding(check, Verdict.OK, f"{words}, made when it is needed")
    if mode & 0o022:
        command = f"chmod go-w {escape_path(place)}"
        return Finding(
            check, Verdict.WARNING, f"{words} can be changed by others", f"`{command}`", command
        )
    return Finding(check, Verdict.OK, words)


def escape_path(path: Path) -> str:
    """Return a path as a POSIX shell takes it.

    By backslashes, not in quotes: doctor puts `~` in the place of the home directory, and in quotes
    no shell would know it.
    """
    import re

    return re.sub(r"[^\w@%+=:,./~-]", r"\\\g<0>", str(path))


def examine_private_files(paths: Paths) -> Iterator[Finding]:
    """Look whether keys and history are readable by their owner alone."""
    for name, path in (("keys", paths.credentials_file), ("history", paths.history_file)):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            words = f"{name}: `{path}` cannot be looked at: {describe_cause(error)}"
            yield Finding("files", Verdict.FAILED, words, code=ExitCode.UNEXPECTED)
            continue
        if sys.platform != "win32" and status.st_mode & OTHERS:
            command = f"chmod 600 {escape_path(path)}"
            words = f"{name}: `{path}` can be read by others"
            yield Finding("files", Verdict.WARNING, words, f"`{command}`", command)
        else:
            yield Finding("files", Verdict.OK, f"{name}: `{path}`, {status.st_size:,} bytes")


def describe_settings(settings: Settings, paths: Paths) -> Finding:
    """Say that the settings are valid, and which gateway and model they name."""
    place = f"`{paths.config_file}`" if paths.config_file.exists() else "no file, all defaults"
    profile = f", profile `{settings.profile}`" if settings.profile else ""
    words = (
        f"{place}{profile}; gateway `{settings.base_url}` ({settings.origins['base_url']}), "
        f"model `{settings.model}` ({settings.origins['model']})"
    )
    facts = (("base_url", settings.base_url), ("model", settings.model))
    return Finding("config", Verdict.OK, words, facts=facts)


def examine_code_themes(paths: Paths) -> Iterator[Finding]:
    """Look whether the code themes that the file names exist; answers come without them too."""
    from tokenhub_cli.theme_checks import check_code_themes

    try:
        check_code_themes(read_config_file(paths.config_file), paths.config_file)
    except ConfigurationError as error:
        yield replace(fail("config", error), verdict=Verdict.WARNING, code=ExitCode.COMPLETE)


def examine_key(
    settings: Settings, environ: Mapping[str, str], paths: Paths
) -> tuple[Finding, Key | None]:
    """Find the key and say where it was found, by its fingerprint."""
    try:
        key = require_key(settings, environ, paths)
    except TokenHubError as error:
        return fail("key", error), None
    origin = build_origin(settings.base_url)
    if key is None:
        reason = "`keyless` is on" if settings.keyless else "this machine's servers need none"
        return Finding("key", Verdict.OK, f"none is sent to `{origin}`: {reason}"), None
    words = f"{fingerprint(key.value)} for `{key.origin}`, from {key.source}"
    if key.notice:
        return Finding("key", Verdict.WARNING, f"{words}; {key.notice}"), key
    return Finding("key", Verdict.OK, words), key


def examine_terminal(context: Context) -> Finding:
    """Say what the terminal can do, as far as that can be known."""
    from shutil import get_terminal_size

    from tokenhub_cli.render.theme import decide_color, is_dumb

    streams = {
        "stdin": context.stdin_is_terminal,
        "stdout": context.stdout_is_terminal,
        "stderr": context.stderr_is_terminal,
    }
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    columns, rows = get_terminal_size()
    color = context.stdout_is_terminal and decide_color("auto", context.environ, is_terminal=True)
    is_live = context.stdout_is_terminal and not is_dumb(context.environ)
    words = ", ".join(
        [
            " ".join(f"{name} {'terminal' if yes else 'pipe'}," for name, yes in streams.items())
            + f" TERM={context.environ.get('TERM', '')}",
            f"{columns} by {rows}",
            "colours" if color else "no colours",
            "live Markdown" if is_live else "plain text",
            f"encoding {sys.stdout.encoding}",
        ]
    )
    facts = (*streams.items(), ("color", color), ("live", is_live), ("columns", columns))
    if encoding != "utf8" and context.stdout_is_terminal:
        hint = "characters beyond its encoding will be shown as `?`: `export PYTHONUTF8=1`"
        return Finding("terminal", Verdict.WARNING, words, hint, "export PYTHONUTF8=1", facts=facts)
    if is_live and columns < NARROWEST:
        return Finding("terminal", Verdict.WARNING, words, "make it wider", facts=facts)
    return Finding("terminal", Verdict.OK, words, facts=facts)
