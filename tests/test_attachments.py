"""Files that go with a question, and pictures that come back from history."""

import hashlib
import io
import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tokenhub_cli import attachments
from tokenhub_cli.attachments import (
    build_question,
    decode_text,
    detect_media_type,
    format_file,
    read_image,
    read_text_file,
    reload_pictures,
)
from tokenhub_cli.chat.message import ImagePart, Message, Role, TextPart
from tokenhub_cli.errors import InputError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Give a picture's file."""
    path = tmp_path / "p.png"
    path.write_bytes(PNG)
    return path


@pytest.mark.parametrize(
    ("content", "fence"),
    [("a\n", "```"), ("```\nb\n```", "````"), ("a ````` b", "``````"), ("`a`", "```"), ("", "```")],
)
def test_a_fence_is_longer_than_any_inside(content: str, fence: str) -> None:
    """The content's own backticks never end it, and its last line always does."""
    shown = format_file("a.md", content)
    inner = content if content.endswith("\n") else content + "\n"
    assert shown == f"a.md:\n{fence}\n{inner}{fence}"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"\xef\xbb\xbfa", "a"),
        ("a\r\né\u2028".encode(), "a\r\né\u2028"),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", "\ufeffa"),
    ],
)
def test_text_is_taken_as_it_is(data: bytes, text: str) -> None:
    """UTF-8, line ends and all; one byte order mark is dropped."""
    assert decode_text(data, "it") == text


@pytest.mark.parametrize(
    ("data", "words", "hint"),
    [
        (b"ab\xff", "byte 0xff at offset 2", "iconv -f ENCODING"),
        ("a".encode("utf-16"), "byte 0xff at offset 0", "iconv -f UTF-16 -t UTF-8"),
        (b"\xfe\xff\0a", "byte 0xfe at offset 0", "iconv -f UTF-16 -t UTF-8"),
        (b"a\0b", "zero byte at offset 1", "--attach"),
    ],
)
def test_what_is_no_text_is_named_with_its_place(data: bytes, words: str, hint: str) -> None:
    """The byte and its offset, and the way to have it sent all the same."""
    with pytest.raises(InputError, match=words) as caught:
        decode_text(data, "`a.bin`")
    assert caught.value.message.startswith("`a.bin` is not ")
    assert hint in caught.value.hint


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """Missing, a directory, too large: each has its sentence and a command."""
    with pytest.raises(InputError, match=r"none` cannot be read: no such file") as caught:
        read_text_file(str(tmp_path / "none"))
    assert caught.value.hint == f"see what is there: `ls -l {shlex.quote(str(tmp_path))}`"
    with pytest.raises(InputError, match="no such file") as caught:
        read_text_file(str(tmp_path / "none" / "of" / "these"))
    assert caught.value.hint == f"see what is there: `ls -l {shlex.quote(str(tmp_path))}`"
    with pytest.raises(InputError, match="is a directory") as caught:
        read_text_file(str(tmp_path))
    assert caught.value.hint == f"name a file in it: `ls {shlex.quote(str(tmp_path))}`"


def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit itself is allowed, a byte more is not."""
    monkeypatch.setattr(attachments, "LIMIT_BYTES", 8)
    path = tmp_path / "a.txt"
    path.write_text("12345678")
    assert read_text_file(str(path)) == "12345678"
    path.write_text("123456789")
    with pytest.raises(InputError, match="is larger than 0 MiB") as caught:
        read_text_file(str(path))
    assert caught.value.hint.endswith(f"`head -c 1000000 {path} > part.txt`")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    """The system's own reason is told."""
    path = tmp_path / "a.txt"
    path.touch(mode=0)
    with pytest.raises(InputError, match="cannot be read: permission denied"):
        read_text_file(str(path))


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a..", "image/gif"),
        (b"GIF87a..", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVE", ""),
        (b"<svg>", ""),
        (b"", ""),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(data: bytes, media_type: str) -> None:
    """Its name says nothing."""
    assert detect_media_type(data) == media_type


def test_a_picture_is_read_with_its_fingerprint(picture: Path) -> None:
    """The data URL, where it came from, its size and the hash of its bytes."""
    image = read_image(str(picture))
    assert image.url == "data:image/png;base64,iVBORw0KGgoAAAAAAAAAAA=="
    assert (image.source, image.media_type, image.size) == (str(picture), "image/png", 16)
    assert image.sha256 == hashlib.sha256(PNG).hexdigest()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/p.png", "https://example.org/p.png"),
        ("http://example.org/p", "http://example.org/p"),
        ("data:image/png;base64,AAAA", "data:image/png"),
        ("data:image/svg+xml,<svg/>", "data:image/svg+xml"),
    ],
)
def test_a_url_is_passed_on(url: str, shown: str) -> None:
    """Nothing is fetched; history keeps no data."""
    assert read_image(url) == ImagePart(url, source=shown)


def test_what_is_no_picture_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text file goes with `--file`; a picture over the limit is too large."""
    text = tmp_path / "a.png"
    text.write_text("hello")
    with pytest.raises(InputError, match="is no PNG, JPEG, GIF or WebP picture") as caught:
        read_image(str(text))
    assert "`--file`" in caught.value.hint
    monkeypatch.setattr(attachments, "IMAGE_LIMIT_BYTES", 8)
    text.write_bytes(PNG)
    with pytest.raises(InputError, match="is larger than"):
        read_image(str(text))


def test_a_picture_is_not_awaited_from_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-a -` on a terminal is an error, not a silent wait for typed bytes."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    with pytest.raises(InputError, match="standard input is a terminal"):
        read_image("-")


def test_a_question_is_made_of_words_files_and_pictures(tmp_path: Path, picture: Path) -> None:
    """Words first, each file after a blank line, pictures last; what was typed is told apart."""
    (tmp_path / "a.txt").write_text("one\n")
    file = str(tmp_path / "a.txt")
    question = build_question("Why?", [file], [str(picture)])
    text, image = question.parts
    assert text == TextPart(f"Why?\n\n{file}:\n```\none\n```", (file,), typed=4)
    assert (question.words, question.files) == ("Why?", (file,))
    assert image == read_image(str(picture))
    assert build_question("", [], [str(picture)]).parts == (image,)


def test_a_kept_picture_is_sent_again_if_it_is_the_same(picture: Path) -> None:
    """History keeps where it came from; one that is gone or changed is replaced by words."""
    sent = build_question("Why?", [], [str(picture), "https://example.org/p.png"])
    kept = Message(
        Role.USER,
        tuple(
            replace(part, url="") if isinstance(part, ImagePart) and part.sha256 else part
            for part in sent.parts
        ),
    )
    assert reload_pictures(sent) is sent
    assert reload_pictures(kept) == sent
    gone = TextPart(f"[the picture `{picture}` is no longer there]")
    picture.write_bytes(PNG + b"changed")
    assert reload_pictures(kept).parts[1] == gone
    picture.unlink()
    assert reload_pictures(kept).parts == (sent.parts[0], gone, sent.parts[2])


def test_a_piped_picture_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard input of today is not the picture of then."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PNG)))
    kept = Message(Role.USER, (ImagePart("", source="-"),))
    assert reload_pictures(kept).parts == (TextPart("[the picture `-` is no longer there]"),)


def test_a_picture_given_as_data_does_not_come_back() -> None:
    """History keeps its type, not its bytes: a gateway is not sent a URL without them."""
    (sent,) = build_question("", [], ["data:image/png;base64,AAAA"]).parts
    assert isinstance(sent, ImagePart)
    kept = Message(Role.USER, (replace(sent, url=""),))
    gone = TextPart("[the picture `data:image/png` is no longer there]")
    assert reload_pictures(kept).parts == (gone,)
