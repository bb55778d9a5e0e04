"""What a finish_reason says."""

import pytest

from tokenhub_cli.chat.conversation import AnswerStatus
from tokenhub_cli.wire.finish import classify_finish, parse_finish_reason


@pytest.mark.parametrize(
    ("reasons", "status"),
    [
        ("stop STOP eos_token eos end_turn stop_sequence anything", AnswerStatus.COMPLETE),
        ("length max_tokens MAX_TOKENS model_length", AnswerStatus.LENGTH),
        ("content_filter SAFETY safety RECITATION refusal", AnswerStatus.CONTENT_FILTER),
        ("tool_calls tool_use function_call", AnswerStatus.TOOL_CALLS),
        ("error insufficient_system_resource abort network_error", AnswerStatus.FAILED),
    ],
)
def test_every_vendors_word_has_a_meaning(reasons: str, status: AnswerStatus) -> None:
    """Words of all vendors, in any case; an unknown word is an end."""
    assert {classify_finish(reason) for reason in reasons.split()} == {status}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("stop", "stop"),
        (" STOP ", "STOP"),
        ({"type": "end_turn"}, "end_turn"),
        ("", ""),
        ("null", ""),
        ("None", ""),
        (None, ""),
        (1, ""),
        ([], ""),
        ({}, ""),
        ("\ud800", "?"),
        ("x" * 500, "x" * 100),
    ],
)
def test_a_reason_is_words_or_nothing(value: object, reason: str) -> None:
    """Only words end an answer, and `null` written out is none."""
    assert parse_finish_reason(value) == reason
