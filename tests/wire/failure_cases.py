"""Errors that gateways were seen to report inside a 200 stream, and what they mean."""

from typing import NamedTuple

from tests.wire.stream_text import DONE, SECRET, choose, chunk, frame
from tokenhub_cli.errors import (
    GatewayDownError,
    GatewayError,
    ProtocolError,
    QuotaError,
    RateLimitError,
    RefusedKeyError,
    RefusedRequestError,
    UnknownModelError,
)

TEXT = frame(chunk("Hi"))


class FailureCase(NamedTuple):
    """A stream, the class of the error it reports, and words of its message."""

    name: str
    body: str
    error: type[GatewayError]
    words: str


FAILURES = [
    FailureCase(
        "the protocol's shape",
        TEXT
        + frame({"error": {"message": f"boom {SECRET}", "type": "server_error", "code": None}})
        + DONE,
        GatewayDownError,
        "boom [key]",
    ),
    FailureCase("a text", TEXT + frame({"error": "boom"}), GatewayDownError, "boom"),
    FailureCase(
        "an event named error",
        TEXT + 'event: error\ndata: {"message":"boom"}\n\n',
        GatewayDownError,
        "boom",
    ),
    FailureCase(
        "plain words",
        TEXT + "event: error\ndata: upstream died\n\n",
        GatewayDownError,
        "upstream died",
    ),
    FailureCase(
        "plain words without a blank line",
        TEXT + "event: error\ndata: upstream died",
        GatewayDownError,
        "upstream died",
    ),
    FailureCase(
        "beside choices",
        frame({**chunk("Hi", finish="error"), "error": {"message": "boom"}}),
        GatewayDownError,
        "boom",
    ),
    FailureCase(
        "inside the choice",
        frame(choose(error={"message": "boom", "code": 429})),
        RateLimitError,
        "boom",
    ),
    FailureCase(
        "finish_reason error alone",
        TEXT + frame(chunk(finish="error")),
        GatewayDownError,
        "`error`",
    ),
    FailureCase(
        "no resources",
        TEXT + frame(chunk(finish="insufficient_system_resource")),
        GatewayDownError,
        "insufficient_system_resource",
    ),
    FailureCase(
        "vLLM",
        frame(
            {
                "object": "error",
                "message": "boom",
                "type": "BadRequestError",
                "param": None,
                "code": 400,
            }
        ),
        RefusedRequestError,
        "boom",
    ),
    FailureCase("detail", frame({"detail": "boom"}), GatewayDownError, "boom"),
    FailureCase(
        "in a list", frame([{"error": {"message": "boom", "code": 503}}]), GatewayDownError, "boom"
    ),
    FailureCase(
        "a bare object after the frames",
        TEXT + '{"error":{"message":"late boom"}}\n',
        GatewayDownError,
        "late boom",
    ),
    FailureCase(
        "a bare object, not ended",
        TEXT + '{"error":{"message":"late boom"}}',
        GatewayDownError,
        "late boom",
    ),
    FailureCase(
        "a bare object before [DONE]",
        TEXT + '{"error":{"message":"late boom"}}\n\n' + DONE,
        GatewayDownError,
        "late boom",
    ),
    FailureCase(
        "bare words", TEXT + "upstream connect error\n", GatewayDownError, "upstream connect"
    ),
    FailureCase(
        "JSON for a stream",
        '{"error":{"message":"bad","code":"invalid_api_key"}}',
        RefusedKeyError,
        "bad",
    ),
    FailureCase("HTML for a stream", "<html>\n<title>Sign\nin</title>\n", ProtocolError, "Sign in"),
    FailureCase(
        "no quota",
        frame({"error": {"message": "x", "code": "insufficient_quota"}}),
        QuotaError,
        "quota",
    ),
    FailureCase(
        "too fast",
        frame({"error": {"message": "rate limit reached"}}),
        RateLimitError,
        "rate limit",
    ),
    FailureCase(
        "unknown model",
        frame({"error": {"message": "The model `gpt-4o` does not exist"}}),
        UnknownModelError,
        "`gpt-4o`",
    ),
    FailureCase("not JSON", TEXT + "data: {oops\n\n", ProtocolError, "{oops"),
    FailureCase(
        "nested too deep", TEXT + "data: " + "[" * 3000 + "\n\n", ProtocolError, "not JSON"
    ),
]
