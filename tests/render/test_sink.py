"""The choice of a renderer."""

import io

import pytest

from tests.support.terminal import FakeClock
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.render.sink import choose_sink


@pytest.mark.parametrize(
    ("output", "name"), [("text", "PlainSink"), ("json", "JsonSink"), ("stream-json", "JsonSink")]
)
def test_the_output_chooses_the_sink(output: str, name: str) -> None:
    """Programs get JSON, pipes get plain text."""
    outlet = Outlet(io.StringIO())
    sink = choose_sink(Presentation(FakeClock(), output=output), outlet, outlet)
    assert type(sink).__name__ == name
