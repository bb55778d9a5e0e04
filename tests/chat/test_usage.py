"""Token counts."""

from tokenhub_cli.chat.usage import Usage


def test_the_context_after_a_resumed_answer_is_no_sum_over_attempts() -> None:
    """Each attempt billed the prompt again, but the conversation holds it once."""
    assert Usage(100, 20, 120).context_tokens == 120
    assert Usage(330, 60, 390, attempts=3).context_tokens == 170
