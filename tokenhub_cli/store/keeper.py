"""Keeps turns: the question in history, the answer in a spool while it comes, then in history.

Nothing here raises: a store that fails warns once, and the answer goes on. What could not be put
into history stays in its spool, where the next start finds it.
"""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tokenhub_cli.chat.conversation import Answer, Conversation
from tokenhub_cli.errors import TokenHubError
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
        self._has_failed = False

    def begin(self, conversation: Conversation) -> Spool | NoSpool:
        """Keep the open turn's question; return what keeps the answer as it comes."""
        turn = conversation.turns[-1]
        self._try(lambda: self._history.save_turn(conversation, turn))
        header = build_header(conversation, started_at=time.time(), base_url=self._base_url)
        self._spool = open_spool(self._directory, header)
        return self._spool

    def end(self, conversation: Conversation, answer: Answer) -> None:
        """Move the answer of the last turn into history; what cannot be moved stays spooled."""
        answered = conversation.answer_last(answer)
        # With its question, which is not there if the store failed when the turn began.
        is_kept = self._try(lambda: self._history.save_turn(answered, answered.turns[-1]))
        self._spool.close(keep=not is_kept, status=answer.status)

    def rescue(self) -> None:
        """Keep the answers of processes that are gone, and say so once."""
        for orphan in find_orphans(self._directory):
            is_new: list[bool] = []
            keep = partial(self._history.keep_orphan, orphan.content)
            if not self._try(lambda keep=keep, is_new=is_new: is_new.append(keep())):  # type: ignore[misc]
                return
            orphan.close(keep=False)
            if any(is_new):
                self._notices.append(describe_rescue(orphan.content))

    def take_notices(self) -> list[str]:
        """Return what the user should know, each sentence once."""
        taken = [*self._notices, *self._history.notices]
        self._notices.clear()
        self._history.notices.clear()
        return taken

    def _try(self, work: Callable[[], object]) -> bool:
        """Do `work`; where the store fails, note that once and return False."""
        try:
            work()
        except TokenHubError as error:
            if not self._has_failed:
                self._has_failed = True
                self._notices.append(f"the conversation is not kept: {error.message}")
            return False
        return True


def describe_rescue(content: SpooledAnswer) -> str:
    """Return the sentence for the user about an answer that was found in its spool."""
    conversation = content.header.conversation
    if content.status is not None:
        return f"an answer that could not be kept before is now kept as `{conversation}`"
    return (
        f"an answer was cut off when its program ended; it is kept as `{conversation}`: "
        f"`tokenhub resume {conversation}` finishes it"
    )


class NoKeeper:
    """Keeps nothing: for `--no-save` and its likes."""

    def begin(self, _conversation: Conversation) -> NoSpool:
        """Return a spool that keeps nothing."""
        return NoSpool()

    def end(self, _conversation: Conversation, _answer: Answer) -> None:
        """Do nothing."""

    def rescue(self) -> None:
        """Do nothing."""

    def take_notices(self) -> list[str]:
        """Return nothing."""
        return []
