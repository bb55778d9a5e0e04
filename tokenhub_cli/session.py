"""What lasts from turn to turn: settings, the connection, history, and how turns are shown.

`ask`, `chat` and `resume` differ in where a question comes from; from here on they are the same.
The order in `run_turn` is for speed: the request is sent first, and renderer, history and spool are
imported and opened while the gateway thinks.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from tokenhub_cli.assembly import View, build_client, build_sink
from tokenhub_cli.chat.conversation import Conversation, Turn
from tokenhub_cli.chat.message import Message
from tokenhub_cli.chat.turns import Turns
from tokenhub_cli.errors import ExitCode
from tokenhub_cli.interrupts import catch_signals, leave_at_once, written_text_kept
from tokenhub_cli.settings.keys import Key
from tokenhub_cli.settings.paths import Paths
from tokenhub_cli.settings.resolve import Settings

if TYPE_CHECKING:
    from tokenhub_cli.chat.packing import Read
    from tokenhub_cli.chat.usage import Prices
    from tokenhub_cli.gateway.answer import Partial
    from tokenhub_cli.gateway.client import GatewayClient
    from tokenhub_cli.gateway.reader import AnswerReader
    from tokenhub_cli.gateway.warmup import WarmUp
    from tokenhub_cli.render.sink import Sink
    from tokenhub_cli.store.conversations import History
    from tokenhub_cli.store.keeper import Keeper, NoKeeper
    from tokenhub_cli.store.spill import SpillFile
    from tokenhub_cli.turn import TurnResult

DRAINED_WITHIN_S = 0.3  # how long the end of the response before may hold back the next request
SENT_WITHIN_S = 0.05  # how long the imports for showing wait for the request to leave first


class Session:
    """One run of the program against one gateway.

    Args:
        settings: The settings in force.
        key: The gateway's key, or None where it needs none.
        paths: Where files live.
        environ: The environment.
        view: How turns are shown.
        remembers: Whether what is learned of the gateway is kept for the next run.
        resolve: The settings for another model, by its name or alias; needed by `use_model`.
        is_loop: Whether turns follow turns, so that a second Ctrl-C does not leave the program.
    """

    def __init__(
        self,
        settings: Settings,
        key: Key | None,
        paths: Paths,
        environ: Mapping[str, str],
        view: View,
        *,
        remembers: bool = True,
        resolve: Callable[[str], Settings] | None = None,
        is_loop: bool = False,
    ) -> None:
        self.settings = settings
        self.paths = paths
        self.view = view
        self.model = settings.model
        self.options: dict[str, Any] = dict(settings.options)
        self._key = key
        self._environ = environ
        self._remembers = remembers
        self._resolve = resolve
        self._is_loop = is_loop
        self._is_judged = False  # whether the code theme was looked at
        self.dress: Callable[[Sink], Sink] = lambda sink: sink  # a loop adds to what is shown
        self.reword: Callable[[str], str] = str  # and names its own commands
        self._reader: AnswerReader | None = None
        self._warm_up: WarmUp | None = None
        self._client: GatewayClient | None = None
        self._history: History | None = None
        self._keeper: Keeper | None = None
        self._spill: SpillFile | None = None

    @property
    def client(self) -> "GatewayClient":
        """The gateway's client, made at the first use."""
        if self._client is None:
            self._client = build_client(
                self.settings,
                self._key,
                self.paths,
                remembers=self._remembers,
                keeps=self.settings.history or self._is_loop,  # a loop goes on with what it shows
            )
        return self._client

    @property
    def history(self) -> "History":
        """The kept conversations, opened at the first use."""
        if self._history is None:
            from tokenhub_cli.store.conversations import open_history

            self._history = open_history(self.paths.history_file)
        return self._history

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment."""
        return self._environ

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the gateway offers, as far as `warm_up` has learned them yet."""
        return self._warm_up.models if self._warm_up is not None else ()

    def warm_up(self) -> None:
        """Connect to the gateway and ask for its models, in the background; failures are silent."""
        from tokenhub_cli.gateway.warmup import WarmUp

        if self._warm_up is None:
            self._warm_up = WarmUp(lambda: self.client)

    def use_model(self, name: str) -> None:
        """Ask another model from now on, by its name or alias, with its own options and prices."""
        before = self.settings
        if self._resolve is not None:
            after = self._resolve(name)
            after.usage, after.markdown = before.usage, before.markdown
            after.hide_reasoning = before.hide_reasoning
            self.options = _carry_options(before.options, self.options, after.options)
            self.settings = after
            name = after.model
        self.model = name

    def holds_key(self, text: str) -> bool:
        """Tell whether a text holds the gateway's key."""
        return self._key is not None and self._key.value in text

    def find_prices(self, model: str) -> "Prices | None":
        """Return what a model costs, or None if that is not known."""
        if model == self.settings.model or self._resolve is None:
            return self.settings.prices
        return self._resolve(model).prices

    def begin_conversation(self, system: str | None = None) -> Conversation:
        """Return an empty conversation with a fresh id."""
        system = self.settings.system if system is None else system
        return Conversation(_new_id(), system, turns=Turns(put=self._put_away))

    def continue_conversation(
        self, reference: str, system: str | None = None, *, tip: str = ""
    ) -> Conversation:
        """Return a kept conversation to go on with, and go on with its model.

        Args:
            reference: An id, the start of one, or `last`.
            system: Another system prompt from now on, or None.
            tip: The last turn of the line to go on with; the active line's if empty.

        Raises:
            TokenHubError: No conversation fits, or history cannot be read.
        """
        from tokenhub_cli.attachments import reload_pictures

        found = self.history.load_conversation(reference, tip)
        if found.turns and self.settings.origins["model"] != "flag":
            self.model = found.turns[-1].model or self.model
        turns = Turns(
            (replace(turn, question=reload_pictures(turn.question)) for turn in found.turns),
            self._put_away,
        )
        return replace(found, turns=turns, system=found.system if system is None else system)

    def build_turn(self, question: Message) -> Turn:
        """Return an open turn for a question, to be appended to a conversation."""
        return Turn(_new_id(), question, model=self.model, options=dict(self.options))

    def run_turn(
        self,
        conversation: Conversation,
        *,
        stream: bool = True,
        partial: "Partial | None" = None,
    ) -> "TurnResult":
        """Ask the last question of `conversation`, show and keep the answer.

        Args:
            conversation: Its last turn is the open one.
            stream: Ask for the answer piece by piece.
            partial: What came of the answer before, to be gone on with.
        """
        early: list[int] = []

        def note_signal(number: int) -> None:
            early.append(number)
            if len(early) > 1 and not self._is_loop:
                leave_at_once(ExitCode.INTERRUPTED)

        if not self._is_loop:
            _ = self.client  # a slow import: as long as nothing was sent, Ctrl-C ends it by itself
        # Before and after the turn as well, Ctrl-C must neither tear a file nor leave an orphan.
        with catch_signals(note_signal), written_text_kept():
            return self._run_turn(conversation, early, stream=stream, partial=partial)

    def _run_turn(
        self,
        conversation: Conversation,
        signals: Sequence[int],
        *,
        stream: bool,
        partial: "Partial | None",
    ) -> "TurnResult":
        started_at = time.monotonic()
        reader = self._send(conversation, stream=stream, partial=partial)
        from tokenhub_cli.turn import Turn as RunningTurn
        from tokenhub_cli.wire.events import Noted

        shown_by = build_sink(self.settings, self.view, self.model, conversation.id, self._environ)
        sink = self.dress(shown_by)
        keeper = self._choose_keeper()
        keeper.rescue(waits=False)
        journal = keeper.begin(conversation)
        self._note_conversation(conversation)
        notices = [self._judge_code_theme(), *keeper.take_notices()]
        if partial is not None:  # what is not emitted again; its spool may be all that is left
            notices.append(journal.append_reasoning(partial.reasoning))
            notices.append(journal.append(partial.text if partial.is_shown else ""))
        for notice in filter(None, notices):
            sink.show(Noted(notice))
        running = RunningTurn(
            reader,
            sink,
            journal,
            self.model,
            started_at,
            before=conversation.turns[-1].answer,
            is_patient=self._is_loop,
            signals=signals,
        )
        result = running.run()
        keeper.end(conversation, result.answer, lambda: not (result.signal or signals))
        for notice in keeper.take_notices():
            self.write_notice(notice)
        return result

    def _judge_code_theme(self) -> str:
        """Return what is wrong with the code theme in the first turn with one, else nothing."""
        if self._is_judged or not self.settings.code_theme:
            return ""
        self._is_judged = True
        from tokenhub_cli.theme_checks import find_code_theme_notice

        return find_code_theme_notice(self.settings, self.view, self._environ)

    def resume_turn(self, conversation: Conversation) -> "TurnResult":
        """Go on with the last answer of `conversation`, by the model that began it.

        Args:
            conversation: Its last turn's answer is incomplete, or missing.
        """
        from tokenhub_cli.gateway.answer import Partial

        turn = conversation.turns[-1]
        self.model = turn.model or self.model
        self.options = dict(turn.options)
        answer = turn.answer
        if answer is None or not answer.text:
            return self.run_turn(conversation)
        return self.run_turn(conversation, partial=Partial(str(answer.text), answer.reasoning))

    def rescue(self) -> None:
        """Keep the answers of programs that ended in the middle of them, and say so."""
        keeper = self._choose_keeper()
        keeper.rescue(waits=True)
        for notice in keeper.take_notices():
            self.write_notice(notice)

    def write_notice(self, words: str) -> None:
        """Say something on stderr, unless notices are not wanted."""
        if not self.view.quiet:
            from tokenhub_cli.render.notices import format_note
            from tokenhub_cli.render.outlet import Outlet

            with suppress(OSError):  # a stderr that is gone costs nobody the answer
                Outlet(sys.stderr).write_words(format_note(self.reword(words)))

    def stop(self) -> None:
        """Give up the answer that was asked for, where no turn is running to be interrupted."""
        if self._client is not None:
            self._client.cancel()

    def close(self) -> None:
        """Close the connection and the history."""
        is_free = self._warm_up is None or self._warm_up.leave()
        if is_free and self._client is not None:
            self._client.transport.close()
        if self._history is not None:
            self._history.close()
        if self._spill is not None:
            self._spill.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _send(
        self, conversation: Conversation, *, stream: bool, partial: "Partial | None"
    ) -> "AnswerReader":
        """Send the request in a thread of its own; return once it is on its way, or nearly."""
        from tokenhub_cli.gateway.reader import AnswerReader
        from tokenhub_cli.wire.request import AnswerRequest

        request = AnswerRequest(
            self.model, conversation.build_request(), dict(self.options), stream=stream
        )
        self._await_connection()
        client = self.client
        client.transport.sent.clear()
        reader = self._reader = AnswerReader(client, client.answer(request, partial))
        client.transport.sent.wait(SENT_WITHIN_S)
        return reader

    def _await_connection(self) -> None:
        """Wait a little for whatever else uses the connection; go without it, if it must be."""
        if self._reader is not None:
            self._reader.join(DRAINED_WITHIN_S)  # the client leaves one that is still read from
        if self._warm_up is not None and not self._warm_up.end():
            self._client = None  # a thread is stuck with it

    def _note_conversation(self, conversation: Conversation) -> None:
        """Let the shell complete the conversation's id, while the gateway thinks."""
        if self.settings.history:
            from tokenhub_cli.settings.completion_files import note_conversation

            first = conversation.turns[0].question
            title = conversation.title or first.words or first.text
            note_conversation(self.paths, conversation.id, title)

    def _put_away(self, packed: bytes) -> "Read":
        """Put packed turns on disk, if this conversation may be there; else memory holds them."""
        if not self.settings.history:
            from tokenhub_cli.chat.packing import hold

            return hold(packed)
        if self._spill is None:
            from tokenhub_cli.store.spill import SpillFile

            self._spill = SpillFile(self.paths.spool_directory)
        return self._spill.put(packed)

    def _choose_keeper(self) -> "Keeper | NoKeeper":
        from tokenhub_cli.store.keeper import Keeper, NoKeeper

        if not self.settings.history:
            return NoKeeper()
        if self._keeper is None:
            self._keeper = Keeper(self.history, self.paths.spool_directory, self.settings.base_url)
        return self._keeper


def _new_id() -> str:
    from tokenhub_cli.store.ids import new_id

    return new_id(time.time(), os.urandom(4))


def _carry_options(
    before: Mapping[str, Any], changed: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is set for the model after, with what was changed by hand since before."""
    by_hand = {name: value for name, value in changed.items() if before.get(name, ...) != value}
    taken_out = before.keys() - changed.keys()
    kept = {name: value for name, value in after.items() if name not in taken_out}
    return {**kept, **by_hand}
