"""Files that go with a question: text files into its words, pictures beside them.

A picture's kind is read from its first bytes, not from its name. Nothing is fetched: a URL is
passed on for the gateway to fetch.
"""

import base64
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from tokenhub_cli.chat.message import ImagePart, Message, Part, Role, TextPart
from tokenhub_cli.errors import InputError, describe_cause, quote_path

LIMIT_BYTES = 16 * 1024 * 1024  # of text: far more than any model takes
IMAGE_LIMIT_BYTES = 20 * 1024 * 1024  # what the protocol's first gateway takes
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def build_question(prompt: str, files: Sequence[str], images: Sequence[str]) -> Message:
    """Return the question with its files.

    Args:
        prompt: The question's words; may be empty where a file says all.
        files: Paths of text files.
        images: Paths or URLs of pictures, or `-` for standard input.

    Raises:
        InputError: A file cannot be used.
    """
    texts = [prompt] if prompt else []
    texts += [format_file(path, read_text_file(path)) for path in files]
    words = TextPart("\n\n".join(texts), tuple(files), len(prompt) if files else 0)
    parts: list[Part] = [words] if texts else []
    parts += [read_image(image) for image in images]
    return Message(Role.USER, tuple(parts))


def read_text_file(path: str) -> str:
    """Return a text file's content.

    Raises:
        InputError: It cannot be read, is too large or is not UTF-8 text.
    """
    return decode_text(_read_file(path, LIMIT_BYTES), f"`{path}`")


def decode_text(data: bytes, name: str) -> str:
    """Return `data` as text.

    Args:
        data: Bytes of a file or of standard input; a byte order mark is dropped.
        name: What to call it in an error.

    Raises:
        InputError: It is not UTF-8 text.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        encoding = "UTF-16" if data.startswith(UTF_16_MARKS) else "ENCODING"
        raise InputError(
            f"{name} is not UTF-8 text: byte {data[error.start]:#04x} at offset {error.start}",
            hint="pictures go with `--attach`; other text encodings through "
            f"`iconv -f {encoding} -t UTF-8`",
        ) from None
    if "\0" in text:
        raise InputError(
            f"{name} is not text: it has a zero byte at offset {data.index(0)}",
            hint="pictures go with `--attach`",
        )
    return text


def format_file(path: str, content: str) -> str:
    """Return a file as the model sees it: its name, then its content fenced."""
    longest = max((len(run) for run in _find_backtick_runs(content)), default=0)
    fence = "`" * max(3, longest + 1)
    end = "" if content.endswith("\n") else "\n"
    return f"{path}:\n{fence}\n{content}{end}{fence}"


def read_image(source: str) -> ImagePart:
    """Return a picture as a part of a message.

    Args:
        source: A path, an `http(s)` or `data:image/` URL, or `-` for standard input.

    Raises:
        InputError: It cannot be read, is too large, or is no picture that models take.
    """
    if source.startswith(("http://", "https://")):
        return ImagePart(source, source=source)
    if source.startswith("data:image/"):
        return ImagePart(source, source=source.partition(",")[0].partition(";")[0])
    data = _read_picture_from_stdin() if source == "-" else _read_file(source, IMAGE_LIMIT_BYTES)
    if source == "-" and not data:
        raise InputError("standard input is empty", hint="`tokenhub ask -a - <PICTURE`")
    media_type = detect_media_type(data)
    if not media_type:
        raise InputError(
            f"`{source}` is no PNG, JPEG, GIF or WebP picture",
            hint="text files go with `--file`",
        )
    if len(data) > IMAGE_LIMIT_BYTES:
        raise _too_large_error(source, IMAGE_LIMIT_BYTES)
    return ImagePart(
        f"data:{media_type};base64,{base64.b64encode(data).decode()}",
        source=source,
        media_type=media_type,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def reload_pictures(message: Message) -> Message:
    """Return a kept message as it was sent: history keeps where a picture came from, not its bytes.

    A picture that is gone, or another one by now, is replaced by words that say so.
    """
    if all(image.url for image in message.images):
        return message
    return Message(message.role, tuple(_reload_part(part) for part in message.parts))


def _reload_part(part: Part) -> Part:
    if isinstance(part, TextPart) or part.url:
        return part
    is_somewhere = part.source != "-" and not part.source.startswith("data:")
    try:
        found = read_image(part.source) if is_somewhere else None
    except InputError:
        found = None
    if found is None or (part.sha256 and found.sha256 != part.sha256):
        return TextPart(f"[the picture `{part.source}` is no longer there]")
    return found


def detect_media_type(data: bytes) -> str:
    """Return the media type that a picture's first bytes show, or an empty string."""
    for signature, media_type in SIGNATURES:
        if data.startswith(signature):
            return media_type
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def _read_picture_from_stdin() -> bytes:
    if sys.stdin.isatty():
        raise InputError("standard input is a terminal", hint="`tokenhub ask -a - <PICTURE`")
    return sys.stdin.buffer.read(IMAGE_LIMIT_BYTES + 1)


def _read_file(path: str, limit: int) -> bytes:
    file = Path(path)
    if file.is_dir():
        raise InputError(
            f"`{path}` is a directory", hint=f"name a file in it: `ls {quote_path(path)}`"
        )
    try:
        with file.open("rb") as opened:
            data = opened.read(limit + 1)
    except OSError as error:
        place = next((parent for parent in file.parents if parent.is_dir()), file.parent)
        raise InputError(
            f"`{path}` cannot be read: {describe_cause(error)}",
            hint=f"see what is there: `ls -l {quote_path(place)}`",
        ) from None
    if len(data) > limit:
        raise _too_large_error(path, limit)
    return data


def _too_large_error(path: str, limit: int) -> InputError:
    hint = "send a smaller picture, JPEG for instance"
    if limit == LIMIT_BYTES:
        hint = f"send a part of it: `head -c 1000000 {quote_path(path)} > part.txt`"
    return InputError(f"`{path}` is larger than {limit >> 20} MiB", hint=hint)


def _find_backtick_runs(text: str) -> list[str]:
    import re

    return re.findall("`+", text)
