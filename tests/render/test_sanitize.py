"""Nothing that a server or model sent can drive a terminal."""

import itertools
import json
import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.terminal import FakeClock, open_terminal
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.render.live import LiveSink
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.plain import PlainSink
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.render.sanitize import Sanitizer, escape_json, sanitize, sanitize_line
from tokenhub_cli.wire.events import ReasoningDelta, TextDelta

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
TRICKY = [
    *("\x1b[31m", "\x1b[0m", "\x1b[", "\x1b", "\x1b]52;c;QQ==\x07", "\x1b]0;t\x1b\\", "\x1bP"),
    *("\x9b2J", "\x9d", "\r", "\n", "\r\n", "\t", "\x00", "\x7f", "\x85", "\u2028", "1;2", "m"),
    *("\u202e", "\u2066", "\u200f", "\u200b", "\u200d", "\u200c", "\ufeff", "\u00ad", "\ufe0f"),
    *(
        "\U0001f3f4",
        ENGLAND,
        ENGLAND[:4],
        "\U000e0067",
        "\U000e007f",
        "\U000e0101",
        "❤",
        "👩",
        "👧",
    ),
    *("\ud83d", "\ude42", "a", "é", "e\u0301", "می", "क्", "漢", "7", " "),
]
hostile_text = st.lists(
    st.one_of(st.sampled_from(TRICKY), st.characters(), st.text(max_size=4)), max_size=12
).map("".join)

# What Markdown makes something of: marks, and references to characters.
MARKDOWN = [
    *(
        "*",
        "**",
        "`",
        "[",
        "](https://x.example/",
        "](javascript:",
        "![",
        ")",
        "<",
        "> ",
        "- ",
        "#",
    ),
    *("\n\n", "\n", "```\n", "| a |\n|---|\n| ", "$$\n", "\\", "<b>", "<br>", "    ", "1. "),
    *("&#27;", "&#x9b;", "&#x202e;", "&#8203;", "&#xe0041;", "&lrm;", "&#0;", "&#127;", "&#xd800;"),
]
hostile_answer = st.lists(
    st.one_of(st.sampled_from(TRICKY), st.sampled_from(MARKDOWN)), max_size=30
).map("".join)
# All that the renderer emits: SGR, moves, erasing, no wrapping, synchronized output, safe links.
OURS = re.compile(
    r"\x1b\[[0-9;]*m|\x1b\[\d+[ABG]|\x1b\[[KJ]|\x1b\[\?(?:7|2026)[hl]|\r\n?|\n"
    r"|\x1b\]8;;(?:(?:https?://|mailto:)[!-~]+)?\x1b\\"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[H", "␛[2J␛[H"),
        ("\x1b]52;c;cm0=\x07", "␛]52;c;cm0=␇"),
        ("\x1b]0;title\x1b\\", "␛]0;title␛\\"),
        ("\x1bPq#0\x1b\\", "␛Pq#0␛\\"),
        ("\x9b31m", "<U+009B>31m"),
        ("\x00\x08\x7f", "␀␈␡"),
        ("50 %\r100 %\r\n", "50 %\n100 %\n"),
        ("one\u2028two", "one\ntwo"),
        ("user\u202etxt.exe", "user<U+202E>txt.exe"),
        ("\u2066x\u2069", "<U+2066>x<U+2069>"),
        ("pass\u200bword\ufeff", "password"),
        ("soft\u00adhyphen", "softhyphen"),
        ("hi\U000e0041\U000e0042", "hi<U+E0041><U+E0042>"),
        ("a\ufe01\ufe02", "a<U+FE01><U+FE02>"),
        ("\ud800", "\ufffd"),
        ("a\u200db", "ab"),
    ],
)
def test_what_could_drive_a_terminal_is_made_visible_or_harmless(text: str, shown: str) -> None:
    """Control characters, sequences and hidden characters appear as the module's table says."""
    assert sanitize(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧‍👦",
        "❤️‍🔥",
        "1️⃣ #️⃣",
        "🏳️‍🌈",
        "⛹🏽‍♀️",
        "\u2139️ ™️ ↔️ ‼️ 〰️ ㊗️",
        ENGLAND,
        "می‌خواهم",
        "क्‍ष",
        "葛\U000e0100",
        "日本語",
        "e\u0301",
    ],
)
def test_emoji_and_scripts_stay_as_they_are(text: str) -> None:
    """Joiners and selectors that an emoji, a script or an ideograph needs are kept."""
    assert sanitize(text) == text


def test_clean_text_is_returned_unchanged() -> None:
    """The fast path gives back the very same string."""
    text = "Nothing to see here. " * 100
    assert Sanitizer().feed(text) is text


def test_an_unterminated_sequence_hides_nothing() -> None:
    """All that follows a sequence without an end is still shown."""
    assert sanitize("\x1b]0;never ends\nthe answer") == "␛]0;never ends\nthe answer"


def test_what_is_held_is_shown_at_the_end() -> None:
    """A text that ends inside a sequence shows what there is of it."""
    sanitizer = Sanitizer()
    assert sanitizer.feed("x\x1b[3") == "x"
    assert sanitizer.finish() == "␛[3"


def test_a_line_is_one_line() -> None:
    """Messages and titles come out on one line, however they came in."""
    assert sanitize_line(" two\r\nlines\tand \x1b[31mcolour ") == "two lines and colour"


@settings(max_examples=150, deadline=None)
@given(hostile_text)
def test_no_output_character_is_outside_the_allowed_set(text: str) -> None:
    """Whatever came in, no control, bidi, surrogate or other hidden character comes out."""
    for character in sanitize(text):
        assert character in "\n\t\u200c\u200d" or is_allowed(character), f"{ord(character):04X}"


def is_allowed(character: str) -> bool:
    if "\U000e0000" <= character <= "\U000e007f":
        return True  # only in a flag, see below
    return unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} and not (
        unicodedata.category(character) == "Cf"
        and unicodedata.bidirectional(character) != "AN"
        and character not in "\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
        and not "\U00013430" <= character <= "\U0001345f"
    )


@settings(max_examples=150, deadline=None)
@given(hostile_text)
def test_tag_characters_come_out_only_in_flags(text: str) -> None:
    """A hidden message in tag characters cannot pass, save as a subdivision flag's few letters."""
    inside = False
    for character in sanitize(text):
        if character == "\U0001f3f4":
            inside = True
        elif not "\U000e0000" <= character <= "\U000e007f":
            inside = False
        else:
            assert inside


@settings(max_examples=250, deadline=None)
@given(hostile_text, st.lists(st.integers(0, 60), max_size=8))
def test_cuts_do_not_matter(text: str, cuts: list[int]) -> None:
    """However a text is cut, its pieces come out as the whole does."""
    sanitizer = Sanitizer()
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in itertools.pairwise(edges)]
    assert "".join(map(sanitizer.feed, pieces)) + sanitizer.finish() == sanitize(text)


@settings(deadline=None)
@given(hostile_text)
@example("\ufe0f\u200d")  # a joiner after a selector that was refused
def test_sanitizing_twice_changes_nothing_more(text: str) -> None:
    """What is safe stays as it is."""
    once = sanitize(text)
    assert sanitize(once) == once


@settings(deadline=None)
@given(hostile_text)
@example("\U000e0041\ud800\x9b\x7f\u202e")
@example("\ud83d\ude42")
def test_json_can_be_shown_and_says_the_same(text: str) -> None:
    """Nothing in it drives a terminal any more, and a program reads what it would have read.

    Two halves of a surrogate pair are escaped as the character that they make (RFC 8259, 7).
    """
    shown = escape_json(json.dumps({"text": text}, ensure_ascii=False, indent=2))
    assert sanitize(shown) == shown
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert json.loads(shown) == {"text": joined}


@settings(max_examples=150, deadline=None)
@given(hostile_answer, st.integers(1, 9), st.booleans())
@example("[a](https://x.example/", 1, True)  # noqa: FBT003 - as given
@example("[a](https://x.example/\x1b)", 1, True)  # noqa: FBT003 - as given
def test_a_terminal_gets_no_sequence_but_the_renderers_own(
    text: str,
    size: int,
    is_live: bool,  # noqa: FBT001 - given by hypothesis
) -> None:
    """Whatever is thought and answered, live or raw, however it is cut; references included."""
    with open_terminal(30, 8) as terminal:
        clock = FakeClock()
        presentation = Presentation(clock, use_color=True, understands_escapes=True, environ={})
        outlet = Outlet(terminal.stream)
        sink = (LiveSink if is_live else PlainSink)(presentation, outlet, outlet)
        for kind in (ReasoningDelta, TextDelta):
            for start in range(0, len(text), size):
                sink.show(kind(text[start : start + size]))
                clock.advance(0.04)
                sink.tick()
        sink.finish(Answer(text, AnswerStatus.COMPLETE), None)
        terminal.settle()
        # Tags are allowed in flags, and joiners in emoji; here they may be written in two goes.
        shown = OURS.sub("", terminal.received.decode())
        assert all(is_allowed(char) or char in "\t\u200c\u200d" for char in shown), shown
