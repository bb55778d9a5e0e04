"""Documents for tests, the ways to show them, and what of them must come out."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.support.terminal import EmulatedTerminal, FakeClock
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.render.blocks import BlockReader
from tokenhub_cli.render.layout import Layout
from tokenhub_cli.render.lines import Line
from tokenhub_cli.render.live import LiveSink
from tokenhub_cli.render.outlet import Outlet
from tokenhub_cli.render.parts import Piece
from tokenhub_cli.render.presentation import Presentation
from tokenhub_cli.render.theme import AUTO, Theme
from tokenhub_cli.wire.events import TextDelta

SPEC = json.loads((Path(__file__).parent / "data" / "commonmark.json").read_text("utf-8"))
EXAMPLES: list[str] = SPEC["examples"]

MIXED = """\
# A title with **bold** words

A paragraph with *emphasis*, `code`, a [link](https://example.com/x) and <https://auto.link>.
It goes on. 漢字も入っています。これは長い文章です、折り返しが必要です。

Setext
------

- one
- two with a longer text that goes on and on until it wraps around the end
  - nested
    1. deep
    2. deeper

       a second paragraph
- [ ] task
- [x] done
-
- not a heading

10. ten
11. eleven

> quoted *words*
lazily continued
>
> - item
>   ```js
>   let x = 1
>   ```

````python
def f(x: int) -> str:
    '''Doc
    string'''
    return f"{x!r}"  # comment
~~~
```
````

| Name | Value | Note |
|:-----|------:|:----:|
| a | 1 | first |
| `bb` | 22222 | a very long cell text that needs to be wrapped in some way |

---
<details>
<summary>x</summary>

Text &#x202E; and $x^2$ and \\*.<br>new line [later][ref]

[ref]: https://example.com/ref

    indented

    code
"""


def read_pieces(text: str, cuts: list[int]) -> list[Piece]:
    """Return all pieces of a text that comes cut."""
    reader = BlockReader()
    pieces: list[Piece] = []
    edges = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    for start, end in pairwise(edges):
        pieces += reader.feed(text[start:end])
        reader.read_tail()
    return pieces + reader.finish()


def lay_out(
    pieces: list[Piece], columns: int = 60, rows: int = 24, theme: Theme = AUTO
) -> list[Line]:
    """Return the lines of a document."""
    layout = Layout(theme, columns, rows)
    return [line for piece in pieces for line in layout.commit(piece)]


def get_texts(lines: list[Line]) -> list[str]:
    """Return what the lines say, without styles and without blank lines at the end."""
    texts = ["".join(text for text, _ in line).rstrip() for line in lines]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def open_sink(terminal: EmulatedTerminal, clock: FakeClock, **options: Any) -> LiveSink:
    """Return a live sink on a terminal."""
    outlet = Outlet(terminal.stream)
    defaults: dict[str, Any] = {"use_color": True, "understands_escapes": True, "environ": {}}
    return LiveSink(Presentation(clock, **defaults | options), outlet, outlet)


def play(
    terminal: EmulatedTerminal,
    text: str,
    *,
    size: int = 4,
    resizes: dict[int, tuple[int, int]] | None = None,
    **options: Any,
) -> list[str]:
    """Stream a text in pieces of a size, 10 ms each; return all lines that a person can see.

    `resizes` says at which piece the terminal gets which size.
    """
    clock = FakeClock()
    sink = open_sink(terminal, clock, **options)
    sink.tick()
    for number, start in enumerate(range(0, len(text), size)):
        sink.show(TextDelta(text[start : start + size]))
        clock.advance(0.01)
        if resizes and number in resizes:
            terminal.settle()
            terminal.resize(*resizes[number])
            clock.advance(1)
        sink.tick()
    sink.finish(Answer(text, AnswerStatus.COMPLETE), None)
    return terminal.read_all()
