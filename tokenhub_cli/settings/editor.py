"""Edits a file of ours in the user's editor, and keeps only what is valid.

The editor works on a side file. A valid edit replaces the file; a broken one is offered back, or
stays in the side file and is opened again by the next edit. Nothing typed is ever lost, nor is what
was saved meanwhile: where an edit that was kept replaces it, it lies beside.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tokenhub_cli.errors import ConfigurationError, describe_cause, quote_path
from tokenhub_cli.settings.files import lock_file, make_private_directory, replace_file
from tokenhub_cli.settings.schema import EDIT_HINT, SETTINGS
from tokenhub_cli.settings.sources import ConfigFile, read_config_file

EDITOR_VARIABLES = ("VISUAL", "EDITOR")
USUAL_EDITORS = ("nano", "vim", "vi", "notepad")


@dataclass(frozen=True, slots=True)
class Editable:
    """A file that is edited as a whole.

    `side_file` is what the editor opens, `replaced` where the text goes that a kept edit replaces,
    and `lock` the file whose lock is held while the edit takes its place. `skeleton` is what an
    edit of a file begins with that does not exist. `check` looks at a side file and raises a
    ConfigurationError. `command` is what edits the file, as a literal for hints.
    """

    path: Path
    side_file: Path
    replaced: Path
    lock: Path
    skeleton: str
    check: Callable[[Path], object]
    command: str


def edit_config(
    path: Path,
    run: Callable[[Path], None],
    ask_again: Callable[[ConfigurationError], bool],
    check: Callable[[ConfigFile, Path], None] = lambda _config, _path: None,
) -> str:
    """Let the user edit the configuration file, which need not exist, or be valid.

    Args:
        path: The configuration file.
        run: As in `edit_file`.
        ask_again: As in `edit_file`.
        check: Looks at what settings alone do not know; raises ConfigurationError.

    Returns:
        One sentence that says what was done.

    Raises:
        TokenHubError: As in `edit_file`.
    """
    editable = Editable(
        path=path,
        side_file=path.with_name("config.edit.toml"),
        replaced=path.with_name("config.replaced.toml"),
        lock=path,
        skeleton=build_template(),
        check=lambda side_file: check(read_config_file(side_file), side_file),
        command=EDIT_HINT,
    )
    return edit_file(editable, run, ask_again)


def edit_file(
    file: Editable,
    run: Callable[[Path], None],
    ask_again: Callable[[ConfigurationError], bool],
) -> str:
    """Let the user edit a file.

    Args:
        file: The file.
        run: Opens a file in the editor and returns when the user is done.
        ask_again: Whether to open the editor again on an edit that has this error.

    Returns:
        One sentence that says what was done.

    Raises:
        ConfigurationError: The edit is not valid, or the editor failed; the message names the side
            file if there is an edit in it.
        StoreError: A file cannot be written.
    """
    original = _read_bytes(file.path)
    is_kept_edit = file.side_file.exists()
    if not is_kept_edit:
        make_private_directory(file.side_file.parent)
        replace_file(file.side_file, original or file.skeleton.encode())
    start = _read_bytes(file.side_file)
    _edit_until_valid(file, b"" if is_kept_edit else start, run, ask_again)
    edited = _read_bytes(file.side_file)
    if edited == original or (edited == start and not is_kept_edit):
        file.side_file.unlink()
        return "nothing was changed"
    is_copied = is_kept_edit and bool(original)
    with lock_file(file.lock):
        if _read_bytes(file.path) != original:
            raise ConfigurationError(
                f"`{file.path}` was changed by another process; your edit is kept in "
                f"`{file.side_file}`",
                hint=f"{file.command} opens it again",
            )
        if is_copied:
            replace_file(file.replaced, original)
        replace_file(file.path, edited)
        file.side_file.unlink()
    aside = f"; what it replaced is in `{file.replaced}`" if is_copied else ""
    return f"saved `{file.path}`{aside}"


def _edit_until_valid(
    file: Editable,
    start: bytes,
    run: Callable[[Path], None],
    ask_again: Callable[[ConfigurationError], bool],
) -> None:
    """Open the editor until the side file is valid.

    Args:
        file: What is edited.
        start: What nobody typed, and is not kept; empty where an earlier edit is opened again.
        run: As in `edit_file`.
        ask_again: As in `edit_file`.
    """
    while True:
        try:
            run(file.side_file)
        except ConfigurationError as error:
            if _read_bytes(file.side_file) == start:
                file.side_file.unlink(missing_ok=True)
                raise
            raise _add_side_file(error, file, f"{error.hint};") from None
        if not file.side_file.exists():  # an empty file may be meant, none is not
            raise ConfigurationError(
                f"the editor left no file `{file.side_file}`: nothing was changed",
                hint=file.command,
            )
        try:
            file.check(file.side_file)
        except ConfigurationError as error:
            if not ask_again(error):
                raise _add_side_file(error, file, find_suggestion(error)) from None
        else:
            return


def _add_side_file(error: ConfigurationError, file: Editable, advice: str) -> ConfigurationError:
    return ConfigurationError(
        f"{error.message}; `{file.path.name}` is unchanged, your edit is kept in "
        f"`{file.side_file}`",
        hint=f"{advice} {file.command} opens it again".strip(),
    )


def find_suggestion(error: ConfigurationError) -> str:
    """Return the part of an error's hint that asks what was meant, or an empty string."""
    import re

    found = re.match(r"did you mean `[^`]+`\?", error.hint)
    return found.group() if found else ""


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ConfigurationError(
            f"`{path}` cannot be read: {describe_cause(error)}", hint=f"`ls -l {quote_path(path)}`"
        ) from None


def build_template() -> str:
    """Return a first configuration file: every setting with its default, all of it comments."""
    from tokenhub_cli.settings.toml_text import format_literal

    lines = ["# Settings of tokenhub; take away a `#` to set one. `tokenhub config list`", ""]
    for setting in SETTINGS.values():
        if setting.default is not None:
            lines.append(f"# {setting.help}")
            lines.append(f"# {setting.name} = {format_literal(setting.default)}")
    return "\n".join(lines) + "\n"


def run_editor(path: Path, environ: Mapping[str, str]) -> None:
    """Open the file in `$VISUAL`, `$EDITOR` or a usual editor; return when it ends.

    Raises:
        ConfigurationError: There is no editor, or it failed.
    """
    import os
    import shlex
    import signal
    import subprocess

    command = _find_editor(environ)
    try:
        words = shlex.split(command, posix=os.name == "posix")
    except ValueError:
        words = []
    if not words:
        raise ConfigurationError(f"the editor `{command}` cannot be run", hint="`export EDITOR=vi`")
    # Ctrl-C belongs to the editor: no handler of ours hears of it, nor does an event loop. A
    # handler, unlike SIG_IGN, is not inherited by the editor.
    previous = signal.signal(signal.SIGINT, lambda *_: None)
    wakeup = signal.set_wakeup_fd(-1)
    try:
        status = subprocess.call([*words, str(path)], env=dict(environ))  # noqa: S603 - the user's own editor
    except OSError as error:
        raise ConfigurationError(
            f"the editor `{command}` cannot be run: {describe_cause(error)}",
            hint="`export EDITOR=vi`",
        ) from None
    finally:
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGINT, previous)
    if status != 0:
        raise ConfigurationError(
            f"the editor `{command}` ended with exit status {status}",
            hint="choose another one: `export EDITOR=nano`",
        )


def _find_editor(environ: Mapping[str, str]) -> str:
    from shutil import which

    for variable in EDITOR_VARIABLES:
        if environ.get(variable, "").strip():
            return environ[variable]
    for editor in USUAL_EDITORS:
        if which(editor, path=environ.get("PATH")):
            return editor
    raise ConfigurationError(
        "no editor was found", hint="name one: `export EDITOR=/path/to/editor`"
    )
