"""Words that no command understands: one sentence, and what may have been meant.

Loaded only once the command line cannot be understood. A word that looks like a key is never
repeated: an error ends up in logs and bug reports.
"""

import re
import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from tokenhub_cli.errors import UsageError

# What gateways give out begins with `sk-` or the like; anything else that long is no word.
KEY = re.compile(r"(?:sk|pk|rk|api|key|tok)[-_][\w.-]{8,}|(?=.*\d)(?=.*[A-Za-z])[\w-]{32,}")
KEY_OPTIONS = frozenset({"-k", "--key", "--api-key", "--apikey", "--api_key", "--token"})
KINDS = {  # typer's words for what it expects, and ours
    "a valid float range": "a number",
    "a valid float": "a number",
    "a valid int range": "a whole number",
    "a valid integer range": "a whole number",
    "a valid int": "a whole number",
    "a valid integer": "a whole number",
}


def build_unknown_command_error(
    arguments: Sequence[str], commands: Iterable[str], flags_of_ask: Iterable[str]
) -> UsageError:
    """Return the error for a first word that is no command.

    Args:
        arguments: The words after the program's name; at least one.
        commands: The commands there are.
        flags_of_ask: The options of `ask`, which people forget to name.
    """
    name = arguments[0]
    if name.partition("=")[0] in KEY_OPTIONS or any(map(looks_like_key, arguments)):
        return build_key_error()
    known = list(commands)
    asking = f"`tokenhub {shlex.join(_put_command_first(arguments, known))}`"
    if not name.startswith("-"):
        # A slip of the finger spares the first letter: `what is up` is no `chat`.
        near = _find_near(name, (command for command in known if command[0] == name[:1]))
        meant = f"`tokenhub {shlex.join([near, *arguments[1:]])}`" if near else ""
        return UsageError(f"there is no command `{name}`", hint=meant or f"to ask it: {asking}")
    option = name.partition("=")[0]
    flags = list(flags_of_ask)
    if option in flags:
        return UsageError(f"`{option}` belongs to a command", hint=asking)
    near = _find_near(option, ["--version", "--help", "--debug"])
    hint = f"`tokenhub {near}`" if near else "`tokenhub --help`"
    return UsageError(f"there is no option `{option}` here", hint=hint)


def _put_command_first(arguments: Sequence[str], commands: Sequence[str]) -> list[str]:
    """Return the words with the command that they name in front, else with `ask` there."""
    named = next((word for word in arguments if word in commands), "")
    rest = list(arguments)
    if named and arguments[0].startswith("-"):
        rest.remove(named)
        return [named, *rest]
    return ["ask", *rest]


def build_wrong_usage_error(error: Any, name: str, arguments: Sequence[str]) -> UsageError:
    """Return our error for one of typer's.

    Args:
        error: What typer raised while it read a command's words.
        name: The command.
        arguments: The words after it.
    """
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else f"tokenhub {name}"
    option = getattr(error, "option_name", "")
    if option in KEY_OPTIONS:
        return build_key_error()
    message = _rewrite(error.format_message())
    if any(looks_like_key(word) and word in message for word in _split_words(arguments)):
        return build_key_error()
    hint = f"`{path} --help`"
    if hasattr(error, "possibilities"):
        message = f"there is no option `{option}`"
        near = _find_near(option, _find_options(context))
        hint = f"did you mean `{near}`? {hint} lists them" if near else hint
    elif message.startswith("no such command"):
        word = next((word for word in arguments if not word.startswith("-")), "")
        message = f"there is no command `{path.removeprefix('tokenhub ')} {word}`"
        near = _find_near(word, getattr(context.command, "commands", ()) if context else ())
        hint = f"`{path} {near}`" if near else hint
    return UsageError(message, hint=hint)


def build_key_error() -> UsageError:
    """Return the error for a key on the command line."""
    return UsageError(
        "a key is not taken from the command line: others can see it there",
        hint="`tokenhub keys set` asks for it unseen; replace the one that was typed",
    )


def looks_like_key(word: str) -> bool:
    """Say whether a word is more likely a secret than anything to be repeated."""
    return KEY.fullmatch(word) is not None


def _rewrite(text: str) -> str:
    """Return typer's sentence in our words."""
    message = " ".join(text.split()).rstrip(".").replace("'", "`")
    if message.startswith(("Usage:", "Missing command")):
        return "a subcommand is missing"
    for theirs, ours in KINDS.items():
        message = message.replace(theirs, ours)
    extra = re.fullmatch(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", message)
    if extra is not None:
        return f"there is nothing to do with `{extra[1]}`"
    return message[:1].lower() + message[1:]


def _split_words(arguments: Sequence[str]) -> set[str]:
    """Return the words, and what stands behind a `=` or inside a list of letters."""
    return {part for word in arguments for part in (word, *word.split("="), *word.split())}


def _find_options(context: Any) -> list[str]:
    if context is None:
        return []
    return [name for param in context.command.params for name in param.opts]


def _find_near(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=0.65)), "")
