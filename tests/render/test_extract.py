"""Only a fenced code block reaches stdout."""

import os
from pathlib import Path

import pytest

from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.errors import IncompleteAnswerError, TokenHubError
from tokenhub_cli.render.extract import ExtractSink
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.wire.events import Noted, TextDelta

TWO = "a\n```py\nfirst\n```\nb\n~~~\nlast\n~~~\n"


def show(
    directory: Path, text: str, *, is_last: bool = False, error: TokenHubError | None = None
) -> tuple[str, str]:
    status = AnswerStatus.INCOMPLETE if error else AnswerStatus.COMPLETE
    with (directory / "out").open("w+") as out, (directory / "err").open("w+") as notices:
        presentation = Presentation(clock=lambda: 0.0)
        sink = ExtractSink(presentation, Outlet(out), Outlet(notices), is_last=is_last)
        for character in text:
            sink.show(TextDelta(character))
        assert os.fstat(out.fileno()).st_size == 0
        sink.show(Noted("by the way"))
        sink.tick()
        sink.finish(Answer(text, status), error)
        return Path(out.name).read_text(), Path(notices.name).read_text()


@pytest.mark.parametrize(
    ("text", "is_last", "written"),
    [
        (TWO, False, "first\n"),
        (TWO, True, "last\n"),
        ("```\nopen", False, "open\n"),
        ("```\n\n```", False, "\n"),
        ("- a\n\n  ```\n  x\n    y\n  ```\n", False, "x\n  y\n"),
    ],
)
def test_the_block_alone_is_written_at_the_end(
    tmp_path: Path, text: str, written: str, *, is_last: bool
) -> None:
    """Nothing before the end, then the block with its last newline; notices as ever."""
    assert show(tmp_path, text, is_last=is_last) == (written, "note: by the way\n")


def test_no_block_is_a_note(tmp_path: Path) -> None:
    """Stdout stays empty."""
    out, notices = show(tmp_path, "only words")
    assert out == ""
    assert "note: the answer holds no fenced code block; nothing was extracted\n" in notices


def test_a_broken_answer_gives_what_it_has(tmp_path: Path) -> None:
    """The block as far as it came, and the error; without a block the error alone."""
    error = IncompleteAnswerError("cut")
    out, notices = show(tmp_path, "```\nhalf", error=error)
    assert (out, notices) == ("half\n", "note: by the way\nerror: cut\n")
    assert show(tmp_path, "words", error=error) == ("", "note: by the way\nerror: cut\n")
