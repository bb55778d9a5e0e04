"""A conversation and options, to a request body; and the bodies that ask for the rest of an answer.

How to ask for the rest is a ladder (`wire/strategy.py`), since no two gateways agree:

- PREFIX: the partial answer is the last message and carries the gateway's flag. DeepSeek and
  Mistral want `prefix: true` on the message, Kimi and Qwen `partial: true`, vLLM the request's
  `continue_final_message: true` with `add_generation_prompt: false`.
- PLAIN: the same message without a flag (llama.cpp, Anthropic's and Gemini's earlier models).
- ANCHOR: the partial answer, then a user message that quotes its end and asks to go on from there.
  Every model that follows instructions can do that, none is certain to do it exactly.

Which flags PREFIX sends (`guess_flavour`): a vendor's own host gets that vendor's flag and no
other, and so does a model name that only Mistral uses, because Mistral refuses unknown fields.
Everybody else gets all of them. A reseller's model name does not tell what serves it (`deepseek-v3`
may be DeepSeek or vLLM); one that knows a flag obeys it, most ignore the others, and one that
refuses them answers 400 or 422 before it bills anything, which moves us down a rung. Whether a flag
was obeyed is never trusted: the seam proves it (`wire/seam.py`).

A thinking model goes on exactly only if its thinking comes back beside the partial text, as
`reasoning_content`. With ANCHOR the turn is over and a new one begins; there the thinking is left
out, since DeepSeek refuses it in earlier turns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tokenhub_cli.chat.encoding import build_message_body
from tokenhub_cli.chat.message import Message
from tokenhub_cli.wire.strategy import Strategy

if TYPE_CHECKING:
    from tokenhub_cli.chat.packing import PackedTurns

_QUOTED_CHARACTERS = 160
_PROTOCOL_FIELDS = frozenset({"model", "messages", "stream"})
_RENAMED = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}

_ANCHOR = (
    "Your last message was cut off in transmission. It ended with exactly these words:\n\n"
    "{quote}\n\n"
    "Send the rest of that message, starting with what comes directly after these words. Your "
    "reply is appended to it as it is, so: do not repeat anything that was already sent, do not "
    "start over, do not comment or apologise, do not open a code block, list or table again that "
    "is already open, and keep the language and format of the message."
)


class Flavour(StrEnum):
    """Which flags mark a partial answer for the PREFIX rung."""

    ANY = "any"
    MESSAGE_PREFIX = "prefix"
    MESSAGE_PARTIAL = "partial"
    CONTINUE_FINAL_MESSAGE = "continue_final_message"


_HOSTS = {
    "deepseek.com": Flavour.MESSAGE_PREFIX,
    "mistral.ai": Flavour.MESSAGE_PREFIX,
    "moonshot.ai": Flavour.MESSAGE_PARTIAL,
    "moonshot.cn": Flavour.MESSAGE_PARTIAL,
    "aliyuncs.com": Flavour.MESSAGE_PARTIAL,
}
_MISTRAL_NAMES = ("mistral-", "ministral-", "magistral-", "codestral-", "devstral-", "pixtral-")


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """What is asked for: options hold what the user gave and nothing else.

    `messages` may have turns before the last ones packed.
    """

    model: str
    messages: "Sequence[Message | PackedTurns]"
    options: Mapping[str, Any] = field(default_factory=dict)
    stream: bool = True
    include_usage: bool = True


def build_body(request: AnswerRequest) -> dict[str, Any]:
    """Return the request body, for `EncodedBody`: packed turns stay packed.

    Options of the value None are not given. The protocol's own fields win over options of the same
    name; `stream_options` given as an option wins over ours.
    """
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [
            build_message_body(message) if isinstance(message, Message) else message
            for message in request.messages
        ],
        "stream": request.stream,
    }
    if request.stream and request.include_usage:
        body["stream_options"] = {"include_usage": True}
    options = {
        name: value
        for name, value in request.options.items()
        if value is not None and name not in _PROTOCOL_FIELDS
    }
    return body | options


def build_continuation(
    request: AnswerRequest,
    strategy: Strategy,
    prefix: str,
    reasoning: str = "",
    *,
    flavour: Flavour = Flavour.ANY,
) -> dict[str, Any]:
    """Return the body that asks for the rest of an answer.

    Args:
        request: What was asked for.
        strategy: The rung of the ladder.
        prefix: The text received, as `plan_seam` cut it; without any the request is just repeated.
        reasoning: The thinking received, or an empty string.
        flavour: Which flags the PREFIX rung sends, from `guess_flavour`.
    """
    body = build_body(request)
    if not prefix:
        return body
    partial: dict[str, Any] = {"role": "assistant", "content": prefix}
    body["messages"].append(partial)
    if strategy is Strategy.ANCHOR:
        question = _ANCHOR.format(quote=_quote_end(prefix))
        body["messages"].append({"role": "user", "content": question})
        return body
    if reasoning:
        partial["reasoning_content"] = reasoning
    if strategy is Strategy.PREFIX:
        if flavour in {Flavour.ANY, Flavour.MESSAGE_PREFIX}:
            partial["prefix"] = True
        if flavour in {Flavour.ANY, Flavour.MESSAGE_PARTIAL}:
            partial["partial"] = True
        if flavour in {Flavour.ANY, Flavour.CONTINUE_FINAL_MESSAGE}:
            body["continue_final_message"] = True
            body["add_generation_prompt"] = False
    return body


def guess_flavour(model: str, host: str) -> Flavour:
    """Return which flags to send on the PREFIX rung; the module's docstring argues the rule.

    Args:
        model: The model's name.
        host: The base URL's host name.
    """
    for domain, flavour in _HOSTS.items():
        if host.lower() == domain or host.lower().endswith(f".{domain}"):
            return flavour
    if model.lower().startswith(_MISTRAL_NAMES):
        return Flavour.MESSAGE_PREFIX
    return Flavour.ANY


def without_parameter(request: AnswerRequest, name: str) -> AnswerRequest | None:
    """Return the request without a parameter that the gateway refused, or None if that is not ours.

    Only what we added ourselves is left out. `max_tokens` and `max_completion_tokens` are two names
    of one wish: the refused one becomes the other. Nothing else that the user gave is touched.
    """
    if name == "stream_options" and name not in request.options:
        is_sent = request.stream and request.include_usage
        return replace(request, include_usage=False) if is_sent else None
    if name not in _RENAMED or request.options.get(name) is None:
        return None
    options = {key: value for key, value in request.options.items() if key != name}
    options.setdefault(_RENAMED[name], request.options[name])
    return replace(request, options=options)


def _quote_end(text: str) -> str:
    """Return the last words of `text`, from a word's beginning where it has words."""
    if len(text) <= _QUOTED_CHARACTERS:
        return text
    end = text[-_QUOTED_CHARACTERS:]
    for start, character in enumerate(end[: _QUOTED_CHARACTERS // 2]):
        if character.isspace():
            return end[start:].lstrip()
    return end
