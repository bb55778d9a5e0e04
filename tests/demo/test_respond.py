"""Whatever a request's body holds, there is a response to it."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tokenhub_cli.demo.answers import MODELS, pick_answer
from tokenhub_cli.demo.connection import ReceivedRequest
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.respond import Responder

RESPONDER = Responder(
    key=None,
    models=MODELS,
    answers=pick_answer,
    continuation=Continuation.EXACT,
    repeated_words=3,
    created=0,
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("role", "content", "text", "type", "items", "enum", "$ref", "minimum")
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=9,
)
MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(("user", "assistant", "system")), "content": VALUES}
)
BODIES = st.fixed_dictionaries(
    {"model": st.sampled_from(MODELS), "messages": st.lists(MESSAGES, min_size=1, max_size=4)},
    optional={
        "stream": VALUES,
        "stop": VALUES,
        "n": VALUES,
        "max_tokens": VALUES,
        "stream_options": VALUES,
        "response_format": st.fixed_dictionaries(
            {
                "type": st.just("json_schema"),
                "json_schema": st.fixed_dictionaries(
                    {"schema": st.dictionaries(st.sampled_from(("type", "$ref", "items",
                        "properties", "enum", "anyOf", "allOf", "minimum", "multipleOf",
                        "minItems", "maxLength")), VALUES)}
                ),
            }
        ),
    },
)  # fmt: skip


@settings(max_examples=150)
@given(BODIES | VALUES)
def test_every_body_is_answered_or_refused(body: Any) -> None:
    """No body makes the gateway stumble: it answers with 200, or says with 400 what is wrong."""
    content = json.dumps(body).encode()
    request = ReceivedRequest("POST", "/v1/chat/completions", {}, content, body)
    response = RESPONDER.respond(request, "demo-1")
    sent = b"".join(frame.data for frame in response.frames)
    assert response.status in {200, 400}
    assert sent
