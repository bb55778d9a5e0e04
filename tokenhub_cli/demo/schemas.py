"""Fills a JSON schema with made-up values, for requests that ask for structured output.

A subset of JSON Schema 2020-12, the one that gateways accept for `response_format`: types, `enum`,
`const`, `properties`, `items`, lengths and bounds, `anyOf`, `oneOf`, `allOf` and local `$ref`.
Anything else is ignored, so the value may break a rule that this module does not know.
"""

from collections.abc import Mapping
from typing import Any

DEEPEST = 6
LONGEST = 1000
WORDS = "spring wind"

_FORMATS = {
    "date": "2026-03-20",
    "date-time": "2026-03-20T05:00:00Z",
    "time": "05:00:00Z",
    "email": "poet@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def fill_schema(schema: Any, root: Any = None, depth: int = 0) -> Any:
    """Return a value for `schema`, always the same.

    Args:
        schema: The schema, or a part of it.
        root: The whole schema, in which references are looked up; by default `schema`.
        depth: How deep the part lies; what lies too deep is null.
    """
    root = schema if root is None else root
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return None
    schema = _resolve(schema, root)
    given = [schema[name] for name in ("const", "default") if name in schema]
    given += [schema[name][0] for name in ("enum", "examples") if schema.get(name)]
    if given:
        return given[0]
    for name in ("anyOf", "oneOf"):
        if schema.get(name):
            return fill_schema(schema[name][0], root, depth + 1)
    match _find_type(schema):
        case "object":
            properties = schema.get("properties", {})
            return {key: fill_schema(part, root, depth + 1) for key, part in properties.items()}
        case "array":
            count = max(schema.get("minItems", 0), min(2, schema.get("maxItems", 2)))
            item = fill_schema(schema.get("items", {}), root, depth + 1)
            return [item] * min(count, LONGEST)
        case kind:
            return _fill_scalar(kind, schema)


def _resolve(schema: Mapping[str, Any], root: Any) -> Mapping[str, Any]:
    """Return `schema` with its reference followed and the parts of `allOf` merged."""
    reference = schema.get("$ref", "")
    if isinstance(reference, str) and reference.startswith("#"):
        target = root
        for name in reference.split("/")[1:]:
            target = target.get(name, {}) if isinstance(target, Mapping) else {}
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    for part in schema.get("allOf", ()):
        merged = {**schema, **part}
        merged["properties"] = {**schema.get("properties", {}), **part.get("properties", {})}
        schema = merged
    return schema


def _find_type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((name for name in kind if name != "null"), "null")
    if kind is None:
        kind = "object" if schema.get("properties") else "string"
    return str(kind)


def _fill_scalar(kind: str, schema: Mapping[str, Any]) -> Any:
    match kind:
        case "string":
            text = _FORMATS.get(schema.get("format", ""), WORDS)
            length = min(schema.get("minLength", 0), LONGEST)
            return text.ljust(length, "o")[: schema.get("maxLength")]
        case "integer" | "number":
            return _fill_number(schema)
        case "boolean":
            return True
        case _:
            return None


def _fill_number(schema: Mapping[str, Any]) -> Any:
    """Return the least multiple in bounds from 1 upwards, or the greatest one below."""
    step = schema.get("multipleOf", 1)
    if "minimum" in schema:
        return -(-schema["minimum"] // step) * step
    if "exclusiveMinimum" in schema:
        return (schema["exclusiveMinimum"] // step + 1) * step
    if "maximum" in schema:
        return min(step, schema["maximum"] // step * step)
    return step
