"""What Tab offers: commands with their help, their arguments, and paths after `@`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from tokenhub_cli.repl.commands import COMMANDS, find_command
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.mentions import expand_path, find_open_mention

MOST_PATHS = 200
MOST_CONVERSATIONS = 50


class ChatCompleter(Completer):
    """Completes the prompt of a dialogue."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - prompt_toolkit's signature
    ) -> Iterable[Completion]:
        """Yield what may stand at the cursor; nothing where that is not known."""
        before = document.text_before_cursor
        if before.startswith("/") and not before.startswith("//"):
            name, space, argument = before[1:].partition(" ")
            if not space:
                yield from _complete_command(name)
            else:
                yield from self._complete_argument(name, argument.lstrip())
            return
        mentioned = find_open_mention(before)
        if mentioned is not None:
            yield from _complete_mention(mentioned)

    def _complete_argument(self, name: str, typed: str) -> Iterator[Completion]:
        try:
            kind = find_command(name).completes
        except Exception:  # noqa: BLE001 - an unknown command has nothing to complete
            return
        match kind:
            case "":
                return
            case "file":
                yield from _complete_path(typed)
            case "model":
                models = dict.fromkeys(
                    [*self._dialogue.session.models, self._dialogue.session.model]
                )
                yield from _complete_word(models, typed, anywhere=True)
            case "command":
                yield from _complete_word([command.name for command in COMMANDS], typed)
            case "option":
                yield from self._complete_option(typed)
            case "conversation":
                yield from self._complete_conversation(typed)
            case "code":
                yield from self._complete_code(typed)
            case _:
                yield from _complete_word(kind.split("|"), typed)

    def _complete_option(self, typed: str) -> Iterator[Completion]:
        from tokenhub_cli.settings.schema import SETTINGS

        for setting in SETTINGS.values():
            table, _, name = setting.name.partition(".")
            if table == "options" and name.startswith(typed):
                yield Completion(name, -len(typed), display_meta=setting.help)

    def _complete_code(self, typed: str) -> Iterator[Completion]:
        word, space, number = typed.partition(" ")
        answer = self._dialogue.last_answer
        if not space:
            yield from _complete_word(["code"], typed)
        elif word == "code" and answer is not None:
            from tokenhub_cli.render.fences import find_code_blocks
            from tokenhub_cli.render.sanitize import sanitize_line

            for index, block in enumerate(find_code_blocks(str(answer.text)), 1):
                if str(index).startswith(number):
                    first = sanitize_line(block.partition("\n")[0])
                    yield Completion(str(index), -len(number), display_meta=first)

    def _complete_conversation(self, typed: str) -> Iterator[Completion]:
        from tokenhub_cli.errors import TokenHubError
        from tokenhub_cli.render.sanitize import sanitize_line
        from tokenhub_cli.store.listing import Filters

        try:
            filters = Filters(limit=MOST_CONVERSATIONS)
            found = self._dialogue.session.history.list_conversations(filters)
        except TokenHubError:
            return
        for summary in found:
            title = sanitize_line(summary.title)
            if summary.id.startswith(typed) or typed.lower() in title.lower():
                yield Completion(summary.id, -len(typed), display_meta=title)


def _complete_command(typed: str) -> Iterator[Completion]:
    for command in COMMANDS:
        names = [name for name in (command.name, *command.aliases) if name.startswith(typed)]
        if names:
            name = command.name if command.name in names else names[0]
            space = " " if command.arguments else ""
            yield Completion(
                f"{name}{space}", -len(typed), display=f"/{name}", display_meta=command.help
            )


def _complete_word(
    words: Iterable[str], typed: str, *, anywhere: bool = False
) -> Iterator[Completion]:
    """Yield the words that begin with what was typed; then, if wanted, those that hold it."""
    listed = list(words)
    yield from (Completion(word, -len(typed)) for word in listed if word.startswith(typed))
    if anywhere and typed:
        yield from (
            Completion(word, -len(typed))
            for word in listed
            if typed.lower() in word.lower() and not word.startswith(typed)
        )


def _complete_mention(typed: str) -> Iterator[Completion]:
    """Yield paths for what was typed after `@`; quotes hold one with spaces together."""
    path = typed.removeprefix('"')
    for found in _complete_path(path):
        whole = path[: len(path) + found.start_position] + found.text
        if path != typed or any(character.isspace() for character in whole):
            whole = f'"{whole}' if whole.endswith("/") else f'"{whole}"'
        yield Completion(whole, -len(typed), display=found.display)


def _complete_path(typed: str) -> Iterator[Completion]:
    """Yield the files and directories that begin with what was typed."""
    head, slash, start = typed.rpartition("/")
    directory = expand_path(f"{head}/") if slash else Path()
    try:
        names = sorted(
            (entry.name, entry.is_dir())
            for entry in directory.iterdir()
            if entry.name.startswith(start) and (start or not entry.name.startswith("."))
        )
    except OSError:
        return
    for name, is_directory in names[:MOST_PATHS]:
        if name.isprintable():
            end = "/" if is_directory else ""
            yield Completion(f"{name}{end}", -len(start), display=f"{name}{end}")
