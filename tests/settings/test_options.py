"""Which names a sampling parameter may have."""

import pytest

from tokenhub_cli.errors import UsageError
from tokenhub_cli.settings.options import check_option_name


@pytest.mark.parametrize(
    "name", ["temperature", "top_k", "enable_thinking", "x.y-z", "reasoningEffort"]
)
def test_any_name_that_a_gateway_may_know_is_one(name: str) -> None:
    """Known here or not."""
    check_option_name(name)


@pytest.mark.parametrize(
    "name",
    ["model", "messages", "stream", "Temperature", "MAX_TOKENS", "foo\u202ey", "", "0.2", "a b"],
)
def test_a_name_that_would_do_nothing_is_refused(name: str) -> None:
    """The request's own fields, known names misspelt, and what is no name; with a hint."""
    with pytest.raises(UsageError) as caught:
        check_option_name(name)
    assert "`tokenhub ask -" in caught.value.hint
