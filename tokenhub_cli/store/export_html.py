"""Kept conversations as one HTML page that needs nothing else and runs nothing.

Whatever a model or a user wrote is escaped. A content security policy forbids scripts, requests and
forms besides, so that a mistake here could not be used either. Fenced code is set as code; all
other text stays as it was written, since a page that renders Markdown would have to trust it.
"""

from collections.abc import Iterable, Iterator
from html import escape

from tokenhub_cli.chat.conversation import Conversation, Turn
from tokenhub_cli.store.exports import describe, name_picture, note_status

HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 46rem; }}
body {{ padding: 0 1rem; }}
header p, figcaption {{ color: GrayText; font-size: 0.85rem; margin: 0; }}
section {{ margin: 1.5rem 0; }}
h1, .text {{ overflow-wrap: anywhere; unicode-bidi: isolate; }}
.text {{ white-space: pre-wrap; }}
.question {{ border-left: 0.25rem solid; padding-left: 0.75rem; }}
pre {{ border: 1px solid GrayText; border-radius: 0.25rem; overflow-x: auto; padding: 0.5rem; }}
article + article {{ border-top: 1px solid GrayText; margin-top: 3rem; }}
</style>
</head>
<body>
"""
TAIL = "</body>\n</html>\n"


def iterate_html(conversations: Iterable[Conversation], title: str) -> Iterator[str]:
    """Yield the page piece by piece.

    Args:
        conversations: The active lines to show, in order.
        title: The page's title.
    """
    yield HEAD.format(title=_escape(title))
    for conversation in conversations:
        yield _build_article(conversation)
    yield TAIL


def _build_article(conversation: Conversation) -> str:
    parts = [
        "<article>\n<header>",
        f"<h1>{_escape(conversation.title or conversation.id)}</h1>",
        f"<p>{_escape(describe(conversation))}</p>\n</header>",
    ]
    if conversation.system:
        parts.append(_build_section("system", "System", conversation.system))
    for turn in conversation.turns:
        parts.append(_build_section("question", "Question", turn.question.text, _list_files(turn)))
        if turn.answer is not None:
            label = f"Answer{note_status(turn.answer)}"
            parts.append(_build_section("answer", label, str(turn.answer.text)))
    parts.append("</article>\n")
    return "\n".join(parts)


def _list_files(turn: Turn) -> str:
    return ", ".join(name_picture(image) for image in turn.question.images)


def _build_section(kind: str, label: str, text: str, files: str = "") -> str:
    caption = label + (f" · attached: {files}" if files else "")
    blocks = "\n".join(
        f"<pre><code>{_escape(block)}</code></pre>"
        if is_code
        else f'<div class="text" dir="auto">{_escape(block)}</div>'
        for is_code, block in split_fences(text)
    )
    head = f'<section class="{kind}">\n<figcaption>{_escape(caption)}</figcaption>'
    return f"{head}\n{blocks}\n</section>"


def split_fences(text: str) -> list[tuple[bool, str]]:
    """Return the text in pieces, each with whether it is the inside of a fenced code block.

    A fence is a line that begins with three backticks or tildes (CommonMark 0.31, section 4.5,
    without its indentation rules); one that is not closed reaches to the end.
    """
    pieces: list[tuple[bool, list[str]]] = [(False, [])]
    fence = ""
    for line in text.split("\n"):
        stripped = line.strip()
        if not fence and stripped[:3] in ("```", "~~~"):
            fence = stripped[: len(stripped) - len(stripped.lstrip(stripped[0]))]
            pieces.append((True, []))
        elif fence and stripped.startswith(fence) and not stripped.strip(fence[0]):
            fence = ""
            pieces.append((False, []))
        else:
            pieces[-1][1].append(line)
    joined = [(is_code, "\n".join(lines)) for is_code, lines in pieces]
    return [(is_code, block) for is_code, block in joined if is_code or block.strip()]


def _escape(text: str) -> str:
    """Return text that HTML shows as it is; NUL, which HTML forbids, becomes U+FFFD."""
    return escape(text.replace("\0", "\ufffd"), quote=True)
