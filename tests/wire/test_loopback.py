"""What counts as this machine."""

import pytest

from tokenhub_cli.wire.loopback import is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("0:0:0:0:0:0:0:1", True),
        ("demo.localhost", False),
        ("localhost.example", False),
        ("notlocalhost", False),
        ("127.0.0.1.nip.io", False),
        ("127.300.1.1", False),
        ("127.1", False),
        ("2130706433", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("::2", False),
        ("", False),
    ],
)
def test_only_what_can_mean_nothing_else_is_this_machine(host: str, *, expected: bool) -> None:
    """A name that merely looks like it may be resolved to anywhere."""
    assert is_loopback(host) is expected
