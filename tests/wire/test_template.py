"""The constant-chunk template is a shortcut and nothing else."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.wire.stream_text import chunk, frame
from tokenhub_cli.wire.chunks import ChunkDecoder
from tokenhub_cli.wire.events import Decoded, Finished, TextDelta
from tokenhub_cli.wire.sse import ServerSentEvent
from tokenhub_cli.wire.template import ChunkTemplate

HEAD = '{"choices":[{"index":0,"delta":{"content":"'
TAIL = '"},"finish_reason":null}]}'


class NoTemplate(ChunkTemplate):
    """A template that never matches."""

    def match(self, _data: str) -> None:
        """Leave every chunk to the full parse."""


def learn(*chunks: str) -> ChunkTemplate:
    template = ChunkTemplate()
    for data in chunks:
        document = json.loads(data)
        template.learn(data, document, document["choices"][0]["delta"]["content"])
    return template


def test_a_shape_seen_twice_in_a_row_is_known() -> None:
    """The second chunk with the same head and tail makes the template."""
    assert learn(f"{HEAD}a{TAIL}").match(f"{HEAD}c{TAIL}") is None
    template = learn(f"{HEAD}a{TAIL}", f"{HEAD}b{TAIL}")
    for text in ("c", "", "two words", "é春🙂", "\u2028", "\u00a0"):
        assert template.match(f"{HEAD}{text}{TAIL}") == text
    for literal in (r"\n", r"\"", r"\\", r"\u00e9", r"\ud83d\ude42"):
        assert template.match(f"{HEAD}{literal}{TAIL}") == json.loads(f'"{literal}"')


def test_what_is_not_exactly_one_string_is_left_to_the_parser() -> None:
    """More than one string, a broken one, a lone surrogate or another shape does not match."""
    template = learn(f"{HEAD}a{TAIL}", f"{HEAD}b{TAIL}")
    for literal in ('a","x":"b', "\\", r"\x", r"\u12", r"\ud83d", "a\\", '"'):
        assert template.match(f"{HEAD}{literal}{TAIL}") is None
    for data in (HEAD + TAIL[1:], HEAD[:-1] + TAIL, TAIL, HEAD, "", f" {HEAD}a{TAIL}"):
        assert template.match(data) is None


def test_a_repeated_key_is_seen_through() -> None:
    """Of two values under one key the last counts, so the first is never taken for it."""
    twice = '{"choices":[{"delta":{"content":"%s","content":"x"}}]}'
    template = learn(twice % "x", twice % "x")
    assert template.match(twice % "y") is None


def test_a_look_alike_is_seen_through() -> None:
    """The same key and text elsewhere in the chunk are not the answer's piece."""
    other = '{"content":"%s","choices":[{"delta":{"content":"x"}}]}'
    template = learn(other % "x", other % "x")
    assert template.match(other % "y") is None


def decode(events: list[ServerSentEvent], template: ChunkTemplate) -> list[list[Decoded]]:
    decoder = ChunkDecoder()
    decoder._template = template
    return [decoder.decode(event) for event in events] + [decoder.finish()]


LITERALS = st.one_of(
    st.text(max_size=5).map(lambda text: json.dumps(text, ensure_ascii=False)[1:-1]),
    st.text(max_size=5).map(lambda text: json.dumps(text)[1:-1]),
    st.sampled_from(
        [
            '"',
            "\\",
            '","content":"x',
            '"},"x":{"a":"',
            "<think>",
            "\n",
            r"\ud83d",
            r"\ude42",
            "aaaa",
        ]
    ),
)
HEADS = st.sampled_from(
    [
        HEAD,
        '{"choices": [{"delta": {"content": "',
        '{"content":"a","choices":[{"delta":{"content":"',
        '{"choices":[{"delta":{"content":"',
        '{"choices":[{"index":1,"delta":{"content":"',
        '{"choices":[{"message":{"content":"a"},"delta":{"content":"',
        '{"choices":[{"delta":{"content":"x","content":"',
        '{"choices":[{"delta":{"reasoning":"',
        '{"choices":[{"delta":{"reasoning":"\\ud83d","content":"',
    ]
)
TAILS = st.sampled_from(
    [
        TAIL,
        '"}}]}',
        '"},"finish_reason":"stop"}]}',
        '","content":"y"}}]}',
        '","reasoning":"r"}}]}',
        '","tool_calls":[{"index":0,"function":{"arguments":"x"}}]}}]}',
        '"}}],"usage":{"prompt_tokens":1}}',
        '"}}],"error":{"message":"x"}}',
        '"}},{"delta":{"content":"z"}}]}',
        '"}}]} ',
    ]
)
RUNS = st.tuples(HEADS, TAILS, st.lists(LITERALS, min_size=1, max_size=6)).map(
    lambda run: [ServerSentEvent("", f"{run[0]}{text}{run[1]}") for text in run[2]]
)


@settings(max_examples=600, deadline=None, database=None)
@given(st.lists(RUNS, max_size=5).map(lambda runs: [event for run in runs for event in run]))
@example([ServerSentEvent("", f"{HEAD}{text}{TAIL}") for text in ("a", "b", r"\ud83d", r"\ude42")])
@example(
    [
        ServerSentEvent("", f"{HEAD}{text}{tail}")
        for text, tail in (
            ("ab", TAIL),
            ("cd", TAIL),
            ("", '"},"finish_reason":"stop"}]}'),
            ("abcd", TAIL),  # all the text again, after the end
        )
    ]
)
def test_the_events_are_the_same_with_and_without_it(events: list[ServerSentEvent]) -> None:
    """For any sequence of chunks the template changes nothing but the time it takes."""
    with_it, without = decode(events, ChunkTemplate()), decode(events, NoTemplate())
    assert [list(map(repr, said)) for said in with_it] == [
        list(map(repr, said)) for said in without
    ]


def test_an_ordinary_stream_is_parsed_in_full_a_few_times_only() -> None:
    """Of a thousand constant chunks only the first few are given to the parser."""
    parsed: list[object] = []

    class Counting(ChunkTemplate):
        def learn(self, data: str, document: dict[str, Any], text: str) -> None:
            parsed.append(text)
            super().learn(data, document, text)

    events = [ServerSentEvent("", frame(chunk(f" {n}\n"))[6:-2]) for n in range(1000)]
    events.append(ServerSentEvent("", frame(chunk(finish="stop"))[6:-2]))
    template = Counting()
    said = [item for found in decode(events, template) for item in found]
    assert len(said) == 1001
    assert (said[0], said[-1]) == (TextDelta(" 0\n"), Finished("stop"))
    assert len(parsed) == 2
    assert template.match(events[7].data) == " 7\n"
