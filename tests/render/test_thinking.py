"""What a person sees of the model's thinking."""

from tests.render.documents import open_sink
from tests.support.terminal import FakeClock, open_terminal
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.wire.events import ReasoningDelta, TextDelta

COMPLETE = Answer("", AnswerStatus.COMPLETE)


def test_thinking_is_dim_above_the_answer() -> None:
    """What the model thought stays above, dim, parted by a blank line."""
    with open_terminal(30, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        for word in ("Let me think", " about it for a while", ".\nYes."):
            sink.show(ReasoningDelta(word))
            clock.advance(0.1)
            sink.tick()
        sink.show(TextDelta("# Answer"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == [
            *("Let me think about it for a", "while.", "Yes.", "", "Answer"),
        ]
        assert b"\x1b[2;3mLet me think" in terminal.received


def test_blank_lines_between_thoughts_are_kept() -> None:
    """However the thinking is cut, its paragraphs stay apart."""
    with open_terminal(30, 12) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        for piece in ("\nOne.\n", "\nTwo.", "\n\n", "Three.\n\n"):
            sink.show(ReasoningDelta(piece))
            clock.advance(0.1)
            sink.tick()
        sink.show(TextDelta("Answer"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["One.", "", "Two.", "", "Three.", "", "Answer"]


def test_thinking_after_words_of_one_frame_stays_in_one_piece() -> None:
    """A model that thinks again in mid-answer: no word of it is cut off by what came before."""
    with open_terminal(30, 12) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock)
        for event in (ReasoningDelta("One"), TextDelta("Yes."), ReasoningDelta("Tw")):
            sink.show(event)
        sink.show(ReasoningDelta("o"))
        clock.advance(0.1)
        sink.tick()
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["One", "", "Two", "", "Yes."]


def test_a_screen_reader_hears_thoughts_before_the_answer_begins() -> None:
    """Each line of them is written when it is full, once."""
    with open_terminal(30, 12) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock, screen_reader=True)
        text = "Let me think about it for a while first.\n\nThen I say"
        for start in range(0, len(text), 5):
            sink.show(ReasoningDelta(text[start : start + 5]))
            clock.advance(0.1)
            sink.tick()
        assert terminal.read_all() == ["Let me think about it for a", "while first."]
        sink.show(TextDelta("Yes."))
        sink.finish(COMPLETE, None)
        lines = ["Let me think about it for a", "while first.", "", "Then I say", "", "Yes."]
        assert terminal.read_all() == lines


def test_folded_thinking_is_one_line_in_the_end() -> None:
    """While the model thinks its last words show; afterwards only how long it took."""
    with open_terminal(30, 10) as terminal:
        clock = FakeClock()
        sink = open_sink(terminal, clock, collapse_reasoning=True)
        sink.show(ReasoningDelta("Let me think about it"))
        clock.advance(5)
        sink.show(ReasoningDelta(" some more"))
        assert terminal.read_all() == ["thinking for 5 s", "Let me think about it some", "more"]
        clock.advance(7)
        sink.show(TextDelta("Answer"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["thought for 12 s", "", "Answer"]


def test_hidden_thinking_is_hidden() -> None:
    """With -R nothing of it is shown."""
    with open_terminal(30, 10) as terminal:
        sink = open_sink(terminal, FakeClock(), show_reasoning=False)
        sink.show(ReasoningDelta("Hm"))
        sink.show(TextDelta("Answer"))
        sink.finish(COMPLETE, None)
        assert terminal.read_all() == ["Answer"]
