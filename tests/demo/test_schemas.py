"""Made-up values for the schemas that requests bring."""

import json
from typing import Any

import pytest

from tests.support.gateways import post_messages
from tokenhub_cli.demo.schemas import DEEPEST, fill_schema
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import HELLO

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 18},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 3},
        "born": {"type": "string", "format": "date"},
        "friend": {"$ref": "#/$defs/friend"},
    },
    "$defs": {"friend": {"type": ["null", "boolean"]}},
}
FILLED = {
    "name": "spring wind",
    "age": 18,
    "tags": ["spr", "spr", "spr"],
    "born": "2026-03-20",
    "friend": True,
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"const": 5}, 5),
        ({"enum": ["a", "b"]}, "a"),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, None),
        ({"type": "string", "minLength": 13}, "spring windoo"),
        ({"type": "array", "items": {"type": "boolean"}, "maxItems": 1}, [True]),
        ({"type": "number", "exclusiveMinimum": 4}, 5),
        ({"type": "integer", "maximum": -3}, -3),
        ({"type": "integer", "minimum": 7, "multipleOf": 5}, 10),
        ({"type": "integer"}, 1),
        ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]},
         {"a": 1, "b": 2}),
        (PERSON, FILLED),
    ],
)  # fmt: skip
def test_a_value_keeps_its_schema(schema: Any, value: Any) -> None:
    """Types, bounds, lengths, choices and references are kept."""
    assert fill_schema(schema) == value


def test_a_schema_of_itself_ends() -> None:
    """A schema that refers to itself is filled to a certain depth."""
    value = fill_schema({"properties": {"next": {"$ref": "#"}}})
    depth = 0
    while value is not None:
        value, depth = value["next"], depth + 1
    assert depth == DEEPEST + 1


def test_a_request_for_json_gets_json() -> None:
    """`response_format` turns the answer into JSON, and the rest of it is gone on with too."""
    wanted = {"type": "json_schema", "json_schema": {"name": "person", "schema": PERSON}}
    question = {"role": "user", "content": "hello"}
    with DemoGateway(tokens_per_second=None) as gateway:
        reply = post_messages(gateway.port, "hello", response_format=wanted)
        assert json.loads(reply.text) == FILLED
        partial = {"role": "assistant", "content": reply.text[:20]}
        rest = post_messages(gateway.port, [question, partial], response_format=wanted)
        assert reply.text[:20] + rest.text == reply.text
        reply = post_messages(gateway.port, "hello", response_format={"type": "json_object"})
        assert json.loads(reply.text) == {"answer": HELLO}
        reply = post_messages(gateway.port, "hello", response_format={"type": "text"})
        assert reply.text == HELLO
