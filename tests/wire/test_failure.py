"""A failed response becomes the right error, in one safe sentence with a useful hint."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.stream_text import SECRET
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
from tokenhub_cli.wire.failure import classify_reported, classify_response


def classify(
    status: int, body: bytes | object = b"", headers: dict[str, str] | None = None
) -> GatewayError:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return classify_response(
        status, headers or {}, data, model="gpt-9", now=1000.0, secrets=[SECRET]
    )


def error(message: str = "", **fields: object) -> dict[str, object]:
    return {"error": {"message": message, **fields}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, error("bad"), RefusedRequestError),
        (401, error("bad key", code="invalid_api_key"), RefusedKeyError),
        (401, b"", RefusedKeyError),
        (402, b"", QuotaError),
        (403, error("disabled"), RefusedKeyError),
        (403, error("x", code="insufficient_user_quota"), QuotaError),
        (404, b"404 page not found", RefusedRequestError),
        (405, b"", RefusedRequestError),
        (408, b"", GatewayDownError),
        (409, b"", GatewayDownError),
        (413, b"<html><title>413</title>", RefusedRequestError),
        (422, {"detail": "bad"}, RefusedRequestError),
        (418, b"", RefusedRequestError),
        (429, b"", RateLimitError),
        (500, b"", GatewayDownError),
        (503, error("overloaded"), GatewayDownError),
        (529, b"", GatewayDownError),
        (200, b"", ProtocolError),
        (204, b"", ProtocolError),
        (302, b"", ProtocolError),
    ],
)
def test_the_status_decides(status: int, body: object, kind: type[GatewayError]) -> None:
    """Each status has its class; what to do about the key depends on where it came from."""
    found = classify(status, body)
    assert type(found) is kind
    assert found.status == status
    assert f"({status})" in found.message
    assert ("`tokenhub " in found.hint) != (kind is RefusedKeyError)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (error("x", code="insufficient_quota", type="insufficient_quota"), QuotaError),
        (error("x", type="exceeded_current_quota_error"), QuotaError),
        (error("user quota is not enough"), QuotaError),
        (error("Insufficient balance"), QuotaError),
        (error("账户余额不足"), QuotaError),
        (error("Your quota is used up", code="rate_limit_exceeded"), RateLimitError),
        (error("Quota exceeded for metric: requests per minute", code=429), RateLimitError),
        (error("Rate limit reached, see your billing page", type="tokens"), RateLimitError),
        (error("slow down"), RateLimitError),
        (b"Too Many Requests", RateLimitError),
    ],
)
def test_a_429_is_a_quota_only_if_its_body_says_so(body: object, kind: type[GatewayError]) -> None:
    """Code and type decide; words only where they say nothing."""
    assert type(classify(429, body)) is kind


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, error("The model `gpt-9` does not exist or you do not have access to it.")),
        (404, {"object": "error", "message": "The model `x` does not exist.", "code": 404}),
        (404, error("model 'x' not found, try pulling it first")),
        (400, error("x", code="model_not_found")),
        (400, error("x is not a valid model ID", code="invalid_model")),
        (400, error("Unknown model: x")),
        (503, error("no available channel for model x (request id: 7)", type="new_api_error")),
        (503, error("当前分组 default 下对于模型 x 无可用渠道")),
        (200, error("x", code="model_not_found")),
    ],
)
def test_an_unknown_model_is_known_by_code_or_words(status: int, body: object) -> None:
    """Whatever the status, the user is told to choose another model."""
    found = classify(status, body)
    assert type(found) is UnknownModelError
    assert "`gpt-9`" in found.message
    assert "`tokenhub models list`" in found.hint


@pytest.mark.parametrize(
    "body",
    [error("The model is currently overloaded and not available"), error("Model is loading")],
)
def test_a_model_that_is_down_is_not_unknown(body: object) -> None:
    """A 503 that passes is retried."""
    assert type(classify(503, body)) is GatewayDownError


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (error("boom"), "boom"),
        ({"error": "boom"}, "boom"),
        ([error("boom")], "boom"),
        ({"detail": "boom"}, "boom"),
        ({"detail": [{"loc": ["body", "n"], "msg": "boom", "type": "x"}]}, "n: boom"),
        ({"detail": {"error": {"message": "boom"}}}, "boom"),
        ({"success": False, "message": "boom"}, "boom"),
        ({"status": 500, "message": "boom"}, "boom"),
        ({"errors": ["boom"]}, "boom"),
        ({"errors": [{"message": "boom"}]}, "boom"),
        ({"object": "error", "message": "boom"}, "boom"),
        (error("Provider returned error", metadata={"raw": json.dumps(error("boom"))}), "boom"),
        (error("litellm.APIError: " + json.dumps(error("boom"))), "boom"),
        (b"boom", "boom"),
        (b"<!doctype html><head><title>\n502 &amp; boom </title>x", "502 & boom"),
        (gzip.compress(b'{"error":{"message":"boom"}}', mtime=0), "boom"),
        (b'\xef\xbb\xbf{"error":"boom"}', "boom"),
        (b'{"error":{"message":"bo\\u006fm","stack":"' + b"x" * 70_000, "boom"),
        (error("\x1b[31mbo\u202eo\x00m\x1b]0;title\x07\n"), "boom"),
        (error(f"bad {SECRET.upper()}, {SECRET}"), "bad [key], [key]"),
        (error("boom (request id: 20261122-abc)"), "boom"),
    ],
)
def test_the_words_of_every_shape_of_body_are_found(body: object, words: str) -> None:
    """The message is our sentence and the gateway's words in one safe line."""
    assert classify(500, body).message == f"the gateway failed (500): {words}"


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"\x1f\x8bnope", {}, {"error": {}}, []])
def test_a_body_without_words_leaves_our_sentence(body: object) -> None:
    """Nothing is made up."""
    assert classify(500, body).message.startswith("the gateway failed (500)")
    assert len(classify(500, body).message) < 50


def test_a_long_message_is_cut() -> None:
    """No more than 600 characters of the gateway's words are shown."""
    found = classify(500, b"boom " * 100_000)
    assert found.message.endswith("…")
    assert len(found.message) < 640


@pytest.mark.parametrize(
    ("headers", "body", "request_id"),
    [
        ({"x-request-id": "req_1", "cf-ray": "ray"}, b"", "req_1"),
        ({"cf-ray": "8f-FRA"}, b"", "8f-FRA"),
        ({"x-oneapi-request-id": "77"}, error("x (request id: 78)"), "77"),
        ({}, error("x (request id: 20261122-abc)"), "20261122-abc"),
        ({}, error("x", request_id="r1"), "r1"),
        ({"x-request-id": "\x1b[31m" + SECRET}, b"", "[key]"),
        ({}, b"", ""),
    ],
)
def test_the_request_id_is_kept_apart(
    headers: dict[str, str], body: object, request_id: str
) -> None:
    """It comes from the headers, or out of the message."""
    assert classify(500, body, headers).request_id == request_id


def test_the_wait_comes_from_headers_or_words() -> None:
    """What the gateway asks for is carried along."""
    assert classify(429, b"", {"retry-after": "20"}).retry_after == 20
    assert classify(429, error("Please try again in 1.5s.")).retry_after == 1.5
    assert classify(429).retry_after is None


@pytest.mark.parametrize(
    ("status", "body", "parameter"),
    [
        (400, error("no", param="temperature"), "temperature"),
        (422, {"detail": [{"loc": ["body", "messages", 1, "prefix"], "msg": "Extra"}]}, "prefix"),
        (400, error("Unrecognized request argument supplied: stream_options"), "stream_options"),
        (400, error("max_tokens is too large: 9", param="max_tokens"), "max_tokens"),
        (401, error("no", param="temperature"), ""),
        (500, error("no", param="temperature"), ""),
    ],
)
def test_a_refused_parameter_is_named(status: int, body: object, parameter: str) -> None:
    """A refused request says which of its fields was refused."""
    found = classify(status, body)
    assert (f"the gateway refused `{parameter}`" in found.hint) == bool(parameter)


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        (error("no", param="max_tokens", code="unsupported_parameter"), "max_tokens"),
        (error("max_tokens is too large: 9", param="max_tokens"), ""),
        (error("Unrecognized request argument supplied: stream_options"), "stream_options"),
    ],
)
def test_a_field_that_is_not_taken_is_told_from_a_value(body: object, parameter: str) -> None:
    """Only the former can be mended by leaving it out."""
    assert classify(400, body).refused_parameter == parameter


def test_a_key_that_is_named_as_the_field_is_not_shown() -> None:
    """Every word of the gateway's is redacted, wherever it stands."""
    found = classify(400, error("bad", param=SECRET))
    assert SECRET not in found.hint + found.refused_parameter


def test_a_conversation_that_is_too_long_says_so() -> None:
    """The remedy is to send less."""
    found = classify(400, error("maximum context length is 8192", code="context_length_exceeded"))
    assert found.message.startswith("the conversation is too long for the model")
    assert "`tokenhub models list`" in found.hint


@pytest.mark.parametrize(
    ("reported", "kind"),
    [
        ("boom", GatewayDownError),
        ({"message": "x", "type": "overloaded_error"}, GatewayDownError),
        ({"message": "x", "code": 502}, GatewayDownError),
        ({"message": "x", "code": "429"}, RateLimitError),
        ({"message": "x", "type": "authentication_error"}, RefusedKeyError),
        ({"message": "x", "type": "rate_limit_error"}, RateLimitError),
        ({"message": "x", "code": "insufficient_quota"}, QuotaError),
        ({"message": "x", "type": "invalid_request_error"}, RefusedRequestError),
        ({"message": "no available channel for model x"}, UnknownModelError),
        (None, GatewayDownError),
        ([], GatewayDownError),
        (7, GatewayDownError),
    ],
)
def test_an_error_inside_a_stream_is_sorted_by_code_and_type(
    reported: object, kind: type[GatewayError]
) -> None:
    """Where there is no status, what the error calls itself stands in for it."""
    assert type(classify_reported(reported, model="x")) is kind


HEADER_NAMES = ["retry-after", "retry-after-ms", "x-ratelimit-reset", "date", "x-request-id"]


@settings(max_examples=200, deadline=None, database=None)
@given(
    status=st.integers(100, 999),
    headers=st.dictionaries(st.sampled_from(HEADER_NAMES), st.text(max_size=20)),
    body=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100).map(lambda text: json.dumps(error(f"{text}{SECRET}{text}")).encode()),
    ),
)
def test_any_response_gives_a_safe_error(status: int, headers: dict[str, str], body: bytes) -> None:
    """Whatever comes, the message is one printable line without the key, the wait a sane number."""
    found = classify(status, body, headers)
    assert found.message.isprintable()
    assert SECRET not in found.message + found.request_id + found.refused_parameter
    assert found.retry_after is None or 0 <= found.retry_after <= 86_400
