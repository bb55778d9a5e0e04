"""Which field of the request was refused, and whether it was its value that was."""

import pytest

from tokenhub_cli.wire.parameters import find_refused_parameter, refuses_field


@pytest.mark.parametrize(
    ("named", "message", "parameter"),
    [
        ("temperature", "", "temperature"),
        ("include_usage", "", "stream_options"),
        ("2", "Extra inputs", ""),
        (
            "",
            "Unsupported parameter: 'max_tokens' is not supported, use 'max_completion_tokens'.",
            "max_tokens",
        ),
        (
            "",
            "Unrecognized request argument supplied: continue_final_message",
            "continue_final_message",
        ),
        (
            "",
            "Unexpected fields in the request: {'add_generation_prompt'}",
            "add_generation_prompt",
        ),
        ("", 'Unknown name "partial" at messages[1]: Cannot find field.', "partial"),
        ("", "Additional properties are not allowed ('prefix' was unexpected)", "prefix"),
        ("", "got an unexpected keyword argument 'stream_options'", "stream_options"),
        ("", "`temperature` is deprecated for this model.", "temperature"),
        ("", "Unknown parameter stop", "stop"),
        ("", "the stop parameter is not supported", "stop"),
        ("", "include_usage is not allowed", "stream_options"),
        ("", "Invalid prefix found, stop", ""),
        ("", "your_temperature is invalid", ""),
        ("", "The temperature outside is nice", ""),
        ("", "Unknown error", ""),
    ],
)
def test_the_refused_field_is_found(named: str, message: str, parameter: str) -> None:
    """What is named counts first; words only where they speak of refusing."""
    assert find_refused_parameter(named, message) == parameter


@pytest.mark.parametrize(
    ("name", "message", "refuses"),
    [
        ("stream_options", "value is not a valid dict", True),
        (
            "max_tokens",
            "Unsupported parameter: 'max_tokens' is not supported with this model",
            True,
        ),
        ("max_tokens", "Extra inputs are not permitted", True),
        ("max_tokens", "'max_tokens' is not supported; max_completion_tokens must be used", True),
        ("max_tokens", "max_tokens is too large: 100000. This model supports at most 4096", False),
        ("max_tokens", "'max_tokens' or 'max_completion_tokens' is too large: 9000.", False),
        ("max_tokens", "max_tokens: 9000 is not a supported value", False),
        ("max_tokens", "max_tokens must be a positive integer", False),
        ("max_tokens", "max_tokens is not allowed to exceed 4096", False),
        ("max_tokens", "out of range", False),
        ("max_tokens", "", False),
    ],
)
def test_a_field_is_told_from_its_value(name: str, message: str, *, refuses: bool) -> None:
    """What was asked for is said in other words only where the words were refused."""
    assert refuses_field(name, message) is refuses
    assert refuses_field(name, message, ("unsupported_parameter",))
