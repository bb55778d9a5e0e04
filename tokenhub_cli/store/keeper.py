"""Keeps turns: the question in history, the answer in a spool while it comes, then in history.

Nothing here raises: a store that fails warns once a conversation, and the answer goes on; what the
spool has said of a disk that fills in mid-answer, history does not say again. Nor does an answer
wait for other processes that keep the history busy: its question is in the spool as well, and is
kept with the answer at the latest. What could not be put into history stays in its spool, where the
next start finds it.
"""

import time
from collections.abc import Callable
from pathlib import Path

from tokenhub_cli.chat.conversation import Answer, Conversation
from tokenhub_cli.errors import BusyStoreError, TokenHubError
from tokenhub_cli.store.conversations import History
from tokenhub_cli.store.orphans import SpooledAnswer, find_orphans
from tokenhub_cli.store.spool import NoSpool, Spool, build_header, open_spool


class Keeper:
    """Keeps one turn at a time.

    Args:
        history: The history.
        directory: Where spools live.
        base_url: The gateway's; recorded as an origin.
    """

    def __init__(self, history: History, directory: Path, base_url: str) -> None:
        self._history = history
        self._directory = directory
        self._base_url = base_url
        self._spool: Spool | NoSpool = NoSpool()
        self._notices: list[str] = []
        self._conversation = ""
        self._has_warned = False  # in this conversation

    def begin(self, conversation: Conversation) -> Spool | NoSpool:
        """Keep the open turn's question; return what keeps the answer as it comes."""
        turn = conversation.turns[-1]
        if self._conversation and self._conversation != conversation.id:
            self._has_warned = False
        self._conversation = conversation.id
        failure = self._try(
            lambda: self._history.save_turn(conversation, turn), may_wait=lambda: False
        )
        header = build_header(conversation, started_at=time.time(), base_url=self._base_url)
        self._spool = open_spool(self._directory, header)
        if failure is not None:
            self._note(failure)
        if self._has_warned:
            self._spool.mute()  # one warning is enough
        return self._spool

    def end(
        self,
        conversation: Conversation,
        answer: Answer,
        may_wait: Callable[[], bool] = lambda: True,
    ) -> None:
        """Move the answer of the last turn into history; what cannot be moved stays spooled.

        Args:
            conversation: The line, its last turn still open.
            answer: That turn's.
            may_wait: Asked while other processes keep the history busy; its no ends the wait.
        """
        answered = conversation.answer_last(answer)
        # With its question, which is not there if the store failed when the turn began.
        failure = self._try(
            lambda: self._history.save_turn(answered, answered.turns[-1]), may_wait=may_wait
        )
        self._history.database.rest()
        self._has_warned |= self._spool.has_warned
        self._spool.close(keep=failure is not None, status=answer.status)
        if isinstance(failure, BusyStoreError):
            self._notices.append(
                f"the conversation is not kept yet: {failure.message}; the next `tokenhub` keeps it"
            )
        elif failure is not None:
            self._note(failure)

    def rescue(self, *, waits: bool, names_resume: bool = True) -> None:
        """Keep the answers of processes that are gone, and say so once.

        Args:
            waits: Wait for other processes that keep the history busy; else leave it to the next.
            names_resume: Name the command that finishes one.
        """
        for orphan in find_orphans(self._directory):
            is_new: list[bool] = []
            failure = self._try(
                lambda orphan=orphan, is_new=is_new: is_new.append(  # type: ignore[misc]
                    self._history.keep_orphan(orphan.content)
                ),
                may_wait=lambda: waits,
            )
            if failure is not None:
                self._note(failure)
                return
            orphan.close(keep=False)
            if any(is_new):
                self._notices.append(describe_rescue(orphan.content, names_resume=names_resume))

    def take_notices(self) -> list[str]:
        """Return what the user should know, each sentence once."""
        taken = [*self._notices, *self._history.notices]
        self._notices.clear()
        self._history.notices.clear()
        return taken

    def _try(
        self, work: Callable[[], object], *, may_wait: Callable[[], bool]
    ) -> TokenHubError | None:
        """Do `work`; return why the store failed, if it did."""
        self._history.database.may_wait = may_wait
        try:
            work()
        except TokenHubError as error:
            return error
        finally:
            self._history.database.may_wait = lambda: True
        return None

    def _note(self, failure: TokenHubError) -> None:
        """Take note, once, of a store that fails; a busy one does not."""
        if not (self._has_warned or isinstance(failure, BusyStoreError)):
            self._has_warned = True
            self._notices.append(f"the conversation is not kept: {failure.message}")


def describe_rescue(content: SpooledAnswer, *, names_resume: bool = True) -> str:
    """Return the sentence for the user about an answer that was found in its spool."""
    conversation = content.header.conversation
    if content.status is not None:
        return f"an answer that could not be kept before is now kept as `{conversation}`"
    kept = f"an answer was cut off when its program ended; it is kept as `{conversation}`"
    return f"{kept}: `tokenhub resume {conversation}` finishes it" if names_resume else kept


class NoKeeper:
    """Keeps nothing: for `--no-save` and its likes."""

    def begin(self, _conversation: Conversation) -> NoSpool:
        """Return a spool that keeps nothing."""
        return NoSpool()

    def end(
        self,
        _conversation: Conversation,
        _answer: Answer,
        _may_wait: Callable[[], bool] = lambda: True,
    ) -> None:
        """Do nothing."""

    def rescue(self, *, waits: bool) -> None:
        """Do nothing."""

    def take_notices(self) -> list[str]:
        """Return nothing."""
        return []
