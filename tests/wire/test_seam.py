"""The seam's rules, one by one, in the words of its docstring."""

from time import perf_counter

import pytest

from tests.support.answers import SHORT, cut_everywhere
from tokenhub_cli.wire.seam import (
    FEW,
    LONGEST_WORD,
    Seam,
    SeamJoiner,
    SeamState,
    plan_seam,
)

LONG_RUN = "".join(map(str, range(1000)))
JOINED, REFUSED, UNDECIDED = SeamState.JOINED, SeamState.REFUSED, SeamState.UNDECIDED


def join(received: str, continuation: str, *, finished: bool = True, words: int = 1) -> str | None:
    """Return the joined text, the same for every size of pieces; None if it was refused."""
    results = set()
    for size in (1, 3, max(len(continuation), 1)):
        joiner = SeamJoiner(plan_seam(received, words))
        pieces = [continuation[at : at + size] for at in range(0, len(continuation), size)]
        shown = "".join([joiner.feed(piece) for piece in pieces])
        shown += joiner.finish(finished)
        assert joiner.state is not UNDECIDED
        assert joiner.state is JOINED or not shown
        results.add(received + shown if joiner.state is JOINED else None)
    assert len(results) == 1
    return results.pop()


@pytest.mark.parametrize(
    ("received", "prefix"),
    [
        ("The quick brown fo", "The quick brown"),
        ("The quick brown ", "The quick"),
        ("The quick brown\n\n", "The quick"),
        ("The quick\n\n\tbrown", "The quick"),
        ("word", ""),  # asked afresh
        ("", ""),
        (" \n", ""),
        ("| 1 | 2 |\n| 3", "| 1 | 2 |\n|"),
        ("深度学习使用神经网络", "深度学习使用"),
        ("使用Python", "使用"),  # never inside the Latin word
        ("Hello 世界", "Hello"),
        ("ok 👩‍👩‍👧‍👦👍🏽🇩🇪🇫🇷🇯🇵", "ok 👩‍👩‍👧‍👦"),
        (LONG_RUN, LONG_RUN[:-LONGEST_WORD]),
        ("a" * 200, ""),
    ],
)
def test_last_word_is_held(received: str, prefix: str) -> None:
    """The prefix ends before the last word, or a few characters back, never in white space."""
    seam = plan_seam(received)
    assert (seam.prefix, seam.received) == (prefix, received)


@pytest.mark.parametrize(
    ("received", "prefix"),
    [
        ("The cat sat. Th", "The cat"),  # `Th` is how the answer begins
        ("Turn the t", "Turn"),  # `t` is how a word just before begins
        ("ha ha ha", ""),  # asked afresh
        ("no " * 50 + "no", ""),  # likewise
        ("So he said: no no no no", "So he said:"),  # fewer of them stand before
        ("for x in y:\n    for x in y", "for x in"),
        ("春天" * 20 + "花儿开" + "了" * 30, "春天" * 20 + "花"),
        ("no " * 200 + "no", "no " * 199 + "no"),  # not even 400 characters would tell
        ("哈" * 500, "哈" * (500 - FEW)),
    ],
)
def test_more_words_are_held_where_the_last_would_not_tell(received: str, prefix: str) -> None:
    """A held word that also begins the answer, or a near word, gets company."""
    assert plan_seam(received).prefix == prefix


@pytest.mark.parametrize("answer", SHORT.values(), ids=SHORT)
def test_seam_rebuilds_what_was_received(answer: str) -> None:
    """Prefix and held text are the received text; more words hold more; no prefix ends in space."""
    for received in cut_everywhere(answer):
        longest = len(received)
        for words in (1, 2, 3, 9):
            seam = plan_seam(received, words)
            assert seam.received == received
            assert seam.held.strip()
            assert seam.prefix == seam.prefix.rstrip()
            assert words < 5 or len(seam.prefix) <= longest
            longest = len(seam.prefix)


@pytest.mark.parametrize(
    ("received", "continuation", "joined"),
    [
        ("one two", " two three", "one two three"),
        ("one tw", " two three", "one two three"),
        ("one two", "two three", "one two three"),
        ("one two", "  two three", "one two three"),
        ("one two", "\ntwo three", "one two three"),
        ("one two ", " two three", "one two three"),
        ("one two ", " two\n\nthree", "one two \n\nthree"),
        ("one two\n", " two\n\nthree", "one two\n\nthree"),
        ("one two\n\n", " two three", "one two\n\nthree"),
        ("one two:\n    ", " two:\n        three", "one two:\n        three"),
        ("one two\n\n", " two", "one two\n\n"),
        ("one two\n", " two \nthree", "one two\nthree"),
        ("one two", " two", "one two"),
    ],
)
def test_white_space_at_the_seam(received: str, continuation: str, joined: str) -> None:
    """What was shown stays; of the continuation's white space only what exceeds it is shown."""
    assert join(received, continuation) == joined


@pytest.mark.parametrize(
    ("received", "continuation"),
    [
        ("one two", ""),
        ("one two", " "),
        ("one two", " t"),
        ("one two", " three"),
        ("go to the ", " then"),
        ("Well I", "I'm sorry, but I can't"),
        ("Well. H", "Here is the continuation:\n\nHello"),
        ("one two", "I'm sorry, but"),
        ("In the be", "the beginning"),  # six bytes prove no repeat
        ("One Two", "Two three"),  # might be a new message
        ("One Fine Morning", "Fine Morning came"),  # likewise
        ("then we went to", "to town"),  # likewise: it begins as the answer does
        ("A list:\n-", "- Sorry"),  # likewise: a sign may begin a message
        ("I", "I'm sorry"),
        ("4", "4 is"),
        ("很", "很抱歉"),
    ],
)
def test_refused_continuations(received: str, continuation: str) -> None:
    """Silence, other words and thin proofs are not joined."""
    assert join(received, continuation) is None


@pytest.mark.parametrize(
    ("received", "continuation", "joined"),
    [
        ("One Two", " Two three", "One Two three"),
        ("A list:\n-", "\n- one", "A list:\n- one"),
        ("A list:\n- one\n-", "one\n- two", "A list:\n- one\n- two"),
        ("Ce", "Certainly!", "Certainly!"),
        ("# ", "# Steps", "# Steps"),  # no apology begins so
        ("4", "4", "4"),  # all of a message
        ("I ", "I", "I "),
        ("The old cat sat", "old cat sat down", "The old cat sat down"),
        ("The old cat sat", " old cat sat down", "The old cat sat down"),
        ("The old cat sat", "The old cat sat down", "The old cat sat down"),
        ("The old cat sat", "The\nold\ncat sat down", "The old cat sat down"),
        ("no " * 200 + "no", " no no!", "no " * 200 + "no no!"),
        ("哈" * 500, "哈" * FEW + "！", "哈" * 500 + "！"),  # noqa: RUF001 - Chinese punctuation
        ("哈" * 30, "哈" * 30 + "！", "哈" * 30 + "！"),  # noqa: RUF001 - asked afresh
    ],
)
def test_joined_continuations(received: str, continuation: str, joined: str) -> None:
    """White space that was held, or enough repeated words, prove the place."""
    assert join(received, continuation) == joined


@pytest.mark.parametrize("held", ["\n-----", "\n| 1 | 1 |", "\n}", "哈哈哈哈"])
def test_exact_continuation_wins_where_the_text_repeats_itself(held: str) -> None:
    """Rules, rows, braces and laughter are neither eaten nor doubled when the place is known."""
    joiner = SeamJoiner(Seam(held.strip() + held * 3, held))
    assert joiner.feed(held * 2 + "\nend") == held + "\nend"
    assert joiner.overlap == len(held)


def test_doubt_is_told_from_contradiction() -> None:
    """`doubtful` says that a reading fitted, so that a longer hold may settle it; then it does."""
    received = "The plan is ready. Next"
    for continuation, doubtful in (("Next, we", True), ("Sorry", False), ("", False)):
        joiner = SeamJoiner(plan_seam(received))
        joiner.feed(continuation)
        joiner.finish(finished=True)
        assert (joiner.state, joiner.doubtful) == (REFUSED, doubtful)
    assert join(received, "ready. Next, we", words=2) == "The plan is ready. Next, we"


@pytest.mark.parametrize(
    ("continuation", "continues"),
    [(" Another", True), ("another", True), ("Another", False), ("  Another", False), ("", False)],
)
def test_another_word_is_told_from_another_message(continuation: str, *, continues: bool) -> None:
    """What begins with the held white space, or in lower case, at least goes on."""
    joiner = SeamJoiner(Seam("One", " two"))
    joiner.feed(continuation)
    joiner.finish(finished=True)
    assert (joiner.state, joiner.continues) == (REFUSED, continues)


def test_two_readings_that_fit_are_refused() -> None:
    """Trimmed white space in a text that repeats itself may mean two things, so it means none."""
    received = "no " * 200 + "no"
    assert join(received, "no no!") is None
    assert join(received, received + "!") is None


def test_cut_continuations_count_readings_that_might_have_held() -> None:
    """A continuation cut before its reading is settled is not joined; one that parted is."""
    received = "the end of the day. Then t"
    assert join(received, "the end of", finished=False) is None
    assert join(received, "Then to bed", finished=False) is None
    assert join("one two ", " two", finished=False) is None
    assert join("one two ", " two", finished=True) == "one two "


def test_end_settles_readings_that_wanted_more() -> None:
    """A `finish_reason` ends the wait for rivals; a cut leaves them in doubt."""
    for finished, state in ((True, JOINED), (False, REFUSED)):
        joiner = SeamJoiner(Seam("we go on and then we", " go"))
        assert joiner.feed("go") == ""
        assert joiner.finish(finished) == ""
        assert joiner.state is state


def test_text_without_spaces_waits_for_the_top_to_part() -> None:
    """Han that begins as the answer did is exact once it parts from it, else refused."""
    seam = Seam("春天来了,花儿开", "春天来了")
    parting = SeamJoiner(seam)
    assert parting.feed("春天来了,花") == ""
    assert parting.feed("落") == ",花落"
    over = SeamJoiner(seam)
    assert over.feed("春天来了,花儿开春天来了。") == ""
    assert (over.state, over.doubtful) == (REFUSED, True)
    laughing = SeamJoiner(Seam("哈" * 16, "哈" * 4))
    assert laughing.feed("哈" * 30) == "哈" * 26


def test_space_proves_nothing_where_messages_begin_with_it() -> None:
    """A model that begins its messages with a space might begin a new one with it."""
    for first, state in (("", JOINED), (" ", REFUSED)):
        joiner = SeamJoiner(Seam(first + "One", " Two"))
        joiner.feed(" Two three")
        assert joiner.state is state


def test_nothing_is_shown_before_the_seam_is_settled() -> None:
    """New text appears with the character that settles the seam, and then piece by piece."""
    joiner = SeamJoiner(Seam("one", " two"))
    assert [joiner.feed(piece) for piece in (" ", "tw")] == ["", ""]
    assert joiner.state is UNDECIDED
    assert joiner.feed("o th") == " th"
    assert joiner.state is JOINED
    assert joiner.overlap == 4
    assert joiner.feed("ree") == "ree"
    assert joiner.finish(finished=False) == ""


def test_refused_joiner_stays_silent() -> None:
    """After a refusal nothing of the continuation is shown, whatever comes."""
    joiner = SeamJoiner(Seam("one", " two"))
    assert joiner.feed("x") == ""
    assert joiner.state is REFUSED
    assert joiner.feed(" two three") == ""
    assert joiner.finish(finished=True) == ""


def test_blank_text_is_simply_followed() -> None:
    """Where only white space had come, all that comes is new but for that white space."""
    assert join("\n", "\n\nText") == "\n\nText"
    assert join("\n\n", "Text") == "\n\nText"
    assert join("\n\n", "") is None


@pytest.mark.parametrize("junk", ["\n", "two ", "no "])
def test_undecided_text_is_bounded(junk: str) -> None:
    """A continuation that never settles is refused after about twice the received text."""
    joiner = SeamJoiner(Seam("no " * 99 + "no", " no"))
    fed = 0
    while joiner.state is UNDECIDED:
        joiner.feed(junk)
        fed += len(junk)
        assert fed < 3 * 302 + 5000
    assert joiner.state is REFUSED


def test_restarted_answer_costs_linear_time() -> None:
    """A long answer that starts over in tiny pieces takes a few microseconds a piece."""
    answer = " ".join(f"word{number * 7919 % 10007}" for number in range(23_000))
    received = answer[:200_000]
    joiner = SeamJoiner(plan_seam(received))
    began = perf_counter()
    shown = "".join([joiner.feed(answer[at : at + 4]) for at in range(0, len(answer), 4)])
    # Some 0.04 s where this was written; a quadratic joiner takes 5 s or more.
    assert perf_counter() - began < 2
    assert received + shown == answer
