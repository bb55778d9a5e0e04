"""What was typed while no prompt was there."""

import pytest

from tokenhub_cli.repl.typed import decode_typed


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"hello", "hello"),
        ("天空 🌱 é".encode(), "天空 🌱 é"),
        (b"helo\x7flo", "hello"),
        (b"one two\x17three", "one three"),
        (b"gone\x15kept", "kept"),
        (b"line\rnext\nlast\r\n", "line\nnext\nlast"),
        (b"up\x1b[A\x1b[Dno\x1bOP", "upno"),
        (b"\x1b[200~a\rb\x1b[201~c", "a\nbc"),
        (b"\x01\x02\x0c", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_keys_become_the_text_of_a_prompt(data: bytes, text: str) -> None:
    """Erasing keys erase, line ends make lines, all other keys are dropped."""
    assert decode_typed(data) == text
