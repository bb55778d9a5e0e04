"""The history of conversations: kept, found again, gone on with."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.values import COMPLETE, build_conversation, build_turn, open_last
from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation, Turn
from tokenhub_cli.chat.message import ImagePart, Message, Role, TextPart
from tokenhub_cli.errors import UsageError
from tokenhub_cli.store.conversations import History, open_history
from tokenhub_cli.store.listing import Filters
from tokenhub_cli.store.orphans import SpooledAnswer
from tokenhub_cli.store.spool import build_header


class Clock:
    """A clock that goes on by one second each time it is read."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        """Return the time, a second later than the last one."""
        self.now += 1
        return self.now


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """An empty history."""
    with open_history(tmp_path / "history.db", Clock()) as opened:
        yield opened


def save(history: History, conversation: Conversation) -> Conversation:
    for turn in conversation.turns:
        history.save_turn(conversation, turn)
    return conversation


def test_a_conversation_comes_back_as_it_was_saved(history: History) -> None:
    """Every field of turns and answers is kept: usage, timings, interruptions, tool calls."""
    conversation = save(history, build_conversation(1, turns=3))
    loaded = history.load_conversation(conversation.id)
    assert loaded.title == "Question 1000: why is the sky blue?"
    assert replace(loaded, title="") == conversation


def test_the_question_is_kept_before_the_answer_comes(history: History) -> None:
    """A turn is there once its question was sent; the answer joins it later."""
    asked = open_last(build_conversation(1, turns=2))
    history.save_turn(asked, asked.turns[-1])
    assert history.load_conversation("last").turns[-1].answer is None
    history.save_answer(asked.tip, COMPLETE)
    assert history.load_conversation("last").turns == build_conversation(1, turns=2).turns


def test_turns_that_were_not_kept_are_kept_with_the_next(history: History) -> None:
    """Saving the last turn of a line that history does not know keeps the whole line."""
    conversation = build_conversation(1, turns=4)
    history.save_turn(conversation, conversation.turns[-1])
    assert history.load_conversation(conversation.id).turns == conversation.turns


def test_saving_twice_changes_nothing(history: History) -> None:
    """A turn that is saved again is the same turn, and a stored answer is not forgotten."""
    conversation = save(history, build_conversation(1, turns=2))
    save(history, conversation)
    reopened = open_last(conversation)
    history.save_turn(reopened, reopened.turns[-1])
    assert history.load_conversation(conversation.id).turns == conversation.turns


def test_a_retried_turn_is_a_branch(history: History) -> None:
    """After a retry the new line is the active one, and the other can still be loaded."""
    first = save(history, build_conversation(1, turns=2))
    second = first.retry(build_turn(77))
    history.save_turn(second, second.turns[-1])
    assert history.load_conversation("last").turns == second.turns
    assert history.load_conversation("last", tip=first.tip).turns == first.turns
    kept = [turn.id for turn in history.load_branches(second)]
    assert kept == [first.turns[0].id, first.tip, second.tip]


def test_an_undone_turn_is_no_longer_on_the_active_line(history: History) -> None:
    """`save_tip` after an undo makes the shorter line the active one."""
    conversation = save(history, build_conversation(1, turns=3))
    history.save_tip(conversation.undo())
    assert history.load_conversation("last").turns == conversation.turns[:2]
    history.save_tip(conversation.undo(9))
    assert history.load_conversation("last").turns == ()


def test_a_fork_begins_with_the_turns_of_the_other(history: History) -> None:
    """A fork is a conversation of its own whose line begins with turns that are kept once."""
    first = save(history, build_conversation(1, turns=2))
    fork = first.fork("f0rk00000000").append(build_turn(9))
    history.save_turn(fork, fork.turns[-1])
    assert history.load_conversation("f0rk").turns == fork.turns
    assert history.load_conversation("c0nv").turns == first.turns
    assert [entry.turns for entry in history.list_conversations()] == [3, 2]


def test_a_picture_is_kept_by_source_type_size_and_hash(history: History) -> None:
    """The bytes of an attachment are never in history; what describes it is."""
    picture = ImagePart("data:image/png;base64,SECRETBYTES", "cat.png", "image/png", 9, "ab12")
    link = ImagePart("https://example.org/cat.png", "https://example.org/cat.png")
    question = Message(Role.USER, (TextPart("Which animal?"), picture, link))
    conversation = Conversation("c0nv").append(Turn("turn", question))
    history.save_turn(conversation, conversation.turns[-1])
    kept = history.load_conversation("last").turns[0].question
    assert kept.images == (replace(picture, url=""), link)
    assert kept.text == "Which animal?"
    assert b"SECRETBYTES" not in history.database.path.read_bytes()


def test_text_that_utf8_cannot_hold_is_kept_with_a_mark(history: History) -> None:
    """Half a surrogate pair is stored as U+FFFD; NUL and odd characters come back as they were."""
    answer = Answer("a\ud83d\x00\u2028b", AnswerStatus.COMPLETE)
    conversation = Conversation("c0nv").append(build_turn(1, answer))
    history.save_turn(conversation, conversation.turns[-1])
    kept = history.load_conversation("last").turns[0].answer
    assert kept is not None
    assert kept.text == "a\ufffd\x00\u2028b"


def test_an_id_may_be_shortened_while_it_fits_one(history: History) -> None:
    """A unique prefix is enough, in either case; a whole id always is."""
    save(history, build_conversation(1))
    save(history, build_conversation(12))
    assert history.find_id("C0NV00000001") == "c0nv00000001"
    assert history.find_id("conv00000012") == "c0nv00000012"
    assert history.find_id("c0nv00000000"[:-1] + "1") == "c0nv00000001"


def test_an_ambiguous_prefix_names_what_it_fits(history: History) -> None:
    """A prefix that fits several conversations is an error that lists some of them."""
    for number in range(7):
        save(history, build_conversation(number))
    with pytest.raises(UsageError, match=r"more than one.*`c0nv00000000`.*, …"):
        history.load_conversation("c0nv")


@pytest.mark.parametrize("reference", ["nothing", "", "~", "%", "last"])
def test_what_is_not_kept_is_said(history: History, reference: str) -> None:
    """A reference that fits nothing is an error with a command to run."""
    with pytest.raises(UsageError) as caught:
        history.load_conversation(reference)
    assert caught.value.hint.startswith("`tokenhub ")


def test_an_answer_to_a_removed_turn_is_said(history: History) -> None:
    """The answer of a turn that history does not hold is refused, not dropped in silence."""
    with pytest.raises(UsageError, match="no turn `turn00000000`"):
        history.save_answer("turn00000000", COMPLETE)


def test_the_last_conversation_is_the_one_used_last(history: History) -> None:
    """`last` is the conversation that was added to most recently."""
    first = save(history, build_conversation(1))
    save(history, build_conversation(2))
    history.save_turn(longer := first.append(build_turn(99)), longer.turns[-1])
    assert history.load_conversation("last").id == first.id


def test_a_title_can_be_given(history: History) -> None:
    """A renamed conversation keeps its title when turns are added."""
    conversation = save(history, build_conversation(1))
    assert history.rename("c0nv", "The sky") == conversation.id
    history.save_turn(longer := conversation.append(build_turn(99)), longer.turns[-1])
    assert history.load_conversation("last").title == "The sky"


def test_a_long_first_question_makes_a_short_title(history: History) -> None:
    """A title is one line of at most 72 characters, cut at a word."""
    turn = build_turn(1, question="  Tell me\n\n" + "very " * 40)
    history.save_turn(conversation := Conversation("c0nv").append(turn), conversation.turns[-1])
    title = history.load_conversation("last").title
    assert title.startswith("Tell me very very")
    assert title.endswith("very…")
    assert len(title) <= 72


def test_the_newest_cut_off_answer_is_found(history: History) -> None:
    """`newest_incomplete` is the line that ends with the newest answer that was cut off."""
    assert history.newest_incomplete() is None
    partial = Answer("The sky is", AnswerStatus.INCOMPLETE)
    for number, answer in [(1, partial), (2, partial), (3, COMPLETE)]:
        save(history, build_conversation(number).append(build_turn(number, answer)))
    found = history.newest_incomplete()
    assert found is not None
    assert (found.id, len(found.turns)) == ("c0nv00000002", 2)
    history.save_answer(found.tip, COMPLETE)
    found = history.newest_incomplete()
    assert found is not None
    assert found.id == "c0nv00000001"


def test_an_answer_that_was_left_behind_is_not_the_newest_cut_off(history: History) -> None:
    """A cut answer that was retried, or that the conversation went on without, is not found."""
    partial = Answer("The sky is", AnswerStatus.CANCELLED)
    cut = save(history, Conversation("c0nv1").append(build_turn(1, partial)))
    history.save_turn(longer := cut.append(build_turn(2)), longer.turns[-1])
    assert history.newest_incomplete() is None
    cut = save(history, Conversation("c0nv2").append(build_turn(3, partial)))
    history.save_turn(retried := cut.retry(build_turn(4)), retried.turns[-1])
    assert history.newest_incomplete() is None
    history.save_tip(cut)
    assert history.newest_incomplete() is not None


def test_the_list_says_what_each_conversation_is(history: History) -> None:
    """The newest first, with model, turns, tokens and the status of the last answer."""
    save(history, build_conversation(1, turns=2))
    save(history, open_last(build_conversation(2)))
    newest, oldest = history.list_conversations()
    assert (oldest.id, oldest.turns, oldest.tokens, oldest.status, oldest.model) == (
        "c0nv00000001",
        2,
        92,
        "complete",
        "gpt-4o",
    )
    assert (newest.id, newest.tokens, newest.status) == ("c0nv00000002", 0, "")
    assert newest.updated_at > oldest.updated_at >= oldest.created_at


def test_the_list_can_be_narrowed(history: History) -> None:
    """By number, time, model and incompleteness."""
    save(history, build_conversation(1))
    save(history, Conversation("c0nvb").append(build_turn(5, Answer("x", AnswerStatus.CANCELLED))))
    other = Conversation("c0nvc").append(replace(build_turn(6), model="other"))
    save(history, other)
    newest, middle, oldest = history.list_conversations()

    def list_ids(filters: Filters) -> list[str]:
        return [entry.id for entry in history.list_conversations(filters)]

    assert list_ids(Filters(limit=1)) == [newest.id]
    assert list_ids(Filters(since=middle.updated_at)) == [newest.id, middle.id]
    assert list_ids(Filters(before=middle.updated_at)) == [oldest.id]
    assert list_ids(Filters(model="other")) == ["c0nvc"]
    assert list_ids(Filters(incomplete=True)) == ["c0nvb"]


def test_an_orphan_joins_its_conversation(history: History) -> None:
    """What a killed process left behind is kept once, also where its question was never stored."""
    asked = open_last(build_conversation(1, turns=2))
    history.save_turn(asked, asked.turns[0])
    spooled = SpooledAnswer(
        build_header(asked, started_at=1.0, base_url="http://localhost/v1"), "The sky", "hm"
    )
    assert history.keep_orphan(spooled)
    assert not history.keep_orphan(spooled)
    loaded = history.load_conversation("last")
    assert (loaded.id, len(loaded.turns)) == (asked.id, 2)
    answer = loaded.turns[-1].answer
    assert answer is not None
    assert (answer.text, answer.status) == ("The sky", AnswerStatus.INCOMPLETE)


def test_an_orphan_of_a_resumed_answer_keeps_what_the_first_attempts_cost(
    history: History,
) -> None:
    """The longer text replaces the partial one; usage and interruptions are kept."""
    partial = replace(COMPLETE, text="The sky", status=AnswerStatus.INCOMPLETE)
    conversation = save(history, Conversation("c0nv").append(build_turn(1, partial)))
    header = build_header(conversation, started_at=1.0, base_url="http://localhost/v1")
    assert history.keep_orphan(SpooledAnswer(header, "The sky is blue"))
    answer = history.load_conversation("last").turns[0].answer
    assert answer is not None
    assert (answer.text, answer.usage, answer.attempts) == ("The sky is blue", partial.usage, 3)
    assert [interruption.offset for interruption in answer.interruptions] == [11, 15]
    ended = SpooledAnswer(header, "The sky is blue", status=AnswerStatus.COMPLETE)
    assert history.keep_orphan(ended)
    assert not history.keep_orphan(ended)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (("The sky is", "incomplete"), ("The sky", "cancelled"), 0),
        (("The sky is", "incomplete"), ("The sky is blue", "incomplete"), 1),
        (("The sky is blue.", "complete"), ("The sky is", "incomplete"), 0),
        (("Blue.", "complete"), ("The sky is", "incomplete"), 0),
        (("The sky is", "incomplete"), ("Blue.", "complete"), 1),
        (("Blue, it is.", "complete"), ("Blue.", "complete"), 1),
    ],
)
def test_what_a_later_program_has_less_of_replaces_nothing(
    history: History, first: tuple[str, str], second: tuple[str, str], kept: int
) -> None:
    """Two that finish one answer at once, in whatever order: a whole one stays, else the longer."""
    answers = [Answer(text, AnswerStatus(status)) for text, status in (first, second)]
    for answer in answers:
        save(history, Conversation("c0nv").append(build_turn(1, answer)))
    assert history.load_conversation("last").turns[0].answer == answers[kept]


def test_an_orphan_never_replaces_a_longer_answer(history: History) -> None:
    """A spool that was not removed after its answer was kept changes nothing."""
    conversation = save(history, build_conversation(1))
    header = build_header(conversation, started_at=1.0, base_url="http://localhost/v1")
    assert not history.keep_orphan(SpooledAnswer(header, "Because", "a"))
    assert history.load_conversation("last").turns == conversation.turns
