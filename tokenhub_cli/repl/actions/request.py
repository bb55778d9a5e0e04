"""Commands that change what is sent: model, system prompt, sampling parameters, files."""

import re
from dataclasses import replace
from typing import Any

from tokenhub_cli.attachments import read_image, read_text_file
from tokenhub_cli.errors import InputError, UsageError, quote_path
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.mentions import expand_path, is_picture, is_stream
from tokenhub_cli.repl.output import format_table, write_lines, write_note

OFF = "off"
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|data:image/")


def choose_model(dialogue: Dialogue, argument: str) -> None:
    """Show the model in use and those on offer, or go on with another one."""
    session = dialogue.session
    if not argument:
        others = [name for name in session.models if name != session.model]
        write_lines([f"* {session.model}", *(f"  {name}" for name in others)])
        return
    session.use_model(argument)
    write_note(f"the next answer is `{session.model}`'s")
    dialogue.doubt_model()


def set_system(dialogue: Dialogue, argument: str) -> None:
    """Show or change the system prompt of this conversation."""
    conversation = dialogue.conversation
    if not argument:
        write_lines([conversation.system] if conversation.system else [])
        if not conversation.system:
            write_note("there is no system prompt; `/system TEXT` sets one")
        return
    text = "" if argument == OFF else dialogue.folds.expand(argument)
    dialogue.conversation = replace(conversation, system=text)
    if conversation.turns:
        dialogue.save_tip()
    write_note("the system prompt is set" if text else "the system prompt is taken out")


def set_option(dialogue: Dialogue, argument: str) -> None:
    """Show or change what is sent beside the messages."""
    options = dialogue.session.options
    name, _, value = argument.replace("=", " ", 1).partition(" ")
    if not name:
        if options:
            write_lines(format_table((key, _show(options[key])) for key in sorted(options)))
        else:
            write_note("nothing is set: the gateway's own defaults apply")
        return
    value = value.strip()
    if name not in options:
        from tokenhub_cli.settings.options import check_option_name

        check_option_name(name)
    if not value:
        shown = _show(options[name]) if name in options else "not set"
        write_lines([f"{name}: {shown}"])
    elif value == OFF:
        options.pop(name, None)
        write_note(f"`{name}` is not sent any more")
    else:
        options[name] = _check(name, value)
        write_note(f"`{name}` is {_show(options[name])} from now on")


def add_file(dialogue: Dialogue, argument: str) -> None:
    """Send a text file with the next question; a picture goes where pictures go."""
    path = str(expand_path(argument))
    _refuse_stream(path)
    if is_picture(path):
        add_picture(dialogue, argument)
        return
    text = read_text_file(path)
    dialogue.files.append(path)
    write_note(f"`{path}` ({len(text):,} characters) goes with the next question")


def add_picture(dialogue: Dialogue, argument: str) -> None:
    """Send a picture with the next question."""
    source = argument if URL.match(argument) else str(expand_path(argument))
    if source == "-":
        raise InputError("standard input is the keyboard here", hint="`/attach PATH`")
    _refuse_stream(source)
    picture = read_image(source)
    dialogue.pictures.append(source)
    size = f" ({picture.size:,} bytes)" if picture.size else ""
    write_note(f"`{picture.source}`{size} goes with the next question")


def _refuse_stream(path: str) -> None:
    """Refuse what may wait for ever, and could not be read again when the question is sent.

    Raises:
        InputError: It is a pipe or device.
    """
    if is_stream(path):
        raise InputError(
            f"`{path}` is a pipe or device",
            hint=f"copy what it brings into a file: `cat {quote_path(path)} > copy.txt`",
        )


def _check(name: str, text: str) -> Any:
    """Return the value that a person typed, checked where the parameter is known.

    Raises:
        UsageError: It is not of the parameter's kind.
    """
    from tokenhub_cli.settings.schema import find_setting
    from tokenhub_cli.settings.values import WrongValueError, build_example, parse_words

    setting = find_setting(f"options.{name}")
    assert setting is not None  # every name under `options` is a setting
    try:
        return parse_words(setting, text)
    except WrongValueError as error:
        raise UsageError(
            f"`{name}` wants {error}, not `{text}`",
            hint=f"for example `/set {name} {build_example(setting)}`",
        ) from None


def _show(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)
