"""A thousand turns in one run: what `tokenhub chat` comes to when it is left open all day."""

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("only Linux has /proc to read memory from", allow_module_level=True)

from tests.support.soaking import soak

WARM = 100  # turns, until caches with a bound are full
COLD = 10  # turns, which hold what is loaded for the first and nothing that comes later


@pytest.mark.timeout(600)
def test_memory_grows_by_no_more_than_the_text_it_keeps() -> None:
    """All of it is sent with each question, whole, and counted from the first turns on as well."""
    for growth in soak(200, 1_750, (COLD, WARM)):
        assert growth.memory <= growth.text, growth
