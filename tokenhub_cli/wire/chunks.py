"""One server-sent event of a chat completions stream, to what it says.

What gateways send is wilder than the protocol. The rules, in the order in which they apply:

- Nothing counts after `[DONE]`. `event: ping` and empty data say nothing.
- Of several choices the first one seen is the answer. `delta` comes before `message`; once deltas
  brought text, a `message` beside or after them is a repetition. A stream of `message` alone is
  taken as cumulative where each begins with all the text before it, and as pieces otherwise.
- A last chunk that repeats the whole text adds nothing (`wire/channel.py` says when it is one).
- Content is a string, a number, or a list of parts, of which thinking parts go apart. A refusal is
  shown as text. `<think>…</think>` at the start is reasoning (`wire/thinking.py`).
- Reasoning has several fields; the first that brought any is the one for this answer, since
  gateways send the same words in two of them.
- A `finish_reason` that says that the gateway broke off is a failure, and so is any error, beside
  choices or alone. Of usage the last report counts.
- Data that is not JSON is a failure too: words may have been lost. The client resumes.

Nothing that a gateway sends raises; all text that comes out is valid Unicode. What sorts failures
is imported when there is one: most streams have none, and its patterns take time to compile.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.errors import GatewayDownError, GatewayError, ProtocolError
from tokenhub_cli.wire.batch import join_deltas
from tokenhub_cli.wire.channel import Channel
from tokenhub_cli.wire.content import read_content, read_reasoning
from tokenhub_cli.wire.documents import decode_json
from tokenhub_cli.wire.events import (
    Decoded,
    DoneMarker,
    FailureReported,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from tokenhub_cli.wire.finish import classify_finish, parse_finish_reason
from tokenhub_cli.wire.reported import find_error
from tokenhub_cli.wire.sse import EventStreamDecoder, ServerSentEvent, is_whole
from tokenhub_cli.wire.template import ChunkTemplate
from tokenhub_cli.wire.thinking import ThinkSplitter
from tokenhub_cli.wire.tokens import parse_usage
from tokenhub_cli.wire.tool_calls import ToolCallAssembler

_KEEP_ALIVES = frozenset({"ping", "keep-alive", "keepalive", "heartbeat", "open"})


class ChunkDecoder:
    """Decodes the events of one attempt, in order; `finish` tells it that no more will come.

    Args:
        model: The model that was asked for, for messages.
        secrets: What must not appear in messages.
    """

    def __init__(self, *, model: str = "", secrets: Sequence[str] = ()) -> None:
        self._model = model
        self._secrets = secrets
        self._text = Channel()
        self._reasoning = Channel()
        self._thinking = ThinkSplitter()
        self._tool_calls = ToolCallAssembler()
        self._template = ChunkTemplate()
        self._choice: int | None = None
        self._reasoning_field = ""
        self._has_deltas = False
        self._finish_reason = ""
        self._is_done = False
        self._has_failed = False
        self._has_said = False
        self.chunks = 0  # that held a choice, if only an empty one; pings and the like do not count

    def decode(self, event: ServerSentEvent) -> list[Decoded]:
        """Return what one event says, in order."""
        return self.decode_events((event,))

    def decode_events(self, events: Iterable[ServerSentEvent]) -> list[Decoded]:
        """Return what the events of one network read say, in order.

        Neighbouring pieces of text, and of reasoning, come joined into one; of the usage reports,
        and of the states of each tool call, only the last is kept.
        """
        decoded: list[Decoded] = []
        pieces: list[str] = []
        match = self._template.match
        is_plain = self._is_plain()
        for event in events:
            if is_plain and not event.event:
                text = match(event.data)
                if text is not None:
                    if text:
                        pieces.append(text)
                    self.chunks += 1
                    continue
            self._take_pieces(pieces, decoded)
            decoded += self._decode(event)
            is_plain = self._is_plain()
        self._take_pieces(pieces, decoded)
        self._take_calls(decoded)
        return join_deltas(decoded)

    def finish(self, junk: str = "") -> list[Decoded]:
        """Return what the end of the attempt, clean or cut, still brings.

        Args:
            junk: `EventStreamDecoder.junk`: a complete JSON answer where no stream came, or the
                error that a gateway appended without `data:`.
        """
        decoded: list[Decoded] = []
        self._flush(decoded)
        junk = junk.strip()
        if junk and not self._has_said:
            decoded += decode_complete_response(
                junk.encode("utf-8", "replace"), model=self._model, secrets=self._secrets
            )
        elif junk and not self._finish_reason and not self._has_failed:
            error = _find_junk_error(junk)
            if error is not None:
                self._report(error, decoded)
        self._is_done = True
        return join_deltas(decoded)

    def _is_plain(self) -> bool:
        """Whether a chunk of text alone means that text, whatever came before."""
        return (
            self._thinking.is_settled
            and not self._text.is_holding
            and not self._finish_reason
            and not self._is_done
        )

    def _take_pieces(self, pieces: list[str], decoded: list[Decoded]) -> None:
        if pieces:
            text = "".join(pieces)
            self._text.note(text, len(pieces))
            decoded.append(TextDelta(text))
            pieces.clear()

    def _take_calls(self, decoded: list[Decoded]) -> None:
        if self._tool_calls.has_changed:
            decoded.extend(map(ToolCallDelta, self._tool_calls.take_changed()))

    def _decode(self, event: ServerSentEvent) -> list[Decoded]:
        data = event.data.strip()
        if self._is_done or not data or event.event == "ping":
            return []
        decoded: list[Decoded] = []
        if len(data) <= len('"[DONE]"') and data.strip('"').upper() == "[DONE]":
            self._has_said = True
            self._is_done = True
            self._flush(decoded)
            decoded.append(DoneMarker())
            return decoded
        try:
            document = decode_json(data)
        except (ValueError, RecursionError):
            return self._decode_words(event.event, data)
        if event.event == "error":
            error = find_error(document)
            self._report(document if error is None else error, decoded)
            return decoded
        decoded = self.decode_document(document)
        if isinstance(document, dict) and not event.event:
            self._teach(event.data, document, decoded)
        return decoded

    def _decode_words(self, name: str, data: str) -> list[Decoded]:
        """Return what data that is not one JSON value says."""
        decoded: list[Decoded] = []
        if name == "error":
            self._report(data, decoded)
            return decoded
        if data.lower() in _KEEP_ALIVES or data.startswith(":"):
            return decoded
        lines = [_strip_field(line) for line in data.split("\n")]
        if (len(lines) > 1 or lines[0] != data) and is_whole(lines[0]):
            # Events without blank lines between them, or wrapped twice by a proxy.
            for line in lines:
                decoded += self._decode(ServerSentEvent(name, line))
            return decoded
        from tokenhub_cli.wire.words import summarise_words

        words = summarise_words(data, self._secrets)
        error = ProtocolError(
            f"the gateway sent a piece that is not JSON: {words}",
            hint="`tokenhub doctor` looks at what stands between you and the gateway",
        )
        self._fail(error, decoded)
        return decoded

    def decode_document(self, document: object) -> list[Decoded]:
        """Return what one JSON document says: a chunk, a complete response, or a list of these."""
        decoded: list[Decoded] = []
        for item in document if isinstance(document, list) else (document,):
            if isinstance(item, dict):
                self._decode_chunk(item, decoded)
        return decoded

    def _decode_chunk(self, document: dict[str, Any], decoded: list[Decoded]) -> None:
        self._has_said = True
        reason = ""
        error = find_error(document)
        usage = parse_usage(document.get("usage"))
        choices = document.get("choices")
        for position, choice in enumerate(choices if isinstance(choices, list) else ()):
            if isinstance(choice, dict) and self._is_answer(choice, position):
                self.chunks += 1
                reason = parse_finish_reason(choice.get("finish_reason")) or reason
                self._decode_choice(choice, decoded, is_last=bool(reason or self._finish_reason))
                usage = usage or parse_usage(choice.get("usage"))
                error = error or find_error({"error": choice.get("error"), "choices": ()})
        if usage:
            decoded.append(UsageReported(usage))
        if error is not None:
            self._report(error, decoded)
        elif reason:
            self._end(reason, decoded)

    def _is_answer(self, choice: dict[str, Any], position: int) -> bool:
        index = choice.get("index")
        if not isinstance(index, int):
            return position == 0
        if self._choice is None:
            self._choice = index
        return index == self._choice

    def _decode_choice(
        self, choice: dict[str, Any], decoded: list[Decoded], *, is_last: bool
    ) -> None:
        delta, message = choice.get("delta"), choice.get("message")
        said = self._decode_piece(delta, decoded, is_last=is_last)
        self._has_deltas = self._has_deltas or said
        if not said and isinstance(message, dict):
            self._decode_message(message, decoded)

    def _decode_piece(self, piece: object, decoded: list[Decoded], *, is_last: bool) -> bool:
        """Decode a `delta`; tell whether it said anything."""
        if not isinstance(piece, dict):
            return False
        text, reasoning = read_content(piece)
        reasoning = self._choose_reasoning(piece) or reasoning
        has_calls = self._tool_calls.feed(piece.get("tool_calls"))
        has_call = self._tool_calls.feed_function_call(piece.get("function_call"))
        if reasoning and not (is_last and self._reasoning.is_repetition(reasoning)):
            self._add_reasoning(reasoning, decoded)
        if text and not (is_last and self._text.is_repetition(text)):
            self._add_text(text, decoded)
        return bool(text or reasoning or has_calls or has_call)

    def _decode_message(self, message: dict[str, Any], decoded: list[Decoded]) -> None:
        """Decode a `message`, which is whole, cumulative, or a piece."""
        text, reasoning = read_content(message)
        reasoning = self._choose_reasoning(message) or reasoning
        if self._has_deltas:
            reasoning = reasoning if self._reasoning.is_empty and self._text.is_empty else ""
            text = text if self._text.is_empty else ""
        else:
            rest = self._reasoning.find_rest(reasoning)
            reasoning = reasoning if rest is None else rest
            rest = self._text.find_rest(text)
            text = text if rest is None else rest
        if reasoning:
            self._add_reasoning(reasoning, decoded)
        if text:
            self._add_text(text, decoded)
        self._tool_calls.feed(message.get("tool_calls"), are_whole=True)
        self._tool_calls.feed_function_call(message.get("function_call"), is_whole=True)

    def _choose_reasoning(self, piece: dict[str, Any]) -> str:
        field, reasoning = read_reasoning(piece, self._reasoning_field)
        if reasoning:
            self._reasoning_field = field
        return reasoning

    def _add_reasoning(self, reasoning: str, decoded: list[Decoded]) -> None:
        reasoning = self._reasoning.feed(reasoning)
        if reasoning:
            decoded.append(ReasoningDelta(reasoning))

    def _add_text(self, text: str, decoded: list[Decoded]) -> None:
        reasoning, text = self._thinking.feed(self._text.feed(text))
        if reasoning:
            decoded.append(ReasoningDelta(reasoning))
        if text:
            decoded.append(TextDelta(text))

    def _flush(self, decoded: list[Decoded]) -> None:
        """Emit what was held back for more that does not come."""
        is_cut = not (self._finish_reason or self._is_done)
        reasoning = self._reasoning.finish(is_cut=is_cut)
        thought, text = self._thinking.feed(self._text.finish(is_cut=is_cut))
        more_thought, more_text = self._thinking.finish()
        reasoning += thought + more_thought
        text += more_text
        if reasoning:
            decoded.append(ReasoningDelta(reasoning))
        if text:
            decoded.append(TextDelta(text))
        self._take_calls(decoded)

    def _end(self, reason: str, decoded: list[Decoded]) -> None:
        if classify_finish(reason) is AnswerStatus.FAILED:
            from tokenhub_cli.wire.words import summarise_words

            words = summarise_words(reason, self._secrets)
            self._fail(
                GatewayDownError(
                    f"the gateway broke the answer off with the reason `{words}`",
                    hint="ask again, or try another model: `tokenhub models list`",
                ),
                decoded,
            )
        elif reason != self._finish_reason:
            if len(reason) > len("length"):  # a shorter one cannot hold a key
                from tokenhub_cli.wire.words import redact

                reason = redact(reason, self._secrets)
            self._finish_reason = reason
            self._flush(decoded)
            decoded.append(Finished(reason))

    def _report(self, error: object, decoded: list[Decoded]) -> None:
        from tokenhub_cli.wire.failure import classify_reported

        self._fail(classify_reported(error, model=self._model, secrets=self._secrets), decoded)

    def _fail(self, error: GatewayError, decoded: list[Decoded]) -> None:
        self._has_said = self._has_failed = True
        self._take_calls(decoded)
        decoded.append(FailureReported(error))

    def _teach(self, data: str, document: dict[str, Any], decoded: list[Decoded]) -> None:
        """Show the template a chunk that said nothing but one more piece of text.

        Nor may it hold anything that this time said nothing, half a surrogate pair of reasoning for
        instance: what the template recognises is not looked at again.
        """
        match decoded, document:
            case [TextDelta(text)], {
                "choices": [{"delta": {"content": content, **more}, **choice}]
            }:
                is_text_alone = (
                    content == text
                    and not any(value for name, value in more.items() if name != "role")
                    and not any(map(choice.get, ("finish_reason", "message", "usage", "error")))
                    and not any(map(document.get, ("usage", "error")))
                )
                if is_text_alone and self._is_plain():
                    self._template.learn(data, document, text)


def decode_complete_response(
    body: bytes, *, model: str = "", secrets: Sequence[str] = ()
) -> list[Decoded]:
    """Return what a response that is one JSON body says, failures included; it never raises.

    A body that is an event stream after all is decoded as one.
    """
    decoder = ChunkDecoder(model=model, secrets=secrets)
    text = body.decode("utf-8-sig", "replace").strip()
    decoded: list[Decoded] = []
    if text.startswith(("data:", "event:", "id:", "retry:", ":")):
        stream = EventStreamDecoder()
        try:
            decoded += decoder.decode_events(stream.feed(body) + stream.finish())
        except ProtocolError as overflow:
            return [FailureReported(overflow)]
    else:
        # What is no JSON leaves nothing decoded, and the error below says what it is.
        with suppress(ValueError, RecursionError):
            decoded += decoder.decode_document(decode_json(text))
    decoded += decoder.finish()
    if decoded:
        return join_deltas(decoded)
    from tokenhub_cli.wire.failure import classify_response

    error = classify_response(200, {}, body, model=model, now=0.0, secrets=secrets)
    return [FailureReported(error)]


def _find_junk_error(junk: str) -> object | None:
    """Return what lines outside the event stream complain about, or None if they say nothing."""
    try:
        document = decode_json(junk)
    except (ValueError, RecursionError):
        return junk
    return find_error(document)


def _strip_field(line: str) -> str:
    while line.startswith("data:"):
        line = line[5:].lstrip()
    return line
