"""The command tree: which words there are, and the one module that each of them loads.

Only the named command's module is imported, so that `ask` never pays for `history`, and the
overview (`tokenhub --help`) is printed from the table without loading typer. Each module offers
`app: typer.Typer`, a single command or a group; its functions return an exit code (None means 0)
and raise `TokenHubError`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tokenhub_cli import __version__
from tokenhub_cli.cli.context import read_context, write_line
from tokenhub_cli.errors import ExitCode, InputError, UsageError

if TYPE_CHECKING:
    import typer

# command -> (module, one line of help), in the order of `tokenhub --help`
COMMANDS: dict[str, tuple[str, str]] = {
    "ask": ("tokenhub_cli.cli.ask", "Print one answer to stdout."),
    "chat": ("tokenhub_cli.cli.chat", "Hold a conversation on the terminal."),
    "resume": ("tokenhub_cli.cli.resume", "Finish an answer that was cut off."),
    "demo": ("tokenhub_cli.cli.demo", "The embedded gateway, to build and test against."),
    "keys": ("tokenhub_cli.cli.keys", "Store API keys, and say where they are found."),
    "models": ("tokenhub_cli.cli.models", "List the gateway's models, and choose one."),
    "history": ("tokenhub_cli.cli.history", "Kept conversations: list, show, search, export."),
    "templates": ("tokenhub_cli.cli.templates", "Questions prepared once, asked often."),
    "config": ("tokenhub_cli.cli.config", "Look at settings and change them."),
    "doctor": ("tokenhub_cli.cli.doctor", "Look for what is wrong, and say what to do."),
    "completion": ("tokenhub_cli.cli.completion", "Print a completion script for your shell."),
    "help": ("tokenhub_cli.cli.help", "Explain a topic or a command."),
}

# Those that keep an answer whose program was killed by themselves, and those that say no more than
# what they are asked.
KEEPS_OR_IS_SILENT = frozenset({"ask", "chat", "resume", "history", "demo", "completion", "help"})

OVERVIEW = """\
Usage: tokenhub COMMAND [ARGUMENTS]

  Chat with the models behind TokenHub, or any gateway that speaks its protocol.

Examples:
  tokenhub ask --demo "Write a poem"      try it, no key needed
  tokenhub keys set                       store your key
  tokenhub ask "Why is the sky blue?"     one answer
  tokenhub chat                           a conversation
  git diff | tokenhub ask "Review this"   in a pipe

Commands:
{commands}

Options:
  -V, --version  Print the version.
  --debug        With any command: show the traceback of an error.
  -h, --help     Show this message; `tokenhub COMMAND --help` says more.
"""


def run_command(arguments: list[str]) -> int:
    """Run the command that `arguments` name and return its exit code.

    Without arguments, `tokenhub` asks what a pipe brings, or holds a conversation on a terminal.

    Raises:
        TokenHubError: What the command raised, or `UsageError` for words it does not know.
    """
    if not arguments:
        arguments = ["chat"] if read_context().stdin_is_terminal else ["ask"]
    name, rest = arguments[0], arguments[1:]
    if name in ("-h", "--help"):
        write_line(format_overview().rstrip())
        return ExitCode.COMPLETE
    if name in ("-V", "--version"):
        write_line(f"tokenhub {__version__}")
        return ExitCode.COMPLETE
    if name not in COMMANDS:
        raise _unknown_command_error(arguments)
    _require_text(rest)
    return _invoke(name, rest)


def format_overview() -> str:
    """Return what `tokenhub --help` prints."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {summary}" for name, (_, summary) in COMMANDS.items()]
    return OVERVIEW.format(commands="\n".join(lines))


def load_command(name: str) -> Any:
    """Return the parsed command tree of `name`, ready to run or to be described."""
    from typer.main import get_command

    app: typer.Typer = import_module(COMMANDS[name][0]).app
    return get_command(app)


def _invoke(name: str, arguments: list[str]) -> int:
    command = load_command(name)
    from typer import Abort
    from typer.exceptions import TyperException

    try:
        code = command.main(
            args=arguments,
            prog_name=f"tokenhub {name}",
            standalone_mode=False,
            windows_expand_args=False,
        )
    except Abort as abort:
        # typer takes every EOFError for Ctrl-D at a prompt of its own, of which there is none: a
        # module was cut off, by a full disk for example.
        raise abort.__cause__ or abort from None
    except TyperException as error:
        from tokenhub_cli.cli.wrong_usage import build_wrong_usage_error

        raise build_wrong_usage_error(error, name, arguments) from None
    if name not in KEEPS_OR_IS_SILENT and not {"-h", "--help"}.intersection(arguments):
        _keep_orphans()
    return code or ExitCode.COMPLETE


def _keep_orphans() -> None:
    """Keep the answers of programs that were killed, and say so, if there are any."""
    from tokenhub_cli.settings.paths import find_paths

    context = read_context()
    if any(find_paths(context.environ).spool_directory.glob("*.spool")):
        from tokenhub_cli.cli.keeping import open_kept

        with open_kept(context):
            pass


def _require_text(arguments: list[str]) -> None:
    """Refuse words that are no text: what was sent of them would not be what was typed.

    Raises:
        InputError: The system handed over bytes that are not UTF-8, or half a surrogate pair.
    """
    for word in arguments:
        try:
            word.encode()
        except UnicodeEncodeError:
            shown = word.encode("utf-8", "backslashreplace").decode()
            raise InputError(
                f"the argument `{shown}` is not UTF-8 text",
                hint="`iconv -f ENCODING -t UTF-8 FILE | tokenhub ask`",
            ) from None


def _unknown_command_error(arguments: list[str]) -> UsageError:
    from tokenhub_cli.cli.wrong_usage import build_unknown_command_error

    is_option = arguments[0].startswith("-")
    flags = (name for param in load_command("ask").params for name in param.opts)
    return build_unknown_command_error(arguments, COMMANDS, flags if is_option else ())
