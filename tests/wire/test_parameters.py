"""Which field of the request was refused."""

import pytest

from tokenhub_cli.wire.parameters import find_refused_parameter


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
