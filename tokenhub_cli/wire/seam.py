"""Joins a resumed answer to the text already received: nothing lost, nothing doubled.

**The seam.** The received text goes back rolled back to before its last word (`Seam.prefix`, which
never ends in white space); what was rolled back, white space included, is held (`Seam.held`). The
continuation must give the held text again. That is the proof: the gateway was not told it. Where
the last word would prove little, because the answer begins with it or because it stands in the 200
characters before it as well, more words are held until they do not, up to 400 characters. So a
refrain is held from before its repetition, and a short text that is nothing else is asked afresh.

**Readings.** A continuation can begin at the end of the prefix (*exact*), at the top of the answer
(*top*: it starts over, or echoes the prefix), or at another of the last words (*repeat*: within the
last 2000 characters). Each reading says what must come until the received text is used up, and is
dropped as soon as something else comes. White space is compared as white space, whatever its kind
and length; at the very beginning it may be missing or added.

**Rules.** Once a reading has used up the received text, what follows is new. It is shown when

1. the exact reading holds and the continuation began with the very white space that was held,
   unless the answer itself begins with the same. No other kind of continuation begins so, thus it
   wins at once: in a rule or refrain too long to be held whole every reading would fit, and the
   place where the prefix ended is the one thing known.
2. the exact reading holds where no white space was held (Han, Thai, emoji, very long words). It
   wins over repeats for the same reason. Against the top it waits until the two part; if they
   never do it is refused, unless the received text is one repeated piece: then exact wins.
3. otherwise, the reading is the only one that is left and its proof is long enough. White space
   proves nothing here: gateways trim it, and a new message begins without. Bytes of UTF-8 that
   must have been repeated, white space not counted:

                could begin a message    begins with a sign    could not
        exact             8                      4                 1
        repeat           16                      8                 8
        top           2 letters                  1                 -

   A word could begin a message if its first letter is not lower case, or if it begins like the
   answer. So `I'm sorry` or `Here is the rest:` does not continue a text cut after ` I` or ` H`,
   nor `- Sorry` a list cut after its dash. From the top all of the received text must come, which
   proves nothing where that is a single letter, digit or ideograph: `I'm sorry` is not the rest of
   `I`, not even when asked afresh. Only a message that is this letter and nothing else is.

Everything else is REFUSED: other text, an empty continuation, one that ends or is cut before its
reading is settled, two readings that fit to the end. Nothing of it has been shown then. Where a
reading did fit (`SeamJoiner.doubtful`), asking again with one more word held settles most cases.

**Guaranteed.** Shown text never changes. Any gateway is joined exactly or refused, as long as its
continuation could not also be that of an exact gateway; an exact one is refused only where rule 1
or rule 2 says so. From the top nothing is ever mixed: the text is then all of one message, which
began with everything that was shown.

**Where certainty ends.** (a) A gateway that repeats words with the very characters that were held
is taken for an exact one: nobody could tell. For that the held text must also stand more than 200
characters before itself (at another place where words begin), or the text must end in 400
characters or more that repeat what stands less than 200 before them; one that starts over must do
so in a text that is nothing but such a repetition.
(b) A model that rolls its dice again and happens to choose the held word goes on in another sense;
the text is whole, but not the one that would have come.
(c) Other text may begin with the held characters by chance. A text cut within its first words is
asked afresh, without a word about going on; another message that begins with them (`The`) is then
taken, all of it, as any answer to a question that is asked again.
(d) White space at the seam: what was shown stays, and of the continuation's only the line breaks
beyond those are added (`wire/seam_space.py`).
(e) A text of a single letter is finished by no gateway, unless that is the whole answer.

Time is linear in the text; undecided text is bounded by about twice the received text.
"""

from dataclasses import dataclass
from enum import StrEnum

from tokenhub_cli.wire.graphemes import find_previous_boundary, is_unspaced
from tokenhub_cli.wire.seam_space import SpaceAfterSeam

FEW = 4  # characters rolled back, a word, where the script has no spaces
LONGEST_WORD = 64  # characters; of a longer run (base64, a rule) this much is rolled back
MOST_HELD = 400  # characters rolled back where fewer would not tell one reading from another
NEAR_WINDOW = 200  # characters before the held ones within which these must not stand
TOP_WINDOW = 4000  # characters at the top that the held ones are compared with
REPEAT_WINDOW = 2000  # characters at the end within which repeated words are looked for
MESSAGE_PROOF = 8  # bytes that tell the text from another message, which could begin so, too
SLACK = 4096  # undecided characters beyond twice the received text, before giving up


class SeamState(StrEnum):
    """What is known about a continuation."""

    UNDECIDED = "undecided"
    JOINED = "joined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Seam:
    """The received text in two parts: sent back, and held as the proof."""

    prefix: str
    held: str

    @property
    def received(self) -> str:
        """The text that the continuation is to be joined to."""
        return self.prefix + self.held


def plan_seam(received: str, words: int = 1) -> Seam:
    """Roll the received text back to before its last word.

    The prefix may be empty (everything is held): then resuming is asking afresh. More than the last
    word is held where that would not tell going on from starting over (the answer begins with it)
    or from repeating words (it stands among those before it: `the t`), up to `MOST_HELD`
    characters; where not even these tell, the last word it is.

    Args:
        received: The answer so far.
        words: How many words to hold at least; more prove more, but a model that samples repeats
            fewer of them.
    """
    first = cut = len(received.rstrip())
    for _ in range(words):
        first = cut = _find_cut(received, cut)
    while cut and not _is_telling(received, cut):
        cut = _find_cut(received, cut)
        if len(received) - cut > MOST_HELD:
            return Seam(received[:first], received[first:])
    return Seam(received[:cut], received[cut:])


def _is_telling(received: str, cut: int) -> bool:
    """Tell whether what stands behind `cut` could only be said by going on from there."""
    held = " ".join(received[cut:].split())
    if " ".join(received[:TOP_WINDOW].split()).startswith(held):
        return False
    text = " ".join(received[max(cut - NEAR_WINDOW, 0) :].split())
    start = text.find(held)
    while start < len(text) - len(held):
        if _may_begin_at(text, start):
            return False
        start = text.find(held, start + 1)
    return True


def _may_begin_at(text: str, start: int) -> bool:
    """Tell whether a word, or a part of unspaced script, begins at `start`."""
    before = text[start - 1 : start]
    return before in {"", " "} or is_unspaced(before) or is_unspaced(text[start])


def _find_cut(received: str, end: int) -> int:
    """Return where the prefix ends if the last word before `end` is held, too."""
    return len(received[: _find_word_start(received, end)].rstrip())


def _find_word_start(text: str, end: int) -> int:
    start = end
    for count in range(1, LONGEST_WORD + 1):
        if start == 0 or text[start - 1].isspace():
            break
        start = find_previous_boundary(text, start)
        between = start > 0 and (is_unspaced(text[start - 1]) or is_unspaced(text[start]))
        if count >= FEW and between:
            break
    return start


class SeamJoiner:
    """Takes a continuation piece by piece and gives back what is new and certain.

    Args:
        seam: As planned for the request that brings the continuation.
    """

    def __init__(self, seam: Seam) -> None:
        received = seam.received
        self.state = SeamState.UNDECIDED
        self.overlap = 0  # characters of the continuation that had been shown before
        self.doubtful = False  # refused though it fitted: one more held word may tell
        self.continues = False  # begins as a continuation does, not as a new message: if it was
        # refused nevertheless, the model chose another word, and may choose ours the next time
        self._after = SpaceAfterSeam(received[len(received.rstrip()) :])
        # Matched with white space squeezed to single spaces, none at the beginning, and one at the
        # end if the received text has some there: `the ` is not continued by `then`.
        self._body = " ".join(received.split())
        self._target = self._body + (" " if self._after.shown else "")
        self._exact = len(self._body) - len(" ".join(seam.held.split()))
        self._held_space = seam.held[: len(seam.held) - len(seam.held.lstrip())]
        first_space = received[: len(received) - len(received.lstrip())]
        self._space_proves = bool(self._held_space) and self._held_space != first_space
        self._bare = self._exact > 0 and not self._held_space
        self._limit = 2 * len(received) + SLACK
        self._repeats_itself: bool | None = None

        self._pieces: list[str] = []  # the continuation, until its seam is settled
        self._length = 0
        self._matched = 0  # squeezed characters so far
        self._leading = ""
        self._in_space = True
        self._open: list[int] = []  # where in the target the readings begin that may still hold
        self._complete: dict[int, int] = {}  # reading -> where in the continuation the new begins

    def feed(self, text: str) -> str:
        """Take the next piece of the continuation.

        Returns:
            New text to show, byte for byte; empty while undecided and once refused.
        """
        if text and not self._body and self.state is SeamState.UNDECIDED:
            self.state = SeamState.JOINED  # nothing but white space had come: all of it is new
        if self.state is SeamState.JOINED:
            return self._after.pass_on(text)
        if self.state is SeamState.REFUSED or not text:
            return ""
        self._advance(text)
        return self._settle(self._open)

    def finish(self, finished: bool) -> str:  # noqa: FBT001 - the interface of the seam
        """Take the continuation's end; afterwards the state is JOINED or REFUSED.

        Args:
            finished: The gateway gave a `finish_reason`. If not, the continuation was cut, and
                readings that might have held count against the others.

        Returns:
            New text to show.
        """
        if self.state is not SeamState.UNDECIDED:
            return ""
        if finished and self._matched and not self._in_space:
            self._advance(" ")  # trailing white space may have been trimmed
            self._length -= 1
            self._pieces.pop()
        if finished and self._is_just_received():
            return self._join(0)
        shown = self._settle([] if finished else self._open)
        return self._refuse() if self.state is SeamState.UNDECIDED else shown

    def _advance(self, text: str) -> None:
        """Hold every reading against the next piece."""
        was_in_space = self._in_space
        squeezed = self._squeeze(text)
        if squeezed and not self._matched:
            self._open = self._find_readings(squeezed[0])
            self.continues = squeezed[0].islower() or self._begins_as_held()
        still_open = []
        for start in self._open:
            at = start + self._matched
            if len(squeezed) < len(self._target) - at:
                if self._target.startswith(squeezed, at):
                    still_open.append(start)
            elif squeezed.startswith(self._target[at:]):
                # Two complete rivals settle it, so no third is measured; the top always counts.
                if start and len(self._complete) > 1:
                    continue
                used = _measure(text, len(self._target) - at, in_space=was_in_space)
                # The white space after the last word is settled apart.
                self._complete[start] = self._length + used - bool(self._after.shown)
        self._open = still_open
        self._matched += len(squeezed)
        self._length += len(text)
        self._pieces.append(text)

    def _squeeze(self, text: str) -> str:
        words = text.split()
        if not self._matched and len(self._leading) <= len(self._held_space):
            self._leading += text[: len(text) - len(text.lstrip())]
        if not words:
            squeezed = "" if self._in_space else " "
        else:
            squeezed = " ".join(words)
            if text[0].isspace() and not self._in_space:
                squeezed = " " + squeezed
            if text[-1].isspace():
                squeezed += " "
        self._in_space = text[-1].isspace()
        return squeezed

    def _find_readings(self, first: str) -> list[int]:
        """Return where a continuation that begins with `first` may begin, latest first."""
        body = self._body
        starts = [self._exact] if self._exact else []
        start = body.rfind(first, max(len(body) - REPEAT_WINDOW, 1), self._exact)
        while start > 0:
            if _may_begin_at(body, start):
                starts.append(start)
            start = body.rfind(first, max(len(body) - REPEAT_WINDOW, 1), start)
        return [*starts, 0]

    def _settle(self, still_open: list[int]) -> str:
        """Apply the rules of the module's docstring; `still_open` are rivals that may yet hold."""
        exact_holds = self._exact in self._complete
        if exact_holds and self._begins_as_held():
            return self._join(self._exact)
        if exact_holds and self._bare:
            return self._settle_bare(still_open)
        if len(self._complete) > 1 or self._length > self._limit:
            return self._refuse()
        if still_open or not self._matched:
            return "" if self._matched or self._length else self._refuse()
        for start in filter(self._is_proven, self._complete):
            return self._join(start)
        return "" if self._is_just_received() else self._refuse()

    def _begins_as_held(self) -> bool:
        return self._space_proves and self._leading == self._held_space

    def _settle_bare(self, still_open: list[int]) -> str:
        if 0 not in self._complete and 0 not in still_open:
            return self._join(self._exact)
        if self._repeats_itself is None:
            self._repeats_itself = _repeats_itself(self._body)
        if self._repeats_itself:
            return self._join(self._exact)
        return self._refuse() if 0 in self._complete or self._length > self._limit else ""

    def _is_just_received(self) -> bool:
        """Tell whether the message that was asked for afresh is, so far, the received text."""
        is_whole = 0 in self._complete and self._matched - self._in_space <= len(self._body)
        return is_whole and not self._exact

    def _is_proven(self, start: int) -> bool:
        first = self._body[start]
        could_begin = first == self._body[0] or (first.isalpha() and not first.islower())
        if start == 0:
            return _is_proof_from_top(self._body)
        if start == self._exact:
            needed = MESSAGE_PROOF if could_begin else (1 if first.islower() else 4)
        else:
            needed = 16 if could_begin else 8
        return _count_bytes(self._body[start:]) >= needed

    def _join(self, start: int) -> str:
        self.state = SeamState.JOINED
        self.overlap = self._complete[start]
        rest = "".join(self._pieces)[self.overlap :]
        self._pieces.clear()
        return self._after.pass_on(rest)

    def _refuse(self) -> str:
        self.state = SeamState.REFUSED
        self.doubtful = bool(self._complete)
        self._pieces.clear()
        return ""


def _is_proof_from_top(received: str) -> bool:
    """Tell whether a message that begins with `received` can be taken for the answer over again."""
    begun = "".join(received.split())
    return len(begun) > 1 or not begun.isalnum()


def _count_bytes(text: str) -> int:
    """Return the bytes of UTF-8 in `text`, white space not counted."""
    return len("".join(text.split()).encode("utf-8", "surrogatepass"))


def _measure(text: str, count: int, *, in_space: bool) -> int:
    """Return how many characters of `text` make up its first `count` squeezed ones."""
    for index, character in enumerate(text):
        is_space = character.isspace()
        if not (is_space and in_space):
            count -= 1
        in_space = is_space
        if count == 0:
            return index + 1
    return len(text)


def _repeats_itself(text: str) -> bool:
    """Tell whether `text` is a piece repeated at least twice, the last one perhaps in part."""
    borders = [0] * len(text)
    border = 0
    for index in range(1, len(text)):
        while border and text[index] != text[border]:
            border = borders[border - 1]
        border += text[index] == text[border]
        borders[index] = border
    return bool(text) and 2 * border >= len(text)
