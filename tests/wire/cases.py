"""What gateways were seen to send, and what it means: streams with ordinary answers."""

from typing import Any, NamedTuple

from tests.wire.stream_text import DONE, choose, chunk, frame
from tokenhub_cli.chat.conversation import ToolCall
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.wire.events import (
    Decoded,
    DoneMarker,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)

STOP = frame(chunk(finish="stop"))
END = STOP + DONE
STOPPED: list[Decoded] = [Finished("stop"), DoneMarker()]


class Case(NamedTuple):
    """A stream and the events it means, neighbouring pieces of text joined."""

    name: str
    body: str
    events: list[Decoded]


def answer(name: str, body: str, text: str) -> Case:
    """Return a case whose answer is this text, ended by `stop` and `[DONE]`."""
    return Case(name, body + END, [TextDelta(text), *STOPPED])


def call(arguments: object, **more: Any) -> dict[str, Any]:
    """Return a piece of a tool call."""
    return {"function": {"arguments": arguments, **more.pop("function", {})}, **more}


USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
HELLO = frame(chunk("Hel")) + frame(chunk("lo"))
GUIDE = "".join(
    f"data: {{{body}}}\n"
    for body in (
        '"id":"chatcmpl-abc","choices":[{"delta":{"content":"The"}}]',
        '"id":"chatcmpl-abc","choices":[{"delta":{"content":" spring"}}]',
    )
)

FRAMING = [
    answer("ordinary", frame(chunk("", role="assistant")) + HELLO, "Hello"),
    Case(
        "the guide's listing, without blank lines or a finish_reason",
        GUIDE + "data: [DONE]",
        [TextDelta("The spring"), DoneMarker()],
    ),
    answer("no space after the colon", HELLO.replace("data: ", "data:"), "Hello"),
    answer("CRLF", HELLO.replace("\n", "\r\n"), "Hello"),
    answer("CR", HELLO.replace("\n", "\r"), "Hello"),
    answer("a byte order mark", "\ufeff" + HELLO, "Hello"),
    answer("comments", ": OPENROUTER PROCESSING\n\n: PING\n" + HELLO + ":\n\n", "Hello"),
    answer("other fields", "id: 7\nretry: 9\nevent: message\n" + HELLO, "Hello"),
    answer("pings", "event: ping\ndata: {}\n\nevent: ping\n\ndata: ping\n\n" + HELLO, "Hello"),
    answer("empty data", "data:\n\ndata: \n\ndata\n\n" + HELLO, "Hello"),
    answer("null and numbers", "data: null\n\ndata: 5\n\ndata: true\n\n" + HELLO, "Hello"),
    answer(
        "data over two lines", 'data: {"choices":\ndata: [{"delta":{"content":"Hi"}}]}\n\n', "Hi"
    ),
    answer("wrapped twice", "data: " + frame(chunk("Hi")), "Hi"),
    answer("chunks in a list", frame([chunk("Hel"), chunk("lo")]), "Hello"),
    answer(
        "not line ends",
        'data: {"choices":[{"delta":{"content":"a\u2028b\u2029c\x85d"}}]}\n\n',
        "a\u2028b\u2029c\x85d",
    ),
    answer(
        "raw control characters in strings",
        "".join(
            f'data: {{"choices":[{{"delta":{{"content":"{text}"}}}}]}}\n\n'
            for text in ("a\tb", "c\vd", "e\ff", "g", "\x1b[1mh\x00", "i")
        ),
        "a\tbc\vde\ffg\x1b[1mh\x00i",
    ),
    Case("no [DONE]", HELLO + STOP, [TextDelta("Hello"), Finished("stop")]),
    Case(
        "no blank line at the end",
        HELLO + STOP.rstrip("\n"),
        [TextDelta("Hello"), Finished("stop")],
    ),
    Case("cut in the last chunk", HELLO + STOP[:-9], [TextDelta("Hello")]),
    Case("cut in the last field name", HELLO + "dat", [TextDelta("Hello")]),
    Case("[DONE] alone", HELLO + DONE, [TextDelta("Hello"), DoneMarker()]),
    Case("nothing", "", []),
    Case(
        "a complete JSON body",
        '{"object":"chat.completion",\n\n "choices":[{"message":'
        '{"content":"Hi"},"finish_reason":"stop"}]}',
        [TextDelta("Hi"), Finished("stop")],
    ),
]

CHUNKS = [
    answer(
        "choices empty, null, missing",
        "".join(
            map(
                frame,
                ({"choices": []}, {"choices": None}, {}, {"choices": {}}, {"choices": [None]}),
            )
        )
        + HELLO,
        "Hello",
    ),
    answer("delta null or missing", frame(choose(delta=None)) + frame(choose()) + HELLO, "Hello"),
    answer(
        "content null, empty, a number",
        frame(choose(delta={"content": None})) + "".join(map(frame, map(chunk, ("", 4, 2.5, "!")))),
        "42.5!",
    ),
    Case(
        "content in parts",
        frame(
            chunk(
                [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]},
                    {"type": "text", "text": "He"},
                    "ll",
                    {"type": "image_url", "image_url": {}},
                    7,
                    {"type": "text", "text": {"value": "o"}},
                ]
            )
        )
        + END,
        [ReasoningDelta("Hm"), TextDelta("Hello"), *STOPPED],
    ),
    answer(
        "role in every chunk",
        frame(chunk("Hel", role="assistant")) + frame(chunk("lo", role="assistant")),
        "Hello",
    ),
    answer("index missing", frame({"choices": [{"delta": {"content": "Hi"}}]}), "Hi"),
    answer(
        "two choices interleaved",
        "".join(
            frame({"choices": [{"index": index, "delta": {"content": text}}]})
            for index, text in ((1, "a"), (0, "x"), (1, "b"), (0, "y"))
        )
        + frame({"choices": [{"index": 1, "delta": {"content": "c"}}, {"index": 0}]}),
        "abc",
    )._replace(events=[TextDelta("abc"), DoneMarker()]),
    answer(
        "empty finish_reason in every chunk",
        frame(chunk("Hel", finish="")) + frame(chunk("lo", finish="null")),
        "Hello",
    ),
    Case(
        "finish with the last text, repeated, and more text",
        frame(chunk("Hel", finish="STOP")) + frame(chunk("lo", finish="STOP")) + DONE,
        [TextDelta("Hel"), Finished("STOP"), TextDelta("lo"), DoneMarker()],
    ),
    Case(
        "finish as an object",
        frame(chunk("Hi", finish={"type": "end_turn"})),
        [TextDelta("Hi"), Finished("end_turn")],
    ),
    answer("message for delta", frame(choose(message={"content": "Hello"})), "Hello"),
    answer(
        "messages in pieces",
        frame(choose(message={"content": "The"})) + frame(choose(message={"content": " spring"})),
        "The spring",
    ),
    answer(
        "cumulative message",
        frame(choose(message={"content": "Hel"})) + frame(choose(message={"content": "Hello"})),
        "Hello",
    ),
    answer(
        "cumulative message beside delta",
        frame(choose(delta={"content": "Hel"}, message={"content": "Hel"}))
        + frame(choose(delta={"content": "lo"}, message={"content": "Hello"})),
        "Hello",
    ),
    Case(
        "a last delta that repeats all",
        HELLO + frame(chunk("Hello", finish="stop")),
        [TextDelta("Hello"), Finished("stop")],
    ),
    Case(
        "a last message that repeats all",
        HELLO + frame(choose(message={"content": "Hello"}, finish_reason="stop")),
        [TextDelta("Hello"), Finished("stop")],
    ),
    Case(
        "a last piece equal to the first",
        frame(chunk("ha")) + frame(chunk("ha", finish="stop")),
        [TextDelta("haha"), Finished("stop")],
    ),
    answer(
        "a pair of surrogates over two chunks",
        r'data: {"choices":[{"delta":{"content":"a\ud83d"}}]}'
        "\n\n"
        r'data: {"choices":[{"delta":{"content":"\ude42b"}}]}'
        "\n\n",
        "a🙂b",
    ),
    answer(
        "lone surrogates",
        r'data: {"choices":[{"delta":{"content":"a\ude42\ud83d"}}]}' "\n\n",
        "a\ufffd\ufffd",
    ),
    answer("a refusal", frame(chunk(None, refusal="I cannot.")), "I cannot."),
    answer(
        "fields of others",
        frame(
            {
                **chunk("Hi", audio={"id": 1}, annotations=[1]),
                "timings": {"n": 1},
                "obfuscation": "xx",
                "error": None,
                "citations": [],
            }
        ),
        "Hi",
    ),
    answer(
        "the word content elsewhere",
        frame({"content": "Hi", **chunk("Hi", x='"content":"Hi"')})
        + frame({"content": "Ho", **chunk("Ho", x='"content":"Hi"')}),
        "HiHo",
    ),
]

REASONING = [
    Case(
        field,
        frame(chunk(None, **{field: value})) + frame(chunk("Hi")) + END,
        [ReasoningDelta("Hm"), TextDelta("Hi"), *STOPPED],
    )
    for field, value in (
        ("reasoning_content", "Hm"),
        ("reasoning", "Hm"),
        ("reasoning_details", [{"type": "reasoning.text", "text": "Hm"}]),
        (
            "reasoning_details",
            [
                {"type": "reasoning.summary", "summary": "Hm"},
                {"type": "reasoning.encrypted", "data": "x"},
            ],
        ),
    )
] + [
    Case(
        "twice in one chunk",
        frame(
            chunk(
                "",
                reasoning="Hm",
                reasoning_content="Hm",
                reasoning_details=[{"type": "reasoning.text", "text": "Hm"}],
            )
        )
        + HELLO
        + END,
        [ReasoningDelta("Hm"), TextDelta("Hello"), *STOPPED],
    ),
    Case(
        "the other field later",
        frame(chunk(None, reasoning="Hm"))
        + frame(chunk("Hi", reasoning_details=[{"type": "reasoning.text", "text": "Hm"}]))
        + END,
        [ReasoningDelta("Hm"), TextDelta("Hi"), *STOPPED],
    ),
    Case(
        "tags cut anywhere",
        "".join(
            frame(chunk(piece))
            for piece in ("\n<th", "ink>", "\nHm <", "/th", "ink>\n", "\n", "H", "i <think>")
        )
        + END,
        [ReasoningDelta("Hm "), TextDelta("Hi <think>"), *STOPPED],
    ),
    answer("no tag after all", frame(chunk("<thi")) + frame(chunk("s>")), "<this>"),
]

TOOL_CALLS = [
    Case(
        "in pieces",
        frame(chunk(None, tool_calls=[call("", index=0, id="a", function={"name": "f"})]))
        + frame(chunk(None, tool_calls=[call('{"x":', index=0)]))
        + frame(chunk(None, tool_calls=[call("1}", index=0)], finish="tool_calls")),
        [ToolCallDelta(ToolCall(0, "a", "f", '{"x":1}')), Finished("tool_calls")],
    ),
    Case(
        "two, with id and name in every part",
        "".join(
            frame(
                chunk(
                    None,
                    tool_calls=[
                        call(text, index=index, id=f"i{index}", function={"name": f"f{index}"})
                    ],
                )
            )
            for index, text in ((0, "{"), (1, "["), (0, "}"), (1, "]"))
        )
        + STOP,
        [
            ToolCallDelta(ToolCall(0, "i0", "f0", "{}")),
            ToolCallDelta(ToolCall(1, "i1", "f1", "[]")),
            Finished("stop"),
        ],
    ),
    Case(
        "one number for all, arguments an object",
        frame(
            chunk(
                None,
                tool_calls=[
                    call({"x": 1}, index=0, id="a", function={"name": "f"}),
                    call({"y": 2}, index=0, id="b", function={"name": "g"}),
                ],
            )
        ),
        [
            ToolCallDelta(ToolCall(0, "a", "f", '{"x": 1}')),
            ToolCallDelta(ToolCall(1, "b", "g", '{"y": 2}')),
        ],
    ),
    Case(
        "no number, no id",
        frame(chunk(None, tool_calls=[call("{", function={"name": "f"})]))
        + frame(chunk(None, tool_calls=[call("}")])),
        [ToolCallDelta(ToolCall(0, "", "f", "{}"))],
    ),
    Case(
        "the older form",
        frame(chunk(None, function_call={"name": "f", "arguments": "{"}))
        + frame(chunk(None, function_call={"arguments": "}"})),
        [ToolCallDelta(ToolCall(0, "", "f", "{}"))],
    ),
    Case(
        "senseless ones",
        frame(chunk("Hi", tool_calls=[None, 5])) + frame(chunk(tool_calls="x")),
        [TextDelta("Hi")],
    ),
]

REPORTED = UsageReported(Usage(3, 2, 5))
USAGES = [
    Case(
        "in its own chunk",
        HELLO + STOP + frame({"choices": [], "usage": USAGE}) + DONE,
        [TextDelta("Hello"), Finished("stop"), REPORTED, DoneMarker()],
    ),
    Case(
        "with one empty choice",
        HELLO + frame({"choices": [{}], "usage": USAGE}) + STOP,
        [TextDelta("Hello"), REPORTED, Finished("stop")],
    ),
    Case(
        "in every chunk",
        "".join(
            frame({**chunk(text), "usage": {"prompt_tokens": 3, "completion_tokens": count}})
            for count, text in enumerate(("Hel", "lo", "!"))
        )
        + STOP,
        [TextDelta("Hello!"), REPORTED, Finished("stop")],
    ),
    Case(
        "inside the choice",
        frame(choose(delta={"content": "Hi"}, usage=USAGE)),
        [TextDelta("Hi"), REPORTED],
    ),
    Case(
        "null",
        frame({**chunk("Hi"), "usage": None}) + frame({"choices": [], "usage": {}}),
        [TextDelta("Hi")],
    ),
]

CASES = FRAMING + CHUNKS + REASONING + TOOL_CALLS + USAGES
