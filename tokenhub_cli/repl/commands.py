"""The slash commands: one table, from which completion, `/help` and the README's list come.

A command has a name, aliases, the arguments it takes, one line of help, what it needs to be legal,
what completes its argument, and an action. Actions live in `repl/actions/`, one module a family.
"""

from collections.abc import Callable
from typing import NamedTuple

from tokenhub_cli.errors import UsageError
from tokenhub_cli.repl.actions import answers, conversations, request, view
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.output import format_table, measure_columns, write_lines

Action = Callable[[Dialogue, str], None]


class Command(NamedTuple):
    """One row of the table.

    `needs` raises an error where the command cannot be used now. `completes` names what the
    argument is completed from: `model`, `file`, `picture`, `option`, `conversation`, `command`,
    or words to choose from, separated by `|`. `outside` is what does the same in a shell.
    """

    name: str
    arguments: str
    help: str
    action: Action
    aliases: tuple[str, ...] = ()
    needs: Callable[[Dialogue], object] | None = None
    completes: str = ""
    outside: tuple[str, ...] = ()


def show_help(_dialogue: Dialogue, argument: str) -> None:
    """Show all commands and keys, or one command."""
    if argument:
        command = find_command(argument.split(maxsplit=1)[0].lstrip("/"))
        aliases = f" (also {', '.join('/' + name for name in command.aliases)})"
        usage = f"/{command.name} {command.arguments}".rstrip()
        write_lines([usage, f"  {command.help}{aliases if command.aliases else ''}"])
        return
    columns = measure_columns()
    commands, keys = format_commands(columns), format_table(KEYS, columns)
    write_lines(["Commands:", *commands, "", "Keys:", *keys])


COMMANDS: tuple[Command, ...] = (
    Command("help", "[COMMAND]", "Show this list, or one command.", show_help, ("h", "?"), None,
            "command"),
    Command("exit", "", "Leave; Ctrl-D on an empty line does too.", view.leave, ("quit", "q")),
    Command("new", "", "Begin a new conversation.", conversations.begin),
    Command("clear", "", "Clear the screen and begin a new conversation.", conversations.clear),
    Command("model", "[NAME]", "Show the model, or go on with another.", request.choose_model,
            ("m",), None, "model", ("--model", "tokenhub ask -m", "tokenhub models list",
            "tokenhub models default", "tokenhub config set model")),
    Command("system", "[TEXT|off]", "Show or change the system prompt.", request.set_system, (),
            None, "off", ("tokenhub ask -s",)),
    Command("set", "[NAME [VALUE|off]]", "Show or change a sampling parameter, as in "
            "`/set temperature 0.2`.", request.set_option, (), None, "option",
            ("tokenhub ask --help", "tokenhub ask -o")),
    Command("info", "", "Show model, gateway, conversation and what is set.", view.show_info),
    Command("file", "PATH", "Send a text file with the next question; `@PATH` in it does too.",
            request.add_file, ("f",), None, "file", ("--file",)),
    Command("attach", "PATH|URL", "Send a picture with the next question.", request.add_picture,
            ("a",), None, "file", ("--attach",)),
    Command("retry", "[MODEL]", "Ask the last question again; `/undo` then brings the answer "
            "before back.", answers.retry, ("r",), Dialogue.require_turn, "model"),
    Command("continue", "", "Go on with the last answer where it broke off.", answers.go_on,
            ("c",), Dialogue.require_turn),
    Command("undo", "[N]", "Take back a retry, or the last question and answer, or the last N.",
            answers.undo,
            ("u",), Dialogue.require_turn),
    Command("edit", "", "Take the last question back into the prompt, to ask it otherwise.",
            answers.edit, ("e",), Dialogue.require_turn),
    Command("copy", "[code [N]]", "Copy the last answer, or its Nth code block.", answers.copy,
            ("y",), Dialogue.require_answer, "code"),
    Command("save", "FILE", "Write the last answer to a file.", answers.save, (),
            Dialogue.require_answer, "file"),
    Command("export", "FILE", "Write the conversation to a file: .md, .json or .html.",
            conversations.export, (), Dialogue.require_turn, "file"),
    Command("history", "[N|ID]", "List kept conversations; open one by its number or id.",
            conversations.show_history, ("open",), None, "conversation",
            ("tokenhub history list", "tokenhub history show", "tokenhub ask -c")),
    Command("resume", "[ID]", "Finish the newest answer that broke off, or a conversation's.",
            conversations.resume, (), None, "conversation", ("tokenhub resume",)),
    Command("rename", "TITLE", "Give the conversation another title.", conversations.rename),
    Command("fork", "[TITLE]", "Go on in a copy of the conversation.", conversations.fork, (),
            Dialogue.require_turn),
    Command("search", "WORDS", "Find words in kept conversations.", conversations.search, ("s",),
            None, "", ("tokenhub history search",)),
    Command("usage", "", "Show tokens and cost of the conversation.", view.show_usage),
    Command("reasoning", "[show|hide]", "Show or hide the model's reasoning.",
            view.switch_reasoning, (), None, "show|hide"),
    Command("raw", "[on|off]", "Show Markdown as it is, or rendered.", view.switch_raw, (), None,
            "on|off"),
    Command("multi", "", "Let Enter make lines, and Alt-Enter send; again to switch back.",
            view.switch_multiline),
)  # fmt: skip

KEYS = (
    ("Enter", "send; with the setting `enter_sends = false` a new line"),
    ("Alt-Enter, Ctrl-J", 'a new line; """ begins and ends a text of many lines'),
    ("Ctrl-C", "stop the answer; clear the line"),
    ("Ctrl-D", "leave, on an empty line"),
    ("Up, Down, Ctrl-R", "questions asked before"),
    ("Ctrl-G, Ctrl-X Ctrl-E", "edit in $VISUAL or $EDITOR"),
    ("Ctrl-L", "clear the screen"),
    ("Tab", "complete"),
)  # fmt: skip

_BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}


def format_commands(columns: int = 0) -> list[str]:
    """Return the table as lines, for `/help` and the README; wrapped to `columns` unless 0."""
    rows = ((f"/{c.name} {c.arguments}".rstrip(), c.help) for c in COMMANDS)
    return format_table(rows, columns)


def find_command(name: str) -> Command:
    """Return the command of that name or alias.

    Raises:
        UsageError: There is none.
    """
    command = _BY_NAME.get(name.lower())
    if command is not None:
        return command
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), _BY_NAME, n=1)
    hint = f"`/{near[0]}`" if near else "`/help` lists them; `//` sends a text that begins with `/`"
    raise UsageError(f"there is no command `/{name}`", hint=hint)


def run_line(dialogue: Dialogue, line: str) -> None:
    """Run a line that begins with a slash.

    Raises:
        TokenHubError: The command is unknown, not legal now, or failed.
    """
    name, _, argument = line[1:].partition(" ")
    if "\n" in name:
        name, _, argument = line[1:].partition("\n")
    command = find_command(name)
    if command.needs is not None:
        command.needs(dialogue)
    argument = argument.strip()
    if argument and not command.arguments:
        raise UsageError(f"`/{command.name}` takes no argument", hint=f"`/help {command.name}`")
    if not argument and command.arguments and not command.arguments.startswith("["):
        usage = f"/{command.name} {command.arguments}"
        raise UsageError(f"`/{command.name}` wants an argument", hint=f"`{usage}`")
    command.action(dialogue, argument)
