"""One conversation under way: what the loop and its commands act on.

A question whose answer never began is not part of the conversation: it comes back as `draft`, the
text that the next prompt begins with. An answer that broke off is part of it, marked by its status.
"""

import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from tokenhub_cli.attachments import build_question
from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation, Turn
from tokenhub_cli.errors import StoreError, TokenHubError, UsageError
from tokenhub_cli.repl.folds import Folds
from tokenhub_cli.repl.keyboard import Keyboard
from tokenhub_cli.repl.mentions import find_mentions, sort_files
from tokenhub_cli.repl.output import write_note
from tokenhub_cli.repl.signals import interrupts_ending_with
from tokenhub_cli.repl.typed import decode_typed
from tokenhub_cli.session import Session

if TYPE_CHECKING:
    from tokenhub_cli.chat.turns import Turns
    from tokenhub_cli.gateway.answer import Partial
    from tokenhub_cli.render.sink import Sink
    from tokenhub_cli.store.conversations import History
    from tokenhub_cli.turn import TurnResult

# Ends after which there is more to be had.
CUT = frozenset(
    {
        AnswerStatus.INCOMPLETE,
        AnswerStatus.CANCELLED,
        AnswerStatus.UNVERIFIED,
        AnswerStatus.LENGTH,
        AnswerStatus.FAILED,
    }
)
TITLE_LENGTH = 60


class Dialogue:
    """The conversation, what waits for its next question, and the session that asks.

    Attributes:
        draft: What the next prompt begins with.
        files: Text files that go with the next question.
        pictures: Pictures that go with the next question.
        is_multiline: Enter makes lines until `/multi` is said again.
        is_leaving: The loop is to end.
        latency: Seconds to the first piece of the last answer, or None.
        signal: The signal that ended the loop, or 0.
        questions: How many questions were sent in this run.
        replaced: The turns as they were before each `/retry` of the last question.
        dropped: By turn, answers that were taken out of the conversation, without their text.
        listed: Ids of the conversations that `/history` or `/search` showed, in order.
        take_typeahead: Gives what the prompt read beyond the last line, once.

    Args:
        session: Asks.
        conversation: Where to go on, or an empty one.
        keyboard: The terminal's keys.
    """

    def __init__(self, session: Session, conversation: Conversation, keyboard: Keyboard) -> None:
        self.session = session
        self.conversation = conversation
        self.keyboard = keyboard
        self.folds = Folds()
        self.draft = ""
        self.files: list[str] = []
        self.pictures: list[str] = []
        self.is_multiline = False
        self.is_leaving = False
        self.latency: float | None = None
        self.signal = 0
        self.questions = 0
        self.replaced: list[Turns] = []
        self.dropped: dict[str, Answer] = {}
        self.listed: tuple[str, ...] = ()
        self.take_typeahead: Callable[[], str] = str
        self._titled: Turns | None = None
        self._title = ""

    @property
    def title(self) -> str:
        """The conversation's title, or the beginning of its first question."""
        if self.conversation.title:
            return self.conversation.title
        turns = self.conversation.turns
        if not turns:
            return ""
        if self._titled is not turns:  # the first turn may have to be read and unpacked, and this
            self._titled = turns  # is shown at each key
            with suppress(StoreError):  # which is no place to tell it
                first = turns[0].question
                title = " ".join((first.words or first.text)[:1000].split())
                is_long = len(title) > TITLE_LENGTH
                self._title = title[: TITLE_LENGTH - 1] + "…" if is_long else title
        return self._title

    @property
    def last_answer(self) -> Answer | None:
        """The last answer, or None."""
        return self.conversation.turns[-1].answer if self.conversation.turns else None

    def require_turn(self) -> Turn:
        """Return the last turn.

        Raises:
            UsageError: There is none.
        """
        if not self.conversation.turns:
            raise UsageError(
                "nothing was asked yet in this conversation",
                hint="type a question, or `/resume` an earlier conversation",
            )
        return self.conversation.turns[-1]

    def require_answer(self) -> Answer:
        """Return the last answer.

        Raises:
            UsageError: There is none.
        """
        answer = self.last_answer
        if answer is None or not answer.text:
            raise UsageError(
                "there is no answer yet in this conversation",
                hint="type a question, or `/retry` the last one",
            )
        return answer

    def take_draft(self) -> str:
        """Return what the next prompt begins with, and forget it."""
        draft, self.draft = self.draft, ""
        return draft

    def ask(self, words: str) -> None:
        """Ask a question as it stands in the prompt; files and pictures that wait go with it.

        If no answer comes, the question is the next draft, and files and pictures wait again.

        Raises:
            TokenHubError: The question cannot be sent.
        """
        self.draft = words
        text = self.folds.expand(words)
        # A paste is not seen: whoever wrote it must not name files of this machine.
        texts, pictures = sort_files(find_mentions(self.folds.expand_written(words)))
        question = build_question(
            text,
            list(dict.fromkeys([*self.files, *texts])),
            list(dict.fromkeys([*self.pictures, *pictures])),
        )
        turn = self.session.build_turn(question)
        if self._run(self.conversation.append(turn), words):
            self.files, self.pictures, self.replaced = [], [], []

    def retry(self, model: str = "") -> None:
        """Ask the last question again, by another model if one is named.

        The answer before stays in history, as a branch, and `restore` brings it back. If no answer
        comes, it stays in the conversation, and the model is the one before.
        """
        last, turns_before = self.require_turn(), self.conversation.turns
        model_before = self.session.model
        if model:
            self.session.use_model(model)
            self.doubt_model()
        conversation = self.conversation.retry(self.session.build_turn(last.question))
        if self._run(conversation, f"/retry {model}".rstrip()):
            self.replaced.append(turns_before)
            self._drop([last])
        elif model:
            self.session.use_model(model_before)

    def restore(self) -> None:
        """Put the answer back that the last `/retry` has replaced."""
        last = self.require_turn()
        self.conversation = replace(self.conversation, turns=self.replaced.pop())
        self._drop([last])
        self.save_tip()

    def doubt_model(self) -> None:
        """Say so if the gateway does not list the model."""
        model, offered = self.session.model, self.session.models
        if offered and model not in offered:
            from difflib import get_close_matches

            near = get_close_matches(model, offered, n=1)
            guess = f"; did you mean `{near[0]}`?" if near else ""
            write_note(f"the gateway does not list `{model}`{guess}")

    def go_on(self) -> None:
        """Ask for the rest of the last answer.

        Raises:
            UsageError: The answer is whole.
        """
        from tokenhub_cli.gateway.answer import Partial

        answer = self.require_turn().answer
        if answer is None or not answer.text:
            self._run(self.conversation, "/continue")
            return
        if answer.status not in CUT:
            raise UsageError("the last answer is complete", hint="`/retry` asks again")
        partial = Partial(str(answer.text), answer.reasoning, is_shown=True)
        self._run(self.conversation, "/continue", partial)

    def undo(self, count: int) -> int:
        """Take back the last turns; return how many."""
        before = self.conversation
        self.conversation = before.undo(count)
        left = len(self.conversation.turns)
        if not left:
            self._forget_title(before)
        self.replaced = []
        self._drop(before.turns[left:])
        self.save_tip()
        return len(before.turns) - left

    def save_tip(self) -> None:
        """Let history show the line of turns as it is now."""
        self.keep(lambda history: history.save_tip(self.conversation))

    def keep(self, work: "Callable[[History], object]") -> None:
        """Do in history what was done here, if anything is kept; say so where that fails."""
        if not self.session.settings.history:
            return
        try:
            work(self.session.history)
        except TokenHubError as error:
            write_note(f"history does not have this: {error.message}")

    def begin(self, conversation: Conversation | None = None) -> None:
        """Go on with another conversation, or begin one under the same system prompt."""
        if conversation is None:
            conversation = self.session.begin_conversation(self.conversation.system)
        self.conversation = conversation
        self.files, self.pictures = [], []
        self.replaced, self.dropped = [], {}
        self.latency = None

    def leave(self, number: int = 0) -> None:
        """End the loop after what is under way; `number` is the signal that asked for it."""
        self.is_leaving, self.signal = True, number or self.signal

    def _drop(self, turns: Iterable[Turn]) -> None:
        """Remember what answers have cost that are taken out."""
        for turn in turns:
            if turn.answer is not None:
                self.dropped[turn.id] = replace(turn.answer, text="", reasoning="")

    def _forget_title(self, before: Conversation) -> None:
        """Let the next question give the title, where the first one before gave it."""
        from tokenhub_cli.store.rows import build_title

        if before.title == build_title(before, before.turns[0]):
            self.conversation = replace(self.conversation, title="")

    def _run(
        self, conversation: Conversation, words: str, partial: "Partial | None" = None
    ) -> bool:
        """Have the last question answered; return whether an answer, or a part of one, came.

        Args:
            conversation: Its last turn is the open one.
            words: The next draft if no answer comes.
            partial: What came of the answer before.
        """
        self.questions += 1
        from tokenhub_cli.repl.sink import ChatSink, find_lead_in

        typed, read_ahead = bytearray(), self.take_typeahead()
        self.draft = words
        lead_in = find_lead_in(partial.text) if partial is not None else ""
        shown: list[ChatSink] = []

        def dress(sink: "Sink") -> ChatSink:
            shown.append(ChatSink(sink, lead_in))
            return shown[-1]

        self.session.dress = dress

        def is_over() -> bool:
            return bool(shown) and shown[-1].is_finished

        try:
            with self.keyboard.held(typed), interrupts_ending_with(is_over):
                result = self.session.run_turn(conversation, partial=partial)
                has_come = self._settle(conversation, result)
        except KeyboardInterrupt:
            self.session.stop()  # Ctrl-C came before anything could be shown
            raise
        finally:
            draft = self.folds.fold_again(self.folds.expand(self.draft))
            ahead = (read_ahead, decode_typed(bytes(typed)) if typed else "")
            self.draft = "\n".join(filter(None, (draft, *map(self.folds.fold, ahead))))
        return has_come

    def _settle(self, conversation: Conversation, result: "TurnResult") -> bool:
        """Make the answer part of the conversation, if any came."""
        answer = result.answer
        if result.signal not in (0, signal.SIGINT):
            self.leave(result.signal)
        self.latency = answer.timings.first_token_s
        is_lost = answer.status in (AnswerStatus.FAILED, AnswerStatus.CANCELLED)
        if is_lost and not answer.text and not answer.tool_calls:
            return False
        self.conversation = conversation.answer_last(answer)
        self.draft = ""
        return True
