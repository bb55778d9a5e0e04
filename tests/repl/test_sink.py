"""What the loop adds to a sink."""

from tokenhub_cli.repl.sink import find_lead_in


def test_the_lead_in_is_the_last_paragraph() -> None:
    """Its last lines, a few at most."""
    assert find_lead_in("One.\n\nTwo\nthree") == "Two\nthree"
    assert find_lead_in("\n".join("abcdefghij")) == "e\nf\ng\nh\ni\nj"


def test_open_code_is_led_into_with_its_fence() -> None:
    """So that it is shown as code; code that is closed is no matter."""
    assert find_lead_in("Look:\n\n```python\na\n\nb") == "```python\na\n\nb"
    assert find_lead_in("```\na\n```\n\nEnd") == "End"
    assert find_lead_in("````md\n```py\na") == "````md\n```py\na"
    assert find_lead_in("```\n~~~\n```\n\nEnd") == "End"
