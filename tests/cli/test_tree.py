"""The command tree as values: flags are written down once, in the commands themselves."""

import subprocess
import sys

from tokenhub_cli.cli.app import COMMANDS
from tokenhub_cli.cli.tree import DYNAMIC_KINDS, KINDS_BY_PLACE, Node, list_choices, read_tree
from tokenhub_cli.settings.schema import SETTINGS


def find(path: str) -> Node:
    return next(node for node in read_tree().walk() if " ".join(node.path) == path)


def test_the_tree_holds_every_command_in_order() -> None:
    """With the summaries of `tokenhub --help`."""
    children = read_tree().children
    assert {child.name: child.summary for child in children} == {
        name: summary for name, (_, summary) in COMMANDS.items()
    }


def test_options_know_what_follows_them() -> None:
    """How many words, and whether they are names that change, files or one of a few."""
    options = {option.names[-1]: option for option in find("ask").options}
    assert (options["--model"].kind, options["--model"].words) == ("models", 1)
    assert (options["--file"].kind, options["--file"].repeats) == ("files", True)
    assert options["--option"].words == 2
    assert options["--quiet"].words == 0
    assert options["--color"].choices == ("auto", "always", "never")


def test_what_follows_an_option_has_a_name() -> None:
    """Or fixed choices; else the help would show a type of Python's, as `<int range>`."""
    nameless = [
        (node.path, option.names)
        for node in read_tree().walk()
        for option in node.options
        if option.metavar == "VALUE" and not option.choices
    ]
    assert nameless == []


def test_a_place_that_is_named_exists() -> None:
    """The table of exceptions speaks of arguments and options that there are."""
    for path, _ in KINDS_BY_PLACE:
        assert find(path).arguments or len(find(path).options) > 1


def test_fixed_values_are_the_code_s_own() -> None:
    """Settings are those of the schema; names that change have none."""
    assert list_choices("settings") == tuple(SETTINGS)
    assert all(list_choices(kind) == () for kind in DYNAMIC_KINDS)


def test_reading_the_tree_loads_nothing_heavy() -> None:
    """Every command module is imported for it, and none of them brings a client or renderer."""
    code = (
        "import sys; from tokenhub_cli.cli.tree import read_tree; read_tree(); "
        "print({'httpx', 'rich', 'prompt_toolkit', 'sqlite3', 'tomlkit'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
