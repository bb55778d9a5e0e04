"""Requests say what was asked for and nothing else."""

from typing import Any

import pytest

from tokenhub_cli.chat.message import ImagePart, Message, Role, TextPart, build_message
from tokenhub_cli.wire.request import (
    AnswerRequest,
    Flavour,
    build_body,
    build_continuation,
    guess_flavour,
    without_parameter,
)
from tokenhub_cli.wire.strategy import Strategy

QUESTION = build_message(Role.USER, "Write a poem")
ASKED = {"role": "user", "content": "Write a poem"}


def ask(**fields: Any) -> AnswerRequest:
    return AnswerRequest("gpt-4o", (QUESTION,), **fields)


def test_a_streamed_request_asks_for_usage() -> None:
    """The body of the guide's example, and the wish for usage."""
    assert build_body(ask()) == {
        "model": "gpt-4o",
        "messages": [ASKED],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_options_are_sent_only_when_given() -> None:
    """None means not given; the protocol's own fields cannot be options."""
    options = {"temperature": 0.2, "seed": None, "stream": True, "model": "x", "top_k": 0}
    assert build_body(ask(options=options, stream=False)) == {
        "model": "gpt-4o",
        "messages": [ASKED],
        "stream": False,
        "temperature": 0.2,
        "top_k": 0,
    }


def test_stream_options_of_the_user_win() -> None:
    """What was given explicitly is not overwritten."""
    body = build_body(ask(options={"stream_options": {"include_usage": False}}))
    assert body["stream_options"] == {"include_usage": False}


def test_pictures_make_content_a_list_of_parts() -> None:
    """Text and pictures keep their order; text alone stays a string."""
    parts = (TextPart("What is this"), ImagePart("data:image/png;base64,AA==", source="a.png"))
    body = build_body(AnswerRequest("m", (Message(Role.USER, parts),)))
    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
            ],
        }
    ]
    two = Message(Role.USER, (TextPart("a"), TextPart("b")))
    assert build_body(AnswerRequest("m", (two,)))["messages"][0]["content"] == "a\n\nb"


@pytest.mark.parametrize(
    ("flavour", "on_message", "on_request"),
    [
        (
            Flavour.ANY,
            {"prefix": True, "partial": True},
            {"continue_final_message": True, "add_generation_prompt": False},
        ),
        (Flavour.MESSAGE_PREFIX, {"prefix": True}, {}),
        (Flavour.MESSAGE_PARTIAL, {"partial": True}, {}),
        (
            Flavour.CONTINUE_FINAL_MESSAGE,
            {},
            {"continue_final_message": True, "add_generation_prompt": False},
        ),
    ],
)
def test_the_prefix_rung_marks_the_partial_answer(
    flavour: Flavour, on_message: dict[str, Any], on_request: dict[str, Any]
) -> None:
    """Each flavour sends its own flags; the thinking goes back beside the text."""
    body = build_continuation(ask(), Strategy.PREFIX, "The spring", "Hm", flavour=flavour)
    partial = {"role": "assistant", "content": "The spring", "reasoning_content": "Hm"}
    assert body == build_body(ask()) | on_request | {"messages": [ASKED, partial | on_message]}


def test_the_plain_rung_sends_the_partial_answer_alone() -> None:
    """A trailing assistant message, nothing else."""
    body = build_continuation(ask(), Strategy.PLAIN, "The spring")
    partial = {"role": "assistant", "content": "The spring"}
    assert body == build_body(ask()) | {"messages": [ASKED, partial]}


def test_the_anchor_rung_quotes_the_end_and_asks_to_go_on() -> None:
    """The last message is the user's and holds the partial answer's last words, whole ones."""
    text = " ".join(f"word{number}" for number in range(100))
    body = build_continuation(ask(), Strategy.ANCHOR, text, "Hm")
    asked, partial, anchor = body["messages"]
    assert (asked, partial) == (ASKED, {"role": "assistant", "content": text})
    assert anchor["role"] == "user"
    quote = anchor["content"].split("\n\n")[1]
    assert text.endswith(f" {quote}")
    assert 80 < len(quote) <= 160


@pytest.mark.parametrize("text", ["short", "{braces} and {0}", "春" * 500])
def test_any_text_can_be_an_anchor(text: str) -> None:
    """Braces are no format, a script without spaces is cut by length, a short text is whole."""
    anchor = build_continuation(ask(), Strategy.ANCHOR, text)["messages"][-1]["content"]
    assert f"\n\n{text[-160:]}\n\n" in anchor


def test_without_any_text_the_request_is_repeated() -> None:
    """Nothing received means nothing to go on from."""
    assert build_continuation(ask(), Strategy.ANCHOR, "", "Hm") == build_body(ask())


@pytest.mark.parametrize(
    ("model", "host", "flavour"),
    [
        ("gpt-4o", "ai-tokenhub.com", Flavour.ANY),
        ("deepseek-chat", "ai-tokenhub.com", Flavour.ANY),
        ("deepseek-chat", "api.deepseek.com", Flavour.MESSAGE_PREFIX),
        ("x", "API.Mistral.ai", Flavour.MESSAGE_PREFIX),
        ("kimi-k2", "api.moonshot.ai", Flavour.MESSAGE_PARTIAL),
        ("qwen-plus", "dashscope-intl.aliyuncs.com", Flavour.MESSAGE_PARTIAL),
        ("mistral-large-latest", "ai-tokenhub.com", Flavour.MESSAGE_PREFIX),
        ("mistralai/Mistral-7B-Instruct", "127.0.0.1", Flavour.ANY),
        ("x", "notdeepseek.com", Flavour.ANY),
    ],
)
def test_the_flavour_follows_the_host_then_the_name(
    model: str, host: str, flavour: Flavour
) -> None:
    """A vendor's host gets its flag alone, everybody else gets all."""
    assert guess_flavour(model, host) is flavour


@pytest.mark.parametrize(
    ("request_", "name", "body"),
    [
        (ask(), "stream_options", {}),
        (ask(stream=False), "stream_options", None),
        (ask(include_usage=False), "stream_options", None),
        (ask(options={"stream_options": {"include_usage": False}}), "stream_options", None),
        (ask(options={"temperature": 1}), "temperature", None),
        (
            ask(include_usage=False, options={"max_tokens": 9}),
            "max_tokens",
            {"max_completion_tokens": 9},
        ),
        (
            ask(include_usage=False, options={"max_completion_tokens": 9}),
            "max_completion_tokens",
            {"max_tokens": 9},
        ),
        (ask(options={"seed": None}), "seed", None),
        (ask(), "messages", None),
    ],
)
def test_a_refused_parameter_is_left_out_or_renamed(
    request_: AnswerRequest, name: str, body: dict[str, Any] | None
) -> None:
    """The next request lacks what was refused, if we added it or can rename it."""
    changed = without_parameter(request_, name)
    if body is None:
        assert changed is None
    else:
        assert changed is not None
        assert build_body(changed) == build_body(ask(include_usage=False)) | body
