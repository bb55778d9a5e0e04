"""The prompt of a terminal that understands escape sequences, on prompt_toolkit.

It runs only while nothing else writes: each question is one run. What it gives back is the text as
it stands in the prompt, long pastes folded.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.styles import Style

from tokenhub_cli.render.theme import decide_color
from tokenhub_cli.repl.completer import ChatCompleter
from tokenhub_cli.repl.dialogue import Dialogue
from tokenhub_cli.repl.history import PromptHistory
from tokenhub_cli.repl.keys import build_key_bindings
from tokenhub_cli.repl.mentions import find_open_mention
from tokenhub_cli.repl.signals import HangUp
from tokenhub_cli.repl.typed import decode_typed, join_presses

PROMPT = "> "
MENU_ROWS = 8  # kept free for completions, where the screen has them
TOOLBAR_ROWS = 8  # a lower screen shows no toolbar
NEWCOMER_QUESTIONS = 4  # after so many the hint about keys is not shown any more
ENTER_SENDS = "Enter sends · Alt-Enter new line"
ENTER_MAKES_A_LINE = "Alt-Enter sends · Enter new line"
NEWCOMER_HINT = "/help · Ctrl-D leaves"

STYLE = Style.from_dict(
    {
        "prompt": "bold",
        "bottom-toolbar": "noreverse ansibrightblack",
        "auto-suggestion": "ansibrightblack",
    }
)


class PromptReader:
    """Reads questions.

    Args:
        dialogue: For the toolbar, completion and the state that keys change.
        history: The questions before.
        on_painted: Called once, when the first prompt is on the screen.
        input_: Keys; by default the terminal's.
        output: The screen; by default the terminal's.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        history: PromptHistory,
        on_painted: Callable[[], None] = lambda: None,
        *,
        input_: Input | None = None,
        output: Output | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._history = history
        self._on_painted: Callable[[], None] | None = on_painted
        self.message = ""  # shown in the toolbar until the next key
        settings = dialogue.session.settings
        is_vi = settings.editing_mode == "vi"
        self.session: PromptSession[str] = PromptSession(
            [("class:prompt", PROMPT)],
            multiline=True,
            prompt_continuation=[("", " " * len(PROMPT))],
            editing_mode=EditingMode.VI if is_vi else EditingMode.EMACS,
            history=history,
            auto_suggest=AutoSuggestFromHistory(),
            completer=ChatCompleter(dialogue),
            complete_while_typing=Condition(self._is_completing),
            key_bindings=build_key_bindings(self, dialogue, enter_sends=settings.enter_sends),
            bottom_toolbar=self._build_toolbar,
            style=STYLE,
            color_depth=choose_color_depth(dialogue.session.view.color, dialogue.session.environ),
            include_default_pygments_style=False,
            enable_suspend=True,
            mouse_support=False,
            input=input_,
            output=output or _open_output(),
        )
        self.session.app.ttimeoutlen = 0.05
        self.session.app.after_render += self._note_painted
        self.session.app.after_render += self._look_further
        self.session.default_buffer.on_text_changed += self._clear_message

    def read(self, draft: str) -> str:
        """Return the next question or command, as it stands in the prompt.

        Args:
            draft: What the prompt begins with; what was typed before it was there follows.

        Raises:
            EOFError: Ctrl-D on an empty line, or the terminal is gone.
            HangUp: A signal asks to leave; what was typed is in the history.
        """
        self.message = ""
        draft += self._take_typed()
        rows = self.session.output.get_size().rows
        self.session.reserve_space_for_menu = max(0, min(MENU_ROWS, rows - 3))
        try:
            return self.session.prompt(default=draft)
        except HangUp:
            text = self.session.default_buffer.text
            if text.strip():
                self._history.store_string(text)
            raise

    def take_typeahead(self) -> str:
        """Return what was typed after the last line was sent, and forget it."""
        return join_presses(list(get_typeahead(self.session.input)))

    def _take_typed(self) -> str:
        """Return what was typed since the last prompt, or the start, and nobody has read yet."""
        typed = self._dialogue.keyboard.take()
        if not typed:
            return ""
        output = self.session.output
        output.write_raw("\r")  # the terminal may have shown it, before it was told not to
        output.erase_end_of_line()
        output.flush()
        return self._dialogue.folds.fold(decode_typed(typed))

    def hang_up(self, number: int) -> bool:
        """End the prompt for a signal, from its handler; return whether there is one to end."""
        app = self.session.app
        if not app.is_running or app.loop is None:
            return False
        app.loop.call_soon_threadsafe(self._exit, HangUp(number))
        return True

    def _exit(self, reason: HangUp) -> None:
        app = self.session.app
        if app.is_running and not app.is_done:
            app.exit(exception=reason)

    def _note_painted(self, _app: Any) -> None:
        callback, self._on_painted = self._on_painted, None
        if callback is not None:
            callback()

    def _look_further(self, app: Any) -> None:
        """Have older questions loaded where someone searches, or goes back with Up."""
        is_back = self.session.default_buffer.working_index < self._history.count()
        if is_back or app.layout.is_searching:
            self._history.look_further()

    def _clear_message(self, _buffer: Any) -> None:
        self.message = ""

    def _is_completing(self) -> bool:
        """Whether completions show up by themselves: for commands and paths, not for prose."""
        text = self.session.default_buffer.document.text_before_cursor
        if text.startswith("/"):
            return "\n" not in text and not text.startswith("//")
        return find_open_mention(text) is not None

    def _build_toolbar(self) -> StyleAndTextTuples | None:
        size = self.session.output.get_size()
        if self.message:
            return [("", fit(self.message, size.columns))]
        if size.rows < TOOLBAR_ROWS:
            return None
        is_new = self._dialogue.questions + self._history.count() < NEWCOMER_QUESTIONS
        lines = [format_toolbar(self._dialogue), *([self._build_hint()] if is_new else [])]
        return [("", "\n".join(fit(line, size.columns) for line in lines))]

    def _build_hint(self) -> str:
        dialogue = self._dialogue
        sends = dialogue.session.settings.enter_sends and not dialogue.is_multiline
        return f"{ENTER_SENDS if sends else ENTER_MAKES_A_LINE} · {NEWCOMER_HINT}"


def choose_color_depth(option: str, environ: Mapping[str, str]) -> ColorDepth | None:
    """Return how many colours the prompt has: one without colours, None for the terminal's own.

    Args:
        option: `--color`: `auto`, `always` or `never`.
        environ: The environment.
    """
    if not decide_color(option, environ, is_terminal=True):
        return ColorDepth.DEPTH_1_BIT
    return ColorDepth.DEPTH_8_BIT if option == "always" else None


def format_toolbar(dialogue: Dialogue) -> str:
    """Return model, title, context size, latency and what waits to be sent, as far as known."""
    parts = [dialogue.session.model, dialogue.title]
    answer = dialogue.last_answer
    if answer is not None and answer.usage is not None:
        usage = answer.usage
        mark = "~" if usage.estimated or usage.attempts > 1 else ""
        parts.append(f"{mark}{usage.context_tokens:,} tokens")
    if dialogue.latency is not None:
        parts.append(f"{dialogue.latency:.2f} s")
    count = len(dialogue.files) + len(dialogue.pictures)
    if count:
        parts.append(f"{count} file{'s' if count > 1 else ''} attached")
    if dialogue.is_multiline:
        parts.append("Alt-Enter sends")
    return " · ".join(_defuse(part) for part in parts if part)


def _defuse(text: str) -> str:
    """Return a text on one line, defused; what is plain does not load the sanitiser."""
    if text.isascii() and text.isprintable():
        return text
    from tokenhub_cli.render.sanitize import sanitize_line

    return sanitize_line(text)


def fit(text: str, columns: int) -> str:
    """Return `text` cut to the screen's width."""
    from prompt_toolkit.utils import get_cwidth

    if get_cwidth(text) < columns:
        return text
    while text and get_cwidth(text) >= columns - 1:
        text = text[:-1]
    return f"{text}…"


def _open_output() -> Output:
    """Return the screen: stdout, or stderr where stdout goes into a pipe or file."""
    from prompt_toolkit.output import create_output

    return create_output(sys.stdout if sys.stdout.isatty() else sys.stderr)
