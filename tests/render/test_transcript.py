"""A kept conversation on a terminal."""

import re
from dataclasses import replace

from tests.render.documents import get_texts, lay_out, read_pieces
from tests.store.values import COMPLETE, build_turn
from tests.support.widths import FAMILY
from tokenhub_cli.chat.conversation import AnswerStatus, Conversation
from tokenhub_cli.render.columns import Screen
from tokenhub_cli.render.theme import choose_theme
from tokenhub_cli.render.transcript import format_transcript

PLAIN = Screen(60, color=False)


def build(text: str, question: str = "Why?") -> Conversation:
    answer = replace(COMPLETE, text=text, status=AnswerStatus.INCOMPLETE)
    return Conversation("c", system="Be brief.", title="Sky").append(
        build_turn(1, answer, question)
    )


def test_questions_and_rendered_answers_come_in_order() -> None:
    """Title, heading, system prompt, question, answer as Markdown, and how it ended."""
    lines = format_transcript(build("Some **bold** words."), "gpt-4o", PLAIN).split("\n")
    assert [line for line in lines if line] == [
        "Sky",
        "gpt-4o",
        "Be brief.",
        "> Why?",
        "Some bold words.",
        "(incomplete)",
    ]


def test_reasoning_is_shown_when_asked_for() -> None:
    """What the model thought stands before its answer, if wanted."""
    shown = format_transcript(build("x"), "gpt-4o", PLAIN, show_reasoning=True)
    assert "Think of the sky." in shown
    assert "Think of the sky." not in format_transcript(build("x"), "gpt-4o", PLAIN)


def test_nothing_kept_can_drive_the_terminal() -> None:
    """Escape sequences in questions, answers and titles are shown; links say where they lead."""
    hostile = "\x1b]52;c;x\x07 [click](https://evil.example)"
    shown = format_transcript(build(hostile, hostile), hostile, Screen(60))
    assert "\x1b]" not in shown
    assert "\x07" not in shown
    assert "https://evil.example" in shown


def test_no_character_reference_hides_or_reorders_text() -> None:
    """What Markdown makes of `&#x202E;` is shown as its number, as while the answer streamed."""
    shown = format_transcript(build("a&#x202e;b &#xe0041; &#x200b;c\n\n- &#x2066;d"), "", PLAIN)
    assert "a<U+202E>b <U+E0041> c" in shown
    assert "<U+2066>d" in shown


def test_an_answer_is_shown_as_it_was_while_it_streamed() -> None:
    """HTML, formulas and uses of definitions are seen; a text that rich fails at is shown."""
    text = "<details>\nhidden *x*\n</details>\n\n\\[\na_1 *b* c_1\n\\]\n\n[a]: /b\n\n>1. <!--\n>"
    shown = format_transcript(build(text), "", PLAIN).split("\n")
    whole = get_texts(lay_out(read_pieces(text, []), 59, 1000))
    start = shown.index(whole[0])
    assert shown[start : start + len(whole)] == whole
    assert {"<details>", "a_1 *b* c_1", "[a]: /b"} <= set(whole)


def test_an_answer_has_the_theme_that_is_configured() -> None:
    """Headings and code have its colours; there is no hyperlink, and no cursor moves in a pager."""
    text = "# Head\n\n```python\ndef f(): pass\n```\n\n[a](https://x.example)\n\n"
    text += f"a | b\n-|-\n{FAMILY} | 2\n"
    theme = choose_theme("dark", {}, use_color=True, code_theme="monokai")
    shown = format_transcript(build(text), "", Screen(60), theme=theme)
    assert f"\x1b[{theme.get_heading(1)}mHead" in shown
    assert "\x1b[38;5;81mdef" in shown  # monokai's keyword, #66d9ef
    assert "\x1b]8" not in shown
    assert re.search(r"\x1b\[\d+G", shown)
    paged = format_transcript(build(text), "", Screen(60, moves=False), theme=theme)
    assert set(re.findall(r"\x1b.*?([A-Za-z])", paged)) == {"m"}
    assert "\x1b" not in format_transcript(build(text), "", PLAIN, theme=theme)


def test_long_answers_are_laid_out_in_one_go() -> None:
    """Long paragraphs and tables are shown as the whole gives them."""
    rows = "".join(f"| {number} | {'x' * (number // 20)} |\n" for number in range(200))
    text = "\n\n".join(["word " * 400] * 4) + f"\n\n| a | b |\n|--|--|\n{rows}"
    shown = format_transcript(build(text), "", PLAIN)
    assert shown.count("word") == 1600
    bars = {line.index("│") for line in shown.split("\n") if "│" in line}
    assert len(bars) == 1


def test_an_open_question_is_marked() -> None:
    """A turn without an answer says so."""
    conversation = Conversation("c").append(build_turn(1, None))
    assert "(not answered)" in format_transcript(conversation, "", PLAIN)
