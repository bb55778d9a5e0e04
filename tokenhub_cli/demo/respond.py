"""Decides what a request is answered with; the protocol's rules without its sockets."""

from collections.abc import Callable
from dataclasses import dataclass

from tokenhub_cli.demo.answers import THINKER, PreparedAnswer
from tokenhub_cli.demo.connection import ReceivedRequest
from tokenhub_cli.demo.continuation import (
    Continuation,
    Conversation,
    continue_text,
    find_flag,
    read_conversation,
)
from tokenhub_cli.demo.frames import Response, build_whole_response
from tokenhub_cli.demo.protocol import (
    Json,
    RefusalError,
    build_complete,
    build_models,
    build_refusal,
    decode_body,
    encode_json,
    plan_generation,
    stream_frames,
)

ANY_KEY = "*"

Answers = str | Callable[[str, str], str | PreparedAnswer]

_METHODS = {"/v1/chat/completions": "POST", "/v1/models": "GET"}
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "authorization, content-type"),
)


@dataclass(frozen=True, slots=True)
class Responder:
    """The gateway's mind: what it offers, accepts and says. The arguments are `DemoGateway`'s."""

    key: str | None
    models: tuple[str, ...]
    answers: Answers
    continuation: Continuation
    repeated_words: int
    created: int

    def respond(self, request: ReceivedRequest, request_id: str) -> Response:
        """Return the response to `request`."""
        try:
            return self._respond(request, request_id)
        except RefusalError as refusal:
            return build_refusal(refusal, request_id)

    def _respond(self, request: ReceivedRequest, request_id: str) -> Response:
        method = _METHODS.get(request.path)
        if method is None:
            message = f"Invalid URL ({request.method} {request.path})"
            raise RefusalError(404, message, code="not_found")
        if request.method == "OPTIONS":  # a browser asks first; this gateway guards nothing
            return build_whole_response(204, b"", content_type="", headers=_PREFLIGHT)
        if request.method != method:
            message = f"{request.path} takes {method}, not {request.method}"
            raise RefusalError(405, message, code="method_not_allowed")
        self._check_key(request)
        if method == "GET":
            return build_whole_response(200, encode_json(build_models(self.models, self.created)))
        return self._respond_to_messages(decode_body(request.content), request_id)

    def _check_key(self, request: ReceivedRequest) -> None:
        if self.key is None:
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and given and self.key in {ANY_KEY, given}:
            return
        message = "Invalid token" if given else "No token was provided"
        raise RefusalError(401, message, kind="new_api_error", code="invalid_api_key")

    def _respond_to_messages(self, body: Json, request_id: str) -> Response:
        if body["model"] not in self.models:
            message = f"The model `{body['model']}` does not exist"
            raise RefusalError(404, message, code="model_not_found", param="model")
        generation = plan_generation(body, self.choose_answer(body))
        answer_id = f"chatcmpl-{request_id}"
        if body.get("stream") is True:
            frames = stream_frames(generation, answer_id, self.created)
            return Response(200, frames, content_type="text/event-stream")
        complete = encode_json(build_complete(generation, answer_id, self.created))
        return build_whole_response(200, complete)

    def choose_answer(self, body: Json) -> PreparedAnswer:
        """Return what is said to `body`: a new answer, or the rest of one that came back."""
        conversation = read_conversation(body["messages"])
        answer = self.find_answer(conversation.question, body["model"])
        if isinstance(body.get("response_format"), dict):
            answer = answer._replace(text=_structure(answer.text, body["response_format"]))
        if conversation.partial is None:
            return answer
        way = self._decide_way(body, conversation)
        if answer.reasoning and conversation.trailing and not conversation.brings_thoughts:
            return answer
        text = continue_text(way, answer.text, conversation.partial, words=self.repeated_words)
        return answer._replace(
            text=text, reasoning="" if conversation.trailing else answer.reasoning
        )

    def find_answer(self, question: str, model: str) -> PreparedAnswer:
        """Return the whole answer to `question`."""
        said = self.answers if isinstance(self.answers, str) else self.answers(question, model)
        if isinstance(said, PreparedAnswer):
            return said
        return PreparedAnswer(said, reasoning="Let me think." if model == THINKER else "")

    def _decide_way(self, body: Json, conversation: Conversation) -> Continuation:
        way = self.continuation
        if not conversation.trailing:
            return way
        if way is Continuation.FOLLOWS_ANCHOR:
            return Continuation.STARTS_OVER
        if way is Continuation.REFUSES:
            message = "This model does not support a trailing assistant message"
            raise RefusalError(400, message, param="messages")
        flag = find_flag(body) if way is Continuation.REFUSES_FLAGS else ""
        if flag:
            raise RefusalError(422, f"Extra inputs are not permitted: `{flag}`", param=flag)
        return way


def _structure(text: str, response_format: Json) -> str:
    """Return JSON in place of an answer's words, if that is the format asked for."""
    match response_format:
        case {"type": "json_schema", "json_schema": {"schema": dict(schema)}}:
            from tokenhub_cli.demo.schemas import fill_schema

            try:
                return encode_json(fill_schema(schema)).decode()
            except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError):
                message = "Invalid schema for `response_format`"
                raise RefusalError(400, message, param="response_format") from None
        case {"type": "json_object"}:
            return encode_json({"answer": text}).decode()
    return text
