"""The chat completions protocol from the gateway's side: a request body in, a response out.

Pure. The shapes are those of TokenHub's streaming guide: the role in the first chunk, a piece of
text in each following one, `finish_reason` in the last, `usage` in the last chunk or in a complete
response only, `[DONE]` at the end. With `stream_options.include_usage` the usage has a last chunk
of its own, whose `choices` is empty; without it, it rides in the chunk with the `finish_reason`, so
that clients which read `choices[0]` of every chunk (the guide's own do) never meet an empty list.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tokenhub_cli.demo.answers import PreparedAnswer
from tokenhub_cli.demo.continuation import read_text
from tokenhub_cli.demo.frames import Frame, Kind, Response, build_whole_response
from tokenhub_cli.demo.pieces import count_pieces, split_pieces

TOKENS_OF_A_MESSAGE = 4
TOKENS_OF_AN_IMAGE = 85
MOST_CHOICES = 8

Json = dict[str, Any]


class RefusalError(Exception):
    """A request that is answered with an error.

    Args:
        status: The HTTP status.
        message: The words of the error.
        kind: The error's `type`.
        code: The error's `code`.
        param: The field that the error is about.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param


@dataclass(frozen=True, slots=True)
class Generation:
    """An answer as it is going to be sent."""

    model: str
    pieces: Sequence[str]
    reasoning: Sequence[str]
    finish_reason: str
    prompt_tokens: int
    choices: int = 1
    include_usage: bool = False


def encode_json(value: object) -> bytes:
    """Return `value` as compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def encode_event(value: object) -> bytes:
    """Return `value` as one server-sent event."""
    return b"data: " + encode_json(value) + b"\n\n"


def build_error(refusal: RefusalError, request_id: str) -> Json:
    """Return the error body that TokenHub-like gateways send, request id in the words."""
    return {
        "error": {
            "message": f"{refusal.message} (request id: {request_id})",
            "type": refusal.kind,
            "param": refusal.param,
            "code": refusal.code,
        }
    }


def build_refusal(refusal: RefusalError, request_id: str) -> Response:
    """Return the response to a request that is refused."""
    return build_whole_response(refusal.status, encode_json(build_error(refusal, request_id)))


def build_models(models: Sequence[str], created: int) -> Json:
    """Return the body of `GET /v1/models`."""
    entries = [
        {"id": name, "object": "model", "created": created, "owned_by": "tokenhub-demo"}
        for name in models
    ]
    return {"object": "list", "data": entries}


def decode_body(content: bytes) -> Json:
    """Return the request body, or raise `RefusalError` (400) where it is no request."""
    try:
        body = json.loads(content)
    except ValueError as error:
        raise RefusalError(400, f"The body is not JSON: {error}", code="invalid_json") from None
    except RecursionError:
        raise RefusalError(400, "The body is nested too deeply", code="invalid_json") from None
    if not isinstance(body, dict):
        raise RefusalError(400, "The body is not a JSON object", code="invalid_json")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise RefusalError(400, "`messages` has to be a list with a message", param="messages")
    for index, message in enumerate(messages):
        _check_message(message, f"messages[{index}]")
    if not isinstance(body.get("model"), str):
        raise RefusalError(400, "`model` has to be a string", param="model")
    _check_number(body, "n", 1, MOST_CHOICES)
    _check_number(body, "max_tokens", 1, None)
    _check_number(body, "max_completion_tokens", 1, None)
    return body


def _check_message(message: object, name: str) -> None:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise RefusalError(400, f"`{name}` has to be an object with a `role`", param=name)
    if message["role"] not in {"system", "developer", "user", "assistant", "tool"}:
        raise RefusalError(400, f"`{name}.role` is unknown", param=f"{name}.role")
    if not isinstance(message.get("content"), str | list | None):
        raise RefusalError(400, f"`{name}.content` has to be words or parts", param=name)


def _check_number(body: Json, name: str, least: int, most: int | None) -> None:
    value = body.get(name)
    if value is None:
        return
    if not isinstance(value, int) or value < least or (most is not None and value > most):
        bounds = f"at least {least}" if most is None else f"between {least} and {most}"
        raise RefusalError(400, f"`{name}` has to be a whole number, {bounds}", param=name)


def count_prompt_tokens(messages: Sequence[Mapping[str, Any]]) -> int:
    """Return what the messages come to, in the demo's own pieces."""
    total = 0
    for message in messages:
        content = message.get("content")
        total += TOKENS_OF_A_MESSAGE + count_pieces(read_text(content))
        if isinstance(content, list):
            images = [part for part in content if isinstance(part, dict) and "image_url" in part]
            total += TOKENS_OF_AN_IMAGE * len(images)
    return total


def plan_generation(body: Json, answer: PreparedAnswer) -> Generation:
    """Return what is sent of `answer`, given the limits in the request."""
    text, finish_reason = answer.text, answer.finish_reason
    for stop in _read_stops(body):
        position = text.find(stop)
        if position >= 0:
            text, finish_reason = text[:position], "stop"
    generation = Generation(
        model=body["model"],
        pieces=split_pieces(text),
        reasoning=split_pieces(answer.reasoning),
        finish_reason=finish_reason,
        prompt_tokens=count_prompt_tokens(body["messages"]),
        choices=body.get("n") or 1,
        include_usage=asks_for_usage(body),
    )
    limit = body.get("max_completion_tokens") or body.get("max_tokens")
    if limit is None or len(generation.reasoning) + len(generation.pieces) <= limit:
        return generation
    reasoning = generation.reasoning[:limit]
    pieces = generation.pieces[: limit - len(reasoning)]
    return replace(generation, reasoning=reasoning, pieces=pieces, finish_reason="length")


def _read_stops(body: Json) -> list[str]:
    stop = body.get("stop")
    stops = stop if isinstance(stop, list) else [stop]
    return [word for word in stops if isinstance(word, str) and word]


def asks_for_usage(body: Json) -> bool:
    """Say whether a streamed answer is to end with a chunk of usage."""
    options = body.get("stream_options")
    return isinstance(options, dict) and bool(options.get("include_usage"))


def build_usage(generation: Generation) -> Json:
    """Return the token counts of the whole generation."""
    reasoning = len(generation.reasoning) * generation.choices
    completion = len(generation.pieces) * generation.choices + reasoning
    return {
        "prompt_tokens": generation.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": generation.prompt_tokens + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }


def build_complete(generation: Generation, answer_id: str, created: int) -> Json:
    """Return the body of a response that is not streamed."""
    message: Json = {"role": "assistant", "content": "".join(generation.pieces)}
    if generation.reasoning:
        message["reasoning_content"] = "".join(generation.reasoning)
    choices = [
        {"index": index, "message": message, "finish_reason": generation.finish_reason}
        for index in range(generation.choices)
    ]
    return {
        "id": answer_id,
        "object": "chat.completion",
        "created": created,
        "model": generation.model,
        "choices": choices,
        "usage": build_usage(generation),
    }


def stream_frames(generation: Generation, answer_id: str, created: int) -> Iterator[Frame]:
    """Yield the frames of a streamed answer, one server-sent event each."""
    frame_of = {
        "id": answer_id,
        "object": "chat.completion.chunk",
        "created": created,
        "model": generation.model,
    }

    def chunk(index: int, delta: Json, finish_reason: str | None = None, **more: Any) -> bytes:
        choice = {"index": index, "delta": delta, "finish_reason": finish_reason}
        return encode_event({**frame_of, "choices": [choice], **more})

    choices = range(generation.choices)
    for index in choices:
        yield Frame(Kind.ROLE, chunk(index, {"role": "assistant", "content": ""}))
    for name, pieces in (
        ("reasoning_content", generation.reasoning),
        ("content", generation.pieces),
    ):
        # All chunks of a row but for their one string are alike: only that is encoded each time.
        rows = [chunk(index, {name: "\0"}).split(b'"\\u0000"') for index in choices]
        for piece in pieces:
            encoded = encode_json(piece)
            for head, tail in rows:
                yield Frame(Kind.PIECE, head + encoded + tail)
    usage = build_usage(generation)
    for index in choices:
        more = {"usage": usage} if index == choices[-1] and not generation.include_usage else {}
        yield Frame(Kind.FINISH, chunk(index, {}, generation.finish_reason, **more))
    if generation.include_usage:
        yield Frame(Kind.USAGE, encode_event({**frame_of, "choices": [], "usage": usage}))
    yield Frame(Kind.DONE, b"data: [DONE]\n\n")
