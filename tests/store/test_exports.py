"""Kept conversations as text for other programs and for people."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tests.store.values import COMPLETE, build_conversation, build_turn
from tokenhub_cli.chat.conversation import AnswerStatus, Conversation, Turn
from tokenhub_cli.chat.message import ImagePart, Message, Role, TextPart
from tokenhub_cli.store.export_html import iterate_html, split_fences
from tokenhub_cli.store.exports import build_json, build_jsonl, build_markdown, iterate_lines

PICTURE = ImagePart("", "cat.png", "image/png", 9, "ab12")
QUESTION = Message(Role.USER, (TextPart("Which animal?"), PICTURE))
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> &amp; \"quoted\" 'single'\n"
    "\u202ereversed\n```html\n</code></pre><script>alert(2)</script>\n```\n[link](javascript:alert(3))\0"
)


def test_markdown_reads_as_the_conversation_did() -> None:
    """Title, system prompt, questions, attachments and answers come in order."""
    conversation = replace(build_conversation(1), title="The sky").append(Turn("t", QUESTION))
    text = build_markdown(conversation)
    lines = [line for line in text.split("\n") if line]
    assert lines[0] == "# The sky"
    assert lines[2:] == [
        "## System",
        "Be brief.",
        "## Question",
        "Question 1000: why is the sky blue?",
        "## Answer",
        "Because of Rayleigh scattering.",
        "## Question",
        "Which animal?",
        "- attached: `cat.png`",
    ]
    assert text.endswith("`\n")


def test_markdown_holds_what_models_thought_on_request() -> None:
    """Before the answer that came of it, under a heading of its own."""
    thoughtful = replace(COMPLETE, reasoning="Blue, because short waves scatter.\n")
    conversation = Conversation("c").append(build_turn(1, thoughtful))
    text = build_markdown(conversation, show_reasoning=True)
    assert "## Reasoning\n\nBlue, because short waves scatter.\n\n## Answer\n\n" in text
    assert "Reasoning" not in build_markdown(conversation)
    silent = Conversation("c").append(build_turn(1, replace(COMPLETE, reasoning="")))
    assert build_markdown(silent, show_reasoning=True) == build_markdown(silent)


def test_an_incomplete_answer_is_marked() -> None:
    """An answer that is not complete is never exported as if it were."""
    cut = replace(COMPLETE, status=AnswerStatus.INCOMPLETE)
    conversation = Conversation("c").append(build_turn(1, cut))
    assert "## Answer (incomplete)" in build_markdown(conversation)
    assert "Answer (incomplete)" in "".join(iterate_html([conversation], "x"))
    exported = build_json(conversation, conversation.turns)
    assert exported["turns"][0]["answer"]["status"] == "incomplete"


def test_json_holds_all_that_is_kept() -> None:
    """Every field of every branch, attachments by path, type, size and hash."""
    conversation = build_conversation(1)
    sibling = Turn("t", QUESTION)
    exported = json.loads(json.dumps(build_json(conversation, (*conversation.turns, sibling))))
    assert exported["v"] == 1
    assert exported["tip"] == conversation.tip
    answer = exported["turns"][0]["answer"]
    assert answer["usage"]["total_tokens"] == 46
    assert answer["interruptions"] == [
        {"offset": 11, "reason": "connection lost", "strategy": "prefix", "overlap": 3}
    ]
    assert answer["timings"]["first_token_s"] == 0.3
    assert exported["turns"][1]["attachments"][0]["sha256"] == "ab12"
    assert exported["turns"][1]["answer"] is None


def test_jsonl_has_the_shape_of_openai_messages() -> None:
    """Each line is an object with `messages` of role and content."""
    conversation = build_conversation(1).append(Turn("t", QUESTION))
    lines = list(iterate_lines([conversation, build_conversation(2)], "jsonl"))
    assert [line.count("\n") for line in lines] == [1, 1]
    messages = json.loads(lines[0])["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert messages[-1]["content"] == [
        {"type": "text", "text": "Which animal?"},
        {"type": "image_url", "image_url": {"url": "cat.png"}},
    ]
    assert json.loads(build_jsonl(build_conversation(2)))["messages"][0]["content"] == "Be brief."


def test_jsonl_ends_with_the_last_answer() -> None:
    """What was answered last is exported too, though it was never sent back."""
    messages = json.loads(build_jsonl(build_conversation(2, turns=2)))["messages"]
    assert [message["role"] for message in messages[1:]] == ["user", "assistant"] * 2
    assert messages[-1]["content"] == COMPLETE.text


def test_many_conversations_are_parted_in_markdown() -> None:
    """Between two conversations there is a rule."""
    text = "".join(iterate_lines([build_conversation(1), build_conversation(2)], "md"))
    assert text.count("\n---\n") == 1


class Page(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element and its attributes."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Note the words."""
        self.text += data


@pytest.mark.parametrize("place", ["question", "answer", "title", "system", "model", "source"])
def test_html_shows_hostile_text_as_text(place: str) -> None:
    """Whatever was written, and wherever, no element or attribute of it gets into the page."""
    turn = build_turn(1, COMPLETE)
    conversation = Conversation("c", system="s", title="t")
    if place == "question":
        turn = build_turn(1, COMPLETE, HOSTILE)
    elif place == "answer":
        turn = replace(turn, answer=replace(COMPLETE, text=HOSTILE))
    elif place == "model":
        turn = replace(turn, model=HOSTILE)
    elif place == "source":
        turn = replace(turn, question=Message(Role.USER, (replace(PICTURE, source=HOSTILE),)))
    else:
        conversation = replace(conversation, **{place: HOSTILE})  # type: ignore[arg-type]
    html = "".join(iterate_html([conversation.append(turn)], HOSTILE))
    page = Page()
    page.feed(html)
    assert page.tags <= {
        *("html", "head", "meta", "title", "style", "body", "article", "header", "h1", "p"),
        *("section", "figcaption", "div", "pre", "code"),
    }
    assert page.attributes <= {"charset", "class", "content", "dir", "http-equiv", "lang", "name"}
    assert "<script>alert(1)</script>" in page.text


def test_html_needs_nothing_else() -> None:
    """The page names no other file and forbids scripts and requests."""
    html = "".join(iterate_html([build_conversation(1)], "x"))
    assert "default-src 'none'" in html
    assert not re.search(r"(src|href|url)\s*[=(]", html)


def test_fenced_code_is_set_apart() -> None:
    """Code between fences keeps its lines; an open fence reaches to the end."""
    text = "a\n```py\nx = 1\n\n~~~\n```\nb\n~~~~\n```\ny"
    assert split_fences(text) == [
        (False, "a"),
        (True, "x = 1\n\n~~~"),
        (False, "b"),
        (True, "```\ny"),
    ]
