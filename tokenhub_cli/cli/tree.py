"""The command tree as plain values: what completion scripts and the manual are made from.

Read from the command modules themselves, so that a flag is written down once. What kind of value an
option or argument takes follows from its choices, its name or its metavar, by the tables here.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

# Kinds of values that change, by the parameter's name or metavar.
KINDS_BY_NAME = {
    "model": "models",
    "profile": "profiles",
    "conversation": "conversations",
    "conversation_id": "conversations",
    "template": "templates",
}
KINDS_BY_METAVAR = {
    "ID": "conversations",
    "PATH": "files",
    "PATH|URL|-": "files",
    "FILE": "files",
    "FILE|JSON": "files",
}
# Where a name means something else, by command and parameter.
KINDS_BY_PLACE = {
    ("demo serve", "model"): "",
    ("models default", "name"): "models",
    ("config get", "name"): "settings",
    ("config set", "name"): "settings",
    ("config set", "value"): "values",  # of the setting that the word before names
    ("config unset", "name"): "settings",
    ("templates show", "name"): "templates",
    ("templates edit", "name"): "templates",
    ("templates path", "name"): "templates",
    ("help", "words"): "topics",
}
DYNAMIC_KINDS = ("models", "profiles", "conversations", "templates")


class Option(NamedTuple):
    """A flag. `words` is how many words follow it; `kind` and `choices` say what the first is."""

    names: tuple[str, ...]
    help: str
    metavar: str = ""
    words: int = 0
    kind: str = ""
    choices: tuple[str, ...] = ()
    repeats: bool = False


class Argument(NamedTuple):
    """A positional word, or as many as wanted if it repeats."""

    metavar: str
    help: str
    kind: str = ""
    choices: tuple[str, ...] = ()
    repeats: bool = False


class Node(NamedTuple):
    """A command or a group of them; `path` is empty for the program itself."""

    path: tuple[str, ...]
    summary: str
    help: str
    options: tuple[Option, ...]
    arguments: tuple[Argument, ...]
    children: tuple["Node", ...] = ()

    @property
    def name(self) -> str:
        """The last word of the path."""
        return self.path[-1] if self.path else "tokenhub"

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


HELP_OPTION = Option(("-h", "--help"), "Show the help.")
ROOT_OPTIONS = (
    HELP_OPTION,
    Option(("-V", "--version"), "Print the version."),
    Option(("--debug",), "Show the traceback of an error."),
)


def read_tree() -> Node:
    """Return the whole tree; every command module is imported for it."""
    from tokenhub_cli.cli.app import COMMANDS, load_command

    children = tuple(
        _read_node(load_command(name), (name,))._replace(summary=summary)
        for name, (_, summary) in COMMANDS.items()
    )
    return Node((), "Chat with the models behind TokenHub.", "", ROOT_OPTIONS, (), children)


def list_choices(kind: str) -> tuple[str, ...]:
    """Return the fixed values of a kind that has some."""
    if kind == "settings":
        from tokenhub_cli.settings.schema import SETTINGS

        return tuple(SETTINGS)
    if kind == "topics":
        from tokenhub_cli.cli.app import COMMANDS
        from tokenhub_cli.cli.topics import TOPICS

        return (*TOPICS, "man", *COMMANDS)
    return ()


def list_setting_choices() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the settings that have a few fixed values: names, and the values that they share."""
    from tokenhub_cli.settings.schema import SETTINGS

    names: dict[tuple[str, ...], list[str]] = {}
    for setting in SETTINGS.values():
        choices = ("true", "false") if setting.kind == "boolean" else setting.choices
        if choices:
            names.setdefault(choices, []).append(setting.name)
    return [(tuple(sharing), choices) for choices, sharing in names.items()]


def _read_node(command: Any, path: tuple[str, ...]) -> Node:
    options, arguments = [HELP_OPTION], list[Argument]()
    for param in command.params:
        if getattr(param, "hidden", False) or param.name == "help":
            continue
        kind, choices = _find_values(param, " ".join(path))
        if param.param_type_name == "argument":
            metavar = (param.metavar or param.name.upper()).strip("[].")
            repeats = param.nargs < 0
            arguments.append(Argument(metavar, param.help or "", kind, choices, repeats))
        else:
            options.append(_build_option(param, kind, choices))
    children = getattr(command, "commands", {})
    return Node(
        path,
        _join_first_paragraph(command.help or ""),
        command.help or "",
        tuple(options),
        tuple(arguments),
        tuple(
            _read_node(child, (*path, name)) for name, child in children.items() if not child.hidden
        ),
    )


def _build_option(param: Any, kind: str, choices: tuple[str, ...]) -> Option:
    names = (*param.opts, *param.secondary_opts)
    words = 0 if param.is_flag else max(param.nargs, 1)
    metavar = param.metavar or ("VALUE" if words else "")
    return Option(
        tuple(sorted(names, key=len)),
        param.help or "",
        metavar if words else "",
        words,
        kind if words else "",
        choices,
        param.multiple,
    )


def _find_values(param: Any, place: str) -> tuple[str, tuple[str, ...]]:
    """Return the kind of a parameter's value, and its choices where they are fixed."""
    choices = getattr(param.type, "choices", None)
    if choices:
        return "choices", tuple(str(getattr(choice, "value", choice)) for choice in choices)
    metavar = (param.metavar or "").strip("[].")
    kind = KINDS_BY_NAME.get(param.name) or KINDS_BY_METAVAR.get(metavar, "")
    kind = KINDS_BY_PLACE.get((place, param.name), kind)
    fixed = list_choices(kind)
    return ("choices", fixed) if fixed else (kind, ())


def _join_first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n", 1)[0].split())
