"""From a failed response, or an error inside a stream, to the right error of ours.

The order of the questions is the rule:

1. Does the gateway not offer the model? (404, 400, 403, 503, or no status at all; never a limit.)
2. Is the quota used up? By 402; by the code or type; by the words only where neither says.
3. Was the key refused (401, 403), or are there too many requests (429)?
4. Did the gateway fail itself (408, 409, 5xx), or refuse the request (every other 4xx)?

Code and type come before words, because words are for people: Gemini's "quota exceeded … per
minute" is a rate limit, and new-api says 429 for both. Without a status (inside a stream) code and
type stand in for it. Messages quote the gateway in one redacted line (`wire/words.py`); hints name
commands that can be run.
"""

import re
from collections.abc import Mapping, Sequence

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
from tokenhub_cli.wire.complaint import Complaint, parse_body, parse_error
from tokenhub_cli.wire.parameters import find_refused_parameter, refuses_field
from tokenhub_cli.wire.waiting import parse_wait
from tokenhub_cli.wire.words import summarise_words

__all__ = ["classify_reported", "classify_response", "summarise_words"]

_UNKNOWN_MODEL_KINDS = frozenset(
    {
        "model_not_found",
        "model_not_exist",
        "model_not_available",
        "model_not_supported",
        "unknown_model",
        "invalid_model",
        "no_available_channel",
    }
)
_QUOTA_KINDS = frozenset(
    {
        "insufficient_quota",
        "insufficient_user_quota",
        "insufficient_token_quota",
        "pre_consume_token_quota_failed",
        "token_quota_exhausted",
        "quota_exceeded",
        "quota_exhausted",
        "exceeded_current_quota_error",
        "insufficient_balance",
        "insufficient_credits",
        "insufficient_funds",
        "credit_balance_too_low",
        "billing_error",
        "billing_hard_limit_reached",
        "billing_not_active",
        "payment_required",
        "arrearage",
    }
)
_RATE_KINDS = frozenset(
    {
        "rate_limit_exceeded",
        "rate_limit_error",
        "rate_limit_reached_error",
        "rate_limit_reached",
        "rate_limited",
        "ratelimit",
        "too_many_requests",
        "engine_overloaded_error",
        "requests",
        "tokens",
    }
)
_KEY_KINDS = frozenset(
    {
        "invalid_api_key",
        "authentication_error",
        "invalid_authentication_error",
        "permission_error",
        "permission_denied",
        "unauthorized",
        "unauthenticated",
    }
)
_REQUEST_KINDS = frozenset(
    {
        "invalid_request_error",
        "invalid_request",
        "invalid_argument",
        "bad_request",
        "badrequesterror",
        "context_length_exceeded",
        "content_policy_violation",
        "unsupported_parameter",
        "validation_error",
    }
)

_UNKNOWN_MODEL_WORDS = re.compile(
    r"no available channel|(?:no such|unknown|invalid|unsupported) model\b"
    r"|\bmodel\b.{0,160}?(?:not found|(?:not|n't) exist|not (?:a )?(?:valid|supported|offered)"
    r"|is unknown|not available(?! (?:right|at|for now|due))|(?:not|n't) have access)"
    r"|无可用渠道|模型.{0,80}不存在",
    re.IGNORECASE | re.DOTALL,
)
_PASSING_WORDS = re.compile(r"overload|temporar|currently|busy|loading|try again", re.IGNORECASE)
_QUOTA_WORDS = re.compile(
    r"quota|balance|billing|\bcredits?\b|insufficient fund|recharge|top.?up|payment|余额|额度|欠费",
    re.IGNORECASE,
)
_FIRM_QUOTA_WORDS = re.compile(
    r"(?:insufficient|not enough|no) (?:\w+ )?(?:quota|balance|credits?)"
    r"|(?:balance|credits?) (?:\w+ )?(?:too low|exhausted|insufficient|used up)"
    r"|quota (?:\w+ )?(?:exhausted|used up|insufficient|is not enough)"
    r"|余额不足|额度(?:已用尽|不足)",
    re.IGNORECASE,
)
_RATE_WORDS = re.compile(
    r"(?:per|/) ?(?:second|sec|minute|min|hour)|\b[rt]pm\b|rate.?limit|too many requests|slow down",
    re.IGNORECASE,
)
_CONTEXT_WORDS = re.compile(
    r"context.?length|context window|too many tokens|prompt is too long", re.IGNORECASE
)
_REQUEST_ID_HEADERS = (
    "x-request-id",
    "request-id",
    "x-oneapi-request-id",
    "x-ms-request-id",
    "apim-request-id",
    "x-amzn-requestid",
    "x-trace-id",
    "cf-ray",
)

_TRY_DOCTOR = "`tokenhub doctor` checks the way to the gateway"
REFUSED_KEY = "the gateway refused the key"
WANTED_KEY = "the gateway wants a key"  # where none was sent, which is not known here
_OTHERS_KNOW = ""  # where the key came from: `gateway/transport.py` gives the hint
_TRY_TOP_UP = "top the account up at the gateway, or use another key: `tokenhub keys set`"
_TRY_LATER = "ask again in a while; `tokenhub ask --max-retries 9` allows more attempts"
_TRY_MODELS = "`tokenhub models list` shows what it offers; `tokenhub models default NAME` chooses"
_TRY_ADDRESS = "correct the address: `tokenhub config set base_url URL`"
_TRY_OPTIONS = "`tokenhub ask --help` lists the options; `tokenhub doctor` tries the gateway"
_SEND_LESS = "send less, or choose a model that takes more: `tokenhub models list`"


def classify_response(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    model: str,
    now: float,
    secrets: Sequence[str],
) -> GatewayError:
    """Return the error that a response means, which is none of a streamed or complete answer.

    Args:
        status: The HTTP status; a 2xx means that the body is no answer.
        headers: Names in lower case.
        body: As much of it as was read; the first 64 KiB count.
        model: The model that was asked for.
        now: Seconds since the epoch, for `Retry-After` as a date.
        secrets: What must not appear in the message.
    """
    complaint = parse_body(body)
    error = _classify(status, complaint, model=model, secrets=secrets)
    named = next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), "")
    error.request_id = summarise_words(named, secrets)[:128] or error.request_id
    error.retry_after = parse_wait(headers, now=now, words=complaint.message)
    return error


def classify_reported(
    error: object, *, model: str = "", secrets: Sequence[str] = ()
) -> GatewayError:
    """Return the error that a gateway reported inside a response that began well.

    Args:
        error: The value of `error`, or the whole JSON document, or plain words.
        model: The model that was asked for.
        secrets: What must not appear in the message.
    """
    complaint = parse_error(error)
    reported = _classify(complaint.status, complaint, model=model, secrets=secrets)
    reported.retry_after = parse_wait({}, now=0.0, words=complaint.message)
    return reported


def _classify(
    status: int | None, complaint: Complaint, *, model: str, secrets: Sequence[str]
) -> GatewayError:
    words = summarise_words(complaint.message, secrets)
    kind, message, hint = _decide(status, complaint, words, model)
    parameter = refused = ""
    if issubclass(kind, RefusedRequestError) and status in {None, 400, 422}:
        named = summarise_words(complaint.parameter, secrets)
        parameter = find_refused_parameter(named, words)
        if refuses_field(parameter, words, complaint.kinds):
            refused = parameter
        if parameter and kind is RefusedRequestError:
            hint = f"`tokenhub ask --help` lists the options; the gateway refused `{parameter}`"
    return kind(
        f"{message}: {words}" if words else message,
        hint=hint,
        status=status,
        request_id=summarise_words(complaint.request_id, secrets)[:128],
        refused_parameter=refused,
    )


def _decide(
    status: int | None, complaint: Complaint, words: str, model: str
) -> tuple[type[GatewayError], str, str]:
    """Return the class, the sentence that the gateway's words follow, and the hint."""
    if _is_unknown_model(status, complaint, words):
        return UnknownModelError, f"the gateway does not offer the model `{model}`", _TRY_MODELS
    if _is_quota(status, complaint, words):
        shown = f" ({status})" if status else ""
        return QuotaError, f"the account's quota or balance is used up{shown}", _TRY_TOP_UP
    if status is None:
        return _decide_reported(complaint, words)
    return _decide_by_status(status, complaint, words)


def _decide_reported(complaint: Complaint, words: str) -> tuple[type[GatewayError], str, str]:
    if _has(complaint, _KEY_KINDS):
        return RefusedKeyError, REFUSED_KEY, _OTHERS_KNOW
    if _is_rate_limit(complaint, words):
        return RateLimitError, "the gateway is limiting requests", _TRY_LATER
    if _has(complaint, _REQUEST_KINDS):
        return RefusedRequestError, _name_refusal(words), _advise(words)
    return GatewayDownError, "the gateway reported an error", _TRY_DOCTOR


def _decide_by_status(
    status: int, complaint: Complaint, words: str
) -> tuple[type[GatewayError], str, str]:
    kind: type[GatewayError] = RefusedRequestError
    match (status, status // 100):
        case (401 | 403, _) if complaint.is_page:
            kind, what, hint = RefusedKeyError, "a proxy or firewall refused us", _TRY_DOCTOR
        case (401 | 403, _):
            kind, what, hint = RefusedKeyError, REFUSED_KEY, _OTHERS_KNOW
        case (429, _):
            kind, what, hint = RateLimitError, "the gateway is limiting requests", _TRY_LATER
        case (408 | 409, _) | (_, 5):
            kind, what, hint = GatewayDownError, "the gateway failed", _TRY_DOCTOR
        case (404 | 405, _):
            what, hint = "the gateway knows no such address", _TRY_ADDRESS
        case (413, _):
            what, hint = "the request is too large for the gateway", _SEND_LESS
        case (_, 4):
            what, hint = _name_refusal(words), _advise(words)
        case (_, 3):
            kind, what, hint = ProtocolError, "the gateway redirects elsewhere", _TRY_ADDRESS
        case _:
            body = (
                "a web page" if complaint.is_page else "what is no answer" if words else "nothing"
            )
            kind, what, hint = ProtocolError, f"the gateway answered with {body}", _TRY_ADDRESS
    return kind, f"{what} ({status})", hint


def _is_unknown_model(status: int | None, complaint: Complaint, words: str) -> bool:
    if status not in {None, 200, 400, 403, 404, 422, 500, 503} or complaint.is_page:
        return False
    if _has(complaint, _UNKNOWN_MODEL_KINDS):
        return True
    if not _UNKNOWN_MODEL_WORDS.search(words):
        return False
    # A model that is down for a while is still offered.
    return status in {400, 404} or not _PASSING_WORDS.search(words)


def _is_quota(status: int | None, complaint: Complaint, words: str) -> bool:
    match status:
        case 402:
            return True
        case 429:
            by_words = not _is_rate_limit(complaint, words) and bool(_QUOTA_WORDS.search(words))
        case None | 400 | 401 | 403:
            by_words = bool(_FIRM_QUOTA_WORDS.search(words)) and not _RATE_WORDS.search(words)
        case _:
            return False
    return by_words or _has(complaint, _QUOTA_KINDS)


def _is_rate_limit(complaint: Complaint, words: str) -> bool:
    return _has(complaint, _RATE_KINDS) or bool(_RATE_WORDS.search(words))


def _has(complaint: Complaint, kinds: frozenset[str]) -> bool:
    return any(kind in kinds for kind in complaint.kinds)


def _name_refusal(words: str) -> str:
    if _CONTEXT_WORDS.search(words):
        return "the conversation is too long for the model"
    return "the gateway refused the request"


def _advise(words: str) -> str:
    return _SEND_LESS if _CONTEXT_WORDS.search(words) else _TRY_OPTIONS
